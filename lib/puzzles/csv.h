/* Lists of puzzles as the rest of the library uses them; trm_csv of include/trm/train.h reads it. */
#ifndef TRMI_PUZZLES_CSV_H
#define TRMI_PUZZLES_CSV_H

#include <stdbool.h>

#include <trm/train.h>

#define TRMI_CSV_HEADER "source,question,answer,rating"

/* Puts "FILE: line N, column C (FIELD): ", of the row that the reader is at, before the sentence that is in
 * `error`; `offset` counts from the beginning of the field. Returns `status`. */
trm_status trmi_csv_fail(const trm_csv *csv, trm_csv_field field, size_t offset, trm_status status,
                         trm_error *error);

/* The name of the file, for sentences. */
const char *trmi_csv_name(const trm_csv *csv);

/* Whether a rating may be a word, as under other names than "rating". */
bool trmi_csv_loose_ratings(const trm_csv *csv);

#endif
