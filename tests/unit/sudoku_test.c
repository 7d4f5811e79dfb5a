/* The search of Sudokus against a plain one, and the puzzles that the generator makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/memory.h"
#include "lib/puzzles/puzzles.h"
#include "lib/puzzles/sudoku_generator.h"
#include "tests/support/run.h"

enum { MOST_CELLS = TRMI_SUDOKU_CELLS, NO_LIMIT = 1000000 };

static trm_allocator memory;
static trmi_task task;
static trmi_task_text kept;
static trmi_sudoku *search;
static uint8_t regions[MOST_CELLS]; /* of a jigsaw */

static void begin_named(const char *name, uint32_t side, uint32_t box_rows, uint32_t box_columns)
{
    trm_task given = TRM_TASK_INIT;
    given.name = name;
    given.grid_rows = given.grid_columns = side;
    given.box_rows = box_rows;
    given.box_columns = box_columns;
    ck_assert_int_eq(trmi_allocator_read(&memory, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trmi_task_read(&task, &kept, &given, NULL), TRM_OK);
    ck_assert_int_eq(trmi_sudoku_create(&task, &memory, &search, NULL), TRM_OK);
}

static void begin_task(uint32_t box_rows, uint32_t box_columns)
{
    begin_named("sudoku", 0, box_rows, box_columns);
}

static void encode(const char *text, uint8_t *question)
{
    size_t offset;
    ck_assert_int_eq(trmi_task_encode(&task, text, strlen(text), question, &offset, NULL), TRM_OK);
}

/* Whether the token may stand in the cell: written from the rules, not from the library. */
static bool allowed(const uint8_t *grid, uint32_t cell, uint8_t token)
{
    const uint32_t n = task.shape.rows, row = cell / n, column = cell % n;
    for (uint32_t other = 0; other < n * n; other++) {
        const bool same_box = task.shape.box_rows == 0
                                  ? regions[other] == regions[cell]
                                  : other / n / task.shape.box_rows == row / task.shape.box_rows &&
                                        other % n / task.shape.box_columns == column / task.shape.box_columns;
        if (other != cell && grid[other] == token && (other / n == row || other % n == column || same_box))
            return false;
    }
    return true;
}

/* Counts solutions up to 2, trying every digit in the blank cell with the fewest. */
static unsigned count_plainly(uint8_t *grid)
{
    uint32_t best = MOST_CELLS, fewest = 99;
    for (uint32_t cell = 0; cell < task.shape.positions; cell++) {
        uint32_t count = 0;
        for (uint8_t token = 2; token < task.vocabulary; token++)
            count += grid[cell] == TRMI_SUDOKU_BLANK && allowed(grid, cell, token);
        if (grid[cell] == TRMI_SUDOKU_BLANK && count < fewest) {
            best = cell;
            fewest = count;
        }
    }
    if (best == MOST_CELLS)
        return 1;
    unsigned found = 0;
    for (uint8_t token = 2; token < task.vocabulary && found < 2; token++)
        if (allowed(grid, best, token)) {
            grid[best] = token;
            found += count_plainly(grid);
        }
    grid[best] = TRMI_SUDOKU_BLANK;
    return found < 2 ? found : 2;
}

static const struct known_case {
    const char *question, *answer;
    uint64_t least, most; /* dead ends */
} known[] = {
    { ".7.1.36923.92..7.......7.5.648.31.....5.7.1...1....5..4...1..7.981..4...567389.41",
      "874153692359246718126897453648531927295478136713962584432615879981724365567389241", 0, 0 },
    { "98.7..6..5...8..7...7..6...4.....3.2..86...5.....3.....1...2.....59...8.......4.1",
      "982754613564381279137296548459178362378629154621435897716842935245913786893567421", 85,
      85 }, /* a guess that is chosen otherwise changes this number */
    { "................12..3.45........6..3.1.......72..........17.......5..8...98.....6",
      "462791358957683412183245967845916723316827549729354681634178295271569834598432176", 0, 0 },
    { "874153692359246718126897453648531927295478136713962584432615879981724365567389241",
      "874153692359246718126897453648531927295478136713962584432615879981724365567389241", 0, 0 },
};

START_TEST(solves_puzzles_with_one_solution)
{
    uint8_t question[81], answer[81], expected[81];
    uint64_t dead_ends;
    begin_task(3, 3);
    encode(known[_i].question, question);
    encode(known[_i].answer, expected);
    ck_assert_int_eq(trmi_sudoku_solve(search, question, NO_LIMIT, answer, &dead_ends), TRMI_SOLUTIONS_ONE);
    ck_assert_mem_eq(answer, expected, 81);
    ck_assert(dead_ends >= known[_i].least && dead_ends <= known[_i].most);
    trmi_sudoku_free(search);
}
END_TEST

START_TEST(tells_none_several_and_unknown)
{
    uint8_t question[81], answer[81] = { 0 };
    uint64_t dead_ends;
    begin_task(3, 3);
    memset(question, TRMI_SUDOKU_BLANK, sizeof question);
    ck_assert_int_eq(trmi_sudoku_solve(search, question, NO_LIMIT, answer, NULL), TRMI_SOLUTIONS_SEVERAL);
    size_t offset;
    ck_assert_int_eq(trmi_task_agree(&task, question, answer, &offset, NULL), TRM_OK); /* the first one */
    question[0] = question[8] = 5;
    ck_assert_int_eq(trmi_sudoku_solve(search, question, NO_LIMIT, NULL, &dead_ends), TRMI_SOLUTIONS_NONE);
    ck_assert_uint_eq(dead_ends, 1);
    encode(known[1].question, question);
    ck_assert_int_eq(trmi_sudoku_solve(search, question, NO_LIMIT, NULL, &dead_ends), TRMI_SOLUTIONS_ONE);
    ck_assert_uint_gt(dead_ends, 5);
    ck_assert_int_eq(trmi_sudoku_solve(search, question, 5, NULL, &dead_ends), TRMI_SOLUTIONS_UNKNOWN);
    ck_assert_uint_le(dead_ends, 6);
    trmi_sudoku_free(search);
    trmi_sudoku_free(NULL);
}
END_TEST

/* Whether a guess is needed depends on the propagation alone, which the published ratings define. */
START_TEST(guesses_where_the_published_ratings_do)
{
    trm_puzzles *puzzles = NULL;
    trm_task given = TRM_TASK_INIT;
    char path[4096];
    given.name = "sudoku";
    given.box_rows = given.box_columns = 3;
    begin_task(3, 3);
    ck_assert_int_eq(trm_puzzles_create(&given, NULL, &puzzles, NULL), TRM_OK);
    snprintf(path, sizeof path, "%s/../shared/data/sudoku/easy_test.csv.gz", getenv("TRM_SOURCE_ROOT"));
    const trm_status status = trm_puzzles_read(puzzles, path, 0, NULL);
    ck_assert(status == TRM_OK || status == TRM_ERROR_FILE ||
              status == TRM_ERROR_UNSUPPORTED); /* not there */
    for (uint64_t i = 0; i < puzzles->count; i++) {
        uint64_t dead_ends;
        trmi_sudoku_solve(search, trmi_puzzles_question(puzzles, i), NO_LIMIT, NULL, &dead_ends);
        ck_assert((dead_ends == 0) == (puzzles->ratings[i] == 0));
    }
    trm_puzzles_free(puzzles);
    trmi_sudoku_free(search);
}
END_TEST

static const struct generated_case {
    uint32_t side, box_rows, box_columns; /* boxes 0: a jigsaw */
    uint32_t least, most;
    unsigned count;
    bool minimal;
} generated[] = {
    { 0, 2, 2, 4, 10, 200, false },  { 0, 2, 3, 8, 20, 100, false },  { 0, 3, 2, 9, 20, 100, false },
    { 0, 3, 3, 24, 45, 60, false },  { 0, 1, 5, 8, 12, 100, false },  { 0, 3, 4, 65, 94, 10, false },
    { 0, 4, 4, 130, 166, 3, false }, { 0, 5, 5, 281, 407, 1, false }, { 4, 0, 0, 4, 10, 200, false },
    { 5, 0, 0, 6, 15, 100, false },  { 9, 0, 0, 24, 45, 60, false },  { 9, 0, 0, 34, 34, 20, false },
    { 12, 0, 0, 65, 94, 3, false },  { 0, 2, 2, 0, 16, 100, true },   { 9, 0, 0, 0, 81, 20, true },
};

/* The library says so, and for grids where that ends soon, so does the plain search. */
static void check_puzzle(const trmi_sudoku_puzzle *p, bool minimal)
{
    uint8_t solved[MOST_CELLS], copy[MOST_CELLS];
    uint64_t dead_ends;
    for (uint32_t cell = 0; cell < task.shape.positions; cell++) {
        ck_assert(allowed(p->answer, cell, p->answer[cell]) && p->answer[cell] > TRMI_SUDOKU_BLANK);
        ck_assert(p->question[cell] == p->answer[cell] || p->question[cell] == TRMI_SUDOKU_BLANK);
    }
    ck_assert_int_eq(trmi_sudoku_solve(search, p->question, NO_LIMIT, solved, &dead_ends),
                     TRMI_SOLUTIONS_ONE);
    ck_assert_mem_eq(solved, p->answer, task.shape.positions);
    ck_assert_uint_eq(dead_ends, *p->rating);
    memcpy(copy, p->question, task.shape.positions);
    ck_assert(task.shape.rows > (minimal ? 4 : 9) || count_plainly(copy) == 1);
}

static bool is_minimal(const uint8_t *question)
{
    uint8_t less[MOST_CELLS];
    for (uint32_t cell = 0; cell < task.shape.positions; cell++) {
        memcpy(less, question, task.shape.positions);
        less[cell] = TRMI_SUDOKU_BLANK;
        if (question[cell] != TRMI_SUDOKU_BLANK &&
            trmi_sudoku_solve(search, less, NO_LIMIT, NULL, NULL) == TRMI_SOLUTIONS_ONE)
            return false;
    }
    return true;
}

START_TEST(generates_puzzles_with_one_solution)
{
    const struct generated_case *c = &generated[_i];
    uint8_t question[MOST_CELLS], answer[MOST_CELLS];
    uint32_t rating, fewest = MOST_CELLS, most = 0;
    trm_error error = TRM_ERROR_INIT;
    trmi_generator generator = { 1 };
    const trmi_sudoku_wish wish = { c->least, c->most, c->minimal };
    const trmi_sudoku_puzzle puzzle = { question, answer, c->side > 0 ? regions : NULL, &rating };
    begin_named(c->side > 0 ? "jigsaw" : "sudoku", c->side, c->box_rows, c->box_columns);
    for (unsigned i = 0; i < c->count; i++) {
        ck_assert_msg(trmi_sudoku_generate(search, &task, &wish, &generator, &puzzle, &error) == TRM_OK, "%s",
                      error.message);
        check_puzzle(&puzzle, c->minimal);
        uint32_t givens = 0;
        for (uint32_t cell = 0; cell < task.shape.positions; cell++)
            givens += question[cell] != TRMI_SUDOKU_BLANK;
        ck_assert(givens >= c->least && givens <= c->most);
        ck_assert(!c->minimal || is_minimal(question));
        fewest = givens < fewest ? givens : fewest;
        most = givens > most ? givens : most;
    }
    /* the whole range */
    ck_assert(c->count < 100 || c->minimal || (fewest <= c->least + 2 && most >= c->most - 2));
    trmi_sudoku_free(search);
}
END_TEST

/* Grids are drawn evenly: there are 288 of 4 x 4, each as often as the others. */
START_TEST(draws_every_small_grid)
{
    enum { GRIDS = 288, DRAWS = 288 * 50 };
    static uint8_t grids[GRIDS][16];
    unsigned seen[GRIDS] = { 0 }, count = 0;
    uint8_t question[16], answer[16];
    uint32_t rating;
    trmi_generator generator = { 2 };
    const trmi_sudoku_wish wish = { 16, 16, false };
    const trmi_sudoku_puzzle puzzle = { question, answer, NULL, &rating };
    begin_task(2, 2);
    for (unsigned i = 0; i < DRAWS; i++) {
        ck_assert_int_eq(trmi_sudoku_generate(search, &task, &wish, &generator, &puzzle, NULL), TRM_OK);
        unsigned at = 0;
        while (at < count && memcmp(grids[at], answer, 16) != 0)
            at++;
        ck_assert_uint_lt(at, GRIDS);
        memcpy(grids[at], answer, 16);
        seen[at]++;
        count += at == count;
    }
    ck_assert_uint_eq(count, GRIDS);
    for (unsigned i = 0; i < GRIDS; i++)
        ck_assert_msg(seen[i] > 10 && seen[i] < 150, "a grid came %u times of %u", seen[i], (unsigned)DRAWS);
    trmi_sudoku_free(search);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("sudoku");
    TCase *sudoku = tcase_create("sudoku");
    tcase_add_loop_test(sudoku, solves_puzzles_with_one_solution, 0, sizeof known / sizeof known[0]);
    tcase_add_test(sudoku, tells_none_several_and_unknown);
    tcase_add_test(sudoku, guesses_where_the_published_ratings_do);
    tcase_add_loop_test(sudoku, generates_puzzles_with_one_solution, 0,
                        sizeof generated / sizeof generated[0]);
    tcase_add_test(sudoku, draws_every_small_grid);
    suite_add_tcase(all, sudoku);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
