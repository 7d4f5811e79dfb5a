/* What the text of a described task may say, where it is wrong, and what relations and rules it means. */
#include <stdio.h>
#include <string.h>

#include "lib/puzzles/description.h"
#include "lib/task/rules.h"
#include "tests/support/run.h"

#define GRID "task t\nvariables N x N\nvalues N\nall_different row column\n"
#define LIST "task t\nvariables N\nvalues 2\n"
#define ROADS "task t\nvariables N\n"

static const char futoshiki[] = GRID "less neighbours 20-50%\n", cages[] = GRID "sum regions 2-3\n",
                  colouring[] = "task t\nvariables N\nvalues 3-4\nconflict pairs 3.6-5.2\n",
                  diagonals[] = "task t\nvariables N x N\nvalues N\nall_different diagonals\n",
                  apart[] = "task t\nvariables N\nvalues 2-3\nconflict pairs 3-4 values 11 12 33\n",
                  clauses[] = LIST "clause groups 2-3\n", roads[] = ROADS "path pairs 2.4-4\n";

static const struct {
    const char *text, *sentence;
} wrong[] = {
    { "", "line 0: expected task NAME before the end" },
    { "task t\nvariables N\nvalues 2\n", "line 3: expected a rule before the end" },
    { "# nothing\n\ntask T\n",
      "line 3, column 6: expected a name of at most 63 lower-case letters, digits, _ and -, found 'T'" },
    { "task sudoku\n",
      "line 1, column 6: expected a name of its own, as this one has a meaning already, found 'sudoku'" },
    { "task a b\n", "line 1, column 8: expected the end of the line, found 'b'" },
    { "task a\ntask a\n", "line 2, column 1: expected one task, found 'task'" },
    { "variables N x M", "line 1, column 13: expected x N, or the end of the line, found 'x'" },
    { "variables 9", "line 1, column 11: expected N or N x N, found '9'" },
    { "values 1",
      "line 1, column 8: expected N, or a number of values from 2 to 16, or a range of these, found '1'" },
    { "values 4-3", "line 1, column 8: expected N, or a number of values" },
    { "values 2.5", "line 1, column 8: expected N, or a number of values" },
    { "values 99999999999999999999", "line 1, column 8: expected N, or a number of values" },
    { "values 2 as 012", "line 1, column 13: expected a different character for each value" },
    { "values 2 as 11", "line 1, column 13: expected a different character" },
    { "values N as 12", "line 1, column 13: expected a different character" },
    { "values 2 so 01", "line 1, column 10: expected the end of the line, found 'so'" },
    { "order row", "line 1, column 1: expected task, variables, values, givens, all_different, conflict, "
                   "less, sum, clause or path" },
    { "givens",
      "line 1, column 7: expected per cent of the variables from 0 to 100, such as 0-20%, found the end" },
    { "givens 20-10", "line 1, column 8: expected per cent of the variables" },
    { "givens 1%\ngivens 1%", "line 2, column 1: expected givens once, found 'givens'" },
    { LIST "clause groups 2\ngivens 0", "givens: expected none beside clauses" },
    { "all_different row",
      "line 1, column 15: expected variables N x N before a rule of a grid, found 'row'" },
    { GRID "all_different row\n", "line 5, column 15: expected each rule once, found 'row'" },
    { GRID "all_different diagonal\n",
      "line 5, column 15: expected row, column, box, diagonals or regions, found 'diagonal'" },
    { LIST "all_different diagonals",
      "line 4, column 15: expected variables N x N before a rule of a grid, found 'diagonals'" },
    { GRID "less row\n", "line 5, column 6: expected neighbours or pairs, found 'row'" },
    { GRID "less neighbours\n",
      "line 5, column 16: expected per cent from 0 to 100, such as 20-50%, found the end of the line" },
    { GRID "less neighbours 20-101%\n", "line 5, column 17: expected per cent" },
    { GRID "less neighbours 20\nless pairs 2", "line 6, column 6: expected each rule once, found 'pairs'" },
    { GRID "sum regions 2-9\n", "line 5, column 13: expected a number of cells from 1 to 8" },
    { LIST "clause groups 0\n", "line 4, column 15: expected a number of variables from 1 to 8" },
    { LIST "conflict pairs 3.65\n", "line 4, column 16: expected pairs of each variable" },
    { "task t\nvariables N\nvalues N\nclause groups 2", "values N: expected variables N x N, found N" },
    { "task t\nvariables N x N\nvalues 4\nall_different regions",
      "all_different regions: expected values N" },
    { ROADS "path neighbours 3\n", "line 3, column 6: expected pairs, found 'neighbours'" },
    { ROADS "path pairs\n", "line 3, column 11: expected pairs of each variable" },
    { ROADS "path pairs 101\n", "line 3, column 12: expected pairs of each variable" },
    { ROADS "path pairs 2\npath pairs 3\n", "line 4, column 6: expected each rule once, found 'pairs'" },
    { ROADS "path pairs 2\nconflict pairs 2\n", "path: expected no other rule beside it" },
    { ROADS "givens 5%\npath pairs 2\n", "path: expected no givens beside it, which are its start and goal" },
    { "task t\nvariables N x N\npath pairs 2\n", "path: expected variables N" },
    { LIST "path pairs 2\n", "path: expected no values beside it, which are '.', S, G and o" },
    { LIST "conflict pairs 2 12\n", "line 4, column 18: expected the end of the line, found '12'" },
    { LIST "conflict pairs 2 values\n", "line 4, column 24: expected a pair of values, such as 12 for 1 "
                                        "beside 2, found the end of the line" },
    { LIST "conflict pairs 2 values 1\n", "line 4, column 25: expected a pair of values" },
    { LIST "conflict pairs 2 values 121\n", "line 4, column 25: expected a pair of values" },
    { LIST "conflict pairs 2 values 12 13\n",
      "line 4, column 28: expected a pair of values, such as 12 for 1 "
      "beside 2, found '13'" },
    { LIST "conflict pairs 2 values .1\n", "line 4, column 25: expected a pair of values" },
    { LIST "conflict pairs 2 values 12 21 12\n",
      "line 4, column 31: expected each pair of values once, found '12'" },
    { LIST "conflict pairs 2 values 12\nconflict pairs 2 values 21",
      "line 5, column 10: expected each rule once, found 'pairs'" },
    { LIST "less pairs 2 values 12\n", "line 4, column 14: expected the end of the line, found 'values'" },
    { "variables N\nconflict pairs 2 values 12",
      "line 2, column 18: expected values before a rule that names some, found 'values'" },
    { LIST "clause groups 2\ngivens 0\nconflict pairs 1 values 12", "givens: expected none beside clauses" },
};

