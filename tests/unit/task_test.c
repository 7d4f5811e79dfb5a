/* What a task is: defaults, hostile descriptions, and which answers contradict their questions. */
#include <stdio.h>
#include <string.h>

#include "lib/puzzles/task_options.h"
#include "tests/support/run.h"

static trmi_task_text kept; /* of the task in work */

static trm_task sudoku(uint32_t box_rows, uint32_t box_columns)
{
    trm_task task = TRM_TASK_INIT;
    task.name = "sudoku";
    task.box_rows = box_rows;
    task.box_columns = box_columns;
    return task;
}

static trm_task grid(const char *name, uint32_t rows, uint32_t columns)
{
    trm_task task = TRM_TASK_INIT;
    task.name = name;
    task.grid_rows = rows;
    task.grid_columns = columns;
    return task;
}

START_TEST(has_the_published_tokens)
{
    trmi_task task;
    trm_task given = sudoku(3, 3);
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_uint_eq(task.vocabulary, 11);
    ck_assert_mem_eq(task.characters, "\0.123456789\0", 12);
    ck_assert_int_eq(task.token['9'], 10);
    ck_assert_int_eq(task.token['0'], 1); /* another way to write a blank */
    given = grid("path", 10, 12);
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_uint_eq(task.vocabulary, 6);
    ck_assert_uint_eq(task.shape.positions, 120);
    ck_assert_mem_eq(task.characters, "\0# SGo\0", 7);
    given = grid("copy", 1, 5);
    given.alphabet = "xy";
    given.alphabet_first = 3;
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_uint_eq(task.vocabulary, 5);
    ck_assert_int_eq(task.token['y'], 4);
}
END_TEST

static const struct box_case {
    uint32_t side, box_rows, box_columns;
} boxes[] = { { 4, 2, 2 },  { 6, 2, 3 },  { 8, 2, 4 },  { 9, 3, 3 },
              { 10, 2, 5 }, { 12, 3, 4 }, { 16, 4, 4 }, { 25, 5, 5 } };

START_TEST(finds_the_boxes_of_a_grid)
{
    trmi_task task;
    trm_task given = grid("sudoku", boxes[_i].side, boxes[_i].side);
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_uint_eq(task.shape.box_rows, boxes[_i].box_rows);
    ck_assert_uint_eq(task.shape.box_columns, boxes[_i].box_columns);
    ck_assert_uint_eq(task.vocabulary, boxes[_i].side + 2);
}
END_TEST

