/* Sets of puzzles: what comes in is what the file has, what is wrong is named with its place and leaves no
 * trace. */
#define _POSIX_C_SOURCE 200809L
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/puzzles/puzzles.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

#define HEADER "source,question,answer,rating\n"
#define GOOD_ROW "a,.234341221434321,1234341221434321,7\n"

static char *directory;
static trm_task small_sudoku = TRM_TASK_INIT;
static trm_puzzles *puzzles;

static void set_up(void)
{
    directory = make_directory();
    small_sudoku.name = "sudoku";
    small_sudoku.grid_rows = small_sudoku.grid_columns = 4;
    ck_assert_int_eq(trm_puzzles_create(&small_sudoku, NULL, &puzzles, NULL), TRM_OK);
}

static void tear_down(void)
{
    trm_puzzles_free(puzzles);
    remove_directory(directory);
}

static const char *file_with(const char *text)
{
    const char *path = inside_directory(directory, "puzzles.csv");
    write_whole(path, text, strlen(text));
    return path;
}

START_TEST(reads_files_one_after_another)
{
    char question[16], answer[16];
    uint32_t rating;
    const char *path = file_with(HEADER GOOD_ROW "b,1...............,1234341221434321,0\n" GOOD_ROW);
    ck_assert_int_eq(trm_puzzles_read(puzzles, path, 0, NULL), TRM_OK);
    ck_assert_uint_eq(trm_puzzles_count(puzzles), 3);
    ck_assert_int_eq(trm_puzzles_read(puzzles, path, 2, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_read(puzzles, path, 100, NULL), TRM_OK);
    ck_assert_uint_eq(trm_puzzles_count(puzzles), 8);
    ck_assert_int_eq(trm_puzzles_get(puzzles, 4, question, answer, &rating, NULL), TRM_OK);
    ck_assert_mem_eq(question, "1...............", 16);
    ck_assert_mem_eq(answer, "1234341221434321", 16);
    ck_assert_uint_eq(rating, 0);
    ck_assert_int_eq(trm_puzzles_get(puzzles, 7, NULL, NULL, &rating, NULL), TRM_OK);
    ck_assert_uint_eq(rating, 7);
    ck_assert_uint_eq(trmi_puzzles_question(puzzles, 7)[0], TRMI_SUDOKU_BLANK);
    ck_assert_uint_eq(trmi_puzzles_answer(puzzles, 7)[0], 2);
}
END_TEST

static const struct bad_row {
    const char *row, *sentence;
} bad[] = {
    { "", "puzzles.csv: expected puzzles behind the header, found none" },
    { GOOD_ROW "a,b\n", "puzzles.csv: line 3: expected 4 columns" },
    { GOOD_ROW GOOD_ROW "a,.234,1234,0\n",
      "line 4, column 3 (question): expected 16 characters, a grid of 4 x 4, found 4" },
    { "a,.234341221434321,1234341221434321.,7\n", "line 2, column 20 (answer): expected 16 characters" },
    { "a,.2343412x1434321,1234341221434321,7\n",
      "line 2, column 11 (question): expected one of '.1234', found 'x'" },
    { "a,.234341221434321,1234341221434 21,7\n",
      "line 2, column 33 (answer): expected one of '.1234', found ' '" },
    { "a,.234341221434311,1234341221434321,7\n",
      "line 2, column 34 (answer): the question gives 1 here, the answer has 2" },
    { "a,.234341221434321,.234341221434321,7\n",
      "line 2, column 20 (answer): expected a digit in every cell" },
    { "a,................,1234341221434312,7\n",
      "line 2, column 34 (answer): the answer has 1 a second time" },
    { "a,.234341221434321,1234341221434321,x\n", "line 2, column 37 (rating): expected a number" },
    { "a,.234341221434321,1234341221434321,-1\n",
      "(rating): expected a number from 0 to 4294967295, or nothing, found '-1'" },
    { "a,.234341221434321,1234341221434321,4294967296\n", "(rating): expected a number" },
    { "a,.234341221434321,1234341221434321,1.5.5\n", "(rating): expected a number" },
};

START_TEST(names_what_is_wrong_and_keeps_nothing)
{
    char text[1024];
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trm_puzzles_read(puzzles, file_with(HEADER GOOD_ROW), 0, NULL), TRM_OK);
    snprintf(text, sizeof text, HEADER "%s", bad[_i].row);
    const trm_status status = trm_puzzles_read(puzzles, file_with(text), 0, &error);
    ck_assert(status == TRM_ERROR_FORMAT || status == TRM_ERROR_PUZZLE);
    ck_assert_msg(strstr(error.message, bad[_i].sentence) != NULL, "no \"%s\" in: %s", bad[_i].sentence,
                  error.message);
    ck_assert_uint_eq(trm_puzzles_count(puzzles), 1);
}
END_TEST

