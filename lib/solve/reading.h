/* What a run's logits say of its answer. */
#ifndef TRMI_SOLVE_READING_H
#define TRMI_SOLVE_READING_H

#include "lib/solve/solver.h"

/* How much of the likelihood a token has: its probability is its share among all tokens of its position,
 * `best` is the likeliest of them. */
float trmi_token_weight(trm_likelihood likelihood, const float *logits, int32_t token, int32_t best);

/* Of the likeliest token at each position of the question. */
void trmi_read_probabilities(const trm_solver *solver, const trmi_run *run, float *to);

#endif
