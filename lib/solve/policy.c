/* A refuted run answers only where all are. Among equals the one with the lowest number does, so that nothing depends on
 * the order of work. */
#include "lib/solve/policy.h"

#include <string.h>

#include "lib/solve/candidates.h"
#include "lib/solve/judging.h"

/* -- choosing -- */

/* 3 right, 2 perhaps, 1 refuted, 0 no answer at all. */
static uint32_t class_of(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run)
{
    if (run->number == TRMI_NO_RUN || run->steps == 0 || run->stop == TRM_STOP_OVERFLOW)
        return 0;
    const trm_verdict verdict = trmi_run_verdict(solver, puzzle, run);
    return verdict == TRM_VERDICT_VERIFIED ? 3 : verdict == TRM_VERDICT_REFUTED ? 1 : 2;
}

bool trmi_policy_prefers(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *a,
                         const trmi_run *b)
{
    const uint32_t of_a = class_of(solver, puzzle, a), of_b = class_of(solver, puzzle, b);
    const float sure_a = trmi_run_halt_probability(a), sure_b = trmi_run_halt_probability(b);
    if (of_a != of_b || of_a == 0)
        return of_a > of_b;
    return sure_a > sure_b || (sure_a == sure_b && a->number < b->number);
}

static uint32_t surest(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    uint32_t best = 0;
    for (uint32_t r = 1; r < solver->seats; r++)
        if (trmi_policy_prefers(solver, puzzle, &puzzle->runs[r], &puzzle->runs[best]))
            best = r;
    return best;
}

static bool same_answer(const trm_solver *solver, const trmi_run *a, const trmi_run *b)
{
    return memcmp(a->answer, b->answer, solver->extent.positions * sizeof *a->answer) == 0;
}

/* What those who agree with the run are sure of together; nothing for those of a lower class than the best one. */
static float votes_for(const trm_solver *solver, const trmi_puzzle *puzzle, uint32_t run, uint32_t class)
{
    float votes = 0.0f;
    for (uint32_t r = 0; r < solver->seats; r++)
        if (class_of(solver, puzzle, &puzzle->runs[r]) == class &&
            same_answer(solver, &puzzle->runs[r], &puzzle->runs[run]))
            votes += trmi_run_halt_probability(&puzzle->runs[r]);
    return votes;
}

/* The surest of those who agree with the run of the most votes. */
static uint32_t elected(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    uint32_t best = surest(solver, puzzle);
    const uint32_t class = class_of(solver, puzzle, &puzzle->runs[best]);
    if (class == 0)
        return best;
    float most = votes_for(solver, puzzle, best, class);
    for (uint32_t r = 0; r < solver->seats; r++) {
        const trmi_run *run = &puzzle->runs[r];
        if (class_of(solver, puzzle, run) != class)
            continue;
        const float votes = votes_for(solver, puzzle, r, class);
        const bool agrees = same_answer(solver, run, &puzzle->runs[best]);
        if (votes > most || (agrees && trmi_policy_prefers(solver, puzzle, run, &puzzle->runs[best]))) {
            most = votes;
            best = r;
        }
    }
    return best;
}

/* Who won stays the winner, whatever was found while further answers were wanted. */
static uint32_t choose(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    if (puzzle->winner != TRMI_NO_RUN)
        return puzzle->winner;
    if (solver->seats == 1)
        return 0;
    return solver->settings.options.policy == TRM_POLICY_VOTE ? elected(solver, puzzle)
                                                              : surest(solver, puzzle);
}

/* -- deciding -- */

static void decide_for(trmi_puzzle *puzzle, uint32_t winner)
{
    puzzle->winner = winner;
    puzzle->decided = true;
}

/* Whether the run ends the race by itself. */
static bool wins(const trm_solver *solver, const trmi_run *run)
{
    const uint32_t policy = solver->settings.options.policy, stop = run->stop;
    if (stop == TRM_STOP_VERIFIED)
        return true;
    return (policy == 0 || policy == TRM_POLICY_FIRST_HALT) &&
           (stop == TRM_STOP_SIGNAL || stop == TRM_STOP_STABLE);
}

void trmi_policy_decide(const trm_solver *solver, trmi_puzzle *puzzle)
{
    bool all_stopped = true;
    for (uint32_t r = 0; r < solver->seats; r++) {
        if (puzzle->winner == TRMI_NO_RUN && wins(solver, &puzzle->runs[r]))
            puzzle->winner = r;
        all_stopped &= puzzle->runs[r].stop != TRM_STOP_RUNNING;
    }
    if (all_stopped || (puzzle->winner != TRMI_NO_RUN && !trmi_candidates_wanted(solver, puzzle)))
        decide_for(puzzle, choose(solver, puzzle));
}

void trmi_policy_settle(const trm_solver *solver, trmi_puzzle *puzzle)
{
    decide_for(puzzle, choose(solver, puzzle));
    if (puzzle->candidates.count == 0)
        trmi_candidates_add(solver, puzzle, &puzzle->runs[puzzle->winner]);
}

const trmi_run *trmi_policy_answer(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    return &puzzle->runs[choose(solver, puzzle)];
}
