/* Puzzles as JSON lines: what a line may say, and what it may not. */
#include <stdio.h>
#include <string.h>

#include "lib/puzzles/json_row.h"
#include "lib/puzzles/puzzles.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

static char *directory;
static trm_puzzles *graphs;

static void set_up(void)
{
    trm_task task = TRM_TASK_INIT;
    task.name = "colouring";
    task.alphabet = ".123";
    directory = make_directory();
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &graphs, NULL), TRM_OK);
}

static void tear_down(void)
{
    trm_puzzles_free(graphs);
    remove_directory(directory);
}

static const char *file_of(const char *text)
{
    const char *path = inside_directory(directory, "graphs.jsonl");
    write_whole(path, text, strlen(text));
    return path;
}

#define TRIANGLE \
    "{\"question\": \"1..\", \"answer\": \"123\", \"relations\": {\"edge\": [[1,2],[0, 2],[0,1]]}}\n"

START_TEST(reads_graphs_of_any_size)
{
    trm_questions question = TRM_QUESTIONS_INIT;
    char asked[8] = { 0 }, answered[8] = { 0 };
    const char *path = file_of(TRIANGLE "\n" /* an empty line is nothing */
                                        "{\"answer\":[1,2],\"question\":[0,2],\"fields\":2,\"rating\":7,"
                                        "\"relations\":{\"edge\":[[1],[0]]}}\r\n");
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_puzzles_read(graphs, path, 0, &error) == TRM_OK, "%s", error.message);
    ck_assert_uint_eq(trm_puzzles_count(graphs), 2);
    ck_assert_int_eq(trm_puzzles_question(graphs, 0, &question, NULL), TRM_OK);
    ck_assert(question.count == 1 && question.shape_count == 1 && question.relation_count == 1);
    ck_assert_uint_eq(question.shapes[0].positions, 3);
    const trm_relation *edge = question.relations;
    const uint32_t first[] = { 0, 2, 4, 6 }, heard[] = { 1, 2, 0, 2, 0, 1 };
    ck_assert_str_eq(edge->name, "edge");
    ck_assert(edge->lists == 3 && edge->heard_count == 6 && edge->shared == 1);
    ck_assert_mem_eq(edge->first, first, sizeof first);
    ck_assert_mem_eq(edge->heard, heard, sizeof heard);
    ck_assert_int_eq(trm_puzzles_question(graphs, 1, &question, NULL), TRM_OK);
    ck_assert(question.shapes[0].positions == 2 && question.shapes[0].fields == 2);
    uint32_t rating;
    ck_assert_int_eq(trm_puzzles_get(graphs, 1, asked, answered, &rating, NULL), TRM_OK);
    ck_assert_str_eq(asked, ".2");
    ck_assert_str_eq(answered, "12");
    ck_assert_uint_eq(rating, 7);
    ck_assert_int_eq(trm_puzzles_question(graphs, 2, &question, NULL), TRM_ERROR_ARGUMENT);
}
END_TEST

/* There is room for the cells of the question. */
START_TEST(refuses_an_answer_of_another_length_in_a_table)
{
    static const char table[] = "question,answer\n1..,12312312312312312312312312312312312312312312312312\n";
    trm_error error = TRM_ERROR_INIT;
    const char *path = inside_directory(directory, "graphs.csv");
    write_whole(path, table, sizeof table - 1);
    ck_assert_int_eq(trm_puzzles_read(graphs, path, 0, &error), TRM_ERROR_PUZZLE);
    ck_assert_msg(strstr(error.message, "expected 3 characters, as in the question, found 50") != NULL, "%s",
                  error.message);
    ck_assert_uint_eq(trm_puzzles_count(graphs), 0);
}
END_TEST

/* As in tables. */
START_TEST(ratings_may_be_fractions_or_missing)
{
    static const char *const texts[] = { "2.5", "2.49", "0.5", "null", "4294967294.5" };
    static const uint32_t wanted[] = { 3, 2, 1, 0, UINT32_MAX };
    char line[128];
    uint32_t rating;
    trm_error error = TRM_ERROR_INIT;
    snprintf(line, sizeof line, "{\"question\": \"..\", \"rating\": %s, \"answer\": \"12\"}\n", texts[_i]);
    ck_assert_msg(trm_puzzles_read(graphs, file_of(line), 0, &error) == TRM_OK, "%s", error.message);
    ck_assert_int_eq(trm_puzzles_get(graphs, 0, NULL, NULL, &rating, NULL), TRM_OK);
    ck_assert_uint_eq(rating, wanted[_i]);
}
END_TEST

