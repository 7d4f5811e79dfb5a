/* The promises of trm.h about solving: when puzzles stop, what memory is used, and what each misuse comes to.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

static void open_random(trm_block block, uint64_t stream)
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

static void set_up(void)
{
    open_random(TRM_BLOCK_MIXER, 1);
}

static void tear_down(void)
{
    trm_model_close(model);
    free(file.data);
}

static trm_questions all_questions(void)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = COUNT;
    questions.tokens = tokens;
    questions.identifiers = identifiers;
    return questions;
}

static trm_solve_options options_with(uint32_t halt, uint32_t maximum_steps, uint32_t batch)
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

static trm_answers answers_into(result *r)
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

static void expect_ok(trm_status status, const trm_error *error)
{
    ck_assert_msg(status == TRM_OK, "%s: %s", trm_status_name(status), error->message);
}

static void expect_failure(trm_status status, trm_status wanted, const trm_error *error)
{
    ck_assert_msg(status == wanted, "%s instead of %s: %s", trm_status_name(status), trm_status_name(wanted),
                  error->message);
    ck_assert_int_eq(error->status, wanted);
    ck_assert_uint_gt(strlen(error->message), 10);
    ck_assert_ptr_null(strchr(error->message, '\n'));
}

static void solve_all(const trm_solve_options *options, result *r)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = all_questions();
    const trm_answers answers = answers_into(r);
    expect_ok(trm_solve(model, &questions, &answers, options, &error), &error);
}

static trm_solver *solver_with(const trm_solve_options *options)
{
    trm_error error = TRM_ERROR_INIT;
    trm_solver *solver = NULL;
    expect_ok(trm_solver_create(model, options, &solver, &error), &error);
    ck_assert_ptr_nonnull(solver);
    return solver;
}

static void load_all(trm_solver *solver)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = all_questions();
    expect_ok(trm_solver_load(solver, &questions, &error), &error);
}

static uint32_t step_once(trm_solver *solver)
{
    trm_error error = TRM_ERROR_INIT;
    uint32_t running = 12345;
    expect_ok(trm_solver_step(solver, &running, &error), &error);
    return running;
}

static void read_all(const trm_solver *solver, result *r)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_answers answers = answers_into(r);
    expect_ok(trm_solver_read(solver, &answers, &error), &error);
}

/* What every puzzle answers after each of STEPS steps when nothing stops it. */
static void record(result history[STEPS])
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

static void expect_same_puzzle(const result *a, const result *b, int puzzle)
{
    const size_t s = config.positions, v = config.vocabulary, p = (size_t)puzzle;
    ck_assert_mem_eq(a->tokens + p * s, b->tokens + p * s, s * sizeof *a->tokens);
    ck_assert_mem_eq(a->probabilities + p * s, b->probabilities + p * s, s * sizeof *a->probabilities);
    ck_assert_mem_eq(a->logits + p * s * v, b->logits + p * s * v, s * v * sizeof *a->logits);
    ck_assert_mem_eq(a->halt_probabilities + p, b->halt_probabilities + p, sizeof *a->halt_probabilities);
    ck_assert_mem_eq(a->halt_logits + p, b->halt_logits + p, sizeof *a->halt_logits);
    ck_assert_mem_eq(a->continue_logits + p, b->continue_logits + p, sizeof *a->continue_logits);
}

/* ------------------------------------------------------------------------------------------- halting */

/* The step at which the rules of trm.h stop a puzzle with that history, and why. */
static uint32_t expected_stop(const result history[STEPS], int puzzle, uint32_t halt, uint32_t stable,
                              double probability, uint32_t *why)
{
    const size_t s = config.positions, at = (size_t)puzzle * s;
    uint32_t same = 1;
    for (uint32_t step = 1; step <= STEPS; step++) {
        const result *now = &history[step - 1];
        if (step > 1)
            same = memcmp(now->tokens + at, history[step - 2].tokens + at, s * sizeof *now->tokens) == 0
                       ? same + 1
                       : 1;
        const bool signal =
            probability == 0.0 ? now->halt_logits[puzzle] > 0 : now->halt_probabilities[puzzle] > probability;
        *why = (halt & TRM_HALT_SIGNAL) != 0 && signal           ? TRM_STOP_SIGNAL
               : (halt & TRM_HALT_STABLE) != 0 && same >= stable ? TRM_STOP_STABLE
               : step == STEPS                                   ? TRM_STOP_LIMIT
                                                                 : TRM_STOP_RUNNING;
        if (*why != TRM_STOP_RUNNING)
            return step;
    }
    return 0;
}

