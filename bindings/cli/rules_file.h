/* Tasks that a file describes, and what trm train does with one where nothing else is asked for. */
#ifndef TRM_CLI_RULES_FILE_H
#define TRM_CLI_RULES_FILE_H

#include <stdbool.h>

#include "bindings/cli/train_settings.h"

enum { RULES_BYTES = 4096 }; /* of a description, with its zero */

/* Reads the file that the kind names, if it names one, and lets the kind have its text. False after
 * telling what is wrong. */
bool rules_load(const char *command, puzzle_kind *kind, char text[RULES_BYTES]);

/* Settings for a described task that nobody has set: a small relational model and puzzles made up. False
 * after telling what is wrong. */
bool rules_settle(train_settings *settings);

#endif
