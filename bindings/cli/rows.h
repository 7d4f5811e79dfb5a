/* Puzzles of a file or of standard input, row by row; failures are told. */
#ifndef TRM_CLI_ROWS_H
#define TRM_CLI_ROWS_H

#include <stdbool.h>
#include <trm/train.h>

/* What messages call the path: "-" is standard input. */
const char *rows_name(const char *path);

/* Opens the path; false after telling what is wrong. */
bool rows_open(trm_csv **rows, const char *path, uint32_t flags);

/* The next row: 1, 0 at the end or when the user wants to stop, -1 after telling about an error. */
int rows_next(trm_csv *rows, trm_csv_row *row);

/* The column in the line of the row's first zero byte, from 1; 0 without one. Text has none, and sentences
 * would end there. */
size_t rows_zero_byte(const trm_csv_row *row);

#endif