static const struct wrong_case {
    trm_task task;
    const char *sentence;
} wrong[] = {
    { { sizeof(trm_task), NULL, 9, 9, 0, 0, NULL, 0, 0, NULL }, "name must be" },
    { { sizeof(trm_task), "", 9, 9, 0, 0, NULL, 0, 0, NULL }, "name must be" },
    { { sizeof(trm_task), "sudoku", 0, 0, 0, 0, NULL, 0, 0, NULL }, "needs boxes" },
    { { sizeof(trm_task), "sudoku", 7, 7, 0, 0, NULL, 0, 0, NULL }, "found a grid of 7 x 7" },
    { { sizeof(trm_task), "sudoku", 4294967295u, 4294967295u, 0, 0, NULL, 0, 0, NULL }, "needs boxes" },
    { { sizeof(trm_task), "sudoku", 0, 0, 0, 3, NULL, 0, 0, NULL }, "1 to 25 cells, found 0 x 3" },
    { { sizeof(trm_task), "sudoku", 0, 0, 3, 0, NULL, 0, 0, NULL }, "found 3 x 0" },
    { { sizeof(trm_task), "sudoku", 0, 0, 4, 7, NULL, 0, 0, NULL }, "found 4 x 7" },
    { { sizeof(trm_task), "sudoku", 0, 0, 65536, 65536, NULL, 0, 0, NULL }, "found 65536 x 65536" },
    { { sizeof(trm_task), "sudoku", 9, 8, 3, 3, NULL, 0, 0, NULL }, "make a grid of 9 x 9, found 9 x 8" },
    { { sizeof(trm_task), "sudoku", 9, 9, 3, 3, "0123456789", 1, 0, NULL }, "expected that one" },
    { { sizeof(trm_task), "sudoku", 9, 9, 3, 3, ".123456789", 0, 0, NULL }, "expected that one" },
    { { sizeof(trm_task), "path", 101, 10, 0, 0, NULL, 0, 0, NULL }, "1 to 100 rows" },
    { { sizeof(trm_task), "path", 10, 0, 0, 0, NULL, 0, 0, NULL }, "found 10 x 0" },
    { { sizeof(trm_task), "path", 9, 9, 3, 3, NULL, 0, 0, NULL }, "only a Sudoku has boxes" },
    { { sizeof(trm_task), "copy", 65536, 65536, 0, 0, "ab", 0, 0, NULL }, "at most 65536 cells" },
    { { sizeof(trm_task), "copy", 1, 5, 0, 0, NULL, 0, 0, NULL }, "at least one character" },
    { { sizeof(trm_task), "copy", 1, 5, 0, 0, "ab", 255, 0, NULL }, "found 2 characters from token 255" },
    { { sizeof(trm_task), "copy", 1, 5, 0, 0, "ab", 4294967295u, 0, NULL }, "from token 4294967295" },
    { { sizeof(trm_task), "copy", 1, 5, 0, 0, "aba", 0, 0, NULL }, "0x61 twice" },
    { { sizeof(trm_task), "copy", 1, 5, 0, 0, "a,b", 0, 0, NULL }, "a CSV file cannot hold" },
    { { sizeof(trm_task), "copy", 1, 5, 0, 0, "ab", 0, 257, NULL }, "at most 256 features" },
    { { 3, "copy", 1, 5, 0, 0, "ab", 0, 0, NULL }, "trm_task" },
};

START_TEST(refuses_what_is_no_task)
{
    trmi_task task;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_task_read(&task, &kept, &wrong[_i].task, &error), TRM_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error.message, wrong[_i].sentence) != NULL, "no \"%s\" in: %s", wrong[_i].sentence,
                  error.message);
}
END_TEST

START_TEST(refuses_a_long_name)
{
    char name[TRMI_TASK_NAME_BYTES + 1] = { 0 };
    memset(name, 'n', TRMI_TASK_NAME_BYTES);
    trm_task given = grid(name, 1, 5);
    given.alphabet = "ab";
    trmi_task task;
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_ERROR_ARGUMENT);
    name[TRMI_TASK_NAME_BYTES - 1] = 0;
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_str_eq(task.name, name);
    ck_assert_int_eq(trmi_task_read(&task, &kept, NULL, NULL), TRM_ERROR_ARGUMENT);
}
END_TEST

START_TEST(turns_text_into_tokens_and_back)
{
    trmi_task task;
    const trm_task given = sudoku(2, 2);
    uint8_t tokens[16];
    char text[16];
    size_t offset;
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_int_eq(trmi_task_encode(&task, "1234.....4321..1", 16, tokens, &offset, NULL), TRM_OK);
    ck_assert_uint_eq(tokens[0], 2);
    ck_assert_uint_eq(tokens[4], TRMI_SUDOKU_BLANK);
    trmi_task_decode(&task, tokens, task.shape.positions, text);
    ck_assert_mem_eq(text, "1234.....4321..1", 16);
    tokens[3] = 0;
    trmi_task_decode(&task, tokens, task.shape.positions, text);
    ck_assert_int_eq(text[3], '?');
}
END_TEST

