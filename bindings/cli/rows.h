/* Puzzles of a file or of standard input, row by row; failures are told. */
#ifndef TRM_CLI_ROWS_H
#define TRM_CLI_ROWS_H

#include <stdbool.h>
#include <trm/train.h>

#include "bindings/cli/options.h"

/* What messages call the path: "-" is standard input. */
const char *rows_name(const char *path);

/* What to look for in the list of puzzles. */
typedef struct rows_wanted {
    const trm_model *model;
    grid_size grid;                /* of the puzzles; 0: nobody says */
    const char *question, *answer; /* columns; NULL: the usual ones */
    uint32_t flags;                /* TRM_CSV_* */
} rows_wanted;

/* Opens the path; false after telling what is wrong. */
bool rows_open(trm_csv **rows, const char *path, const rows_wanted *wanted);

/* The same of bytes in memory, which stay; the sentence is not told, but in `error`. */
trm_status rows_open_memory(trm_csv **rows, const char *bytes, size_t size, const char *name,
                            const rows_wanted *wanted, trm_error *error);

/* A row: text belongs to the reader until the next one. By trm_csv_field; column 0: the line has no such
   field. */
enum { ROW_FIELDS = TRM_CSV_REGIONS + 1 };
typedef struct row_fields {
    uint64_t line;
    const char *text[ROW_FIELDS];
    size_t length[ROW_FIELDS], column[ROW_FIELDS];
    trm_questions question; /* what the row brings; count 0: nothing, as in CSV */
    const int32_t *answer;  /* when it is a list of numbers */
    uint32_t features;      /* with each position and helper */
} row_fields;

/* A row that is a question alone. */
row_fields row_of_text(const char *text, size_t length);

/* Cells of the row's question. */
size_t row_cells(const row_fields *row);

/* The next row: 1, 0 at the end or when the user wants to stop, -1 after telling about an error. */
int rows_next(trm_csv *rows, row_fields *row);

/* The same, with the sentence in `error`; row->line is 0 at the end. */
trm_status rows_read(trm_csv *rows, row_fields *row, trm_error *error);

/* The column in the line of the row's first zero byte, from 1; 0 without one. Text has none, and sentences
 * would end there. */
size_t rows_zero_byte(const row_fields *row);

#endif
