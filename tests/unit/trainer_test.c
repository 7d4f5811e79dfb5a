/* A run gives the same bits whatever the threads, and whether or not it was interrupted; it learns; and it
 * says what does not fit. */
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "config.h"
#include "tests/support/files.h"
#include "tests/support/run.h"
#include "tests/support/training_run.h"

enum { STEPS = 6 };

static char *directory;

static void make_place(void)
{
    directory = make_directory();
}

static void remove_place(void)
{
    remove_directory(directory);
}

static trm_puzzles *make_puzzles(uint64_t seed)
{
    return make_sudokus(50, seed, 2, 2);
}

static const char *make_model(void)
{
    const char *path = inside_directory(directory, "first.trm");
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.channels = 32;
    options.positions = 16;
    options.prefix = 1;
    options.vocabulary = 6;
    options.token_hidden = 24;
    options.channel_hidden = 48;
    options.gate = TRM_GATE_NORMED;
    options.cycles = 2;
    options.updates = 2;
    options.head_bias = 1;
    ck_assert_int_eq(trm_init(path, &options, NULL), TRM_OK);
    return path;
}

/* Of a golden file, whose configuration gets what is `more`. */
static const char *make_of_golden(const char *name, const char *alphabet, const char *more)
{
    const char *path = inside_directory(directory, "relational.trm");
    size_t bytes, edited_bytes, converted_bytes;
    void *converted;
    char to[128];
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.task = "sudoku";
    options.alphabet = alphabet;
    snprintf(to, sizeof to, "%s, \\\"cycles\\\"", more);
    uint8_t *golden = read_whole(golden_path(name), &bytes);
    uint8_t *edited = edit_header(golden, bytes, "\\\"cycles\\\"", to, &edited_bytes);
    ck_assert_int_eq(trm_convert_memory(edited, edited_bytes, &options, &converted, &converted_bytes, NULL),
                     TRM_OK);
    write_whole(path, converted, converted_bytes);
    trm_convert_free(converted, NULL);
    free(edited);
    free(golden);
    return path;
}

/* Halting by its nodes, from a noisy start. */
static const char *make_relational_model(void)
{
    return make_of_golden("relational/product", ".1234", "\\\"start_noise\\\": 0.5");
}

enum { RELATIONAL = 3, KINDS };

static trm_train_options make_options(int kind)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.batch = 10;
    options.shards = 4;
    options.steps = STEPS;
    options.maximum_steps = 2;
    options.optimiser = kind == 0   ? TRM_OPTIMISER_MUON
                        : kind == 1 ? TRM_OPTIMISER_ADAM_ATAN2
                                    : TRM_OPTIMISER_ADAMW;
    options.states = kind == 2 ? 3 : 1;
    options.recompute = kind == 1;
    options.curriculum = kind == 0;
    options.precision = kind == 2 ? TRM_PRECISION_INT8 : 0;
    if (kind == RELATIONAL) {
        options.optimiser = TRM_OPTIMISER_MUON;
        options.maximum_steps = 3;
        options.staggered = 1;
        options.replacement = 0.5;
        options.wrong_givens = 0.3;
    }
    return options;
}

START_TEST(goes_on_bit_for_bit)
{
    trm_puzzles *puzzles = make_puzzles(1);
    const trm_train_options options = make_options(_i);
    const char *model = _i == RELATIONAL ? make_relational_model() : make_model();
    go_on_bit_for_bit(directory, model, puzzles, puzzles, options);
    trm_puzzles_free(puzzles);
}
END_TEST

START_TEST(learns)
{
    trm_puzzles *puzzles = make_puzzles(2);
    trm_trainer *trainer;
    trm_train_options options = make_options(0);
    options.steps = 40;
    options.batch = 16;
    trm_train_report first = TRM_TRAIN_REPORT_INIT, last = TRM_TRAIN_REPORT_INIT;
    ck_assert_int_eq(trm_trainer_create(make_model(), puzzles, &options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_step(trainer, &first, NULL), TRM_OK);
    for (int i = 1; i < 40; i++)
        ck_assert_int_eq(trm_trainer_step(trainer, &last, NULL), TRM_OK);
    ck_assert_uint_eq(last.step, 40);
    ck_assert_msg(last.answer_loss < 0.8 * first.answer_loss, "loss %g at first, %g at last",
                  first.answer_loss, last.answer_loss);
    trm_trainer_free(trainer);
    trm_puzzles_free(puzzles);
}
END_TEST

static void convert(const char *from, const char *to, uint32_t precision)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.precision = precision;
    ck_assert_int_eq(trm_convert(from, to, &options, NULL), TRM_OK);
}

