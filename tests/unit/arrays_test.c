/* Folders of arrays as the published code builds them: which are read, and what is said of the others. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <trm/train.h>

#include "tests/support/files.h"
#include "tests/support/run.h"

static char *directory;

static void set_up(void)
{
    directory = make_directory();
}

static void tear_down(void)
{
    remove_directory(directory);
}

/* Numbers below 128, as a file of NumPy; version 2 has a longer length. */
static void write_array(const char *name, unsigned version, const char *header, size_t width,
                        const signed char *numbers, size_t count)
{
    const size_t length = strlen(header), before = version == 1 ? 10 : 12;
    uint8_t *file = calloc(1, before + length + count * width);
    ck_assert_ptr_nonnull(file);
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (uint8_t)version;
    file[8] = (uint8_t)(length & 255);
    file[9] = (uint8_t)(length >> 8);
    memcpy(file + before, header, length);
    for (size_t i = 0; i < count; i++)
        memset(file + before + length + i * width, numbers[i] < 0 ? 0xff : 0, width);
    for (size_t i = 0; i < count; i++)
        file[before + length + i * width] = (uint8_t)numbers[i];
    write_whole(inside_directory(directory, name), file, before + length + count * width);
    free(file);
}

#define HEADER(type, shape) "{'descr': '" type "', 'fortran_order': False, 'shape': " shape ", }          \n"
/* Two Sudokus of 4 x 4: 1 is a blank, 2 the digit 1. */
static const signed char questions[] = { 2, 1, 4, 1, 1, 5, 1, 3, 3, 1, 5, 1, 1, 4, 1, 2,
                                         1, 1, 1, 1, 4, 5, 2, 3, 3, 2, 5, 4, 5, 4, 3, 2 };
static const signed char answers[] = { 2, 3, 4, 5, 4, 5, 2, 3, 3, 2, 5, 4, 5, 4, 3, 2,
                                       2, 3, 4, 5, 4, 5, 2, 3, 3, 2, 5, 4, 5, 4, 3, 2 };
#define READ "1:1.3..4.22.4..3.1/1234341221434321 2:....341221434321/1234341221434321"

enum { SUDOKU4, SUDOKU, OWN, NONE };
static const trm_task tasks[] = {
    { sizeof(trm_task), "sudoku", 4, 4, 0, 0, NULL, 0, 0, NULL },
    { sizeof(trm_task), "sudoku", 0, 0, 0, 0, NULL, 0, 0, NULL },
    { sizeof(trm_task), "own", 4, 4, 0, 0, ".abcd", 1, 0, NULL },
};

/* Reads the folder as the command would: LINE:QUESTION/ANSWER, or a sentence behind '!'. */
static void read_folder(int task, char *text)
{
    trm_csv *list = NULL;
    uint64_t line = 1;
    size_t used = 0;
    trm_error error = TRM_ERROR_INIT;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    options.task = task == NONE ? NULL : &tasks[task];
    trm_status status = trm_csv_open(directory, &options, &list, &error);
    while (status == TRM_OK && line > 0) {
        status = trm_csv_next(list, &line, &error);
        const char *question = trm_csv_text(list, TRM_CSV_QUESTION, NULL, NULL),
                   *answer = trm_csv_text(list, TRM_CSV_ANSWER, NULL, NULL);
        if (status == TRM_OK && line > 0)
            used +=
                (size_t)sprintf(text + used, "%s%d:%s/%s", used > 0 ? " " : "", (int)line, question, answer);
    }
    if (status != TRM_OK)
        sprintf(text, "!%s", error.message);
    trm_csv_close(list);
}

static void expect(int task, const char *expected)
{
    char text[2048] = "";
    read_folder(task, text);
    if (*expected == '!')
        ck_assert_msg(*text == '!' && strstr(text, expected + 1) != NULL, "expected %s, found %s", expected,
                      text);
    else
        ck_assert_str_eq(text, expected);
}

/* -- arrays -- */

