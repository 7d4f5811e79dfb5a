/* A list of puzzles that is being read (trm_csv of include/trm/train.h), and the formats that lists have. A
 * format is a file of this folder and a row of list_formats.c; it gets the first line that is not empty, and
 * turns lines into rows. */
#ifndef TRMI_PUZZLES_LIST_H
#define TRMI_PUZZLES_LIST_H

#include <trm/train.h>

#include "lib/core/message.h"
#include "lib/puzzles/list_bytes.h"

enum {
    TRMI_LIST_FIELDS = TRM_CSV_REGIONS + 1, /* trm_csv_field */
    TRMI_LIST_LINE_BYTES = 1048576,         /* the longest line */
    TRMI_LIST_OBJECT_BYTES = 67108864       /* the longest that begins with { */
};

/* What callers say of the puzzles. */
typedef struct trmi_list_task {
    bool known;             /* the characters of cells are known */
    bool cell[256];         /* the characters that are cells */
    uint32_t rows, columns; /* of every puzzle; 0: any */
    bool box;               /* squares that are divided into boxes */
    bool path;              /* a start and a goal in each question */
    char published[256];    /* the character of each token in arrays of the published code; 0: none */
    uint32_t published_count;
} trmi_list_task;

/* A field of the row: text with a zero behind it. It lies in the line, or in what the format keeps. */
typedef struct trmi_list_field {
    const char *text; /* NULL: "" */
    size_t length;
    size_t column; /* in the line, from 1; 0: the row has no such field */
} trmi_list_field;

typedef struct trmi_list_format trmi_list_format;

struct trm_csv {
    trm_allocator allocator;
    char *name;
    bool borrowed; /* the descriptor is the caller's */
    bool folder;   /* the descriptor is a folder's, which has no lines */
    uint32_t flags;
    char *column_name[2]; /* of question and answer, where the caller names them; or NULL */
    trmi_list_task task;
    trmi_list_bytes bytes;
    const trmi_list_format *format;
    void *own;  /* what the format keeps */
    char *line; /* the last line, without its end, with a zero behind it */
    size_t length, capacity;
    uint64_t number;    /* the last line's, from 1 */
    bool kept;          /* the next trmi_list_line() is to give it once more */
    bool loose_ratings; /* a rating may be a word */
    bool has_row;
    uint64_t row_line; /* the line on which the row began */
    trmi_list_field field[TRMI_LIST_FIELDS];
};

struct trmi_list_format {
    const char *name; /* for sentences */
    /* Whether the list is of this format; its first line that is not empty is in line. */
    bool (*knows)(const trm_csv *list);
    /* Reads what comes before the first row. The first line is kept. NULL: nothing does. */
    trm_status (*begin)(trm_csv *list, trm_error *error);
    /* Reads a row: field and row_line, which are empty; *found is false behind the last. */
    trm_status (*next)(trm_csv *list, bool *found, trm_error *error);
    /* Releases what begin and next made, which may be half of it. NULL: nothing. */
    void (*end)(trm_csv *list);
    /* What the row brings beside its fields, as trm_csv_question() tells it. NULL: nothing. */
    void (*question)(const trm_csv *list, trm_questions *question, const int32_t **answer,
                     uint32_t *features);
};

/* All formats, in the order in which they are asked; NULL behind the last. */
extern const trmi_list_format *const trmi_list_formats[];
extern const trmi_list_format trmi_array_format, trmi_json_format, trmi_table_format, trmi_line_format;

/* The next line into line, without its end; *found is false behind the last. */
trm_status trmi_list_line(trm_csv *list, bool *found, trm_error *error);

/* Appends the next line to `line`, with a newline between. */
trm_status trmi_list_longer_line(trm_csv *list, bool *found, trm_error *error);

/* TRM_ERROR_FORMAT, with "FILE: line N: " before the sentence. */
trm_status trmi_list_fail(const trm_csv *list, trm_error *error, const char *format, ...) TRMI_PRINTF(3, 4);

/* What is known of the puzzles from a task that a caller describes; NULL: nothing. */
trm_status trmi_list_task_read(trmi_list_task *to, const trm_task *given, trm_error *error);

#endif
