/* The options of a run, each once: name, type, bounds, place in checkpoints, help. Defaults are those of
 * TRM_TRAIN_OPTIONS_INIT. */
#ifndef TRMI_LEARNING_TRAINING_TABLE_H
#define TRMI_LEARNING_TRAINING_TABLE_H

#include <float.h>

#include <trm/train.h>

/* Numbers of a checkpoint's metadata "train.options", eight bytes each, little-endian. */
enum { TRMI_OPTION_NUMBERS = 27, TRMI_OPTION_ROWS = 32 };

/* The largest number below 1. */
#define TRMI_BELOW_ONE (1.0 - DBL_EPSILON / 2)

typedef struct trmi_option_row {
    const char *name, *help, *words; /* as in trm_option_info */
    size_t offset;
    trm_option_kind kind;
    double least, most;
    uint32_t number; /* which of the TRMI_OPTION_NUMBERS it lies in */
    uint32_t shift;  /* the lowest bit that it takes there */
} trmi_option_row;

extern const trmi_option_row trmi_option_rows[TRMI_OPTION_ROWS];

double trmi_option_value(const trmi_option_row *row, const trm_train_options *options);

/* The options as a checkpoint's numbers, and back. */
void trmi_options_list(const trm_train_options *options, uint64_t list[TRMI_OPTION_NUMBERS]);
void trmi_options_unlist(const uint64_t list[TRMI_OPTION_NUMBERS], trm_train_options *options);

#endif