static int32_t given[2][16], answered[2][16];

static trm_questions two_questions(void)
{
    static const char *const text[2][2] = { { ".234341221434321", "1234341221434321" },
                                            { "1...............", "1234341221434321" } };
    for (int i = 0; i < 2; i++)
        for (int n = 0; n < 16; n++) {
            given[i][n] = puzzles->task.token[(unsigned char)text[i][0][n]];
            answered[i][n] = puzzles->task.token[(unsigned char)text[i][1][n]];
        }
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 2;
    questions.tokens = given[0];
    return questions;
}

START_TEST(adds_what_lies_in_memory)
{
    const trm_shape shape = { sizeof shape, 4, 4, 2, 2, 1, 16, 0, 0 };
    char question[16], answer[16];
    uint32_t rating = 7, zeros[2] = { 0 };
    trm_questions questions = two_questions();
    ck_assert_int_eq(trm_puzzles_add(puzzles, &questions, answered[0], NULL), TRM_OK);
    questions.identifiers = zeros;
    questions.shapes = &shape;
    questions.shape_count = 1;
    ck_assert_int_eq(trm_puzzles_add(puzzles, &questions, answered[0], NULL), TRM_OK);
    ck_assert_uint_eq(trm_puzzles_count(puzzles), 4);
    ck_assert_int_eq(trm_puzzles_get(puzzles, 3, question, answer, &rating, NULL), TRM_OK);
    ck_assert_mem_eq(question, "1...............", 16);
    ck_assert_mem_eq(answer, "1234341221434321", 16);
    ck_assert_uint_eq(rating, 0);
}
END_TEST

static void refuse_to_add(const trm_questions *questions, trm_status wanted, const char *sentence)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_status status = trm_puzzles_add(puzzles, questions, answered[0], &error);
    ck_assert_msg(status == wanted && strstr(error.message, sentence) != NULL, "%s, no \"%s\" in: %s",
                  trm_status_name(status), sentence, error.message);
    ck_assert_uint_eq(trm_puzzles_count(puzzles), 0);
}

START_TEST(refuses_to_add_what_it_would_not_read)
{
    trm_questions questions = two_questions();
    given[1][3] = 0; /* padding has no character */
    refuse_to_add(&questions, TRM_ERROR_PUZZLE,
                  "puzzle 1, position 3 of the question: expected a token below 6");
    given[1][3] = 6;
    refuse_to_add(&questions, TRM_ERROR_PUZZLE, "found 6");
    given[1][3] = -1;
    refuse_to_add(&questions, TRM_ERROR_PUZZLE, "found -1");
    given[1][3] = 2;
    refuse_to_add(&questions, TRM_ERROR_PUZZLE, "puzzle 1, position 3: the question gives 1 here");
    given[1][3] = 1;
    answered[0][15] = 6;
    refuse_to_add(&questions, TRM_ERROR_PUZZLE, "puzzle 0, position 15 of the answer");
}
END_TEST

