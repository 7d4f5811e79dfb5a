/* Lists as people have them: what each kind is read as. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>

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

/* Of what puzzles: Sudokus of 4 x 4 and of any size, grids to walk through of 3 x 4 and of any size, some
   other cells. */
enum { SUDOKU4, SUDOKU, PATH34, PATH, OTHER, NOBODY_KNOWS };
static const trm_task tasks[] = {
    { sizeof(trm_task), "sudoku", 4, 4, 0, 0, NULL, 0, 0, NULL },
    { sizeof(trm_task), "sudoku", 0, 0, 0, 0, NULL, 0, 0, NULL },
    { sizeof(trm_task), "path", 3, 4, 0, 0, NULL, 0, 0, NULL },
    { sizeof(trm_task), "path", 0, 0, 0, 0, NULL, 0, 0, NULL },
    { sizeof(trm_task), "own", 1, 4, 0, 0, "ab\"", 0, 0, NULL },
};

#define Q "1.3..4.22.4..3.1"
#define A "1234341221434321"
#define HEAD "source,question,answer,rating\n"

/* What is read: LINE:QUESTION/ANSWER/RATING@ROWSxCOLUMNS, what is missing left out; or a sentence behind
   '!'. */
static const struct list_case {
    const char *name;
    int task;
    const char *text, *read;
} cases[] = {
    /* tables */
    { "as written", SUDOKU4, HEAD "s," Q "," A ",7\n", "2:" Q "/" A "/7" },
    { "two columns", SUDOKU4, "quizzes,solutions\n" Q "," A "\n", "2:" Q "/" A },
    { "other names and order", SUDOKU4, "id,Solution,clues,Puzzle,difficulty\n1," A ",44," Q ",1.2\n",
      "2:" Q "/" A "/1.2" },
    { "the usual name counts", SUDOKU4, "puzzle,question,answer\nno," Q "," A "\n", "2:" Q "/" A },
    { "no answers", SUDOKU4, "puzzle\n" Q "\n", "2:" Q },
    { "semicolons", SUDOKU4, "source;question;answer;rating\nk;" Q ";" A ";1,5\n", "2:" Q "/" A "/1,5" },
    { "tabs", SUDOKU4, "question\tanswer\n" Q "\t" A "\n", "2:" Q "/" A },
    { "bars", SUDOKU4, "question|answer\n" Q "|" A "\n", "2:" Q "/" A },
    { "a mark", SUDOKU4, "\xef\xbb\xbf" HEAD "s," Q "," A ",7\n", "2:" Q "/" A "/7" },
    { "quotes", SUDOKU4, "\"source\",\"question\",\"answer\"\r\n\"a,\"\"b\",\"" Q "\",\"" A "\"\r\n",
      "2:" Q "/" A },
    { "quotes under the plain header", SUDOKU4, HEAD "\"a, b\",\"" Q "\",\"" A "\",\"3\"\n",
      "2:" Q "/" A "/3" },
    { "quotes around lines", SUDOKU4, "question,answer\n\"1.3.\n.4.2\n2.4.\n.3.1\n\"," A "\n", "2:" Q "/" A },
    { "spaces", SUDOKU4, "source, question, answer, rating\nk, " Q ", " A ", 0\n", "2:" Q "/" A "/0" },
    { "aligned", SUDOKU4, "question         ,answer\n" Q " ," A "\n", "2:" Q "/" A },
    { "an index without a name", SUDOKU4, ",question,answer\n0," Q "," A "\n", "2:" Q "/" A },
    { "separators at the end", SUDOKU4, "question,answer\n" Q "," A ",,\n", "2:" Q "/" A },
    { "empty lines and rows", SUDOKU4, "\nquestion,answer\n\n" Q "," A "\n,\n\n", "4:" Q "/" A },
    { "a comment and sep", SUDOKU4, "# from afar\nsep=;\nquestion;answer\n" Q ";" A "\n", "4:" Q "/" A },
    { "columns of one name", SUDOKU4, "a,b\n1,2\n", "!line 1: expected a header with a column question" },
    { "too few", SUDOKU4, "question;answer\n" Q "\n",
      "!line 2: expected 2 columns (question;answer), found 1" },
    /* as they were read before */
    { "spaces are cells", PATH34, HEAD " s,S  #    #  G,S  #    #  G,\n", "2:S  #    #  G/S  #    #  G" },
    { "quotes are cells", OTHER, HEAD "\"s,\"ab\",\"ba\",\"\n", "2:\"ab\"/\"ba\"/\"" },
    { "nobody knows cells", NOBODY_KNOWS, HEAD "s,\"a ,b\",\"\ns,,,\n", "2:\"a /b\"/\" 3:" },
    { "nobody knows lines", NOBODY_KNOWS, "# a\n\n 1,2\n", "1:# a 2: 3: 1,2" },
    /* a puzzle on each line */
    { "lines", SUDOKU4, Q "\n\n" Q "\n", "1:" Q " 3:" Q },
    { "notes", SUDOKU4, Q "   # 0 r 7.1\n" Q ",easy\n" Q ";\n", "1:" Q " 2:" Q " 3:" Q },
    { "answers", SUDOKU4, Q " " A "\n" Q "," A ",3\n", "1:" Q "/" A " 2:" Q "/" A },
    { "comments", SUDOKU4, "#A somebody\n// x\n" Q "\n% y\n" Q "\n", "3:" Q " 5:" Q },
    { "other blanks", SUDOKU4, "1030040220400301\n1*3**4*22*4**3*1\n1-3--4-22-4--3-1\n1_3__4_22_4__3_1\n",
      "1:1030040220400301 2:1*3**4*22*4**3*1 3:1-3--4-22-4--3-1 4:1_3__4_22_4__3_1" },
    { "of several sizes", SUDOKU, Q "\n....1....2....3....4....5....6.....22\n",
      "1:" Q " 2:....1....2....3....4....5....6.....22" },
    { "a mark before lines", SUDOKU4, "\xef\xbb\xbf" Q "\n", "1:" Q },
    { "no puzzle", SUDOKU4, Q "\nhello\n", "1:" Q " 2:hello" },
    { "walls are no comments", PATH34, "####S  G####\n", "1:####S  G####" },
    { "a note behind a maze", PATH34, "S  #    #  G hard\n", "1:S  #    #  G" },
    /* drawn */
    { "a grid", SUDOKU4, "1.3.\n.4.2\n2.4.\n.3.1\n", "1:" Q },
    { "two grids", SUDOKU, "1.3.\n.4.2\n2.4.\n.3.1\n\n1.3.\n.4.2\n2.4.\n.3.1\n", "1:" Q "@4x4 6:" Q "@4x4" },
    { "spaces between", SUDOKU4, "1 0 3 0\n0 4 0 2\n\n2 0 4 0\n0 3 0 1\n", "1:1030040220400301" },
    { "rulers", SUDOKU4,
      "+-----+-----+\n| 1 . | 3 . |\n| . 4 | . 2 |\n+-----+-----+\n| 2 . | 4 . |\n| . 3 | . 1 "
      "|\n+-----+-----+\n",
      "2:" Q },
    { "plain rulers", SUDOKU4, "1.|3.\n.4|.2\n-----\n2.|4.\n.3|.1\n", "1:" Q },
    { "rulers as long as rows", SUDOKU4, "----\n1.3.\n.4.2\n----\n2.4.\n.3.1\n----\n", "2:" Q },
    { "dashes are blanks", SUDOKU4, "----\n1-3-\n-4-1\n2-4-\n", "1:----1-3--4-12-4-" },
    { "dashes with rulers", SUDOKU4, "- - | - -\n1 - | 3 -\n----+----\n- 4 | - 1\n2 - | 4 -\n",
      "1:----1-3--4-12-4-" },
    { "several rows on a line", SUDOKU4, "1.3..4.2\n2.4..3.1\n", "1:" Q },
    { "sections", SUDOKU4, "[Puzzle]\n1.3.\n.4.2\n2.4.\n.3.1\n[State]\n1234\n", "2:" Q },
    { "a maze", PATH34, "S  #\n\n#  G\n", "!line 3: expected" },
    { "a maze of any size", PATH, "S  #\n    \n#  G\n\n#####\n#S G#\n#####\n",
      "1:S  #    #  G@3x4 5:######S G######@3x5" },
    { "a maze without its blanks", PATH34, "S  #\n #\n#  G\n", "1:S  # #  #  G" },
    { "a maze with dots", PATH34, "S..#\n....\n#..G\n", "1:S..#....#..G" },
    { "a row too short", SUDOKU4, "1.3.\n.4.\n",
      "!line 2: expected row 2 of 4, of 4 cells, of the puzzle that is drawn from line 1 on" },
    { "a row too few", SUDOKU4, "1.3.\n.4.1\n.3.1\n", "!line 3: expected row 4 of 4, of 4 cells" },
    { "one line", PATH, "S  #\n", "!line 1: expected a row of 4 cells" },
};

