/* What a training begins with: random weights, or the checkpoint of the same run. */
#ifndef TRM_CLI_TRAIN_BEGIN_H
#define TRM_CLI_TRAIN_BEGIN_H

#include "bindings/cli/train_data.h"

enum { CONFIGURATION_BYTES = 8192 };

/* Where models and checkpoints keep what they were trained by. */
extern const char configuration_key[];

/* Random weights for the lessons, in a file. Returns a STATUS, after telling about an error; STATUS_USAGE and
 * the sentence in `wrong`, where that is not NULL, for a model that there cannot be. */
int train_weights(train_data *data, const train_settings *settings, const char *path, trm_error *wrong);

/* The configuration in a checkpoint's metadata, or nothing. Returns a STATUS. */
int train_stored(const char *checkpoint, char *to, size_t size);

/* A resumed run takes its options from the checkpoint: those of the command must be the same. Returns a
 * STATUS, after telling which differs. */
int train_same(const char *checkpoint, const char *configuration);

#endif
