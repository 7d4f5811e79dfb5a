/* A question whose numbers overflow says so and leaves nothing behind: the other questions have the bits that
 * they have alone, whatever was solved before, in any batch, on any number of threads and with any
 * instruction set.
 *
 * TRM_TEST_MODELS in the environment: how many random models, 30 by default. */
#define _POSIX_C_SOURCE 200809L

#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/random.h"
#include "tests/support/run.h"
#include "tests/support/solver_state.h"
#include "tests/support/trm_builder.h"

#ifdef TRMI_HAVE_THREADS
enum { WITH_THREADS = 1 };
#else
enum { WITH_THREADS = 0 };
#endif

enum {
    QUESTIONS = 6,
    STEPS = 2,
    BLOCKS = 3,
    GATES = 2,
    PRECISIONS = 2,
    MOST_POSITIONS = 12,
    MOST_TOKENS = 20
};
enum { CELLS = QUESTIONS * MOST_POSITIONS };

/* ------------------------------------------------------------------------------------------ questions */

typedef struct exam {
    size_t positions, vocabulary;
    size_t first, end; /* tokens that can be answers */
    int32_t tokens[CELLS];
} exam;

typedef struct outcome {
    int32_t tokens[CELLS];
    float probabilities[CELLS], logits[CELLS * MOST_TOKENS];
    float halt_probabilities[QUESTIONS], halt_logits[QUESTIONS], continue_logits[QUESTIONS];
    uint32_t steps[QUESTIONS], stops[QUESTIONS];
} outcome;

/* Where the answers of the questions from `first` on go. */
static trm_answers answers_into(const exam *given, outcome *to, size_t first)
{
    const size_t cell = first * given->positions;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = to->tokens + cell;
    answers.probabilities = to->probabilities + cell;
    answers.logits = to->logits + cell * given->vocabulary;
    answers.halt_probabilities = to->halt_probabilities + first;
    answers.halt_logits = to->halt_logits + first;
    answers.continue_logits = to->continue_logits + first;
    answers.steps = to->steps + first;
    answers.stops = to->stops + first;
    return answers;
}

static trm_questions questions_from(const exam *given, size_t first, size_t count)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = count;
    questions.tokens = given->tokens + first * given->positions;
    return questions;
}

static trm_solve_options options_of(uint32_t batch, const trm_executor *executor)
{
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = STEPS;
    options.batch = batch;
    options.executor = executor;
    return options;
}

/* Each with a solver of its own. */
static void solve_alone(const trm_model *model, const exam *given, outcome *to)
{
    memset(to, 0, sizeof *to);
    const trm_solve_options options = options_of(1, NULL);
    for (size_t i = 0; i < QUESTIONS; i++) {
        const trm_questions question = questions_from(given, i, 1);
        const trm_answers answer = answers_into(given, to, i);
        ck_assert_int_eq(trm_solve(model, &question, &answer, &options, NULL), TRM_OK);
    }
}

static void expect_together(const trm_model *model, const exam *given, uint32_t batch,
                            const trm_executor *executor, const outcome *wanted, const char *what)
{
    static outcome got;
    memset(&got, 0, sizeof got);
    const trm_solve_options options = options_of(batch, executor);
    const trm_questions questions = questions_from(given, 0, QUESTIONS);
    const trm_answers answers = answers_into(given, &got, 0);
    ck_assert_int_eq(trm_solve(model, &questions, &answers, &options, NULL), TRM_OK);
    ck_assert_msg(memcmp(&got, wanted, sizeof got) == 0, "%s, batch %u: other bits than alone", what, batch);
}

/* Voids of the overflow's own kind. */
static void expect_void(const exam *given, const outcome *o, size_t i, const char *what)
{
    const size_t cell = i * given->positions;
    bool is_void = o->halt_probabilities[i] <= 0 && o->halt_logits[i] <= -INFINITY &&
                   o->continue_logits[i] <= -INFINITY && o->steps[i] >= 1;
    for (size_t n = cell; n < cell + given->positions; n++)
        is_void = is_void && o->tokens[n] == 0 && o->probabilities[n] <= 0;
    for (size_t n = cell * given->vocabulary; n < (cell + given->positions) * given->vocabulary; n++)
        is_void = is_void && o->logits[n] <= -INFINITY;
    ck_assert_msg(is_void, "%s, question %zu: it overflowed, and yet there is an answer", what, i);
}

