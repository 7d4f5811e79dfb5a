/* What trm train can be told: the table of its options, which are the keys of its configuration files,
   too. */
#ifndef TRM_CLI_TRAIN_SETTINGS_H
#define TRM_CLI_TRAIN_SETTINGS_H

#include "bindings/cli/making.h"
#include "bindings/cli/shape.h"

typedef struct train_settings {
    const char *task, *alphabet;
    puzzle_kind kind;
    uint64_t generate, hold_back;
    model_shape shape;
    uint32_t head_bias;
    uint64_t seed, steps, batch, shards, warm_up, average_begin, states;
    uint32_t optimiser, cosine, curriculum, recompute, symmetries, precision, staggered;
    double learning_rate, weight_decay, beta1, beta2, muon_learning_rate, muon_weight_decay, muon_momentum;
    double clip, smoothing, halt_weight, cell_weight, exploration, replacement, average, wrong_givens;
    const char *data, *mix, *question, *answer, *start, *validation, *output, *checkpoint, *log;
    uint64_t validation_puzzles, validate_every, log_every, threads;
    double save_every, minutes;
    uint32_t deflate;
    bool resume, restart, dry_run, json, quiet;
} train_settings;

extern const option train_rows[];
extern const train_settings train_defaults;

/* The rows of train_rows that a resumed run must have in common with its checkpoint come first; this is their
 * number. */
size_t train_run_rows(void);

/* False after telling which settings contradict each other, or which is missing. */
bool train_settings_agree(const train_settings *settings);

/* Without executor and allocator. */
trm_train_options train_options_of(const train_settings *settings);

#endif
