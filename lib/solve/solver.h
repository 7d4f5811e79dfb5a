/* The state of a batch of puzzles. */
#ifndef TRMI_SOLVE_SOLVER_H
#define TRMI_SOLVE_SOLVER_H

#include "lib/model/evaluate.h"
#include "lib/solve/options.h"

/* One puzzle being solved. x, y, z are panels of N rows (lib/model/evaluate.h). */
typedef struct trmi_puzzle {
    float *x;        /* the embedded question */
    float *y, *z;    /* the answer and the thought about it */
    float *logits;   /* S x V */
    int32_t *tokens; /* S: the likeliest */
    float halt_logit, continue_logit;
    uint32_t steps;  /* supervision steps made */
    uint32_t stable; /* of these, the last so many with the same tokens */
    uint32_t stop;   /* trm_stop */
} trmi_puzzle;

/* What one thread works in. */
typedef struct trmi_worker {
    trmi_activations activations;
    float *head; /* panels of logits */
} trmi_worker;

struct trm_solver {
    const trm_model *model;
    trmi_solve_settings settings;
    void *memory;          /* the block that holds all this, aligned */
    uint64_t bytes;        /* its size */
    bool owned;            /* from the allocator, not a workspace */
    uint32_t loaded;       /* puzzles */
    trmi_puzzle *puzzles;  /* options.batch */
    uint32_t *running;     /* their indices, while they run */
    trmi_worker *workers;  /* executor.width */
    trmi_scratch *scratch; /* executor.width */
};

/* Stops every running puzzle for the given reason. */
void trmi_solver_stop(trm_solver *solver, trm_stop reason);

#endif
