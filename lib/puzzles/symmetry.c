/* An element is drawn as an order of rows, an order of columns, perhaps a transposition, and an order of
 * digits; these are independent, so each element of the group is equally likely. Applying it is one look-up
 * for each cell. */
#include <string.h>

#include "lib/puzzles/symmetry.h"
#include "lib/task/orders.h"

enum { SIDE = TRMI_PATH_SIDE }; /* rows and columns of what can be rearranged */

/* 0 .. count - 1, or the other way round. */
static void draw_direction(uint8_t *lines, uint32_t count, trmi_generator *generator)
{
    const bool reversed = trmi_generator_below(generator, 2) == 1;
    for (uint32_t i = 0; i < count; i++)
        lines[i] = (uint8_t)(reversed ? count - 1 - i : i);
}

/* Place (i, j) gets the cell at rows[i], columns[j], or where these cross after a transposition. */
static void set_cells(trmi_symmetry *symmetry, const trmi_shape *shape, const uint8_t *rows,
                      const uint8_t *columns, bool transposed)
{
    const uint32_t row_step = transposed ? 1 : shape->columns, column_step = transposed ? shape->columns : 1;
    uint16_t *from = symmetry->from;
    for (uint32_t i = 0; i < shape->rows; i++)
        for (uint32_t j = 0; j < shape->columns; j++)
            *from++ = (uint16_t)(rows[i] * row_step + columns[j] * column_step);
}

/* What lines of one direction may do. */
typedef struct axis {
    uint32_t count, size; /* size: of a band; 0: there are none */
    bool bands, within, mirrored;
} axis;

static void draw_axis(uint8_t *lines, const axis *a, trmi_generator *generator)
{
    if (!a->bands && !a->within && a->mirrored)
        draw_direction(lines, a->count, generator);
    else
        trmi_order_draw_lines(lines, a->count, a->size, a->bands, a->within, generator);
}

static void draw_cells(trmi_symmetry *symmetry, const trmi_task *task, trmi_generator *generator)
{
    const trmi_shape *s = &task->shape;
    const uint32_t all = task->symmetries;
    const bool mirrored = (all & TRMI_MIRROR) != 0;
    const axis down = { s->rows, s->box_rows, (all & TRMI_BANDS) != 0, (all & TRMI_ROWS) != 0, mirrored },
               across = { s->columns, s->box_columns, (all & TRMI_STACKS) != 0, (all & TRMI_COLUMNS) != 0,
                          mirrored };
    uint8_t rows[SIDE], columns[SIDE];
    draw_axis(rows, &down, generator);
    draw_axis(columns, &across, generator);
    const bool transposed = (all & TRMI_TRANSPOSE) != 0 && trmi_generator_below(generator, 2) == 1;
    set_cells(symmetry, s, rows, columns, transposed);
}

static void draw_values(trmi_symmetry *symmetry, const trmi_task *task, trmi_generator *generator)
{
    uint8_t order[TRMI_TASK_VOCABULARY];
    for (uint32_t token = 0; token < task->vocabulary; token++)
        symmetry->token[token] = (uint8_t)token;
    if ((task->symmetries & TRMI_DIGITS) == 0)
        return;
    trmi_order_draw(order, task->values, generator);
    for (uint32_t value = 0; value < task->values; value++)
        symmetry->token[task->first_value + value] = (uint8_t)(task->first_value + order[value]);
}

void trmi_symmetry_draw(trmi_symmetry *symmetry, const trmi_task *task, trmi_generator *generator)
{
    symmetry->cells = task->shape.positions;
    symmetry->moves = task->symmetries != 0 && task->shape.rows <= SIDE && task->shape.columns <= SIDE;
    if (!symmetry->moves)
        return;
    draw_cells(symmetry, task, generator);
    draw_values(symmetry, task, generator);
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
