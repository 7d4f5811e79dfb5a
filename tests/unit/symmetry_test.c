/* Symmetries turn puzzles into puzzles, lose nothing, and reach every element of their group. */
#include <stdio.h>
#include <string.h>

#include "lib/puzzles/puzzles.h"
#include "lib/puzzles/symmetry.h"
#include "tests/support/run.h"

enum { DRAWS = 2000, PUZZLES = 20 };

static const struct shape {
    const char *name;
    uint32_t rows, columns, box_rows, box_columns;
} shapes[] = {
    { "sudoku", 4, 4, 2, 2 }, { "sudoku", 6, 6, 2, 3 },   { "sudoku", 6, 6, 3, 2 }, { "sudoku", 9, 9, 3, 3 },
    { "sudoku", 5, 5, 1, 5 }, { "sudoku", 12, 12, 3, 4 }, { "path", 10, 10, 0, 0 }, { "path", 7, 12, 0, 0 },
};

/* Some puzzles of the shape. */
static trm_puzzles *make_puzzles(const struct shape *shape)
{
    trm_task task = TRM_TASK_INIT;
    trm_puzzles *puzzles;
    trm_error error = TRM_ERROR_INIT;
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    task.name = shape->name;
    task.grid_rows = shape->rows;
    task.grid_columns = shape->columns;
    task.box_rows = shape->box_rows;
    task.box_columns = shape->box_columns;
    options.count = PUZZLES;
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &puzzles, NULL), TRM_OK);
    ck_assert_msg(trm_puzzles_generate(puzzles, &options, &error) == TRM_OK, "%s", error.message);
    return puzzles;
}

/* As many of each token as there were of the one it came from. */
static void check_counts(const trmi_symmetry *symmetry, const trmi_task *task, const uint8_t *from,
                         const uint8_t *to)
{
    uint32_t before[TRMI_TASK_VOCABULARY] = { 0 }, after[TRMI_TASK_VOCABULARY] = { 0 };
    for (uint32_t cell = 0; cell < task->shape.positions; cell++) {
        before[from[cell]]++;
        after[to[cell]]++;
    }
    for (uint32_t token = 0; token < task->vocabulary; token++)
        ck_assert_uint_eq(before[token], after[symmetry->token[token]]);
}

START_TEST(turns_puzzles_into_puzzles)
{
    static trmi_symmetry symmetry;
    trm_puzzles *puzzles = make_puzzles(&shapes[_i]);
    uint8_t question[TRMI_SYMMETRY_CELLS], answer[TRMI_SYMMETRY_CELLS];
    trmi_generator generator;
    trmi_generator_begin(&generator, 1, "test");
    for (uint64_t i = 0; i < DRAWS; i++) {
        size_t offset;
        trm_error error = TRM_ERROR_INIT;
        trmi_symmetry_draw(&symmetry, &puzzles->task, &generator);
        trmi_symmetry_apply(&symmetry, trmi_puzzles_question(puzzles, i % PUZZLES), question);
        trmi_symmetry_apply(&symmetry, trmi_puzzles_answer(puzzles, i % PUZZLES), answer);
        check_counts(&symmetry, &puzzles->task, trmi_puzzles_question(puzzles, i % PUZZLES), question);
        ck_assert_msg(trmi_task_agree(&puzzles->task, question, answer, &offset, &error) == TRM_OK,
                      "cell %zu: %s", offset, error.message);
    }
    trm_puzzles_free(puzzles);
}
END_TEST

/* Each cell comes from one place, each token from one token; blanks, walls and the like stay what they are.
 */
START_TEST(is_a_bijection)
{
    static trmi_symmetry symmetry;
    trm_puzzles *puzzles = make_puzzles(&shapes[_i]);
    const trmi_task *task = &puzzles->task;
    trmi_generator generator;
    trmi_generator_begin(&generator, 2, "test");
    for (int i = 0; i < DRAWS; i++) {
        bool cells[TRMI_SYMMETRY_CELLS] = { false }, tokens[TRMI_TASK_VOCABULARY] = { false };
        trmi_symmetry_draw(&symmetry, task, &generator);
        ck_assert(symmetry.moves && symmetry.cells == task->shape.positions);
        for (uint32_t cell = 0; cell < task->shape.positions; cell++) {
            ck_assert(symmetry.from[cell] < task->shape.positions && !cells[symmetry.from[cell]]);
            cells[symmetry.from[cell]] = true;
        }
        for (uint32_t token = 0; token < task->vocabulary; token++) {
            ck_assert(symmetry.token[token] < task->vocabulary && !tokens[symmetry.token[token]]);
            tokens[symmetry.token[token]] = true;
            ck_assert(symmetry.token[token] == token ||
                      (task->family->kind == TRMI_SUDOKU && token > TRMI_SUDOKU_BLANK));
        }
    }
    trm_puzzles_free(puzzles);
}
END_TEST

