/* The training values of a reference file against what libtrm-train computes. */
#ifndef TRM_TESTS_TRAINING_VALUES_H
#define TRM_TESTS_TRAINING_VALUES_H

#include <stdbool.h>

#include "lib/interchange/safetensors.h"

/* A file whose questions have been read and checked. */
typedef struct training_file {
    const trmi_safetensors *tensors;
    const void *data; /* the whole file */
    size_t bytes;
    uint32_t puzzles;
    const int32_t *tokens;       /* puzzles x S */
    const uint32_t *identifiers; /* puzzles, or NULL: all 0 */
} training_file;

/* Whether a tensor of that name is compared by training_values_check(), or needed for it. */
bool training_values_has(const char *name);

/* Prints for each training value of the file its largest error relative to its largest entry. *good becomes
 * false when one is beyond the tolerance. Fails when the file is not of that form. */
trm_status training_values_check(const training_file *file, double tolerance, bool *good, trm_error *error);

#endif
