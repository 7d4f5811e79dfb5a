/* The state of a batch of puzzles. A puzzle owns runs: the network works on the runs, a policy tells which of
 * them answers. */
#ifndef TRMI_SOLVE_SOLVER_H
#define TRMI_SOLVE_SOLVER_H

#include "lib/core/parts.h"
#include "lib/net/evaluate.h"
#include "lib/solve/given.h"
#include "lib/solve/options.h"
#include "lib/solve/tables.h"
#include "lib/task/verify.h"
#include "lib/task/views.h"

enum { TRMI_PINS = 3 }; /* guesses that a run is given as givens, at most */

#define TRMI_NO_RUN UINT32_MAX /* a number that no run has */

/* A guess. */
typedef struct trmi_pin {
    uint32_t position;
    int32_t token;
} trmi_pin;

/* The network at work on one question, which it sees under a view and with pins. x, y, z are panels of N rows
 * (lib/net/evaluate.h). */
typedef struct trmi_run {
    trmi_question question; /* of tokens and the like only what lives on after the run has begun */
    float *x;               /* the embedded question; NULL where it is made anew */
    int32_t *seen;   /* S: the question under a view, or with pins; NULL where x has it, or it has neither */
    float *y, *z;    /* the answer and the thought about it */
    float *logits;   /* S x V; after an overflow all -INFINITY, as the logits below, and tokens 0 */
    int32_t *tokens; /* S: the likeliest; as all above under the run's view */
    int32_t *answer; /* S: the same in the question's own order; `tokens` itself where no run has a view */
    float *cells;    /* S: how sure each position is, a logit; NULL where the model does not say */
    float *mean;     /* search: S x values, sum of the last steps' probabilities; else NULL */
    float halt_logit, continue_logit;
    float decides; /* the halt probability is its sigmoid: the halt logit, or that less the continue logit */
    float sure_before; /* in a vote: its halt probability after the step before the last; 1 where there is
                        none */
    uint32_t number;   /* of its question's runs, from 0; TRMI_NO_RUN: the seat is free */
    uint32_t how;      /* trm_how */
    uint32_t view;     /* lib/task/views.h */
    uint32_t limit;    /* of steps */
    uint32_t steps;    /* supervision steps made */
    uint32_t stable;   /* of these, the last so many with the same tokens */
    uint32_t moved;    /* positions whose token the last step changed */
    uint32_t stop;     /* trm_stop */
    uint32_t verdict;  /* trm_verdict, of the answer after step `judged` */
    uint32_t judged;
    uint32_t summed; /* steps in `mean` */
    bool changes;    /* the answer after the last step differs from what the question gives */
    uint32_t pin_count;
    trmi_pin pins[TRMI_PINS];
} trmi_run;

/* Search: rounds, each of which one run tries. */
typedef struct trmi_rounds {
    uint32_t next;    /* the first that has not begun */
    uint32_t retired; /* the first whose outcome has not been looked at */
    uint32_t best;    /* the seat of the attempt that was surest, or TRMI_NO_RUN */
    bool hopeless;    /* no answer can be right */
    float *guide;     /* S x values */
} trmi_rounds;

/* An answer that runs ended with. */
typedef struct trmi_candidate {
    uint32_t since; /* the number of the run that found it first */
    uint32_t how;   /* trm_how, of that one */
    uint32_t verdict;
    uint32_t count; /* runs that ended with it */
    float votes;    /* the sum of their halt probabilities */
    float surest;   /* the highest of these */
} trmi_candidate;

/* The distinct answers of a puzzle, in any order. */
typedef struct trmi_candidates {
    trmi_candidate *candidate; /* options.candidates of them; NULL where nobody asks for any */
    int32_t *tokens;           /* S of each */
    uint32_t count, verified;
} trmi_candidates;

/* One question being solved. */
typedef struct trmi_puzzle {
    size_t index;    /* in the call that brought it */
    int32_t *tokens; /* S, as all that follows a copy of the caller's */
    int32_t *helper_tokens;
    float *features;
    uint32_t identifier;
    trmi_given given; /* lists of its own; NULL where there is no room for any */
    const trmi_relation_table *relations;
    uint32_t begun;       /* runs */
    uint32_t winner;      /* or TRMI_NO_RUN; the first to win, while further answers are wanted */
    bool decided;         /* the winner answers */
    uint64_t total_steps; /* of all runs; in search of those that have been retired */
    trmi_rounds rounds;
    trmi_candidates candidates;
    trmi_run *runs; /* solver->seats of them */
} trmi_puzzle;

/* What one thread works in. */
typedef struct trmi_worker {
    trmi_activations activations;
    float *head; /* panels of logits */
} trmi_worker;

struct trm_solver {
    const trm_model *model;
    trmi_solve_settings settings;
    void *memory;       /* the block that holds all this, aligned */
    uint64_t bytes;     /* its size */
    bool owned;         /* from the allocator, not a workspace */
    trmi_extent most;   /* the largest that it has room for */
    trmi_extent extent; /* of all questions that are loaded, as what follows */
    trmi_shape shape;
    trmi_relation_table *relations; /* one for each of the model's; questions may bring others */
    trmi_verification *rules;       /* given the lists of one puzzle at a time */
    void *tables;                   /* lists of both */
    uint64_t table_bytes;
    uint32_t loaded;       /* puzzles */
    uint32_t seats;        /* see trmi_seats() */
    bool judging;          /* the rules are asked after every step */
    bool judged_halts;     /* and a run ends when they call its answer right */
    trmi_puzzle *puzzles;  /* options.batch */
    trmi_run *runs;        /* options.batch x seats */
    uint32_t *running;     /* their indices, while they run */
    int32_t *seen;         /* S: a question under a view, or with pins */
    trmi_view *view;       /* the one that a run was last seen under; NULL where none has any */
    float *probabilities;  /* S: for a watcher */
    trm_relation *given;   /* of one question, for a verifier */
    trmi_worker *workers;  /* executor.width */
    trmi_scratch *scratch; /* executor.width */
};

/* Runs of a puzzle that there is room for. */
static inline uint32_t trmi_seats(const trm_solver *solver)
{
    return TRMI_HAS_RUNS || TRMI_HAS_SEARCH ? solver->seats : 1;
}

/* trm_solver_measure(): here, or with `firmware` as trmi_arena.firmware. */
trm_status trmi_solver_workspace(const trm_model *model, const trm_solve_options *options, bool firmware,
                                 uint64_t *bytes, trm_error *error);

/* Works the relations and the rules out for the shape of the questions to come, which have been checked; the
 * solver stays as it is when that fails. */
trm_status trmi_solver_take_shape(trm_solver *solver, const trm_questions *questions, const trmi_shape *shape,
                                  trm_error *error);

/* Loads `count` of these questions, from number `begin` on. */
void trmi_solver_take(trm_solver *solver, const trm_questions *questions, size_t begin, uint32_t count);

/* Stops every running puzzle for the given reason. */
void trmi_solver_stop(trm_solver *solver, trm_stop reason);

#endif
