/* A puzzle that was solved under the eyes of a trace, and what the pictures of it need to know. */
#ifndef TRM_CLI_TRACED_H
#define TRM_CLI_TRACED_H

#include <stdio.h>

#include "bindings/cli/session.h"
#include "bindings/cli/trace_steps.h"

typedef struct traced {
    const char *model; /* the name of its file */
    const session *session;
    const batch *batch;                            /* the puzzle and its answer */
    char blank;                                    /* 0: unknown */
    uint32_t rows, columns, box_rows, box_columns; /* 0: none */
    size_t
        answering; /* the first step of the run that answers, after trace_sort(); trace.count: no single one */
    trace trace;
} traced;

/* How many lists the question's relation has: one for each position, or for each node. */
static inline size_t traced_lists(const traced *t, const trm_relation *relation)
{
    return relation->lists > 0 ? relation->lists : t->batch->positions;
}

/* Writes the trace as doc/trace.md has it, on one line. False after telling what is wrong. */
bool traced_write_json(const traced *t, FILE *to);

/* The same inside a page that shows it. */
bool traced_write_page(const traced *t, FILE *to);

/* One picture: some steps of the run that answers, and its curves. */
bool traced_write_picture(const traced *t, FILE *to);

#endif
