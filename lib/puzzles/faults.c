/* Questions as they come in practice, not as sets have them: misread, contradictory, open, or done already. A
 * fault is drawn again until it is what its name says. */
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/generator.h"
#include "lib/core/memory.h"
#include "lib/puzzles/sudoku.h"
#include "lib/puzzles/task_options.h"

enum {
    FAULT_TRIES = 400,
    NOISE_PER_CENT = 5,
    SOLUTIONS_LIMIT = 100000,
    SPOILT_DIGITS = 16 /* at most: beyond, the search for all solutions may take long */
};

/* A question that is being spoilt. */
typedef struct spoiling {
    const trmi_task *task;
    trmi_sudoku *search; /* of a Sudoku */
    trmi_generator generator;
    uint8_t *question; /* cells tokens each */
    const uint8_t *answer;
} spoiling;

typedef bool fault_maker(spoiling *s);

/* -- Sudokus -- */

static bool see_each_other(const trmi_shape *shape, uint32_t a, uint32_t b)
{
    const uint32_t across = shape->columns, row_a = a / across, row_b = b / across, column_a = a % across,
                   column_b = b % across;
    return row_a == row_b || column_a == column_b ||
           (row_a / shape->box_rows == row_b / shape->box_rows &&
            column_a / shape->box_columns == column_b / shape->box_columns);
}

static bool clashes(const spoiling *s, uint32_t cell)
{
    const trmi_shape *shape = &s->task->shape;
    for (uint32_t other = 0; other < shape->positions; other++)
        if (other != cell && s->question[other] == s->question[cell] && see_each_other(shape, cell, other))
            return true;
    return false;
}

/* A given becomes another digit; returns its cell, or the number of cells when there is no given, or no other
   digit. */
static uint32_t change_given(spoiling *s)
{
    const uint32_t cells = s->task->shape.positions, digits = s->task->shape.rows;
    uint32_t givens = 0, cell = 0;
    for (uint32_t i = 0; i < cells; i++)
        givens += s->question[i] != TRMI_SUDOKU_BLANK;
    if (givens == 0 || digits < 2)
        return cells;
    uint32_t left = trmi_generator_below(&s->generator, givens);
    while (s->question[cell] == TRMI_SUDOKU_BLANK || left-- > 0)
        cell++;
    const uint32_t old = s->question[cell] - (TRMI_SUDOKU_BLANK + 1u),
                   moved = 1 + trmi_generator_below(&s->generator, digits - 1);
    s->question[cell] = (uint8_t)(TRMI_SUDOKU_BLANK + 1 + (old + moved) % digits);
    return cell;
}

static trmi_solutions solutions_of(const spoiling *s)
{
    return trmi_sudoku_solve(s->search, s->question, SOLUTIONS_LIMIT, NULL, NULL);
}

static bool make_clash(spoiling *s)
{
    const uint32_t cell = change_given(s);
    return cell < s->task->shape.positions && clashes(s, cell);
}

static bool make_wrong(spoiling *s)
{
    const uint32_t cell = change_given(s);
    return cell < s->task->shape.positions && !clashes(s, cell);
}

static bool make_two_wrong(spoiling *s)
{
    const uint32_t first = change_given(s), second = change_given(s);
    return first < s->task->shape.positions && first != second;
}

static bool make_unsolvable(spoiling *s)
{
    return make_wrong(s) && solutions_of(s) == TRMI_SOLUTIONS_NONE;
}

/* Givens go, until another solution is there. */
static bool make_several(spoiling *s)
{
    const uint32_t cells = s->task->shape.positions;
    for (uint32_t i = 0; i < 64 * cells; i++) {
        s->question[trmi_generator_below(&s->generator, cells)] = TRMI_SUDOKU_BLANK;
        if (solutions_of(s) == TRMI_SOLUTIONS_SEVERAL)
            return true;
    }
    return false;
}

static bool make_solved(spoiling *s)
{
    memcpy(s->question, s->answer, s->task->shape.positions);
    return true;
}

static bool make_one_blank(spoiling *s)
{
    make_solved(s);
    s->question[trmi_generator_below(&s->generator, s->task->shape.positions)] = TRMI_SUDOKU_BLANK;
    return true;
}

/* -- paths -- */

static uint32_t find_token(const spoiling *s, uint8_t token)
{
    uint32_t cell = 0;
    while (cell < s->task->shape.positions && s->question[cell] != token)
        cell++;
    return cell;
}

static void set_wall(spoiling *s, uint32_t cell)
{
    if (s->question[cell] == TRMI_PATH_FREE)
        s->question[cell] = TRMI_PATH_WALL;
}

/* Not where the start stands beside the goal. */
static bool make_walled(spoiling *s)
{
    const trmi_shape *shape = &s->task->shape;
    const uint32_t goal = find_token(s, TRMI_PATH_GOAL), start = find_token(s, TRMI_PATH_START);
    if (goal == shape->positions || start == shape->positions)
        return false;
    const uint32_t row = goal / shape->columns, column = goal % shape->columns;
    if (row > 0)
        set_wall(s, goal - shape->columns);
    if (column > 0)
        set_wall(s, goal - 1);
    if (column + 1 < shape->columns)
        set_wall(s, goal + 1);
    if (row + 1 < shape->rows)
        set_wall(s, goal + shape->columns);
    const uint32_t start_row = start / shape->columns, start_column = start % shape->columns;
    const uint32_t down = row > start_row ? row - start_row : start_row - row,
                   across = column > start_column ? column - start_column : start_column - column;
    return down + across != 1;
}

