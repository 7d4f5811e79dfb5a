/* Each cell has the set of digits that are left for it, one bit each. Propagation removes what naked singles,
 * hidden singles and locked candidates exclude; the search then guesses in a cell with the fewest digits
 * left. The number of dead ends that it meets is the rating that the published data use. */
#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/train/sudoku.h"

enum {
    SUDOKU_DIGITS = TRMI_TASK_SUDOKU_DIGITS,
    SUDOKU_CELLS = SUDOKU_DIGITS * SUDOKU_DIGITS,
    SUDOKU_UNITS = 3 * SUDOKU_DIGITS,                    /* rows, columns, boxes */
    SUDOKU_PEERS = 3 * (SUDOKU_DIGITS - 1),              /* at most */
    SUDOKU_CROSSINGS = 2 * SUDOKU_DIGITS * SUDOKU_DIGITS /* of a box with a row or a column, at most */
};

/* A box and a row or column that share cells. */
typedef struct crossing {
    uint8_t shared_count, rest_count;
    uint8_t shared[SUDOKU_DIGITS];
    uint8_t box_rest[SUDOKU_DIGITS], line_rest[SUDOKU_DIGITS]; /* rest_count each */
} crossing;

typedef struct candidates {
    uint16_t of[SUDOKU_CELLS]; /* the digits left for each cell, digit d as bit d - 1 */
    uint8_t placed[SUDOKU_CELLS];
} candidates;

struct trmi_sudoku {
    trm_allocator allocator;
    uint32_t digits, cells, box_rows, box_columns, crossing_count;
    uint16_t all; /* every digit */
    uint8_t unit[SUDOKU_UNITS][SUDOKU_DIGITS];
    uint8_t peer[SUDOKU_CELLS][SUDOKU_PEERS];
    uint8_t peer_count[SUDOKU_CELLS];
    crossing crossing[SUDOKU_CROSSINGS];
    /* of the search in work */
    trmi_generator *generator; /* guesses digits in random order; NULL: in ascending order */
    uint64_t limit, dead_ends;
    uint32_t wanted, solutions; /* ends when so many were found */
    candidates solution;        /* the first one */
    candidates level[SUDOKU_CELLS + 1];
};

/* -- tables -- */

static uint32_t box_of(const trmi_sudoku *s, uint32_t cell)
{
    const uint32_t row = cell / s->digits, column = cell % s->digits;
    return row / s->box_rows * s->box_rows + column / s->box_columns;
}

/* Whether unit `unit` has the cell: rows first, then columns, then boxes. */
static bool unit_has(const trmi_sudoku *s, uint32_t unit, uint32_t cell)
{
    const uint32_t n = s->digits, kind = unit / n, index = unit % n;
    return index == (kind == 0 ? cell / n : kind == 1 ? cell % n : box_of(s, cell));
}

static void set_units(trmi_sudoku *s)
{
    for (uint32_t unit = 0; unit < 3 * s->digits; unit++) {
        uint32_t count = 0;
        for (uint32_t cell = 0; cell < s->cells; cell++)
            if (unit_has(s, unit, cell))
                s->unit[unit][count++] = (uint8_t)cell;
    }
}

static void set_peers(trmi_sudoku *s)
{
    const uint32_t n = s->digits;
    for (uint32_t cell = 0; cell < s->cells; cell++)
        for (uint32_t other = 0; other < s->cells; other++)
            if (other != cell &&
                (other / n == cell / n || other % n == cell % n || box_of(s, other) == box_of(s, cell)))
                s->peer[cell][s->peer_count[cell]++] = (uint8_t)other;
}

/* Keeps the crossing when the two units share cells and each has others. */
static void add_crossing(trmi_sudoku *s, uint32_t box, uint32_t line)
{
    crossing *x = &s->crossing[s->crossing_count];
    *x = (crossing) { 0 };
    uint8_t in_line = 0;
    for (uint32_t i = 0; i < s->digits; i++) {
        const uint8_t of_box = s->unit[box][i], of_line = s->unit[line][i];
        if (unit_has(s, line, of_box))
            x->shared[x->shared_count++] = of_box;
        else
            x->box_rest[x->rest_count++] = of_box;
        if (!unit_has(s, box, of_line))
            x->line_rest[in_line++] = of_line;
    }
    s->crossing_count += x->shared_count > 0 && x->rest_count > 0;
}