static void expect_numbers(const exam *given, const outcome *o, size_t i, const char *what)
{
    const size_t cell = i * given->positions;
    bool sound = isfinite(o->halt_probabilities[i]) && isfinite(o->halt_logits[i]) &&
                 isfinite(o->continue_logits[i]) && o->steps[i] == STEPS && o->stops[i] == TRM_STOP_LIMIT;
    for (size_t n = cell; n < cell + given->positions; n++)
        sound = sound && isfinite(o->probabilities[n]);
    for (size_t n = cell; n < cell + given->positions; n++)
        for (size_t t = given->first; t < given->end; t++)
            sound = sound && isfinite(o->logits[n * given->vocabulary + t]);
    ck_assert_msg(sound, "%s, question %zu: not all are numbers", what, i);
}

/* How many of the answers overflowed; every answer is one thing or the other. */
static unsigned count_overflows(const exam *given, const outcome *o, const char *what)
{
    unsigned count = 0;
    for (size_t i = 0; i < QUESTIONS; i++)
        if (o->stops[i] == TRM_STOP_OVERFLOW) {
            expect_void(given, o, i, what);
            count++;
        } else {
            expect_numbers(given, o, i, what);
        }
    return count;
}

/* --------------------------------------------------------------------------------------------- models */

static trm_model *open_with(const trm_file *file, const char *instruction_set, uint32_t flags)
{
    ck_assert_int_eq(setenv("TRM_CPU", instruction_set, 1), 0);
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.flags = flags;
    trm_model *model = NULL;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_model_open_memory(file->bytes, file->size, &options, &model, &error) == TRM_OK, "%s",
                  error.message);
    return model;
}

/* The same bits in every way of solving; returns how many questions overflow. */
static unsigned check_file(const trm_file *file, uint32_t flags, const exam *given, trm_pool *const pools[2],
                           const char *what)
{
    static const uint32_t batches[] = { 1, 2, QUESTIONS };
    static outcome wanted;
    trm_model *plain = open_with(file, "scalar", flags);
    solve_alone(plain, given, &wanted);
    trm_model_close(plain);
    for (uint32_t set = 0; trm_instruction_set(set) != NULL; set++) {
        trm_model *model = open_with(file, trm_instruction_set(set), flags);
        char how[256];
        snprintf(how, sizeof how, "%s, %s", what, trm_instruction_set(set));
        for (int i = 0; i < 3; i++)
            expect_together(model, given, batches[i], trm_pool_executor(pools[i % 2]), &wanted, how);
        trm_model_close(model);
    }
    return count_overflows(given, &wanted, what);
}

static void start_pools(trm_pool *pools[2])
{
    for (uint32_t i = 0; i < 2; i++)
        ck_assert_int_eq(trm_pool_create(WITH_THREADS ? i + 2 : 1, NULL, &pools[i], NULL), TRM_OK);
}

static uint32_t between(random_source *source, uint32_t least, uint32_t most)
{
    return least + random_below(source, most - least + 1);
}

/* Small, and ragged wherever a width can be. */
static trmi_config draw_config(trm_block block, trm_gate gate, random_source *source)
{
    trmi_config config = random_config(block);
    config.gate = gate;
    config.likelihood = between(source, TRM_LIKELIHOOD_SOFTMAX, TRM_LIKELIHOOD_STABLEMAX);
    config.prefix = config.identifiers = config.puzzle_width = 0;
    config.positions = between(source, 1, MOST_POSITIONS);
    config.vocabulary = between(source, 3, MOST_TOKENS);
    config.channels = between(source, 1, 40);
    config.channel_hidden = between(source, 1, 40);
    config.token_hidden = block == TRM_BLOCK_MIXER ? between(source, 1, 30) : 0;
    config.blocks = between(source, 1, 2);
    config.cycles = config.updates = 1;
    config.head_bias = random_below(source, 2) == 0;
    config.grid_rows = config.grid_columns = 0;
    if (block == TRM_BLOCK_ATTENTION) {
        config.heads = between(source, 1, 3);
        config.channels = config.heads * 2 * between(source, 1, 10);
    }
    if (block == TRM_BLOCK_RELATIONAL) {
        random_make_relational(&config, random_below(source, 2) == 0);
        return config;
    }
    if (random_below(source, 4) == 0) {
        config.prefix = between(source, 1, 3);
        config.registers = true;
    }
    return config;
}

static trm_file draw_file(const trmi_config *config, random_source *source, double scale)
{
    const random_file drawn = random_model_file(config, source, scale, false);
    return (trm_file) { drawn.data, drawn.bytes };
}

/* One that is no other token's row: the last, or, where values share rows, the first. */
static uint32_t special_token(const trmi_config *config)
{
    return config->fields > 1 ? 0 : config->vocabulary - 1;
}

