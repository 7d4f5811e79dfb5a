/* The same answer everywhere: however a model is opened and however a solve is run, its outputs have the same
 * bits. */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lib/model/model.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

#ifdef TRMI_HAVE_THREADS
enum { WITH_THREADS = 1 };
#else
enum { WITH_THREADS = 0 };
#endif

enum { MODELS = 6, PRECISIONS = 2, RUNNERS = 5 };
#ifdef __SANITIZE_THREAD__ /* is slow, and looks at the order of things, not at numbers */
enum { PUZZLES = 3, STEPS = 1 };
#else
enum { PUZZLES = 8, STEPS = 3 };
#endif

/* ------------------------------------------------------------------------------------------- outputs */

typedef struct outputs {
    size_t positions, vocabulary;
    int32_t *tokens;
    float *probabilities, *logits;
    float heads[3][PUZZLES]; /* halt probability, halt logit, continue logit */
    uint32_t steps[PUZZLES], stops[PUZZLES];
} outputs;

static outputs outputs_create(const trmi_config *config)
{
    outputs o = { config->positions, config->vocabulary, NULL, NULL, NULL, { { 0 } }, { 0 }, { 0 } };
    const size_t cells = PUZZLES * o.positions;
    o.tokens = calloc(cells, sizeof *o.tokens);
    o.probabilities = calloc(cells, sizeof *o.probabilities);
    o.logits = calloc(cells * o.vocabulary, sizeof *o.logits);
    ck_assert(o.tokens != NULL && o.probabilities != NULL && o.logits != NULL);
    return o;
}

static void outputs_free(outputs *o)
{
    free(o->tokens);
    free(o->probabilities);
    free(o->logits);
}

/* Nothing of an earlier solve may pass for an answer. */
static void forget(outputs *o)
{
    const size_t cells = PUZZLES * o->positions;
    memset(o->tokens, 0xEE, cells * sizeof *o->tokens);
    memset(o->probabilities, 0xEE, cells * sizeof *o->probabilities);
    memset(o->logits, 0xEE, cells * o->vocabulary * sizeof *o->logits);
    memset(o->heads, 0xEE, sizeof o->heads);
    memset(o->steps, 0xEE, sizeof o->steps);
    memset(o->stops, 0xEE, sizeof o->stops);
}

static void expect_same(const outputs *a, const outputs *b, const char *what)
{
    const size_t cells = PUZZLES * a->positions;
    const bool same = memcmp(a->tokens, b->tokens, cells * sizeof *a->tokens) == 0 &&
                      memcmp(a->probabilities, b->probabilities, cells * sizeof *a->probabilities) == 0 &&
                      memcmp(a->logits, b->logits, cells * a->vocabulary * sizeof *a->logits) == 0 &&
                      memcmp(a->heads, b->heads, sizeof a->heads) == 0 &&
                      memcmp(a->steps, b->steps, sizeof a->steps) == 0 &&
                      memcmp(a->stops, b->stops, sizeof a->stops) == 0;
    ck_assert_msg(same, "%s: other bits", what);
}

/* ------------------------------------------------------------------------------------------ one solve */

typedef struct puzzles {
    int32_t *tokens;
    uint32_t identifiers[PUZZLES];
} puzzles;

static void solve_into(const trm_model *model, const puzzles *given, const trm_solve_options *options,
                       outputs *o)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = PUZZLES;
    questions.tokens = given->tokens;
    questions.identifiers = given->identifiers;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = o->tokens;
    answers.probabilities = o->probabilities;
    answers.logits = o->logits;
    answers.halt_probabilities = o->heads[0];
    answers.halt_logits = o->heads[1];
    answers.continue_logits = o->heads[2];
    answers.steps = o->steps;
    answers.stops = o->stops;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_solve(model, &questions, &answers, options, &error) == TRM_OK, "%s", error.message);
}

/* Puzzles stop at different steps, so that batches shrink. */
static trm_solve_options options_of(uint32_t batch, const trm_executor *executor)
{
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = TRM_HALT_SIGNAL | TRM_HALT_STABLE;
    options.maximum_steps = STEPS;
    options.batch = batch;
    options.executor = executor;
    return options;
}

static void run_backwards(void *user, void (*task)(void *argument, uint32_t index), void *argument,
                          uint32_t count)
{
    (void)user;
    while (count-- > 0)
        task(argument, count);
}

static const char *const runner_names[RUNNERS] = { "no executor", "1 thread", "2 threads", "3 threads",
                                                   "tasks backwards" };

