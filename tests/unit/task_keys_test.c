/* What metadata says of a task: defaults of families, what files say instead, and text that nobody vouched
   for. */
#include <string.h>

#include "lib/task/task.h"
#include "tests/support/run.h"

static trmi_task task;

static trmi_task_words words_of(const char *name, const char *alphabet, uint32_t vocabulary, uint32_t side)
{
    return (
        trmi_task_words) { .name = name,
                           .alphabet = alphabet,
                           .vocabulary = vocabulary,
                           .shape = { .positions = side * side, .rows = side, .columns = side, .fields = 1 },
                           .blank = TRMI_UNSAID,
                           .keeps_givens = TRMI_UNSAID };
}

static void parse(const trmi_task_words *words)
{
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trmi_task_parse(&task, words, &error) == TRM_OK, "%s", error.message);
}

static void refuse(const trmi_task_words *words, const char *sentence)
{
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_task_parse(&task, words, &error), TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, sentence) != NULL, "no \"%s\" in: %s", sentence, error.message);
}

static const struct default_case {
    const char *name, *alphabet;
    uint32_t vocabulary, side, kind;
    bool known;
    int32_t blank;
    uint32_t first_value, values, box_rows;
    bool keeps_givens;
    const char *symmetries, *rules;
} defaults[] = {
    { "sudoku", "\0.123456789", 11, 9, TRMI_SUDOKU, true, 1, 2, 9, 3, true,
      "digits bands stacks rows columns transpose", "complete=row,column,box" },
    { "sudoku", "0123456", 7, 6, TRMI_SUDOKU, true, 0, 1, 6, 2, true, "digits bands stacks rows columns",
      "complete=row,column,box" },
    { "sudoku", NULL, 11, 9, TRMI_SUDOKU, true, TRMI_NO_TOKEN, 11, 0, 3, true,
      "digits bands stacks rows columns transpose", "complete=row,column,box" },
    { "sudoku extreme", "_123456789", 10, 9, TRMI_SUDOKU, false, 0, 1, 9, 3, true, "", "none" },
    { "latin", ".1234567", 8, 7, TRMI_LATIN, true, 0, 1, 7, 0, true, "digits rows columns transpose",
      "complete=row,column" },
    { "jigsaw", ".123456", 7, 6, TRMI_JIGSAW, true, 0, 1, 6, 0, true, "digits", "complete=row,column,box" },
    { "path", "\0# SGo", 6, 10, TRMI_PATH, true, 2, 0, 0, 0, true, "mirror transpose", "path" },
    { "maze", "# SGo", 5, 10, TRMI_PATH, true, 1, 0, 0, 0, true, "mirror transpose", "path" },
    { "maze", "# SG^v<>", 8, 10, TRMI_PATH, false, 1, 0, 0, 0, true, "", "none" },
    { "grid", "ab.", 3, 4, TRMI_GRID, true, 2, 0, 0, 0, false, "", "none" },
    { "mazes", "# SGo", 5, 10, TRMI_GRID, false, TRMI_NO_TOKEN, 0, 0, 0, false, "", "none" },
    { "colouring", ".rgb", 4, 0, TRMI_COLOURING, true, 0, 1, 3, 0, true, "digits", "different=edge" },
    { "", ".ab", 3, 0, TRMI_GRAPH, false, 0, 0, 0, 0, false, "", "none" },
};

START_TEST(fills_in_what_families_have)
{
    const struct default_case *c = &defaults[_i];
    char text[TRMI_RULES_BYTES];
    const trmi_task_words words = words_of(c->name, c->alphabet, c->vocabulary, c->side);
    parse(&words);
    ck_assert_uint_eq(task.family->kind, c->kind);
    ck_assert(task.known == c->known && task.keeps_givens == c->keeps_givens);
    ck_assert_int_eq(task.blank, c->blank);
    ck_assert_uint_eq(task.values, c->values);
    ck_assert(task.values == 0 || task.first_value == c->first_value);
    ck_assert_uint_eq(task.shape.box_rows, c->box_rows);
    ck_assert_uint_eq(trmi_symmetries_print(task.symmetries, text), strlen(c->symmetries));
    ck_assert_str_eq(text, c->symmetries);
    ck_assert_uint_eq(trmi_rules_print(&task.rules, text), strlen(c->rules));
    ck_assert_str_eq(text, c->rules);
}
END_TEST

