/* Reading answers: tokens, probabilities under the model's likelihood, halt probability. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/kernels/scalar.h"
#include "lib/solve/judging.h"
#include "lib/solve/policy.h"
#include "lib/solve/reading.h"
#include "lib/solve/runs.h"
#include "lib/solve/search.h"

/* stablemax's s (arXiv 2501.04697) */
static float stable(float v)
{
    return v >= 0.0f ? v + 1.0f : 1.0f / (1.0f - v);
}

float trmi_token_weight(trm_likelihood likelihood, const float *logits, int32_t token, int32_t best)
{
    assert(token >= 0 && best >= 0);
    if (!(logits[token] > -INFINITY))
        return 0.0f;
    return likelihood == TRM_LIKELIHOOD_STABLEMAX ? stable(logits[token])
                                                  : trmi_exp(logits[token] - logits[best]);
}

/* The probability of token `best`, the likeliest, among `count` logits. */
static float probability(trm_likelihood likelihood, const float *logits, uint32_t count, int32_t best)
{
    const bool stablemax = likelihood == TRM_LIKELIHOOD_STABLEMAX;
    float sum = 0.0f;
    for (uint32_t t = 0; t < count; t++)
        if (logits[t] > -INFINITY)
            sum += stablemax ? stable(logits[t]) : trmi_exp(logits[t] - logits[best]);
    return (stablemax ? stable(logits[best]) : 1.0f) / sum;
}

/* What is read of one question. */
typedef struct reading {
    const trm_solver *solver;
    const trmi_puzzle *puzzle;
    const trmi_run *run; /* that answers */
    trm_verdict verdict;
    bool withheld; /* it is not given, because nobody calls it right */
} reading;

static reading read_puzzle(const trm_solver *solver, const trmi_puzzle *puzzle, bool wants_verdict)
{
    const bool required = solver->settings.options.require_verified != 0;
    reading from = { .solver = solver, .puzzle = puzzle, .run = trmi_policy_answer(solver, puzzle) };
    if (wants_verdict || required)
        from.verdict = trmi_run_verdict(solver, puzzle, from.run);
    from.withheld = required && from.verdict != TRM_VERDICT_VERIFIED;
    return from;
}

static void read_numbers(const reading *from, const trm_answers *to, size_t i)
{
    const trmi_run *run = from->run;
    if (to->halt_probabilities != NULL)
        to->halt_probabilities[i] = from->withheld ? 0.0f : trmi_run_halt_probability(run);
    if (to->halt_logits != NULL)
        to->halt_logits[i] = run->halt_logit;
    if (to->continue_logits != NULL)
        to->continue_logits[i] = run->continue_logit;
    if (to->steps != NULL)
        to->steps[i] = run->steps;
    if (to->stops != NULL)
        to->stops[i] = from->puzzle->decided ? run->stop : TRM_STOP_RUNNING;
}

static void read_runs(const reading *from, const trm_answers *to, size_t i)
{
    const bool searches = trmi_searches(&from->solver->settings.options);
    if (to->verdicts != NULL)
        to->verdicts[i] = from->verdict;
    if (to->hows != NULL)
        to->hows[i] = from->run->how;
    if (to->runs != NULL)
        to->runs[i] = searches ? trmi_search_runs(from->solver, from->puzzle) : from->puzzle->begun;
    if (to->pins != NULL)
        to->pins[i] = from->run->pin_count;
    if (to->total_steps != NULL)
        to->total_steps[i] =
            searches ? trmi_search_steps(from->solver, from->puzzle) : from->puzzle->total_steps;
}

void trmi_read_probabilities(const trm_solver *solver, const trmi_run *run, float *to)
{
    const trmi_config *config = &solver->model->config;
    const trmi_view *view = trmi_run_view(solver, run);
    for (uint32_t n = 0; n < solver->extent.positions; n++)
        to[trmi_view_source(view, n)] =
            run->stop == TRM_STOP_OVERFLOW
                ? 0.0f
                : probability(config->likelihood, run->logits + (size_t)n * config->vocabulary,
                              config->vocabulary, run->tokens[n]);
}