static void add(char *text, const trm_csv *list, uint64_t line)
{
    size_t length, column, used = strlen(text);
    used += (size_t)sprintf(text + used, "%s%d:", used > 0 ? " " : "", (int)line);
    used += (size_t)sprintf(text + used, "%s", trm_csv_text(list, TRM_CSV_QUESTION, &length, &column));
    ck_assert_uint_eq(strlen(trm_csv_text(list, TRM_CSV_QUESTION, NULL, NULL)), length);
    for (uint32_t i = TRM_CSV_ANSWER; i <= TRM_CSV_RATING; i++)
        if (*trm_csv_text(list, i, &length, &column) != '\0')
            used += (size_t)sprintf(text + used, "/%s", trm_csv_text(list, i, NULL, NULL));
    if (*trm_csv_text(list, TRM_CSV_ROWS, NULL, NULL) != '\0')
        sprintf(text + used, "@%sx%s", trm_csv_text(list, TRM_CSV_ROWS, NULL, NULL),
                trm_csv_text(list, TRM_CSV_COLUMNS, NULL, NULL));
}

/* Reads a file as the command would; into text, as in the table above. */
static void read_list(const char *path, const trm_csv_options *options, char *text)
{
    trm_csv *list = NULL;
    trm_error error = TRM_ERROR_INIT;
    uint64_t line = 1;
    trm_status status = trm_csv_open(path, options, &list, &error);
    while (status == TRM_OK && line > 0) {
        status = trm_csv_next(list, &line, &error);
        if (status == TRM_OK && line > 0)
            add(text, list, line);
    }
    if (status != TRM_OK)
        sprintf(text, "!%s", error.message);
    trm_csv_close(list);
}

