/* The puzzles of a training run: those to learn from, and those to measure on. */
#ifndef TRM_CLI_TRAIN_DATA_H
#define TRM_CLI_TRAIN_DATA_H

#include "bindings/cli/train_mix.h"
#include "bindings/cli/train_settings.h"

typedef struct train_data {
    trm_puzzles *lessons;
    train_mix mix;           /* further lessons */
    trm_puzzles *exam;       /* may be empty */
    char summary[512];       /* where the lessons are from, without directories */
    relation_list relations; /* of the model to begin with */
    uint32_t least, most;    /* positions of the lessons, where each has its own */
    char sizes[32];          /* the same as text, for metadata */
} train_data;

/* Reads and makes them. Returns a STATUS, after telling about an error; free them in either case. */
int train_data_load(train_data *data, const train_settings *settings);
void train_data_free(train_data *data);

/* The model to begin with: random weights, in the shape of the settings, for the task of the lessons. Texts
 * belong to the lessons. Returns a STATUS. */
int train_data_model(train_data *data, const train_settings *settings, trm_init_options *to);

#endif