static const trm_executor backwards = { sizeof backwards, 5, NULL, run_backwards };

/* In memory of the solver's own, or in a workspace full of not-a-numbers, should anyone read them. */
static void check_solve(const trm_model *model, const puzzles *given, trm_solve_options options,
                        bool workspace, const outputs *wanted, outputs *got, const char *how)
{
    char what[256];
    snprintf(what, sizeof what, "%s, batch %u%s", how, options.batch, workspace ? ", workspace" : "");
    if (workspace) {
        ck_assert_int_eq(trm_solver_measure(model, &options, &options.workspace_size, NULL), TRM_OK);
        options.workspace = malloc(options.workspace_size);
        ck_assert_ptr_nonnull(options.workspace);
        memset(options.workspace, 0xFF, options.workspace_size);
    }
    forget(got);
    solve_into(model, given, &options, got);
    free(options.workspace);
    expect_same(wanted, got, what);
}

/* With every runner and batch, every other time in a workspace. */
static void check_solves(const trm_model *model, const puzzles *given, trm_pool *const *pools,
                         const outputs *wanted, outputs *got, const char *how)
{
    static const uint32_t batches[] = { 1, 3, 8 };
    for (int runner = 0; runner < RUNNERS; runner++)
        for (int i = 0; i < 3; i++) {
            const trm_executor *executor = runner == 0             ? NULL
                                           : runner == RUNNERS - 1 ? &backwards
                                                                   : trm_pool_executor(pools[runner - 1]);
            char what[192];
            snprintf(what, sizeof what, "%s, %s", how, runner_names[runner]);
            check_solve(model, given, options_of(batches[i], executor), (runner + i) % 2 != 0, wanted, got,
                        what);
        }
}

/* ------------------------------------------------------------------------------------------- openings */

typedef enum opening { IN_PLACE, UNALIGNED, MAPPED, READ, DEFLATED, OPENINGS } opening;
static const char *const opening_names[OPENINGS] = { "in place", "from unaligned memory", "mapped", "read",
                                                     "deflated" };

static void write_temporary(const random_file *file, char path[64])
{
    strcpy(path, "/tmp/trm-invariance-XXXXXX");
    const int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(write(descriptor, file->data, file->bytes), (ssize_t)file->bytes);
    ck_assert_int_eq(close(descriptor), 0);
}

static trm_model *open_file(const random_file *file, uint32_t flags)
{
    char path[64];
    write_temporary(file, path);
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.flags = flags;
    trm_model *model = NULL;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_model_open(path, &options, &model, &error) == TRM_OK, "%s", error.message);
    ck_assert_int_eq(unlink(path), 0);
    return model;
}

static trm_model *open_bytes(const void *bytes, size_t count, uint32_t flags)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.flags = flags;
    trm_model *model = NULL;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_model_open_memory(bytes, count, &options, &model, &error) == TRM_OK, "%s",
                  error.message);
    return model;
}

static trm_model *open_unaligned(const random_file *file, uint32_t flags)
{
    char *copy = malloc(file->bytes + 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy + 1, file->data, file->bytes);
    trm_model *model = open_bytes(copy + 1, file->bytes, flags);
    free(copy); /* what is not aligned has been copied */
    return model;
}

static trm_model *open_as(opening how, const random_file *raw, const random_file *deflated, uint32_t flags)
{
    switch (how) {
    case IN_PLACE:
        return open_bytes(raw->data, raw->bytes, flags);
    case UNALIGNED:
        return open_unaligned(raw, flags);
    case MAPPED:
        return open_file(raw, flags);
    case READ:
        return open_file(raw, flags | TRM_OPEN_READ);
    default:
        return open_file(deflated, flags);
    }
}

/* False when this machine or build has no such kernels. */
static bool uses(const trm_model *model, const char *instruction_set)
{
    trm_model_info info = TRM_MODEL_INFO_INIT;
    ck_assert_int_eq(trm_model_describe(model, &info, NULL), TRM_OK);
    return strcmp(info.instruction_set, instruction_set) == 0;
}

