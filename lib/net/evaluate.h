/* One evaluation of a network on one puzzle: to <- net(a + (b + c)). */
#ifndef TRMI_NET_EVALUATE_H
#define TRMI_NET_EVALUATE_H

#include "lib/core/export.h"
#include "lib/core/memory.h"
#include "lib/net/evaluation.h"

/* Carve activations and a thread's scratch, for questions up to an extent. */
TRMI_EXPORT void trmi_activations_layout(trmi_activations *activations, const trmi_config *config,
                                         const trmi_extent *most, trmi_arena *arena);
TRMI_EXPORT void trmi_scratch_layout(trmi_scratch *scratch, const trmi_config *config,
                                     const trmi_extent *most, trmi_arena *arena);

TRMI_EXPORT void trmi_evaluate(const trmi_evaluation *evaluation);

#endif
