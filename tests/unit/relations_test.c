/* Relations by name against their definitions, their text, and lists of files and callers that nobody vouched
   for. */
#include <stdio.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/task/relations.h"
#include "tests/support/run.h"

static const trmi_shape shapes[] = {
    { 81, 9, 9, 3, 3, 9, 0 },     { 36, 6, 6, 2, 3, 6, 0 },  { 36, 6, 6, 3, 2, 6, 0 },
    { 625, 25, 25, 5, 5, 25, 0 }, { 48, 6, 8, 2, 4, 3, 5 },  { 35, 5, 7, 0, 0, 1, 0 },
    { 1, 1, 1, 1, 1, 2, 0 },      { 12, 1, 12, 0, 0, 2, 0 }, { 10000, 100, 100, 0, 0, 1, 0 },
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static trmi_relation named(const char *name)
{
    char text[64];
    trmi_relations read;
    trm_error error = TRM_ERROR_INIT;
    const bool fields = strcmp(name, "cell") == 0 || strcmp(name, "next") == 0 ||
                        strcmp(name, "previous") == 0 || strcmp(name, "above") == 0 ||
                        strcmp(name, "below") == 0;
    snprintf(text, sizeof text, "%s=shape/%s/sum", name, fields ? "fields" : "positions");
    ck_assert_msg(trmi_relations_parse(text, strlen(text), &read, &error) == TRM_OK, "%s", error.message);
    return read.relation[0];
}

/* Whether element a hears element b: written from doc/format.md. */
static bool hears(const char *name, const trmi_shape *s, uint32_t a, uint32_t b)
{
    if (strcmp(name, "all") == 0 || strcmp(name, "cell") == 0)
        return true;
    if (strcmp(name, "next") == 0)
        return b == a + 1;
    if (strcmp(name, "previous") == 0)
        return a == b + 1;
    if (strcmp(name, "above") == 0)
        return b > a;
    if (strcmp(name, "below") == 0)
        return b < a;
    const int r = (int)(a / s->columns), c = (int)(a % s->columns), R = (int)(b / s->columns),
              C = (int)(b % s->columns);
    int down = 0, right = 0;
    if (strcmp(name, "row") == 0)
        return r == R;
    if (strcmp(name, "column") == 0)
        return c == C;
    if (strcmp(name, "box") == 0)
        return r / (int)s->box_rows == R / (int)s->box_rows &&
               c / (int)s->box_columns == C / (int)s->box_columns;
    if (sscanf(name, "offset(%d,%d)", &down, &right) != 2) {
        down = strcmp(name, "down") == 0 ? 1 : strcmp(name, "up") == 0 ? -1 : 0;
        right = strcmp(name, "right") == 0 ? 1 : strcmp(name, "left") == 0 ? -1 : 0;
    }
    return R == r + down && C == c + right;
}

static const char *const every_name[] = { "row",   "column",       "box",          "all",
                                          "up",    "down",         "left",         "right",
                                          "cell",  "next",         "above",        "previous",
                                          "below", "offset(-2,1)", "offset(0,12)", "offset(99,-99)" };
enum { NAMES = sizeof every_name / sizeof *every_name };

static bool has(const char *name, const trmi_shape *s)
{
    const bool fields = named(name).level == TRMI_LEVEL_FIELDS;
    return (!fields || s->fields > 1) && (strcmp(name, "box") != 0 || s->box_rows > 0);
}

/* One pass over what may be heard and what is. */
static void check_table(const char *name, const trmi_shape *s, const trmi_relation_table *t)
{
    const uint32_t elements = trmi_relation_elements(t->level, s);
    for (uint32_t a = 0; a<elements; a += elements> 1000 ? 397 : 1) {
        const uint32_t list = t->list_of != NULL ? t->list_of[a] : a;
        ck_assert_uint_lt(list, t->lists);
        uint32_t at = t->first[list];
        for (uint32_t b = 0; b < elements; b++)
            if (hears(name, s, a, b)) {
                ck_assert_msg(at < t->first[list + 1] && t->heard[at] == b, "%s: %u should hear %u", name, a,
                              b);
                at++;
            }
        ck_assert_uint_eq(at, t->first[list + 1]);
    }
}

/* The lists of a band are those of its positions and of no others. */
static void check_bands(const trmi_shape *s, const trmi_relation_table *t)
{
    const bool groups = t->level == TRMI_LEVEL_POSITIONS && t->list_of != NULL;
    ck_assert_int_eq(t->band > 0, groups);
    if (!groups)
        return;
    ck_assert_uint_eq(s->positions % t->band, 0);
    const uint32_t bands = s->positions / t->band;
    ck_assert_uint_eq(t->lists % bands, 0);
    for (uint32_t p = 0; p < s->positions; p++)
        ck_assert_uint_eq(t->list_of[p] / (t->lists / bands), p / t->band);
}

START_TEST(works_names_out)
{
    const trmi_shape *shape = &shapes[_i];
    ck_assert_int_eq(trmi_shape_check(shape, NULL), TRM_OK);
    for (int i = 0; i < NAMES; i++) {
        const trmi_relation relation = named(every_name[i]);
        trmi_arena measure = { .base = NULL };
        trmi_relation_table measured, table;
        const trm_status expected = has(every_name[i], shape) ? TRM_OK : TRM_ERROR_PUZZLE;
        ck_assert_int_eq(trmi_relation_of_shape(&relation, shape, &measure, &measured, NULL), expected);
        if (expected != TRM_OK)
            continue;
        void *block = NULL;
        trm_allocator memory;
        ck_assert_int_eq(trmi_allocator_read(&memory, NULL, NULL), TRM_OK);
        block = trmi_allocate(&memory, measure.used);
        trmi_arena arena = { .base = block };
        ck_assert_int_eq(trmi_relation_of_shape(&relation, shape, &arena, &table, NULL), TRM_OK);
        ck_assert_uint_eq(arena.used, measure.used);
        ck_assert(measured.first == NULL && measured.lists == table.lists && table.level == relation.level);
        ck_assert_uint_eq(measured.band, table.band);
        ck_assert_uint_eq(table.first[0], 0);
        check_table(every_name[i], shape, &table);
        check_bands(shape, &table);
        trmi_arena_release(block, measure.used);
        trmi_release(&memory, block);
    }
}
END_TEST

/* Groups share lists: that is what makes their products cheap. */
START_TEST(shares_the_lists_of_groups)
{
    static const struct {
        const char *name;
        uint32_t lists, band;
    } cases[] = {
        { "row", 6, 8 }, { "column", 8, 48 }, { "box", 6, 16 }, { "all", 1, 48 }, { "cell", 1, 0 }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const trmi_relation relation = named(cases[i].name);
        trmi_arena measure = { .base = NULL };
        trmi_relation_table table;
        ck_assert_int_eq(trmi_relation_of_shape(&relation, &shapes[4], &measure, &table, NULL), TRM_OK);
        ck_assert_uint_eq(table.lists, cases[i].lists);
        ck_assert_uint_eq(table.band, cases[i].band);
    }
}
END_TEST

static const struct missing_case {
    const char *name;
    trmi_shape shape;
    const char *sentence;
} missing[] = {
    { "box", { 35, 5, 7, 0, 0, 1, 0 }, "relation box: expected a shape with boxes" },
    { "cell", { 35, 5, 7, 0, 0, 1, 0 }, "relation cell: expected a shape with fields" },
    { "above", { 35, 5, 7, 0, 0, 1, 0 }, "with fields" },
    { "row",
      { 35, 0, 0, 0, 0, 3, 0 },
      "with rows and columns, or lists with the question, found 35 positions" },
    { "up", { 35, 0, 0, 0, 0, 3, 0 }, "with rows and columns" },
    { "offset(1,1)", { 35, 0, 0, 0, 0, 3, 0 }, "with rows and columns" },
};

START_TEST(says_what_a_shape_lacks)
{
    const trmi_relation relation = named(missing[_i].name);
    trmi_arena measure = { .base = NULL };
    trmi_relation_table table;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_relation_of_shape(&relation, &missing[_i].shape, &measure, &table, &error),
                     TRM_ERROR_PUZZLE);
    ck_assert_int_eq(trmi_relation_check_shape(&relation, &missing[_i].shape, NULL), TRM_ERROR_PUZZLE);
    ck_assert_msg(strstr(error.message, missing[_i].sentence) != NULL, "%s", error.message);
}
END_TEST

