/* Faults of questions: each is what its name says, by the search of Sudokus and by the rules of paths. */
#include <string.h>

#include "lib/core/memory.h"
#include "lib/puzzles/sudoku.h"
#include "tests/support/run.h"

enum { ROUNDS = 40, MOST_CELLS = 100 };

static const char sudoku_question[] =
    ".7.1.36923.92..7.......7.5.648.31.....5.7.1...1....5..4...1..7.981..4...567389.41";
static const char sudoku_answer[] =
    "874153692359246718126897453648531927295478136713962584432615879981724365567389241";
static const char map_question[] = "S    # G      #    # ## ##  # ";
static const char map_answer[] = "Sooo # G  ooo #    # ## ##  # ";

static trm_task task_of(const char *name, uint32_t rows, uint32_t columns)
{
    trm_task task = TRM_TASK_INIT;
    task.name = name;
    task.grid_rows = rows;
    task.grid_columns = columns;
    return task;
}

static trmi_solutions solutions_of(const trm_task *given, const char *text)
{
    trmi_task task;
    trmi_task_text kept;
    trm_allocator memory;
    trmi_sudoku *search;
    uint8_t tokens[MOST_CELLS];
    size_t offset;
    ck_assert_int_eq(trmi_allocator_read(&memory, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trmi_task_read(&task, &kept, given, NULL), TRM_OK);
    ck_assert_int_eq(trmi_sudoku_create(&task, &memory, &search, NULL), TRM_OK);
    ck_assert_int_eq(trmi_task_encode(&task, text, strlen(text), tokens, &offset, NULL), TRM_OK);
    const trmi_solutions found = trmi_sudoku_solve(search, tokens, 1000000, NULL, NULL);
    trmi_sudoku_free(search);
    return found;
}

static bool same_house(int a, int b)
{
    return a / 9 == b / 9 || a % 9 == b % 9 || (a / 27 == b / 27 && a % 9 / 3 == b % 9 / 3);
}

static bool has_clash(const char *text)
{
    for (int a = 0; a < 81; a++)
        for (int b = 0; b < a; b++)
            if (text[a] != '.' && text[a] == text[b] && same_house(a, b))
                return true;
    return false;
}

static int changed(const char *text)
{
    int count = 0;
    for (int i = 0; i < 81; i++)
        count += text[i] != sudoku_question[i] && sudoku_question[i] != '.' && text[i] != '.';
    return count;
}

static bool adds_no_given(const char *text)
{
    for (int i = 0; i < 81; i++)
        if (sudoku_question[i] == '.' && text[i] != '.')
            return false;
    return true;
}

static int blanks(const char *text)
{
    int count = 0;
    for (int i = 0; i < 81; i++)
        count += text[i] == '.';
    return count;
}

static void check_sudoku(const trm_task *task, uint32_t fault, const char *text)
{
    const trmi_solutions solutions = solutions_of(task, text);
    switch (fault) {
    case TRM_FAULT_CLASH:
        ck_assert(changed(text) == 1 && has_clash(text));
        break;
    case TRM_FAULT_WRONG:
        ck_assert(changed(text) == 1 && !has_clash(text));
        break;
    case TRM_FAULT_TWO_WRONG:
        ck_assert_int_eq(changed(text), 2);
        break;
    case TRM_FAULT_UNSOLVABLE:
        ck_assert(changed(text) == 1 && !has_clash(text) && solutions == TRMI_SOLUTIONS_NONE);
        break;
    case TRM_FAULT_SEVERAL:
        ck_assert(changed(text) == 0 && solutions == TRMI_SOLUTIONS_SEVERAL);
        break;
    case TRM_FAULT_SOLVED:
        ck_assert_str_eq(text, sudoku_answer);
        break;
    default:
        ck_assert(blanks(text) == 1 && solutions == TRMI_SOLUTIONS_ONE);
    }
    ck_assert(fault >= TRM_FAULT_SOLVED || adds_no_given(text));
}

START_TEST(sudokus_have_the_fault)
{
    const trm_task task = task_of("sudoku", 9, 9);
    char before[82] = "";
    bool differ = _i == TRM_FAULT_SOLVED;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        char text[82], again[82];
        uint32_t made = 0;
        trm_error error = TRM_ERROR_INIT;
        strcpy(text, sudoku_question);
        strcpy(again, sudoku_question);
        ck_assert_msg(trm_spoil(&task, (uint32_t)_i, seed, sudoku_answer, text, &made, &error) == TRM_OK,
                      "%s", error.message);
        ck_assert_uint_eq(made, 1);
        check_sudoku(&task, (uint32_t)_i, text);
        ck_assert_int_eq(trm_spoil(&task, (uint32_t)_i, seed, sudoku_answer, again, NULL, NULL), TRM_OK);
        ck_assert_str_eq(text, again);
        differ = differ || (seed > 0 && strcmp(text, before) != 0);
        strcpy(before, text);
    }
    ck_assert(differ);
}
END_TEST