START_TEST(says_where_a_text_is_wrong)
{
    trmi_description d;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_description_read(&d, wrong[_i].text, &error), TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, wrong[_i].sentence) == error.message, "%s", error.message);
    ck_assert_int_eq(trmi_description_read(&d, wrong[_i].text, NULL), TRM_ERROR_FORMAT);
}
END_TEST

START_TEST(bounds_the_text)
{
    static char text[TRMI_DESCRIPTION_BYTES + 1];
    trmi_description d;
    const size_t length = strlen(futoshiki);
    memset(text, ' ', sizeof text - 1);
    memcpy(text, futoshiki, length);
    ck_assert_int_eq(trmi_description_read(&d, text, NULL), TRM_ERROR_FORMAT);
    text[TRMI_DESCRIPTION_BYTES - 1] = '\0';
    ck_assert_int_eq(trmi_description_read(&d, text, NULL), TRM_OK);
}
END_TEST

/* The most words that say something: every pair of sixteen values, as far as a text can tell. */
START_TEST(bounds_the_words_of_a_line)
{
    static const char usual[] = "123456789ABCDEFG";
    static char text[TRMI_DESCRIPTION_BYTES] =
        "task t\nvariables N x N\nvalues N\nconflict neighbours 1% values";
    trmi_description d;
    trm_error error = TRM_ERROR_INIT;
    size_t length = strlen(text);
    for (int a = 0; a < 16; a++)
        for (int b = 0; b < 16; b++)
            length += (size_t)snprintf(text + length, sizeof text - length, " %c%c", usual[a], usual[b]);
    ck_assert_int_eq(trmi_description_read(&d, text, NULL), TRM_OK);
    for (int a = 0; a < 16; a++)
        ck_assert_uint_eq(d.barred[a], 0xffff);
    snprintf(text + length, sizeof text - length, " 11");
    ck_assert_int_eq(trmi_description_read(&d, text, &error), TRM_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "line 4, column 799: expected at most 260 words in a line, found '11'");
}
END_TEST