START_TEST(says_what_no_shape_has)
{
    const trmi_shape shape = { 35, 5, 7, 0, 0, 1, 0 };
    trmi_relation relation = named("row");
    trmi_arena measure = { .base = NULL };
    trmi_relation_table table;
    trm_error error = TRM_ERROR_INIT;
    memcpy(relation.name, "beside", sizeof "beside");
    ck_assert_int_eq(trmi_relation_of_shape(&relation, &shape, &measure, &table, &error), TRM_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error.message, "relation beside: expected the name of a relation") != NULL, "%s",
                  error.message);
}
END_TEST

static const struct shape_case {
    trmi_shape shape;
    const char *sentence;
} wrong_shapes[] = {
    { { 0, 0, 0, 0, 0, 1, 0 }, "1 to 65536 positions, found 0" },
    { { 65537, 0, 0, 0, 0, 1, 0 }, "found 65537" },
    { { 81, 9, 9, 3, 3, 0, 0 }, "1 to 256 fields, found 0" },
    { { 81, 9, 9, 3, 3, 257, 0 }, "found 257" },
    { { 81, 9, 8, 3, 3, 9, 0 }, "found 9 x 8 for 81" },
    { { 81, 9, 0, 3, 3, 9, 0 }, "found 9 x 0" },
    { { 65536, 65537, 65536, 0, 0, 1, 0 }, "found 65537 x 65536" },
    { { 81, 9, 9, 2, 3, 9, 0 }, "boxes of 2 x 3 in 9 x 9" },
    { { 81, 9, 9, 3, 0, 9, 0 }, "boxes of 3 x 0" },
    { { 81, 0, 0, 3, 3, 9, 0 }, "in 0 x 0" },
    { { 65536, 0, 0, 0, 0, 17, 0 }, "at most 1048576 nodes" },
    { { 65536, 0, 0, 0, 0, 16, 1 }, "16 fields and 1 helpers" },
    { { 1, 0, 0, 0, 0, 1, 4294967295u }, "4294967295 helpers" },
};

