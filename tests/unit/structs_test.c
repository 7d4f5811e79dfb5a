/* The structs that trm.h and train.h declare in their final order: what works already, what is refused and
 * how, and that none of them leaves bytes at its end that a later field would find filled with chance. */
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

enum { COUNT = 2, S = 16 };

static void *file;
static size_t file_bytes;
static trm_model *model;
static int32_t tokens[COUNT * S], answered[COUNT * S];
static trm_questions questions;
static trm_answers answers;
static trm_solve_options options;
static trm_error error;

static void set_up(void)
{
    random_source source = random_begin(1);
    trmi_config config = random_config(TRM_BLOCK_MIXER);
    config.positions = S;
    random_file checkpoint = random_checkpoint(&config, &source, 1.0);
    trm_convert_options convert = TRM_CONVERT_OPTIONS_INIT;
    convert.task = "sudoku";
    convert.alphabet = ".1234";
    convert.alphabet_first = 1;
    convert.grid_rows = convert.grid_columns = 4;
    ck_assert_int_eq(
        trm_convert_memory(checkpoint.data, checkpoint.bytes, &convert, &file, &file_bytes, NULL), TRM_OK);
    free(checkpoint.data);
    ck_assert_int_eq(trm_model_open_memory(file, file_bytes, NULL, &model, NULL), TRM_OK);
    random_tokens(&source, tokens, COUNT * S, config.vocabulary);
    questions = (trm_questions)TRM_QUESTIONS_INIT;
    questions.count = COUNT;
    questions.tokens = tokens;
    answers = (trm_answers)TRM_ANSWERS_INIT;
    answers.tokens = answered;
    options = (trm_solve_options)TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = 2;
    error = (trm_error)TRM_ERROR_INIT;
}

static void tear_down(void)
{
    trm_model_close(model);
    trm_convert_free(file, NULL);
}

static void expect_solve(trm_status wanted, const char *sentence)
{
    const trm_status status = trm_solve(model, &questions, &answers, &options, &error);
    ck_assert_msg(status == wanted, "%s instead of %s: %s", trm_status_name(status), trm_status_name(wanted),
                  error.message);
    ck_assert_msg(status == TRM_OK || strstr(error.message, sentence) != NULL, "no \"%s\" in: %s", sentence,
                  error.message);
}

/* -- layout -- */

#define ENDS_WITH(type, field) \
    { \
#type, sizeof(type), offsetof(type, field) + sizeof((type *)NULL)->field \
    }

START_TEST(no_struct_ends_with_padding)
{
    static const struct {
        const char *name;
        size_t bytes, end;
    } structs[] = {
        ENDS_WITH(trm_shape, reserved),      ENDS_WITH(trm_relation, lists),
        ENDS_WITH(trm_relation_info, lists), ENDS_WITH(trm_model_info, halt_threshold),
        ENDS_WITH(trm_questions, features),  ENDS_WITH(trm_solve_options, watcher),
        ENDS_WITH(trm_answers, changed),     ENDS_WITH(trm_verifier, verify),
        ENDS_WITH(trm_watcher, step),        ENDS_WITH(trm_run_step, reserved),
        ENDS_WITH(trm_judge, nearest),       ENDS_WITH(trm_convert_options, selectors),
        ENDS_WITH(trm_init_options, rules),  ENDS_WITH(trm_train_options, wrong_givens),
        ENDS_WITH(trm_task, rules),          ENDS_WITH(trm_generate_options, most_size),
    };
    for (size_t i = 0; i < sizeof structs / sizeof *structs; i++)
        ck_assert_msg(structs[i].bytes == structs[i].end, "%s has %zu bytes, its last field ends at %zu",
                      structs[i].name, structs[i].bytes, structs[i].end);
}
END_TEST

