/* A small run of training, for tests about runs: 4x4 Sudokus, a mixer that learns a step of them in a
   moment. */
#ifndef TRM_TESTS_TRAINING_RUN_H
#define TRM_TESTS_TRAINING_RUN_H

#include <trm/train.h>

/* A place for it: a model and eight puzzles. */
typedef struct training_run {
    char *directory;
    trm_puzzles *puzzles;
    char model[96], checkpoint[96]; /* paths; there is no checkpoint yet */
} training_run;

void training_run_place(training_run *run);
void training_run_clear(training_run *run);

/* Sudokus made up from a seed. */
trm_puzzles *make_sudokus(uint64_t count, uint64_t seed, uint32_t box_rows, uint32_t box_columns);

/* Writes a mixer of 16 channels with random weights for those of 4x4. */
void make_mixer(const char *path, uint32_t updates);

/* Four puzzles in two shards, each replaced after two steps at most. */
trm_train_options run_options(uint64_t steps);

/* The same with rates that stay. */
trm_train_options steady_options(uint64_t steps);

trm_trainer *begin_run(const training_run *run, const trm_train_options *options);

/* A run of one step, saved. */
trm_trainer *begin_saved_run(const training_run *run, const trm_train_options *options);

/* The same of a run with steady options. */
trm_trainer *begin_saved_steps(const training_run *run, uint64_t steps);

void take_steps(trm_trainer *trainer, int steps);

/* That a whole run of so many steps on one thread leaves the bits of one on two threads that was stopped in
 * its middle and went on with `others`, which are the same puzzles. SAVED in the directory, the checkpoint of
 * the middle, stays. */
#define SAVED "saved.trm"
void go_on_bit_for_bit(const char *directory, const char *model, const trm_puzzles *puzzles,
                       const trm_puzzles *others, trm_train_options options);

/* That both files have the same bytes. */
void same_files(const char *a, const char *b);

/* That a call failed so, with that in its sentence. */
void expect_sentence(trm_status status, trm_status expected, const trm_error *error, const char *sentence);

#endif
