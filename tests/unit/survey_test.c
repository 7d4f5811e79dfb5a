/* What lists tell of themselves: each known task is found by its rows alone, and rows that contradict each
   other are named. */
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

static char *directory;
static const char *path;

static void set_up(void)
{
    directory = make_directory();
    path = inside_directory(directory, "puzzles.csv");
}

static void tear_down(void)
{
    remove_directory(directory);
}

static trm_puzzles *make(const trm_task *task, const trm_generate_options *options)
{
    trm_puzzles *puzzles;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_puzzles_create(task, NULL, &puzzles, &error) == TRM_OK, "%s", error.message);
    ck_assert_msg(trm_puzzles_generate(puzzles, options, &error) == TRM_OK, "%s", error.message);
    return puzzles;
}

/* Makes puzzles up, writes them, and looks at the file. */
static trm_survey survey_of(const trm_task *task, const trm_generate_options *options)
{
    trm_survey survey = TRM_SURVEY_INIT;
    trm_error error = TRM_ERROR_INIT;
    trm_puzzles *puzzles = make(task, options);
    ck_assert_int_eq(trm_puzzles_write(puzzles, path, "made", NULL), TRM_OK);
    trm_puzzles_free(puzzles);
    ck_assert_msg(trm_csv_survey(&path, 1, NULL, &survey, &error) == TRM_OK, "%s", error.message);
    ck_assert_uint_eq(survey.puzzles, options->count);
    ck_assert_uint_eq(survey.block, TRM_BLOCK_RELATIONAL);
    return survey;
}

static trm_generate_options some(uint64_t count)
{
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    options.count = count;
    return options;
}

/* -- tasks -- */

START_TEST(finds_sudokus)
{
    static const uint32_t boxes[][2] = { { 2, 2 }, { 2, 3 }, { 3, 2 }, { 3, 3 } };
    const trm_generate_options options = some(120);
    trm_task task = TRM_TASK_INIT;
    task.name = "sudoku";
    task.box_rows = boxes[_i][0];
    task.box_columns = boxes[_i][1];
    const uint32_t side = boxes[_i][0] * boxes[_i][1];
    const trm_survey v = survey_of(&task, &options);
    ck_assert_str_eq(v.task, "sudoku");
    ck_assert(v.cells == side * side && v.grid_rows == side && v.grid_columns == side);
    ck_assert(v.box_rows == boxes[_i][0] && v.box_columns == boxes[_i][1]);
    ck_assert(v.groups == (TRM_SURVEY_ROWS | TRM_SURVEY_COLUMNS | TRM_SURVEY_BOXES));
    ck_assert(v.fields == side && v.keeps_givens == 1 && v.has_blank == 1 && v.alphabet[0] == '.');
}
END_TEST

START_TEST(finds_paths)
{
    static const uint32_t grids[][2] = { { 10, 10 }, { 8, 12 }, { 12, 8 }, { 7, 9 } };
    const trm_generate_options options = some(300);
    trm_task task = TRM_TASK_INIT;
    task.name = "path";
    task.grid_rows = grids[_i][0];
    task.grid_columns = grids[_i][1];
    const trm_survey v = survey_of(&task, &options);
    ck_assert_str_eq(v.task, "path");
    ck_assert(v.grid_rows == grids[_i][0] && v.grid_columns == grids[_i][1]);
    ck_assert(v.fields == 1 && v.groups == 0 && v.has_blank == 0);
}
END_TEST

START_TEST(finds_jigsaws)
{
    const trm_generate_options options = some(60);
    trm_task task = TRM_TASK_INIT;
    task.name = "jigsaw";
    task.grid_rows = task.grid_columns = 6;
    const trm_survey v = survey_of(&task, &options);
    ck_assert_str_eq(v.task, "jigsaw");
    ck_assert(v.grid_rows == 6 && v.fields == 6 && (v.groups & TRM_SURVEY_REGIONS) != 0);
}
END_TEST

START_TEST(finds_colourings)
{
    const trm_generate_options options = some(200);
    trm_task task = TRM_TASK_INIT;
    task.name = "colouring";
    task.alphabet = ".1234";
    path = inside_directory(directory, "puzzles.jsonl");
    const trm_survey v = survey_of(&task, &options);
    ck_assert_str_eq(v.task, "colouring");
    ck_assert(v.cells == 0 && v.grid_rows == 0 && v.fields == 4);
}
END_TEST

/* Squares without signs are Latin; with signs their values have an order. */
START_TEST(finds_squares)
{
    trm_generate_options options = some(100);
    trm_task task = TRM_TASK_INIT;
    options.least_size = options.most_size = 5;
    path = inside_directory(directory, "puzzles.jsonl");
    task.rules = "task square\nvariables N x N\nvalues N\nall_different row column\n";
    trm_survey v = survey_of(&task, &options);
    ck_assert_str_eq(v.task, "latin");
    ck_assert(v.grid_rows == 5 && v.fields == 5);
    task.rules = "task signs\nvariables N x N\nvalues N\nall_different row column\nless neighbours 40%\n";
    v = survey_of(&task, &options);
    ck_assert(v.fields == 5 && strstr(v.relations, "greater=question/positions/sum+max") != NULL);
    ck_assert(strstr(v.relations, "above=shape/fields/sum+max") != NULL &&
              strstr(v.relations, "row=") != NULL);
    ck_assert(strstr(v.findings, "values have an order") != NULL);
}
END_TEST