START_TEST(values_are_fixed)
{
    ck_assert(TRM_BLOCK_RELATIONAL == 3);
    ck_assert(TRM_STOP_OVERFLOW == 5 && TRM_STOP_VERIFIED == 6 && TRM_STOP_BUDGET == 7);
    ck_assert(TRM_START_MODEL == 0 && TRM_START_FIXED == 1 && TRM_START_RANDOM == 2);
    ck_assert(TRM_POLICY_FIRST_HALT == 1 && TRM_POLICY_VOTE == 2 && TRM_POLICY_BEST == 3);
    ck_assert(TRM_POLICY_FIRST_VERIFIED == 4);
    ck_assert(TRM_VERDICT_UNVERIFIED == 0 && TRM_VERDICT_VERIFIED == 1 && TRM_VERDICT_REFUTED == 2);
    ck_assert(TRM_HOW_RUN == 0 && TRM_HOW_VIEW == 1 && TRM_HOW_RESTART == 2 && TRM_HOW_SEARCH == 3);
    ck_assert(TRM_HALTING_LOGIT == 1 && TRM_HALTING_SOFTMIN == 2 && TRM_HALTING_PRODUCT == 3);
    ck_assert(TRM_RELATION_SHAPE == 1 && TRM_RELATION_FILE == 2 && TRM_RELATION_QUESTION == 3);
    ck_assert(TRM_LEVEL_POSITIONS == 1 && TRM_LEVEL_NODES == 2 && TRM_LEVEL_FIELDS == 3);
    ck_assert(TRM_AGGREGATE_SUM == 1 && TRM_AGGREGATE_MAX == 2 && TRM_AGGREGATE_NODE == 4);
}
END_TEST

/* -- what works -- */

