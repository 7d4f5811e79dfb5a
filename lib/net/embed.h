/* Where a question begins: x, and the first y and z. */
#ifndef TRMI_NET_EMBED_H
#define TRMI_NET_EMBED_H

#include "lib/core/export.h"
#include "lib/net/question.h"

/* Every row of `to`, of `rows`, becomes `row` (D numbers). Spare lanes become zeros, whatever an earlier
 * question left there. */
TRMI_EXPORT void trmi_fill(const trm_model *model, const float *row, uint32_t rows, float *to);

/* The same, and to each number is added the model's start_noise times a normal deviate that belongs to the
 * seed, the run, the row and the channel. */
TRMI_EXPORT void trmi_fill_noisy(const trm_model *model, const float *row, uint32_t rows, uint64_t seed,
                                 uint32_t run, float *to);

#endif
