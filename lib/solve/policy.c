/* Under the policy of the first halt the run that stops first wins; under others all runs go on to their
 * ends, and then one is chosen. */
#include "lib/solve/policy.h"

#include <assert.h>

#include "lib/solve/candidates.h"
#include "lib/solve/ranking.h"
#include "lib/solve/vote.h"

/* -- choosing -- */

/* Who won stays the winner, whatever was found while further answers were wanted. */
static uint32_t choose(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    if (puzzle->winner != TRMI_NO_RUN)
        return puzzle->winner;
    if (trmi_seats(solver) == 1)
        return 0;
    return trmi_votes(&solver->settings.options) ? trmi_vote_elected(solver, puzzle)
                                                 : trmi_rank_surest(solver, puzzle);
}

/* -- deciding -- */

static void decide_for(trmi_puzzle *puzzle, uint32_t winner)
{
    assert(!puzzle->decided && winner != TRMI_NO_RUN);
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
    if (trmi_votes(&solver->settings.options))
        trmi_vote_drop(solver, puzzle);
    for (uint32_t r = 0; r < trmi_seats(solver); r++) {
        if (puzzle->winner == TRMI_NO_RUN && wins(solver, &puzzle->runs[r]))
            puzzle->winner = r;
        all_stopped &= puzzle->runs[r].stop != TRM_STOP_RUNNING || puzzle->runs[r].number == TRMI_NO_RUN;
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
