#include "bindings/cli/argument.h"

#include <string.h>

#include "bindings/cli/report.h"

bool argument_open(argument *a, const char *puzzle, const char *name, const rows_wanted *wanted)
{
    trm_error error = TRM_ERROR_INIT;
    *a = (argument) { .puzzle = NULL };
    if (strchr(puzzle, '\n') == NULL) {
        a->puzzle = puzzle;
        return true;
    }
    if (rows_open_memory(&a->rows, puzzle, strlen(puzzle), name, wanted, &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}

void argument_close(argument *a)
{
    trm_csv_close(a->rows);
}

int argument_next(argument *a, row_fields *row)
{
    const char *puzzle = a->puzzle;
    a->puzzle = NULL;
    if (puzzle != NULL)
        *row = row_of_text(puzzle, strlen(puzzle));
    return puzzle != NULL ? 1 : a->rows != NULL ? rows_next(a->rows, row) : 0;
}

bool argument_first(argument *a, row_fields *row)
{
    const int got = argument_next(a, row);
    if (got == 0)
        report_error("the puzzle: expected cells, found none");
    return got == 1;
}

bool argument_ends(argument *a)
{
    row_fields row;
    const int got = argument_next(a, &row);
    if (got == 1)
        report_error("the puzzle: expected one, found another in line %llu", (unsigned long long)row.line);
    return got == 0;
}
