/* Which run of a puzzle rather answers it than another one. */
#ifndef TRMI_SOLVE_RANKING_H
#define TRMI_SOLVE_RANKING_H

#include "lib/solve/solver.h"

/* 3 right, 2 perhaps, 1 refuted, 0 no answer at all. */
uint32_t trmi_rank_class(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run);

/* Whether run a, of a puzzle of the solver, rather answers than run b. */
bool trmi_rank_prefers(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *a,
                       const trmi_run *b);

/* The seat of the run that no other is preferred to. */
uint32_t trmi_rank_surest(const trm_solver *solver, const trmi_puzzle *puzzle);

#endif
