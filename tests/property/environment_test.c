/* The same bits whatever the host made of the processor's arithmetic: in all four ways of rounding, with
 * subnormal numbers flushed to zero or not, on the calling thread, on workers started in either environment
 * and on threads of the host; and the host's environment is as it was. */
#if defined(__GLIBC__) || defined(__linux__)
#define _GNU_SOURCE /* feenableexcept */
#endif
#include "config.h"

#include <check.h>
#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"
#include "tests/support/training_run.h"
#include "tests/support/trm_builder.h"

#ifdef TRMI_HAVE_THREADS
enum { WITH_THREADS = 1 };
#else
enum { WITH_THREADS = 0 };
#endif

/* ---------------------------------------------------------------------------------------- environments */

static const int roundings[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
enum { ROUNDINGS = 4, MODES = 2 * ROUNDINGS };

/* Where this test does not know how to flush, those modes are the others once more. */
static void flush_subnormals(bool flush)
{
#if defined(__SSE__)
    enum { FTZ_AND_DAZ = 0x8040 };
    _mm_setcsr(flush ? _mm_getcsr() | FTZ_AND_DAZ : _mm_getcsr() & ~(unsigned)FTZ_AND_DAZ);
#elif defined(__aarch64__)
    const uint64_t flag = (uint64_t)1 << 24;
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(flush ? control | flag : control & ~flag));
#else
    (void)flush;
#endif
}

static bool flushes_subnormals(void)
{
    volatile float least = 1e-38f, quarter = least / 4.0f; /* stored at once, before the mode may change */
    return quarter == 0.0f;
}

static void begin_mode(int mode)
{
    ck_assert_int_eq(fesetround(roundings[mode % ROUNDINGS]), 0);
    flush_subnormals(mode >= ROUNDINGS);
    feclearexcept(FE_ALL_EXCEPT);
}

/* Back to the usual one, after a look at whether the mode and no flag of an exception is set. */
static void end_mode(int mode)
{
    const int rounding = fegetround(), raised = fetestexcept(FE_ALL_EXCEPT);
    const bool flushes = flushes_subnormals();
    fesetround(FE_TONEAREST);
    flush_subnormals(false);
    ck_assert_msg(rounding == roundings[mode % ROUNDINGS], "mode %d: another rounding was left", mode);
    ck_assert_msg(raised == 0, "mode %d: exceptions %x were left", mode, (unsigned)raised);
#if defined(__SSE__) || defined(__aarch64__)
    ck_assert_msg(flushes == (mode >= ROUNDINGS), "mode %d: subnormal numbers are treated otherwise", mode);
#else
    (void)flushes;
#endif
}

/* Threads of a host, each task in another environment. */
static void run_in_modes(void *user, void (*task)(void *argument, uint32_t index), void *argument,
                         uint32_t count)
{
    (void)user;
    fenv_t before;
    fegetenv(&before);
    for (uint32_t index = 0; index < count; index++) {
        const int mode = (int)(index + 1) % MODES;
        begin_mode(mode);
        task(argument, index);
        end_mode(mode);
    }
    fesetenv(&before);
}

/* --------------------------------------------------------------------------------------------- solving */

enum { QUESTIONS = 3, POSITIONS = 7, TOKENS = 11, RUNNERS = 4 };

typedef struct outcome {
    int32_t tokens[QUESTIONS * POSITIONS];
    float probabilities[QUESTIONS * POSITIONS], logits[QUESTIONS * POSITIONS * TOKENS];
    float halt_probabilities[QUESTIONS], halt_logits[QUESTIONS], continue_logits[QUESTIONS];
} outcome;

static trm_answers answers_into(outcome *to)
{
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = to->tokens;
    answers.probabilities = to->probabilities;
    answers.logits = to->logits;
    answers.halt_probabilities = to->halt_probabilities;
    answers.halt_logits = to->halt_logits;
    answers.continue_logits = to->continue_logits;
    return answers;
}

/* A model of which some logits are subnormal numbers. */
static trm_file make_file(trm_block block)
{
    random_source source = random_begin((uint64_t)block);
    trmi_config config = random_config(block);
    config.positions = POSITIONS;
    config.vocabulary = TOKENS;
    config.likelihood = block == TRM_BLOCK_MIXER ? TRM_LIKELIHOOD_SOFTMAX : TRM_LIKELIHOOD_STABLEMAX;
    const random_file drawn = random_model_file(&config, &source, 1.0, false);
    trm_file file = { drawn.data, drawn.bytes };
    file_scale_numbers(&file, "head.tokens", 0, 0, 3e-39);
    return file;
}

