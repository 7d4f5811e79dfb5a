/* Learning from puzzles that bring relations, helpers and features, each of a size of its own: the trainer
 * asks what a solver asks, to the bit, in one thread or two, interrupted or not. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "tests/support/colouring_model.h"
#include "tests/support/files.h"
#include "tests/support/run.h"
#include "tests/support/training_run.h"

enum { STEPS = 6, FEATURES = 2 };

static char *directory;

static void set_up(void)
{
    directory = make_directory();
}

static void tear_down(void)
{
    remove_directory(directory);
}

/* Rings of even length, in two colours of three, whose vertices a helper hears; features that tell
   nothing. */
static trm_puzzles *make_rings(uint64_t count, bool helpers)
{
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *puzzles;
    task.name = "colouring";
    task.alphabet = ".123";
    task.features = helpers ? FEATURES : 0;
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &puzzles, NULL), TRM_OK);
    for (uint64_t k = 0; k < count; k++) {
        const uint32_t n = 4 + 2 * (uint32_t)(k % 4), one = 1 + (uint32_t)(k % 3),
                       two = 1 + (one + (uint32_t)(k / 3) % 2) % 3;
        int32_t tokens[16] = { 0 }, answers[16], helper[] = { 1 };
        uint32_t first[17], heard[32], offsets[64] = { 0 }, members[64];
        float features[FEATURES * 17];
        for (uint32_t p = 0; p < n; p++) {
            const uint32_t before = (p + n - 1) % n, after = (p + 1) % n;
            answers[p] = (int32_t)(p % 2 == 0 ? one : two);
            first[p] = 2 * p;
            heard[2 * p] = before < after ? before : after;
            heard[2 * p + 1] = before < after ? after : before;
        }
        first[n] = 2 * n;
        tokens[0] = answers[0];
        tokens[1] = answers[1];
        for (uint32_t i = 0; i < FEATURES * (n + 1); i++)
            features[i] = (float)(i % 5) * 0.25f - 0.5f;
        const uint32_t nodes = n * COLOURS + 1; /* the helper hears value 0 of each */
        for (uint32_t p = 0; p < n; p++)
            members[p] = p * COLOURS;
        offsets[nodes] = n;
        trm_shape shape = TRM_SHAPE_INIT;
        trm_relation relations[2] = { TRM_RELATION_INIT, TRM_RELATION_INIT };
        trm_questions question = TRM_QUESTIONS_INIT;
        shape.positions = n;
        shape.helpers = helpers;
        relations[0].name = "edge";
        relations[0].first = first;
        relations[0].heard = heard;
        relations[0].heard_count = 2 * n;
        relations[1].name = "in";
        relations[1].first = offsets;
        relations[1].heard = members;
        relations[1].heard_count = n;
        relations[1].lists = nodes;
        question.count = question.shape_count = 1;
        question.tokens = tokens;
        question.shapes = &shape;
        question.relations = relations;
        question.relation_count = helpers ? 2 : 1;
        question.helper_tokens = helpers ? helper : NULL;
        question.features = helpers ? features : NULL;
        trm_error error = TRM_ERROR_INIT;
        ck_assert_msg(trm_puzzles_add(puzzles, &question, answers, &error) == TRM_OK, "%s", error.message);
    }
    return puzzles;
}

static const char *make_model(bool helpers, float noise)
{
    const char *path = inside_directory(directory, "first.trm");
    trm_relation_info relations[3] = { TRM_RELATION_INFO_INIT, TRM_RELATION_INFO_INIT,
                                       TRM_RELATION_INFO_INIT };
    static const char *const names[] = { "edge", "cell", "in" };
    for (int i = 0; i < 3; i++) {
        relations[i].name = names[i];
        relations[i].source = i == 1 ? TRM_RELATION_SHAPE : TRM_RELATION_QUESTION;
        relations[i].level = i == 0 ? TRM_LEVEL_POSITIONS : i == 1 ? TRM_LEVEL_FIELDS : TRM_LEVEL_NODES;
        relations[i].aggregates = TRM_AGGREGATE_SUM | TRM_AGGREGATE_MAX;
    }
    trm_init_options options = colouring_options(relations, helpers ? 3 : 2);
    options.channels = 12;
    options.channel_hidden = 20;
    options.positions = 6;
    options.cycles = options.updates = 2;
    options.helper_tokens = helpers ? 2 : 0;
    options.features = helpers ? FEATURES : 0;
    options.start_noise = noise;
    options.sizes = "16";
    options.seed = 3;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_init(path, &options, &error) == TRM_OK, "%s", error.message);
    return path;
}

