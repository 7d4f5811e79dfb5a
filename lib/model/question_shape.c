/* A model of one size is held to it; a relational one takes every shape within its bounds. */
#include "lib/model/question_shape.h"

#include "lib/core/error.h"

void trm_default_boxes(uint32_t side, uint32_t *box_rows, uint32_t *box_columns)
{
    trmi_default_boxes(side, box_rows, box_columns);
}

/* Whether `given` says nothing else than the model's own number. */
static trm_status hold_to(uint32_t own, uint32_t given, const char *what, const char *field, trm_error *error)
{
    if (given == 0 || given == own)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_PUZZLE,
                     "%s.%s: expected %u, as this model has one size (or 0 for that), found %u", what, field,
                     (unsigned)own, (unsigned)given);
}

static trm_status read_one_size(const trmi_shape *own, const trm_shape *given, const char *what,
                                trm_error *error)
{
    const struct {
        const char *field;
        uint32_t own, given;
    } numbers[] = {
        { "rows", own->rows, given->rows },
        { "columns", own->columns, given->columns },
        { "box_rows", own->box_rows, given->box_rows },
        { "box_columns", own->box_columns, given->box_columns },
        { "fields", own->fields, given->fields },
        { "positions", own->positions, given->positions },
        { "helpers", own->helpers, given->helpers },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        TRMI_TRY(hold_to(numbers[i].own, numbers[i].given, what, numbers[i].field, error));
    return TRM_OK;
}

/* -- any size -- */

/* A bound that is 0 is the model's own number. */
static trm_status check_bound(uint32_t value, uint32_t own, uint32_t least, uint32_t most, const char *what,
                              const char *field, trm_error *error)
{
    least = least != 0 ? least : own;
    most = most != 0 ? most : own;
    if (value >= least && value <= most)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_PUZZLE, "%s.%s: expected %u to %u, as this model takes, found %u", what,
                     field, (unsigned)least, (unsigned)most, (unsigned)value);
}

static trm_status check_bounds(const trmi_shape *s, const trmi_shape *own, const trmi_bounds *b,
                               const char *what, trm_error *error)
{
    if (s->rows != 0) {
        TRMI_TRY(check_bound(s->rows, own->rows, b->least_rows, b->most_rows, what, "rows", error));
        TRMI_TRY(
            check_bound(s->columns, own->columns, b->least_columns, b->most_columns, what, "columns", error));
    }
    TRMI_TRY(check_bound(s->fields, own->fields, b->least_fields, b->most_fields, what, "fields", error));
    if (b->most_positions != 0 || s->rows == 0)
        TRMI_TRY(check_bound(s->positions, own->positions, b->most_positions != 0 ? 1 : 0, b->most_positions,
                             what, "positions", error));
    return TRM_OK;
}

/* Another grid than the model's own has boxes and values of its own: the squarest boxes, and as many values
 * as rows where the model's own shape has them so. */
static void complete_grid(trmi_shape *to, const trmi_shape *own, const trm_shape *given)
{
    to->rows = given->rows;
    to->columns = given->columns;
    to->positions = 0;
    if (own->box_rows != 0 &&
        !(to->rows == to->columns && trmi_default_boxes(to->rows, &to->box_rows, &to->box_columns)))
        to->box_rows = to->box_columns = 0;
    if (own->fields > 1 && own->fields == own->rows)
        to->fields = to->rows;
}

static void complete(trmi_shape *to, const trmi_shape *own, const trm_shape *given)
{
    const bool grid = given->rows != 0 && (given->rows != own->rows || given->columns != own->columns);
    *to = *own;
    if (grid)
        complete_grid(to, own, given);
    else if (given->rows == 0 && given->positions != 0 && given->positions != own->positions)
        *to = (trmi_shape) { .fields = own->fields };
    if (given->box_rows != 0 || given->box_columns != 0) {
        to->box_rows = given->box_rows;
        to->box_columns = given->box_columns;
    }
    to->fields = given->fields != 0 ? given->fields : to->fields;
    to->positions = given->positions != 0 ? given->positions
                    : to->rows == 0       ? own->positions
                                          : to->rows * to->columns;
    to->helpers = given->helpers;
}

static trm_status read_any_size(trmi_shape *to, const trm_model *model, const trm_shape *given,
                                const char *what, trm_error *error)
{
    const trmi_shape *own = &model->task.shape;
    if ((given->rows == 0) != (given->columns == 0))
        return trmi_fail(error, TRM_ERROR_PUZZLE, "%s: expected rows and columns together, found %u and %u",
                         what, (unsigned)given->rows, (unsigned)given->columns);
    if ((uint64_t)given->rows * given->columns > TRMI_MAXIMUM_SHAPE_POSITIONS)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "%s: expected at most %u positions, found %u x %u", what,
                         TRMI_MAXIMUM_SHAPE_POSITIONS, (unsigned)given->rows, (unsigned)given->columns);
    if (given->helpers != 0 && model->config.helper_tokens == 0)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "%s.helpers: expected 0, as this model knows none, found %u", what,
                         (unsigned)given->helpers);
    complete(to, own, given);
    TRMI_TRY(check_bounds(to, own, &model->config.bounds, what, error));
    if (trmi_shape_check(to, error) != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_PUZZLE, what);
    return TRM_OK;
}

trm_status trmi_question_shape_read(trmi_shape *to, const trm_model *model, const trm_shape *given,
                                    const char *what, trm_error *error)
{
    trm_shape read = TRM_SHAPE_INIT;
    *to = model->task.shape;
    trm_status status = TRM_OK;
    if (given != NULL)
        status = trmi_read_struct(&read, sizeof read, given, sizeof(size_t), what, error);
    if (status == TRM_OK && read.reserved != 0)
        status = trmi_fail(error, TRM_ERROR_ARGUMENT, "%s.reserved: expected 0, found %u", what,
                           (unsigned)read.reserved);
    if (status != TRM_OK || given == NULL)
        return status;
    return TRMI_KIND(model->kind)->any_shape ? read_any_size(to, model, &read, what, error)
                                             : read_one_size(&model->task.shape, &read, what, error);
}
