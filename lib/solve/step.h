/* One supervision step of one run. */
#ifndef TRMI_SOLVE_STEP_H
#define TRMI_SOLVE_STEP_H

#include "lib/solve/solver.h"

/* Runs the recursion and reads the heads; a step that overflows ends the run. The executor's width is at most
 * that of scratch. */
void trmi_step(const trm_solver *solver, trmi_run *run, trmi_worker *worker, trmi_scratch *scratch,
               const trm_executor *executor);

/* One evaluation: of z, or of y when `high`. */
void trmi_step_evaluate(const trm_solver *solver, trmi_run *run, trmi_worker *worker, trmi_scratch *scratch,
                        const trm_executor *executor, bool high);

#endif