START_TEST(refuses_what_is_no_shape)
{
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_shape_check(&wrong_shapes[_i].shape, &error), TRM_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error.message, wrong_shapes[_i].sentence) != NULL, "%s", error.message);
}
END_TEST

START_TEST(finds_the_boxes_of_a_side)
{
    static const uint32_t sides[][3] = { { 4, 2, 2 },  { 6, 2, 3 },  { 8, 2, 4 },  { 9, 3, 3 }, { 10, 2, 5 },
                                         { 12, 3, 4 }, { 16, 4, 4 }, { 25, 5, 5 }, { 7, 0, 0 }, { 1, 0, 0 },
                                         { 0, 0, 0 },  { 2, 0, 0 },  { 24, 4, 6 }, { 49, 7, 7 } };
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        uint32_t rows = 9, columns = 9;
        ck_assert(trmi_default_boxes(sides[i][0], &rows, &columns) == (sides[i][1] > 0));
        ck_assert(rows == sides[i][1] && columns == sides[i][2]);
    }
}
END_TEST

/* -- text -- */

START_TEST(reads_and_writes_the_text)
{
    static const char text[] =
        "row=shape/positions/sum+max cell=shape/fields/max offset(-12,7)=shape/positions/node "
        "next=shape/fields/node edge_2=question/nodes/sum box=question/positions/sum "
        "link=file/fields/node";
    trmi_relations r;
    char printed[TRMI_RELATIONS_BYTES];
    ck_assert_int_eq(trmi_relations_parse(text, sizeof text - 1, &r, NULL), TRM_OK);
    ck_assert_uint_eq(r.count, 7);
    ck_assert_str_eq(r.relation[2].name, "offset(-12,7)");
    ck_assert_uint_eq(r.relation[0].aggregates, TRMI_AGGREGATE_SUM | TRMI_AGGREGATE_MAX);
    ck_assert_uint_eq(r.relation[3].aggregates, TRMI_AGGREGATE_NODE);
    ck_assert_uint_eq(r.relation[4].source, TRMI_RELATION_QUESTION);
    ck_assert_uint_eq(r.relation[4].level, TRMI_LEVEL_NODES);
    ck_assert_uint_eq(r.relation[6].source, TRMI_RELATION_FILE);
    ck_assert_uint_eq(trmi_relations_print(&r, printed), sizeof text - 1);
    ck_assert_str_eq(printed, text);
    r.count = 0;
    ck_assert_uint_eq(trmi_relations_print(&r, printed), 0);
}
END_TEST

/* The longest text there can be fits, and one relation more does not. */
START_TEST(holds_32_relations)
{
    char text[3000], printed[TRMI_RELATIONS_BYTES];
    size_t length = 0;
    trmi_relations r;
    trm_error error = TRM_ERROR_INIT;
    for (int i = 0; i < 32; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%sa%030d=question/positions/sum+max",
                                   i > 0 ? " " : "", i);
    ck_assert_int_eq(trmi_relations_parse(text, length, &r, NULL), TRM_OK);
    ck_assert_uint_eq(trmi_relations_print(&r, printed), length);
    memcpy(text + length, " b=file/nodes/sum", 18);
    ck_assert_int_eq(trmi_relations_parse(text, length + 17, &r, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "at most 32 relations"));
}
END_TEST