/* The first puzzle says how many features all have, also where it has none. */
START_TEST(features_come_with_all_puzzles_or_none)
{
    trm_error error = TRM_ERROR_INIT;
    const char *path = file_of("{\"question\": \"..\", \"answer\": \"12\"}\n"
                               "{\"question\": \"..\", \"answer\": \"12\", \"features\": [1, 2]}\n");
    ck_assert_int_eq(trm_puzzles_read(graphs, path, 0, &error), TRM_ERROR_PUZZLE);
    ck_assert_msg(strstr(error.message, "line 2") != NULL &&
                      strstr(error.message, "expected 0 features, as all puzzles of the set have, found 1") !=
                          NULL,
                  "%s", error.message);
    ck_assert_uint_eq(trm_puzzles_count(graphs), 0);
}
END_TEST

/* What is written reads as it was. */
START_TEST(writes_what_it_reads)
{
    const char *path =
        file_of("{\"question\": \"1.\", \"answer\": \"12\", \"helpers\": [0, 3], \"features\": "
                "[[0.1, -2e-3], [1, 16777217], [0.333333333333, 1e-30], [0,0]], "
                "\"relations\": {\"edge\": [[1],[]], \"in\": [[],[],[0],[0,1]]}, \"fields\": 3}\n");
    const char *written = inside_directory(directory, "again.jsonl");
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *again;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_puzzles_read(graphs, path, 0, &error) == TRM_OK, "%s", error.message);
    ck_assert_int_eq(trm_puzzles_write(graphs, written, "a source", NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_describe(graphs, &task, NULL), TRM_OK);
    ck_assert_uint_eq(task.features, 2);
    ck_assert_uint_eq(task.grid_rows, 0);
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &again, NULL), TRM_OK);
    ck_assert_msg(trm_puzzles_read(again, written, 0, &error) == TRM_OK, "%s", error.message);
    ck_assert_uint_eq(trmi_sheet_checksum(graphs->sheets[0], 0), trmi_sheet_checksum(again->sheets[0], 0));
    trm_questions question = TRM_QUESTIONS_INIT;
    const float wanted[] = { 0.1f, -2e-3f, 1.0f, 16777217.0f, 0.333333333333f, 1e-30f, 0.0f, 0.0f };
    ck_assert_int_eq(trm_puzzles_question(again, 0, &question, NULL), TRM_OK);
    ck_assert_mem_eq(question.features, wanted, sizeof wanted);
    ck_assert(question.helper_tokens[0] == 0 && question.helper_tokens[1] == 3);
    ck_assert_uint_eq(question.relations[1].lists, 4);
    trm_puzzles_free(again);
}
END_TEST

