/* Verifiers against brute force: every answer of small tasks, judged by definitions that know nothing of
   relations. */
#include <stdlib.h>
#include <string.h>

#include "lib/core/generator.h"
#include "lib/task/verify.h"
#include "tests/support/run.h"

enum { MOST = 100, ROOM = 1 << 16 };

static _Alignas(TRMI_ALIGNMENT) char room[ROOM];
static trmi_task task;
static trmi_verification verification;
static trmi_generator generator;

static void begin(const char *name, const char *alphabet, uint32_t vocabulary, trmi_shape shape,
                  const char *rules)
{
    const trmi_task_words words = { .name = name,
                                    .alphabet = alphabet,
                                    .vocabulary = vocabulary,
                                    .shape = shape,
                                    .blank = TRMI_UNSAID,
                                    .keeps_givens = TRMI_UNSAID,
                                    .rules = rules };
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trmi_task_parse(&task, &words, &error) == TRM_OK, "%s", error.message);
    trmi_arena measure = { .base = NULL }, arena = { .base = room };
    trmi_verification_lay(&verification, &task, &task.shape, &measure);
    ck_assert_uint_le(measure.used, ROOM);
    trmi_verification_lay(&verification, &task, &task.shape, &arena);
    ck_assert_uint_eq(measure.used, arena.used);
    trmi_generator_begin(&generator, 1, name);
}

static trmi_verdict judge(const int32_t *question, const int32_t *answer)
{
    trmi_ruling ruling;
    const trmi_verdict verdict = trmi_task_verify(&verification, question, answer, &ruling);
    ck_assert_int_eq(verdict, ruling.verdict);
    ck_assert((verdict == TRMI_REFUTED) == (ruling.reason != TRMI_REASON_NONE));
    ck_assert(ruling.position < task.shape.positions && ruling.other < task.shape.positions);
    return verdict;
}

static void encode(const char *text, int32_t *tokens)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        ck_assert_int_ge(tokens[i] = task.token[(unsigned char)text[i]], 0);
}

/* Counts up in `base` from all zeros; false behind the last. */
static bool count_up(int32_t *digits, uint32_t count, int32_t base)
{
    for (uint32_t i = 0; i < count; i++) {
        if (++digits[i] < base)
            return true;
        digits[i] = 0;
    }
    return false;
}

/* -- Latin squares and Sudokus -- */

/* Rows, columns and, where box_rows > 0, boxes have each of n values; tokens from 2 on. */
static bool is_square(const int32_t *grid, uint32_t n, uint32_t box_rows, uint32_t box_columns)
{
    for (uint32_t a = 0; a < n * n; a++) {
        if (grid[a] < 2 || grid[a] >= 2 + (int32_t)n)
            return false;
        for (uint32_t b = 0; b < a; b++) {
            const bool box = box_rows > 0 && a / n / box_rows == b / n / box_rows &&
                             a % n / box_columns == b % n / box_columns;
            if ((a / n == b / n || a % n == b % n || box) && grid[a] == grid[b])
                return false;
        }
    }
    return true;
}

/* Two givens of a 3x3 square's row or column are the same. */
static bool has_twins(const int32_t *question)
{
    for (int a = 0; a < 9; a++)
        for (int b = 0; b < a; b++)
            if (question[a] > 1 && question[a] == question[b] && (a / 3 == b / 3 || a % 3 == b % 3))
                return true;
    return false;
}