static const struct text_case {
    const char *text, *sentence;
} wrong_texts[] = {
    { "", "expected a name of lower-case letters, digits and _, or offset(rows,columns), at character 1" },
    { "Row=shape/positions/sum", "found \"Row=" },
    { "2x=file/nodes/sum", "a name of lower-case" },
    { "row", "'=' behind the relation's name at character 4" },
    { "row=shapes/positions/sum",
      "a source (shape, file, question) and '/' at character 5, found \"shapes/" },
    { "row=shape", "'/' behind the source at character 10" },
    { "row=shape/grid/sum", "a level (nodes, positions, fields) and '/' at character 11" },
    { "row=shape/positions/max+sum", "sum, max, sum+max or node at character 21" },
    { "row=shape/positions/", "at character 21" },
    { "row=shape/fields/sum", "level positions at character 1" },
    { "cell=shape/nodes/sum", "level fields" },
    { "row=shape/positions/node", "sum, max or sum+max, as its lists have several" },
    { "above=shape/fields/node", "as its lists have several" },
    { "edge=shape/positions/sum", "the name of a relation that a shape has" },
    { "row=shape/positions/sum  box=shape/positions/sum", "at character 25" },
    { "row=shape/positions/sum ", "at character 25" },
    { "row=shape/positions/sum row=file/positions/sum", "each relation once at character 25" },
    { "abcdefghijabcdefghijabcdefghijab=file/nodes/sum", "at most 31 bytes" },
    { "offset(0,0)=shape/positions/sum", "or offset(rows,columns)" },
    { "offset(1,100)=shape/positions/sum", "or offset(rows,columns)" },
    { "offset(01,1)=shape/positions/sum", "or offset(rows,columns)" },
    { "offset(-0,1)=shape/positions/sum", "or offset(rows,columns)" },
    { "offset(1)=shape/positions/sum", "or offset(rows,columns)" },
    { "offset(1,2)=file/positions/sum", "source shape for an offset" },
};

START_TEST(refuses_other_text)
{
    trmi_relations r;
    trm_error error = TRM_ERROR_INIT;
    const char *text = wrong_texts[_i].text;
    ck_assert_int_eq(trmi_relations_parse(text, strlen(text), &r, &error), TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, wrong_texts[_i].sentence) != NULL, "%s", error.message);
}
END_TEST

/* -- lists of others -- */

static const struct list_case {
    uint32_t first[5], heard[4];
    uint64_t count;
    uint32_t aggregates;
    const char *sentence;
} given[] = {
    { { 0, 2, 2, 3, 4 }, { 0, 2, 3, 1 }, 4, TRMI_AGGREGATE_SUM, NULL },
    { { 0, 1, 1, 2, 3 }, { 3, 3, 0 }, 3, TRMI_AGGREGATE_NODE, NULL },
    { { 0, 0, 0, 0, 0 }, { 0 }, 0, TRMI_AGGREGATE_MAX, NULL },
    { { 1, 2, 2, 3, 4 }, { 0, 2, 3, 1 }, 4, TRMI_AGGREGATE_SUM, "begin at 0" },
    { { 0, 2, 1, 3, 4 }, { 0, 2, 3, 1 }, 4, TRMI_AGGREGATE_SUM, "found 1 after 2 for list 2" },
    { { 0, 2, 2, 3, 5 }, { 0, 2, 3, 1 }, 4, TRMI_AGGREGATE_SUM, "found 5 after 3" },
    { { 0, 2, 2, 3, 3 }, { 0, 2, 3, 1 }, 4, TRMI_AGGREGATE_SUM, "end at 4, found 3 at the end" },
    { { 0, 2, 2, 3, 4294967295u }, { 0, 2, 3, 1 }, 4, TRMI_AGGREGATE_SUM, "found 4294967295" },
    { { 0, 2, 2, 3, 4 }, { 0, 2, 4, 1 }, 4, TRMI_AGGREGATE_SUM, "below 4, found 4 in list 2" },
    { { 0, 2, 2, 3, 4 }, { 2, 0, 3, 1 }, 4, TRMI_AGGREGATE_SUM, "found 0 after 2 in list 0" },
    { { 0, 2, 2, 3, 4 }, { 2, 2, 3, 1 }, 4, TRMI_AGGREGATE_SUM, "found 2 after 2" },
    { { 0, 2, 2, 3, 4 }, { 0, 2, 3, 1 }, 4, TRMI_AGGREGATE_NODE, "at most one in a list, found 2 in list 0" },
};

static const trmi_relation link = { "link", TRMI_RELATION_FILE, TRMI_LEVEL_POSITIONS, TRMI_AGGREGATE_SUM };