static void set_crossings(trmi_sudoku *s)
{
    for (uint32_t box = 2 * s->digits; box < 3 * s->digits; box++)
        for (uint32_t line = 0; line < 2 * s->digits; line++)
            if (s->crossing_count < SUDOKU_CROSSINGS)
                add_crossing(s, box, line);
}

trm_status trmi_sudoku_create(const trmi_task *task, const trm_allocator *allocator, trmi_sudoku **sudoku,
                              trm_error *error)
{
    trmi_sudoku *s = *sudoku = trmi_allocate(allocator, sizeof *s);
    if (s == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for the search of a Sudoku");
    s->allocator = *allocator;
    s->digits = task->rows;
    s->cells = task->cells;
    s->box_rows = task->box_rows;
    s->box_columns = task->box_columns;
    s->all = (uint16_t)(((uint32_t)1 << s->digits) - 1);
    set_units(s);
    set_peers(s);
    set_crossings(s);
    return TRM_OK;
}

void trmi_sudoku_free(trmi_sudoku *sudoku)
{
    if (sudoku == NULL)
        return;
    const trm_allocator allocator = sudoku->allocator;
    trmi_release(&allocator, sudoku);
}

/* -- propagation: false for a contradiction -- */

static bool is_single(uint16_t set)
{
    return (set & (set - 1)) == 0;
}

static uint32_t count_digits(uint32_t set)
{
    set -= set >> 1 & 0x5555;
    set = (set & 0x3333) + (set >> 2 & 0x3333);
    set = (set + (set >> 4)) & 0x0f0f;
    return (set + (set >> 8)) & 0x1f;
}

/* Digits that are alone in their cell leave the cell's peers, until no new one appears. */
static bool place_naked(const trmi_sudoku *s, candidates *grid)
{
    bool again = true;
    while (again) {
        again = false;
        for (uint32_t cell = 0; cell < s->cells; cell++) {
            const uint16_t set = grid->of[cell];
            if (grid->placed[cell] || !is_single(set))
                continue;
            if (set == 0)
                return false;
            grid->placed[cell] = 1;
            for (uint32_t i = 0; i < s->peer_count[cell]; i++) {
                uint16_t *left = &grid->of[s->peer[cell][i]];
                if ((*left & set) == 0)
                    continue;
                *left &= (uint16_t)~set;
                if (*left == 0)
                    return false;
                again |= is_single(*left);
            }
        }
    }
    return true;
}

/* Digits with one place in a unit go there. */
static bool place_hidden(const trmi_sudoku *s, candidates *grid, bool *changed)
{
    for (uint32_t unit = 0; unit < 3 * s->digits; unit++) {
        uint32_t once = 0, twice = 0;
        for (uint32_t i = 0; i < s->digits; i++) {
            const uint32_t set = grid->of[s->unit[unit][i]];
            twice |= once & set;
            once |= set;
        }
        if (once != s->all)
            return false;
        const uint32_t alone = once & ~twice;
        for (uint32_t i = 0; i < s->digits; i++) {
            uint16_t *set = &grid->of[s->unit[unit][i]];
            const uint16_t hidden = (uint16_t)(*set & alone);
            if (hidden == 0 || hidden == *set)
                continue;
            if (!is_single(hidden))
                return false;
            *set = hidden;
            *changed = true;
        }
    }
    return true;
}

static uint16_t union_of(const candidates *grid, const uint8_t *cells, uint32_t count)
{
    uint16_t set = 0;
    for (uint32_t i = 0; i < count; i++)
        set |= grid->of[cells[i]];
    return set;
}

static bool remove_from(candidates *grid, const uint8_t *cells, uint32_t count, uint16_t set)
{
    for (uint32_t i = 0; i < count; i++) {
        grid->of[cells[i]] &= (uint16_t)~set;
        if (grid->of[cells[i]] == 0)
            return false;
    }
    return true;
}

/* Digits that a box can have only where it crosses a line leave the rest of the line, and the other way
 * round. */
static bool remove_locked(const trmi_sudoku *s, candidates *grid, bool *changed)
{
    for (uint32_t i = 0; i < s->crossing_count; i++) {
        const crossing *x = &s->crossing[i];
        const uint16_t shared = union_of(grid, x->shared, x->shared_count);
        const uint16_t box = union_of(grid, x->box_rest, x->rest_count),
                       line = union_of(grid, x->line_rest, x->rest_count);
        const uint16_t from_line = (uint16_t)(shared & line & ~box),
                       from_box = (uint16_t)(shared & box & ~line);
        if ((from_line | from_box) == 0)
            continue;
        *changed = true;
        if (!remove_from(grid, x->line_rest, x->rest_count, from_line) ||
            !remove_from(grid, x->box_rest, x->rest_count, from_box))
            return false;
    }
    return true;
}

static bool propagate(const trmi_sudoku *s, candidates *grid)
{
    bool changed = true;
    while (changed) {
        changed = false;
        if (!place_naked(s, grid) || !place_hidden(s, grid, &changed))
            return false;
        if (!changed && !remove_locked(s, grid, &changed))
            return false;
    }
    return true;
}

/* -- search -- */

/* Undecided peers that a guess in this cell may change. */
static uint32_t count_touched(const trmi_sudoku *s, const candidates *grid, uint32_t cell)
{
    uint32_t touched = 0;
    for (uint32_t i = 0; i < s->peer_count[cell]; i++) {
        const uint32_t peer = s->peer[cell][i];
        touched += !grid->placed[peer] && (grid->of[peer] & grid->of[cell]) != 0;
    }
    return touched;
}

/* A cell with the fewest digits left, of those with several; among equals the one that touches most others,
 * which halves the search. SUDOKU_CELLS when every cell is decided. */
static uint32_t choose_cell(const trmi_sudoku *s, const candidates *grid)
{
    uint32_t chosen = SUDOKU_CELLS, fewest = SUDOKU_DIGITS + 1, most = 0;
    for (uint32_t cell = 0; cell < s->cells; cell++) {
        const uint32_t count = grid->placed[cell] ? SUDOKU_DIGITS + 1 : count_digits(grid->of[cell]);
        if (count > fewest || count > SUDOKU_DIGITS)
            continue;
        const uint32_t touched = count_touched(s, grid, cell);
        if (count == fewest && touched <= most)
            continue;
        chosen = cell;
        fewest = count;
        most = touched;
    }
    return chosen;
}

/* One digit of the set, as a bit. */
static uint16_t choose_digit(const trmi_sudoku *s, uint16_t set)
{
    if (s->generator != NULL)
        for (uint32_t skip = trmi_generator_below(s->generator, count_digits(set)); skip > 0; skip--)
            set &= (uint16_t)(set - 1);
    return (uint16_t)(set & -set);
}

static void explore(trmi_sudoku *s, uint32_t depth)
{
    candidates *grid = &s->level[depth];
    if (!propagate(s, grid)) {
        s->dead_ends++;
        return;
    }
    const uint32_t cell = choose_cell(s, grid);
    if (cell == SUDOKU_CELLS) {
        if (s->solutions++ == 0)
            s->solution = *grid;
        return;
    }
    for (uint16_t left = grid->of[cell]; left != 0 && s->solutions < s->wanted && s->dead_ends <= s->limit;) {
        const uint16_t digit = choose_digit(s, left);
        s->level[depth + 1] = *grid;
        s->level[depth + 1].of[cell] = digit;
        left &= (uint16_t)~digit;
        explore(s, depth + 1);
    }
}

static void begin_search(trmi_sudoku *s, uint32_t wanted, uint64_t limit, trmi_generator *generator)
{
    s->generator = generator;
    s->wanted = wanted;
    s->limit = limit;
    s->solutions = 0;
    s->dead_ends = 0;
    memset(s->level[0].placed, 0, sizeof s->level[0].placed);
    for (uint32_t cell = 0; cell < s->cells; cell++)
        s->level[0].of[cell] = s->all;
}

static void read_solution(const trmi_sudoku *s, uint8_t *answer)
{
    for (uint32_t cell = 0; cell < s->cells; cell++)
        answer[cell] = (uint8_t)(TRMI_SUDOKU_BLANK + 1 + count_digits((uint32_t)s->solution.of[cell] - 1));
}

trmi_solutions trmi_sudoku_solve(trmi_sudoku *sudoku, const uint8_t *question, uint64_t limit,
                                 uint8_t *answer, uint64_t *dead_ends)
{
    begin_search(sudoku, 2, limit, NULL);
    for (uint32_t cell = 0; cell < sudoku->cells; cell++)
        if (question[cell] > TRMI_SUDOKU_BLANK)
            sudoku->level[0].of[cell] = (uint16_t)(1u << (question[cell] - TRMI_SUDOKU_BLANK - 1));
    explore(sudoku, 0);
    if (dead_ends != NULL)
        *dead_ends = sudoku->dead_ends;
    if (answer != NULL && sudoku->solutions > 0)
        read_solution(sudoku, answer);
    if (sudoku->solutions > 1)
        return TRMI_SOLUTIONS_SEVERAL;
    if (sudoku->dead_ends > limit)
        return TRMI_SOLUTIONS_UNKNOWN;
    return sudoku->solutions == 1 ? TRMI_SOLUTIONS_ONE : TRMI_SOLUTIONS_NONE;
}

/* -- generating -- */

enum {
    SUDOKU_ATTEMPTS = 5000, /* grids for one puzzle */
    EXACT_ATTEMPTS =
        1000, /* of these: for exactly the number of givens that was drawn, then for any of the range */
    FILL_LIMIT = 100,   /* dead ends on the way to a full grid: beyond, another beginning is quicker */
    REMOVE_LIMIT = 1000 /* dead ends of the proof that a given is not needed: beyond, it stays */
};

void trmi_sudoku_givens(const trmi_task *task, uint32_t *least, uint32_t *most)
{
    static const struct {
        uint32_t cells, least, most;
    } published[] = { { 16, 4, 10 }, { 36, 8, 20 }, { 81, 24, 45 } };
    *least = (task->cells * 45 + 99) / 100;
    *most = (task->cells * 65 + 99) / 100;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++)
        if (published[i].cells == task->cells) {
            *least = published[i].least;
            *most = published[i].most;
        }
}

