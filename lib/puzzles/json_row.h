/* A puzzle as an object in JSON on one line, with all that it may bring: doc/format.md has the keys. The line
 * is hostile: every count is bounded, nothing nests deeper than lists of lists. */
#ifndef TRMI_PUZZLES_JSON_ROW_H
#define TRMI_PUZZLES_JSON_ROW_H

#include <stdbool.h>

#include <trm/train.h>

#include "lib/task/relations.h"

/* Keys whose value is text, or stands in the row as text does: as trm_csv_field counts. */
typedef enum trmi_json_field {
    TRMI_JSON_SOURCE = TRM_CSV_SOURCE,
    TRMI_JSON_QUESTION = TRM_CSV_QUESTION,
    TRMI_JSON_ANSWER = TRM_CSV_ANSWER,
    TRMI_JSON_RATING = TRM_CSV_RATING,
    TRMI_JSON_TEXTS
} trmi_json_field;

typedef struct trmi_json_text {
    size_t begin, length; /* in the line, with a zero behind it */
    size_t column;        /* where the value stands; 0: there is none */
} trmi_json_text;

/* Numbers of four bytes each. */
typedef struct trmi_json_numbers {
    void *at;
    size_t count, capacity;
} trmi_json_numbers;

typedef struct trmi_json_relation {
    char name[TRMI_RELATION_NAME_BYTES];
    trmi_json_numbers first, heard;
} trmi_json_relation;

typedef struct trmi_json_row {
    trm_allocator memory;
    trmi_json_text text[TRMI_JSON_TEXTS];
    trmi_json_numbers tokens, answers, helpers, features;
    trmi_json_relation relations[TRMI_RELATIONS]; /* their memory stays for further rows */
    trm_questions question;                       /* of the last row, into what is here */
    trm_relation given[TRMI_RELATIONS];
    trm_shape shape;
    const int32_t *answer; /* when it is a list */
    size_t feature_lists;  /* of features, one for each position and helper; 0: all are in one */
    uint32_t each;         /* features of each position and helper */
} trmi_json_row;

void trmi_json_row_begin(trmi_json_row *row, const trm_allocator *allocator);
void trmi_json_row_end(trmi_json_row *row);

/* Reads a line, which is changed: text is unescaped where it stands. The sentence of a failure names the
 * column. TRM_ERROR_FORMAT, TRM_ERROR_MEMORY. */
trm_status trmi_json_row_read(trmi_json_row *row, char *line, size_t length, trm_error *error);

#endif