/* However it is opened; but in every way of solving only once, because they do not see how it was opened. */
static void check_openings(const random_file *raw, const random_file *deflated, uint32_t flags,
                           const puzzles *given, trm_pool *const *pools, const outputs *wanted, outputs *got,
                           const char *instruction_set)
{
    for (int how = 0; how < OPENINGS; how++) {
        if (how == DEFLATED && deflated->data == NULL) {
            fprintf(stderr, "skipped: deflated (no zlib)\n");
            continue;
        }
        trm_model *model = open_as((opening)how, raw, deflated, flags);
        char what[128];
        snprintf(what, sizeof what, "%s, %s", instruction_set, opening_names[how]);
        if (!uses(model, instruction_set))
            fprintf(stderr, "skipped: %s (not on this machine)\n", what);
        else if (how == IN_PLACE && strcmp(instruction_set, "scalar") != 0) /* which is ten times slower */
            check_solves(model, given, pools, wanted, got, what);
        else
            check_solve(model, given, options_of(3, how == READ ? trm_pool_executor(pools[1]) : NULL),
                        how == MAPPED, wanted, got, what);
        trm_model_close(model);
    }
}

/* --------------------------------------------------------------------------------------------- models */

static trmi_config config_of(int index)
{
    trmi_config config = random_config(index % 2 == 0 ? TRM_BLOCK_MIXER : TRM_BLOCK_ATTENTION);
    config.positions = 19;
    config.vocabulary = index == 2 ? 45 : 11;
    config.channels = index == 0 ? 20 : 36;
    config.blocks = index == 0 ? 2 : 1;
    config.cycles = 1;
    config.heads = config.block == TRM_BLOCK_ATTENTION ? 3 : 0;
    config.channel_hidden = 40;
    config.token_hidden = config.block == TRM_BLOCK_MIXER ? 40 : 0;
    config.gate = index < 2 ? TRM_GATE_PLAIN : TRM_GATE_NORMED;
    config.position_encoding = config.block == TRM_BLOCK_MIXER ? TRM_POSITION_NONE
                               : index == 1                    ? TRM_POSITION_ROTARY
                                                               : TRM_POSITION_LEARNED;
    config.head_bias = index == 2;
    config.grid_rows = config.grid_columns = 0;
    if (index == 3) {
        config.architecture = TRM_ARCHITECTURE_HRM;
        config.high_blocks = 1;
    }
    if (index >= 4) {
        config.positions = index == 4 ? 20 : 19;
        random_make_relational(&config, index == 4);
    }
    return config;
}

static void draw_puzzles(puzzles *given, const trmi_config *config, random_source *source)
{
    given->tokens = malloc(PUZZLES * config->positions * sizeof *given->tokens);
    ck_assert_ptr_nonnull(given->tokens);
    random_tokens(source, given->tokens, PUZZLES * config->positions, config->vocabulary);
    for (int i = 0; i < PUZZLES; i++)
        given->identifiers[i] = random_below(source, config->identifiers);
}

/* The plainest way, which all others are compared with. */
static void solve_plainly(const random_file *raw, uint32_t flags, const puzzles *given, outputs *wanted)
{
    ck_assert_int_eq(setenv("TRM_CPU", "scalar", 1), 0);
    trm_model *model = open_bytes(raw->data, raw->bytes, flags);
    const trm_solve_options options = options_of(1, NULL);
    solve_into(model, given, &options, wanted);
    trm_model_close(model);
}

START_TEST(answers_have_the_same_bits)
{
    const trmi_config config = config_of(_i % MODELS);
    const uint32_t flags = _i < MODELS ? 0 : TRM_OPEN_INT8;
    random_source source = random_begin((uint64_t)_i), same = source;
    random_file raw = random_model_file(&config, &source, 1.0, false);
    random_file deflated = random_model_file(&config, &same, 1.0, true);
    puzzles given;
    draw_puzzles(&given, &config, &source);
    outputs wanted = outputs_create(&config), got = outputs_create(&config);
    solve_plainly(&raw, flags, &given, &wanted);
    trm_pool *pools[3] = { NULL };
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_int_eq(trm_pool_create(i + 1, NULL, &pools[i], NULL),
                         i == 0 || WITH_THREADS ? TRM_OK : TRM_ERROR_UNSUPPORTED);
    for (uint32_t i = 0; trm_instruction_set(i) != NULL; i++) {
        ck_assert_int_eq(setenv("TRM_CPU", trm_instruction_set(i), 1), 0);
        check_openings(&raw, &deflated, flags, &given, pools, &wanted, &got, trm_instruction_set(i));
    }
    for (int i = 0; i < 3; i++)
        trm_pool_free(pools[i]);
    outputs_free(&wanted);
    outputs_free(&got);
    free(given.tokens);
    free(raw.data);
    free(deflated.data);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("invariance");
    TCase *tests = tcase_create("bits");
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, answers_have_the_same_bits, 0, MODELS * PRECISIONS);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
