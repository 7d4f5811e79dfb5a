/* An element is drawn as an order of rows, an order of columns, perhaps a transposition, and an order of
 * digits; these are independent, so each element of the group is equally likely. Applying it is one look-up
 * for each cell. */
#include <assert.h>
#include <string.h>

#include "lib/train/symmetry.h"

static void swap_with(uint8_t *order, uint32_t i, uint32_t j)
{
    const uint8_t moved = order[i];
    order[i] = order[j];
    order[j] = moved;
}

/* 0 .. count - 1 in a random order. */
static void draw_order(uint8_t *order, uint32_t count, trmi_generator *generator)
{
    for (uint32_t i = 0; i < count; i++)
        order[i] = (uint8_t)i;
    for (uint32_t i = count; i > 1; i--)
        swap_with(order, i - 1, trmi_generator_below(generator, i));
}

/* An order of groups x size lines that keeps groups together: Sudoku's bands and stacks. */
static void draw_lines(uint8_t *lines, uint32_t groups, uint32_t size, trmi_generator *generator)
{
    uint8_t order[TRMI_TASK_SUDOKU_DIGITS], inner[TRMI_TASK_SUDOKU_DIGITS];
    draw_order(order, groups, generator);
    for (uint32_t group = 0; group < groups; group++) {
        draw_order(inner, size, generator);
        for (uint32_t i = 0; i < size; i++)
            lines[group * size + i] = (uint8_t)(order[group] * size + inner[i]);
    }
}

/* 0 .. count - 1, or the other way round. */
static void draw_direction(uint8_t *lines, uint32_t count, trmi_generator *generator)
{
    const bool reversed = trmi_generator_below(generator, 2) == 1;
    for (uint32_t i = 0; i < count; i++)
        lines[i] = (uint8_t)(reversed ? count - 1 - i : i);
}

/* Place (i, j) gets the cell at rows[i], columns[j], or where these cross after a transposition. */
static void set_cells(trmi_symmetry *symmetry, const trmi_task *task, const uint8_t *rows,
                      const uint8_t *columns, bool transposed)
{
    const uint32_t row_step = transposed ? 1 : task->columns, column_step = transposed ? task->columns : 1;
    uint16_t *from = symmetry->from;
    for (uint32_t i = 0; i < task->rows; i++)
        for (uint32_t j = 0; j < task->columns; j++)
            *from++ = (uint16_t)(rows[i] * row_step + columns[j] * column_step);
}

static void draw_sudoku(trmi_symmetry *symmetry, const trmi_task *task, trmi_generator *generator)
{
    uint8_t rows[TRMI_TASK_SUDOKU_DIGITS], columns[TRMI_TASK_SUDOKU_DIGITS], digits[TRMI_TASK_SUDOKU_DIGITS];
    const bool square = task->box_rows == task->box_columns;
    draw_lines(rows, task->box_columns, task->box_rows, generator);
    draw_lines(columns, task->box_rows, task->box_columns, generator);
    set_cells(symmetry, task, rows, columns, square && trmi_generator_below(generator, 2) == 1);
    draw_order(digits, task->rows, generator);
    for (uint32_t digit = 0; digit < task->rows; digit++)
        symmetry->token[TRMI_SUDOKU_BLANK + 1 + digit] = (uint8_t)(TRMI_SUDOKU_BLANK + 1 + digits[digit]);
}

static void draw_dihedral(trmi_symmetry *symmetry, const trmi_task *task, trmi_generator *generator)
{
    uint8_t rows[TRMI_TASK_PATH_SIDE], columns[TRMI_TASK_PATH_SIDE];
    draw_direction(rows, task->rows, generator);
    draw_direction(columns, task->columns, generator);
    set_cells(symmetry, task, rows, columns,
              task->rows == task->columns && trmi_generator_below(generator, 2) == 1);
}

void trmi_symmetry_draw(trmi_symmetry *symmetry, const trmi_task *task, trmi_generator *generator)
{
    symmetry->cells = task->cells;
    symmetry->moves = task->kind != TRMI_TASK_OTHER;
    if (!symmetry->moves)
        return;
    assert(task->cells <= TRMI_SYMMETRY_CELLS);
    for (uint32_t token = 0; token < task->vocabulary; token++)
        symmetry->token[token] = (uint8_t)token;
    if (task->kind == TRMI_TASK_SUDOKU)
        draw_sudoku(symmetry, task, generator);
    else
        draw_dihedral(symmetry, task, generator);
}

void trmi_symmetry_apply(const trmi_symmetry *symmetry, const uint8_t *from, uint8_t *to)
{
    if (!symmetry->moves) {
        memcpy(to, from, symmetry->cells);
        return;
    }
    for (uint32_t i = 0; i < symmetry->cells; i++)
        to[i] = symmetry->token[from[symmetry->from[i]]];
}

const char *trmi_symmetry_names(const trmi_task *task)
{
    const bool square = task->kind == TRMI_TASK_SUDOKU ? task->box_rows == task->box_columns
                                                       : task->rows == task->columns;
    switch (task->kind) {
    case TRMI_TASK_SUDOKU:
        return square ? "digits bands stacks rows columns transpose" : "digits bands stacks rows columns";
    case TRMI_TASK_PATH:
        return square ? "mirror transpose" : "mirror";
    case TRMI_TASK_OTHER:
        break;
    }
    return "";
}