/* Solves with these rules; each puzzle must have the answer of its own step. Adds up how often each reason
 * occurred. */
static void check_halting(uint32_t halt, uint32_t stable, double probability, uint32_t seen[5])
{
    static result history[STEPS], got;
    record(history);
    trm_solve_options options = options_with(halt, STEPS, 2);
    options.stable_steps = stable;
    options.halt_probability = probability;
    solve_all(&options, &got);
    for (int puzzle = 0; puzzle < COUNT; puzzle++) {
        uint32_t why;
        const uint32_t step = expected_stop(history, puzzle, halt, stable, probability, &why);
        ck_assert_uint_eq(got.steps[puzzle], step);
        ck_assert_uint_eq(got.stops[puzzle], why);
        expect_same_puzzle(&got, &history[step - 1], puzzle);
        if (step > 1)
            seen[why]++;
    }
}

START_TEST(stops_by_signal_stability_and_limit)
{
    uint32_t seen[5] = { 0 };
    tear_down();
    for (uint64_t stream = 100; stream < 120; stream++) {
        open_random(stream % 2 != 0 ? TRM_BLOCK_MIXER : TRM_BLOCK_ATTENTION, stream);
        check_halting(0, 0, 0.0, seen);
        check_halting(TRM_HALT_SIGNAL, 0, 0.0, seen);
        check_halting(TRM_HALT_SIGNAL, 0, 0.8, seen);
        check_halting(TRM_HALT_SIGNAL, 0, 0.2, seen);
        check_halting(TRM_HALT_STABLE, 2, 0.0, seen);
        check_halting(TRM_HALT_STABLE | TRM_HALT_SIGNAL, 3, 0.0, seen);
        tear_down();
    }
    set_up();
    ck_assert_uint_gt(seen[TRM_STOP_SIGNAL], 0);
    ck_assert_uint_gt(seen[TRM_STOP_STABLE], 0);
    ck_assert_uint_gt(seen[TRM_STOP_LIMIT], 0);
}
END_TEST

START_TEST(zero_maximum_steps_is_the_models_number)
{
    static result got;
    const trm_solve_options options = options_with(0, 0, 1);
    solve_all(&options, &got);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(got.steps[i], config.maximum_steps);
        ck_assert_uint_eq(got.stops[i], TRM_STOP_LIMIT);
    }
}
END_TEST

START_TEST(a_spent_budget_leaves_one_step_each)
{
    static result history[STEPS], got;
    record(history);
    trm_solve_options options = options_with(0, STEPS, 2);
    options.budget_nanoseconds = 1;
    solve_all(&options, &got);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(got.steps[i], 1);
        ck_assert_uint_eq(got.stops[i], TRM_STOP_DEADLINE);
        expect_same_puzzle(&got, &history[0], i);
    }
}
END_TEST

START_TEST(a_large_budget_changes_nothing)
{
    static result history[STEPS], got;
    record(history);
    trm_solve_options options = options_with(0, STEPS, 2);
    options.budget_nanoseconds = UINT64_MAX;
    solve_all(&options, &got);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(got.stops[i], TRM_STOP_LIMIT);
        expect_same_puzzle(&got, &history[STEPS - 1], i);
    }
}
END_TEST

START_TEST(a_step_after_the_last_does_nothing)
{
    static result before, after;
    const trm_solve_options options = options_with(0, 2, COUNT);
    trm_solver *solver = solver_with(&options);
    load_all(solver);
    ck_assert_uint_eq(step_once(solver), COUNT);
    ck_assert_uint_eq(step_once(solver), 0);
    read_all(solver, &before);
    ck_assert_uint_eq(step_once(solver), 0);
    read_all(solver, &after);
    ck_assert_mem_eq(&before, &after, sizeof before);
    trm_solver_free(solver);
}
END_TEST

