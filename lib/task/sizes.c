/* Which sizes a model was trained on, as text. */
#include "lib/task/sizes.h"

#include "lib/core/error.h"

/* Where the text is read. */
typedef struct cursor {
    const char *text, *at;
    trm_error *error;
} cursor;

static trm_status fail_here(const cursor *c, const char *expected)
{
    return trmi_fail(c->error, TRM_ERROR_FORMAT,
                     "metadata task.sizes: expected %s at character %zu, found \"%.40s\"", expected,
                     (size_t)(c->at - c->text) + 1, c->at);
}

static trm_status take_number(cursor *c, uint32_t *number)
{
    const cursor begin = *c;
    *number = 0;
    while (*c->at >= '0' && *c->at <= '9' && *number <= TRMI_MAXIMUM_SHAPE_POSITIONS)
        *number = 10 * *number + (uint32_t)(*c->at++ - '0');
    return *number >= 1 && *number <= TRMI_MAXIMUM_SHAPE_POSITIONS
               ? TRM_OK
               : fail_here(&begin, "a number from 1 to 65536");
}

/* ROWSxCOLUMNS, or with rows 0 a number. */
static trm_status take_size(cursor *c, uint32_t *rows, uint32_t *columns)
{
    *rows = 0;
    trm_status status = take_number(c, columns);
    if (status != TRM_OK || *c->at != 'x')
        return status;
    c->at++;
    *rows = *columns;
    return take_number(c, columns);
}

static trm_status take_range(cursor *c, trmi_size_range *range)
{
    trm_status status = take_size(c, &range->least_rows, &range->least_columns);
    range->most_rows = range->least_rows;
    range->most_columns = range->least_columns;
    if (status != TRM_OK || *c->at != '-')
        return status;
    c->at++;
    const cursor begin = *c;
    status = take_size(c, &range->most_rows, &range->most_columns);
    if (status == TRM_OK &&
        ((range->least_rows > 0) != (range->most_rows > 0) || range->most_rows < range->least_rows ||
         range->most_columns < range->least_columns))
        status = fail_here(&begin, "a size that is not below the one before '-'");
    return status;
}

trm_status trmi_sizes_parse(const char *text, trmi_sizes *sizes, trm_error *error)
{
    cursor c = { text, text, error };
    sizes->count = 0;
    trm_status status = take_range(&c, &sizes->range[sizes->count++]);
    while (status == TRM_OK && *c.at != '\0') {
        if (*c.at != ' ' || sizes->count == TRMI_SIZES)
            return fail_here(&c, *c.at != ' ' ? "a space" : "at most 16 sizes before the text");
        c.at++;
        status = take_range(&c, &sizes->range[sizes->count++]);
    }
    return status;
}

bool trmi_sizes_have(const trmi_sizes *sizes, const trmi_shape *shape)
{
    const uint32_t columns = shape->rows > 0 ? shape->columns : shape->positions;
    for (uint32_t i = 0; i < sizes->count; i++) {
        const trmi_size_range *r = &sizes->range[i];
        if ((r->least_rows > 0) == (shape->rows > 0) && shape->rows >= r->least_rows &&
            shape->rows <= r->most_rows && columns >= r->least_columns && columns <= r->most_columns)
            return true;
    }
    return sizes->count == 0;
}
