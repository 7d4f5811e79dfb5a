/* One supervision step of one puzzle. */
#ifndef TRMI_SOLVE_STEP_H
#define TRMI_SOLVE_STEP_H

#include "lib/solve/solver.h"

/* Runs the recursion, reads the heads and applies the halting rules. The executor's width is at most that of
 * scratch. */
void trmi_step(const trm_solver *solver, trmi_puzzle *puzzle, trmi_worker *worker, trmi_scratch *scratch,
               const trm_executor *executor);

/* One evaluation: of z, or of y when `high`. */
void trmi_step_evaluate(const trm_solver *solver, trmi_puzzle *puzzle, trmi_worker *worker,
                        trmi_scratch *scratch, const trm_executor *executor, bool high);

#endif
