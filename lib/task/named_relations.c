/* Three forms cover every name: groups that positions belong to, positions a fixed way off, and an order of
   values. */
#include "lib/task/named_relations.h"

#include <assert.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/task/relations.h"

typedef enum form { FORM_GROUPS, FORM_OFFSET, FORM_FIELDS } form;

/* What a name means. The members behind the form belong to one form each. */
typedef struct named {
    const char *name;
    form form;
    uint32_t (*groups)(const trmi_shape *shape); /* how many, 0: the shape has none */
    uint32_t (*group)(const trmi_shape *shape, uint32_t position);
    uint32_t (*band)(const trmi_shape *shape); /* trmi_relation_table.band */
    int32_t rows, columns;
    bool (*hears)(uint32_t value, uint32_t other);
} named;

static uint32_t row_count(const trmi_shape *s)
{
    return s->rows;
}
static uint32_t row(const trmi_shape *s, uint32_t position)
{
    return position / s->columns;
}

static uint32_t positions(const trmi_shape *s)
{
    return s->positions;
}

static uint32_t columns(const trmi_shape *s)
{
    return s->columns;
}
static uint32_t column(const trmi_shape *s, uint32_t position)
{
    return position % s->columns;
}

static uint32_t boxes(const trmi_shape *s)
{
    return s->box_rows == 0 ? 0 : s->rows / s->box_rows * (s->columns / s->box_columns);
}
static uint32_t box(const trmi_shape *s, uint32_t position)
{
    return row(s, position) / s->box_rows * (s->columns / s->box_columns) +
           column(s, position) / s->box_columns;
}

static uint32_t box_band(const trmi_shape *s)
{
    return s->box_rows * s->columns;
}

static uint32_t one(const trmi_shape *s)
{
    (void)s;
    return 1;
}
static uint32_t whole(const trmi_shape *s, uint32_t position)
{
    (void)s;
    (void)position;
    return 0;
}

static bool is_next(uint32_t value, uint32_t other)
{
    return other == value + 1;
}
static bool is_previous(uint32_t value, uint32_t other)
{
    return other + 1 == value;
}
static bool is_above(uint32_t value, uint32_t other)
{
    return other > value;
}
static bool is_below(uint32_t value, uint32_t other)
{
    return other < value;
}

static const named names[] = {
    { "row", FORM_GROUPS, row_count, row, columns, 0, 0, NULL },
    { "column", FORM_GROUPS, columns, column, positions, 0, 0, NULL },
    { "box", FORM_GROUPS, boxes, box, box_band, 0, 0, NULL },
    { "all", FORM_GROUPS, one, whole, positions, 0, 0, NULL },
    { "up", FORM_OFFSET, NULL, NULL, NULL, -1, 0, NULL },
    { "down", FORM_OFFSET, NULL, NULL, NULL, 1, 0, NULL },
    { "left", FORM_OFFSET, NULL, NULL, NULL, 0, -1, NULL },
    { "right", FORM_OFFSET, NULL, NULL, NULL, 0, 1, NULL },
    { "cell", FORM_FIELDS, NULL, NULL, NULL, 0, 0, NULL }, /* one list for all of them */
    { "next", FORM_FIELDS, NULL, NULL, NULL, 0, 0, is_next },
    { "previous", FORM_FIELDS, NULL, NULL, NULL, 0, 0, is_previous },
    { "above", FORM_FIELDS, NULL, NULL, NULL, 0, 0, is_above },
    { "below", FORM_FIELDS, NULL, NULL, NULL, 0, 0, is_below },
};

/* -- names -- */

/* A number from -99 to 99 without superfluous characters; NULL when there is none. */
static const char *read_step(const char *at, int32_t *step)
{
    const bool negative = *at == '-';
    at += negative;
    if (*at < '0' || *at > '9')
        return NULL;
    *step = *at++ - '0';
    if (*step == 0 && negative)
        return NULL;
    if (*step != 0 && *at >= '0' && *at <= '9')
        *step = 10 * *step + (*at++ - '0');
    *step = negative ? -*step : *step;
    return at;
}

static bool read_offset(const char *name, named *found)
{
    static const char begin[] = "offset(";
    *found = (named) { .name = name, .form = FORM_OFFSET };
    if (strlen(name) < sizeof begin || memcmp(name, begin, sizeof begin - 1) != 0)
        return false;
    const char *at = read_step(name + sizeof begin - 1, &found->rows);
    if (at == NULL || *at != ',')
        return false;
    at = read_step(at + 1, &found->columns);
    return at != NULL && at[0] == ')' && at[1] == '\0' && (found->rows != 0 || found->columns != 0);
}

static bool find_named(const char *name, named *found)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0) {
            *found = names[i];
            return true;
        }
    return read_offset(name, found);
}

bool trmi_named_relation_is_offset(const char *name)
{
    named found;
    return read_offset(name, &found);
}

bool trmi_named_relation_find(const char *name, uint32_t *level, bool *single)
{
    named found;
    if (!find_named(name, &found))
        return false;
    *level = found.form == FORM_FIELDS ? TRMI_LEVEL_FIELDS : TRMI_LEVEL_POSITIONS;
    *single = found.form == FORM_OFFSET || found.hears == is_next || found.hears == is_previous;
    return true;
}

/* -- lists -- */

/* Where the lists of one table are put; all NULL while measuring. */
typedef struct room {
    uint32_t *list_of, *first, *heard;
} room;