START_TEST(is_read_as_it_should_be)
{
    const struct list_case *c = &cases[_i];
    const char *path = inside_directory(directory, "list");
    char text[2048] = "";
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    options.task = c->task == NOBODY_KNOWS ? NULL : &tasks[c->task];
    options.flags = strncmp(c->name, "columns", 7) == 0 ? 0 : TRM_CSV_LINES;
    write_whole(path, c->text, strlen(c->text));
    read_list(path, &options, text);
    const bool same =
        c->read[0] == '!' ? text[0] == '!' && strstr(text, c->read + 1) != NULL : strcmp(text, c->read) == 0;
    ck_assert_msg(same, "%s: expected %s, found %s", c->name, c->read, text);
}
END_TEST

START_TEST(takes_columns_by_any_name)
{
    static const char list[] = "left,right,question\n" A "," Q ",x\n";
    char text[256] = "";
    const char *path = inside_directory(directory, "list");
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    options.question = "right";
    options.answer = "Left";
    write_whole(path, list, sizeof list - 1);
    read_list(path, &options, text);
    ck_assert_str_eq(text, "2:" Q "/" A);
}
END_TEST

/* What training makes of ratings. */
static const struct rating_case {
    const char *header, *rating;
    uint32_t value;
    bool good;
} ratings[] = {
    { "rating", "12", 12, true },      { "rating", "1.5", 2, true },     { "rating", "1.4999", 1, true },
    { "rating", "", 0, true },         { "rating", "nan", 0, true },     { "rating", "easy", 0, false },
    { "rating", "-1", 0, false },      { "rating", "1,5", 0, false },    { "rating", "4294967296", 0, false },
    { "difficulty", "easy", 0, true }, { "difficulty", "3.6", 4, true },
};

START_TEST(takes_ratings_as_they_come)
{
    const struct rating_case *c = &ratings[_i];
    char text[256];
    uint32_t rating = 77;
    trm_puzzles *puzzles = NULL;
    trm_error error = TRM_ERROR_INIT;
    const char *path = inside_directory(directory, "list");
    const int length =
        snprintf(text, sizeof text, "question;answer;%s\n%s;%s;%s\n", c->header, Q, A, c->rating);
    write_whole(path, text, (size_t)length);
    ck_assert_int_eq(trm_puzzles_create(&tasks[SUDOKU4], NULL, &puzzles, NULL), TRM_OK);
    ck_assert_msg((trm_puzzles_read(puzzles, path, 0, &error) == TRM_OK) == c->good, "%s", error.message);
    if (c->good)
        ck_assert_int_eq(trm_puzzles_get(puzzles, 0, NULL, NULL, &rating, NULL), TRM_OK);
    ck_assert(!c->good || rating == c->value);
    trm_puzzles_free(puzzles);
}
END_TEST

