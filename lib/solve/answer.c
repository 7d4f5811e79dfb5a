/* Reading answers: tokens, probabilities under the model's likelihood, halt probability. */
#include <string.h>

#include "lib/core/error.h"
#include "lib/kernels/scalar.h"
#include "lib/solve/solver.h"

/* stablemax's s (arXiv 2501.04697) */
static float stable(float v)
{
    return v >= 0.0f ? v + 1.0f : 1.0f / (1.0f - v);
}

/* The probability of token `best`, the likeliest, among `count` logits. */
static float probability(trm_likelihood likelihood, const float *logits, uint32_t count, int32_t best)
{
    const bool stablemax = likelihood == TRM_LIKELIHOOD_STABLEMAX;
    float sum = 0.0f;
    for (uint32_t t = 0; t < count; t++)
        sum += stablemax ? stable(logits[t]) : trmi_exp(logits[t] - logits[best]);
    return (stablemax ? stable(logits[best]) : 1.0f) / sum;
}

static void read_numbers(const trmi_puzzle *puzzle, const trm_answers *to, size_t i)
{
    if (to->halt_probabilities != NULL)
        to->halt_probabilities[i] = trmi_sigmoid(puzzle->halt_logit);
    if (to->halt_logits != NULL)
        to->halt_logits[i] = puzzle->halt_logit;
    if (to->continue_logits != NULL)
        to->continue_logits[i] = puzzle->continue_logit;
    if (to->steps != NULL)
        to->steps[i] = puzzle->steps;
    if (to->stops != NULL)
        to->stops[i] = puzzle->stop;
}

static void read_positions(const trmi_config *config, const trmi_puzzle *puzzle, const trm_answers *to,
                           size_t i)
{
    const size_t positions = config->positions, vocabulary = config->vocabulary;
    if (to->tokens != NULL)
        memcpy(to->tokens + i * positions, puzzle->tokens, positions * sizeof(int32_t));
    if (to->logits != NULL)
        memcpy(to->logits + i * positions * vocabulary, puzzle->logits,
               positions * vocabulary * sizeof(float));
    if (to->probabilities == NULL)
        return;
    for (size_t n = 0; n < positions; n++)
        to->probabilities[i * positions + n] = probability(
            config->likelihood, puzzle->logits + n * vocabulary, config->vocabulary, puzzle->tokens[n]);
}

trm_status trm_solver_read(const trm_solver *solver, const trm_answers *answers, trm_error *error)
{
    trm_answers to;
    if (solver == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "solver: expected a solver, found NULL");
    const trm_status status = trmi_answers_read(&to, answers, error);
    if (status != TRM_OK)
        return status;
    if (solver->loaded == 0 || solver->puzzles[0].steps == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "solver: expected a step made by trm_solver_step(), found %s",
                         solver->loaded == 0 ? "no puzzle loaded" : "none since the puzzles were loaded");
    for (size_t i = 0; i < solver->loaded; i++) {
        read_positions(&solver->model->config, &solver->puzzles[i], &to, i);
        read_numbers(&solver->puzzles[i], &to, i);
    }
    return TRM_OK;
}
