/* What tests of answers share: questions of three hardnesses, a model, what was asked for and what came of
 * it. One program has one of each. */
#ifndef TRM_TESTS_ASKED_H
#define TRM_TESTS_ASKED_H

#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "tests/support/run.h"

enum { SUDOKU = 81, COUNT = 3, MOST = 100 };

/* Of three hardnesses; the last one is none: r1c1 and r1c2 are equal. */
static const char *const sudokus[COUNT] = {
    "..8.2.7.17.2...8..514.7.......9.2.6.3......54....5..........9......3....1..8.7.2.",
    "....4.....14.....6..29.3...2...7..9..9....5..6.5..1..35.....72...6.....1.....7.3.",
    "11...............................................................................",
};
static const char *const small[] = { "1...............", "12..34......4..1", "11.............." };

static const uint32_t all_views[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static trm_model *model;
static trm_error error;
static trm_shape shape;
static trm_questions questions;
static trm_solve_options options;

static struct results {
    int32_t tokens[COUNT * MOST];
    float halt_probabilities[COUNT], halt_logits[COUNT], probabilities[COUNT * MOST];
    uint32_t steps[COUNT], stops[COUNT], verdicts[COUNT], hows[COUNT], runs[COUNT], pins[COUNT];
    uint64_t total[COUNT];
    uint8_t changed[COUNT * MOST];
} got;
static trm_answers answers;
static int32_t asked[COUNT * MOST];

static inline void open_shipped(const char *name)
{
    char path[4096];
    trm_model_close(model);
    snprintf(path, sizeof path, "%s/models/%s", getenv("TRM_SOURCE_ROOT"), name);
    ck_assert_msg(trm_model_open(path, NULL, &model, &error) == TRM_OK, "%s", error.message);
}

/* A model that has learnt nothing changes what questions give. */
static inline void open_new_of(uint32_t side)
{
    trm_init_options init = TRM_INIT_OPTIONS_INIT;
    trm_model_close(model);
    init.channels = init.channel_hidden = init.token_hidden = 16;
    init.prefix = 0;
    init.positions = side * side;
    init.grid_rows = init.grid_columns = side;
    init.task = "sudoku";
    init.alphabet = side == 4 ? ".1234" : ".123456789";
    init.vocabulary = side + 1;
    ck_assert_msg(trm_init("answers-test.trm", &init, &error) == TRM_OK, "%s", error.message);
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    opening.flags = TRM_OPEN_READ;
    ck_assert_int_eq(trm_model_open("answers-test.trm", &opening, &model, &error), TRM_OK);
    remove("answers-test.trm");
}

static inline void open_new(void)
{
    open_new_of(4);
}

static inline void ask(const char *const *texts, uint32_t count, uint32_t side)
{
    shape = (trm_shape)TRM_SHAPE_INIT;
    shape.rows = shape.columns = side;
    questions = (trm_questions)TRM_QUESTIONS_INIT;
    questions.count = count;
    questions.tokens = asked;
    questions.shapes = &shape;
    questions.shape_count = 1;
    for (uint32_t i = 0; i < count; i++)
        ck_assert_msg(
            trm_model_encode(model, &shape, texts[i], side * side, asked + i * side * side, &error) == TRM_OK,
            "%s", error.message);
}

static inline void set_up(void)
{
    model = NULL;
    error = (trm_error)TRM_ERROR_INIT;
    options = (trm_solve_options)TRM_SOLVE_OPTIONS_INIT;
    answers = (trm_answers)TRM_ANSWERS_INIT;
    memset(&got, 0xff, sizeof got);
    answers.tokens = got.tokens;
    answers.probabilities = got.probabilities;
    answers.halt_probabilities = got.halt_probabilities;
    answers.halt_logits = got.halt_logits;
    answers.steps = got.steps;
    answers.stops = got.stops;
    answers.verdicts = got.verdicts;
    answers.hows = got.hows;
    answers.runs = got.runs;
    answers.pins = got.pins;
    answers.total_steps = got.total;
    answers.changed = got.changed;
}

static inline void tear_down(void)
{
    trm_model_close(model);
}

static inline void solve(void)
{
    ck_assert_msg(trm_solve(model, &questions, &answers, &options, &error) == TRM_OK, "%s", error.message);
}

static inline void refuse(trm_status status, const char *sentence)
{
    error = (trm_error)TRM_ERROR_INIT;
    ck_assert_int_eq(trm_solve(model, &questions, &answers, &options, &error), status);
    ck_assert_msg(strstr(error.message, sentence) != NULL, "no \"%s\" in: %s", sentence, error.message);
}

static inline void expect_same(const struct results *wanted)
{
    ck_assert_mem_eq(got.tokens, wanted->tokens, sizeof got.tokens);
    ck_assert_mem_eq(got.probabilities, wanted->probabilities, sizeof got.probabilities);
    ck_assert_mem_eq(got.halt_logits, wanted->halt_logits, sizeof got.halt_logits);
    for (int i = 0; i < COUNT; i++) {
        ck_assert(got.steps[i] == wanted->steps[i] && got.stops[i] == wanted->stops[i]);
        ck_assert(got.verdicts[i] == wanted->verdicts[i] && got.hows[i] == wanted->hows[i]);
        ck_assert(got.runs[i] == wanted->runs[i] && got.pins[i] == wanted->pins[i]);
        ck_assert_uint_eq(got.total[i], wanted->total[i]);
    }
}

/* Any number of threads and any batch give the same bits. */
static inline void expect_invariant(void)
{
    solve();
    const struct results alone = got;
    for (uint32_t threads = 2; threads <= 3; threads++) {
        trm_pool *pool = NULL;
        if (trm_pool_create(threads, NULL, &pool, &error) != TRM_OK)
            continue; /* a build without threads */
        options.executor = trm_pool_executor(pool);
        options.batch = threads;
        solve();
        expect_same(&alone);
        options.executor = NULL;
        options.batch = 1;
        trm_pool_free(pool);
    }
}

#endif