START_TEST(a_model_tells_its_shape)
{
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_relation_info relation = TRM_RELATION_INFO_INIT;
    ck_assert_int_eq(trm_model_describe(model, &info, &error), TRM_OK);
    ck_assert(info.fields == 1 && info.least_fields == 1 && info.most_fields == 1);
    ck_assert(info.least_rows == 4 && info.most_rows == 4 && info.least_columns == 4 &&
              info.most_columns == 4);
    ck_assert(info.most_positions == S && info.box_rows == 2 && info.box_columns == 2);
    ck_assert(info.blank == 1 && info.keeps_givens == 1 && info.first_value == 2 && info.values == 4);
    ck_assert(info.relations == 0 && info.helper_tokens == 0 && info.features == 0);
    ck_assert(info.halting == TRM_HALTING_LOGIT && info.cell_confidence == 0);
    ck_assert(info.start_noise == 0.0f && info.halt_threshold == 0.5f);
    ck_assert_int_eq(trm_model_relation(model, 0, &relation, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "expected less than 0, found 0"));
    ck_assert_int_eq(trm_model_relation(NULL, 0, &relation, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_relation(model, 0, NULL, &error), TRM_ERROR_ARGUMENT);
}
END_TEST

static const trm_shape own = { sizeof own, 4, 4, 2, 2, 1, S, 0, 0 };

START_TEST(the_own_shape_is_taken)
{
    const char *question = "1234............";
    char text[S];
    const trm_shape zeros = TRM_SHAPE_INIT, shapes[COUNT] = { own, zeros };
    ck_assert_int_eq(trm_model_encode(model, &own, question, S, tokens, &error), TRM_OK);
    ck_assert_int_eq(trm_model_decode(model, &zeros, tokens, S, text, &error), TRM_OK);
    ck_assert_mem_eq(text, question, S);
    options.shape = &own;
    expect_solve(TRM_OK, "");
    options.shape = &zeros;
    questions.shapes = shapes;
    questions.shape_count = 1;
    expect_solve(TRM_OK, "");
    questions.shape_count = COUNT;
    for (options.batch = 1; options.batch <= COUNT; options.batch++)
        expect_solve(TRM_OK, "");
}
END_TEST

static const struct {
    trm_shape shape;
    const char *sentence;
} others[] = {
    { { sizeof own, 9, 4, 0, 0, 1, S, 0, 0 }, ".rows: expected 4, as this model has one size" },
    { { sizeof own, 4, 3, 0, 0, 1, S, 0, 0 }, ".columns: expected 4" },
    { { sizeof own, 0, 0, 1, 0, 0, 0, 0, 0 }, ".box_rows: expected 2" },
    { { sizeof own, 0, 0, 0, 4, 0, 0, 0, 0 }, ".box_columns: expected 2" },
    { { sizeof own, 0, 0, 0, 0, 9, 0, 0, 0 }, ".fields: expected 1" },
    { { sizeof own, 0, 0, 0, 0, 0, UINT32_MAX, 0, 0 }, ".positions: expected 16" },
    { { sizeof own, 0, 0, 0, 0, 0, 0, 1, 0 }, ".helpers: expected 0" },
};

START_TEST(another_shape_is_named)
{
    const trm_shape shapes[COUNT] = { own, others[_i].shape };
    questions.shapes = shapes;
    questions.shape_count = COUNT;
    expect_solve(TRM_ERROR_PUZZLE, others[_i].sentence);
    ck_assert_ptr_nonnull(strstr(error.message, "trm_questions.shapes"));
    questions.shapes = NULL;
    questions.shape_count = 0;
    options.shape = &others[_i].shape;
    char text[S];
    ck_assert_int_eq(trm_model_decode(model, &others[_i].shape, tokens, S, text, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, others[_i].sentence));
    size_t bytes = 7;
    ck_assert_int_eq(trm_solver_measure(model, &options, &bytes, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, others[_i].sentence));
    ck_assert_ptr_nonnull(strstr(error.message, "trm_solve_options.shape."));
    ck_assert_uint_eq(bytes, 7);
}
END_TEST

START_TEST(arrays_of_structs_have_one_stride)
{
    struct {
        trm_shape known;
        uint64_t later;
    } longer[COUNT] = { { own, 0 }, { own, 0 } };
    longer[0].known.size = longer[1].known.size = sizeof *longer;
    questions.shapes = &longer[0].known;
    questions.shape_count = COUNT;
    expect_solve(TRM_OK, "");
    longer[1].known.columns = 5;
    expect_solve(TRM_ERROR_PUZZLE, ".columns: expected 4");
    longer[1].known.columns = 4;
    longer[1].later = 1;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_questions.shapes has a field at byte");
    longer[1].later = 0;
    longer[1].known.size = sizeof own;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_questions.shapes[1].size is");
    longer[1].known.size = sizeof *longer;
    longer[0].known.reserved = 1;
    expect_solve(TRM_ERROR_ARGUMENT, "reserved: expected 0");
    longer[0].known.reserved = 0;
    longer[0].known.size = SIZE_MAX;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_questions.shapes.size is");
}
END_TEST

START_TEST(counts_go_with_their_arrays)
{
    const trm_relation none = TRM_RELATION_INIT;
    const uint32_t view = 0;
    questions.shapes = &own;
    expect_solve(TRM_ERROR_ARGUMENT, "shape_count: expected 0 without shapes, 1 or count (2), found 0");
    questions.shape_count = 3;
    expect_solve(TRM_ERROR_ARGUMENT, "found 3");
    questions.shapes = NULL;
    expect_solve(TRM_ERROR_ARGUMENT, "found 3");
    questions.shape_count = 0;
    questions.relations = &none;
    expect_solve(TRM_ERROR_ARGUMENT, "found relations and 0");
    questions.relations = NULL;
    questions.relation_count = 1;
    expect_solve(TRM_ERROR_ARGUMENT, "found NULL and 1");
    questions.relation_count = 0;
    options.views = &view;
    expect_solve(TRM_ERROR_ARGUMENT, "found views and 0");
    options.views = NULL;
    options.view_count = 1;
    expect_solve(TRM_ERROR_ARGUMENT, "found NULL and 1");
}
END_TEST

START_TEST(answers_tell_of_their_one_run)
{
    float probabilities[COUNT * S], confidences[COUNT * S];
    uint32_t verdicts[COUNT], hows[COUNT], runs[COUNT], pins[COUNT];
    uint64_t total_steps[COUNT];
    memset(verdicts, 0xee, sizeof verdicts);
    memset(hows, 0xee, sizeof hows);
    memset(pins, 0xee, sizeof pins);
    answers.probabilities = probabilities;
    answers.cell_confidences = confidences;
    answers.verdicts = verdicts;
    answers.hows = hows;
    answers.runs = runs;
    answers.pins = pins;
    answers.total_steps = total_steps;
    options.start = TRM_START_FIXED;
    options.seed = UINT64_MAX;
    options.runs = 1;
    options.policy = TRM_POLICY_BEST;
    expect_solve(TRM_OK, "");
    ck_assert_mem_eq(probabilities, confidences, sizeof probabilities);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(verdicts[i], TRM_VERDICT_REFUTED); /* its weights are chance */
        ck_assert_uint_eq(hows[i], TRM_HOW_RUN);
        ck_assert_uint_eq(runs[i], 1);
        ck_assert_uint_eq(pins[i], 0);
        ck_assert_uint_eq(total_steps[i], 2);
    }
}
END_TEST

