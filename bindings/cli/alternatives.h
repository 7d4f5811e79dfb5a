/* What a proposal may be wrong about, as further proposals: a row of one table for each. */
#ifndef TRM_CLI_ALTERNATIVES_H
#define TRM_CLI_ALTERNATIVES_H

#include "bindings/cli/train_begin.h"

enum { MOST_TRIED = 4, RELATION_BYTES = 1024 };

typedef struct alternative {
    train_settings settings;
    const char *said; /* what it is, for people */
    char relations[RELATION_BYTES], configuration[CONFIGURATION_BYTES];
} alternative;

/* The proposal, then up to three others, none like another. What the user gave stays as it is in all of them.
 * Returns how many there are; `settings` borrow from `to` and from `proposed`. */
size_t alternatives_make(const trm_survey *survey, const train_settings *proposed,
                         alternative to[MOST_TRIED]);

/* Writes the configuration anew, after a change of the settings. */
void alternative_write(alternative *a);

#endif