START_TEST(refuses_to_add_questions_that_it_does_not_know)
{
    trm_questions questions = two_questions();
    const trm_relation relation = TRM_RELATION_INIT;
    const float feature = 0;
    uint32_t ones[2] = { 0, 1 };
    trm_shape shapes[2] = { TRM_SHAPE_INIT, TRM_SHAPE_INIT };
    ck_assert_int_eq(trm_puzzles_add(NULL, &questions, answered[0], NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_add(puzzles, NULL, answered[0], NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_add(puzzles, &questions, NULL, NULL), TRM_ERROR_ARGUMENT);
    questions.relations = &relation;
    refuse_to_add(&questions, TRM_ERROR_ARGUMENT, "found 0 of them");
    questions.relation_count = 1;
    refuse_to_add(&questions, TRM_ERROR_ARGUMENT, "expected a name of 1 to 31 bytes");
    questions.relations = NULL;
    questions.relation_count = 0;
    questions.features = &feature;
    refuse_to_add(&questions, TRM_ERROR_ARGUMENT, "expected NULL, as trm_task.features is 0");
    questions.features = NULL;
    questions.identifiers = ones;
    refuse_to_add(&questions, TRM_ERROR_PUZZLE, "puzzle 1: expected identifier 0");
    questions.identifiers = NULL;
    questions.shapes = shapes;
    refuse_to_add(&questions, TRM_ERROR_ARGUMENT, "shape_count: expected 0 without shapes, 1 or count (2)");
    questions.shape_count = 2;
    shapes[1].rows = 9;
    refuse_to_add(&questions, TRM_ERROR_PUZZLE, "trm_questions.shapes[1].rows: expected 4");
    questions.count = 0;
    refuse_to_add(&questions, TRM_ERROR_ARGUMENT, "at least one question");
}
END_TEST

START_TEST(refuses_wrong_arguments)
{
    trm_puzzles *none;
    ck_assert_int_eq(trm_puzzles_create(NULL, NULL, &none, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_null(none);
    ck_assert_int_eq(trm_puzzles_create(&small_sudoku, NULL, NULL, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_read(NULL, "x", 0, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_read(puzzles, NULL, 0, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_get(puzzles, 0, NULL, NULL, NULL, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_generate(puzzles, NULL, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_write(puzzles, NULL, "x", NULL), TRM_ERROR_ARGUMENT);
    const char *path = inside_directory(directory, "written.csv");
    ck_assert_int_eq(trm_puzzles_write(puzzles, path, "a,b", NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_puzzles_write(puzzles, path, "a\nb", NULL), TRM_ERROR_ARGUMENT);
    ck_assert_uint_eq(count_files(directory), 0);
    ck_assert_uint_eq(trm_puzzles_count(NULL), 0);
    trm_puzzles_free(NULL);
}
END_TEST

static trm_generate_options wanted(uint64_t count, uint64_t first)
{
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    options.count = count;
    options.first = first;
    options.seed = 5;
    return options;
}

static const struct bad_options {
    trm_generate_options options;
    const char *sentence;
} bad_options[] = {
    { { sizeof(trm_generate_options), 1, 0, 0, 5, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      "range of givens within 0 to 16, found 5 to 3" },
    { { sizeof(trm_generate_options), 1, 0, 0, 5, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "found 5 to 17" },
    { { sizeof(trm_generate_options), 1, 0, 0, 0, 0, 20, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      "the task sudoku have no walls" },
    { { sizeof(trm_generate_options), 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      "the task sudoku have no ways" },
    { { sizeof(trm_generate_options), 1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0 },
      "the task sudoku have no ways" },
    { { sizeof(trm_generate_options), 2, UINT64_MAX, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      "first + count" },
    { { sizeof(trm_generate_options), 1, 0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      "random grids had none" },
    { { sizeof(trm_generate_options), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0 },
      "minimal must be 0 or 1" },
    { { sizeof(trm_generate_options), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0 },
      "reserved must be 0" },
    { { sizeof(trm_generate_options), 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 },
      "found 0 to 2: 5000 random grids had none" },
};

START_TEST(refuses_to_generate_the_impossible)
{
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trm_puzzles_generate(puzzles, &bad_options[_i].options, &error), TRM_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error.message, bad_options[_i].sentence) != NULL, "no \"%s\" in: %s",
                  bad_options[_i].sentence, error.message);
    ck_assert_uint_eq(trm_puzzles_count(puzzles), 0);
}
END_TEST

START_TEST(refuses_counts_beyond_memory)
{
    const trm_generate_options endless = wanted(UINT64_MAX / 2, 0);
    ck_assert_int_eq(trm_puzzles_generate(puzzles, &endless, NULL), TRM_ERROR_MEMORY);
}
END_TEST

START_TEST(generates_nothing_for_other_tasks)
{
    trm_task task = TRM_TASK_INIT;
    task.name = "copy";
    task.grid_rows = task.grid_columns = 3;
    task.alphabet = "ab";
    trm_puzzles *copies;
    const trm_generate_options one = wanted(1, 0);
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &copies, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_generate(copies, &one, NULL), TRM_ERROR_UNSUPPORTED);
    trm_puzzles_free(copies);
}
END_TEST

START_TEST(generates_the_same_in_parts)
{
    trm_puzzles *parts;
    const trm_generate_options whole = wanted(100, 0), one = wanted(40, 0), other = wanted(60, 40);
    ck_assert_int_eq(trm_puzzles_create(&small_sudoku, NULL, &parts, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_generate(puzzles, &whole, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_generate(parts, &one, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_generate(parts, &other, NULL), TRM_OK);
    ck_assert_uint_eq(parts->count, 100);
    ck_assert_mem_eq(parts->tokens, puzzles->tokens, 100 * 2 * 16);
    ck_assert_mem_eq(parts->ratings, puzzles->ratings, 100 * sizeof(uint32_t));
    ck_assert_mem_ne(trmi_puzzles_answer(puzzles, 0), trmi_puzzles_answer(puzzles, 1), 16);
    trm_puzzles_free(parts);
}
END_TEST

/* Another seed, other puzzles; and what this version makes, every version makes. */
START_TEST(generates_what_it_always_did)
{
    char question[16], answer[16];
    trm_generate_options options = wanted(1, 0);
    ck_assert_int_eq(trm_puzzles_generate(puzzles, &options, NULL), TRM_OK);
    options.seed = 6;
    ck_assert_int_eq(trm_puzzles_generate(puzzles, &options, NULL), TRM_OK);
    ck_assert_mem_ne(trmi_puzzles_answer(puzzles, 0), trmi_puzzles_answer(puzzles, 1), 16);
    ck_assert_int_eq(trm_puzzles_get(puzzles, 0, question, answer, NULL, NULL), TRM_OK);
    ck_assert_mem_eq(question, "4.23.2.4..4.24.1", 16);
    ck_assert_mem_eq(answer, "4123321413422431", 16);
}
END_TEST

static const char *const names[] = { "written.csv", "written.csv.gz" };

START_TEST(writes_what_it_reads)
{
    const char *path = inside_directory(directory, names[_i]);
    const trm_generate_options many = wanted(20000, 0);
    trm_puzzles *again;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trm_puzzles_generate(puzzles, &many, NULL), TRM_OK);
    const trm_status status = trm_puzzles_write(puzzles, path, "generated", &error);
#ifndef TRMI_HAVE_ZLIB
    if (_i == 1) {
        ck_assert_int_eq(status, TRM_ERROR_UNSUPPORTED);
        ck_assert_uint_eq(count_files(directory), 0);
        return;
    }
#endif
    ck_assert_msg(status == TRM_OK, "%s", error.message);
    ck_assert_uint_eq(count_files(directory), 1);
    ck_assert_int_eq(trm_puzzles_create(&small_sudoku, NULL, &again, NULL), TRM_OK);
    ck_assert_msg(trm_puzzles_read(again, path, 0, &error) == TRM_OK, "%s", error.message);
    ck_assert_uint_eq(again->count, puzzles->count);
    ck_assert_mem_eq(again->tokens, puzzles->tokens, (size_t)again->count * 2 * 16);
    ck_assert_mem_eq(again->ratings, puzzles->ratings, (size_t)again->count * sizeof(uint32_t));
    size_t bytes;
    uint8_t *file = read_whole(path, &bytes);
    ck_assert(_i == 1 ? bytes < 20000 * 20 : strstr((char *)file, "\ngenerated,") != NULL);
    free(file);
    trm_puzzles_free(again);
}
END_TEST

/* Everything that takes memory, once. */
static trm_status use_memory(const trm_allocator *allocator, const char *path, const char *output)
{
    trm_puzzles *made = NULL;
    const trm_generate_options few = wanted(100, 0);
    trm_status status = trm_puzzles_create(&small_sudoku, allocator, &made, NULL);
    if (status == TRM_OK)
        status = trm_puzzles_read(made, path, 0, NULL);
    if (status == TRM_OK)
        status = trm_puzzles_generate(made, &few, NULL);
    if (status == TRM_OK)
        status = trm_puzzles_write(made, output, "x", NULL);
    trm_puzzles_free(made);
    return status;
}

START_TEST(survives_every_failed_allocation)
{
    char output[4096];
    const char *path = file_with(HEADER GOOD_ROW);
#ifdef TRMI_HAVE_ZLIB
    snprintf(output, sizeof output, "%s/out.csv.gz", directory);
#else
    snprintf(output, sizeof output, "%s/out.csv", directory);
#endif
    for (int forever = 0; forever < 2; forever++) {
        trm_status status = TRM_ERROR_MEMORY;
        for (uint64_t fail_at = 0; status != TRM_OK; fail_at++) {
            failing_memory memory = { .fail_at = fail_at, .forever = forever == 1 };
            const trm_allocator failing = failing_allocator(&memory);
            status = use_memory(&failing, path, output);
            ck_assert(status == TRM_ERROR_MEMORY || status == TRM_OK);
            ck_assert_int_eq(memory.alive, 0);
            ck_assert_uint_eq(count_files(directory), status == TRM_OK ? 2 : 1);
            ck_assert(status != TRM_OK || fail_at > 10);
        }
        remove(output);
    }
}
END_TEST

static const struct data_file {
    const char *name, *task;
    uint32_t rows, columns;
    uint64_t count;
} data_files[] = {
    { "sudoku/extreme_train.csv.gz", "sudoku", 9, 9, 93460 },
    { "sudoku/extreme_test.csv.gz", "sudoku", 9, 9, 4000 },
    { "sudoku/easy_train.csv.gz", "sudoku", 9, 9, 100000 },
    { "sudoku/easy_test.csv.gz", "sudoku", 9, 9, 2000 },
    { "sudoku6/train.csv.gz", "sudoku", 6, 6, 50000 },
    { "sudoku6/test.csv.gz", "sudoku", 6, 6, 1000 },
    { "sudoku4/train.csv.gz", "sudoku", 4, 4, 10000 },
    { "sudoku4/test.csv.gz", "sudoku", 4, 4, 1000 },
    { "maze/hard30_train.csv.gz", "path", 30, 30, 1000 },
    { "maze/hard30_test.csv.gz", "path", 30, 30, 1000 },
    { "maze/grid10_train.csv.gz", "path", 10, 10, 20000 },
    { "maze/grid10_test.csv.gz", "path", 10, 10, 1000 },
};

/* The data beside the project; false where there is none that this build can read. */
static bool data_path(char path[4096], const char *name)
{
    bool readable = true;
#ifndef TRMI_HAVE_ZLIB
    readable = false;
#endif
    const char *root = getenv("TRM_SOURCE_ROOT");
    snprintf(path, 4096, "%s/../shared/data/%s", root != NULL ? root : ".", name);
    return readable && access(path, R_OK) == 0;
}

START_TEST(reads_the_shared_data)
{
    const struct data_file *file = &data_files[_i];
    char path[4096];
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *data;
    trm_error error = TRM_ERROR_INIT;
    ck_assert(data_path(path, file->name));
    task.name = file->task;
    task.grid_rows = file->rows;
    task.grid_columns = file->columns;
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &data, NULL), TRM_OK);
    ck_assert_msg(trm_puzzles_read(data, path, 0, &error) == TRM_OK, "%s", error.message);
    ck_assert_uint_eq(trm_puzzles_count(data), file->count);
    trm_puzzles_free(data);
}
END_TEST

START_TEST(skipped_as_there_is_no_shared_data_or_no_zlib)
{
}
END_TEST

static Suite *suite(void)
{
    char path[4096];
    bool all_there = true;
    for (size_t i = 0; i < sizeof data_files / sizeof data_files[0]; i++)
        all_there = all_there && data_path(path, data_files[i].name);
    Suite *all = suite_create("puzzles");
    TCase *set = tcase_create("set");
    tcase_add_checked_fixture(set, set_up, tear_down);
    tcase_add_test(set, reads_files_one_after_another);
    tcase_add_loop_test(set, names_what_is_wrong_and_keeps_nothing, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(set, adds_what_lies_in_memory);
    tcase_add_test(set, refuses_to_add_what_it_would_not_read);
    tcase_add_test(set, refuses_to_add_questions_that_it_does_not_know);
    tcase_add_test(set, refuses_wrong_arguments);
    tcase_add_loop_test(set, refuses_to_generate_the_impossible, 0,
                        sizeof bad_options / sizeof bad_options[0]);
    tcase_add_test(set, refuses_counts_beyond_memory);
    tcase_add_test(set, generates_nothing_for_other_tasks);
    tcase_add_test(set, generates_the_same_in_parts);
    tcase_add_test(set, generates_what_it_always_did);
    tcase_add_loop_test(set, writes_what_it_reads, 0, sizeof names / sizeof names[0]);
    tcase_add_test(set, survives_every_failed_allocation);
    if (all_there)
        tcase_add_loop_test(set, reads_the_shared_data, 0, sizeof data_files / sizeof data_files[0]);
    else
        tcase_add_test(set, skipped_as_there_is_no_shared_data_or_no_zlib);
    suite_add_tcase(all, set);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
