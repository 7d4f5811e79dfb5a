/* A position that the network is torn about is one whose second likeliest value is likely. One of the five
 * most torn is drawn, and a value for it: each is drawn with a chance in
 * proportion to the power 0.7 of its likelihood. */
#include "lib/solve/guesses.h"

#include <assert.h>
#include <string.h>

#include "lib/core/logarithm.h"
#include "lib/core/noise.h"
#include "lib/kernels/scalar.h"
#include "lib/solve/candidates.h"
#include "lib/solve/judging.h"
#include "lib/solve/reading.h"

enum { TORN = 5, SEARCH_STREAM = 1 /* random starts of runs have stream 0 */ };

/* The values that a position of the loaded questions may have. */
static uint32_t values_of(const trm_solver *solver, int32_t *first)
{
    return trmi_task_values(&solver->model->task, &solver->shape, first);
}

size_t trmi_guide_size(const trm_solver *solver)
{
    int32_t first;
    return (size_t)solver->extent.positions * values_of(solver, &first);
}

void trmi_guide_add(const trm_solver *solver, const trmi_run *run, float *guide)
{
    const trmi_config *config = &solver->model->config;
    int32_t first;
    const uint32_t values = values_of(solver, &first), vocabulary = config->vocabulary;
    for (uint32_t p = 0; p < solver->extent.positions; p++) {
        const float *logits = run->logits + (size_t)p * vocabulary;
        float *to = guide + (size_t)p * values, sum = 0.0f;
        for (uint32_t t = 0; t < vocabulary; t++)
            sum += trmi_token_weight(config->likelihood, logits, (int32_t)t, run->tokens[p]);
        for (uint32_t v = 0; v < values; v++)
            to[v] += trmi_token_weight(config->likelihood, logits, first + (int32_t)v, run->tokens[p]) / sum;
    }
}

/* -- where -- */

static float second_largest(const float *guide, uint32_t values)
{
    float largest = 0.0f, second = 0.0f;
    for (uint32_t v = 0; v < values; v++)
        if (guide[v] > largest) {
            second = largest;
            largest = guide[v];
        } else if (guide[v] > second) {
            second = guide[v];
        }
    return second;
}

/* The positions that are most torn, of those that are open; the lower of equals first. Returns how many. */
static uint32_t most_torn(const trm_solver *solver, const int32_t *tokens, const float *guide,
                          uint32_t values, uint32_t torn[TORN])
{
    float by[TORN];
    uint32_t count = 0;
    for (uint32_t p = 0; p < solver->extent.positions; p++) {
        if (trmi_task_gives(&solver->model->task, tokens[p]))
            continue;
        const float second = second_largest(guide + (size_t)p * values, values);
        uint32_t at = count < TORN ? count++ : TORN;
        while (at > 0 && second > by[at - 1]) {
            if (at < TORN) {
                by[at] = by[at - 1];
                torn[at] = torn[at - 1];
            }
            at--;
        }
        if (at < TORN) {
            by[at] = second;
            torn[at] = p;
        }
    }
    return count;
}

/* -- which -- */

static float weight_of(float likelihood)
{
    const float power = 0.7f, least = 0x1p-100f; /* smaller ones are as good as none */
    return likelihood > least ? trmi_exp(power * trmi_log(likelihood)) : 0.0f;
}

/* What a guess is made from. */
typedef struct guess {
    const trm_solver *solver;
    const trmi_puzzle *puzzle;
    const int32_t *tokens; /* the question, with the pins that there are */
    const float *guide;
    uint32_t round;
    uint32_t known; /* a round: answers that rounds below it found are known, and others are wanted */
} guess;

/* No value that the rules refuse, or that a right answer has already. */
static bool may_draw(const guess *g, uint32_t position, int32_t token)
{
    return trmi_task_allows(g->solver->rules, g->tokens, position, token) &&
           !trmi_candidates_have(g->solver, g->puzzle, g->known, position, token);
}

/* Draws a value for the position; false where there is none that has any likelihood. */
static bool draw_value(const guess *g, float uniform, trmi_pin *pin)
{
    int32_t first;
    const uint32_t values = values_of(g->solver, &first);
    const float *likely = g->guide + (size_t)pin->position * values;
    float sum = 0.0f, below = 0.0f;
    bool any = false;
    for (uint32_t v = 0; v < values; v++)
        if (may_draw(g, pin->position, first + (int32_t)v))
            sum += weight_of(likely[v]);
    for (uint32_t v = 0; v < values && !(any && below > uniform * sum); v++) {
        const float weight = weight_of(likely[v]);
        if (!(weight > 0.0f) || !may_draw(g, pin->position, first + (int32_t)v))
            continue;
        below += weight;
        pin->token = first + (int32_t)v;
        any = true;
    }
    return any;
}

/* -- guessing -- */

/* One more pin. */
static void add_pin(const guess *g, trmi_run *run)
{
    const uint64_t seed = g->solver->settings.options.seed;
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    int32_t first;
    uint32_t bits[4], torn[TORN];
    const uint32_t count = most_torn(g->solver, g->tokens, g->guide, values_of(g->solver, &first), torn);
    trmi_philox((uint32_t[]) { 0, 0, g->round, SEARCH_STREAM }, key, bits);
    if (count == 0)
        return;
    trmi_pin pin = { .position = torn[(uint64_t)bits[0] * count >> 32] };
    assert(run->pin_count < TRMI_PINS);
    if (draw_value(g, (float)(bits[1] >> 8) * 0x1p-24f, &pin))
        run->pins[run->pin_count++] = pin;
}

void trmi_guess(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run, const float *guide,
                uint32_t round)
{
    assert(round > 0 && guide != NULL);
    const uint32_t guided = (round - 1) / TRMI_FREE_EVERY * TRMI_FREE_EVERY;
    const guess g = { solver, puzzle, puzzle->tokens, guide, round, guided + 1 };
    trmi_judging_give(solver->rules, solver->model, puzzle->relations);
    run->pin_count = 0;
    add_pin(&g, run);
}

void trmi_guess_deeper(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run,
                       const trmi_run *attempt, uint32_t round)
{
    const uint32_t skipped = attempt->pin_count == TRMI_PINS;
    assert(attempt->pin_count <= TRMI_PINS && attempt != run);
    const guess g = { solver, puzzle, solver->seen, attempt->mean, round, round };
    trmi_judging_give(solver->rules, solver->model, puzzle->relations);
    memcpy(solver->seen, puzzle->tokens, solver->extent.positions * sizeof *solver->seen);
    run->pin_count = 0;
    for (uint32_t i = skipped; i < attempt->pin_count; i++) {
        const trmi_pin *pin = &attempt->pins[i];
        if (!trmi_task_allows(solver->rules, solver->seen, pin->position, pin->token))
            continue;
        run->pins[run->pin_count++] = *pin;
        solver->seen[pin->position] = pin->token;
    }
    add_pin(&g, run);
}