/* -- lists by hand -- */

static trm_survey look_at(const char *text)
{
    trm_survey survey = TRM_SURVEY_INIT;
    trm_error error = TRM_ERROR_INIT;
    write_whole(path, text, strlen(text));
    ck_assert_msg(trm_csv_survey(&path, 1, NULL, &survey, &error) == TRM_OK, "%s", error.message);
    return survey;
}

/* Cells drawn by themselves are no grid, have no groups, and a value that is rarer is not like the others. */
START_TEST(chance_is_no_structure)
{
    enum { ROWS = 200, CELLS = 24 };
    static char text[32 + ROWS * (2 * CELLS + 2)];
    random_source source = random_begin(1);
    size_t used = (size_t)sprintf(text, "question,answer\n");
    for (uint32_t i = 0; i < ROWS; i++) {
        for (uint32_t p = 0; p < CELLS; p++) {
            const char value = "aab"[random_below(&source, 3)];
            text[used + p] = random_below(&source, 2) == 0 ? value : '_';
            text[used + CELLS + 1 + p] = value;
        }
        text[used + CELLS] = ',';
        text[used + 2 * CELLS + 1] = '\n';
        used += 2 * CELLS + 2;
    }
    const trm_survey v = look_at(text);
    ck_assert_msg(v.grid_rows == 1 && v.groups == 0 && v.fields == 1, "%s", v.findings);
    ck_assert_uint_eq(v.block, TRM_BLOCK_MIXER);
    ck_assert_str_eq(v.alphabet, "_ab");
    ck_assert(strstr(v.findings, "not known: whether they are a grid") != NULL);
}
END_TEST

/* -- contradictions -- */

#define SQUARES \
    "question,answer\n" \
    "1...............,1234341221434321\n.1..............,2143432112343412\n..1.............," \
    "3412123443212143\n" \
    "...1............,4321214334121234\n2...............,2341412332141432\n.2..............," \
    "1234341221434321\n" \
    "..2.............,4123234114323214\n...2............,1432321423414123\n3...............," \
    "3412123443212143\n" \
    ".3..............,1324421331422431\n4...............,4321214334121234\n"

#define GRAPH(name) "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"" name "\": [[1], [0]]}}\n"

static void check_refusal(const char *text, const char *sentence)
{
    trm_survey survey = TRM_SURVEY_INIT;
    trm_error error = TRM_ERROR_INIT;
    write_whole(path, text, strlen(text));
    const trm_status status = trm_csv_survey(&path, 1, NULL, &survey, &error);
    ck_assert_msg(status == TRM_ERROR_PUZZLE && strstr(error.message, sentence) != NULL, "%s", error.message);
}

START_TEST(names_rows_that_contradict)
{
    check_refusal(SQUARES "1..............2,1234341221434321\n", "unlike those of lines 13");
    check_refusal(SQUARES "................,1243341221434321\n",
                  "no value stands twice in a column in 11 of 12");
    check_refusal(SQUARES "................,1224341221434321\n",
                  "no value stands twice in a row in 11 of 12");
    check_refusal(SQUARES "1...............,1243342121344312\n", "than that of line 2");
    check_refusal(SQUARES "?...............,1234341221434321\n",
                  "'?', which no answer has, is not in 11 of 12");
    check_refusal(SQUARES "\x1b...............,1234341221434321\n",
                  "byte 0x1b, which no answer has, is not in 11 of 12");
    check_refusal(SQUARES "1...............,123434122143432\n",
                  "line 13: expected an answer as long as its question");
    check_refusal("question\n1.\n", "expected an answer with the question");
    check_refusal("question,answer,rows,columns\n1...,1234,5,5\n",
                  "expected 5 x 5 cells, as the row says, found 4");
    check_refusal("question,answer\n1.,12\n1..,123\n", "found several sizes of up to 3 cells");
    check_refusal("question,answer\n11,11\n", "expected several characters, found one");
    check_refusal(GRAPH("e") GRAPH("f"), "relation e: expected it with each puzzle, found it with 1 of 2");
    check_refusal(GRAPH("x\\n;id;"), "expected a name of lower-case letters, digits and _");
    check_refusal(GRAPH("Edge"), "relation 'Edge': expected a name of lower-case letters");
    check_refusal(GRAPH("1st"), "relation '1st': expected a name of lower-case letters");
    check_refusal(GRAPH("a b"), "relation 'a b': expected a name of lower-case letters");
}
END_TEST

