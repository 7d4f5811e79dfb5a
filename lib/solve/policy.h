/* Which run of a puzzle answers it, and when that is known. */
#ifndef TRMI_SOLVE_POLICY_H
#define TRMI_SOLVE_POLICY_H

#include "lib/solve/solver.h"

/* Decides a puzzle whose runs have made a step, if that can be done. */
void trmi_policy_decide(const trm_solver *solver, trmi_puzzle *puzzle);

/* Decides it as things are, with what its runs have found so far. */
void trmi_policy_settle(const trm_solver *solver, trmi_puzzle *puzzle);

/* The run that answers, or would if nothing more were done. */
const trmi_run *trmi_policy_answer(const trm_solver *solver, const trmi_puzzle *puzzle);

#endif