static trm_model *open_file(const trm_file *file, uint32_t flags)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.flags = flags;
    trm_model *model = NULL;
    ck_assert_int_eq(trm_model_open_memory(file->bytes, file->size, &options, &model, NULL), TRM_OK);
    return model;
}

static void solve(const trm_model *model, const int32_t *tokens, const trm_executor *executor, outcome *to)
{
    memset(to, 0, sizeof *to);
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = QUESTIONS;
    questions.tokens = tokens;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = 2;
    options.batch = 2;
    options.executor = executor;
    const trm_answers answers = answers_into(to);
    ck_assert_int_eq(trm_solve(model, &questions, &answers, &options, NULL), TRM_OK);
}

/* Opened and solved in that mode, by every runner. */
static void check_mode(int mode, const trm_file *file, uint32_t flags, const int32_t *tokens,
                       const trm_pool *old, const outcome *wanted)
{
    static const trm_executor host = { sizeof host, 5, NULL, run_in_modes };
    outcome got[RUNNERS];
    trm_pool *young = NULL;
    begin_mode(mode);
    trm_model *model = open_file(file, flags);
    const trm_status started = trm_pool_create(WITH_THREADS ? 3 : 1, NULL, &young, NULL);
    solve(model, tokens, NULL, &got[0]);
    solve(model, tokens, trm_pool_executor(old), &got[1]);
    solve(model, tokens, trm_pool_executor(young), &got[2]);
    end_mode(mode);
    solve(model, tokens, &host, &got[3]);
    ck_assert_int_eq(started, TRM_OK);
    for (int runner = 0; runner < RUNNERS; runner++)
        ck_assert_msg(memcmp(&got[runner], wanted, sizeof *wanted) == 0, "mode %d, runner %d: other bits",
                      mode, runner);
    trm_pool_free(young);
    trm_model_close(model);
}

START_TEST(answers_have_the_same_bits)
{
    trm_file file = make_file(_i % 2 == 0 ? TRM_BLOCK_MIXER : TRM_BLOCK_ATTENTION);
    const uint32_t flags = _i < 2 ? 0 : TRM_OPEN_INT8;
    int32_t tokens[QUESTIONS * POSITIONS];
    random_source source = random_begin(7);
    random_tokens(&source, tokens, QUESTIONS * POSITIONS, TOKENS);
    trm_pool *old = NULL;
    ck_assert_int_eq(trm_pool_create(WITH_THREADS ? 2 : 1, NULL, &old, NULL), TRM_OK);
    trm_model *model = open_file(&file, flags);
    outcome wanted;
    solve(model, tokens, NULL, &wanted);
    trm_model_close(model);
    bool subnormal = false;
    for (size_t i = 0; i < QUESTIONS * POSITIONS * TOKENS; i++)
        subnormal = subnormal || (wanted.logits[i] > 0 && wanted.logits[i] < 1e-38f);
    ck_assert(subnormal);
    for (int mode = 0; mode < MODES; mode++)
        check_mode(mode, &file, flags, tokens, old, &wanted);
    trm_pool_free(old);
    file_free(&file);
}
END_TEST

/* A host that changes its mind between the calls. */
START_TEST(each_call_has_its_own)
{
    trm_file file = make_file(TRM_BLOCK_MIXER);
    trm_model *model = open_file(&file, 0);
    int32_t tokens[QUESTIONS * POSITIONS] = { 0 };
    outcome wanted, got;
    solve(model, tokens, NULL, &wanted);
    memset(&got, 0, sizeof got);
    trm_solver *solver = NULL;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = 2;
    options.batch = QUESTIONS;
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = QUESTIONS;
    questions.tokens = tokens;
    const trm_answers answers = answers_into(&got);
    ck_assert_int_eq(trm_solver_create(model, &options, &solver, NULL), TRM_OK);
    begin_mode(1 + ROUNDINGS);
    ck_assert_int_eq(trm_solver_load(solver, &questions, NULL), TRM_OK);
    end_mode(1 + ROUNDINGS);
    for (int step = 2; step < 4; step++) {
        begin_mode(step);
        ck_assert_int_eq(trm_solver_step(solver, NULL, NULL), TRM_OK);
        end_mode(step);
    }
    begin_mode(1);
    ck_assert_int_eq(trm_solver_read(solver, &answers, NULL), TRM_OK);
    end_mode(1);
    ck_assert(memcmp(&got, &wanted, sizeof got) == 0);
    trm_solver_free(solver);
    trm_model_close(model);
    file_free(&file);
}
END_TEST