START_TEST(takes_blanks_comments_and_line_ends)
{
    trmi_description a, b;
    ck_assert_int_eq(trmi_description_read(&a, futoshiki, NULL), TRM_OK);
    ck_assert_int_eq(
        trmi_description_read(&b,
                              "# a task\r\n\ttask t # its name\r\n\r\nvariables  N x N\r\nvalues N\r\n"
                              "all_different row\r\nall_different column\r\nless neighbours 20-50 %",
                              NULL),
        TRM_OK);
    ck_assert_mem_eq(&a, &b, sizeof a);
}
END_TEST

static const struct {
    const char *text, *relations, *rules;
} meanings[] = {
    { futoshiki,
      "cell=shape/fields/sum+max row=shape/positions/sum+max column=shape/positions/sum+max "
      "greater=question/positions/sum+max smaller=question/positions/sum+max above=shape/fields/sum+max "
      "below=shape/fields/sum+max",
      "different=row,column less=greater" },
    { cages,
      "cell=shape/fields/sum+max row=shape/positions/sum+max column=shape/positions/sum+max "
      "ways=question/nodes/sum+max parts=question/nodes/sum+max",
      "different=row,column way=parts" },
    { clauses, "cell=shape/fields/sum+max clauses=question/nodes/sum+max literals=question/nodes/sum+max",
      "any=literals" },
    { diagonals, "cell=shape/fields/sum+max diagonal=question/positions/sum+max", "different=diagonal" },
    { apart, "cell=shape/fields/sum+max barred=question/nodes/sum+max", "apart=barred" },
    { roads, "edge=question/positions/sum+max", "route=edge" },
    { colouring, "cell=shape/fields/sum+max conflict=question/positions/sum+max", "different=conflict" },
};

START_TEST(means_relations_and_rules)
{
    trmi_description d;
    trmi_relations relations;
    trmi_rules rules, again;
    char text[TRMI_RELATIONS_BYTES], judged[TRMI_RULES_BYTES];
    ck_assert_int_eq(trmi_description_read(&d, meanings[_i].text, NULL), TRM_OK);
    trmi_description_relations(&d, &relations);
    trmi_relations_print(&relations, text);
    ck_assert_str_eq(text, meanings[_i].relations);
    trmi_description_rules(&d, &rules);
    trmi_rules_print(&rules, judged);
    ck_assert_str_eq(judged, meanings[_i].rules);
    ck_assert_int_eq(trmi_rules_parse(judged, &again, NULL), TRM_OK);
    ck_assert(again.count == rules.count && !again.unknown);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("description");
    TCase *text = tcase_create("text");
    tcase_add_loop_test(text, says_where_a_text_is_wrong, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(text, bounds_the_text);
    tcase_add_test(text, bounds_the_words_of_a_line);
    tcase_add_test(text, takes_blanks_comments_and_line_ends);
    tcase_add_loop_test(text, means_relations_and_rules, 0, sizeof meanings / sizeof *meanings);
    suite_add_tcase(all, text);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