/* Tokens from 1 on, and in every other question the special one in one place. */
static void draw_exam(exam *given, const trmi_config *config, random_source *source)
{
    given->positions = config->positions;
    given->vocabulary = config->vocabulary;
    given->first = config->first_value;
    given->end = config->fields > 1 ? given->first + config->fields : config->vocabulary;
    random_tokens(source, given->tokens, QUESTIONS * given->positions, config->vocabulary - 2);
    for (size_t i = 0; i < QUESTIONS * given->positions; i++)
        given->tokens[i]++;
    for (size_t i = random_below(source, 2); i < QUESTIONS; i += 2)
        given->tokens[i * given->positions + random_below(source, config->positions)] =
            (int32_t)special_token(config);
}

/* The special token's embedding. */
static void scale_special_token(trm_file *file, const trmi_config *config, double factor)
{
    const size_t row = (size_t)special_token(config) * config->channels;
    file_scale_numbers(file, "embed.tokens", row, row + config->channels, factor);
}

/* -------------------------------------------------------------------------------------- random models */

static unsigned long models_wanted(void)
{
    const char *text = getenv("TRM_TEST_MODELS");
    return text != NULL ? strtoul(text, NULL, 10) : 30;
}

/* One token that overflows at once, in a norm, or after a while, in models whose weights are ordinary or as
 * large as themselves overflow. */
static unsigned check_random_model(uint64_t number, trm_pool *const pools[2])
{
    static const double scales[] = { 0.5, 1, 1, 1e10, 1e18, 1e30 };
    static const double factors[] = { 1e10, 1e18, 1e20, 1e30, 1e37 };
    random_source source = random_begin(number);
    const trm_block block = (trm_block)(TRM_BLOCK_MIXER + (int)(number % BLOCKS));
    const trm_gate gate = number / BLOCKS % 2 == 0 ? TRM_GATE_PLAIN : TRM_GATE_NORMED;
    const trmi_config config = draw_config(block, gate, &source);
    const double scale = scales[random_below(&source, 6)];
    const double factor = factors[random_below(&source, 5)];
    trm_file file = draw_file(&config, &source, scale);
    scale_special_token(&file, &config, factor);
    exam given;
    draw_exam(&given, &config, &source);
    char what[160];
    snprintf(what, sizeof what, "model %llu: block %d, gate %d, D %u, H %u, S %u, P %u, weights %g, token %g",
             (unsigned long long)number, (int)block, (int)gate, config.channels, config.channel_hidden,
             config.positions, config.prefix, scale, factor);
    const unsigned overflows =
        check_file(&file, number / (2 * BLOCKS) % 2 == 0 ? 0 : TRM_OPEN_INT8, &given, pools, what);
    file_free(&file);
    return overflows;
}

START_TEST(random_models_keep_questions_apart)
{
    trm_pool *pools[2];
    start_pools(pools);
    const unsigned long models = models_wanted();
    unsigned long overflows = 0;
    for (unsigned long i = 0; i < models; i++)
        overflows += check_random_model(i, pools);
    fprintf(stderr, "%lu models, %lu of %lu questions overflowed\n", models, overflows, models * QUESTIONS);
    ck_assert_uint_gt(overflows, models); /* enough of either kind to mean something */
    ck_assert_uint_lt(overflows, models * (QUESTIONS - 1));
    for (int i = 0; i < 2; i++)
        trm_pool_free(pools[i]);
}
END_TEST

/* ------------------------------------------------------------------------------ where it can overflow */

/* A part of a tensor, in quarters, and what it is multiplied by. */
typedef struct place {
    const char *tensor;
    trm_block block; /* 0: either */
    double factor;
    unsigned begin, end;
} place;