START_TEST(has_room_for_what_it_says_of_relations)
{
    char line[4096] = "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {";
    for (int i = 0; i < 32; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line),
                 "%s\"a_relation_with_a_long_name_%02d\": [[1], [0]]", i > 0 ? ", " : "", i);
    snprintf(line + strlen(line), sizeof line - strlen(line), "}}\n");
    check_refusal(line, "expected fewer relations, or shorter names, found 32");
}
END_TEST

START_TEST(says_what_it_cannot_take)
{
    trm_survey survey = TRM_SURVEY_INIT;
    trm_error error = TRM_ERROR_INIT;
    const char *missing = "no such list.csv";
    ck_assert_int_eq(trm_csv_survey(NULL, 1, NULL, &survey, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_csv_survey(&missing, 0, NULL, &survey, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_csv_survey(&missing, 1, NULL, &survey, &error), TRM_ERROR_FILE);
}
END_TEST

START_TEST(survives_without_memory)
{
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    trm_status status = TRM_ERROR_MEMORY;
    write_whole(path, SQUARES, sizeof SQUARES - 1);
    for (uint64_t fail_at = 0; status != TRM_OK; fail_at++) {
        failing_memory memory = { .fail_at = fail_at };
        const trm_allocator allocator = failing_allocator(&memory);
        trm_survey survey = TRM_SURVEY_INIT;
        options.allocator = &allocator;
        status = trm_csv_survey(&path, 1, &options, &survey, NULL);
        ck_assert(status == TRM_OK || status == TRM_ERROR_MEMORY);
        ck_assert_int_eq(memory.alive, 0);
    }
}
END_TEST

/* -- holding back -- */

/* Puzzles of both sets together are those that there were; the same one is never on both sides. */
START_TEST(holds_puzzles_back)
{
    char question[16], answer[16], other[16];
    trm_generate_options options = some(400);
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *held;
    task.name = "sudoku";
    task.box_rows = task.box_columns = 2;
    options.least_givens = options.most_givens = 10; /* few of them differ by chance alone */
    trm_puzzles *puzzles = make(&task, &options);
    ck_assert_int_eq(trm_puzzles_generate(puzzles, &options, NULL), TRM_OK); /* all of them once more */
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &held, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_hold_back(puzzles, held, 0, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_hold_back(puzzles, held, 10, NULL), TRM_OK);
    ck_assert_uint_eq(trm_puzzles_count(puzzles) + trm_puzzles_count(held), 800);
    ck_assert(trm_puzzles_count(held) >= 78 && trm_puzzles_count(held) <= 82);
    for (uint64_t i = 0; i < trm_puzzles_count(held); i++) {
        ck_assert_int_eq(trm_puzzles_get(held, i, question, answer, NULL, NULL), TRM_OK);
        for (uint64_t k = 0; k < trm_puzzles_count(puzzles); k++) {
            ck_assert_int_eq(trm_puzzles_get(puzzles, k, other, NULL, NULL, NULL), TRM_OK);
            ck_assert_mem_ne(question, other, sizeof question);
        }
    }
    ck_assert_int_eq(trm_puzzles_hold_back(puzzles, held, 10, NULL), TRM_ERROR_ARGUMENT); /* it has some */
    trm_puzzles_free(held);
    trm_puzzles_free(puzzles);
}
END_TEST

/* What puzzles bring goes with them. */
START_TEST(holds_graphs_back)
{
    const trm_generate_options options = some(50);
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *held, *few;
    task.name = "colouring";
    task.alphabet = ".1234";
    trm_puzzles *puzzles = make(&task, &options);
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &held, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_hold_back(puzzles, held, 20, NULL), TRM_OK);
    ck_assert(trm_puzzles_count(puzzles) == 40 && trm_puzzles_count(held) == 10);
    for (uint64_t i = 0; i < 10; i++) {
        trm_questions question = TRM_QUESTIONS_INIT;
        ck_assert_int_eq(trm_puzzles_question(held, i, &question, NULL), TRM_OK);
        ck_assert(question.relation_count == 1 &&
                  question.relations[0].lists == question.shapes[0].positions);
    }
    const trm_generate_options one = some(1);
    few = make(&task, &one);
    trm_puzzles_free(held);
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &held, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_hold_back(few, held, 50, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_uint_eq(trm_puzzles_count(few), 1);
    trm_puzzles_free(few);
    trm_puzzles_free(held);
    trm_puzzles_free(puzzles);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("survey");
    TCase *tests = tcase_create("lists");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, finds_sudokus, 0, 4);
    tcase_add_loop_test(tests, finds_paths, 0, 4);
    tcase_add_test(tests, finds_jigsaws);
    tcase_add_test(tests, finds_colourings);
    tcase_add_test(tests, finds_squares);
    tcase_add_test(tests, chance_is_no_structure);
    tcase_add_test(tests, names_rows_that_contradict);
    tcase_add_test(tests, has_room_for_what_it_says_of_relations);
    tcase_add_test(tests, says_what_it_cannot_take);
    tcase_add_test(tests, survives_without_memory);
    tcase_add_test(tests, holds_puzzles_back);
    tcase_add_test(tests, holds_graphs_back);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