/* A full grid; false when the search went astray. */
static bool fill_grid(trmi_sudoku *s, trmi_generator *generator, uint8_t *answer)
{
    begin_search(s, 1, FILL_LIMIT, generator);
    explore(s, 0);
    if (s->solutions == 0)
        return false;
    read_solution(s, answer);
    return true;
}

/* Takes givens away in random order, where the solution stays the only one, until `wanted` are left; tells
 * how many are. */
static uint32_t remove_givens(trmi_sudoku *s, uint32_t wanted, trmi_generator *generator, uint8_t *question)
{
    uint8_t order[SUDOKU_CELLS];
    uint32_t givens = s->cells;
    for (uint32_t i = 0; i < s->cells; i++)
        order[i] = (uint8_t)i;
    for (uint32_t left = s->cells; left > 0 && givens > wanted; left--) {
        const uint32_t drawn = trmi_generator_below(generator, left);
        const uint8_t cell = order[drawn], digit = question[cell];
        order[drawn] = order[left - 1];
        question[cell] = TRMI_SUDOKU_BLANK;
        if (trmi_sudoku_solve(s, question, REMOVE_LIMIT, NULL, NULL) == TRMI_SOLUTIONS_ONE)
            givens--;
        else
            question[cell] = digit;
    }
    return givens;
}

trm_status trmi_sudoku_generate(trmi_sudoku *sudoku, uint32_t least, uint32_t most, trmi_generator *generator,
                                uint8_t *question, uint8_t *answer, uint32_t *rating, trm_error *error)
{
    const uint32_t wanted = least + trmi_generator_below(generator, most - least + 1);
    for (uint32_t attempt = 0; attempt < SUDOKU_ATTEMPTS; attempt++) {
        if (!fill_grid(sudoku, generator, answer))
            continue;
        memcpy(question, answer, sudoku->cells);
        const uint32_t givens = remove_givens(sudoku, wanted, generator, question);
        if (givens > (attempt < EXACT_ATTEMPTS ? wanted : most))
            continue;
        uint64_t dead_ends;
        (void)trmi_sudoku_solve(sudoku, question, UINT32_MAX, NULL, &dead_ends);
        *rating = (uint32_t)dead_ends;
        return TRM_OK;
    }
    return trmi_fail(error, TRM_ERROR_ARGUMENT,
                     "expected a range of givens that puzzles have, found %" PRIu32 " to %" PRIu32
                     ": %d random grids had none",
                     least, most, SUDOKU_ATTEMPTS);
}
