#include "lib/task/views.h"

static bool has_all(uint32_t set, uint32_t wanted)
{
    return (set & wanted) == wanted;
}

/* Orders of rows and bands, where a task has them, have upside down among them. */
static bool has_mirrors(const trmi_task *task, const trmi_shape *shape, bool groups_alone)
{
    const uint32_t lines = TRMI_ROWS | TRMI_COLUMNS,
                   orders = shape->box_rows > 0 ? lines | TRMI_BANDS | TRMI_STACKS : lines;
    return (task->symmetries & TRMI_MIRROR) != 0 || (!groups_alone && has_all(task->symmetries, orders));
}

bool trmi_view_exists(const trmi_task *task, const trmi_shape *shape, bool groups_alone, uint32_t view)
{
    const bool square = shape->rows == shape->columns && shape->box_rows == shape->box_columns,
               mirrored = (view & (TRMI_VIEW_UPSIDE_DOWN | TRMI_VIEW_LEFT_TO_RIGHT)) != 0;
    if (view == 0)
        return true;
    return view < TRMI_VIEWS && shape->rows > 0 && (!mirrored || has_mirrors(task, shape, groups_alone)) &&
           ((view & TRMI_VIEW_TRANSPOSED) == 0 || (square && (task->symmetries & TRMI_TRANSPOSE) != 0));
}

uint32_t trmi_view_source(const trmi_shape *shape, uint32_t view, uint32_t place)
{
    if (view == 0)
        return place;
    uint32_t row = place / shape->columns, column = place % shape->columns;
    if ((view & TRMI_VIEW_LEFT_TO_RIGHT) != 0)
        column = shape->columns - 1 - column;
    if ((view & TRMI_VIEW_UPSIDE_DOWN) != 0)
        row = shape->rows - 1 - row;
    return (view & TRMI_VIEW_TRANSPOSED) != 0 ? column * shape->columns + row : row * shape->columns + column;
}