static bool make_swapped(spoiling *s)
{
    const uint32_t goal = find_token(s, TRMI_PATH_GOAL), start = find_token(s, TRMI_PATH_START);
    if (goal == s->task->shape.positions || start == s->task->shape.positions)
        return false;
    s->question[goal] = TRMI_PATH_START;
    s->question[start] = TRMI_PATH_GOAL;
    return true;
}

/* Of the cells that are neither start nor goal some change sides. */
static bool make_noise(spoiling *s)
{
    bool any = false;
    for (uint32_t i = 0; i < s->task->shape.positions; i++) {
        uint8_t *cell = &s->question[i];
        if (trmi_generator_below(&s->generator, 100) >= NOISE_PER_CENT || *cell > TRMI_PATH_FREE)
            continue;
        *cell = *cell == TRMI_PATH_WALL ? TRMI_PATH_FREE : TRMI_PATH_WALL;
        any = true;
    }
    return any;
}

/* -- all -- */

static const struct fault {
    uint32_t kind; /* of the tasks that have it */
    fault_maker *make;
} faults[] = {
    [TRM_FAULT_CLASH] = { TRMI_SUDOKU, make_clash },
    [TRM_FAULT_WRONG] = { TRMI_SUDOKU, make_wrong },
    [TRM_FAULT_TWO_WRONG] = { TRMI_SUDOKU, make_two_wrong },
    [TRM_FAULT_UNSOLVABLE] = { TRMI_SUDOKU, make_unsolvable },
    [TRM_FAULT_SEVERAL] = { TRMI_SUDOKU, make_several },
    [TRM_FAULT_SOLVED] = { TRMI_SUDOKU, make_solved },
    [TRM_FAULT_ONE_BLANK] = { TRMI_SUDOKU, make_one_blank },
    [TRM_FAULT_WALLED_IN] = { TRMI_PATH, make_walled },
    [TRM_FAULT_SWAPPED] = { TRMI_PATH, make_swapped },
    [TRM_FAULT_NOISE] = { TRMI_PATH, make_noise },
};
enum { FAULTS = sizeof faults / sizeof *faults };

static trm_status check_fault(const trmi_task *task, uint32_t fault, trm_error *error)
{
    if (fault == 0 || fault >= FAULTS)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_spoil: expected a trm_fault, found %u", fault);
    if (!trmi_task_is(task, faults[fault].kind))
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "trm_spoil: puzzles of the task %s cannot have fault %u", task->name, fault);
    if (task->shape.rows > SPOILT_DIGITS && faults[fault].kind == TRMI_SUDOKU)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "trm_spoil: Sudokus have at most %d digits here, found %u", SPOILT_DIGITS,
                         task->shape.rows);
    return TRM_OK;
}

/* Whether one of the tries had the fault; the question is as it was before each. */
static bool make_fault(spoiling *s, uint32_t fault, const uint8_t *whole)
{
    for (uint32_t try = 0; try < FAULT_TRIES; try++) {
        memcpy(s->question, whole, s->task->shape.positions);
        if (faults[fault].make(s))
            return true;
    }
    return false;
}

static trm_status spoil(const trmi_task *task, uint32_t fault, uint64_t seed, const char *answer,
                        char *question, uint32_t *made, trm_error *error)
{
    trm_allocator memory;
    const uint32_t cells = task->shape.positions;
    size_t offset;
    trm_status status = trmi_allocator_read(&memory, NULL, error);
    uint8_t *tokens = status == TRM_OK ? trmi_allocate(&memory, 3 * (uint64_t)cells) : NULL;
    spoiling s = { .task = task, .question = tokens };
    if (tokens == NULL)
        return trmi_no_memory(error, "spoiling a puzzle");
    s.answer = tokens + cells;
    trmi_generator_begin(&s.generator, seed, "faults");
    if (trmi_task_is(task, TRMI_SUDOKU))
        status = trmi_sudoku_create(task, &memory, &s.search, error);
    if (status == TRM_OK)
        status = trmi_task_encode(task, question, cells, tokens + 2 * cells, &offset, error);
    if (status == TRM_OK)
        status = trmi_task_encode(task, answer, cells, tokens + cells, &offset, error);
    if (status == TRM_OK)
        *made = make_fault(&s, fault, tokens + 2 * cells);
    if (status == TRM_OK && *made != 0)
        trmi_task_decode(task, s.question, cells, question);
    trmi_sudoku_free(s.search);
    trmi_release(&memory, tokens);
    return status;
}

trm_status trm_spoil(const trm_task *task, uint32_t fault, uint64_t seed, const char *answer, char *question,
                     uint32_t *made, trm_error *error)
{
    trmi_task known;
    trmi_task_text text;
    uint32_t ignored;
    if (answer == NULL || question == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_spoil: question and answer must not be NULL");
    trm_status status = trmi_task_read(&known, &text, task, error);
    if (status == TRM_OK)
        status = check_fault(&known, fault, error);
    if (made == NULL)
        made = &ignored;
    *made = 0;
    return status == TRM_OK ? spoil(&known, fault, seed, answer, question, made, error) : status;
}
