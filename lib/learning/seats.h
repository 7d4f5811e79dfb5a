/* What depends on the sets that a run learns from: places for its puzzles, what a team shares, and the
   threads' desks. */
#ifndef TRMI_LEARNING_SEATS_H
#define TRMI_LEARNING_SEATS_H

#include "lib/learning/trainer.h"

/* Adds a set behind the others. */
trm_status trmi_seats_set(trm_trainer *trainer, const trm_puzzles *puzzles, double share, trm_error *error);

/* Begins all this for the sets that were added, with empty slots. What was there before is released. */
trm_status trmi_seats_begin(trm_trainer *trainer, trm_error *error);

/* Releases all this, the sets too. */
void trmi_seats_end(trm_trainer *trainer);

#endif
