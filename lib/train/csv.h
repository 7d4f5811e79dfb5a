/* The format of the files of puzzles; trm_csv of include/trm/train.h reads it. */
#ifndef TRMI_TRAIN_CSV_H
#define TRMI_TRAIN_CSV_H

#include <trm/train.h>

#define TRMI_CSV_HEADER "source,question,answer,rating"
enum { TRMI_CSV_FIELDS = 4, TRMI_CSV_LINE_BYTES = 1048576 /* the longest line */ };

/* Puts "FILE: line N, column C (FIELD): " before the sentence that is in `error`; `offset` counts from the
 * beginning of the field. Returns `status`. */
trm_status trmi_csv_fail(const trm_csv *csv, const trm_csv_row *row, trm_csv_field field, size_t offset,
                         trm_status status, trm_error *error);

/* The name of the file, for sentences. */
const char *trmi_csv_name(const trm_csv *csv);

#endif