static const struct array_case {
    unsigned version;
    const char *header;
    size_t width;
    const char *read;
} headers[] = {
    { 1, HEADER("|u1", "(2, 16)"), 1, READ },
    { 1, HEADER("|i1", "(2, 16)"), 1, READ },
    { 1, HEADER("<u2", "(2, 16)"), 2, READ },
    { 2, HEADER("<i4", "(2, 16)"), 4, READ },
    { 3, HEADER("<i8", "(2, 16)"), 8, READ },
    { 1, HEADER("<u8", "(2, 4, 4)"), 8, READ },
    { 1, "{\"shape\":(2,16),\"fortran_order\":False,\"descr\":\"|u1\"}\n", 1, READ },
    { 1, HEADER("|u1", "(0, 16)"), 0, "" },
    { 4, HEADER("|u1", "(2, 16)"), 1, "!__inputs.npy: expected an array in version 1 to 3, found 4.0" },
    { 1, HEADER("<f4", "(2, 16)"), 4,
      "!expected whole numbers of 1 to 8 bytes, such as '<i8' or '|u1', found '<f4'" },
    { 1, HEADER("|b1", "(2, 16)"), 1, "!found '|b1'; save array.astype" },
    { 1, HEADER("|O", "(2, 16)"), 8, "!found '|O'" },
    { 1, HEADER("", "(2, 16)"), 8, "!found ''" },
    { 1, HEADER(">i4", "(2, 16)"), 4, "!expected numbers whose lowest byte comes first, found '>i4'" },
    { 1, HEADER("<i3", "(2, 16)"), 4, "!found '<i3'" },
    { 1, "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (2,)}", 4,
      "!expected one type of whole numbers" },
    { 1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 16)}", 1,
      "!(the order of Fortran); save numpy.ascont" },
    { 1, "{'descr': '|u1', 'fortran_order': None, 'shape': (2, 16)}", 1,
      "!expected fortran_order True or False" },
    { 1, "{'descr': '|u1', 'descr': '|u1', 'shape': (2, 16)}", 1, "!each once, found 'descr'" },
    { 1, "{'descr': '|u1', 'shape': (2, 16)}", 1, "!expected 'fortran_order' in the header, found none" },
    { 1, "{'descr': '|u1', 'colour': 1}", 1,
      "!expected descr, fortran_order and shape in the header, each once, found 'colour'" },
    { 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 16", 1,
      "!expected a comma or a closing bracket" },
    { 1, "", 1, "!expected a bracket {" },
    { 1, HEADER("|u1", "(32,)"), 1,
      "!expected a row of 1 to 65536 tokens for each puzzle, found an array of (32)" },
    { 1, HEADER("|u1", "()"), 1, "!numbers of 1 bytes behind the header (), found 32 bytes" },
    { 1, HEADER("|u1", "(1, 1, 1, 2, 16)"), 1, "!expected at most 4 dimensions" },
    { 1, HEADER("|u1", "(4294967296, 16)"), 1, "!expected at most 4 dimensions of at most 32 bits" },
    { 1, HEADER("|u1", "(1, 4294967295, 2)"), 1, "!expected rows of less than 2^32 numbers" },
    { 1, HEADER("<i8", "(4294967295, 4294967295)"), 1, "!expected 18446744065119617025 numbers of 8 bytes" },
    { 1, HEADER("|u1", "(2, -16)"), 1, "!in the header, found '-16), }" },
    { 1, HEADER("|u1", "(3, 16)"), 1,
      "!expected 48 numbers of 1 bytes behind the header (3 x 16), found 32 bytes" },
    { 1, HEADER("<u2", "(2, 16)"), 1,
      "!expected 32 numbers of 2 bytes behind the header (2 x 16), found 32 bytes" },
};

START_TEST(knows_an_array_by_its_header)
{
    const struct array_case *c = &headers[_i];
    const size_t count = c->width == 0 ? 0 : 32, width = c->width == 0 ? 1 : c->width;
    write_array("all__inputs.npy", c->version, c->header, width, questions, count);
    write_array("all__labels.npy", c->version, c->header, width, answers, count);
    expect(SUDOKU4, c->read);
}
END_TEST

