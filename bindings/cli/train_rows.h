/* The table of trm train's options, which are the keys of its configuration files, too. */
#ifndef TRM_CLI_TRAIN_ROWS_H
#define TRM_CLI_TRAIN_ROWS_H

#include "bindings/cli/train_settings.h"

extern option train_rows[MOST_OPTIONS];

/* Fills it, before any command is parsed. */
void train_rows_begin(void);

/* The rows that a resumed run must have in common with its checkpoint come first; this is their number. */
size_t train_run_rows(void);

#endif
