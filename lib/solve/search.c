/* Rounds are numbered, and their outcomes are looked at in that order, whatever rides together: the lowest
 * round that finds the answer wins, and steps are charged as if one round had come after the other. What a
 * round tries depends on the seed, its number and the rounds before it that it has to wait for; guesses.c
 * draws it. */
#include "lib/solve/search.h"

#include <assert.h>
#include <string.h>

#include "lib/solve/candidates.h"
#include "lib/solve/guesses.h"
#include "lib/solve/judging.h"
#include "lib/solve/ranking.h"
#include "lib/solve/reading.h"
#include "lib/solve/runs.h"

enum {
    FREE_STEPS =
        64, /* steps of a round without a pin, where the caller says nothing; with pins half of them */
    DEEPER_FROM = 32 /* round, from which on odd ones add a pin to the surest attempt's */
};

static bool is_free(uint32_t round)
{
    return round % TRMI_FREE_EVERY == 0;
}

static bool is_deeper(uint32_t round)
{
    return round >= DEEPER_FROM && round % 2 == 1;
}

static uint32_t limit_of(const trm_solver *solver, const trmi_puzzle *puzzle, uint32_t round)
{
    if (puzzle->rounds.hopeless)
        return 1;
    const uint32_t asked = solver->settings.search_steps, whole = asked > 0 ? asked : FREE_STEPS;
    return is_free(round) ? whole : (whole + 1) / 2;
}

static uint64_t budget_left(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    assert(puzzle->total_steps <= solver->settings.options.step_budget);
    return solver->settings.options.step_budget - puzzle->total_steps;
}

static trmi_run *run_of_round(const trm_solver *solver, trmi_puzzle *puzzle, uint32_t round)
{
    for (uint32_t r = 0; r < solver->seats; r++)
        if (puzzle->runs[r].number == round && r != puzzle->rounds.best)
            return &puzzle->runs[r];
    return NULL;
}

/* -- beginning a round -- */

/* Round k waits for the one that it has the guide from, and a deeper one for all before it. */
static bool may_begin(const trmi_rounds *rounds)
{
    const uint32_t round = rounds->next;
    if (is_deeper(round))
        return rounds->retired == round;
    return round == 0 || rounds->retired > (round - 1) / TRMI_FREE_EVERY * TRMI_FREE_EVERY;
}

static void begin_round(const trm_solver *solver, trmi_puzzle *puzzle, trmi_run *run)
{
    const uint32_t round = puzzle->rounds.next++;
    assert(run->number == TRMI_NO_RUN && puzzle->rounds.retired <= round);
    const trmi_run *best = puzzle->rounds.best != TRMI_NO_RUN ? &puzzle->runs[puzzle->rounds.best] : NULL;
    run->view = 0;
    run->pin_count = 0;
    if (is_deeper(round) && best != NULL && best->summed > 0)
        trmi_guess_deeper(solver, puzzle, run, best, round);
    else if (!is_free(round))
        trmi_guess(solver, puzzle, run, puzzle->rounds.guide, round);
    run->how = run->pin_count > 0 ? TRM_HOW_SEARCH : round > 0 ? TRM_HOW_RESTART : TRM_HOW_RUN;
    run->limit = limit_of(solver, puzzle, round);
    memset(run->mean, 0, trmi_guide_size(solver) * sizeof *run->mean);
    trmi_run_begin(solver, puzzle, run, round);
}

static void begin_rounds(const trm_solver *solver, trmi_puzzle *puzzle)
{
    for (uint32_t r = 0; r < solver->seats && may_begin(&puzzle->rounds); r++)
        if (puzzle->runs[r].number == TRMI_NO_RUN)
            begin_round(solver, puzzle, &puzzle->runs[r]);
}

/* A host's own rules may not mind. */
static bool is_hopeless(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    if (solver->settings.options.verifier != NULL)
        return false;
    trmi_judging_give(solver->rules, solver->model, puzzle->relations);
    return trmi_task_hopeless(solver->rules, puzzle->tokens);
}

void trmi_search_begin(const trm_solver *solver, trmi_puzzle *puzzle)
{
    for (uint32_t r = 0; r < solver->seats; r++)
        puzzle->runs[r].number = TRMI_NO_RUN;
    puzzle->rounds.next = puzzle->rounds.retired = 0;
    puzzle->rounds.best = TRMI_NO_RUN;
    puzzle->rounds.hopeless = is_hopeless(solver, puzzle);
    puzzle->begun = 0;
    begin_rounds(solver, puzzle);
}

/* -- steps -- */

/* No attempt may take more steps than are left. */
void trmi_search_look(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run)
{
    enum { LAST_STEPS = 4 };
    const bool last = run->steps + LAST_STEPS > run->limit ||
                      (run->stop == TRM_STOP_VERIFIED && solver->settings.options.candidates > 0);
    if (run->stop != TRM_STOP_OVERFLOW && last) {
        trmi_guide_add(solver, run, run->mean);
        run->summed++;
    }
    if (run->stop == TRM_STOP_RUNNING && run->steps >= budget_left(solver, puzzle))
        run->stop = TRM_STOP_BUDGET;
}

