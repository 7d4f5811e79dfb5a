/* What solve, eval and bench share: a model, threads, and the options of a solve. */
#ifndef TRM_CLI_SESSION_H
#define TRM_CLI_SESSION_H

#include <stdbool.h>
#include <trm/trm.h>

#include "bindings/cli/options.h"

typedef struct solve_settings {
    uint64_t steps, threads, batch, stable, limit;
    double budget; /* milliseconds */
    double halt_probability;
    uint32_t precision; /* TRM_OPEN_INT8, or 0: as stored */
    bool all_steps, json, quiet;
    const char *file;
} solve_settings;

extern const choice precisions_of_solve[];

/* For .batch: PUZZLES_A_THREAD for each thread. */
enum { BATCH_BY_THREADS = 0, PUZZLES_A_THREAD = 8 };

/* The options that solve and eval have in common. */
/* clang-format off */
#define SOLVE_ROWS(batch_default) \
    NUMBER_ROW(solve_settings, steps, "steps", "N", 1, 65536, \
               "at most N supervision steps (default: as the model was trained, mostly 16)"), \
    FLAG_ROW(solve_settings, all_steps, "all-steps", \
             "always make all steps, whatever the halt signal says; not with --stable"), \
    REAL_ROW(solve_settings, halt_probability, "halt-probability", "P", 1, \
             "stop when the halt probability is above P, below 1 (default 0.5); not with --all-steps"), \
    NUMBER_ROW(solve_settings, stable, "stable", "K", 2, 65536, \
               "also stop when the answer was the same K steps in a row"), \
    CHOICE_ROW(solve_settings, precision, "precision", "KIND", precisions_of_solve, \
               "compute with the weights as stored (default), or with int8 made of them"), \
    NUMBER_ROW(solve_settings, threads, "threads", "N", 0, 1024, \
               "use N threads (default 1; 0: all that the process may use)"), \
    NUMBER_ROW(solve_settings, batch, "batch", "N", 1, 65536, \
               "solve N puzzles at once (default " batch_default ")"), \
    JSON_ROW(solve_settings), \
    QUIET_ROW(solve_settings, "no progress and no talk on standard error")
/* clang-format on */

typedef struct session {
    trm_model *model;
    trm_model_info info;
    trm_pool *pool;
    trm_solve_options options;
} session;

/* False after telling that the options contradict each other. */
bool session_agree(const char *command, const solve_settings *settings);

/* Opens the model and starts the threads. False after telling what is wrong; close it in either case. */
bool session_open(session *s, const char *path, const solve_settings *settings);
void session_close(session *s);

/* Only the model; flags are TRM_OPEN_*. */
bool session_open_model(session *s, const char *path, uint32_t flags);

/* A batch of questions and its answers. */
typedef struct batch {
    size_t count, capacity;
    int32_t *questions, *answers; /* capacity x S */
    float *probabilities;         /* capacity x S */
    float *halt_probabilities;    /* capacity, as the others */
    uint32_t *steps, *stops;
} batch;

bool batch_create(batch *b, const session *s);
void batch_free(batch *b);

/* Adds a puzzle given as text; false and a sentence when it is none. */
bool batch_add(batch *b, const session *s, const char *text, size_t length, trm_error *error);

/* The arrays as trm_solve() and the solver take them. */
trm_questions batch_questions(const batch *b);
trm_answers batch_answers(const batch *b);

#endif
