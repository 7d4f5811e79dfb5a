/* Three forms cover every name: groups that positions belong to, positions a fixed way off, and an order of
   values. */
#include "lib/task/named_relations.h"

#include <assert.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/task/relations.h"

typedef enum form { FORM_GROUPS, FORM_OFFSET, FORM_FIELDS } form;

/* Which groups, or which order of values. */
typedef enum meaning { ROW, COLUMN, BOX, ALL, CELL, NEXT, PREVIOUS, ABOVE, BELOW } meaning;

/* What a name means. */
typedef struct named {
    char name[9]; /* with its zero; not that of offset(R,C) */
    uint8_t form, meaning;
    int8_t rows, columns; /* of an offset */
} named;

static const named names[] = {
    { "row", FORM_GROUPS, ROW, 0, 0 },     { "column", FORM_GROUPS, COLUMN, 0, 0 },
    { "box", FORM_GROUPS, BOX, 0, 0 },     { "all", FORM_GROUPS, ALL, 0, 0 },
    { "up", FORM_OFFSET, 0, -1, 0 },       { "down", FORM_OFFSET, 0, 1, 0 },
    { "left", FORM_OFFSET, 0, 0, -1 },     { "right", FORM_OFFSET, 0, 0, 1 },
    { "cell", FORM_FIELDS, CELL, 0, 0 }, /* one list for all of them */
    { "next", FORM_FIELDS, NEXT, 0, 0 },   { "previous", FORM_FIELDS, PREVIOUS, 0, 0 },
    { "above", FORM_FIELDS, ABOVE, 0, 0 }, { "below", FORM_FIELDS, BELOW, 0, 0 },
};

/* How many groups a shape has, 0 for none, and trmi_relation_table.band. */
typedef struct grouping {
    uint32_t count, band;
} grouping;

static grouping groups_of(const named *n, const trmi_shape *s)
{
    grouping groups = { 1, s->positions };
    if (n->meaning == ROW)
        groups = (grouping) { s->rows, s->columns };
    else if (n->meaning == COLUMN)
        groups.count = s->columns;
    else if (n->meaning == BOX)
        groups = s->box_rows == 0 ? (grouping) { 0, 0 }
                                  : (grouping) { s->rows / s->box_rows * (s->columns / s->box_columns),
                                                 s->box_rows * s->columns };
    return groups;
}

/* The group of a position; there is one. */
static uint32_t group_of(const named *n, const trmi_shape *s, uint32_t position)
{
    if (n->meaning == ALL)
        return 0;
    const uint32_t row = position / s->columns, column = position % s->columns;
    return n->meaning == ROW ? row
           : n->meaning == COLUMN
               ? column
               : row / s->box_rows * (s->columns / s->box_columns) + column / s->box_columns;
}

/* Whether a value hears another one. */
static bool hears(const named *n, uint32_t value, uint32_t other)
{
    switch (n->meaning) {
    case NEXT:
        return other == value + 1;
    case PREVIOUS:
        return other + 1 == value;
    case ABOVE:
        return other > value;
    default:
        return other < value;
    }
}

/* -- names -- */

/* A number from -99 to 99 without superfluous characters; NULL when there is none. */
static const char *read_step(const char *at, int8_t *step)
{
    const bool negative = *at == '-';
    at += negative;
    if (*at < '0' || *at > '9')
        return NULL;
    int number = *at++ - '0';
    if (number == 0 && negative)
        return NULL;
    if (number != 0 && *at >= '0' && *at <= '9')
        number = 10 * number + (*at++ - '0');
    *step = (int8_t)(negative ? -number : number);
    return at;
}

