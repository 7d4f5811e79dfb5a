/* A refuted run answers only where all are. Among equals the one with the lowest number does, so that nothing
 * depends on the order of work. */
#include "lib/solve/ranking.h"

#include <assert.h>

#include "lib/solve/judging.h"

uint32_t trmi_rank_class(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run)
{
    if (run->number == TRMI_NO_RUN || run->steps == 0 || run->stop == TRM_STOP_OVERFLOW)
        return 0;
    const trm_verdict verdict = trmi_run_verdict(solver, puzzle, run);
    return verdict == TRM_VERDICT_VERIFIED ? 3 : verdict == TRM_VERDICT_REFUTED ? 1 : 2;
}

bool trmi_rank_prefers(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *a,
                       const trmi_run *b)
{
    const uint32_t of_a = trmi_rank_class(solver, puzzle, a), of_b = trmi_rank_class(solver, puzzle, b);
    const float sure_a = trmi_run_halt_probability(a), sure_b = trmi_run_halt_probability(b);
    if (of_a != of_b || of_a == 0)
        return of_a > of_b;
    return sure_a > sure_b || (sure_a == sure_b && a->number < b->number);
}

uint32_t trmi_rank_surest(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    uint32_t best = 0;
    assert(solver->seats > 0);
    for (uint32_t r = 1; r < solver->seats; r++)
        if (trmi_rank_prefers(solver, puzzle, &puzzle->runs[r], &puzzle->runs[best]))
            best = r;
    return best;
}