/* Exceptions that the host wants to be told of are its own arithmetic's. */
START_TEST(nothing_is_trapped)
{
#if defined(__GLIBC__) && defined(__SSE__)
    trm_file file = make_file(TRM_BLOCK_ATTENTION);
    int32_t tokens[QUESTIONS * POSITIONS] = { 0 };
    outcome got;
    feenableexcept(FE_ALL_EXCEPT);
    trm_model *model = open_file(&file, TRM_OPEN_INT8);
    solve(model, tokens, NULL, &got);
    const int enabled = fegetexcept();
    fedisableexcept(FE_ALL_EXCEPT);
    ck_assert_int_eq(enabled, FE_ALL_EXCEPT);
    trm_model_close(model);
    file_free(&file);
#endif
}
END_TEST

/* -------------------------------------------------------------------------------------------- training */

static char *directory;

static void make_place(void)
{
    directory = make_directory();
}

static void remove_place(void)
{
    remove_directory(directory);
}

static void make_model(const char *path)
{
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.channels = 24;
    options.positions = 16;
    options.prefix = 1;
    options.vocabulary = 6;
    options.token_hidden = 24;
    options.channel_hidden = 24;
    options.blocks = 1;
    options.cycles = options.updates = 1;
    ck_assert_int_eq(trm_init(path, &options, NULL), TRM_OK);
}

/* A new model, a few steps, a checkpoint, a step from there, and the model in 8-bit integers. */
static void learn(const trm_puzzles *puzzles, const trm_executor *executor, const char *output)
{
    const char *first = inside_directory(directory, "first.trm"),
               *saved = inside_directory(directory, "saved.trm");
    make_model(first);
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.batch = 4;
    options.shards = 2;
    options.steps = 4;
    options.maximum_steps = 2;
    options.optimiser = TRM_OPTIMISER_MUON;
    options.executor = executor;
    trm_trainer *trainer = NULL;
    ck_assert_int_eq(trm_trainer_create(first, puzzles, &options, &trainer, NULL), TRM_OK);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_save(trainer, saved, NULL), TRM_OK);
    trm_trainer_free(trainer);
    ck_assert_int_eq(trm_trainer_resume(saved, puzzles, &options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_write(trainer, first, 0, NULL), TRM_OK);
    trm_trainer_free(trainer);
    trm_convert_options convert = TRM_CONVERT_OPTIONS_INIT;
    convert.precision = TRM_PRECISION_INT8;
    ck_assert_int_eq(trm_convert(first, output, &convert, NULL), TRM_OK);
}

START_TEST(models_learn_the_same_bits)
{
    trm_puzzles *puzzles = make_sudokus(20, 1, 2, 2);
    trm_pool *pool = NULL;
    ck_assert_int_eq(trm_pool_create(WITH_THREADS ? 2 : 1, NULL, &pool, NULL), TRM_OK);
    char usual[256], other[256];
    snprintf(usual, sizeof usual, "%s/usual.trm", directory);
    snprintf(other, sizeof other, "%s/other.trm", directory);
    learn(puzzles, NULL, usual);
    for (int mode = 1; mode < MODES; mode++) {
        begin_mode(mode);
        learn(puzzles, mode % 2 == 0 ? NULL : trm_pool_executor(pool), other);
        end_mode(mode);
        same_files(usual, other);
    }
    trm_pool_free(pool);
    trm_puzzles_free(puzzles);
}
END_TEST

/* Its settings are decimal numbers. */
START_TEST(checkpoints_are_converted_to_the_same_bits)
{
    random_source source = random_begin(1);
    trmi_config config = random_config(TRM_BLOCK_ATTENTION);
    config.norm_epsilon = 1.1e-5;
    const random_file given = random_checkpoint(&config, &source, 1.0);
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.precision = TRM_PRECISION_INT8;
    void *usual = NULL, *other = NULL;
    size_t usual_bytes = 0, other_bytes = 0;
    ck_assert_int_eq(trm_convert_memory(given.data, given.bytes, &options, &usual, &usual_bytes, NULL),
                     TRM_OK);
    for (int mode = 1; mode < MODES; mode++) {
        begin_mode(mode);
        ck_assert_int_eq(trm_convert_memory(given.data, given.bytes, &options, &other, &other_bytes, NULL),
                         TRM_OK);
        end_mode(mode);
        ck_assert_uint_eq(other_bytes, usual_bytes);
        ck_assert_mem_eq(other, usual, usual_bytes);
        trm_convert_free(other, NULL);
    }
    trm_convert_free(usual, NULL);
    free(given.data);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("environment");
    TCase *tests = tcase_create("bits");
    tcase_add_checked_fixture(tests, make_place, remove_place);
    tcase_add_loop_test(tests, answers_have_the_same_bits, 0, 4);
    tcase_add_test(tests, each_call_has_its_own);
    tcase_add_test(tests, nothing_is_trapped);
    tcase_add_test(tests, models_learn_the_same_bits);
    tcase_add_test(tests, checkpoints_are_converted_to_the_same_bits);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