START_TEST(judges_every_latin_square)
{
    const int32_t open[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    int32_t digits[9] = { 0 }, answer[9]; /* blank or a value */
    unsigned right = 0;
    begin("latin", "\0.123", 5, (trmi_shape) { 9, 3, 3, 0, 0, 1, 0 }, NULL);
    do {
        for (int i = 0; i < 9; i++)
            answer[i] = digits[i] + 1;
        const bool good = is_square(answer, 3, 0, 0);
        ck_assert_int_eq(judge(open, answer), good ? TRMI_VERIFIED : TRMI_REFUTED);
        right += good;
        ck_assert_int_eq(trmi_task_hopeless(&verification, answer), has_twins(answer));
    } while (count_up(digits, 9, 4));
    ck_assert_uint_eq(right, 12);
    answer[4] = 0; /* padding, which no answer may keep */
    ck_assert(trmi_task_hopeless(&verification, answer));
}
END_TEST

/* No value twice in a row, of more values than it has cells. */
START_TEST(judges_groups_that_only_differ)
{
    const int32_t open[6] = { 0 };
    int32_t answer[6] = { 0 };
    unsigned right = 0;
    begin("rows", ".1234", 5, (trmi_shape) { 6, 2, 3, 0, 0, 1, 0 }, "different=row");
    task.keeps_givens = true;
    task.blank = 0;
    task.first_value = 1;
    task.values = 4;
    do {
        bool good = true, twins = false;
        for (int p = 0; p < 6; p++) {
            good = good && answer[p] > 0;
            for (int q = p / 3 * 3; q < p; q++)
                twins = twins || (answer[p] == answer[q] && answer[p] > 0);
        }
        good = good && !twins;
        right += good;
        ck_assert_int_eq(judge(open, answer), good ? TRMI_VERIFIED : TRMI_REFUTED);
        ck_assert_int_eq(trmi_task_hopeless(&verification, answer), twins);
    } while (count_up(answer, 6, 5));
    ck_assert_uint_eq(right, 24 * 24);
}
END_TEST

/* A model of any size is asked for grids with more values than its own has. */
START_TEST(judges_more_values_than_the_models_own)
{
    const trmi_task_words words = { .name = "squares",
                                    .alphabet = ".1234",
                                    .vocabulary = 5,
                                    .shape = { .positions = 9, .rows = 3, .columns = 3, .fields = 3 },
                                    .first_value = 1,
                                    .blank = 0,
                                    .keeps_givens = 1,
                                    .rules = "different=row,column" };
    const trmi_shape larger = { .positions = 16, .rows = 4, .columns = 4, .fields = 4 };
    const int32_t open[16] = { 0 };
    int32_t answer[16];
    trmi_arena arena = { .base = room };
    ck_assert_int_eq(trmi_task_parse(&task, &words, NULL), TRM_OK);
    trmi_verification_lay(&verification, &task, &larger, &arena);
    encode("1234214334124321", answer);
    ck_assert_int_eq(trmi_task_verify(&verification, open, answer, NULL), TRMI_VERIFIED);
    answer[15] = 4;
    ck_assert_int_eq(trmi_task_verify(&verification, open, answer, NULL), TRMI_REFUTED);
}
END_TEST

/* A chain of three, each of which hears the one behind it and has to be less. */
START_TEST(allows_what_is_less)
{
    const uint32_t first[] = { 0, 1, 2, 2 }, heard[] = { 1, 2 };
    const int32_t open[3] = { 0 };
    int32_t tokens[3] = { 0 };
    unsigned right = 0;
    begin("chain", ".123", 4, (trmi_shape) { 3, 0, 0, 0, 0, 3, 0 }, "less=before");
    task.keeps_givens = true;
    task.blank = 0;
    task.first_value = 1;
    task.values = 3;
    trmi_verification_give(&verification, "before",
                           &(trmi_relation_table) { TRMI_LEVEL_POSITIONS, 3, NULL, first, heard, 0 });
    do {
        const bool good = tokens[0] > 0 && tokens[0] < tokens[1] && tokens[1] < tokens[2];
        right += good;
        ck_assert_int_eq(judge(open, tokens), good ? TRMI_VERIFIED : TRMI_REFUTED);
        for (uint32_t p = 0; p < 3; p++)
            for (int32_t value = 1; value <= 3; value++)
                ck_assert_int_eq(trmi_task_allows(&verification, tokens, p, value),
                                 p == 2 || tokens[p + 1] == 0 || value < tokens[p + 1]);
    } while (count_up(tokens, 3, 4));
    ck_assert_uint_eq(right, 1);
}
END_TEST

/* A row hears itself, of which nobody is less: no answer is right, and an open question breaks nothing
   yet. */
START_TEST(orders_nobody_within_a_group)
{
    enum { SIDE = 5, CELLS = SIDE * SIDE };
    const int32_t open[CELLS] = { 0 };
    int32_t tokens[CELLS] = { 0 };
    begin("grid", ".12345", 1 + SIDE, (trmi_shape) { CELLS, SIDE, SIDE, 0, 0, SIDE, 0 }, "less=row");
    task.keeps_givens = true;
    task.blank = 0;
    task.first_value = 1;
    task.values = SIDE;
    ck_assert(!trmi_task_hopeless(&verification, tokens));
    tokens[CELLS - 1] = 3;
    for (int32_t value = 1; value <= SIDE; value++)
        for (uint32_t p = 0; p < CELLS - 1; p++)
            ck_assert_int_eq(trmi_task_allows(&verification, tokens, p, value),
                             p / SIDE < SIDE - 1 || value < 3);
    for (int p = 0; p < CELLS; p++)
        tokens[p] = 1 + p % SIDE;
    ck_assert_int_eq(judge(open, tokens), TRMI_REFUTED);
}
END_TEST

START_TEST(keeps_givens)
{
    int32_t question[9], answer[9];
    trmi_ruling ruling;
    begin("latin", "\0.123", 5, (trmi_shape) { 9, 3, 3, 0, 0, 1, 0 }, NULL);
    encode("123231312", answer);
    for (int i = 0; i < 9; i++) {
        for (int32_t given = 0; given < 5; given++) { /* padding is a given, too */
            for (int j = 0; j < 9; j++)
                question[j] = 1;
            question[i] = given;
            ck_assert_int_eq(judge(question, answer),
                             given == 1 || given == answer[i] ? TRMI_VERIFIED : TRMI_REFUTED);
        }
    }
    question[8] = 4;
    ck_assert_int_eq(trmi_task_verify(&verification, question, answer, &ruling), TRMI_REFUTED);
    ck_assert(ruling.reason == TRMI_REASON_GIVEN && ruling.position == 8);
    ck_assert_int_eq(trmi_task_verify(&verification, question, answer, NULL), TRMI_REFUTED);
}
END_TEST

static const struct sudoku_case {
    uint32_t n, box_rows, box_columns;
    const char *solved;
} sudokus[] = {
    { 4, 2, 2, "1234341221434321" },
    { 6, 2, 3, "123456456123231564564231312645645312" },
    { 6, 3, 2, "123456345612561234214365436521652143" },
};

/* Right ones, under random changes of few cells, which keep some of them right. */
START_TEST(judges_sudokus)
{
    const struct sudoku_case *c = &sudokus[_i];
    const trmi_shape shape = { c->n * c->n, c->n, c->n, c->box_rows, c->box_columns, 1, 0 };
    int32_t solved[MOST], question[MOST], answer[MOST];
    unsigned right = 0;
    begin("sudoku", "\0.123456", c->n + 2, shape, NULL);
    encode(c->solved, solved);
    for (int i = 0; i < 5000; i++) {
        memcpy(answer, solved, sizeof answer);
        for (uint32_t swaps = trmi_generator_below(&generator, 4); swaps > 0; swaps--) {
            const int32_t a = 2 + (int32_t)trmi_generator_below(&generator, c->n),
                          b = 2 + (int32_t)trmi_generator_below(&generator, c->n);
            const bool everywhere = trmi_generator_below(&generator, 2) == 0; /* a relabelling stays right */
            const uint32_t row = trmi_generator_below(&generator, c->n);
            for (uint32_t p = 0; p < shape.positions; p++)
                if (everywhere || p / c->n == row)
                    answer[p] = answer[p] == a ? b : answer[p] == b ? a : answer[p];
        }
        for (uint32_t p = 0; p < shape.positions; p++)
            question[p] = trmi_generator_below(&generator, 2) == 0 ? 1 : answer[p];
        const bool good = is_square(answer, c->n, c->box_rows, c->box_columns);
        right += good;
        ck_assert_int_eq(judge(question, answer), good ? TRMI_VERIFIED : TRMI_REFUTED);
    }
    ck_assert(right > 250 && right < 4750);
}
END_TEST

/* Boxes of the question's own, as lists of a group or of each position. */
START_TEST(judges_regions_of_a_question)
{
    static const uint32_t group[16] = { 0, 0, 0, 1, 0, 1, 1, 1, 2, 2, 2, 3, 2, 3, 3, 3 };
    uint32_t first[17], heard[64], count = 0;
    int32_t open[16], answer[16], solved[16] = { 0 };
    unsigned right = 0;
    begin("sudoku", "\0.1234", 6, (trmi_shape) { 16, 4, 4, 2, 2, 1, 0 }, NULL);
    for (uint32_t p = 0; p < 16; p++) {
        open[p] = 1;
        first[p] = count;
        for (uint32_t q = 0; q < 16; q++)
            if (group[q] == group[p])
                heard[count++] = q;
    }
    first[16] = count;
    const trmi_relation_table table = { TRMI_LEVEL_POSITIONS, 16, NULL, first, heard, 0 };
    trmi_verification_give(&verification, "box", &table);
    for (int i = 0; i < 20000; i++) { /* columns of permuted rows: many Latin squares */
        static const int32_t rows[4][4] = { { 2, 3, 4, 5 }, { 3, 2, 5, 4 }, { 4, 5, 2, 3 }, { 5, 4, 3, 2 } };
        uint32_t order[8];
        for (uint32_t k = 0; k < 8; k++)
            order[k] = trmi_generator_below(&generator, 4);
        bool good = true;
        for (uint32_t p = 0; p < 16; p++)
            answer[p] = rows[order[p / 4]][order[4 + p % 4]];
        for (uint32_t a = 0; a < 16; a++)
            for (uint32_t b = 0; b < a; b++)
                good = good && !(answer[a] == answer[b] &&
                                 (a / 4 == b / 4 || a % 4 == b % 4 || group[a] == group[b]));
        right += good;
        if (good)
            memcpy(solved, answer, sizeof solved);
        ck_assert_int_eq(judge(open, answer), good ? TRMI_VERIFIED : TRMI_REFUTED);
    }
    ck_assert_uint_gt(right, 0);
    trmi_ruling ruling;
    ck_assert_int_eq(judge(open, solved), TRMI_VERIFIED);
    first[16]--; /* a region of three cells cannot have four values */
    ck_assert_int_eq(trmi_task_verify(&verification, open, solved, &ruling), TRMI_REFUTED);
    ck_assert_uint_eq(ruling.reason, TRMI_REASON_LIST);
    ck_assert(trmi_task_hopeless(&verification, open));
}
END_TEST

/* -- graphs -- */

START_TEST(judges_every_colouring)
{
    enum { VERTICES = 5, COLOURS = 3 };
    for (int graph = 0; graph < 40; graph++) {
        bool edge[VERTICES][VERTICES] = { { false } };
        uint32_t first[VERTICES + 1], heard[VERTICES * VERTICES], count = 0;
        int32_t question[VERTICES] = { 0 }, answer[VERTICES] = { 0 };
        begin("colouring", ".rgb", 4, (trmi_shape) { VERTICES, 0, 0, 0, 0, COLOURS, 0 }, NULL);
        task.first_value = 1;
        ck_assert_int_eq(judge(question, answer), TRMI_UNVERIFIED); /* no edges were given */
        trmi_generator_begin(&generator, (uint64_t)graph, "graph");
        for (int a = 0; a < VERTICES; a++)
            for (int b = 0; b < a; b++)
                edge[a][b] = edge[b][a] = trmi_generator_below(&generator, 2) == 0;
        for (uint32_t a = 0; a < VERTICES; a++) {
            first[a] = count;
            for (uint32_t b = 0; b < VERTICES; b++)
                if (edge[a][b])
                    heard[count++] = b;
        }
        first[VERTICES] = count;
        trmi_verification_give(
            &verification, "edge",
            &(trmi_relation_table) { TRMI_LEVEL_POSITIONS, VERTICES, NULL, first, heard, 0 });
        do {
            bool good = true, twins = false;
            for (int a = 0; a < VERTICES; a++) {
                good = good && answer[a] > 0;
                for (int b = 0; b < a; b++) {
                    good = good && !(edge[a][b] && answer[a] == answer[b]);
                    twins = twins || (edge[a][b] && answer[a] == answer[b] && answer[a] > 0);
                }
            }
            ck_assert_int_eq(judge(question, answer), good ? TRMI_VERIFIED : TRMI_REFUTED);
            ck_assert_int_eq(trmi_task_hopeless(&verification, answer), twins);
        } while (count_up(answer, VERTICES, COLOURS + 1));
    }
}
END_TEST

/* -- paths -- */

typedef struct maze {
    uint32_t rows, columns, least; /* steps of the shortest way; UINT32_MAX: none */
    const int32_t *grid;
    uint32_t found;     /* ways of that many steps */
    uint32_t way[4096]; /* as sets of cells */
} maze;

enum { WALL = 1, FREE, START, GOAL, STEP };

/* Every way without a cell twice, as plainly as can be. */
static void walk(maze *m, uint32_t at, uint32_t been, uint32_t steps)
{
    const int rows = (int)m->rows, columns = (int)m->columns, r = (int)at / columns, c = (int)at % columns;
    static const int down[] = { 0, 1, 0, -1 }, right[] = { 1, 0, -1, 0 };
    for (int d = 0; d < 4; d++) {
        const int R = r + down[d], C = c + right[d], to = R * columns + C;
        if (R < 0 || C < 0 || R >= rows || C >= columns || m->grid[to] == WALL || (been >> to & 1) != 0)
            continue;
        if (m->grid[to] == GOAL) {
            if (steps < m->least) {
                m->least = steps;
                m->found = 0;
            }
            if (steps == m->least)
                m->way[m->found++] = been & ~m->way[4095];
        } else {
            walk(m, (uint32_t)to, been | (uint32_t)1 << to, steps + 1);
        }
    }
}

static bool is_way(const maze *m, uint32_t steps)
{
    if (m->least == UINT32_MAX)
        return steps == 0;
    for (uint32_t i = 0; i < m->found; i++)
        if (m->way[i] == steps)
            return true;
    return false;
}

/* Every set of free cells. */
static unsigned judge_all(const maze *m, const int32_t *question)
{
    const uint32_t cells = m->rows * m->columns;
    int32_t answer[MOST];
    unsigned right = 0;
    for (uint32_t set = 0; set < (uint32_t)1 << cells; set++) {
        bool possible = true;
        for (uint32_t p = 0; p < cells; p++) {
            const bool step = (set >> p & 1) != 0;
            possible = possible && (!step || question[p] == FREE);
            answer[p] = step ? STEP : question[p];
        }
        if (!possible)
            continue;
        const bool good = is_way(m, set);
        ck_assert_int_eq(judge(question, answer), good ? TRMI_VERIFIED : TRMI_REFUTED);
        right += good;
    }
    return right;
}

START_TEST(judges_every_path)
{
    static const uint32_t sizes[][2] = { { 3, 4 }, { 4, 3 }, { 1, 6 }, { 6, 1 }, { 2, 2 }, { 2, 5 } };
    unsigned none = 0, several = 0;
    for (int i = 0; i < 120; i++) {
        static maze m;
        int32_t question[MOST];
        m = (maze) {
            .rows = sizes[i % 6][0], .columns = sizes[i % 6][1], .least = UINT32_MAX, .grid = question
        };
        const uint32_t cells = m.rows * m.columns;
        begin("path", "\0# SGo", 6, (trmi_shape) { cells, m.rows, m.columns, 0, 0, 1, 0 }, NULL);
        trmi_generator_begin(&generator, (uint64_t)i, "maze");
        for (uint32_t p = 0; p < cells; p++)
            question[p] = trmi_generator_below(&generator, 10) < 3 ? WALL : FREE;
        const uint32_t start = trmi_generator_below(&generator, cells),
                       goal = (start + 1 + trmi_generator_below(&generator, cells - 1)) % cells;
        question[start] = START;
        question[goal] = GOAL;
        m.way[4095] = (uint32_t)1 << start; /* not a step */
        walk(&m, start, (uint32_t)1 << start, 0);
        ck_assert_uint_lt(m.found, 4095);
        const unsigned right = judge_all(&m, question);
        ck_assert_uint_eq(right, m.least == UINT32_MAX ? 1 : m.found);
        none += m.least == UINT32_MAX;
        several += m.found > 1;
    }
    ck_assert(none > 10 && several > 10);
}
END_TEST

static const struct path_case {
    const char *question, *answer;
    uint32_t reason, position;
} paths[] = {
    { "S  #  # G", "Soo#oo# G", TRMI_REASON_LONG, 8 },
    { "S  #  # G", "Soo# o# G", TRMI_REASON_NONE, 0 },
    { "S  #  # G", "Soo oo# G", TRMI_REASON_GIVEN, 3 },
    { "S  #  # G", "ooo#oo# G", TRMI_REASON_GIVEN, 0 },
    { "S  #  # G", "Soo# o##G", TRMI_REASON_EMPTY, 7 },
    { "So #  # G", "Soo# o# G", TRMI_REASON_QUESTION, 1 },
    { "   #  # G", " oo# o# G", TRMI_REASON_QUESTION, 0 },
    { "S  #  # S", "Soo# o# S", TRMI_REASON_QUESTION, 8 },
    { "S  ## # G", "S  ##o# G", TRMI_REASON_APART, 8 },
    { "S       G", "Sooo oooG", TRMI_REASON_LONG, 8 },
    { "SG       ", "SG       ", TRMI_REASON_NONE, 0 },
    { "SG       ", "SG   o   ", TRMI_REASON_LONG, 1 },
};

START_TEST(says_what_is_wrong_with_a_path)
{
    const struct path_case *c = &paths[_i];
    int32_t question[9], answer[9];
    trmi_ruling ruling;
    begin("maze", "\0# SGo", 6, (trmi_shape) { 9, 3, 3, 0, 0, 1, 0 }, NULL);
    encode(c->question, question);
    encode(c->answer, answer);
    const trmi_verdict verdict = trmi_task_verify(&verification, question, answer, &ruling);
    ck_assert_uint_eq(ruling.reason, c->reason);
    ck_assert_uint_eq(ruling.position, c->position);
    ck_assert_int_eq(verdict, c->reason == TRMI_REASON_NONE ? TRMI_VERIFIED : TRMI_REFUTED);
}
END_TEST

/* -- what cannot be judged -- */

static const struct silent_case {
    const char *name, *alphabet, *rules;
    uint32_t vocabulary, rows, columns;
} silent[] = {
    { "copy", ".123", NULL, 4, 2, 2 },          /* no rules */
    { "sudoku-hyper", ".1234", NULL, 5, 4, 4 }, /* looks like one */
    { "sudoku", ".1234", "none", 5, 4, 4 },
    { "sudoku", ".1234", "magic", 5, 4, 4 }, /* of a later version */
    { "sudoku", ".1234", "complete=row killer=cage", 5, 4, 4 },
    { "sudoku", NULL, NULL, 5, 4, 4 },    /* nobody knows what is blank */
    { "sudoku", ".1#2", NULL, 4, 3, 3 },  /* boxes of a prime */
    { "path", "\0# SG", NULL, 5, 2, 2 },  /* no steps */
    { "path", "\0# SGo", NULL, 6, 0, 0 }, /* no grid */
    { "graph", ".123", "complete=cell", 4, 0, 0 },
};

START_TEST(says_when_it_cannot_tell)
{
    const struct silent_case *c = &silent[_i];
    const int32_t tokens[16] = { 0 };
    begin(c->name, c->alphabet, c->vocabulary,
          (trmi_shape) { c->rows > 0 ? c->rows * c->columns : 4, c->rows, c->columns, 0, 0, 1, 0 }, c->rules);
    ck_assert_int_eq(judge(tokens, tokens), TRMI_UNVERIFIED);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("rules");
    TCase *rules = tcase_create("rules");
    tcase_add_test(rules, judges_every_latin_square);
    tcase_add_test(rules, judges_more_values_than_the_models_own);
    tcase_add_test(rules, keeps_givens);
    tcase_add_test(rules, allows_what_is_less);
    tcase_add_test(rules, orders_nobody_within_a_group);
    tcase_add_test(rules, judges_groups_that_only_differ);
    tcase_add_loop_test(rules, judges_sudokus, 0, sizeof sudokus / sizeof *sudokus);
    tcase_add_test(rules, judges_regions_of_a_question);
    tcase_add_test(rules, judges_every_colouring);
    tcase_add_test(rules, judges_every_path);
    tcase_add_loop_test(rules, says_what_is_wrong_with_a_path, 0, sizeof paths / sizeof *paths);
    tcase_add_loop_test(rules, says_when_it_cannot_tell, 0, sizeof silent / sizeof *silent);
    suite_add_tcase(all, rules);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