START_TEST(loading_again_starts_afresh)
{
    static result first, second;
    const trm_solve_options options = options_with(0, 3, COUNT);
    trm_solver *solver = solver_with(&options);
    for (int run = 0; run < 2; run++) {
        load_all(solver);
        for (int step = 0; step < 3; step++)
            step_once(solver);
        read_all(solver, run == 0 ? &first : &second);
    }
    ck_assert_mem_eq(&first, &second, sizeof first);
    trm_solver_free(solver);
}
END_TEST

/* ------------------------------------------------------------------------------------------- answers */

/* The share of a logit among `count`, under the model's likelihood. */
static double share(const float *row, size_t count, size_t of)
{
    double sum = 0, part = 0;
    for (size_t k = 0; k < count; k++) {
        const double v = (double)row[k];
        const double size = config.likelihood == TRM_LIKELIHOOD_SOFTMAX ? exp(v)
                            : v >= 0                                    ? v + 1
                                                                        : 1 / (1 - v);
        sum += size;
        part = k == of ? size : part;
    }
    return part / sum;
}

START_TEST(answers_follow_from_the_logits)
{
    static result r;
    tear_down();
    likelihood = (trm_likelihood)_i;
    set_up();
    const trm_solve_options options = options_with(0, 2, COUNT);
    solve_all(&options, &r);
    const size_t v = config.vocabulary;
    for (size_t i = 0; i < COUNT * config.positions; i++) {
        const float *row = r.logits + i * v;
        size_t best = 0;
        for (size_t k = 1; k < v; k++)
            best = row[k] > row[best] ? k : best;
        ck_assert_int_eq(r.tokens[i], (int32_t)best);
        ck_assert_double_eq_tol((double)r.probabilities[i], share(row, v, best), 1e-6);
    }
    for (int i = 0; i < COUNT; i++)
        ck_assert_double_eq_tol((double)r.halt_probabilities[i], 1 / (1 + exp(-(double)r.halt_logits[i])),
                                1e-6);
}
END_TEST

START_TEST(each_answer_may_be_left_out)
{
    static result all, one;
    const trm_solve_options options = options_with(0, 2, 2);
    solve_all(&options, &all);
    for (int wanted = 0; wanted <= 8; wanted++) {
        trm_answers answers = answers_into(&one);
        answers.tokens = wanted == 1 ? answers.tokens : NULL;
        answers.probabilities = wanted == 2 ? answers.probabilities : NULL;
        answers.logits = wanted == 3 ? answers.logits : NULL;
        answers.halt_probabilities = wanted == 4 ? answers.halt_probabilities : NULL;
        answers.halt_logits = wanted == 5 ? answers.halt_logits : NULL;
        answers.continue_logits = wanted == 6 ? answers.continue_logits : NULL;
        answers.steps = wanted == 7 ? answers.steps : NULL;
        answers.stops = wanted == 8 ? answers.stops : NULL;
        const trm_questions questions = all_questions();
        trm_error error = TRM_ERROR_INIT;
        expect_ok(trm_solve(model, &questions, &answers, &options, &error), &error);
        ck_assert(answers.tokens == NULL || memcmp(one.tokens, all.tokens, sizeof all.tokens) == 0);
        ck_assert(answers.probabilities == NULL ||
                  memcmp(one.probabilities, all.probabilities, sizeof all.probabilities) == 0);
        ck_assert(answers.logits == NULL || memcmp(one.logits, all.logits, sizeof all.logits) == 0);
        ck_assert(answers.halt_logits == NULL ||
                  memcmp(one.halt_logits, all.halt_logits, sizeof all.halt_logits) == 0);
        ck_assert(answers.steps == NULL || memcmp(one.steps, all.steps, sizeof all.steps) == 0);
        ck_assert(answers.stops == NULL || memcmp(one.stops, all.stops, sizeof all.stops) == 0);
    }
}
END_TEST

