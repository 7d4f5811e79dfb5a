/* Paths that the generator makes, against a plain count of all shortest paths. */
#include <stdio.h>
#include <string.h>

#include "lib/core/memory.h"
#include "lib/puzzles/path.h"
#include "tests/support/run.h"

enum { MOST_CELLS = 4096, FAR = 100000 };

static trmi_task task;
static trmi_task_text kept;
static trmi_path *search;

static void begin_task(uint32_t rows, uint32_t columns)
{
    trm_task given = TRM_TASK_INIT;
    trm_allocator memory;
    given.name = "path";
    given.grid_rows = rows;
    given.grid_columns = columns;
    ck_assert_int_eq(trmi_allocator_read(&memory, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_int_eq(trmi_path_create(&task, &memory, &search, NULL), TRM_OK);
}

static uint32_t find_token(const uint8_t *grid, uint8_t token)
{
    uint32_t found = MOST_CELLS, count = 0;
    for (uint32_t cell = 0; cell < task.shape.positions; cell++)
        if (grid[cell] == token) {
            found = cell;
            count++;
        }
    ck_assert_uint_eq(count, 1);
    return found;
}

static bool beside(uint32_t a, uint32_t b)
{
    const int columns = (int)task.shape.columns, row = (int)a / columns - (int)b / columns,
              column = (int)a % columns - (int)b % columns;
    return abs(row) + abs(column) == 1;
}

/* Distances by relaxing every pair until nothing changes, then the number of paths, each from those one
 * nearer. */
static uint32_t measure(const uint8_t *grid, uint32_t start, uint32_t goal, uint32_t *paths)
{
    static uint32_t distance[MOST_CELLS], ways[MOST_CELLS];
    for (uint32_t cell = 0; cell < task.shape.positions; cell++) {
        distance[cell] = cell == start ? 0 : FAR;
        ways[cell] = cell == start;
    }
    for (bool again = true; again;) {
        again = false;
        for (uint32_t a = 0; a < task.shape.positions; a++)
            for (uint32_t b = 0; b < task.shape.positions; b++)
                if (beside(a, b) && grid[b] != TRMI_PATH_WALL && distance[a] + 1 < distance[b]) {
                    distance[b] = distance[a] + 1;
                    again = true;
                }
    }
    for (uint32_t d = 1; d < task.shape.positions; d++)
        for (uint32_t a = 0; a < task.shape.positions; a++)
            for (uint32_t b = 0; b < task.shape.positions && distance[a] == d; b++)
                if (beside(a, b) && distance[b] == d - 1)
                    ways[a] += ways[b] < 1000 ? ways[b] : 1000;
    *paths = ways[goal];
    return distance[goal];
}

/* The o's lead from the start to the goal, one beside the other. */
static void walk(const uint8_t *answer, uint32_t start, uint32_t goal, uint32_t moves)
{
    uint32_t at = start, before = start, steps = 0;
    for (uint32_t cell = 0; cell < task.shape.positions; cell++)
        steps += answer[cell] == TRMI_PATH_STEP;
    ck_assert_uint_eq(steps, moves - 1);
    for (uint32_t i = 1; i < moves; i++) {
        uint32_t next = MOST_CELLS;
        for (uint32_t cell = 0; cell < task.shape.positions; cell++)
            if (cell != before && answer[cell] == TRMI_PATH_STEP && beside(at, cell))
                next = cell;
        ck_assert_uint_ne(next, MOST_CELLS);
        before = at;
        at = next;
    }
    ck_assert(beside(at, goal));
}

static const struct path_case {
    uint32_t rows, columns, least, most;
    unsigned count;
} cases[] = {
    { 10, 10, 20, 35, 60 }, { 5, 9, 20, 35, 60 },   { 3, 3, 20, 35, 60 },
    { 1, 12, 1, 20, 60 },   { 10, 10, 33, 33, 20 }, { 16, 14, 30, 50, 3 },
};

START_TEST(generates_the_only_shortest_path)
{
    const struct path_case *c = &cases[_i];
    static uint8_t question[MOST_CELLS], answer[MOST_CELLS];
    uint32_t moves, paths;
    trm_error error = TRM_ERROR_INIT;
    trmi_generator generator = { 1 };
    begin_task(c->rows, c->columns);
    for (unsigned i = 0; i < c->count; i++) {
        size_t offset;
        ck_assert_msg(trmi_path_generate(search, c->least, c->most, &generator, question, answer, &moves,
                                         &error) == TRM_OK,
                      "%s", error.message);
        ck_assert_int_eq(trmi_task_agree(&task, question, answer, &offset, NULL), TRM_OK);
        const uint32_t start = find_token(question, TRMI_PATH_START),
                       goal = find_token(question, TRMI_PATH_GOAL);
        ck_assert_uint_eq(measure(question, start, goal, &paths), moves);
        ck_assert_uint_eq(paths, 1);
        ck_assert_uint_ge(moves, 4);
        walk(answer, start, goal, moves);
        uint32_t walls = 0;
        for (uint32_t cell = 0; cell < task.shape.positions; cell++)
            walls += question[cell] == TRMI_PATH_WALL;
        ck_assert(100 * walls >= c->least * task.shape.positions &&
                  100 * walls <= c->most * task.shape.positions);
    }
    trmi_path_free(search);
}
END_TEST

/* Each step is the first of up, left, right, down that is one nearer to the goal. */
static void check_ties(const uint8_t *question, const uint8_t *answer, uint32_t start, uint32_t goal)
{
    uint32_t at = start, paths, steps = 0;
    for (uint32_t cell = 0; cell < task.shape.positions; cell++)
        steps += answer[cell] == TRMI_PATH_STEP;
    uint32_t left = measure(question, goal, start, &paths);
    ck_assert(left >= 2 && steps == left - 1);
    for (; left > 1; left--) {
        const uint32_t columns = task.shape.columns;
        const int offsets[] = { -(int)columns, -1, 1, (int)columns };
        for (int i = 0; i < 4; i++) {
            const uint32_t next = (uint32_t)((int)at + offsets[i]);
            if (next < task.shape.positions && beside(at, next) && question[next] != TRMI_PATH_WALL &&
                measure(question, goal, next, &paths) == left - 1) {
                at = next;
                break;
            }
        }
        ck_assert_int_eq(answer[at], TRMI_PATH_STEP);
    }
}

static const struct map_case {
    uint32_t rows, columns;
    trmi_map_kind kind;
} maps[] = {
    { 7, 7, { 0, 0, true, 0 } },    { 6, 9, { 0, 35, true, 0 } },  { 8, 8, { 0, 45, true, 100 } },
    { 5, 5, { 20, 35, false, 0 } }, { 9, 4, { 0, 30, true, 50 } }, { 8, 8, { 20, 30, false, 50 } },
};

START_TEST(generates_open_maps)
{
    enum { ROUNDS = 12 };
    const struct map_case *c = &maps[_i];
    static uint8_t question[MOST_CELLS], answer[MOST_CELLS];
    uint32_t moves, paths, without = 0;
    trmi_generator generator = { 5 };
    begin_task(c->rows, c->columns);
    for (unsigned i = 0; i < ROUNDS; i++) {
        size_t offset;
        ck_assert_int_eq(trmi_path_generate_map(search, &c->kind, &generator, question, answer, &moves, NULL),
                         TRM_OK);
        ck_assert_int_eq(trmi_task_agree(&task, question, answer, &offset, NULL), TRM_OK);
        const uint32_t start = find_token(question, TRMI_PATH_START),
                       goal = find_token(question, TRMI_PATH_GOAL);
        const uint32_t distance = measure(question, start, goal, &paths);
        ck_assert_uint_eq(distance, moves == 0 ? FAR : moves);
        if (moves > 0)
            check_ties(question, answer, start, goal);
        else
            ck_assert_int_eq(memcmp(question, answer, task.shape.positions), 0);
        without += moves == 0;
    }
    ck_assert(c->kind.unreachable == 0     ? without == 0
              : c->kind.unreachable == 100 ? without == ROUNDS
                                           : without > 0);
    trmi_path_free(search);
}
END_TEST

/* 64 x 64 fills every table; the answer leads along cells that are free. */
START_TEST(generates_the_largest_grid)
{
    static uint8_t question[MOST_CELLS], answer[MOST_CELLS];
    uint32_t moves;
    trmi_generator generator = { 3 };
    begin_task(64, 64);
    ck_assert_int_eq(trmi_path_generate(search, 20, 35, &generator, question, answer, &moves, NULL), TRM_OK);
    walk(answer, find_token(question, TRMI_PATH_START), find_token(question, TRMI_PATH_GOAL), moves);
    trmi_path_free(search);
}
END_TEST

/* Lengths are drawn evenly among those that there are: long ones are not rare. */
START_TEST(draws_long_paths_too)
{
    static uint8_t question[MOST_CELLS], answer[MOST_CELLS];
    uint32_t moves, sum = 0, longest = 0;
    trmi_generator generator = { 4 };
    begin_task(10, 10);
    for (unsigned i = 0; i < 1000; i++) {
        ck_assert_int_eq(trmi_path_generate(search, 20, 35, &generator, question, answer, &moves, NULL),
                         TRM_OK);
        sum += moves;
        longest = moves > longest ? moves : longest;
    }
    ck_assert(sum > 8200 && sum < 9000); /* grid10_train: 8.6 in the mean, 27 at most */
    ck_assert(longest >= 18);
    trmi_path_free(search);
}
END_TEST

/* Nine tenths of nine cells, rounded up, are all of them. */
START_TEST(leaves_a_cell_free)
{
    const trmi_map_kind kinds[] = { { 90, 90, true, 0 }, { 90, 90, true, 100 } };
    uint8_t question[9], answer[9];
    uint32_t moves;
    trmi_generator generator = { 5 };
    begin_task(3, 3);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(
            trmi_path_generate_map(search, &kinds[i], &generator, question, answer, &moves, NULL),
            TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(memchr(question, TRMI_PATH_FREE, sizeof question));
    trmi_path_free(search);
}
END_TEST

START_TEST(ends_when_there_is_no_path)
{
    uint8_t question[9], answer[9];
    uint32_t moves;
    trm_error error = TRM_ERROR_INIT;
    trmi_generator generator = { 5 };
    begin_task(2, 2);
    ck_assert_int_eq(trmi_path_generate(search, 20, 35, &generator, question, answer, &moves, &error),
                     TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "found 2 x 2 with 20 to 35 % walls"));
    trmi_path_free(search);
    trmi_path_free(NULL);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("path");
    TCase *path = tcase_create("path");
    tcase_add_loop_test(path, generates_the_only_shortest_path, 0, sizeof cases / sizeof cases[0]);
    tcase_add_loop_test(path, generates_open_maps, 0, sizeof maps / sizeof *maps);
    tcase_add_test(path, generates_the_largest_grid);
    tcase_add_test(path, draws_long_paths_too);
    tcase_add_test(path, leaves_a_cell_free);
    tcase_add_test(path, ends_when_there_is_no_path);
    suite_add_tcase(all, path);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