START_TEST(checks_lists_of_callers)
{
    const struct list_case *c = &given[_i];
    trmi_relation relation = link;
    trm_error error = TRM_ERROR_INIT;
    relation.aggregates = c->aggregates;
    const trm_status status = trmi_relation_check(&relation, c->first, c->heard, c->count, 4, 4, &error);
    ck_assert_int_eq(status, c->sentence == NULL ? TRM_OK : TRM_ERROR_PUZZLE);
    ck_assert_msg(c->sentence == NULL || strstr(error.message, c->sentence) != NULL, "%s", error.message);
}
END_TEST

/* A file's bytes: 4, five offsets, the numbers; at an odd address. */
static size_t store(uint8_t *bytes, const struct list_case *c)
{
    trmi_store32(bytes, 4);
    for (int i = 0; i < 5; i++)
        trmi_store32(bytes + 4 + 4 * i, c->first[i]);
    for (uint64_t i = 0; i < c->count; i++)
        trmi_store32(bytes + 24 + 4 * i, c->heard[i]);
    return (size_t)(24 + 4 * c->count);
}

START_TEST(reads_lists_of_files)
{
    const struct list_case *c = &given[_i];
    trmi_relation relation = link;
    trm_error error = TRM_ERROR_INIT;
    uint8_t bytes[64];
    _Alignas(64) char block[2048];
    const size_t length = store(bytes + 1, c);
    relation.aggregates = c->aggregates;
    trmi_arena measure = { .base = NULL }, arena = { .base = block };
    trmi_relation_table table;
    const trm_status status =
        trmi_relation_of_file(&relation, bytes + 1, length, 4, &measure, &table, &error);
    ck_assert_int_eq(status, c->sentence == NULL ? TRM_OK : TRM_ERROR_FORMAT);
    ck_assert_msg(c->sentence == NULL || strstr(error.message, c->sentence) != NULL, "%s", error.message);
    if (status != TRM_OK)
        return;
    ck_assert_int_eq(trmi_relation_of_file(&relation, bytes + 1, length, 4, &arena, &table, NULL), TRM_OK);
    ck_assert_uint_eq(arena.used, measure.used);
    ck_assert(table.lists == 4 && table.list_of == NULL && table.level == TRMI_LEVEL_POSITIONS);
    ck_assert_mem_eq(table.first, c->first, sizeof c->first);
    ck_assert_mem_eq(table.heard, c->heard, c->count * sizeof *c->heard);
    trmi_arena_release(block, arena.used);
}
END_TEST

START_TEST(refuses_bytes_that_are_no_lists)
{
    uint8_t bytes[64];
    trmi_arena measure = { .base = NULL };
    trmi_relation_table table;
    trm_error error = TRM_ERROR_INIT;
    const size_t length = store(bytes, &given[0]);
    for (size_t shorter = 0; shorter < length; shorter++)
        ck_assert_int_eq(trmi_relation_of_file(&link, bytes, shorter, 4, &measure, &table, &error),
                         TRM_ERROR_FORMAT);
    ck_assert_int_eq(trmi_relation_of_file(&link, bytes, length, 3, &measure, &table, &error),
                     TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "relation.link: expected the number of lists, 3,"));
    ck_assert_ptr_nonnull(strstr(error.message, "found 40 bytes and 4 lists"));
}
END_TEST

static Suite *suite(void)
{
    enum { GIVEN = sizeof given / sizeof *given };
    Suite *all = suite_create("relations");
    TCase *names = tcase_create("names"), *text = tcase_create("text"), *lists = tcase_create("lists");
    tcase_add_loop_test(names, works_names_out, 0, SHAPES);
    tcase_add_test(names, shares_the_lists_of_groups);
    tcase_add_test(names, says_what_no_shape_has);
    tcase_add_loop_test(names, says_what_a_shape_lacks, 0, sizeof missing / sizeof *missing);
    tcase_add_loop_test(names, refuses_what_is_no_shape, 0, sizeof wrong_shapes / sizeof *wrong_shapes);
    tcase_add_test(names, finds_the_boxes_of_a_side);
    tcase_add_test(text, reads_and_writes_the_text);
    tcase_add_test(text, holds_32_relations);
    tcase_add_loop_test(text, refuses_other_text, 0, sizeof wrong_texts / sizeof *wrong_texts);
    tcase_add_loop_test(lists, checks_lists_of_callers, 0, GIVEN);
    tcase_add_loop_test(lists, reads_lists_of_files, 0, GIVEN);
    tcase_add_test(lists, refuses_bytes_that_are_no_lists);
    suite_add_tcase(all, names);
    suite_add_tcase(all, text);
    suite_add_tcase(all, lists);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