#define EDGE ", \"relations\": {\"edge\": [[1],[0]]}}\n"
static const struct bad_line {
    const char *text, *sentence;
    trm_status status;
} bad_lines[] = {
    { "{\"question\": \"..\", \"answer\": \"11\"" EDGE,
      "the answer has the value of a position that it hears", TRM_ERROR_PUZZLE },
    { "{\"question\": \"2.\", \"answer\": \"12\"" EDGE, "has another token than the question gives",
      TRM_ERROR_PUZZLE },
    { "{\"question\": \"..\", \"answer\": \"14\"" EDGE,
      "line 1, column 32 (answer): expected one of '.123', found '4'", TRM_ERROR_PUZZLE },
    { "{\"question\": [0,4], \"answer\": \"12\"" EDGE,
      "expected 0 for a blank or the number of a value, found 4 for cell 2", TRM_ERROR_PUZZLE },
    { "{\"question\": \"..\"" EDGE, "expected an answer with the question", TRM_ERROR_PUZZLE },
    { "{\"question\": \"..\", \"answer\": \"123\"" EDGE,
      "expected 2 cells of the answer, as in the question, found 3", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"fields\": 4" EDGE, "at most 3 fields", TRM_ERROR_PUZZLE },
    { "{\"question\": \"..\", \"answer\": \"12\", \"fields\": 257" EDGE,
      "column 46: expected a whole number from 1 to 256", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"rows\": 1" EDGE, "rows and columns together",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"rows\": 2, \"columns\": 2" EDGE, "a question of 4 cells",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"edges\": []}",
      "column 36: expected question, answer, relations", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"question\": \"12\"}", "column 20: expected \"question\" once",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"edge\": [[1],[2]]}}",
      "expected numbers below 2, found 2", TRM_ERROR_PUZZLE },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"edge\": [[1,1],[0]]}}",
      "column 63: relation edge: expected numbers that ascend, found 1 after 1 in the list of node 0",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"edge\": [[1],[1,0]]}}",
      "column 67: relation edge: expected numbers that ascend, found 0 after 1 in the list of node 1",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"edge\": [1,0]}}",
      "column 59: expected '[', found 1", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"edge\": [[1],[0]",
      "found the end of the line", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"edge\": [[-1],[0]]}}", "found -1",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"edge\": [[1.5],[0]]}}", "found 1.5",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"edge\": [[99999999999999999999],[0]]}}",
      "a whole number from 0 to 1048575", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"\": [[1],[0]]}}",
      "a name of 1 to 31 bytes", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"e\": [[]], \"e\": [[]]}}",
      "each relation once", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"relations\": {\"e\": []}}",
      "column 56: expected a list for each element, found ]", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"features\": [1,2,3]}",
      "as many features for each of 2 cells", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"features\": [[1],[2,3]]}", "lists of one length",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"features\": [[],[1,2]]}", "lists of one length",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"features\": [[1,2]]}",
      "a list of features for each of 2 cells and helpers, found 1 lists", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"features\": [1e39,2]}", "finite as a float, found 1e39",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"rating\": 4294967296}",
      "a whole number from 0 to 4294967295", TRM_ERROR_FORMAT },
    { "{\"question\": \"..\", \"answer\": \"12\", \"rating\": 4294967295.5}",
      "expected a number from 0 to 4294967295, or nothing, found '4294967295.5'", TRM_ERROR_PUZZLE },
    { "{\"question\": \"..\", \"answer\": \"12\", \"rating\": 1.}", "a whole number from 0 to 4294967295",
      TRM_ERROR_FORMAT },
    { "{\"question\": \"\", \"answer\": \"\"}", "an empty one", TRM_ERROR_FORMAT },
    { "{\"question\": [], \"answer\": []}", "an empty one", TRM_ERROR_FORMAT },
    { "{\"question\": \"\\u0000.\"}", "column 16: expected one of \"\\/bfnrt", TRM_ERROR_FORMAT },
    { "{\"question\": \".\x01\"}", "found byte 0x01", TRM_ERROR_FORMAT },
    { "{}", "expected a question, found none", TRM_ERROR_FORMAT },
    { "{\"question\": \".\"} x", "expected the end of the line, found x", TRM_ERROR_FORMAT },
    { "{\"question\": 5}", "column 14: expected text or a list of numbers, found 5}", TRM_ERROR_FORMAT },
    { "{", "expected text in quotes, found the end of the line", TRM_ERROR_FORMAT },
};

START_TEST(names_what_is_wrong_and_keeps_nothing)
{
    const struct bad_line *c = &bad_lines[_i];
    char text[1024];
    trm_error error = TRM_ERROR_INIT;
    snprintf(text, sizeof text, "%s", c->text);
    const trm_status status = trm_puzzles_read(graphs, file_of(text), 0, &error);
    ck_assert_msg(status == c->status && strstr(error.message, c->sentence) != NULL, "%s, no \"%s\" in: %s",
                  trm_status_name(status), c->sentence, error.message);
    ck_assert_ptr_nonnull(strstr(error.message, "graphs.jsonl: line 1"));
    ck_assert_uint_eq(trm_puzzles_count(graphs), 0);
    snprintf(text, sizeof text, "%s%s", TRIANGLE, c->text); /* behind a good one */
    ck_assert_int_eq(trm_puzzles_read(graphs, file_of(text), 0, &error), c->status);
    ck_assert_ptr_nonnull(strstr(error.message, "graphs.jsonl: line 2"));
    ck_assert_uint_eq(trm_puzzles_count(graphs), 0);
    ck_assert_int_eq(trm_puzzles_read(graphs, file_of(TRIANGLE), 0, NULL), TRM_OK);
}
END_TEST

