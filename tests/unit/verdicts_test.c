/* trm_model_verify(): the rules of a model's task, from its file, for answers of anybody. */
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "tests/support/files.h"
#include "tests/support/run.h"

/* Memory for the model alone: the last allocation fails while `refusing`. */
static bool refusing;

static void *allocate(void *user, size_t bytes)
{
    (void)user;
    return refusing ? NULL : malloc(bytes);
}

static void release(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

static trm_model *make_model(const char *task, const char *alphabet, uint32_t first, uint32_t side)
{
    static const trm_allocator memory = { sizeof memory, NULL, allocate, release };
    const char *path = "verdicts-test.trm";
    trm_model *model = NULL;
    trm_error error = TRM_ERROR_INIT;
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.channels = options.channel_hidden = options.token_hidden = 16;
    options.prefix = 0;
    options.positions = side * side;
    options.grid_rows = options.grid_columns = side;
    options.task = task;
    options.alphabet = alphabet;
    options.alphabet_first = first;
    options.vocabulary = first + (uint32_t)strlen(alphabet);
    ck_assert_msg(trm_init(path, &options, &error) == TRM_OK, "%s", error.message);
    const trm_open_options opening = { .size = sizeof opening, .flags = TRM_OPEN_READ, .allocator = &memory };
    ck_assert_msg(trm_model_open(path, &opening, &model, &error) == TRM_OK, "%s", error.message);
    remove(path);
    return model;
}

static uint32_t verdict_of(const trm_model *model, const char *question, const char *answer)
{
    int32_t tokens[2][16];
    uint32_t verdict = 77;
    trm_error error = TRM_ERROR_INIT;
    trm_questions questions = TRM_QUESTIONS_INIT;
    ck_assert_int_eq(trm_model_encode(model, NULL, question, strlen(question), tokens[0], &error), TRM_OK);
    ck_assert_int_eq(trm_model_encode(model, NULL, answer, strlen(answer), tokens[1], &error), TRM_OK);
    questions.count = 1;
    questions.tokens = tokens[0];
    ck_assert_msg(trm_model_verify(model, &questions, tokens[1], &verdict, &error) == TRM_OK, "%s",
                  error.message);
    return verdict;
}

START_TEST(judges_sudokus)
{
    trm_model *model = make_model("sudoku", ".1234", 1, 4);
    ck_assert_uint_eq(verdict_of(model, "1...............", "1234341221434321"), TRM_VERDICT_VERIFIED);
    ck_assert_uint_eq(verdict_of(model, "2...............", "1234341221434321"), TRM_VERDICT_REFUTED);
    ck_assert_uint_eq(verdict_of(model, "1...............", "1234234134124123"), TRM_VERDICT_REFUTED);
    trm_model_close(model);
}
END_TEST

START_TEST(judges_paths)
{
    trm_model *model = make_model("path", "# SGo", 0, 3);
    ck_assert_uint_eq(verdict_of(model, "S       G", "Soo  o  G"), TRM_VERDICT_VERIFIED);
    ck_assert_uint_eq(verdict_of(model, "S       G", "S  o  ooG"), TRM_VERDICT_VERIFIED);
    ck_assert_uint_eq(verdict_of(model, "S       G", "So  o  oG"), TRM_VERDICT_VERIFIED);
    ck_assert_uint_eq(verdict_of(model, "S       G", "S      oG"), TRM_VERDICT_REFUTED);
    ck_assert_uint_eq(verdict_of(model, "S  ###  G", "S  ###  G"), TRM_VERDICT_VERIFIED);
    trm_model_close(model);
}
END_TEST

START_TEST(leaves_the_rest_alone)
{
    trm_model *model = make_model("copy", ".1234", 1, 4);
    ck_assert_uint_eq(verdict_of(model, "1...............", "1234341221434321"), TRM_VERDICT_UNVERIFIED);
    trm_model_close(model);
}
END_TEST

START_TEST(refuses_bad_arguments)
{
    trm_model *model = make_model("path", "# SGo", 0, 3);
    int32_t tokens[9] = { 2, 1, 1, 1, 1, 1, 1, 1, 3 };
    uint32_t verdict = 77;
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 1;
    questions.tokens = tokens;
    ck_assert_int_eq(trm_model_verify(NULL, &questions, tokens, &verdict, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_verify(model, NULL, tokens, &verdict, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_verify(model, &questions, NULL, &verdict, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_verify(model, &questions, tokens, NULL, NULL), TRM_ERROR_ARGUMENT);
    refusing = true;
    ck_assert_int_eq(trm_model_verify(model, &questions, tokens, &verdict, NULL), TRM_ERROR_MEMORY);
    refusing = false;
    tokens[4] = 5;
    ck_assert_int_eq(trm_model_verify(model, &questions, tokens, &verdict, NULL), TRM_ERROR_PUZZLE);
    ck_assert_uint_eq(verdict, 77);
    tokens[4] = 1;
    const int32_t wild[9] = { 2, INT32_MIN, INT32_MAX, -1, 99, 1, 1, 1, 3 };
    ck_assert_int_eq(trm_model_verify(model, &questions, wild, &verdict, NULL), TRM_OK);
    ck_assert_uint_eq(verdict, TRM_VERDICT_REFUTED);
    trm_model_close(model);
}
END_TEST

START_TEST(knows_boxes)
{
    static const uint32_t boxes[][3] = { { 0, 0, 0 },          { 1, 0, 0 },  { 4, 2, 2 },
                                         { 6, 2, 3 },          { 7, 0, 0 },  { 8, 2, 4 },
                                         { 9, 3, 3 },          { 10, 2, 5 }, { 12, 3, 4 },
                                         { 16, 4, 4 },         { 25, 5, 5 }, { 65536, 256, 256 },
                                         { 4294967291u, 0, 0 } };
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        uint32_t rows = 77, columns = 77;
        trm_default_boxes(boxes[i][0], &rows, &columns);
        ck_assert_uint_eq(rows, boxes[i][1]);
        ck_assert_uint_eq(columns, boxes[i][2]);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("verdicts");
    TCase *verdicts = tcase_create("verdicts");
    tcase_add_test(verdicts, judges_sudokus);
    tcase_add_test(verdicts, judges_paths);
    tcase_add_test(verdicts, leaves_the_rest_alone);
    tcase_add_test(verdicts, refuses_bad_arguments);
    tcase_add_test(verdicts, knows_boxes);
    suite_add_tcase(all, verdicts);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
