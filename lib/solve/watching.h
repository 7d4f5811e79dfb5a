/* Telling the host's watcher of a step. */
#ifndef TRMI_SOLVE_WATCHING_H
#define TRMI_SOLVE_WATCHING_H

#include "lib/solve/solver.h"

/* Returns what the watcher returned. */
trm_status trmi_watch(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run,
                      trm_error *error);

#endif
