/* The embedded question: x = sqrt(D) [prefix ; E[token]]. */
#ifndef TRMI_SOLVE_EMBED_H
#define TRMI_SOLVE_EMBED_H

#include "lib/core/export.h"
#include "lib/model/model.h"

/* Fills x, panels of N rows. Tokens and identifier have been checked. */
TRMI_EXPORT void trmi_embed(const trm_model *model, const int32_t *tokens, uint32_t identifier, float *x);

/* Every row of `to` becomes `row` (D numbers). */
TRMI_EXPORT void trmi_fill(const trm_model *model, const float *row, float *to);

#endif