START_TEST(no_identifiers_means_zeros)
{
    static result given, none;
    memset(identifiers, 0, sizeof identifiers);
    const trm_solve_options options = options_with(0, 1, COUNT);
    solve_all(&options, &given);
    trm_questions questions = all_questions();
    questions.identifiers = NULL;
    const trm_answers answers = answers_into(&none);
    trm_error error = TRM_ERROR_INIT;
    expect_ok(trm_solve(model, &questions, &answers, &options, &error), &error);
    ck_assert_mem_eq(&given, &none, sizeof given);
}
END_TEST

/* -------------------------------------------------------------------------------------------- memory */

/* Memory that ends (or begins) at a page that nobody may touch. */
typedef struct guarded {
    char *map, *memory;
    size_t map_bytes;
} guarded;

static guarded guard(size_t bytes, bool at_end)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), inner = (bytes + page - 1) / page * page;
    guarded g = { NULL, NULL, inner + 2 * page };
    void *map = mmap(NULL, g.map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(map, MAP_FAILED);
    g.map = map;
    ck_assert_int_eq(mprotect(g.map, page, PROT_NONE), 0);
    ck_assert_int_eq(mprotect(g.map + page + inner, page, PROT_NONE), 0);
    g.memory = at_end ? g.map + page + inner - bytes : g.map + page;
    memset(g.memory, 0xA5, bytes);
    return g;
}

typedef struct counter {
    size_t allocations;
} counter;

static void *counted_allocate(void *user, size_t bytes)
{
    ((counter *)user)->allocations++;
    return malloc(bytes);
}