START_TEST(a_step_budget_ends_a_question)
{
    static uint32_t steps[COUNT], stops[COUNT]; /* `answers` outlives the test */
    answers.steps = steps;
    answers.stops = stops;
    options.maximum_steps = 5;
    for (uint64_t budget = 4; budget <= 6; budget++) {
        options.step_budget = budget;
        expect_solve(TRM_OK, "");
        for (int i = 0; i < COUNT; i++) {
            ck_assert_uint_eq(steps[i], budget == 4 ? 4 : 5);
            ck_assert_uint_eq(stops[i], budget == 4 ? TRM_STOP_BUDGET : TRM_STOP_LIMIT);
        }
    }
}
END_TEST

/* -- what is out of range, and what does not work yet -- */

START_TEST(options_have_ranges)
{
    options.start = 3;
    expect_solve(TRM_ERROR_ARGUMENT, "start: expected 0 to 2, found 3");
    options.start = 0;
    options.runs = 65537;
    expect_solve(TRM_ERROR_ARGUMENT, "runs: expected 0 to 65536, found 65537");
    options.runs = 0;
    options.policy = 5;
    expect_solve(TRM_ERROR_ARGUMENT, "policy: expected 0 to 4, found 5");
    options.policy = 0;
    options.search = 2;
    expect_solve(TRM_ERROR_ARGUMENT, "search: expected 0 to 1, found 2");
    options.search = 0;
    options.require_verified = 2;
    expect_solve(TRM_ERROR_ARGUMENT, "require_verified: expected 0 to 1, found 2");
    options.require_verified = 0;
    options.candidates = 65537;
    expect_solve(TRM_ERROR_ARGUMENT, "candidates: expected 0 to 65536, found 65537");
}
END_TEST

static trm_status verify(void *user, const trm_questions *question, size_t index, const int32_t *answer,
                         uint32_t *verdict, trm_error *why)
{
    (void)user, (void)question, (void)index, (void)answer, (void)verdict, (void)why;
    return TRM_OK;
}

static trm_status step(void *user, const trm_run_step *seen, trm_error *why)
{
    (void)user, (void)seen, (void)why;
    return TRM_OK;
}

static trm_status nearest(void *user, const trm_questions *question, size_t index, const float *logits,
                          int32_t *answer, uint32_t *found, trm_error *why)
{
    (void)user, (void)question, (void)index, (void)logits, (void)answer, (void)found, (void)why;
    return TRM_OK;
}

static trm_verifier verifier;
static trm_watcher watcher;

START_TEST(callbacks_are_whole)
{
    verifier = (trm_verifier)TRM_VERIFIER_INIT;
    watcher = (trm_watcher)TRM_WATCHER_INIT;
    options.verifier = &verifier;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_verifier.verify is NULL");
    verifier.verify = verify;
    verifier.size--;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_verifier.size is");
    options.verifier = NULL;
    options.watcher = &watcher;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_watcher.step is NULL");
    watcher.step = step;
    watcher.size--;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_watcher.size is");
}
END_TEST

