/* Runs vote for their answers, each with its halt probability. Who has agreed on an answer need not wait for
 * those who are far from any: as DeepConf does with chains of thought (arXiv 2508.15260), weak ones are
 * dropped on the way. Sums are over the runs in their order, so that nothing depends on the order of work. */
#include "lib/solve/vote.h"

#include <assert.h>
#include <string.h>

#include "lib/solve/judging.h"
#include "lib/solve/ranking.h"

static bool same_answer(const trm_solver *solver, const trmi_run *a, const trmi_run *b)
{
    return memcmp(a->answer, b->answer, solver->extent.positions * sizeof *a->answer) == 0;
}

/* -- who is elected -- */

/* The sum of the halt probabilities of the runs of this class that have this run's answer. */
static float votes_for(const trm_solver *solver, const trmi_puzzle *puzzle, uint32_t run, uint32_t class)
{
    float votes = 0.0f;
    assert(class > 0 && trmi_rank_class(solver, puzzle, &puzzle->runs[run]) == class);
    for (uint32_t r = 0; r < solver->seats; r++)
        if (trmi_rank_class(solver, puzzle, &puzzle->runs[r]) == class &&
            same_answer(solver, &puzzle->runs[r], &puzzle->runs[run]))
            votes += trmi_run_halt_probability(&puzzle->runs[r]);
    return votes;
}

uint32_t trmi_vote_elected(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    uint32_t best = trmi_rank_surest(solver, puzzle);
    const uint32_t class = trmi_rank_class(solver, puzzle, &puzzle->runs[best]);
    if (class == 0)
        return best;
    float most = votes_for(solver, puzzle, best, class);
    for (uint32_t r = 0; r < solver->seats; r++) {
        const trmi_run *run = &puzzle->runs[r];
        if (trmi_rank_class(solver, puzzle, run) != class)
            continue;
        const float votes = votes_for(solver, puzzle, r, class);
        const bool agrees = same_answer(solver, run, &puzzle->runs[best]);
        if (votes > most || (agrees && trmi_rank_prefers(solver, puzzle, run, &puzzle->runs[best]))) {
            most = votes;
            best = r;
        }
    }
    return best;
}

/* -- who is dropped -- */

enum { LEAST_AGREED = 2, AGREED_OF = 3 }; /* so many sure runs have to agree, and a third of all */

/* Whether the run stopped by itself, with an answer that is not refuted. */
static bool is_sure(const trmi_run *run)
{
    return run->number != TRMI_NO_RUN && run->verdict != TRM_VERDICT_REFUTED && !run->changes &&
           (run->stop == TRM_STOP_SIGNAL || run->stop == TRM_STOP_STABLE || run->stop == TRM_STOP_VERIFIED);
}

/* The sure runs that have this one's answer; `votes` is the sum of their halt probabilities. */
static uint32_t count_agreed(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run,
                             float *votes)
{
    uint32_t count = 0;
    *votes = 0.0f;
    for (uint32_t r = 0; r < solver->seats; r++)
        if (is_sure(&puzzle->runs[r]) && same_answer(solver, &puzzle->runs[r], run)) {
            *votes += trmi_run_halt_probability(&puzzle->runs[r]);
            count++;
        }
    return count;
}

/* The mean halt probability of the most sure runs that agree on an answer; 0 while too few do. */
static float sureness_agreed(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    uint32_t most = 0;
    float votes_of_most = 0.0f;
    for (uint32_t r = 0; r < solver->seats; r++) {
        float votes;
        if (!is_sure(&puzzle->runs[r]))
            continue;
        const uint32_t count = count_agreed(solver, puzzle, &puzzle->runs[r], &votes);
        if (count > most) {
            most = count;
            votes_of_most = votes;
        }
    }
    return most >= LEAST_AGREED && most * AGREED_OF >= solver->seats ? votes_of_most / (float)most : 0.0f;
}

void trmi_vote_drop(const trm_solver *solver, trmi_puzzle *puzzle)
{
    if (solver->settings.options.candidates > 0)
        return;
    const float least = 0.5f * sureness_agreed(solver, puzzle);
    for (uint32_t r = 0; r < solver->seats; r++) {
        trmi_run *run = &puzzle->runs[r];
        if (run->number == TRMI_NO_RUN || run->stop != TRM_STOP_RUNNING)
            continue;
        const float sure = trmi_run_halt_probability(run);
        if (sure < least && run->sure_before < least)
            run->number = TRMI_NO_RUN;
        run->sure_before = sure;
    }
}
