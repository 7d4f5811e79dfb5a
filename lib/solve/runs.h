/* Beginning a run: what it sees, and what it starts from. */
#ifndef TRMI_SOLVE_RUNS_H
#define TRMI_SOLVE_RUNS_H

#include "lib/solve/solver.h"

/* Begins run `number` of the puzzle; its view and its pins have been set. */
void trmi_run_begin(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run, uint32_t number);

/* Lets a run go on from its thought, z, with what the puzzle asks now. The answer begins anew: models take
 * longer from an old answer than from none. */
void trmi_run_resume(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run);

/* Begins all runs that the options ask for. */
void trmi_runs_begin(const trm_solver *solver, trmi_puzzle *puzzle);

/* How the run sees the question, NULL where as it is; until the next call with this solver. */
const trmi_view *trmi_run_view(const trm_solver *solver, const trmi_run *run);

/* Puts the tokens of a run that has a view in the question's own order. */
void trmi_run_view_back(const trm_solver *solver, trmi_run *run);

#endif
