/* What solve, eval and bench share: a model, threads, and the options of a solve. */
#ifndef TRM_CLI_SESSION_H
#define TRM_CLI_SESSION_H

#include <stdbool.h>
#include <trm/trm.h>

#include "bindings/cli/brought.h"
#include "bindings/cli/options.h"
#include "bindings/cli/rows.h"

typedef struct solve_settings {
    uint64_t steps, threads, batch, stable, limit;
    double budget; /* milliseconds */
    double halt_probability;
    uint32_t precision; /* TRM_OPEN_INT8, or 0: as stored */
    uint32_t fault;     /* eval: a trm_fault that each question is given, or 0 */
    grid_size grid;     /* of the puzzles; 0: by their lengths */
    bool all_steps, json, quiet;
    uint64_t runs, seed, step_budget, candidates;
    uint32_t policy;      /* a trm_policy */
    listed_numbers views; /* ALL_VIEWS, NO_VIEWS, or a list of them */
    bool search, require_verified, mistakes, watch, all_hints, repair;
    const char *file, *regions, *question, *answer, *predictions, *reliability, *output;
    const char *socket; /* serve */
    uint64_t queue, most_runs;
    double linger; /* milliseconds */
} solve_settings;

enum { MODEL_PATH_BYTES = 4200 }; /* trm_model_find() needs no more */
enum { ALL_VIEWS = 0, NO_VIEWS = 1 };
extern const choice precisions_of_solve[], policies_of_solve[], views_of_solve[];

/* For .batch: PUZZLES_A_THREAD for each thread. */
enum { BATCH_BY_THREADS = 0, PUZZLES_A_THREAD = 8 };

/* The options that all have in common: how a puzzle is solved. */
/* clang-format off */
#define HOW_ROWS(batch_default) \
    NUMBER_ROW(solve_settings, steps, "steps", "N", 1, 65536, \
               "at most N supervision steps (default: as the model was trained, mostly 16)"), \
    FLAG_ROW(solve_settings, all_steps, "all-steps", \
             "always make all steps, whatever the halt signal says; not with --stable"), \
    REAL_ROW(solve_settings, halt_probability, "halt-probability", "P", 1, \
             "stop when the halt probability is above P, below 1 (default: the model's own, or 0.5); not with --all-steps"), \
    NUMBER_ROW(solve_settings, stable, "stable", "K", 2, 65536, \
               "also stop when the answer was the same K steps in a row"), \
    GRID_ROW(solve_settings, grid, "grid", \
             "the puzzles' rows and columns, for models of any size (default: the model's own, or a square)"), \
    CHOICE_ROW(solve_settings, precision, "precision", "KIND", precisions_of_solve, \
               "compute with the weights as stored (default), or with int8 made of them"), \
    NUMBER_ROW(solve_settings, threads, "threads", "N", 0, 1024, \
               "use N threads (default 1; 0: all that the process may use)"), \
    NUMBER_ROW(solve_settings, batch, "batch", "N", 1, 65536, \
               "solve N puzzles at once (default " batch_default ")"), \
    NUMBER_ROW(solve_settings, runs, "runs", "N", 1, 65536, \
               "try each puzzle N times: under symmetries of its task, and from other random starts (default 1); " \
               "with --search so many attempts ride together, which changes no answer"), \
    CHOICE_ROW(solve_settings, policy, "policy", "NAME", policies_of_solve, \
               "of several runs answers the first that halts (first-halt, the default), the answer that most are sure of " \
               "(vote), the surest (best), or the first that the task's rules call right (first-verified)"), \
    LIST_ROW(solve_settings, views, "views", "WHICH", 0, UINT32_MAX, views_of_solve, \
             "runs see a puzzle under all symmetries of its task (all, the default), as it is (none), or in turn under those " \
             "with the numbers given (0,8,40; TRM_VIEW_* in trm.h)"), \
    FLAG_ROW(solve_settings, search, "search", \
             "try puzzles that fail again with guesses as givens, until the rules call an answer right"), \
    FLAG_ROW(solve_settings, require_verified, "require-verified", \
             "give no answer that the task's rules do not call right"), \
    NUMBER_ROW(solve_settings, step_budget, "step-budget", "N", 1, UINT64_MAX, \
               "at most N steps for all runs of a puzzle together (default: no limit; with --search 4096)"), \
    NUMBER_ROW(solve_settings, seed, "seed", "N", 0, UINT64_MAX, \
               "of random starts and guesses (default 0): the same seed gives the same answers"), \
    QUIET_ROW(solve_settings, "no progress and no talk on standard error")