static void counted_release(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

static void measure(const trm_solve_options *options, size_t *bytes)
{
    trm_error error = TRM_ERROR_INIT;
    expect_ok(trm_solver_measure(model, options, bytes, &error), &error);
}

/* In exactly the measured memory, the answer of a solver that allocates, and no allocation; in one byte less,
 * a clean failure. */
static void check_workspace(trm_solve_options options, bool at_end)
{
    static result wanted, got;
    solve_all(&options, &wanted);
    size_t bytes = 0;
    measure(&options, &bytes);
    ck_assert_uint_gt(bytes, 0);
    const guarded g = guard(bytes, at_end);
    counter counts = { 0 };
    trm_allocator allocator = { sizeof allocator, &counts, counted_allocate, counted_release };
    options.allocator = &allocator;
    options.workspace = g.memory;
    options.workspace_size = bytes;
    size_t again = 0;
    measure(&options, &again);
    ck_assert_uint_eq(bytes, again);
    solve_all(&options, &got);
    ck_assert_mem_eq(&wanted, &got, sizeof wanted);

    options.workspace_size = bytes - 1;
    trm_error error = TRM_ERROR_INIT;
    trm_solver *solver = NULL;
    expect_failure(trm_solver_create(model, &options, &solver, &error), TRM_ERROR_WORKSPACE, &error);
    ck_assert_ptr_null(solver);
    const trm_questions questions = all_questions();
    const trm_answers answers = answers_into(&got);
    expect_failure(trm_solve(model, &questions, &answers, &options, &error), TRM_ERROR_WORKSPACE, &error);

    /* Memory that the host could not get, of the size that was measured into its options. */
    options.workspace = NULL;
    measure(&options, &options.workspace_size);
    ck_assert_uint_eq(options.workspace_size, bytes);
    error = (trm_error)TRM_ERROR_INIT;
    expect_failure(trm_solver_create(model, &options, &solver, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_ptr_null(solver);
    ck_assert_ptr_nonnull(strstr(error.message, "trm_solve_options.workspace: expected memory of"));
    expect_failure(trm_solve(model, &questions, &answers, &options, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_uint_eq(counts.allocations, 0);
    ck_assert_int_eq(munmap(g.map, g.map_bytes), 0);
}

static void run_in_order(void *user, void (*task)(void *argument, uint32_t index), void *argument,
                         uint32_t count)
{
    ck_assert_uint_ge(count, 1);
    ck_assert_uint_le(count, *(const uint32_t *)user);
    for (uint32_t i = 0; i < count; i++)
        task(argument, i);
}

START_TEST(the_measured_workspace_is_exact)
{
    for (int block = TRM_BLOCK_MIXER; block <= TRM_BLOCK_ATTENTION; block++) {
        tear_down();
        open_random((trm_block)block, 2);
        for (uint32_t batch = 1; batch <= COUNT; batch += 2) {
            check_workspace(options_with(0, 2, batch), true);
            check_workspace(options_with(0, 2, batch), false);
            uint32_t width = 3;
            const trm_executor executor = { sizeof executor, width, &width, run_in_order };
            trm_solve_options options = options_with(TRM_HALT_STABLE, 2, batch);
            options.executor = &executor;
            check_workspace(options, true);
        }
    }
}
END_TEST

START_TEST(measuring_needs_no_options)
{
    size_t plain = 0, given = 0;
    const trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    measure(NULL, &plain);
    measure(&options, &given);
    ck_assert_uint_eq(plain, given);
}
END_TEST

START_TEST(the_allocator_gets_everything_back)
{
    static result r;
    counter counts = { 0 };
    const trm_allocator allocator = { sizeof allocator, &counts, counted_allocate, counted_release };
    trm_solve_options options = options_with(0, 1, 2);
    options.allocator = &allocator;
    solve_all(&options, &r); /* what is not released is a leak to AddressSanitizer */
    ck_assert_uint_gt(counts.allocations, 0);
}
END_TEST

/* -------------------------------------------------------------------------------------------- misuse */

static void expect_bad_options(const trm_solve_options *options)
{
    static result r;
    trm_error error = TRM_ERROR_INIT;
    size_t bytes = 77;
    expect_failure(trm_solver_measure(model, options, &bytes, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_uint_eq(bytes, 77);
    trm_solver *solver = NULL;
    error = (trm_error)TRM_ERROR_INIT;
    expect_failure(trm_solver_create(model, options, &solver, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_ptr_null(solver);
    const trm_questions questions = all_questions();
    const trm_answers answers = answers_into(&r);
    error = (trm_error)TRM_ERROR_INIT;
    expect_failure(trm_solve(model, &questions, &answers, options, &error), TRM_ERROR_ARGUMENT, &error);
}

START_TEST(options_out_of_range_are_refused)
{
    trm_solve_options options = options_with(TRM_HALT_SIGNAL, 65537, 1);
    expect_bad_options(&options);
    options = options_with(4, 0, 1);
    expect_bad_options(&options);
    options = options_with(0, 0, 0);
    expect_bad_options(&options);
    options = options_with(0, 0, 65537);
    expect_bad_options(&options);
    options = options_with(TRM_HALT_STABLE, 0, 1);
    options.stable_steps = 1;
    expect_bad_options(&options);
    options.stable_steps = 65537;
    expect_bad_options(&options);
    options = options_with(TRM_HALT_SIGNAL, 0, 1);
    options.halt_probability = 1.0;
    expect_bad_options(&options);
    options.halt_probability = -0.1;
    expect_bad_options(&options);
    options.halt_probability = (double)NAN;
    expect_bad_options(&options);
}
END_TEST

START_TEST(incomplete_executors_and_allocators_are_refused)
{
    uint32_t width = 2;
    trm_executor executor = { sizeof executor, width, &width, NULL };
    trm_solve_options options = options_with(0, 0, 1);
    options.executor = &executor;
    expect_bad_options(&options);
    executor = (trm_executor) { sizeof executor, 0, &width, run_in_order };
    expect_bad_options(&options);
    executor = (trm_executor) { sizeof executor, 1025, &width, run_in_order };
    expect_bad_options(&options);
    executor = (trm_executor) { 0, 2, &width, run_in_order };
    expect_bad_options(&options);
    options.executor = NULL;
    counter counts = { 0 };
    trm_allocator allocator = { sizeof allocator, &counts, counted_allocate, NULL };
    options.allocator = &allocator;
    expect_bad_options(&options);
    allocator = (trm_allocator) { sizeof allocator, &counts, NULL, counted_release };
    expect_bad_options(&options);
}
END_TEST

static void expect_bad_questions(const trm_questions *questions, trm_status wanted, const char *words[3])
{
    static result r, untouched;
    trm_error error = TRM_ERROR_INIT;
    const trm_solve_options options = options_with(0, 1, COUNT);
    const trm_answers answers = answers_into(&r);
    answers_into(&untouched);
    expect_failure(trm_solve(model, questions, &answers, &options, &error), wanted, &error);
    ck_assert_mem_eq(&r, &untouched, sizeof r);
    for (int i = 0; words != NULL && i < 3; i++)
        ck_assert_msg(strstr(error.message, words[i]) != NULL, "no \"%s\" in: %s", words[i], error.message);
    trm_solver *solver = solver_with(&options);
    error = (trm_error)TRM_ERROR_INIT;
    expect_failure(trm_solver_load(solver, questions, &error), wanted, &error);
    trm_solver_free(solver);
}

START_TEST(questions_without_content_are_refused)
{
    trm_questions questions = all_questions();
    questions.count = 0;
    expect_bad_questions(&questions, TRM_ERROR_ARGUMENT, NULL);
    questions = all_questions();
    questions.tokens = NULL;
    expect_bad_questions(&questions, TRM_ERROR_ARGUMENT, NULL);
}
END_TEST

START_TEST(tokens_outside_the_vocabulary_are_named)
{
    const trm_questions questions = all_questions();
    int32_t *token = &tokens[3 * config.positions + 4];
    *token = (int32_t)config.vocabulary;
    char limit[16];
    snprintf(limit, sizeof limit, "%u", config.vocabulary);
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "3", "4", limit });
    *token = -7;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "3", "4", "-7" });
    *token = INT32_MIN;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "3", "4", "-2147483648" });
    *token = INT32_MAX;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "3", "4", "2147483647" });
}
END_TEST

START_TEST(identifiers_outside_the_table_are_named)
{
    const trm_questions questions = all_questions();
    identifiers[2] = config.identifiers;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "2", "3", "identifier" });
    identifiers[2] = UINT32_MAX;
    expect_bad_questions(&questions, TRM_ERROR_PUZZLE, (const char *[]) { "2", "4294967295", "identifier" });
}
END_TEST

