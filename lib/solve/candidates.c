/* Every run that ends votes for its answer, by its halt probability. Right answers come before those of which
 * nobody can tell, and refuted ones come last. They are taken in the order in which runs end, which is the
 * same for any number of threads and any batch. */
#include "lib/solve/candidates.h"

#include <assert.h>
#include <string.h>

#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/solve/judging.h"

void trmi_candidates_layout(trmi_candidates *candidates, const trm_solve_options *options,
                            const trmi_extent *most, trmi_arena *arena)
{
    const uint64_t room = trmi_candidate_count(options);
    *candidates = (trmi_candidates) { .count = 0 };
    if (room == 0)
        return;
    candidates->candidate = trmi_arena_take(arena, room, sizeof *candidates->candidate);
    candidates->tokens = trmi_arena_take(arena, room * most->positions, sizeof *candidates->tokens);
}

void trmi_candidates_clear(trmi_puzzle *puzzle)
{
    puzzle->candidates.count = puzzle->candidates.verified = 0;
}

static int32_t *tokens_of(const trm_solver *solver, const trmi_puzzle *puzzle, uint32_t place)
{
    assert(place < trmi_candidate_count(&solver->settings.options));
    return puzzle->candidates.tokens + (size_t)place * solver->extent.positions;
}

/* -- taking -- */

static uint32_t find(const trm_solver *solver, const trmi_puzzle *puzzle, const int32_t *answer)
{
    uint32_t place = 0;
    while (place < puzzle->candidates.count &&
           memcmp(tokens_of(solver, puzzle, place), answer, solver->extent.positions * sizeof *answer) != 0)
        place++;
    return place;
}

/* 2 right, 1 perhaps, 0 refuted. */
static uint32_t class_of(uint32_t verdict)
{
    return verdict == TRM_VERDICT_VERIFIED ? 2 : verdict == TRM_VERDICT_REFUTED ? 0 : 1;
}

/* Whether a comes before b. */
static bool is_better(const trmi_candidate *a, const trmi_candidate *b)
{
    const uint32_t of_a = class_of(a->verdict), of_b = class_of(b->verdict);
    if (of_a != of_b)
        return of_a > of_b;
    return a->votes > b->votes || (!(a->votes < b->votes) && a->since < b->since);
}

static uint32_t weakest(const trmi_candidates *candidates)
{
    uint32_t place = 0;
    assert(candidates->count > 0);
    for (uint32_t i = 1; i < candidates->count; i++)
        if (is_better(&candidates->candidate[place], &candidates->candidate[i]))
            place = i;
    return place;
}

/* Another answer, unless all that are there are better. */
static void take_new(const trm_solver *solver, trmi_puzzle *puzzle, const trmi_run *run,
                     const trmi_candidate *candidate)
{
    trmi_candidates *all = &puzzle->candidates;
    const bool full = all->count == trmi_candidate_count(&solver->settings.options);
    assert(all->count <= trmi_candidate_count(&solver->settings.options));
    const uint32_t place = full ? weakest(all) : all->count;
    if (full && !is_better(candidate, &all->candidate[place]))
        return;
    all->count += !full;
    all->candidate[place] = *candidate;
    memcpy(tokens_of(solver, puzzle, place), run->answer, solver->extent.positions * sizeof *run->answer);
    all->verified += candidate->verdict == TRM_VERDICT_VERIFIED;
}

void trmi_candidates_add(const trm_solver *solver, trmi_puzzle *puzzle, const trmi_run *run)
{
    trmi_candidates *all = &puzzle->candidates;
    if (!TRMI_HAS_VOTES || all->candidate == NULL || run->steps == 0 || run->stop == TRM_STOP_OVERFLOW)
        return;
    const float votes = trmi_run_halt_probability(run);
    const uint32_t place = find(solver, puzzle, run->answer);
    if (place == all->count) {
        const trmi_candidate candidate = { .since = run->number,
                                           .how = run->how,
                                           .verdict = trmi_run_verdict(solver, puzzle, run),
                                           .count = 1,
                                           .votes = votes,
                                           .surest = votes };
        take_new(solver, puzzle, run, &candidate);
        return;
    }
    trmi_candidate *known = &all->candidate[place];
    known->count++;
    known->votes += votes;
    known->surest = votes > known->surest ? votes : known->surest;
}

