/* What solve, eval and bench share: a model, threads, and the options of a solve. */
#ifndef TRM_CLI_SESSION_H
#define TRM_CLI_SESSION_H

#include <stdbool.h>
#include <trm/trm.h>

#include "bindings/cli/options.h"

typedef struct solve_settings {
    uint64_t steps, threads, batch, stable, limit;
    double budget; /* milliseconds */
    bool all_steps, json, quiet;
    const char *file;
} solve_settings;

#define SOLVE_SETTINGS_DEFAULTS { 0, 1, 1, 0, 0, 0.0, false, false, false, NULL }

/* The options that solve and eval have in common. */
#define SOLVE_OPTIONS \
    { "steps", 0, "N", "at most N supervision steps (default: as the model was trained, mostly 16)", OPTION_NUMBER, \
      offsetof(solve_settings, steps), 1, 65536, NULL }, \
    { "all-steps", 0, NULL, "always make all steps, whatever the halt signal says", OPTION_FLAG, offsetof(solve_settings, all_steps), 0, 0, NULL }, \
    { "stable", 0, "K", "also stop when the answer was the same K steps in a row", OPTION_NUMBER, offsetof(solve_settings, stable), 2, 65536, NULL }, \
    { "threads", 0, "N", "use N threads (default 1; 0: all that the process may use)", OPTION_NUMBER, offsetof(solve_settings, threads), 0, 1024, NULL }, \
    { "batch", 0, "N", "solve N puzzles at once (default 1; eval: 64)", OPTION_NUMBER, offsetof(solve_settings, batch), 1, 65536, NULL }, \
    { "json", 0, NULL, "results as one JSON object on the last line", OPTION_FLAG, offsetof(solve_settings, json), 0, 0, NULL }, \
    { "quiet", 'q', NULL, "no progress and no talk on standard error", OPTION_FLAG, offsetof(solve_settings, quiet), 0, 0, NULL }

typedef struct session {
    trm_model *model;
    trm_model_info info;
    trm_pool *pool;
    trm_solve_options options;
} session;

/* Opens the model and starts the threads. False after telling what is wrong; close it in either case. */
bool session_open(session *s, const char *path, const solve_settings *settings);
void session_close(session *s);

/* Only the model. */
bool session_open_model(session *s, const char *path);

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

/* Adds a puzzle given as text; false after telling what is wrong in it ("where: sentence"). */
bool batch_add(batch *b, const session *s, const char *text, size_t length, const char *where);

/* Solves what was added. False after telling what is wrong. */
bool batch_solve(batch *b, const session *s);

#endif