static room take_room(trmi_arena *arena, trmi_relation_table *table, uint32_t shared, uint32_t heard)
{
    const room taken = { shared > 0 ? trmi_arena_take(arena, shared, sizeof(uint32_t)) : NULL,
                         trmi_arena_take(arena, (uint64_t)table->lists + 1, sizeof(uint32_t)),
                         trmi_arena_take(arena, heard, sizeof(uint32_t)) };
    table->list_of = taken.list_of;
    table->first = taken.first;
    table->heard = taken.heard;
    return taken;
}

/* Positions of a group share its list, which has all of them in order. */
static void lay_groups(const named *n, const trmi_shape *shape, trmi_arena *arena, trmi_relation_table *table)
{
    table->lists = n->groups(shape);
    assert(table->lists > 0); /* the shape has them: check_has() */
    table->band = n->band(shape);
    const room to = take_room(arena, table, shape->positions, shape->positions);
    if (to.heard == NULL)
        return;
    memset(to.first, 0, ((size_t)table->lists + 1) * sizeof *to.first);
    for (uint32_t p = 0; p < shape->positions; p++) {
        to.list_of[p] = n->group(shape, p);
        assert(to.list_of[p] < table->lists);
        to.first[to.list_of[p] + 1]++;
    }
    for (uint32_t list = 0; list < table->lists; list++)
        to.first[list + 1] += to.first[list];
    for (uint32_t p = shape->positions;
         p-- > 0;) /* from the end of each list; its end moves to its beginning */
        to.heard[--to.first[to.list_of[p] + 1]] = p;
    memmove(to.first, to.first + 1, (size_t)table->lists * sizeof *to.first);
    to.first[table->lists] = shape->positions;
}

static bool is_inside(const trmi_shape *shape, const named *n, uint32_t position)
{
    assert(shape->columns > 0);
    const int64_t r = (int64_t)(position / shape->columns) + n->rows,
                  c = (int64_t)(position % shape->columns) + n->columns;
    return r >= 0 && r < shape->rows && c >= 0 && c < shape->columns;
}

/* Each position has a list of one, or of none at the grid's edge. */
static void lay_offset(const named *n, const trmi_shape *shape, trmi_arena *arena, trmi_relation_table *table)
{
    uint32_t count = 0;
    for (uint32_t p = 0; p < shape->positions; p++)
        count += is_inside(shape, n, p);
    table->lists = shape->positions;
    const room to = take_room(arena, table, 0, count);
    if (to.heard == NULL)
        return;
    count = 0;
    for (uint32_t p = 0; p < shape->positions; p++) {
        to.first[p] = count;
        if (is_inside(shape, n, p))
            to.heard[count++] = (uint32_t)((int64_t)p + (int64_t)n->rows * shape->columns + n->columns);
    }
    to.first[shape->positions] = count;
}

/* All values, one list for all. */
static void lay_cell(const trmi_shape *shape, trmi_arena *arena, trmi_relation_table *table)
{
    table->lists = 1;
    const room to = take_room(arena, table, shape->fields, shape->fields);
    if (to.heard == NULL)
        return;
    to.first[0] = 0;
    to.first[1] = shape->fields;
    for (uint32_t v = 0; v < shape->fields; v++) {
        to.list_of[v] = 0;
        to.heard[v] = v;
    }
}

static void lay_order(const named *n, const trmi_shape *shape, trmi_arena *arena, trmi_relation_table *table)
{
    uint32_t count = 0;
    for (uint32_t v = 0; v < shape->fields; v++)
        for (uint32_t w = 0; w < shape->fields; w++)
            count += n->hears(v, w);
    table->lists = shape->fields;
    const room to = take_room(arena, table, 0, count);
    if (to.heard == NULL)
        return;
    count = 0;
    for (uint32_t v = 0; v < shape->fields; v++) {
        to.first[v] = count;
        for (uint32_t w = 0; w < shape->fields; w++)
            if (n->hears(v, w))
                to.heard[count++] = w;
    }
    to.first[shape->fields] = count;
}

static trm_status check_has(const named *n, const trmi_shape *shape, trm_error *error)
{
    const bool grid = n->form == FORM_OFFSET || n->group == row || n->group == column;
    const char *missing = n->form == FORM_FIELDS && shape->fields < 2 ? "fields"
                          : n->group == box && boxes(shape) == 0      ? "boxes"
                          : grid && shape->rows == 0                  ? "rows and columns"
                                                                      : NULL;
    return missing == NULL ? TRM_OK
                           : trmi_fail(error, TRM_ERROR_PUZZLE,
                                       "relation %s: expected a shape with %s, or lists with the question, "
                                       "found %u positions without",
                                       n->name, missing, (unsigned)shape->positions);
}

static trm_status find_for_shape(const trmi_relation *relation, const trmi_shape *shape, named *n,
                                 trm_error *error)
{
    if (!find_named(relation->name, n))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "relation %s: expected the name of a relation that a shape has", relation->name);
    return check_has(n, shape, error);
}

trm_status trmi_relation_check_shape(const trmi_relation *relation, const trmi_shape *shape, trm_error *error)
{
    named n;
    return find_for_shape(relation, shape, &n, error);
}

trm_status trmi_relation_of_shape(const trmi_relation *relation, const trmi_shape *shape, trmi_arena *arena,
                                  trmi_relation_table *table, trm_error *error)
{
    named n;
    TRMI_TRY(find_for_shape(relation, shape, &n, error));
    *table = (trmi_relation_table) { .level = relation->level };
    if (n.form == FORM_GROUPS)
        lay_groups(&n, shape, arena, table);
    else if (n.form == FORM_OFFSET)
        lay_offset(&n, shape, arena, table);
    else if (n.hears != NULL)
        lay_order(&n, shape, arena, table);
    else
        lay_cell(shape, arena, table);
    return TRM_OK;
}