START_TEST(a_failed_load_leaves_the_solver_as_it_was)
{
    static result before, after;
    const trm_solve_options options = options_with(0, 3, COUNT);
    trm_solver *solver = solver_with(&options);
    load_all(solver);
    step_once(solver);
    read_all(solver, &before);
    trm_questions questions = all_questions();
    trm_error error = TRM_ERROR_INIT;
    const int32_t good = tokens[COUNT * config.positions - 1];
    tokens[COUNT * config.positions - 1] = -1;
    expect_failure(trm_solver_load(solver, &questions, &error), TRM_ERROR_PUZZLE, &error);
    tokens[COUNT * config.positions - 1] = good;
    questions.count = COUNT + 1;
    expect_failure(trm_solver_load(solver, &questions, &error), TRM_ERROR_ARGUMENT, &error);
    read_all(solver, &after);
    ck_assert_mem_eq(&before, &after, sizeof before);
    ck_assert_uint_eq(step_once(solver), COUNT);
    trm_solver_free(solver);
}
END_TEST

START_TEST(calls_out_of_order_are_refused)
{
    static result r;
    const trm_solve_options options = options_with(0, 1, COUNT);
    trm_solver *solver = solver_with(&options);
    trm_error error = TRM_ERROR_INIT;
    const trm_answers answers = answers_into(&r);
    uint32_t running = 99;
    expect_failure(trm_solver_step(solver, &running, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_uint_eq(running, 99);
    expect_failure(trm_solver_read(solver, &answers, &error), TRM_ERROR_ARGUMENT, &error);
    load_all(solver);
    expect_failure(trm_solver_read(solver, &answers, &error), TRM_ERROR_ARGUMENT, &error);
    expect_ok(trm_solver_step(solver, NULL, &error), &error);
    expect_ok(trm_solver_read(solver, &answers, &error), &error);
    trm_solver_free(solver);
}
END_TEST

START_TEST(null_arguments_are_refused)
{
    static result r;
    const trm_solve_options options = options_with(0, 1, COUNT);
    const trm_questions questions = all_questions();
    const trm_answers answers = answers_into(&r);
    trm_solver *solver = solver_with(&options), *none = NULL;
    size_t bytes = 0;
    trm_error error = TRM_ERROR_INIT;
    expect_failure(trm_solve(NULL, &questions, &answers, &options, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solve(model, NULL, &answers, &options, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solve(model, &questions, NULL, &options, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_measure(NULL, &options, &bytes, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_measure(model, &options, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_create(NULL, &options, &none, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_create(model, &options, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_load(NULL, &questions, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_load(solver, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_step(NULL, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    expect_failure(trm_solver_read(NULL, &answers, &error), TRM_ERROR_ARGUMENT, &error);
    load_all(solver);
    step_once(solver);
    expect_failure(trm_solver_read(solver, NULL, &error), TRM_ERROR_ARGUMENT, &error);
    ck_assert_int_eq(trm_solver_load(solver, NULL, NULL), TRM_ERROR_ARGUMENT);
    trm_solver_free(solver);
    trm_solver_free(NULL);
    trm_model_close(NULL);
    trm_pool_free(NULL);
}
END_TEST

/* -------------------------------------------------------------------------------------- struct sizes */

START_TEST(a_short_options_struct_means_defaults)
{
    static result wanted, got;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.maximum_steps = 3;
    solve_all(&options, &wanted);
    memset(&options, 0xEE, sizeof options);
    options.maximum_steps = 3;
    options.size = offsetof(trm_solve_options, halt);
    solve_all(&options, &got);
    ck_assert_mem_eq(&wanted, &got, sizeof got);
    options.size = 0;
    expect_bad_options(&options);
    options.size = sizeof options.size - 1;
    expect_bad_options(&options);
}
END_TEST

START_TEST(a_long_options_struct_needs_a_zero_tail)
{
    static result wanted, got;
    struct {
        trm_solve_options known;
        unsigned char later[24];
    } options = { options_with(0, 2, 2), { 0 } };
    solve_all(&options.known, &wanted);
    options.known.size = sizeof options;
    solve_all(&options.known, &got);
    ck_assert_mem_eq(&wanted, &got, sizeof got);
    options.later[23] = 1;
    expect_bad_options(&options.known);
}
END_TEST

START_TEST(questions_follow_the_size_rule)
{
    struct {
        trm_questions known;
        unsigned char later[8];
    } questions = { all_questions(), { 0 } };
    static result r;
    const trm_answers answers = answers_into(&r);
    const trm_solve_options options = options_with(0, 1, 1);
    trm_error error = TRM_ERROR_INIT;
    questions.known.size = sizeof questions;
    expect_ok(trm_solve(model, &questions.known, &answers, &options, &error), &error);
    questions.later[0] = 9;
    expect_failure(trm_solve(model, &questions.known, &answers, &options, &error), TRM_ERROR_ARGUMENT,
                   &error);
    questions.known.size = offsetof(trm_questions, identifiers);
    memset(&questions.known.identifiers, 0xEE, sizeof questions.known.identifiers);
    expect_ok(trm_solve(model, &questions.known, &answers, &options, &error), &error);
    questions.known.size = 3;
    expect_failure(trm_solve(model, &questions.known, &answers, &options, &error), TRM_ERROR_ARGUMENT,
                   &error);
}
END_TEST

START_TEST(answers_follow_the_size_rule)
{
    static result r;
    struct {
        trm_answers known;
        unsigned char later[8];
    } answers = { answers_into(&r), { 0 } };
    const trm_questions questions = all_questions();
    const trm_solve_options options = options_with(0, 1, 1);
    trm_error error = TRM_ERROR_INIT;
    answers.known.size = sizeof answers;
    expect_ok(trm_solve(model, &questions, &answers.known, &options, &error), &error);
    answers.later[7] = 9;
    expect_failure(trm_solve(model, &questions, &answers.known, &options, &error), TRM_ERROR_ARGUMENT,
                   &error);
    memset(&answers.known.logits, 0xEE, sizeof answers.known - offsetof(trm_answers, logits));
    answers.known.size = offsetof(trm_answers, logits);
    expect_ok(trm_solve(model, &questions, &answers.known, &options, &error), &error);
    answers.known.size = 0;
    expect_failure(trm_solve(model, &questions, &answers.known, &options, &error), TRM_ERROR_ARGUMENT,
                   &error);
}
END_TEST

START_TEST(a_short_error_struct_is_not_overrun)
{
    trm_error error;
    memset(&error, 0x55, sizeof error);
    error.size = offsetof(trm_error, message) + 12;
    ck_assert_int_eq(trm_solver_load(NULL, NULL, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(error.status, TRM_ERROR_ARGUMENT);
    ck_assert_uint_eq(strlen(error.message), 11);
    for (size_t i = 12; i < sizeof error.message; i++)
        ck_assert_int_eq(error.message[i], 0x55);
}
END_TEST

/* ------------------------------------------------------------------------------------------- threads */

static void *solve_repeatedly(void *argument)
{
    result *r = argument;
    const trm_questions questions = all_questions();
    for (int run = 0; run < 20; run++) {
        trm_solve_options options = options_with(0, 3, 1 + (uint32_t)run % COUNT);
        const trm_answers answers = answers_into(r);
        if (trm_solve(model, &questions, &answers, &options, NULL) != TRM_OK)
            return NULL;
    }
    return r;
}

START_TEST(two_threads_share_a_model)
{
    static result r[3];
    const trm_solve_options options = options_with(0, 3, 1);
    solve_all(&options, &r[2]);
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, solve_repeatedly, &r[i]), 0);
    for (int i = 0; i < 2; i++) {
        void *done = NULL;
        ck_assert_int_eq(pthread_join(thread[i], &done), 0);
        ck_assert_ptr_eq(done, &r[i]);
        ck_assert_mem_eq(&r[i], &r[2], sizeof r[i]);
    }
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return tests;
}

static Suite *solver_suite(void)
{
    Suite *suite = suite_create("solver");
    TCase *tests = add_case(suite, "halting");
    tcase_add_test(tests, stops_by_signal_stability_and_limit);
    tcase_add_test(tests, zero_maximum_steps_is_the_models_number);
    tcase_add_test(tests, a_spent_budget_leaves_one_step_each);
    tcase_add_test(tests, a_large_budget_changes_nothing);
    tcase_add_test(tests, a_step_after_the_last_does_nothing);
    tcase_add_test(tests, loading_again_starts_afresh);
    tests = add_case(suite, "answers");
    tcase_add_loop_test(tests, answers_follow_from_the_logits, TRM_LIKELIHOOD_SOFTMAX,
                        TRM_LIKELIHOOD_STABLEMAX + 1);
    tcase_add_test(tests, each_answer_may_be_left_out);
    tcase_add_test(tests, no_identifiers_means_zeros);
    tests = add_case(suite, "memory");
    tcase_add_test(tests, the_measured_workspace_is_exact);
    tcase_add_test(tests, measuring_needs_no_options);
    tcase_add_test(tests, the_allocator_gets_everything_back);
    tests = add_case(suite, "misuse");
    tcase_add_test(tests, options_out_of_range_are_refused);
    tcase_add_test(tests, incomplete_executors_and_allocators_are_refused);
    tcase_add_test(tests, questions_without_content_are_refused);
    tcase_add_test(tests, tokens_outside_the_vocabulary_are_named);
    tcase_add_test(tests, identifiers_outside_the_table_are_named);
    tcase_add_test(tests, a_failed_load_leaves_the_solver_as_it_was);
    tcase_add_test(tests, calls_out_of_order_are_refused);
    tcase_add_test(tests, null_arguments_are_refused);
    tests = add_case(suite, "sizes");
    tcase_add_test(tests, a_short_options_struct_means_defaults);
    tcase_add_test(tests, a_long_options_struct_needs_a_zero_tail);
    tcase_add_test(tests, questions_follow_the_size_rule);
    tcase_add_test(tests, answers_follow_the_size_rule);
    tcase_add_test(tests, a_short_error_struct_is_not_overrun);
    tests = add_case(suite, "threads");
    tcase_add_test(tests, two_threads_share_a_model);
    return suite;
}

int main(void)
{
    random_seed();
    return run_suite(solver_suite());
}