/* Those that solve and eval have in common beside. */
#define SOLVE_ROWS(batch_default) \
    HOW_ROWS(batch_default), \
    TEXT_ROW(solve_settings, question, "question", "NAME", \
             "the column of questions in tables (default: question, puzzle, quizzes, ...)"), \
    JSON_ROW(solve_settings)
/* clang-format on */

typedef struct session {
    trm_model *model;
    trm_model_info info;
    trm_pool *pool;
    trm_solve_options options;
    uint32_t views[MOST_LISTED]; /* of the options */
    grid_size grid;
} session;

/* How the options contradict each other, or NULL. */
const char *session_conflict(const solve_settings *settings);

/* False after telling that they do. */
bool session_agree(const char *command, const solve_settings *settings);

/* Gives the session's options what the settings say of how a puzzle is solved. */
void session_ask(session *s, const solve_settings *settings);

/* Opens the model and starts the threads. False after telling what is wrong; close it in either case. */
bool session_open(session *s, const char *path, const solve_settings *settings);
void session_close(session *s);

/* The character of what a question leaves open; 0 where the model's task has none that is known. */
char session_blank(const session *s);

/* Only the model; flags are TRM_OPEN_*. */
bool session_open_model(session *s, const char *path, uint32_t flags);

/* A batch of questions of one shape, and its answers. */
typedef struct batch {
    size_t count, capacity;
    trm_shape shape;              /* where all is 0: the model's own */
    size_t positions;             /* S */
    size_t room;                  /* positions that there is memory for */
    const trm_relation *relation; /* that all questions bring, or NULL */
    brought brought;              /* what each brings */
    int32_t *questions, *answers; /* capacity x S */
    float *probabilities;         /* capacity x S */
    float *confidences;           /* capacity x S */
    float *halt_probabilities;    /* capacity, as the others */
    uint32_t *steps, *stops, *verdicts, *hows, *runs, *pins;
    uint64_t *total_steps;
} batch;

bool batch_create(batch *b, const session *s);
void batch_free(batch *b);

/* Whether the row's puzzle has the batch's shape, and brings lists for the same relations. */
bool batch_fits(const batch *b, const session *s, const row_fields *row);

/* Gives an empty batch the shape of such a puzzle. False after telling that there is no memory for it. */
bool batch_take_shape_of(batch *b, const session *s, const row_fields *row);

/* Adds the row's puzzle; false and a sentence when it is none. */
bool batch_add(batch *b, const session *s, const row_fields *row, trm_error *error);

/* The row's answer as tokens; false and a sentence when it is none, or has not the question's cells. */
bool batch_read_answer(const batch *b, const session *s, const row_fields *row, int32_t *tokens,
                       trm_error *error);

/* A solver for puzzles of the batch's shape, with room for their lists: the one that is there, or another. */
bool batch_find_solver(const batch *b, session *s, trm_solver **solver, trm_error *error);

/* After the answers: for the next puzzles of this shape. */
void batch_clear(batch *b);

/* A batch of one puzzle and its answer, a copy without what the puzzle brings; false without memory. Free it
   in either case. */
bool batch_keep(batch *kept, const batch *b, size_t puzzle);

/* The arrays as trm_solve() and the solver take them. */
trm_questions batch_questions(const batch *b);
trm_answers batch_answers(const batch *b);

#endif
