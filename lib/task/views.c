/* A draw depends on the view's number alone, so that everybody has the same view. */
#include "lib/task/views.h"

#include <assert.h>

#include "lib/task/orders.h"

/* -- which there are -- */

static bool has_all(uint32_t set, uint32_t wanted)
{
    return (set & wanted) == wanted;
}

/* The symmetries that exchange lines in that shape. */
static uint32_t lines_of(const trmi_task *task, const trmi_shape *shape)
{
    const uint32_t lines = TRMI_ROWS | TRMI_COLUMNS;
    return task->symmetries & (shape->box_rows > 0 ? lines | TRMI_BANDS | TRMI_STACKS : lines);
}

/* Orders of rows and bands, where a task has them, have upside down among them. */
static bool has_mirrors(const trmi_task *task, const trmi_shape *shape, uint32_t unnoticed)
{
    const uint32_t lines = TRMI_ROWS | TRMI_COLUMNS,
                   orders = shape->box_rows > 0 ? lines | TRMI_BANDS | TRMI_STACKS : lines;
    return (task->symmetries & TRMI_MIRROR) != 0 ||
           ((unnoticed & TRM_VIEW_LINES) == 0 && has_all(task->symmetries, orders));
}

static bool has_square(const trmi_task *task, const trmi_shape *shape, uint32_t unnoticed, uint32_t number)
{
    const bool square = shape->rows == shape->columns && shape->box_rows == shape->box_columns;
    if ((number & TRMI_VIEW_SQUARE) == 0)
        return true;
    return shape->rows > 0 &&
           ((number & (TRM_VIEW_UPSIDE_DOWN | TRM_VIEW_LEFT_TO_RIGHT)) == 0 ||
            has_mirrors(task, shape, unnoticed)) &&
           ((number & TRM_VIEW_TRANSPOSED) == 0 || (square && (task->symmetries & TRMI_TRANSPOSE) != 0));
}

static bool has_values(const trmi_task *task)
{
    return (task->symmetries & TRMI_DIGITS) != 0 && task->values > 1 && task->values <= TRMI_VIEW_TOKENS;
}

static bool has_lines(const trmi_task *task, const trmi_shape *shape)
{
    return shape->rows > 0 && shape->rows <= TRMI_VIEW_SIDE && shape->columns <= TRMI_VIEW_SIDE &&
           lines_of(task, shape) != 0;
}

bool trmi_view_exists(const trmi_task *task, const trmi_shape *shape, uint32_t unnoticed, uint32_t number)
{
    const uint32_t drawn = number & TRMI_VIEW_DRAWN;
    return (drawn & unnoticed) == 0 && (number < TRM_VIEW_DRAW || drawn != 0) &&
           has_square(task, shape, unnoticed, number) &&
           ((drawn & TRM_VIEW_VALUES) == 0 || has_values(task)) &&
           ((drawn & TRM_VIEW_LINES) == 0 || has_lines(task, shape));
}

/* -- working them out -- */

static void draw_values(trmi_view *view, const trmi_task *task)
{
    trmi_generator generator;
    trmi_generator_begin(&generator, view->number / TRM_VIEW_DRAW, "view values");
    assert(task->values <= TRMI_VIEW_TOKENS);
    view->first = task->first_value;
    view->values = task->values;
    trmi_order_draw(view->becomes, view->values, &generator);
    for (uint32_t value = 0; value < view->values; value++)
        view->was[view->becomes[value]] = (uint8_t)value;
}

static void draw_lines(trmi_view *view, const trmi_task *task, const trmi_shape *shape)
{
    const uint32_t lines = lines_of(task, shape);
    trmi_generator generator;
    assert(shape->rows <= TRMI_VIEW_SIDE && shape->columns <= TRMI_VIEW_SIDE);
    trmi_generator_begin(&generator, view->number / TRM_VIEW_DRAW, "view lines");
    trmi_order_draw_lines(view->row, shape->rows, shape->box_rows, (lines & TRMI_BANDS) != 0,
                          (lines & TRMI_ROWS) != 0, &generator);
    trmi_order_draw_lines(view->column, shape->columns, shape->box_columns, (lines & TRMI_STACKS) != 0,
                          (lines & TRMI_COLUMNS) != 0, &generator);
}

void trmi_view_open(trmi_view *view, const trmi_task *task, const trmi_shape *shape, uint32_t number)
{
    view->number = number;
    view->rows = shape->rows;
    view->columns = shape->columns;
    view->first = view->values = 0;
    if ((number & TRM_VIEW_VALUES) != 0)
        draw_values(view, task);
    if ((number & TRM_VIEW_LINES) != 0)
        draw_lines(view, task, shape);
}

/* -- looking through one -- */

uint32_t trmi_view_source(const trmi_view *view, uint32_t place)
{
    if (view == NULL || (view->number & (TRMI_VIEW_SQUARE | TRM_VIEW_LINES)) == 0)
        return place;
    assert(place / view->columns < view->rows);
    uint32_t row = place / view->columns, column = place % view->columns;
    if ((view->number & TRM_VIEW_LEFT_TO_RIGHT) != 0)
        column = view->columns - 1 - column;
    if ((view->number & TRM_VIEW_UPSIDE_DOWN) != 0)
        row = view->rows - 1 - row;
    if ((view->number & TRM_VIEW_TRANSPOSED) != 0) {
        const uint32_t was = row;
        row = column;
        column = was;
    }
    assert(row < view->rows && column < view->columns); /* only squares are transposed */
    return (view->number & TRM_VIEW_LINES) != 0 ? view->row[row] * view->columns + view->column[column]
                                                : row * view->columns + column;
}

static int32_t exchange(const trmi_view *view, const uint8_t *values, int32_t token)
{
    const int64_t value = (int64_t)token - view->first;
    return value >= 0 && value < view->values ? (int32_t)view->first + values[value] : token;
}

int32_t trmi_view_token(const trmi_view *view, int32_t token)
{
    return view == NULL ? token : exchange(view, view->becomes, token);
}

int32_t trmi_view_token_back(const trmi_view *view, int32_t token)
{
    return view == NULL ? token : exchange(view, view->was, token);
}
