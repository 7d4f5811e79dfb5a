/* What tests of solving share: a model of random weights, its questions, and everything that a solve can
 * return. One program has one of each. */
#ifndef TRM_TESTS_RANDOM_SOLVE_H
#define TRM_TESTS_RANDOM_SOLVE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "lib/model/model.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

enum { COUNT = 5, STEPS = 6 };

static trm_likelihood likelihood = TRM_LIKELIHOOD_STABLEMAX; /* of the models that are opened */
static trmi_config config;
static random_file file;
static trm_model *model;
static int32_t tokens[COUNT * RANDOM_POSITIONS];
static uint32_t identifiers[COUNT];

static inline void open_random(trm_block block, uint64_t stream)
{
    random_source source = random_begin(stream);
    config = random_config(block);
    config.likelihood = likelihood;
    file = random_model_file(&config, &source, 1.0, false);
    model = random_model_open(&file);
    random_tokens(&source, tokens, COUNT * RANDOM_POSITIONS, config.vocabulary);
    for (int i = 0; i < COUNT; i++)
        identifiers[i] = random_below(&source, config.identifiers);
}

static inline void set_up(void)
{
    open_random(TRM_BLOCK_MIXER, 1);
}

static inline void tear_down(void)
{
    trm_model_close(model);
    free(file.data);
}

static inline trm_questions all_questions(void)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = COUNT;
    questions.tokens = tokens;
    questions.identifiers = identifiers;
    return questions;
}

static inline trm_solve_options options_with(uint32_t halt, uint32_t maximum_steps, uint32_t batch)
{
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = halt;
    options.maximum_steps = maximum_steps;
    options.batch = batch;
    return options;
}

/* Everything that a solve can return. */
typedef struct result {
    int32_t tokens[COUNT * RANDOM_POSITIONS];
    float probabilities[COUNT * RANDOM_POSITIONS];
    float logits[COUNT * RANDOM_POSITIONS * RANDOM_VOCABULARY];
    float halt_probabilities[COUNT], halt_logits[COUNT], continue_logits[COUNT];
    uint32_t steps[COUNT], stops[COUNT];
} result;

static inline trm_answers answers_into(result *r)
{
    memset(r, 0, sizeof *r);
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = r->tokens;
    answers.probabilities = r->probabilities;
    answers.logits = r->logits;
    answers.halt_probabilities = r->halt_probabilities;
    answers.halt_logits = r->halt_logits;
    answers.continue_logits = r->continue_logits;
    answers.steps = r->steps;
    answers.stops = r->stops;
    return answers;
}

static inline void expect_ok(trm_status status, const trm_error *error)
{
    ck_assert_msg(status == TRM_OK, "%s: %s", trm_status_name(status), error->message);
}

static inline void expect_failure(trm_status status, trm_status wanted, const trm_error *error)
{
    ck_assert_msg(status == wanted, "%s instead of %s: %s", trm_status_name(status), trm_status_name(wanted),
                  error->message);
    ck_assert_int_eq(error->status, wanted);
    ck_assert_uint_gt(strlen(error->message), 10);
    ck_assert_ptr_null(strchr(error->message, '\n'));
}

static inline void solve_all(const trm_solve_options *options, result *r)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = all_questions();
    const trm_answers answers = answers_into(r);
    expect_ok(trm_solve(model, &questions, &answers, options, &error), &error);
}

static inline trm_solver *solver_with(const trm_solve_options *options)
{
    trm_error error = TRM_ERROR_INIT;
    trm_solver *solver = NULL;
    expect_ok(trm_solver_create(model, options, &solver, &error), &error);
    ck_assert_ptr_nonnull(solver);
    return solver;
}

static inline void load_all(trm_solver *solver)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = all_questions();
    expect_ok(trm_solver_load(solver, &questions, &error), &error);
}

static inline uint32_t step_once(trm_solver *solver)
{
    trm_error error = TRM_ERROR_INIT;
    uint32_t running = 12345;
    expect_ok(trm_solver_step(solver, &running, &error), &error);
    return running;
}

static inline void read_all(const trm_solver *solver, result *r)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_answers answers = answers_into(r);
    expect_ok(trm_solver_read(solver, &answers, &error), &error);
}

/* What every puzzle answers after each of STEPS steps when nothing stops it. */
static inline void record(result history[STEPS])
{
    const trm_solve_options options = options_with(0, STEPS, COUNT);
    trm_solver *solver = solver_with(&options);
    load_all(solver);
    for (int step = 0; step < STEPS; step++) {
        ck_assert_uint_eq(step_once(solver), step + 1 < STEPS ? COUNT : 0);
        read_all(solver, &history[step]);
    }
    trm_solver_free(solver);
}

static inline void expect_same_puzzle(const result *a, const result *b, int puzzle)
{
    const size_t s = config.positions, v = config.vocabulary, p = (size_t)puzzle;
    ck_assert_mem_eq(a->tokens + p * s, b->tokens + p * s, s * sizeof *a->tokens);
    ck_assert_mem_eq(a->probabilities + p * s, b->probabilities + p * s, s * sizeof *a->probabilities);
    ck_assert_mem_eq(a->logits + p * s * v, b->logits + p * s * v, s * v * sizeof *a->logits);
    ck_assert_mem_eq(a->halt_probabilities + p, b->halt_probabilities + p, sizeof *a->halt_probabilities);
    ck_assert_mem_eq(a->halt_logits + p, b->halt_logits + p, sizeof *a->halt_logits);
    ck_assert_mem_eq(a->continue_logits + p, b->continue_logits + p, sizeof *a->continue_logits);
}

/* An allocator and an executor of a host. */
typedef struct counter {
    size_t allocations;
} counter;

static inline void *counted_allocate(void *user, size_t bytes)
{
    ((counter *)user)->allocations++;
    return malloc(bytes);
}

static inline void counted_release(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

static inline void run_in_order(void *user, void (*task)(void *argument, uint32_t index), void *argument,
                                uint32_t count)
{
    ck_assert_uint_ge(count, 1);
    ck_assert_uint_le(count, *(const uint32_t *)user);
    for (uint32_t i = 0; i < count; i++)
        task(argument, i);
}

static inline TCase *add_case(Suite *suite, const char *name)
{
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return tests;
}

#endif