START_TEST(walls_stand_around_the_goal)
{
    const trm_task task = task_of("path", 3, 10);
    char text[] = "S    # G      #    # ## ##  # ";
    uint32_t made;
    ck_assert_int_eq(trm_spoil(&task, TRM_FAULT_WALLED_IN, 1, map_answer, text, &made, NULL), TRM_OK);
    ck_assert_uint_eq(made, 1);
    ck_assert_str_eq(text, "S    ##G#     #  # # ## ##  # ");
}
END_TEST

START_TEST(start_and_goal_change_places)
{
    const trm_task task = task_of("path", 3, 10);
    char text[] = "S    # G      #    # ## ##  # ";
    ck_assert_int_eq(trm_spoil(&task, TRM_FAULT_SWAPPED, 1, map_answer, text, NULL, NULL), TRM_OK);
    ck_assert_str_eq(text, "G    # S      #    # ## ##  # ");
}
END_TEST

START_TEST(noise_leaves_start_and_goal)
{
    const trm_task task = task_of("path", 3, 10);
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        char text[sizeof map_question];
        int different = 0;
        strcpy(text, map_question);
        ck_assert_int_eq(trm_spoil(&task, TRM_FAULT_NOISE, seed, map_answer, text, NULL, NULL), TRM_OK);
        ck_assert(text[0] == 'S' && text[7] == 'G');
        for (size_t i = 0; i < sizeof text; i++)
            different += text[i] != map_question[i];
        ck_assert(different > 0 && different < 10);
    }
}
END_TEST

START_TEST(says_when_there_is_none)
{
    const trm_task task = task_of("path", 1, 5);
    char text[] = "  SG ";
    uint32_t made = 7;
    ck_assert_int_eq(trm_spoil(&task, TRM_FAULT_WALLED_IN, 1, "  SG ", text, &made, NULL), TRM_OK);
    ck_assert_uint_eq(made, 0);
    ck_assert_str_eq(text, "  SG ");
}
END_TEST

/* Where there is one digit a given cannot be another. */
START_TEST(a_single_digit_is_never_wrong)
{
    trm_task task = TRM_TASK_INIT;
    char text[] = "1";
    uint32_t made = 7;
    task.name = "sudoku";
    task.box_rows = task.box_columns = 1;
    ck_assert_int_eq(trm_spoil(&task, (uint32_t)_i, 1, "1", text, &made, NULL), TRM_OK);
    ck_assert_uint_eq(made, 0);
    ck_assert_str_eq(text, "1");
}
END_TEST

START_TEST(refuses_what_cannot_be)
{
    trm_task task = task_of("sudoku", 9, 9);
    char text[82];
    strcpy(text, sudoku_question);
    ck_assert_int_eq(trm_spoil(&task, 0, 1, sudoku_answer, text, NULL, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_spoil(&task, 11, 1, sudoku_answer, text, NULL, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_spoil(NULL, 1, 1, sudoku_answer, text, NULL, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_spoil(&task, 1, 1, NULL, text, NULL, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_spoil(&task, TRM_FAULT_NOISE, 1, sudoku_answer, text, NULL, NULL),
                     TRM_ERROR_UNSUPPORTED);
    text[3] = 'x';
    ck_assert_int_eq(trm_spoil(&task, 1, 1, sudoku_answer, text, NULL, NULL), TRM_ERROR_PUZZLE);
    task = task_of("sudoku", 25, 25);
    ck_assert_int_eq(trm_spoil(&task, 1, 1, sudoku_answer, text, NULL, NULL), TRM_ERROR_UNSUPPORTED);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("faults");
    TCase *sudokus = tcase_create("sudokus"), *paths = tcase_create("paths");
    tcase_add_loop_test(sudokus, sudokus_have_the_fault, TRM_FAULT_CLASH, TRM_FAULT_ONE_BLANK + 1);
    tcase_add_loop_test(sudokus, a_single_digit_is_never_wrong, TRM_FAULT_CLASH, TRM_FAULT_SEVERAL);
    tcase_add_test(sudokus, refuses_what_cannot_be);
    tcase_add_test(paths, walls_stand_around_the_goal);
    tcase_add_test(paths, start_and_goal_change_places);
    tcase_add_test(paths, noise_leaves_start_and_goal);
    tcase_add_test(paths, says_when_there_is_none);
    suite_add_tcase(s, sudokus);
    suite_add_tcase(s, paths);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