static trm_train_options make_options(uint32_t batch)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.batch = batch;
    options.shards = 4;
    options.steps = STEPS;
    options.maximum_steps = 3;
    return options;
}

START_TEST(goes_on_bit_for_bit)
{
    const bool helpers = _i != 0;
    trm_puzzles *puzzles = make_rings(40, helpers), *others = make_rings(40, helpers);
    const trm_train_options options = make_options(10);
    trm_trainer *trainer;
    go_on_bit_for_bit(directory, make_model(helpers, 0.5f), puzzles, others, options);
    const char *saved = inside_directory(directory, SAVED);
    trm_puzzles_free(others);
    others = make_rings(40, !helpers); /* the same tokens, and other lists */
    ck_assert_int_eq(trm_trainer_resume(saved, others, &options, &trainer, NULL), TRM_ERROR_PUZZLE);
    trm_puzzles_free(puzzles);
    trm_puzzles_free(others);
}
END_TEST

/* Of a relational model that knows its alphabet. */
static trm_init_options relational_options(const char *task, const char *alphabet)
{
    trm_init_options init = TRM_INIT_OPTIONS_INIT;
    init.block = TRM_BLOCK_RELATIONAL;
    init.likelihood = TRM_LIKELIHOOD_SOFTMAX;
    init.gate = TRM_GATE_NORMED;
    init.prefix = 0;
    init.vocabulary = (uint32_t)strlen(alphabet);
    init.task = task;
    init.alphabet = alphabet;
    return init;
}

/* Beside puzzles that bring lists, in a set of one grid, there may be others that bring nothing. */
START_TEST(refuses_puzzles_that_bring_less_than_the_model_hears)
{
    static const int32_t tokens[] = { 1, 0, 0, 1 }, answers[] = { 1, 2, 2, 1 };
    static const uint32_t first[] = { 0, 1, 2, 3, 4 }, heard[] = { 1, 0, 3, 2 };
    const trm_relation edge = { sizeof edge, "edge", first, heard, 4, 1, 4 };
    const bool features = _i != 0;
    const char *path = inside_directory(directory, "own.trm");
    trm_relation_info relation = TRM_RELATION_INFO_INIT;
    trm_init_options init = relational_options("own", ".12");
    trm_task task = TRM_TASK_INIT;
    trm_questions question = TRM_QUESTIONS_INIT;
    trm_puzzles *puzzles;
    trm_trainer *trainer;
    trm_error error = TRM_ERROR_INIT;
    task.name = init.task;
    task.alphabet = init.alphabet;
    task.grid_rows = task.grid_columns = init.grid_rows = init.grid_columns = 2;
    relation.name = features ? "row" : "edge";
    relation.source = features ? TRM_RELATION_SHAPE : TRM_RELATION_QUESTION;
    relation.level = TRM_LEVEL_POSITIONS;
    relation.aggregates = TRM_AGGREGATE_SUM;
    init.channels = 8;
    init.positions = 4;
    init.head_bias = 1;
    init.features = features ? FEATURES : 0;
    init.relations = &relation;
    init.relation_count = 1;
    ck_assert_msg(trm_init(path, &init, &error) == TRM_OK, "%s", error.message);
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &puzzles, NULL), TRM_OK);
    question.count = 1;
    question.tokens = tokens;
    question.relations = features ? NULL : &edge;
    question.relation_count = !features;
    ck_assert_int_eq(trm_puzzles_add(puzzles, &question, answers, NULL), TRM_OK);
    question.relations = NULL;
    question.relation_count = 0;
    ck_assert_int_eq(trm_puzzles_add(puzzles, &question, answers, NULL), TRM_OK);
    expect_sentence(trm_trainer_create(path, puzzles, NULL, &trainer, &error), TRM_ERROR_PUZZLE, &error,
                    features ? "expected 2 features" : "puzzle 1: relation edge: expected lists");
    ck_assert_ptr_null(trainer);
    trm_puzzles_free(puzzles);
}
END_TEST