static bool read_offset(const char *name, named *found)
{
    static const char begin[] = "offset(";
    *found = (named) { .form = FORM_OFFSET };
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

static uint32_t level_of(const named *n)
{
    return n->form == FORM_FIELDS ? TRMI_LEVEL_FIELDS : TRMI_LEVEL_POSITIONS;
}

bool trmi_named_relation_find(const char *name, uint32_t *level, bool *single)
{
    named found;
    if (!find_named(name, &found))
        return false;
    *level = level_of(&found);
    *single = found.form == FORM_OFFSET || found.meaning == NEXT || found.meaning == PREVIOUS;
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
    const grouping groups = groups_of(n, shape);
    assert(groups.count > 0); /* the shape has them: check_has() */
    table->lists = groups.count;
    table->band = groups.band;
    const room to = take_room(arena, table, shape->positions, shape->positions);
    if (to.heard == NULL)
        return;
    memset(to.first, 0, ((size_t)table->lists + 1) * sizeof *to.first);
    for (uint32_t p = 0; p < shape->positions; p++) {
        to.list_of[p] = group_of(n, shape, p);
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
    const int32_t rows = n->rows, columns = n->columns;
    const uint32_t r = position / shape->columns + (uint32_t)rows, /* below 0 is far beyond */
        c = position % shape->columns + (uint32_t)columns;
    return r < shape->rows && c < shape->columns;
}

/* Each position has a list of one, or of none at the grid's edge. */
static void lay_offset(const named *n, const trmi_shape *shape, trmi_arena *arena, trmi_relation_table *table)
{
    const int32_t way = n->rows * (int32_t)shape->columns + n->columns;
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
            to.heard[count++] = p + (uint32_t)way;
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
            count += hears(n, v, w);
    table->lists = shape->fields;
    const room to = take_room(arena, table, 0, count);
    if (to.heard == NULL)
        return;
    count = 0;
    for (uint32_t v = 0; v < shape->fields; v++) {
        to.first[v] = count;
        for (uint32_t w = 0; w < shape->fields; w++)
            if (hears(n, v, w))
                to.heard[count++] = w;
    }
    to.first[shape->fields] = count;
}

static trm_status check_has(const char *name, const named *n, const trmi_shape *shape, trm_error *error)
{
    const bool groups = n->form == FORM_GROUPS, box = groups && n->meaning == BOX,
               grid = n->form == FORM_OFFSET || (groups && (n->meaning == ROW || n->meaning == COLUMN));
    const char *missing = n->form == FORM_FIELDS && shape->fields < 2 ? "fields"
                          : box && shape->box_rows == 0               ? "boxes"
                          : grid && shape->rows == 0                  ? "rows and columns"
                                                                      : NULL;
    return missing == NULL ? TRM_OK
                           : trmi_fail(error, TRM_ERROR_PUZZLE,
                                       "relation %s: expected a shape with %s, or lists with the question, "
                                       "found %u positions without",
                                       name, missing, (unsigned)shape->positions);
}

static trm_status find_for_shape(const char *name, const trmi_shape *shape, named *n, trm_error *error)
{
    if (!find_named(name, n))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "relation %s: expected the name of a relation that a shape has", name);
    return check_has(name, n, shape, error);
}

trm_status trmi_relation_check_shape(const trmi_relation *relation, const trmi_shape *shape, trm_error *error)
{
    named n;
    return find_for_shape(relation->name, shape, &n, error);
}

static void lay(const named *n, const trmi_shape *shape, trmi_arena *arena, trmi_relation_table *table)
{
    *table = (trmi_relation_table) { .level = level_of(n) };
    if (n->form == FORM_GROUPS)
        lay_groups(n, shape, arena, table);
    else if (n->form == FORM_OFFSET)
        lay_offset(n, shape, arena, table);
    else if (n->meaning != CELL)
        lay_order(n, shape, arena, table);
    else
        lay_cell(shape, arena, table);
}

trm_status trmi_relation_of_shape(const trmi_relation *relation, const trmi_shape *shape, trmi_arena *arena,
                                  trmi_relation_table *table, trm_error *error)
{
    named n;
    TRMI_TRY(find_for_shape(relation->name, shape, &n, error));
    lay(&n, shape, arena, table);
    return TRM_OK;
}

bool trmi_named_relation_lay(const char *name, uint32_t level, const trmi_shape *shape, trmi_arena *arena,
                             trmi_relation_table *table)
{
    named n;
    if (find_for_shape(name, shape, &n, NULL) != TRM_OK || level_of(&n) != level)
        return false;
    lay(&n, shape, arena, table);
    return true;
}