/* -- retiring -- */

static void win(trmi_puzzle *puzzle, const trmi_run *run)
{
    if (puzzle->winner == TRMI_NO_RUN)
        puzzle->winner = (uint32_t)(run - puzzle->runs);
}

/* The winner keeps its seat, or, while there is none, the surest attempt. An attempt that the budget cut off
 * counts only while there is no other. */
static void keep_best(const trm_solver *solver, trmi_puzzle *puzzle, trmi_run *run, bool whole)
{
    trmi_rounds *rounds = &puzzle->rounds;
    const uint32_t seat = (uint32_t)(run - puzzle->runs), winner = puzzle->winner;
    const bool first = rounds->best == TRMI_NO_RUN;
    const bool prefers =
        first || (whole && trmi_rank_prefers(solver, puzzle, run, &puzzle->runs[rounds->best]));
    if (winner == seat || (winner == TRMI_NO_RUN && prefers)) {
        if (!first)
            puzzle->runs[rounds->best].number = TRMI_NO_RUN;
        rounds->best = seat;
    } else {
        run->number = TRMI_NO_RUN;
    }
}

/* The budget is spent: the surest attempt is the answer, right or not. */
static void give_up(const trm_solver *solver, trmi_puzzle *puzzle)
{
    assert(puzzle->rounds.best < solver->seats);
    trmi_run *best = &puzzle->runs[puzzle->rounds.best];
    if (best->stop == TRM_STOP_LIMIT)
        best->stop = TRM_STOP_BUDGET;
    if (puzzle->candidates.count == 0)
        trmi_candidates_add(solver, puzzle, best);
    win(puzzle, best);
    puzzle->decided = true;
}

/* Halting ends a search only where nobody can tell whether the answer is right. */
static bool found(const trmi_run *run)
{
    return run->stop == TRM_STOP_VERIFIED || run->stop == TRM_STOP_SIGNAL || run->stop == TRM_STOP_STABLE;
}

static void retire(const trm_solver *solver, trmi_puzzle *puzzle, trmi_run *run)
{
    const uint64_t left = budget_left(solver, puzzle);
    assert(run->stop != TRM_STOP_RUNNING && run->number == puzzle->rounds.retired);
    const bool in_time = run->steps <= left, whole = in_time && run->stop != TRM_STOP_BUDGET;
    puzzle->total_steps += in_time ? run->steps : left;
    puzzle->begun = ++puzzle->rounds.retired;
    if (whole || (in_time && found(run)))
        trmi_candidates_add(solver, puzzle, run);
    if ((in_time && found(run)) || puzzle->rounds.hopeless)
        win(puzzle, run);
    puzzle->decided =
        puzzle->rounds.hopeless || (puzzle->winner != TRMI_NO_RUN && !trmi_candidates_wanted(solver, puzzle));
    if (puzzle->decided)
        return;
    if (whole && is_free(run->number) && run->summed > 0)
        memcpy(puzzle->rounds.guide, run->mean, trmi_guide_size(solver) * sizeof *run->mean);
    else if (run->number == 0)
        memset(puzzle->rounds.guide, 0, trmi_guide_size(solver) * sizeof *run->mean);
    keep_best(solver, puzzle, run, whole);
    if (puzzle->total_steps >= solver->settings.options.step_budget)
        give_up(solver, puzzle);
}

void trmi_search_advance(const trm_solver *solver, trmi_puzzle *puzzle)
{
    trmi_run *run;
    while (!puzzle->decided && (run = run_of_round(solver, puzzle, puzzle->rounds.retired)) != NULL &&
           run->stop != TRM_STOP_RUNNING)
        retire(solver, puzzle, run);
    if (!puzzle->decided)
        begin_rounds(solver, puzzle);
}

/* -- books -- */

/* Whether there is an attempt that was not retired. */
static bool is_under_way(const trmi_puzzle *puzzle, uint32_t seat)
{
    return !puzzle->decided && puzzle->runs[seat].number != TRMI_NO_RUN && seat != puzzle->rounds.best;
}

uint64_t trmi_search_steps(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    uint64_t steps = puzzle->total_steps;
    for (uint32_t r = 0; r < solver->seats; r++)
        if (is_under_way(puzzle, r))
            steps += puzzle->runs[r].steps;
    return steps;
}

uint32_t trmi_search_runs(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    uint32_t runs = puzzle->begun;
    for (uint32_t r = 0; r < solver->seats; r++)
        runs += is_under_way(puzzle, r) && puzzle->runs[r].steps > 0;
    return runs;
}

void trmi_search_cut(const trm_solver *solver, trmi_puzzle *puzzle)
{
    const uint64_t steps = trmi_search_steps(solver, puzzle), most = solver->settings.options.step_budget;
    assert(!puzzle->decided);
    puzzle->begun = trmi_search_runs(solver, puzzle);
    puzzle->total_steps = steps < most ? steps : most;
}
