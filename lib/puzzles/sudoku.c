/* Each cell has the set of digits that are left for it, one bit each. Propagation removes what naked singles,
 * hidden singles and locked candidates exclude; the search then guesses in a cell with the fewest digits
 * left. The number of dead ends that it meets is the rating that the published data use. */
#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/sudoku.h"

enum {
    SUDOKU_DIGITS = TRMI_SUDOKU_SIDE,
    SUDOKU_CELLS = TRMI_SUDOKU_CELLS,
    SUDOKU_UNITS = 3 * SUDOKU_DIGITS,                    /* rows, columns, regions */
    SUDOKU_PEERS = 3 * (SUDOKU_DIGITS - 1),              /* at most */
    SUDOKU_CROSSINGS = 2 * SUDOKU_DIGITS * SUDOKU_DIGITS /* of a region with a row or a column, at most */
};

/* Digit d as bit d - 1. */
typedef uint32_t digit_set;

/* A region and a row or column that share cells. */
typedef struct crossing {
    uint16_t shared_count, rest_count;
    uint16_t shared[SUDOKU_DIGITS];
    uint16_t region_rest[SUDOKU_DIGITS], line_rest[SUDOKU_DIGITS]; /* rest_count each */
} crossing;

/* Of each cell. */
typedef struct candidates {
    digit_set *of; /* the digits left for it */
    uint8_t *placed;
} candidates;

struct trmi_sudoku {
    trm_allocator allocator;
    uint32_t digits, cells, crossing_count;
    digit_set all; /* every digit */
    uint8_t region[SUDOKU_CELLS];
    uint16_t unit[SUDOKU_UNITS][SUDOKU_DIGITS];
    uint16_t peer[SUDOKU_CELLS][SUDOKU_PEERS];
    uint8_t peer_count[SUDOKU_CELLS];
    crossing crossing[SUDOKU_CROSSINGS];
    /* of the search in work */
    trmi_generator *generator; /* guesses digits in random order; NULL: in ascending order */
    uint64_t limit, dead_ends;
    uint32_t wanted, solutions;       /* ends when so many were found */
    digit_set solution[SUDOKU_CELLS]; /* the first one */
    digit_set *left;                  /* a level of candidates for each guess: cells + 1 times cells */
    uint8_t *placed;                  /* the same */
};

static candidates level_at(const trmi_sudoku *s, uint32_t depth)
{
    return (candidates) { s->left + (size_t)depth * s->cells, s->placed + (size_t)depth * s->cells };
}

/* -- tables -- */

/* Whether unit `unit` has the cell: rows first, then columns, then regions. */
static bool unit_has(const trmi_sudoku *s, uint32_t unit, uint32_t cell)
{
    const uint32_t n = s->digits, kind = unit / n, index = unit % n;
    return index == (kind == 0 ? cell / n : kind == 1 ? cell % n : s->region[cell]);
}

static void set_units(trmi_sudoku *s)
{
    for (uint32_t unit = 0; unit < 3 * s->digits; unit++) {
        uint32_t count = 0;
        for (uint32_t cell = 0; cell < s->cells; cell++)
            if (unit_has(s, unit, cell))
                s->unit[unit][count++] = (uint16_t)cell;
    }
}

static void set_peers(trmi_sudoku *s)
{
    const uint32_t n = s->digits;
    memset(s->peer_count, 0, sizeof s->peer_count);
    for (uint32_t cell = 0; cell < s->cells; cell++)
        for (uint32_t other = 0; other < s->cells; other++)
            if (other != cell &&
                (other / n == cell / n || other % n == cell % n || s->region[other] == s->region[cell]))
                s->peer[cell][s->peer_count[cell]++] = (uint16_t)other;
}

