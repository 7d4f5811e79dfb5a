/* Which of a puzzle's runs is preferred as its answer. */
#ifndef TRMI_SOLVE_RANKING_H
#define TRMI_SOLVE_RANKING_H

#include "lib/solve/solver.h"

/* 3 right, 2 perhaps, 1 refuted, 0 no answer at all. */
uint32_t trmi_rank_class(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run);

/* Whether run a is preferred to run b of the same puzzle. */
bool trmi_rank_prefers(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *a,
                       const trmi_run *b);

/* The seat of the run that no other is preferred to. */
uint32_t trmi_rank_surest(const trm_solver *solver, const trmi_puzzle *puzzle);

#endif
