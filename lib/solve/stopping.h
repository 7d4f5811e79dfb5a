/* When a run ends. */
#ifndef TRMI_SOLVE_STOPPING_H
#define TRMI_SOLVE_STOPPING_H

#include "lib/solve/solver.h"

/* Sets run->stop after a step that was judged; an overflow has ended it already. */
void trmi_run_halt(const trm_solver *solver, trmi_run *run);

#endif
