/* What a round of a search guesses. Nothing but the seed, the round and the probabilities that it is given
   plays a part. */
#ifndef TRMI_SOLVE_GUESSES_H
#define TRMI_SOLVE_GUESSES_H

#include "lib/solve/solver.h"

enum {
    TRMI_FREE_EVERY = 16
}; /* rounds, one of which takes no pin and renews the guide of those that follow */

/* Numbers in a guide: S x values, how likely each value is at each position, up to a factor. */
size_t trmi_guide_size(const trm_solver *solver);

/* Adds the probabilities of the run's last step. */
void trmi_guide_add(const trm_solver *solver, const trmi_run *run, float *guide);

/* Gives the run one pin that the guide suggests. Without any that the rules allow it stays without. */
void trmi_guess(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run, const float *guide,
                uint32_t round);

/* The pins of another attempt, without the oldest of three, and one more that its own mean suggests. */
void trmi_guess_deeper(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run,
                       const trmi_run *attempt, uint32_t round);

#endif
