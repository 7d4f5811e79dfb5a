#include "lib/puzzles/constraints.h"

#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"

static void sort(uint32_t *numbers, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        const uint32_t number = numbers[i];
        uint32_t at = i;
        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

static bool add(trmi_constraints *c, const trmi_constraint *like, const uint32_t *members)
{
    c->full = c->count == TRMI_CONSTRAINTS || like->count > TRMI_CONSTRAINT_MEMBERS - c->members;
    if (c->full)
        return false;
    trmi_constraint *to = &c->constraint[c->count++];
    *to = *like;
    to->begin = c->members;
    memcpy(c->member + c->members, members, like->count * sizeof *members);
    c->members += like->count;
    if (like->kind != TRMI_LESS && like->kind != TRMI_WAYS && like->kind != TRMI_BARRED)
        sort(c->member + to->begin, like->count);
    return true;
}

bool trmi_constraints_add(trmi_constraints *c, uint32_t kind, const uint32_t *members, uint32_t count,
                          uint32_t total)
{
    return add(
        c, &(trmi_constraint) { .kind = kind, .count = count, .total = total, .lists = TRMI_LISTS_BROUGHT },
        members);
}

bool trmi_constraints_boxes(const trmi_description *d, uint32_t side, uint32_t *rows, uint32_t *columns)
{
    *rows = *columns = 0;
    for (uint32_t i = 0; i < d->count; i++)
        if (d->rule[i].scope == TRMI_SCOPE_BOX)
            return trmi_default_boxes(side, rows, columns);
    return true;
}

/* The cells of the row, column, box or diagonal of that number. */
static void list_group(uint32_t scope, uint32_t side, uint32_t rows, uint32_t columns, uint32_t number,
                       uint32_t *members)
{
    for (uint32_t i = 0; i < side; i++)
        members[i] = scope == TRMI_SCOPE_ROW         ? number * side + i
                     : scope == TRMI_SCOPE_COLUMN    ? i * side + number
                     : scope == TRMI_SCOPE_DIAGONALS ? i * side + (number == 0 ? i : side - 1 - i)
                                                     : (number / rows * rows + i / columns) * side +
                                                           number % rows * columns + i % columns;
}

static void add_groups(trmi_constraints *c, uint32_t scope, uint32_t rows, uint32_t columns)
{
    uint32_t members[TRMI_DESCRIBED_SIDE];
    const bool diagonals = scope == TRMI_SCOPE_DIAGONALS;
    const trmi_constraint like = { .kind = TRMI_ALL_DIFFERENT,
                                   .count = c->side,
                                   .lists = diagonals ? TRMI_LISTS_OF_DIAGONALS : TRMI_LISTS_OF_SHAPE };
    for (uint32_t number = 0; number < (diagonals ? 2 : c->side); number++) {
        list_group(scope, c->side, rows, columns, number, members);
        (void)!add(c, &like, members); /* at most 3 x 16 + 2 of 16 cells */
    }
}

trm_status trmi_constraints_begin(trmi_constraints *c, const trmi_description *d, uint32_t size,
                                  uint32_t values, trm_error *error)
{
    const uint32_t most = d->grid ? TRMI_DESCRIBED_SIDE : TRMI_DESCRIBED_VARIABLES;
    uint32_t rows, columns;
    if (size < 2 || size > most)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "%s: expected a size from 2 to %" PRIu32 ", found %" PRIu32, d->name, most, size);
    if (!trmi_constraints_boxes(d, size, &rows, &columns))
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "%s: a grid of %" PRIu32 " x %" PRIu32 " has no boxes",
                         d->name, size, size);
    if (trmi_description_bars_all(d, values))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "%s: a conflict bars every pair of the %" PRIu32 " values of size %" PRIu32, d->name,
                         values, size);
    c->side = d->grid ? size : 0;
    c->cells = d->grid ? size * size : size;
    c->values = values;
    c->count = c->members = 0;
    c->full = false;
    for (uint32_t i = 0; i < d->count; i++)
        if (d->rule[i].scope < TRMI_SCOPE_REGIONS) {
            if (values < size)
                return trmi_fail(
                    error, TRM_ERROR_ARGUMENT,
                    "%s: expected as many values as cells in a group that is all different, %" PRIu32
                    ", found %" PRIu32,
                    d->name, size, values);
            add_groups(c, d->rule[i].scope, rows, columns);
        }
    return TRM_OK;
}
