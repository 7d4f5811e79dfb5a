/* A small file that is opened after a change, and what that comes to. */
#ifndef TRM_TESTS_PATCHED_FILE_H
#define TRM_TESTS_PATCHED_FILE_H

#include "tests/support/trm_builder.h"

extern trm_file tiny; /* the file, as it is before changes */

void tiny_begin(void);
void tiny_end(void);

/* Opens a file as a model; the sentence stays in `error`. A failure leaves no model. */
trm_status open_file(const trm_file *file, trm_error *error);

void expect_file(const trm_file *file, trm_status status, const char *sentence);

/* A change of the tiny file's bytes at an offset. */
typedef struct patch {
    size_t offset;
    unsigned width;
    uint64_t value;
} patch;

void apply_patch(trm_file *file, patch p);

/* What a patched tiny file, with right checksums, comes to. */
void expect_patched(patch p, trm_status status, const char *sentence);

/* The same in a file of a newer minor version. */
void expect_in_newer(patch p, trm_status status, const char *sentence);

#endif