/* Neighbours stay neighbours. */
START_TEST(keeps_paths_whole)
{
    static trmi_symmetry symmetry;
    trm_puzzles *puzzles = make_puzzles(&shapes[_i]);
    const uint32_t columns = puzzles->task.shape.columns, cells = puzzles->task.shape.positions;
    trmi_generator generator;
    trmi_generator_begin(&generator, 3, "test");
    for (int i = 0; i < DRAWS; i++) {
        trmi_symmetry_draw(&symmetry, &puzzles->task, &generator);
        for (uint32_t cell = 0; cell + 1 < cells; cell++) {
            const int a = symmetry.from[cell], b = symmetry.from[cell + 1];
            const int across = abs(a / (int)columns - b / (int)columns),
                      along = abs(a % (int)columns - b % (int)columns);
            ck_assert((cell + 1) % columns == 0 || across + along == 1);
        }
    }
    trm_puzzles_free(puzzles);
}
END_TEST

/* How many different pairs of cells and tokens appear among many draws. */
static unsigned count_elements(const struct shape *shape, unsigned draws)
{
    enum { PLACES = 16384 };
    static trmi_symmetry symmetry;
    static uint64_t seen[PLACES]; /* a hash table; 0: free */
    unsigned count = 0;
    memset(seen, 0, sizeof seen);
    trm_puzzles *puzzles = make_puzzles(shape);
    trmi_generator generator;
    trmi_generator_begin(&generator, 4, "test");
    for (unsigned i = 0; i < draws; i++) {
        uint64_t hash = 1469598103934665603u;
        trmi_symmetry_draw(&symmetry, &puzzles->task, &generator);
        for (uint32_t cell = 0; cell < symmetry.cells; cell++)
            hash = (hash ^ symmetry.from[cell]) * 1099511628211u;
        for (uint32_t token = 0; token < puzzles->task.vocabulary; token++)
            hash = (hash ^ symmetry.token[token]) * 1099511628211u;
        uint64_t at = hash % PLACES;
        while (seen[at] != 0 && seen[at] != hash)
            at = (at + 1) % PLACES;
        count += seen[at] == 0;
        seen[at] = hash;
        ck_assert_uint_lt(count, PLACES / 2);
    }
    trm_puzzles_free(puzzles);
    return count;
}

START_TEST(reaches_the_whole_group)
{
    ck_assert_uint_eq(count_elements(&(struct shape) { "path", 10, 10, 0, 0 }, 1000), 8);
    ck_assert_uint_eq(count_elements(&(struct shape) { "path", 7, 12, 0, 0 }, 1000), 4);
    /* 4! digits x (2 x 2 x 2) rows x (2 x 2 x 2) columns x 2 transpositions */
    ck_assert_uint_eq(count_elements(&(struct shape) { "sudoku", 4, 4, 2, 2 }, 50000), 24 * 8 * 8 * 2);
}
END_TEST

START_TEST(leaves_other_tasks_alone)
{
    static trmi_symmetry symmetry;
    trm_task given = TRM_TASK_INIT;
    trmi_task task;
    static trmi_task_text text;
    static uint8_t from[TRMI_TASK_CELLS], to[TRMI_TASK_CELLS];
    trmi_generator generator = { 7 };
    given.name = "copy";
    given.grid_rows = given.grid_columns = 256;
    given.alphabet = "ab";
    ck_assert_int_eq(trmi_task_read(&task, &text, &given, NULL), TRM_OK);
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (uint8_t)(i % 251 % 2);
    trmi_symmetry_draw(&symmetry, &task, &generator);
    trmi_symmetry_apply(&symmetry, from, to);
    ck_assert_mem_eq(from, to, sizeof from);
    ck_assert_uint_eq(generator.state, 7);
}
END_TEST

static Suite *suite(void)
{
    enum { SHAPES = sizeof shapes / sizeof shapes[0], PATHS = SHAPES - 2 };
    Suite *all = suite_create("symmetry");
    TCase *group = tcase_create("group");
    tcase_add_loop_test(group, turns_puzzles_into_puzzles, 0, SHAPES);
    tcase_add_loop_test(group, is_a_bijection, 0, SHAPES);
    tcase_add_loop_test(group, keeps_paths_whole, PATHS, SHAPES);
    tcase_add_test(group, reaches_the_whole_group);
    tcase_add_test(group, leaves_other_tasks_alone);
    suite_add_tcase(all, group);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
