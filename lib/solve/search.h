/* Search: a question whose first attempt fails is tried again with guesses as givens. doc/model.md has its
   rounds. */
#ifndef TRMI_SOLVE_SEARCH_H
#define TRMI_SOLVE_SEARCH_H

#include "lib/solve/solver.h"

/* Begins round 0 of a puzzle that was loaded. */
void trmi_search_begin(const trm_solver *solver, trmi_puzzle *puzzle);

/* Looks at an attempt that made a step. */
void trmi_search_look(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run);

/* Retires the attempts that have ended, in their order, decides the puzzle if one of them found the answer or
 * the budget is spent, and begins further ones. */
void trmi_search_advance(const trm_solver *solver, trmi_puzzle *puzzle);

/* Steps of all attempts, those included that were not retired; and how many these are, of those that made a
 * step. */
uint64_t trmi_search_steps(const trm_solver *solver, const trmi_puzzle *puzzle);
uint32_t trmi_search_runs(const trm_solver *solver, const trmi_puzzle *puzzle);

/* Puts both in the books of a puzzle that is decided before its time. */
void trmi_search_cut(const trm_solver *solver, trmi_puzzle *puzzle);

#endif
