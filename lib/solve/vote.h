/* A vote among the runs of a puzzle. */
#ifndef TRMI_SOLVE_VOTE_H
#define TRMI_SOLVE_VOTE_H

#include "lib/solve/solver.h"

/* The surest of those who agree with the run of the most votes. */
uint32_t trmi_vote_elected(const trm_solver *solver, const trmi_puzzle *puzzle);

/* Takes the seats of runs that have made a step and are too weak to go on. */
void trmi_vote_drop(const trm_solver *solver, trmi_puzzle *puzzle);

#endif
