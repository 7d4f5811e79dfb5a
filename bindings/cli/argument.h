/* Puzzles of the command line: in one line, or pasted as a picture of several, which is read as a file is. */
#ifndef TRM_CLI_ARGUMENT_H
#define TRM_CLI_ARGUMENT_H

#include "bindings/cli/rows.h"

typedef struct argument {
    const char *puzzle; /* in one line; NULL: none, or it was handed out */
    trm_csv *rows;
} argument;

/* `name` stands for the puzzle in sentences. False after telling what is wrong; close it in either case. */
bool argument_open(argument *a, const char *puzzle, const char *name, const rows_wanted *wanted);
void argument_close(argument *a);

/* As rows_next(): there may be several pictures below each other. */
int argument_next(argument *a, row_fields *row);

/* The first, or false after telling that there is none; whether nothing follows it, told as well. */
bool argument_first(argument *a, row_fields *row);
bool argument_ends(argument *a);

#endif