/* By the first question, and one that no later number shows if it is dropped where it happens. */
static const place places[] = {
    { "embed.tokens", 0, 1e38, 0, 4 },
    { "embed.tokens", 0, 1e20, 0, 4 }, /* squares in the first norm */
    { "net.0.tokens.gate_up", TRM_BLOCK_MIXER, 1e25, 0, 4 },
    { "net.0.tokens.down", TRM_BLOCK_MIXER, 1e25, 0, 4 },
    { "net.0.attention.qkv", TRM_BLOCK_ATTENTION, 1e25, 0, 2 }, /* queries and some keys: scores */
    { "net.0.attention.qkv", TRM_BLOCK_ATTENTION, 1e25, 3, 4 },
    { "net.0.channels.gate_up", TRM_BLOCK_MIXER, 1e25, 0, 4 },
    { "net.0.channels.gate_up", TRM_BLOCK_ATTENTION, 1e25, 0, 4 },
    { "net.0.channels.down", TRM_BLOCK_MIXER, 1e25, 0, 4 },
    { "net.0.channels.down", TRM_BLOCK_ATTENTION, 1e25, 0, 4 },
    { "net.0.relational.own", TRM_BLOCK_RELATIONAL, 1e25, 0, 4 },
    { "net.0.relational.row.sum", TRM_BLOCK_RELATIONAL, 1e25, 0, 4 },
    { "net.0.relational.all.max", TRM_BLOCK_RELATIONAL, 1e25, 0, 4 },
    { "net.0.relational.down", TRM_BLOCK_RELATIONAL, 1e25, 0, 4 },
    { "head.tokens", 0, 1e60, 0, 4 },
    { "head.halt", 0, 1e60, 0, 4 },
};
enum { PLACES = sizeof places / sizeof *places };

static void check_place(const place *at, trm_block block, trm_gate gate, uint32_t flags,
                        trm_pool *const pools[2])
{
    random_source source = random_begin((uint64_t)gate);
    trmi_config config = draw_config(block, gate, &source);
    config.channels = block == TRM_BLOCK_MIXER ? 21 : 30;
    config.heads = block == TRM_BLOCK_ATTENTION ? 3 : 0;
    config.token_hidden = block == TRM_BLOCK_MIXER ? 19 : 0;
    config.channel_hidden = 37;
    if (block != TRM_BLOCK_RELATIONAL)
        config.positions = MOST_POSITIONS;
    trm_file file = draw_file(&config, &source, 4.0);
    const uint8_t *entry = file.bytes + file_tensor(&file, at->tensor);
    const size_t count = ((size_t)entry[40] | (size_t)entry[41] << 8 | (size_t)entry[42] << 16) / 4;
    file_scale_numbers(&file, at->tensor, count / 4 * at->begin, count / 4 * at->end, at->factor);
    exam given;
    draw_exam(&given, &config, &source);
    char what[160];
    snprintf(what, sizeof what, "%s times %g, block %d, gate %d, flags %u", at->tensor, at->factor,
             (int)block, (int)gate, (unsigned)flags);
    ck_assert_msg(check_file(&file, flags, &given, pools, what) > 0, "%s: an overflow was not seen", what);
    file_free(&file);
}

START_TEST(an_overflow_shows_wherever_it_happens)
{
    trm_pool *pools[2];
    start_pools(pools);
    for (int block = TRM_BLOCK_MIXER; block <= BLOCKS; block++)
        for (int gate = TRM_GATE_PLAIN; gate <= GATES; gate++)
            for (int precision = 0; precision < PRECISIONS; precision++)
                if (places[_i].block == 0 || (int)places[_i].block == block)
                    check_place(&places[_i], (trm_block)block, (trm_gate)gate,
                                precision == 0 ? 0 : TRM_OPEN_INT8, pools);
    for (int i = 0; i < 2; i++)
        trm_pool_free(pools[i]);
}
END_TEST

/* -------------------------------------------------------------------------------------------- solvers */

/* One solver after another question, step by step, as a host does it. */
START_TEST(a_solver_forgets_an_overflow)
{
    const trm_block block = (trm_block)(TRM_BLOCK_MIXER + _i % BLOCKS);
    random_source source = random_begin((uint64_t)_i);
    const trmi_config config = draw_config(block, _i < BLOCKS ? TRM_GATE_PLAIN : TRM_GATE_NORMED, &source);
    trm_file file = draw_file(&config, &source, 1.0);
    scale_special_token(&file, &config, 1e37);
    exam given;
    draw_exam(&given, &config, &source);
    trm_model *model = open_with(&file, "scalar", 0);
    static outcome wanted, got;
    solve_alone(model, &given, &wanted);
    memset(&got, 0, sizeof got);
    trm_solver *solver = NULL;
    const trm_solve_options options = options_of(1, NULL);
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, NULL), TRM_OK);
    for (size_t i = 0; i < QUESTIONS; i++) {
        const trm_questions question = questions_from(&given, i, 1);
        const trm_answers answer = answers_into(&given, &got, i);
        uint32_t running = 1;
        ck_assert_int_eq(trm_solver_load(solver, &question, NULL), TRM_OK);
        while (running > 0)
            ck_assert_int_eq(trm_solver_step(solver, &running, NULL), TRM_OK);
        ck_assert_int_eq(trm_solver_read(solver, &answer, NULL), TRM_OK);
    }
    ck_assert(memcmp(&got, &wanted, sizeof got) == 0);
    ck_assert_uint_gt(count_overflows(&given, &got, "one solver"), 0);
    trm_solver_free(solver);
    trm_model_close(model);
    file_free(&file);
}
END_TEST