/* Regions of its own in place of boxes: a row's rules are those. */
START_TEST(holds_jigsaws_to_their_regions)
{
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *sudokus;
    trm_error error = TRM_ERROR_INIT;
    task.name = "sudoku";
    task.box_rows = task.box_columns = 2;
    const char *rows_as_boxes = "{\"question\": \"1...............\", \"answer\": \"1234234134124123\", "
                                "\"relations\": {\"box\": [[0,1,2,3],[0,1,2,3],[0,1,2,3],[0,1,2,3],"
                                "[4,5,6,7],[4,5,6,7],[4,5,6,7],[4,5,6,7],[8,9,10,11],[8,9,10,11],[8,9,10,11],"
                                "[8,9,10,11],[12,13,14,15],[12,13,14,15],[12,13,14,15],[12,13,14,15]]}}\n";
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &sudokus, NULL), TRM_OK);
    ck_assert_msg(trm_puzzles_read(sudokus, file_of(rows_as_boxes), 0, &error) == TRM_OK, "%s",
                  error.message);
    ck_assert_int_eq(
        trm_puzzles_read(sudokus,
                         file_of("{\"question\": \"1...............\", \"answer\": \"1234234134124123\"}"), 0,
                         &error),
        TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "a second time in a row, a column or a box"));
    ck_assert_uint_eq(trm_puzzles_count(sudokus), 1);
    trm_puzzles_free(sudokus);
}
END_TEST

/* Lists that are read before the failure leave nothing, and the set is written as before. */
START_TEST(a_failure_leaves_a_set_that_brings_nothing)
{
    static const char table[] = "source,question,answer,rating\ns,1...,1221,0\n";
    const char *written = inside_directory(directory, "own.csv");
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *own;
    size_t bytes;
    task.name = "own";
    task.alphabet = ".12";
    task.grid_rows = task.grid_columns = 2;
    write_whole(written, table, sizeof table - 1);
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &own, NULL), TRM_OK);
    ck_assert_int_eq(trm_puzzles_read(own, written, 0, NULL), TRM_OK);
    const char *path = file_of("{\"question\": \"1...\", \"answer\": \"1212\", \"relations\": {\"edge\": "
                               "[[1],[0],[],[]]}}\n{\"question\": \"1...\"}\n");
    ck_assert_int_eq(trm_puzzles_read(own, path, 0, NULL), TRM_ERROR_PUZZLE);
    ck_assert_int_eq(trm_puzzles_write(own, written, "s", NULL), TRM_OK);
    uint8_t *found = read_whole(written, &bytes);
    ck_assert(bytes == sizeof table - 1 && memcmp(found, table, bytes) == 0);
    free(found);
    trm_puzzles_free(own);
}
END_TEST

/* Colourings of a graph with these givens, at most two. */
static int count_colourings(const trm_relation *edges, uint32_t fields, char *text, uint32_t from)
{
    int count = 0;
    while (from < edges->lists && text[from] != '.')
        from++;
    if (from == edges->lists)
        return 1;
    for (uint32_t colour = 0; colour < fields && count < 2; colour++) {
        bool free = true;
        for (uint32_t i = edges->first[from]; i < edges->first[from + 1]; i++)
            free = free && text[edges->heard[i]] != (char)('1' + colour);
        if (!free)
            continue;
        text[from] = (char)('1' + colour);
        count += count_colourings(edges, fields, text, from + 1);
        text[from] = '.';
    }
    return count;
}

/* Options of other tasks are refused, not passed over. */
START_TEST(graphs_have_no_options_of_other_tasks)
{
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    uint32_t *const others[] = { &options.open, &options.unreachable, &options.minimal, &options.reserved };
    options.count = 1;
    *others[_i] = 1;
    ck_assert_int_eq(trm_puzzles_generate(graphs, &options, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "colouring"));
}
END_TEST

