/* What trm train can be told, and what contradicts itself. */
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
    trm_train_options options; /* without executor and allocator; maximum_steps is the shape's */
    const char *data, *mix, *question, *answer, *start, *validation, *output, *checkpoint, *log;
    uint64_t validation_puzzles, validate_every, log_every, threads, trial;
    double save_every, minutes;
    uint32_t deflate;
    bool resume, restart, dry_run, json, quiet;
} train_settings;

extern const train_settings train_defaults;

/* False after telling which settings contradict each other, or which is missing. */
bool train_settings_agree(const train_settings *settings);

#endif
