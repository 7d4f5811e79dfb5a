/* Puzzles of several shapes, gathered so that those of one shape are solved together. What came of each waits
 * until those before it in the file have been solved, too. */
#ifndef TRM_CLI_GATHER_H
#define TRM_CLI_GATHER_H

#include "bindings/cli/session.h"

/* Puzzles of one shape. Arrays have the batch's capacity. */
typedef struct gathered {
    batch batch;
    trm_solver *solver; /* NULL: none was made yet */
    uint64_t heard;     /* that the solver has room for */
    size_t room;        /* positions of `expected` */
    int32_t *expected;  /* capacity x S */
    unsigned *source;
    uint64_t *number; /* in the file, from 0 */
    uint32_t *verdicts;
} gathered;

/* A puzzle that was solved. */
typedef struct outcome {
    bool known;
    batch alone; /* with its answer, a batch of one */
    int32_t *expected;
    unsigned source;
    uint32_t verdict; /* a trm_verdict of the rules */
} outcome;

enum { MOST_SHAPES = 16 };

typedef struct gather {
    session *session;
    const solve_settings *settings;
    gathered shapes[MOST_SHAPES];
    size_t shape_count;
    outcome *waiting; /* of `first` to `next`, by number modulo `room` */
    size_t room;
    uint64_t first, next; /* puzzles handed out by gather_next(); taken */
} gather;

/* False after telling that there is no memory; end it in either case. */
bool gather_begin(gather *g, session *s, const solve_settings *settings);
void gather_end(gather *g);

/* Those of the row's shape, where another one can be taken; NULL where some have to be solved first. False
 * after telling that there is no memory. */
bool gather_find(gather *g, const row_fields *row, gathered **found);

/* The batch's last puzzle is one of the file's. */
void gather_take(gather *g, gathered *of, unsigned source);

/* Those with the puzzle that has waited longest; NULL where none waits. */
gathered *gather_oldest(gather *g);

/* A solver for what was gathered. False and a sentence without one. */
bool gather_solver(gather *g, gathered *of, trm_error *error);

/* What was solved waits for its turn: those of the batch that have stopped, with the verdicts of the rules.
 * False after telling that there is no memory. */
bool gather_settle(gather *g, gathered *of);

/* The next one of the file, until the next call; NULL while it is not known, or behind the last. With `all`
 * those that nobody has solved are left out. */
const outcome *gather_next(gather *g, bool all);

#endif
