/* Boxes are worked out from the side here, and nowhere else. */
#include "lib/task/shape.h"

#include "lib/core/error.h"

bool trmi_default_boxes(uint32_t side, uint32_t *box_rows, uint32_t *box_columns)
{
    uint32_t rows = 0;
    for (uint32_t r = 2; r <= side / r; r++)
        if (side % r == 0)
            rows = r;
    *box_rows = rows;
    *box_columns = rows > 0 ? side / rows : 0;
    return rows > 0;
}

static trm_status check_grid(const trmi_shape *s, trm_error *error)
{
    const bool grid = s->rows != 0 || s->columns != 0, boxes = s->box_rows != 0 || s->box_columns != 0;
    if (grid && (uint64_t)s->rows * s->columns != s->positions)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a grid whose rows times columns are the positions, found %u x %u for %u",
                         (unsigned)s->rows, (unsigned)s->columns, (unsigned)s->positions);
    if (boxes && (!grid || s->box_rows == 0 || s->box_columns == 0 || s->rows % s->box_rows != 0 ||
                  s->columns % s->box_columns != 0))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected boxes that divide the grid, found boxes of %u x %u in %u x %u",
                         (unsigned)s->box_rows, (unsigned)s->box_columns, (unsigned)s->rows,
                         (unsigned)s->columns);
    return TRM_OK;
}

trm_status trmi_shape_check(const trmi_shape *s, trm_error *error)
{
    if (s->positions == 0 || s->positions > TRMI_MAXIMUM_SHAPE_POSITIONS)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected 1 to %u positions, found %u",
                         (unsigned)TRMI_MAXIMUM_SHAPE_POSITIONS, (unsigned)s->positions);
    if (s->fields == 0 || s->fields > TRMI_MAXIMUM_FIELDS)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected 1 to %u fields, found %u",
                         (unsigned)TRMI_MAXIMUM_FIELDS, (unsigned)s->fields);
    if (s->positions * s->fields > TRMI_MAXIMUM_NODES ||
        s->helpers > TRMI_MAXIMUM_NODES - s->positions * s->fields)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected at most %u nodes, found %u positions of %u fields and %u helpers",
                         (unsigned)TRMI_MAXIMUM_NODES, (unsigned)s->positions, (unsigned)s->fields,
                         (unsigned)s->helpers);
    return check_grid(s, error);
}