bool trmi_candidates_wanted(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    return puzzle->candidates.verified < trmi_candidate_count(&solver->settings.options);
}

bool trmi_candidates_have(const trm_solver *solver, const trmi_puzzle *puzzle, uint32_t round,
                          uint32_t position, int32_t token)
{
    const trmi_candidates *all = &puzzle->candidates;
    for (uint32_t i = 0; i < all->count; i++)
        if (all->candidate[i].verdict == TRM_VERDICT_VERIFIED && all->candidate[i].since < round &&
            tokens_of(solver, puzzle, i)[position] == token)
            return true;
    return false;
}

/* -- reading -- */

/* What is right or wrong is so for sure; of others the surest run tells. That others ended elsewhere says
 * little: where there are several right answers, shares of the runs are far too low (doc/model.md has the
 * figures). */
static float confidence_of(const trmi_candidate *candidate)
{
    return candidate->verdict == TRM_VERDICT_VERIFIED  ? 1.0f
           : candidate->verdict == TRM_VERDICT_REFUTED ? 0.0f
                                                       : candidate->surest;
}

static void write_candidate(const trm_solver *solver, const trmi_puzzle *puzzle, uint32_t place,
                            const trm_candidates *to, uint32_t i)
{
    const size_t positions = solver->extent.positions;
    const trmi_candidate *from = &puzzle->candidates.candidate[place];
    if (to->tokens != NULL)
        memcpy(to->tokens + i * positions, tokens_of(solver, puzzle, place), positions * sizeof *to->tokens);
    if (to->counts != NULL)
        to->counts[i] = from->count;
    if (to->verdicts != NULL)
        to->verdicts[i] = from->verdict;
    if (to->confidences != NULL)
        to->confidences[i] = confidence_of(from);
    if (to->hows != NULL)
        to->hows[i] = from->how;
}

/* The best of those behind the last one that was given; count when there is none. */
static uint32_t next_best(const trmi_candidates *all, const trmi_candidate *last)
{
    uint32_t best = all->count;
    for (uint32_t i = 0; i < all->count; i++)
        if ((last == NULL || is_better(last, &all->candidate[i])) &&
            (best == all->count || is_better(&all->candidate[i], &all->candidate[best])))
            best = i;
    return best;
}

/* Beside right answers no others are given, and with require_verified never any. */
static uint32_t write_all(const trm_solver *solver, const trmi_puzzle *puzzle, const trm_candidates *to)
{
    const trmi_candidates *all = &puzzle->candidates;
    const bool right_alone = all->verified > 0 || solver->settings.options.require_verified != 0;
    const trmi_candidate *last = NULL;
    uint32_t count = 0, place;
    while (count < to->room && (place = next_best(all, last)) < all->count) {
        last = &all->candidate[place];
        if (right_alone && last->verdict != TRM_VERDICT_VERIFIED)
            break;
        write_candidate(solver, puzzle, place, to, count++);
    }
    return count;
}

static trm_status check(const trm_solver *solver, uint32_t question, const trm_candidates *candidates,
                        const uint32_t *count, trm_error *error)
{
    if (solver == NULL || candidates == NULL || count == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a solver, candidates and count, found NULL for the %s",
                         solver == NULL       ? "solver"
                         : candidates == NULL ? "candidates"
                                              : "count");
    if (trmi_candidate_count(&solver->settings.options) == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "solver: expected one made with trm_solve_options.candidates, found one without");
    if (question >= solver->loaded)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "question: expected a number below that of the questions loaded, %u, found %u",
                         (unsigned)solver->loaded, (unsigned)question);
    return TRM_OK;
}

trm_status trm_solver_candidates(const trm_solver *solver, uint32_t question,
                                 const trm_candidates *candidates, uint32_t *count, trm_error *error)
{
    trm_candidates to = TRM_CANDIDATES_INIT;
    TRMI_TRY(check(solver, question, candidates, count, error));
    TRMI_TRY(trmi_read_struct(&to, sizeof to, candidates, offsetof(trm_candidates, tokens), "trm_candidates",
                              error));
    if (to.reserved != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_candidates.reserved: expected 0, found %u",
                         (unsigned)to.reserved);
    const trmi_environment host = trmi_environment_enter();
    *count = write_all(solver, &solver->puzzles[question], &to);
    trmi_environment_leave(host);
    return TRM_OK;
}
