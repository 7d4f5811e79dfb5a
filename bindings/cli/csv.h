/* Puzzles of a file: source,question,answer,rating, one a line, no quoting. */
#ifndef TRM_CLI_CSV_H
#define TRM_CLI_CSV_H

#include "bindings/cli/input.h"

enum { CSV_COLUMNS = 4, CSV_SOURCE = 0, CSV_QUESTION = 1, CSV_ANSWER = 2 };
#define CSV_HEADER "source,question,answer,rating"

/* The columns of a line. The line is cut at its commas. */
typedef struct csv_row {
    char *text[CSV_COLUMNS];
    size_t length[CSV_COLUMNS],
        begin[CSV_COLUMNS]; /* begin: the column's first character in the line, from 1 */
} csv_row;

/* Reads the first line, which must be the header. False after telling what is wrong. */
bool csv_header(input *in);

/* The next row: 1, 0 at the end, -1 after telling about an error. */
int csv_next(input *in, csv_row *row);

/* Cuts the input's current line; false after telling what is wrong. */
bool csv_cut(input *in, csv_row *row);

#endif