/* Keeps the crossing when the two units share cells and each has others. */
static void add_crossing(trmi_sudoku *s, uint32_t region, uint32_t line)
{
    crossing *x = &s->crossing[s->crossing_count];
    *x = (crossing) { 0 };
    uint32_t in_line = 0;
    for (uint32_t i = 0; i < s->digits; i++) {
        const uint16_t of_region = s->unit[region][i], of_line = s->unit[line][i];
        if (unit_has(s, line, of_region))
            x->shared[x->shared_count++] = of_region;
        else
            x->region_rest[x->rest_count++] = of_region;
        if (!unit_has(s, region, of_line))
            x->line_rest[in_line++] = of_line;
    }
    s->crossing_count += x->shared_count > 0 && x->rest_count > 0;
}

static void set_crossings(trmi_sudoku *s)
{
    s->crossing_count = 0;
    for (uint32_t region = 2 * s->digits; region < 3 * s->digits; region++)
        for (uint32_t line = 0; line < 2 * s->digits; line++)
            if (s->crossing_count < SUDOKU_CROSSINGS)
                add_crossing(s, region, line);
}

void trmi_sudoku_divide(trmi_sudoku *s, const uint8_t *region)
{
    memcpy(s->region, region, s->cells);
    set_units(s);
    set_peers(s);
    set_crossings(s);
}

/* A jigsaw, which has no boxes, begins with its rows. */
static void divide_in_boxes(trmi_sudoku *s, const trmi_shape *shape)
{
    const bool boxes = shape->box_rows > 0;
    const uint32_t height = boxes ? shape->box_rows : 1, width = boxes ? shape->box_columns : s->digits;
    uint8_t region[SUDOKU_CELLS];
    for (uint32_t cell = 0; cell < s->cells; cell++)
        region[cell] = (uint8_t)(cell / s->digits / height * (s->digits / width) + cell % s->digits / width);
    trmi_sudoku_divide(s, region);
}

trm_status trmi_sudoku_create(const trmi_task *task, const trm_allocator *allocator, trmi_sudoku **sudoku,
                              trm_error *error)
{
    trmi_sudoku *s = *sudoku = trmi_allocate(allocator, sizeof *s);
    if (s == NULL)
        return trmi_no_memory(error, "the search of a Sudoku");
    s->allocator = *allocator;
    s->digits = task->shape.rows;
    s->cells = task->shape.positions;
    s->all = ((digit_set)1 << s->digits) - 1;
    const uint64_t levels = (uint64_t)(s->cells + 1) * s->cells;
    s->left = trmi_allocate(allocator, levels * sizeof *s->left);
    s->placed = trmi_allocate(allocator, levels);
    if (s->left == NULL || s->placed == NULL) {
        trmi_sudoku_free(s);
        *sudoku = NULL;
        return trmi_no_memory(error, "the search of a Sudoku");
    }
    divide_in_boxes(s, &task->shape);
    return TRM_OK;
}

void trmi_sudoku_free(trmi_sudoku *sudoku)
{
    if (sudoku == NULL)
        return;
    const trm_allocator allocator = sudoku->allocator;
    trmi_release(&allocator, sudoku->left);
    trmi_release(&allocator, sudoku->placed);
    trmi_release(&allocator, sudoku);
}

/* -- propagation: false for a contradiction -- */

static bool is_single(digit_set set)
{
    return (set & (set - 1)) == 0;
}

static uint32_t count_digits(digit_set set)
{
    set -= set >> 1 & 0x55555555;
    set = (set & 0x33333333) + (set >> 2 & 0x33333333);
    set = (set + (set >> 4)) & 0x0f0f0f0f;
    return set * 0x01010101 >> 24;
}

