/* The batch that trm serve works on: requests that ask for the same, of puzzles of one shape, step by
   step. */
#ifndef TRM_CLI_SERVE_SOLVER_H
#define TRM_CLI_SERVE_SOLVER_H

#include "bindings/cli/serve_queue.h"

typedef struct serve_solver {
    session *session;
    batch batch;
    serve_request *requests; /* of the batch's puzzles; id NULL: it has its reply */
    size_t open;             /* that have none */
    double slowest;          /* step of this batch, in seconds; 0: none yet */
    trm_solver *solver;      /* for these: */
    trm_shape shape;
    char *wishes;
} serve_solver;

/* False after telling that there is no memory. */
bool serve_solver_create(serve_solver *s, session *of);

/* Takes the first request of the queue, and those that can be solved with it. What cannot be read gets its
   reply. */
void serve_solver_begin(serve_solver *s, serve_queue *queue);

/* One step of all, and the replies to those that it ends, or that have no time for another one. */
void serve_solver_step(serve_solver *s);

void serve_solver_free(serve_solver *s);

#endif