/* The first step of a run from this model. */
static trm_train_report first_step(const char *model, const trm_puzzles *puzzles, uint32_t precision)
{
    trm_train_options options = make_options(0);
    options.precision = precision;
    trm_trainer *trainer;
    trm_train_report report = TRM_TRAIN_REPORT_INIT;
    ck_assert_int_eq(trm_trainer_create(model, puzzles, &options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_step(trainer, &report, NULL), TRM_OK);
    trm_trainer_free(trainer);
    return report;
}

/* With int8 the network computes with what its integers mean, and the gradient passes the rounding as it
   is. */
static trm_trainer *begin_mixed(const char *model, trm_puzzles *const puzzles[2],
                                const trm_train_options *options)
{
    trm_trainer *trainer;
    ck_assert_int_eq(trm_trainer_create(model, puzzles[0], options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_add(trainer, puzzles[1], 0.5, NULL), TRM_OK);
    return trainer;
}

/* Sudokus of 6x6 and of 4x4 in one batch, the same bits on two threads and after an interruption. */
START_TEST(mixes_sizes_bit_for_bit)
{
    trm_puzzles *const puzzles[] = { make_sudokus(50, 1, 2, 3), make_sudokus(50, 2, 2, 2) };
    trm_train_options options = make_options(RELATIONAL);
    const char *model = make_of_golden("relational/sudoku6", ".123456", "\\\"sizes\\\": [4, 6]"),
               *whole = inside_directory(directory, "whole.trm"),
               *halves = inside_directory(directory, "halves.trm"),
               *saved = inside_directory(directory, "saved.trm");
    trm_error error = TRM_ERROR_INIT;
    trm_pool *pool = NULL;
    trm_trainer *trainer = begin_mixed(model, puzzles, &options);
    take_steps(trainer, STEPS);
    ck_assert_int_eq(trm_trainer_add(trainer, puzzles[1], 0.5, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_trainer_save(trainer, whole, NULL), TRM_OK);
    trm_trainer_free(trainer);
#ifdef TRMI_HAVE_THREADS
    ck_assert_int_eq(trm_pool_create(2, NULL, &pool, NULL), TRM_OK);
    options.executor = trm_pool_executor(pool);
#endif
    trainer = begin_mixed(model, puzzles, &options);
    take_steps(trainer, STEPS / 2);
    ck_assert_int_eq(trm_trainer_save(trainer, saved, NULL), TRM_OK);
    trm_trainer_free(trainer);
    ck_assert_int_eq(trm_trainer_resume(saved, puzzles[1], &options, &trainer, &error), TRM_ERROR_PUZZLE);
    ck_assert_int_eq(trm_trainer_resume(saved, puzzles[0], &options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "2 sets of puzzles, 1 are given"));
    ck_assert_int_eq(trm_trainer_save(trainer, halves, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_trainer_add(trainer, puzzles[1], 0.5, NULL), TRM_OK);
    take_steps(trainer, STEPS - STEPS / 2);
    ck_assert_int_eq(trm_trainer_save(trainer, halves, NULL), TRM_OK);
    trm_trainer_free(trainer);
    same_files(whole, halves);
    ck_assert_int_eq(trm_trainer_resume(saved, puzzles[0], &options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_add(trainer, puzzles[1], 0.25, &error), TRM_ERROR_PUZZLE);
    ck_assert_int_eq(trm_trainer_add(trainer, puzzles[0], 0.5, &error), TRM_ERROR_PUZZLE);
    ck_assert_int_eq(trm_trainer_add(trainer, puzzles[1], 0.5, NULL), TRM_OK); /* now the right one */
    take_steps(trainer, STEPS - STEPS / 2);
    ck_assert_int_eq(trm_trainer_save(trainer, halves, NULL), TRM_OK);
    same_files(whole, halves);
    trm_trainer_free(trainer);
    trm_pool_free(pool);
    trm_puzzles_free(puzzles[0]);
    trm_puzzles_free(puzzles[1]);
}
END_TEST

/* Nodes: halting is learnt, too, and positions say of themselves whether they are right. */
START_TEST(learns_by_relations)
{
    enum { ROUNDS = 30 };
    trm_puzzles *puzzles = make_puzzles(3);
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.batch = 8;
    options.steps = ROUNDS;
    options.muon_learning_rate = 0.01;
    trm_train_report first = TRM_TRAIN_REPORT_INIT, last = TRM_TRAIN_REPORT_INIT;
    trm_trainer *trainer;
    ck_assert_int_eq(trm_trainer_create(make_relational_model(), puzzles, &options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_step(trainer, &first, NULL), TRM_OK);
    for (int i = 1; i < ROUNDS; i++)
        ck_assert_int_eq(trm_trainer_step(trainer, &last, NULL), TRM_OK);
    ck_assert_double_gt(first.cell_loss, 0.0);
    ck_assert_double_eq_tol(first.loss, first.answer_loss + 0.5 * first.halt_loss + 0.1 * first.cell_loss,
                            1e-12);
    ck_assert_msg(last.answer_loss < 0.5 * first.answer_loss && last.cell_accuracy > 0.75,
                  "answer loss %g, then %g; %g of the cells", first.answer_loss, last.answer_loss,
                  last.cell_accuracy);
    const char *written = inside_directory(directory, "written.trm");
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_model *model;
    ck_assert_int_eq(trm_trainer_write(trainer, written, 0, NULL), TRM_OK);
    ck_assert_int_eq(trm_model_open(written, NULL, &model, NULL), TRM_OK);
    ck_assert_int_eq(trm_model_describe(model, &info, NULL), TRM_OK);
    ck_assert_uint_eq(info.cell_confidence, 1);
    trm_model_close(model);
    trm_trainer_free(trainer);
    trm_puzzles_free(puzzles);
}
END_TEST

/* Where every question has a wrong given no answer is learnt, and the halt logit learns to say no. */
START_TEST(learns_that_no_answer_is_right)
{
    trm_puzzles *puzzles = make_puzzles(1);
    trm_trainer *trainer;
    trm_train_options options = make_options(RELATIONAL);
    trm_train_report report = TRM_TRAIN_REPORT_INIT;
    double first = 0.0;
    options.steps = 40;
    options.wrong_givens = 1.0;
    ck_assert_int_eq(trm_trainer_create(make_relational_model(), puzzles, &options, &trainer, NULL), TRM_OK);
    for (int i = 0; i < 40; i++) {
        ck_assert_int_eq(trm_trainer_step(trainer, &report, NULL), TRM_OK);
        ck_assert(report.answer_loss == 0.0 && report.exact == 0 && report.cell_loss == 0.0);
        first = i == 0 ? report.halt_loss : first;
    }
    ck_assert_msg(report.halt_loss < first / 2, "%g, then %g", first, report.halt_loss);
    trm_trainer_free(trainer);
    options.wrong_givens = 1.5;
    ck_assert_int_eq(trm_trainer_create(make_relational_model(), puzzles, &options, &trainer, NULL),
                     TRM_ERROR_ARGUMENT);
    trm_puzzles_free(puzzles);
}
END_TEST

START_TEST(learns_with_rounded_weights)
{
    trm_puzzles *puzzles = make_puzzles(5);
    const char *model = make_model(), *integers = inside_directory(directory, "integers.trm"),
               *rounded = inside_directory(directory, "rounded.trm");
    convert(model, integers, TRM_PRECISION_INT8);
    convert(integers, rounded, TRM_PRECISION_FP32);
    const trm_train_report exact = first_step(model, puzzles, TRM_PRECISION_FP32),
                           learning = first_step(model, puzzles, TRM_PRECISION_INT8),
                           expected = first_step(rounded, puzzles, TRM_PRECISION_FP32);
    ck_assert(learning.loss == expected.loss && learning.gradient_norm == expected.gradient_norm);
    ck_assert(learning.loss != exact.loss);
    trm_puzzles_free(puzzles);
}
END_TEST

/* What is learned, and written, is not rounded: a run that does not move gives back its first weights. */
START_TEST(keeps_weights_unrounded)
{
    trm_puzzles *puzzles = make_puzzles(6);
    const char *model = make_model(), *written = inside_directory(directory, "written.trm");
    trm_train_options options = make_options(0);
    options.precision = TRM_PRECISION_INT8;
    options.muon_learning_rate = options.learning_rate = options.average = 0.0;
    trm_trainer *trainer;
    ck_assert_int_eq(trm_trainer_create(model, puzzles, &options, &trainer, NULL), TRM_OK);
    take_steps(trainer, 2);
    ck_assert_int_eq(trm_trainer_write(trainer, written, 0, NULL), TRM_OK);
    trm_trainer_free(trainer);
    ck_assert(first_step(written, puzzles, TRM_PRECISION_FP32).loss ==
              first_step(model, puzzles, TRM_PRECISION_FP32).loss);
    trm_puzzles_free(puzzles);
}
END_TEST

static bool has_key(const trm_model *model, const trm_model_info *info, const char *key)
{
    bool has = false;
    for (uint32_t i = 0; i < info->metadata_count; i++) {
        trm_metadata entry = TRM_METADATA_INIT;
        ck_assert_int_eq(trm_model_metadata(model, i, &entry, NULL), TRM_OK);
        has |= strcmp(entry.key, key) == 0;
    }
    return has;
}

/* What was measured of the first weights does not hold for others; what somebody chose stays. */
START_TEST(forgets_a_calibration)
{
    const char *model = make_model(), *start = inside_directory(directory, "start.trm"),
               *written = inside_directory(directory, "written.trm");
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.halt_threshold = 0.875;
    options.calibration = _i == 0 ? NULL : "on nothing";
    options.selectors = "vote";
    ck_assert_int_eq(trm_convert(model, start, &options, NULL), TRM_OK);
    trm_puzzles *puzzles = make_puzzles(7);
    const trm_train_options training = make_options(0);
    trm_trainer *trainer;
    ck_assert_int_eq(trm_trainer_create(start, puzzles, &training, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_write(trainer, written, 0, NULL), TRM_OK);
    trm_trainer_free(trainer);
    trm_puzzles_free(puzzles);
    trm_model *opened;
    trm_model_info info = TRM_MODEL_INFO_INIT;
    ck_assert_int_eq(trm_model_open(written, NULL, &opened, NULL), TRM_OK);
    ck_assert_int_eq(trm_model_describe(opened, &info, NULL), TRM_OK);
    ck_assert(!has_key(opened, &info, "provenance.calibration"));
    ck_assert_int_eq(has_key(opened, &info, "task.selectors"), _i == 0);
    ck_assert_float_eq(info.halt_threshold, _i == 0 ? 0.875f : 0.5f);
    trm_model_close(opened);
}
END_TEST

static void expect(trm_status status, trm_status expected, const trm_error *error, const char *sentence)
{
    ck_assert_int_eq(status, expected);
    ck_assert_msg(strstr(error->message, sentence) != NULL, "%s", error->message);
}

START_TEST(says_what_does_not_fit)
{
    trm_puzzles *puzzles = make_puzzles(3), *others = make_puzzles(4);
    trm_trainer *trainer;
    trm_error error = TRM_ERROR_INIT;
    trm_train_options options = make_options(0);
    const char *model = make_model(), *saved = inside_directory(directory, "saved.trm");
    expect(trm_trainer_resume(model, puzzles, NULL, &trainer, &error), TRM_ERROR_FORMAT, &error,
           "not a checkpoint");
    options.beta1 = 1.0;
    expect(trm_trainer_create(model, puzzles, &options, &trainer, &error), TRM_ERROR_ARGUMENT, &error,
           "beta1");
    options = make_options(0);
    ck_assert_int_eq(trm_trainer_create(model, puzzles, &options, &trainer, NULL), TRM_OK);
    expect(trm_trainer_describe(trainer, "model.blocks", "7", &error), TRM_ERROR_ARGUMENT, &error,
           "model.blocks");
    expect(trm_trainer_describe(trainer, "provenance.data", "p\xe9.csv", &error), TRM_ERROR_ARGUMENT, &error,
           "UTF-8");
    ck_assert_int_eq(trm_trainer_save(trainer, saved, NULL), TRM_OK);
    trm_trainer_free(trainer);
    expect(trm_trainer_resume(saved, others, NULL, &trainer, &error), TRM_ERROR_PUZZLE, &error,
           "other puzzles");
    trm_puzzles_free(puzzles);
    trm_puzzles_free(others);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("trainer");
    TCase *tests = tcase_create("trainer");
    tcase_add_checked_fixture(tests, make_place, remove_place);
    tcase_add_loop_test(tests, goes_on_bit_for_bit, 0, KINDS);
    tcase_add_test(tests, learns);
    tcase_add_test(tests, mixes_sizes_bit_for_bit);
    tcase_add_test(tests, learns_by_relations);
    tcase_add_test(tests, learns_that_no_answer_is_right);
    tcase_add_test(tests, learns_with_rounded_weights);
    tcase_add_test(tests, keeps_weights_unrounded);
    tcase_add_loop_test(tests, forgets_a_calibration, 0, 2);
    tcase_add_test(tests, says_what_does_not_fit);
    suite_add_tcase(all, tests);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