START_TEST(makes_up_graphs_with_one_colouring)
{
    enum { GRAPHS = 60 };
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    uint32_t blanks = 0, vertices = 0, sizes[32] = { 0 };
    options.count = GRAPHS;
    options.least_positions = 8;
    options.most_positions = 14;
    options.least_fields = 2;
    options.most_fields = 3;
    ck_assert_int_eq(trm_puzzles_generate(graphs, &options, NULL), TRM_OK);
    for (uint64_t i = 0; i < GRAPHS; i++) {
        trm_questions question = TRM_QUESTIONS_INIT;
        char asked[16], answered[16];
        size_t offset;
        uint32_t rating;
        ck_assert_int_eq(trm_puzzles_question(graphs, i, &question, NULL), TRM_OK);
        ck_assert_int_eq(trm_puzzles_get(graphs, i, asked, answered, &rating, NULL), TRM_OK);
        const uint32_t n = question.shapes[0].positions;
        ck_assert(n >= 8 && n <= 14 && question.shapes[0].fields >= 2 && question.shapes[0].fields <= 3);
        ck_assert_int_eq(trmi_puzzles_agree(graphs, i, &offset, NULL), TRM_OK);
        ck_assert_int_eq(count_colourings(question.relations, question.shapes[0].fields, asked, 0), 1);
        sizes[n]++;
        vertices += n;
        blanks += rating;
    }
    ck_assert(sizes[8] > 0 && sizes[14] > 0);
    ck_assert_uint_gt(10 * blanks, 5 * vertices);
    options.first = 59; /* the last one again */
    options.count = 1;
    ck_assert_int_eq(trm_puzzles_generate(graphs, &options, NULL), TRM_OK);
    ck_assert_uint_eq(trmi_sheet_checksum(graphs->sheets[59], 0), trmi_sheet_checksum(graphs->sheets[60], 0));
    options.most_fields = 4;
    ck_assert_int_eq(trm_puzzles_generate(graphs, &options, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "range of fields within 2 to 3, found 2 to 4"));
    options.most_fields = 3;
    options.most_positions = 513;
    ck_assert_int_eq(trm_puzzles_generate(graphs, &options, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "range of positions within 4 to 512"));
    ck_assert_uint_eq(trm_puzzles_count(graphs), 61);
}
END_TEST

static trm_status read_with(const trm_allocator *allocator, const char *path, trm_error *error)
{
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *puzzles;
    task.name = "colouring";
    task.alphabet = ".123";
    trm_status status = trm_puzzles_create(&task, allocator, &puzzles, error);
    if (status == TRM_OK)
        status = trm_puzzles_read(puzzles, path, 0, error);
    trm_puzzles_free(puzzles);
    return status;
}

typedef struct budget {
    long left;
    long held;
} budget;

static void *allocate(void *user, size_t bytes)
{
    budget *b = user;
    void *memory = b->left-- > 0 ? malloc(bytes) : NULL;
    b->held += memory != NULL;
    return memory;
}

static void release(void *user, void *memory)
{
    ((budget *)user)->held--;
    free(memory);
}

START_TEST(survives_every_failed_allocation)
{
    const char *path = file_of(TRIANGLE TRIANGLE);
    trm_status status = TRM_ERROR_MEMORY;
    for (long n = 0; status != TRM_OK; n++) {
        budget b = { n, 0 };
        const trm_allocator allocator = { sizeof allocator, &b, allocate, release };
        trm_error error = TRM_ERROR_INIT;
        status = read_with(&allocator, path, &error);
        ck_assert_msg(status == TRM_OK || status == TRM_ERROR_MEMORY, "%s", error.message);
        ck_assert_int_eq(b.held, 0);
        ck_assert_int_lt(n, 200);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json lines");
    TCase *t = tcase_create("rows");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, reads_graphs_of_any_size);
    tcase_add_test(t, refuses_an_answer_of_another_length_in_a_table);
    tcase_add_loop_test(t, ratings_may_be_fractions_or_missing, 0, 5);
    tcase_add_test(t, features_come_with_all_puzzles_or_none);
    tcase_add_test(t, writes_what_it_reads);
    tcase_add_loop_test(t, names_what_is_wrong_and_keeps_nothing, 0, sizeof bad_lines / sizeof *bad_lines);
    tcase_add_loop_test(t, graphs_have_no_options_of_other_tasks, 0, 4);
    tcase_add_test(t, makes_up_graphs_with_one_colouring);
    tcase_add_test(t, holds_jigsaws_to_their_regions);
    tcase_add_test(t, a_failure_leaves_a_set_that_brings_nothing);
    tcase_add_test(t, survives_every_failed_allocation);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