static const uint32_t numbers[2] = { 0, 1 };
static const trm_relation a_relation = { sizeof a_relation, "edge", numbers, numbers, 1, 1, 0 };
static const float a_feature[COUNT * S];

/* A model of a published kind hears nothing, and starts where it was taught to. */
START_TEST(what_only_relational_models_take_is_refused)
{
    questions.relations = &a_relation;
    questions.relation_count = 1;
    expect_solve(TRM_ERROR_PUZZLE, "relations: expected the name of a relation of the model (it has none)");
    questions.relations = NULL;
    questions.relation_count = 0;
    questions.helper_tokens = tokens;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_questions.helper_tokens: expected NULL");
    questions.helper_tokens = NULL;
    questions.features = a_feature;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_questions.features: expected NULL");
    questions.features = NULL;
    options.start = TRM_START_RANDOM;
    expect_solve(TRM_ERROR_ARGUMENT, "trm_solve_options.start: expected");
    options.start = TRM_START_MODEL;
    expect_solve(TRM_OK, "");
}
END_TEST

START_TEST(only_relational_models_have_relations)
{
    trm_init_options init = TRM_INIT_OPTIONS_INIT;
    const trm_relation_info relation = TRM_RELATION_INFO_INIT;
    for (int what = 0; what < 8; what++) {
        init.fields = what == 0 ? 9 : 0;
        init.first_value = what == 1;
        init.helper_tokens = what == 2;
        init.features = what == 3;
        init.relations = what == 4 ? &relation : NULL;
        init.relation_count = what == 5;
        init.start_noise = what == 6 ? 1.0f : 0.0f;
        init.halting = what == 7 ? TRM_HALTING_SOFTMIN : 0;
        ck_assert_int_eq(trm_init("/nowhere/model.trm", &init, &error), TRM_ERROR_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(error.message, "only relational models have"));
    }
}
END_TEST

START_TEST(judges_are_whole_and_refused)
{
    trm_task task = TRM_TASK_INIT;
    task.name = "path";
    task.grid_rows = task.grid_columns = 3;
    trm_puzzles *puzzles;
    trm_trainer *trainer;
    trm_judge judge = TRM_JUDGE_INIT;
    trm_train_options train = TRM_TRAIN_OPTIONS_INIT;
    train.judge = &judge;
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &puzzles, &error), TRM_OK);
    ck_assert_int_eq(trm_trainer_create("x", puzzles, &train, &trainer, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "trm_judge.verify is NULL"));
    judge.verify = verify;
    ck_assert_int_eq(trm_trainer_create("x", puzzles, &train, &trainer, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "trm_judge.nearest is NULL"));
    judge.nearest = nearest;
    ck_assert_int_eq(trm_trainer_create("x", puzzles, &train, &trainer, &error), TRM_ERROR_UNSUPPORTED);
    judge.size--;
    ck_assert_int_eq(trm_trainer_create("x", puzzles, &train, &trainer, &error), TRM_ERROR_ARGUMENT);
    trm_puzzles_free(puzzles);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("structs");
    TCase *t = tcase_create("structs");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, no_struct_ends_with_padding);
    tcase_add_test(t, values_are_fixed);
    tcase_add_test(t, a_model_tells_its_shape);
    tcase_add_test(t, the_own_shape_is_taken);
    tcase_add_loop_test(t, another_shape_is_named, 0, sizeof others / sizeof *others);
    tcase_add_test(t, arrays_of_structs_have_one_stride);
    tcase_add_test(t, counts_go_with_their_arrays);
    tcase_add_test(t, answers_tell_of_their_one_run);
    tcase_add_test(t, a_step_budget_ends_a_question);
    tcase_add_test(t, options_have_ranges);
    tcase_add_test(t, callbacks_are_whole);
    tcase_add_test(t, what_only_relational_models_take_is_refused);
    tcase_add_test(t, only_relational_models_have_relations);
    tcase_add_test(t, judges_are_whole_and_refused);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
