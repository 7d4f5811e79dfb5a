/* The distinct answers that the runs of a puzzle end with. */
#ifndef TRMI_SOLVE_CANDIDATES_H
#define TRMI_SOLVE_CANDIDATES_H

#include "lib/solve/solver.h"

/* Carves room for as many as the options ask for. */
void trmi_candidates_layout(trmi_candidates *candidates, const trm_solve_options *options,
                            const trmi_extent *most, trmi_arena *arena);

/* Forgets those of the question before. */
void trmi_candidates_clear(trmi_puzzle *puzzle);

/* Takes the answer of a run that has ended. When there is no room for another one, the weakest leaves. */
void trmi_candidates_add(const trm_solver *solver, trmi_puzzle *puzzle, const trmi_run *run);

/* Whether fewer right answers were found than are asked for. */
bool trmi_candidates_wanted(const trm_solver *solver, const trmi_puzzle *puzzle);

/* Whether a right answer that was found in a round below `round` has that token there. */
bool trmi_candidates_have(const trm_solver *solver, const trmi_puzzle *puzzle, uint32_t round,
                          uint32_t position, int32_t token);

#endif