START_TEST(reads_no_further_than_the_file)
{
    static const char whole[] = "\x93NUMPY\x01\x00\x76\x00{'descr': '|u1', ";
    for (size_t bytes = 0; bytes < sizeof whole - 1; bytes++) {
        write_whole(inside_directory(directory, "all__inputs.npy"), whole, bytes);
        expect(SUDOKU4, "!expected a whole array, found an end before it");
    }
    write_whole(inside_directory(directory, "all__inputs.npy"), "no array at all", 15);
    expect(SUDOKU4, "!expected an array of NumPy, found another kind of file");
    write_whole(inside_directory(directory, "all__inputs.npy"), "\x93NUMPY\x02\x00\xff\xff\xff\xff", 12);
    expect(SUDOKU4, "!expected a header of at most 10000 bytes, found one of 4294967295");
}
END_TEST

/* -- what they mean -- */

static void write_arrays(void)
{
    write_array("all__inputs.npy", 1, HEADER("|u1", "(2, 16)"), 1, questions, 32);
    write_array("all__labels.npy", 1, HEADER("|u1", "(2, 16)"), 1, answers, 32);
}

START_TEST(tokens_mean_what_the_task_has)
{
    write_arrays();
    expect(SUDOKU, READ);
    expect(OWN, "1:a.c..d.bb.d..c.a/abcdcdabbadcdcba 2:....cdabbadcdcba/abcdcdabbadcdcba");
    expect(NONE, "!a folder of arrays has numbers alone: expected a task or a model");
    remove(inside_directory(directory, "all__labels.npy"));
    expect(SUDOKU4, "1:1.3..4.22.4..3.1/ 2:....341221434321/");
}
END_TEST

START_TEST(mazes_have_their_characters)
{
    static const signed char ways[] = { 3, 2, 2, 1, 2, 4, 3, 5, 5, 1, 5, 4 };
    const trm_task path = { sizeof(trm_task), "path", 2, 3, 0, 0, NULL, 0, 0, NULL };
    trm_puzzles *puzzles = NULL;
    char question[7] = "", answer[7] = "";
    trm_error error = TRM_ERROR_INIT;
    write_array("all__inputs.npy", 1, HEADER("|u1", "(1, 6)"), 1, ways, 6);
    write_array("all__labels.npy", 1, HEADER("|u1", "(1, 6)"), 1, ways + 6, 6);
    ck_assert_int_eq(trm_puzzles_create(&path, NULL, &puzzles, NULL), TRM_OK);
    ck_assert_msg(trm_puzzles_read(puzzles, directory, 0, &error) == TRM_OK, "%s", error.message);
    ck_assert_int_eq(trm_puzzles_get(puzzles, 0, question, answer, NULL, NULL), TRM_OK);
    ck_assert_str_eq(question, "S  # G");
    ck_assert_str_eq(answer, "Soo#oG");
    trm_puzzles_free(puzzles);
}
END_TEST

static const struct token_case {
    signed char token;
    const char *read;
} tokens[] = {
    { 0, "!row 2, number 3: expected a token from 1 (a blank, '.') to 5 ('4'), found 0, padding" },
    { 6, "!row 2, number 3: expected a token from 1 (a blank, '.') to 5 ('4'), found 6" },
    { -1, "!row 2, number 3: expected a token from 1 (a blank, '.') to 5 ('4'), found -1" },
};

START_TEST(refuses_tokens_that_no_cell_has)
{
    signed char changed[32];
    memcpy(changed, questions, sizeof changed);
    changed[18] = tokens[_i].token;
    write_arrays();
    write_array("all__inputs.npy", 1, HEADER("<i8", "(2, 16)"), 8, changed, 32);
    write_whole(inside_directory(directory, "dataset.json"), "{\"vocab_size\": 6}", 17);
    expect(SUDOKU4, tokens[_i].read);
}
END_TEST

START_TEST(both_arrays_have_one_shape)
{
    write_arrays();
    write_array("all__labels.npy", 1, HEADER("|u1", "(1, 16)"), 1, answers, 16);
    expect(SUDOKU4, "!all__labels.npy: expected an array of (2 x 16), as the inputs are, found (1 x 16)");
}
END_TEST

/* -- dataset.json -- */

