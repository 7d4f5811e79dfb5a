/* Further sets of a training run, each of puzzles of one size, with its share: --mix. */
#ifndef TRM_CLI_TRAIN_MIX_H
#define TRM_CLI_TRAIN_MIX_H

#include <trm/train.h>

#include "bindings/cli/train_settings.h"

enum { MOST_MIXED = 63 }; /* sets beside the first */

typedef struct train_mix {
    size_t count;
    trm_puzzles *sets[MOST_MIXED];
    double shares[MOST_MIXED];
} train_mix;

/* Reads FILE[@ROWSxCOLUMNS][=SHARE],..., puzzles of the settings' task. Returns a STATUS, after telling about
 * an error; free it in either case. */
int train_mix_load(train_mix *mix, const train_settings *settings);
void train_mix_free(train_mix *mix);

/* Adds the sets to a trainer that has its first one. Returns a STATUS, after telling about an error. */
int train_mix_add(const train_mix *mix, trm_trainer *trainer);

#endif