/* What the model was taught to say of it, or its probability. */
static void read_confidences(const trm_solver *solver, const trmi_run *run, float *to)
{
    if (!solver->model->config.cell_confidence) {
        trmi_read_probabilities(solver, run, to);
        return;
    }
    const trmi_view *view = trmi_run_view(solver, run);
    for (uint32_t n = 0; n < solver->extent.positions; n++)
        to[trmi_view_source(view, n)] = run->stop == TRM_STOP_OVERFLOW ? 0.0f : trmi_sigmoid(run->cells[n]);
}

static void read_logits(const trm_solver *solver, const trmi_run *run, float *to)
{
    const uint32_t vocabulary = solver->model->config.vocabulary;
    const trmi_view *view = trmi_run_view(solver, run);
    for (uint32_t n = 0; n < solver->extent.positions; n++) {
        const float *from = run->logits + (size_t)n * vocabulary;
        float *at = to + (size_t)trmi_view_source(view, n) * vocabulary;
        for (uint32_t token = 0; token < vocabulary; token++)
            at[trmi_view_token_back(view, (int32_t)token)] = from[token];
    }
}

static void read_changed(const reading *from, uint8_t *to)
{
    for (uint32_t p = 0; p < from->solver->extent.positions; p++)
        to[p] = from->run->changes && trmi_task_gives(&from->solver->model->task, from->puzzle->tokens[p]) &&
                from->run->answer[p] != from->puzzle->tokens[p];
}

static void read_positions(const reading *from, const trm_answers *to, size_t i)
{
    const size_t positions = from->solver->extent.positions, at = i * positions;
    if (to->tokens != NULL)
        memcpy(to->tokens + at, from->run->answer, positions * sizeof(int32_t));
    if (to->logits != NULL)
        read_logits(from->solver, from->run, to->logits + at * from->solver->model->config.vocabulary);
    if (to->probabilities != NULL)
        trmi_read_probabilities(from->solver, from->run, to->probabilities + at);
    if (to->cell_confidences != NULL)
        read_confidences(from->solver, from->run, to->cell_confidences + at);
    if (to->changed != NULL)
        read_changed(from, to->changed + at);
}

/* In place of an answer that nobody calls right: nothing that could be taken for one. */
static void withhold(const reading *from, const trm_answers *to, size_t i)
{
    const size_t positions = from->solver->extent.positions, at = i * positions,
                 vocabulary = from->solver->model->config.vocabulary;
    for (size_t p = at; p < at + positions; p++) {
        if (to->tokens != NULL)
            to->tokens[p] = 0;
        if (to->probabilities != NULL)
            to->probabilities[p] = 0.0f;
        if (to->cell_confidences != NULL)
            to->cell_confidences[p] = 0.0f;
    }
    for (size_t l = at * vocabulary; to->logits != NULL && l < (at + positions) * vocabulary; l++)
        to->logits[l] = -INFINITY;
    if (to->changed != NULL)
        read_changed(from, to->changed + at);
}

static bool has_stepped(const trm_solver *solver)
{
    bool stepped = solver->puzzles[0].total_steps > 0;
    for (uint32_t r = 0; r < trmi_seats(solver); r++)
        stepped |= solver->puzzles[0].runs[r].steps > 0 && solver->puzzles[0].runs[r].number != TRMI_NO_RUN;
    return stepped;
}

trm_status trm_solver_read(const trm_solver *solver, const trm_answers *answers, trm_error *error)
{
    trm_answers to;
    if (solver == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "solver: expected a solver, found NULL");
    TRMI_TRY(trmi_answers_read(&to, answers, error));
    if (solver->loaded == 0 || !has_stepped(solver))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "solver: expected a step made by trm_solver_step(), found %s",
                         solver->loaded == 0 ? "no puzzle loaded" : "none since the puzzles were loaded");
    const trmi_environment host = trmi_environment_enter();
    for (size_t i = 0; i < solver->loaded; i++) {
        const reading from = read_puzzle(solver, &solver->puzzles[i], to.verdicts != NULL);
        if (from.withheld)
            withhold(&from, &to, i);
        else
            read_positions(&from, &to, i);
        read_numbers(&from, &to, i);
        read_runs(&from, &to, i);
    }
    trmi_environment_leave(host);
    return TRM_OK;
}