static const struct about_case {
    const char *text, *read;
} abouts[] = {
    { "{}", READ },
    { "{\"pad_id\": 0, \"ignore_label_id\": null, \"vocab_size\": 11, \"seq_len\": 16, "
      "\"num_puzzle_identifiers\": 1, \"mean_puzzle_examples\": 1.5, \"sets\": [\"all\"]}",
      READ },
    { "{\n  \"more\": {\"a\": [1, {\"b\": \"}\"}]},\n  \"seq_len\": 16\n}\n", READ },
    { "{\"seq_len\": 81}", "!__inputs.npy: expected rows of 81 tokens, as dataset.json says (seq_len), found "
                           "an array of (2 x 16)" },
    { "{\"num_puzzle_identifiers\": 877}",
      "!dataset.json: expected puzzles that are not told apart by identifiers, found 877" },
    { "{\"sets\": [\"all\", \"more\"]}", "!dataset.json: expected one set, found several behind 'all'" },
    { "{\"sets\": [\"../x\"]}",
      "!dataset.json: expected a set's name of letters and digits, at most 31, found '../x'" },
    { "{\"sets\": []}", "!dataset.json: column 11: expected text in quotes" },
    { "{\"seq_len\": 16", "!dataset.json: column 15: expected '}'" },
    { "{\"a\": [1", "!dataset.json: column 9: expected ']', found the end of the line" },
    { "{\"a\": \"", "!expected a quote at the end" },
    { "{\"a\": ,}", "!dataset.json: column 7: expected a value, found ,}" },
    { "{\"a\": }", "!dataset.json: column 7: expected a value, found }" },
    { "{\"a\": [1}, \"seq_len\": 16}", "!expected ']'" },
    { "{\"a\": [1 2]}", "!expected ']'" },
    { "{\"a\": {\"b\"}}", "!expected ':'" },
    { "{\"a\": [{}, [], {\"b\": [-1.5e+3, true]}], \"seq_len\": 16}", READ },
    { "{\"a\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
      "!expected a value of at most 32 levels" },
    { "{\"seq_len\": 16} x", "!expected the end of the file" },
    { "[]", "!expected '{'" },
};

START_TEST(believes_the_description_beside)
{
    write_arrays();
    write_whole(inside_directory(directory, "dataset.json"), abouts[_i].text, strlen(abouts[_i].text));
    expect(SUDOKU4, abouts[_i].read);
}
END_TEST

START_TEST(a_set_has_another_name)
{
    write_array("easy__inputs.npy", 1, HEADER("|u1", "(2, 16)"), 1, questions, 32);
    write_whole(inside_directory(directory, "dataset.json"), "{\"sets\": [\"easy\"]}", 18);
    expect(SUDOKU4, "1:1.3..4.22.4..3.1/ 2:....341221434321/");
}
END_TEST

START_TEST(other_folders_are_none)
{
    char text[512] = "", part[512];
    expect(SUDOKU4, "!expected a file of puzzles, or a folder with all__inputs.npy as the published code");
    snprintf(part, sizeof part, "%s", inside_directory(directory, "test"));
    ck_assert_int_eq(mkdir(part, 0700), 0);
    write_whole(inside_directory(part, "dataset.json"), "{}", 2);
    read_folder(SUDOKU4, text);
    remove(inside_directory(part, "dataset.json"));
    rmdir(part);
    ck_assert_ptr_nonnull(strstr(text, "found one of data sets; name a part of it: "));
    ck_assert_str_eq(text + strlen(text) - 5, "/test");
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("arrays");
    TCase *arrays = tcase_create("arrays");
    tcase_add_checked_fixture(arrays, set_up, tear_down);
    tcase_add_loop_test(arrays, knows_an_array_by_its_header, 0, sizeof headers / sizeof *headers);
    tcase_add_test(arrays, reads_no_further_than_the_file);
    tcase_add_test(arrays, tokens_mean_what_the_task_has);
    tcase_add_test(arrays, mazes_have_their_characters);
    tcase_add_loop_test(arrays, refuses_tokens_that_no_cell_has, 0, sizeof tokens / sizeof *tokens);
    tcase_add_test(arrays, both_arrays_have_one_shape);
    tcase_add_loop_test(arrays, believes_the_description_beside, 0, sizeof abouts / sizeof *abouts);
    tcase_add_test(arrays, a_set_has_another_name);
    tcase_add_test(arrays, other_folders_are_none);
    suite_add_tcase(all, arrays);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
