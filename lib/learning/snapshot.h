/* What a checkpoint has beside the model: tensors for the weights themselves, the moments and the states of
 * the puzzles on their way, and metadata whose keys begin with "train."; the puzzles themselves follow from
 * the seed and their numbers. Writing and reading share it. */
#ifndef TRMI_LEARNING_SNAPSHOT_H
#define TRMI_LEARNING_SNAPSHOT_H

#include "lib/learning/trainer.h"
#include "lib/learning/training_table.h"

#define TRMI_OPTIONS_KEY "train.options"
#define TRMI_SLOTS_KEY "train.slots"
#define TRMI_PROGRESS_KEY "train.progress"
#define TRMI_SETS_KEY "train.sets"

typedef enum trmi_extra {
    TRMI_EXTRA_WEIGHTS,
    TRMI_EXTRA_FIRST,
    TRMI_EXTRA_SECOND,
    TRMI_EXTRA_STATE_Y,
    TRMI_EXTRA_STATE_Z,
    TRMI_EXTRA_COUNT
} trmi_extra;

/* The tensor as a run with these options has it, of puzzles with at most so many rows of state. */
trmi_tensor trmi_extra_tensor(const trmi_config *config, const trm_train_options *options, uint32_t rows,
                              trmi_extra which);

/* Copies the extra tensor's numbers to `file`, or, when reading, from there. */
void trmi_extra_exchange(const trm_trainer *trainer, trmi_extra which, float *file, bool reading);

/* How many numbers metadata has for the progress, each set and each slot: eight bytes each, little-endian. */
enum { TRMI_PROGRESS_NUMBERS = 5, TRMI_SET_NUMBERS = 3, TRMI_SLOT_NUMBERS = 2 };

/* The numbers of the progress: steps of the run and of the optimiser, puzzles drawn, sets, and the rows of
   the largest puzzle's state. */
enum { TRMI_AT_STEP, TRMI_AT_OPTIMISER, TRMI_AT_DRAWN, TRMI_AT_SETS, TRMI_AT_ROWS };

/* Of each set: puzzles, their fingerprint, the bits of its share. */
void trmi_set_list(const trm_puzzles *puzzles, double share, uint64_t list[TRMI_SET_NUMBERS]);

/* Whether these puzzles are the next set that a run awaits which goes on from a checkpoint. */
trm_status trmi_snapshot_expect(const trm_trainer *trainer, const trm_puzzles *puzzles, double share,
                                trm_error *error);

/* After that set was added: if it was the last one, the run goes on from its state. */
trm_status trmi_snapshot_await(trm_trainer *trainer, trm_error *error);

/* Tells one set of puzzles from another. */
uint64_t trmi_puzzles_fingerprint(const trm_puzzles *puzzles);

#endif
