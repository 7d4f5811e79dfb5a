/* What the halting logits of nodes, "this is right", say of the whole: logits of "all of this is right". A
 * logit that is not finite makes the whole NaN. */
#ifndef TRMI_KERNELS_HALTING_H
#define TRMI_KERNELS_HALTING_H

#include <stdint.h>

#include "lib/core/export.h"

/* -log sum exp(-c): the odds of "wrong" are the sum of the nodes' odds. count is at least 1. */
TRMI_EXPORT float trmi_halt_softmin(const float *logits, uint32_t count);

#define TRMI_LARGEST_LOG_P (-1e-6f) /* log P is held at this: the result stays below 13.9 */

/* log P - log(1 - P), log P = sum log sigmoid(c), at most that. */
TRMI_EXPORT float trmi_halt_product(const float *logits, uint32_t count);

/* The softmin of each position's own nodes. */
TRMI_EXPORT void trmi_halt_cells(float *to, const float *logits, uint32_t positions, uint32_t fields);

#endif