/* Where no rules could refuse the void answer. */
START_TEST(an_overflow_gives_no_hints)
{
    random_source source = random_begin((uint64_t)_i);
    const trmi_config config =
        draw_config((trm_block)(TRM_BLOCK_MIXER + _i % BLOCKS), TRM_GATE_NORMED, &source);
    trm_file file = draw_file(&config, &source, 1.0);
    scale_special_token(&file, &config, 1e37);
    exam given;
    draw_exam(&given, &config, &source);
    trm_model *model = open_with(&file, "scalar", 0);
    static outcome wanted;
    solve_alone(model, &given, &wanted);
    ck_assert_uint_gt(count_overflows(&given, &wanted, "alone"), 0);
    for (size_t i = 0; i < QUESTIONS; i++) {
        const trm_questions question = questions_from(&given, i, 1);
        const trm_solve_options options = options_of(1, NULL);
        trm_hints hints = TRM_HINTS_INIT;
        uint32_t count = 7, end = 7;
        hints.room = 1;
        hints.end = &end;
        ck_assert_int_eq(trm_hint(model, &question, &options, &hints, &count, NULL), TRM_OK);
        if (wanted.stops[i] == TRM_STOP_OVERFLOW)
            ck_assert(end == TRM_HINTS_UNKNOWN && count == 0);
        else
            ck_assert_uint_ne(end, TRM_HINTS_UNKNOWN);
    }
    trm_model_close(model);
    file_free(&file);
}
END_TEST

static bool all_are_numbers(const float *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

/* Rows before the question are read by no head but in the next step. The weights grow until
 * something overflows: most likely one of these. */
START_TEST(an_overflow_of_the_prefix_shows)
{
    random_source source = random_begin((uint64_t)_i);
    trmi_config config = draw_config(TRM_BLOCK_ATTENTION, TRM_GATE_PLAIN, &source);
    config.architecture = TRM_ARCHITECTURE_HRM;
    config.high_blocks = 1;
    config.prefix = 12;
    config.registers = true;
    config.positions = 1;
    trm_file file = draw_file(&config, &source, 1.0);
    file_scale_numbers(&file, "high.0.channels.down", 0, 0, 1e17);
    exam given = { config.positions, config.vocabulary, 0, config.vocabulary, { 1 } };
    const trm_questions question = questions_from(&given, 0, 1);
    const trm_solve_options options = options_of(1, NULL);
    static outcome got;
    const trm_answers answer = answers_into(&given, &got, 0);
    for (got.stops[0] = TRM_STOP_RUNNING; got.stops[0] != TRM_STOP_OVERFLOW;) {
        trm_model *model = open_with(&file, "scalar", 0);
        trm_solver *solver = NULL;
        ck_assert_int_eq(trm_solver_create(model, &options, &solver, NULL), TRM_OK);
        ck_assert_int_eq(trm_solver_load(solver, &question, NULL), TRM_OK);
        ck_assert_int_eq(trm_solver_step(solver, NULL, NULL), TRM_OK);
        ck_assert_int_eq(trm_solver_read(solver, &answer, NULL), TRM_OK);
        const size_t state = (size_t)trmi_padded(config.channels) * trmi_rows(&config);
        ck_assert(got.stops[0] == TRM_STOP_OVERFLOW || all_are_numbers(trmi_solver_y(solver, 0), state));
        trm_solver_free(solver);
        trm_model_close(model);
        file_scale_numbers(&file, "high.0.channels.down", 0, 0, 1.1);
    }
    file_free(&file);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("overflow");
    TCase *tests = tcase_create("questions");
    tcase_set_timeout(tests, 0);
    tcase_add_loop_test(tests, a_solver_forgets_an_overflow, 0, 2 * BLOCKS);
    tcase_add_loop_test(tests, an_overflow_gives_no_hints, 0, BLOCKS);
    tcase_add_loop_test(tests, an_overflow_of_the_prefix_shows, 0, 4);
    tcase_add_test(tests, random_models_keep_questions_apart);
    suite_add_tcase(suite, tests);
    TCase *wherever = tcase_create("wherever");
    tcase_set_tags(wherever, "places");
    tcase_set_timeout(wherever, 0);
    tcase_add_loop_test(wherever, an_overflow_shows_wherever_it_happens, 0, PLACES);
    suite_add_tcase(suite, wherever);
    return run_suite(suite);
}