/* Of a table it is told once, with the columns that there are; whoever wants questions alone takes it. */
START_TEST(names_the_columns_of_a_table_without_answers)
{
    trm_puzzles *puzzles = NULL;
    trm_error error = TRM_ERROR_INIT;
    trm_csv *csv = NULL;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    const char *path = inside_directory(directory, "list");
    const char table[] = "id,Puzzle,reply\n1," Q "," A "\n";
    write_whole(path, table, sizeof table - 1);
    ck_assert_int_eq(trm_puzzles_create(&tasks[SUDOKU4], NULL, &puzzles, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_read(puzzles, path, 0, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message,
                                 "list: line 1: expected a column of answers, such as answer or "
                                 "solution, found the columns 'id,Puzzle,reply'; answer=NAME"));
    options.answer = "solved";
    ck_assert_int_eq(trm_puzzles_read_list(puzzles, path, &options, 0, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message,
                                 "expected a column solved of answers, as was asked for, found the "
                                 "columns 'id,Puzzle,reply'"));
    options.answer = "reply";
    ck_assert_int_eq(trm_puzzles_read_list(puzzles, path, &options, 0, &error), TRM_OK);
    options.answer = NULL;
    ck_assert_int_eq(trm_csv_open(path, &options, &csv, &error), TRM_OK);
    trm_csv_close(csv);
    options.flags = 4;
    ck_assert_int_eq(trm_csv_open(path, &options, &csv, &error), TRM_ERROR_ARGUMENT);
    trm_puzzles_free(puzzles);
}
END_TEST

START_TEST(wants_answers_to_learn_from)
{
    trm_puzzles *puzzles = NULL;
    trm_error error = TRM_ERROR_INIT;
    const char *path = inside_directory(directory, "list");
    write_whole(path, Q "\n", sizeof Q);
    ck_assert_int_eq(trm_puzzles_create(&tasks[SUDOKU4], NULL, &puzzles, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_read(puzzles, path, 0, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(
        strstr(error.message, "list: line 1, column 1 (question): expected an answer with the question"));
    write_whole(path, Q "," A "\n", sizeof Q + sizeof A);
    ck_assert_int_eq(trm_puzzles_read(puzzles, path, 0, &error), TRM_OK);
    ck_assert_uint_eq(trm_puzzles_count(puzzles), 1);
    trm_puzzles_free(puzzles);
}
END_TEST

/* What is no list, with a remedy. */
static const struct kind_case {
    const char *text, *told;
    size_t bytes;
} kinds[] = {
#define KIND(text, told) \
    { \
        text, told, sizeof text - 1 \
    }
    KIND("\x93NUMPY\x01\x00v\x00{", "an array of NumPy: name the folder"),
    KIND("PK\x03\x04\x14\x00", "a workbook or a zip archive"),
    KIND("\xff\xfeq\0u\0", "text in UTF-16: save it in UTF-8"),
    KIND("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    KIND("<!DOCTYPE html>\n", "a web page"),
    KIND("\x89TRM\r\n\x1a\n", "a model: name it before the list"),
#undef KIND
};

START_TEST(tells_what_is_no_list)
{
    char text[512] = "";
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    const char *path = inside_directory(directory, "list");
    options.task = &tasks[SUDOKU];
    options.flags = TRM_CSV_LINES;
    write_whole(path, kinds[_i].text, kinds[_i].bytes);
    read_list(path, &options, text);
    ck_assert_msg(strstr(text, "expected a list of puzzles, found ") != NULL &&
                      strstr(text, kinds[_i].told) != NULL,
                  "%s", text);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("lists");
    TCase *lists = tcase_create("lists");
    tcase_add_checked_fixture(lists, set_up, tear_down);
    tcase_add_loop_test(lists, is_read_as_it_should_be, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(lists, takes_columns_by_any_name);
    tcase_add_loop_test(lists, takes_ratings_as_they_come, 0, sizeof ratings / sizeof ratings[0]);
    tcase_add_test(lists, wants_answers_to_learn_from);
    tcase_add_test(lists, names_the_columns_of_a_table_without_answers);
    tcase_add_loop_test(lists, tells_what_is_no_list, 0, sizeof kinds / sizeof kinds[0]);
    suite_add_tcase(all, lists);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