/* Of what a solver says after a step, the cross entropy. */
static double solved_loss(const char *path, const trm_puzzles *puzzles, uint64_t index)
{
    char question_text[16], answer_text[16];
    int32_t tokens[16], answers[16];
    float logits[16 * (1 + COLOURS)];
    trm_model *model;
    trm_questions question = TRM_QUESTIONS_INIT;
    trm_answers answer = TRM_ANSWERS_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    double loss = 0.0;
    ck_assert_int_eq(trm_model_open(path, NULL, &model, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_question(puzzles, index, &question, NULL), TRM_OK);
    const uint32_t positions = question.shapes[0].positions;
    ck_assert_int_eq(trm_puzzles_get(puzzles, index, question_text, answer_text, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trm_model_encode(model, question.shapes, question_text, positions, tokens, NULL),
                     TRM_OK);
    ck_assert_int_eq(trm_model_encode(model, question.shapes, answer_text, positions, answers, NULL), TRM_OK);
    question.tokens = tokens;
    answer.logits = logits;
    options.maximum_steps = 1;
    ck_assert_msg(trm_solve(model, &question, &answer, &options, &error) == TRM_OK, "%s", error.message);
    for (uint32_t p = 0; p < positions; p++) {
        double sum = 0.0;
        const float *l = logits + p * (1 + COLOURS);
        for (int v = 1; v <= COLOURS; v++)
            sum += exp((double)l[v]);
        loss += (log(sum) - (double)l[answers[p]]) / positions;
    }
    trm_model_close(model);
    return loss;
}

START_TEST(learns_what_a_solver_is_asked)
{
    const bool helpers = _i % 2 != 0;
    trm_puzzles *puzzles = make_rings(1 + (uint64_t)_i / 2, helpers);
    const char *model = make_model(helpers, 0.0f);
    const uint64_t count = trm_puzzles_count(puzzles);
    trm_train_options options = make_options(32);
    trm_train_report report = TRM_TRAIN_REPORT_INIT;
    trm_trainer *trainer;
    double least = INFINITY, most = 0.0;
    ck_assert_int_eq(trm_trainer_create(model, puzzles, &options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_step(trainer, &report, NULL), TRM_OK);
    for (uint64_t i = 0; i < count; i++) {
        const double loss = solved_loss(model, puzzles, i);
        least = loss < least ? loss : least;
        most = loss > most ? loss : most;
    }
    if (count == 1)
        ck_assert_double_eq_tol(report.answer_loss, least, 1e-5);
    ck_assert(report.answer_loss >= least - 1e-5 && report.answer_loss <= most + 1e-5);
    trm_trainer_free(trainer);
    trm_puzzles_free(puzzles);
}
END_TEST

START_TEST(learns)
{
    enum { ROUNDS = 60 };
    trm_puzzles *puzzles = make_rings(60, true);
    trm_train_options options = make_options(8);
    trm_train_report first = TRM_TRAIN_REPORT_INIT, last = TRM_TRAIN_REPORT_INIT;
    trm_trainer *trainer;
    options.steps = ROUNDS;
    ck_assert_int_eq(trm_trainer_create(make_model(true, 0.5f), puzzles, &options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_step(trainer, &first, NULL), TRM_OK);
    for (int i = 1; i < ROUNDS; i++)
        ck_assert_int_eq(trm_trainer_step(trainer, &last, NULL), TRM_OK);
    ck_assert_msg(last.answer_loss < 0.3 * first.answer_loss, "answer loss %g, then %g", first.answer_loss,
                  last.answer_loss);
    trm_trainer_free(trainer);
    trm_puzzles_free(puzzles);
}
END_TEST

/* Two paths, of three vertices and of four, in one call or in two. */
START_TEST(sizes_mix_over_calls)
{
    static const int32_t tokens[] = { 1, 0, 0, 1, 0, 0, 0 }, answers[] = { 1, 2, 1, 1, 2, 1, 2 };
    static const uint32_t first[] = { 0, 1, 3, 4, 5, 7, 9, 10 }, heard[] = { 1, 0, 2, 1, 1, 0, 2, 1, 3, 2 },
                          four[] = { 0, 1, 3, 5, 6 };
    trm_shape shapes[] = { TRM_SHAPE_INIT, TRM_SHAPE_INIT };
    trm_relation edge = { sizeof edge, "edge", first, heard, 10, 0, 7 };
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_puzzles *puzzles = make_rings(0, false);
    trm_error error = TRM_ERROR_INIT;
    shapes[0].positions = 3;
    shapes[1].positions = 4;
    questions.count = questions.shape_count = 2;
    questions.tokens = tokens;
    questions.shapes = shapes;
    questions.relations = &edge;
    questions.relation_count = 1;
    ck_assert_int_eq(trm_puzzles_add(puzzles, &questions, answers, &error), TRM_ERROR_UNSUPPORTED);
    ck_assert_msg(strstr(error.message, "puzzle 1: expected 3 positions and 0 helpers") != NULL &&
                      strstr(error.message, "found 4 and 0") != NULL,
                  "%s", error.message);
    ck_assert_uint_eq(trm_puzzles_count(puzzles), 0);
    questions.count = questions.shape_count = 1;
    edge.heard_count = 4;
    edge.lists = 3;
    ck_assert_msg(trm_puzzles_add(puzzles, &questions, answers, &error) == TRM_OK, "%s", error.message);
    questions.tokens += 3;
    questions.shapes++;
    edge = (trm_relation) { sizeof edge, "edge", four, heard + 4, 6, 0, 4 };
    ck_assert_msg(trm_puzzles_add(puzzles, &questions, answers + 3, &error) == TRM_OK, "%s", error.message);
    for (uint32_t i = 0; i < 2; i++) {
        trm_questions brought = TRM_QUESTIONS_INIT;
        char text[5] = "";
        ck_assert_int_eq(trm_puzzles_question(puzzles, i, &brought, NULL), TRM_OK);
        ck_assert_uint_eq(brought.shapes->positions, 3 + i);
        ck_assert_uint_eq(brought.relations->heard_count, 4 + 2 * i);
        ck_assert_int_eq(trm_puzzles_get(puzzles, i, NULL, text, NULL, NULL), TRM_OK);
        ck_assert_str_eq(text, i == 0 ? "121" : "1212");
    }
    trm_puzzles_free(puzzles);
}
END_TEST

/* As in files: what is written could not be read again, nor learnt. */
START_TEST(features_are_finite)
{
    static const int32_t tokens[] = { 0, 0 }, answers[] = { 1, 2 };
    const float features[] = { 1.0f, _i == 0 ? (float)NAN : -INFINITY };
    trm_task task = TRM_TASK_INIT;
    trm_shape shape = TRM_SHAPE_INIT;
    trm_questions question = TRM_QUESTIONS_INIT;
    trm_puzzles *puzzles;
    trm_error error = TRM_ERROR_INIT;
    task.name = "colouring";
    task.alphabet = ".123";
    task.features = 1;
    shape.positions = 2;
    question.count = question.shape_count = 1;
    question.tokens = tokens;
    question.shapes = &shape;
    question.features = features;
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &puzzles, NULL), TRM_OK);
    expect_sentence(trm_puzzles_add(puzzles, &question, answers, &error), TRM_ERROR_PUZZLE, &error,
                    "puzzle 0: expected features that are finite numbers");
    ck_assert_uint_eq(trm_puzzles_count(puzzles), 0);
    trm_puzzles_free(puzzles);
}
END_TEST

/* Boxes as lists of each puzzle are the boxes of the shape: the same losses, and gradients but for the order
   of sums. */
static trm_puzzles *make_lone_sudokus(bool own_boxes)
{
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *puzzles;
    static const char answer[] = "1234341221434321";
    int32_t tokens[16], answers[16];
    uint32_t first[17], heard[64];
    task.name = "sudoku";
    task.box_rows = task.box_columns = 2;
    for (uint32_t p = 0; p < 16; p++) {
        answers[p] = answer[p] - '0' + 1;
        tokens[p] = p % 3 == 0 ? answers[p] : 1;
        const uint32_t corner = p / 8 * 8 + p % 4 / 2 * 2;
        first[p] = 4 * p;
        for (uint32_t i = 0; i < 4; i++)
            heard[4 * p + i] = corner + i / 2 * 4 + i % 2;
    }
    first[16] = 64;
    const trm_relation box = { sizeof box, "box", first, heard, 64, 1, 16 };
    trm_questions question = TRM_QUESTIONS_INIT;
    question.count = 1;
    question.tokens = tokens;
    question.relations = own_boxes ? &box : NULL;
    question.relation_count = own_boxes;
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &puzzles, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_add(puzzles, &question, answers, NULL), TRM_OK);
    return puzzles;
}

START_TEST(lists_of_boxes_are_boxes)
{
    const char *path = inside_directory(directory, "sudoku.trm");
    trm_init_options init = relational_options("sudoku", ".1234");
    init.channels = 12;
    init.channel_hidden = 20;
    init.positions = 16;
    init.grid_rows = init.grid_columns = init.fields = 4;
    init.first_value = 1;
    init.start_noise = 0.5f;
    ck_assert_int_eq(trm_init(path, &init, NULL), TRM_OK);
    trm_train_options options = make_options(4);
    trm_train_report reports[2] = { TRM_TRAIN_REPORT_INIT, TRM_TRAIN_REPORT_INIT };
    options.plain = 1;
    for (int own = 0; own < 2; own++) {
        trm_puzzles *puzzles = make_lone_sudokus(own != 0);
        trm_trainer *trainer;
        trm_error error = TRM_ERROR_INIT;
        ck_assert_msg(trm_trainer_create(path, puzzles, &options, &trainer, &error) == TRM_OK, "%s",
                      error.message);
        ck_assert_int_eq(trm_trainer_step(trainer, &reports[own], NULL), TRM_OK);
        trm_trainer_free(trainer);
        trm_puzzles_free(puzzles);
    }
    ck_assert(reports[0].loss == reports[1].loss && reports[0].halt_loss == reports[1].halt_loss);
    ck_assert_double_gt(reports[0].gradient_norm, 0.01);
    ck_assert_double_eq_tol(reports[0].gradient_norm / reports[1].gradient_norm, 1.0, 1e-5);
}
END_TEST

static void refuse(const char *model, const trm_puzzles *puzzles, const char *sentence)
{
    trm_error error = TRM_ERROR_INIT;
    trm_trainer *trainer;
    ck_assert_int_eq(trm_trainer_create(model, puzzles, NULL, &trainer, &error), TRM_ERROR_PUZZLE);
    ck_assert_msg(strstr(error.message, sentence) != NULL, "no \"%s\" in: %s", sentence, error.message);
}

START_TEST(refuses_what_does_not_fit)
{
    trm_puzzles *plain = make_rings(3, false), *rich = make_rings(3, true);
    refuse(make_model(false, 0.0f), rich, "puzzle 0: expected 0 features, as the model has, found 2");
    refuse(make_model(true, 0.0f), plain,
           "puzzle 0: relation in: expected lists with the question, found none");
    trm_puzzles_free(plain);
    trm_puzzles_free(rich);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sheets");
    TCase *t = tcase_create("sheets");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, goes_on_bit_for_bit, 0, 2);
    tcase_add_loop_test(t, learns_what_a_solver_is_asked, 0, 8);
    tcase_add_test(t, learns);
    tcase_add_test(t, lists_of_boxes_are_boxes);
    tcase_add_test(t, sizes_mix_over_calls);
    tcase_add_test(t, refuses_what_does_not_fit);
    tcase_add_loop_test(t, features_are_finite, 0, 2);
    tcase_add_loop_test(t, refuses_puzzles_that_bring_less_than_the_model_hears, 0, 2);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