START_TEST(says_which_character_is_wrong)
{
    trmi_task task;
    const trm_task given = sudoku(2, 2);
    uint8_t tokens[16];
    size_t offset;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_int_eq(trmi_task_encode(&task, "1234..5..4321..1", 16, tokens, &offset, &error),
                     TRM_ERROR_PUZZLE);
    ck_assert_uint_eq(offset, 6);
    ck_assert_str_eq(error.message, "expected one of '.1234', found '5'");
    ck_assert_int_eq(trmi_task_encode(&task, "1234..\xff..4321..1", 16, tokens, &offset, &error),
                     TRM_ERROR_PUZZLE);
    ck_assert_str_eq(error.message, "expected one of '.1234', found byte 0xff");
    ck_assert_int_eq(trmi_task_encode(&task, "1234", 4, tokens, &offset, &error), TRM_ERROR_PUZZLE);
    ck_assert_str_eq(error.message, "expected 16 characters, a grid of 4 x 4, found 4");
}
END_TEST

static const struct pair_case {
    const char *name, *question, *answer, *sentence; /* sentence NULL: they agree */
    size_t offset;
} pairs[] = {
    { "sudoku", "................", "1234341221434321", NULL, 0 },
    { "sudoku", "1234341221434321", "1234341221434321", NULL, 0 },
    { "sudoku", "1..4............", "1234341221434321", NULL, 0 },
    { "sudoku", "1..3............", "1234341221434321", "the question gives 3 here, the answer has 4", 3 },
    { "sudoku", "................", "123434122143432.", "found a blank", 15 },
    { "sudoku", "................", "1234341221434322", "has 2 a second time", 15 },
    { "sudoku", "................", "1234234134124123",
      "has 2 a second time in a row, a column or a box of 2 x 2", 4 },
    { "path", "S  #  # G", "Soo#oo# G", NULL, 0 },
    { "path", "S  #  # G", "S  #  # G", NULL, 0 },
    { "path", "S  #  # G", "Soo oo# G", "the question has '#' here, the answer ' '", 3 },
    { "path", "S  #  # G", "ooo#oo# G", "the question has 'S' here, the answer 'o'", 0 },
    { "path", "S  #  # G", "Soo#oo# o", "the question has 'G' here, the answer 'o'", 8 },
    { "path", "S  #  # G", "Soo#oo##G", "the question has ' ' here, the answer '#'", 7 },
    { "path", "So #  # G", "Soo#oo# G", "expected a question without a path", 1 },
    { "copy", "abc######", "cba      ", NULL, 0 },
};

START_TEST(compares_questions_with_answers)
{
    const struct pair_case *c = &pairs[_i];
    const bool is_sudoku = strcmp(c->name, "sudoku") == 0;
    trm_task given = is_sudoku ? sudoku(2, 2) : grid(c->name, 3, 3);
    given.alphabet = strcmp(c->name, "copy") == 0 ? "abc# " : NULL;
    trmi_task task;
    uint8_t question[16], answer[16];
    size_t offset;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_int_eq(trmi_task_encode(&task, c->question, strlen(c->question), question, &offset, NULL),
                     TRM_OK);
    ck_assert_int_eq(trmi_task_encode(&task, c->answer, strlen(c->answer), answer, &offset, NULL), TRM_OK);
    const trm_status status = trmi_task_agree(&task, question, answer, &offset, &error);
    ck_assert_int_eq(status, c->sentence == NULL ? TRM_OK : TRM_ERROR_PUZZLE);
    if (c->sentence == NULL)
        return;
    ck_assert_msg(strstr(error.message, c->sentence) != NULL, "no \"%s\" in: %s", c->sentence, error.message);
    ck_assert_uint_eq(offset, c->offset);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("task");
    TCase *task = tcase_create("task");
    tcase_add_test(task, has_the_published_tokens);
    tcase_add_loop_test(task, finds_the_boxes_of_a_grid, 0, sizeof boxes / sizeof boxes[0]);
    tcase_add_loop_test(task, refuses_what_is_no_task, 0, sizeof wrong / sizeof wrong[0]);
    tcase_add_test(task, refuses_a_long_name);
    tcase_add_test(task, turns_text_into_tokens_and_back);
    tcase_add_test(task, says_which_character_is_wrong);
    tcase_add_loop_test(task, compares_questions_with_answers, 0, sizeof pairs / sizeof pairs[0]);
    suite_add_tcase(all, task);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