START_TEST(believes_what_a_file_says)
{
    trmi_task_words words = words_of("sudoku", ".123456", 7, 6);
    words.shape.box_rows = 3;
    words.shape.box_columns = 2;
    words.blank = 7;
    words.keeps_givens = 0;
    words.symmetries = "digits transpose glide";
    words.rules =
        "complete=row,column,box,diagonal different=knight path less=greater any=a,b way=parts apart=barred";
    words.sizes = "4x4 6x6-9x9 20";
    parse(&words);
    char text[TRMI_RULES_BYTES];
    ck_assert_uint_eq(task.shape.box_columns, 2);
    ck_assert(task.blank == TRMI_NO_TOKEN && !task.keeps_givens && !trmi_task_gives(&task, 3));
    ck_assert_uint_eq(task.symmetries, TRMI_DIGITS); /* boxes of 3 x 2 are others when they are transposed */
    trmi_rules_print(&task.rules, text);
    ck_assert_str_eq(text, words.rules);
    static const struct {
        trmi_shape shape;
        bool known;
    } sizes[] = { { { .positions = 16, .rows = 4, .columns = 4 }, true },
                  { { .positions = 25, .rows = 5, .columns = 5 }, false },
                  { { .positions = 63, .rows = 7, .columns = 9 }, true },
                  { { .positions = 20 }, true },
                  { { .positions = 20, .rows = 1, .columns = 20 }, false },
                  { { .positions = 16 }, false } };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        ck_assert(trmi_sizes_have(&task.sizes, &sizes[i].shape) == sizes[i].known);
    words.sizes = NULL;
    words.blank = 3;
    words.keeps_givens = 1;
    parse(&words);
    ck_assert(trmi_sizes_have(&task.sizes, &sizes[1].shape));
    ck_assert(task.blank == 3 && trmi_task_gives(&task, 0) && !trmi_task_gives(&task, 3));
    ck_assert_uint_eq(task.values, 0); /* they do not follow one another */
}
END_TEST

START_TEST(takes_letters_in_either_case)
{
    trmi_task_words words = words_of("sudoku", ".123456789ABCDEFG", 17, 16);
    parse(&words);
    ck_assert(task.token['g'] == 16 && task.token['G'] == 16 && task.token['h'] == TRMI_NO_TOKEN);
    words.alphabet = ".123456789abcdefG";
    parse(&words);
    ck_assert(task.token['A'] == 10 && task.token['a'] == 10);
    words = words_of("path", "# SGo", 5, 4);
    parse(&words);
    ck_assert_int_eq(task.token['s'], TRMI_NO_TOKEN);
}
END_TEST

static const struct wrong_case {
    const char *rules, *sizes, *sentence;
} wrong[] = {
    { "", NULL, "task.rules: expected the name of a rule at character 1" },
    { "path ", NULL, "at character 6" },
    { "path  path", NULL, "at character 6" },
    { "path,path", NULL, "expected a space at character 5" },
    { "complete", NULL, "expected '=' and names of relations at character 9" },
    { "way", NULL, "expected '=' and names of relations at character 4" },
    { "complete=", NULL, "expected the name of a relation" },
    { "complete=row,", NULL, "at character 14" },
    { "complete=Row", NULL, "at character 10, found \"Row\"" },
    { "complete=a23456789012345678901234567890ab", NULL, "the name of a relation" },
    { "complete=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", NULL, "at most 16 rules" },
    { NULL, "", "task.sizes: expected a number from 1 to 65536 at character 1" },
    { NULL, "9x", "at character 3" },
    { NULL, "0x9", "at character 1" },
    { NULL, "9x65537", "at character 3" },
    { NULL, "99999999999999999999", "at character 1" },
    { NULL, "9x9,4x4", "expected a space at character 4" },
    { NULL, "9x9-4x4", "not below the one before '-' at character 5" },
    { NULL, "9x9-99", "at character 5" },
    { NULL, "9 9x9 ", "at character 7" },
    { NULL, "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "at most 16 sizes" },
};

START_TEST(refuses_what_it_cannot_read)
{
    trmi_task_words words = words_of("sudoku", ".123456", 7, 6);
    words.rules = wrong[_i].rules;
    words.sizes = wrong[_i].sizes;
    refuse(&words, wrong[_i].sentence);
}
END_TEST

START_TEST(refuses_what_contradicts_itself)
{
    trmi_task_words words = words_of("sudoku", ".123456", 7, 6);
    words.blank = 8;
    refuse(&words, "task.blank: expected a token from 0 to 6, or 7, found 8");
    words.blank = TRMI_UNSAID;
    words.keeps_givens = 2;
    refuse(&words, "task.keeps_givens: expected 0 or 1, found 2");
    words.keeps_givens = 1;
    words.shape.box_rows = 4;
    refuse(&words, "expected boxes that divide the grid, found boxes of 4 x 0");
    words.shape.box_rows = 0;
    words.alphabet = ".12345.";
    refuse(&words, "each character once, found 0x2e for tokens 0 and 6");
}
END_TEST

START_TEST(has_relations_for_every_family)
{
    uint32_t kind = 0;
    for (const trmi_family *family; (family = trmi_family_at(kind)) != NULL; kind++) {
        trmi_relations relations;
        trmi_rules rules;
        ck_assert_uint_eq(family->kind, kind);
        ck_assert_int_eq(trmi_relations_parse(family->relations, strlen(family->relations), &relations, NULL),
                         TRM_OK);
        ck_assert_int_eq(trmi_rules_parse(family->rules, &rules, NULL), TRM_OK);
    }
    ck_assert_uint_eq(kind, TRMI_JIGSAW + 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("task_keys");
    TCase *keys = tcase_create("keys");
    tcase_add_loop_test(keys, fills_in_what_families_have, 0, sizeof defaults / sizeof *defaults);
    tcase_add_test(keys, believes_what_a_file_says);
    tcase_add_test(keys, takes_letters_in_either_case);
    tcase_add_loop_test(keys, refuses_what_it_cannot_read, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(keys, refuses_what_contradicts_itself);
    tcase_add_test(keys, has_relations_for_every_family);
    suite_add_tcase(all, keys);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
