/* Several answers of a puzzle: solving for them, and telling them. */
#ifndef TRM_CLI_SEVERAL_H
#define TRM_CLI_SEVERAL_H

#include "bindings/cli/report.h"
#include "bindings/cli/session.h"

typedef struct several {
    trm_solver *solver; /* NULL: none was made for puzzles of this shape */
    trm_candidates found;
    uint32_t count;
    size_t positions; /* that there is room for */
} several;

void several_free(several *s);

/* Solves the batch with a solver that keeps candidates. False after telling what is wrong. */
bool several_solve(several *s, session *of, const batch *b);

/* Fetches those of a puzzle that was solved. */
bool several_fetch(several *s, size_t puzzle);

/* The field "candidates" of a record; lines of text. `text` has room for one answer. */
bool several_record(const several *s, record *r, const session *of, const batch *b, char *text);
bool several_print(const several *s, const session *of, const batch *b, char *text);

#endif