/* Digits that are alone in their cell leave the cell's peers, until no new one appears. */
static bool place_naked(const trmi_sudoku *s, candidates *grid)
{
    bool again = true;
    while (again) {
        again = false;
        for (uint32_t cell = 0; cell < s->cells; cell++) {
            const digit_set set = grid->of[cell];
            if (grid->placed[cell] || !is_single(set))
                continue;
            if (set == 0)
                return false;
            grid->placed[cell] = 1;
            for (uint32_t i = 0; i < s->peer_count[cell]; i++) {
                digit_set *left = &grid->of[s->peer[cell][i]];
                if ((*left & set) == 0)
                    continue;
                *left &= ~set;
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
            digit_set *set = &grid->of[s->unit[unit][i]];
            const digit_set hidden = *set & alone;
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

static digit_set union_of(const candidates *grid, const uint16_t *cells, uint32_t count)
{
    digit_set set = 0;
    for (uint32_t i = 0; i < count; i++)
        set |= grid->of[cells[i]];
    return set;
}

static bool remove_from(candidates *grid, const uint16_t *cells, uint32_t count, digit_set set)
{
    for (uint32_t i = 0; i < count; i++) {
        grid->of[cells[i]] &= ~set;
        if (grid->of[cells[i]] == 0)
            return false;
    }
    return true;
}

/* Digits that a region can have only where it crosses a line leave the rest of the line, and the other way
 * round. */
static bool remove_locked(const trmi_sudoku *s, candidates *grid, bool *changed)
{
    for (uint32_t i = 0; i < s->crossing_count; i++) {
        const crossing *x = &s->crossing[i];
        const digit_set shared = union_of(grid, x->shared, x->shared_count);
        const digit_set region = union_of(grid, x->region_rest, x->rest_count),
                        line = union_of(grid, x->line_rest, x->rest_count);
        const digit_set from_line = shared & line & ~region, from_region = shared & region & ~line;
        if ((from_line | from_region) == 0)
            continue;
        *changed = true;
        if (!remove_from(grid, x->line_rest, x->rest_count, from_line) ||
            !remove_from(grid, x->region_rest, x->rest_count, from_region))
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
static digit_set choose_digit(const trmi_sudoku *s, digit_set set)
{
    if (s->generator != NULL)
        for (uint32_t skip = trmi_generator_below(s->generator, count_digits(set)); skip > 0; skip--)
            set &= set - 1;
    return set & (~set + 1);
}

static void explore(trmi_sudoku *s, uint32_t depth)
{
    candidates grid = level_at(s, depth);
    if (!propagate(s, &grid)) {
        s->dead_ends++;
        return;
    }
    const uint32_t cell = choose_cell(s, &grid);
    if (cell == SUDOKU_CELLS) {
        if (s->solutions++ == 0)
            memcpy(s->solution, grid.of, s->cells * sizeof *grid.of);
        return;
    }
    const candidates next = level_at(s, depth + 1);
    for (digit_set left = grid.of[cell]; left != 0 && s->solutions < s->wanted && s->dead_ends <= s->limit;) {
        const digit_set digit = choose_digit(s, left);
        memcpy(next.of, grid.of, s->cells * sizeof *grid.of);
        memcpy(next.placed, grid.placed, s->cells);
        next.of[cell] = digit;
        left &= ~digit;
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
    memset(s->placed, 0, s->cells);
    for (uint32_t cell = 0; cell < s->cells; cell++)
        s->left[cell] = s->all;
}

static void read_solution(const trmi_sudoku *s, uint8_t *answer)
{
    for (uint32_t cell = 0; cell < s->cells; cell++)
        answer[cell] = (uint8_t)(TRMI_SUDOKU_BLANK + 1 + count_digits(s->solution[cell] - 1));
}

trmi_solutions trmi_sudoku_solve(trmi_sudoku *sudoku, const uint8_t *question, uint64_t limit,
                                 uint8_t *answer, uint64_t *dead_ends)
{
    begin_search(sudoku, 2, limit, NULL);
    for (uint32_t cell = 0; cell < sudoku->cells; cell++)
        if (question[cell] > TRMI_SUDOKU_BLANK)
            sudoku->left[cell] = (digit_set)1 << (question[cell] - TRMI_SUDOKU_BLANK - 1);
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

bool trmi_sudoku_fill(trmi_sudoku *sudoku, uint64_t limit, trmi_generator *generator, uint8_t *answer)
{
    begin_search(sudoku, 1, limit, generator);
    explore(sudoku, 0);
    if (sudoku->solutions > 0)
        read_solution(sudoku, answer);
    return sudoku->solutions > 0;
}
