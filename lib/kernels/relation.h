/* Who hears whom, as plain lists of numbers: lib/task and lib/solve fill them, lib/net reads them.
 *
 * A node is a position with a value, number position * fields + value; without fields they are the positions.
 * Behind all of them stand helpers, which hear nothing through the levels of positions and of fields. */
#ifndef TRMI_KERNELS_RELATION_H
#define TRMI_KERNELS_RELATION_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* What the elements of a table are. */
typedef enum trmi_level {
    TRMI_LEVEL_NODES,
    TRMI_LEVEL_POSITIONS, /* fields pass through: node (p, v) hears (q, v) for each q that p hears */
    TRMI_LEVEL_FIELDS /* within a position, the same for each: (p, v) hears (p, w) for each w of v's list */
} trmi_level;

typedef struct trmi_relation_table {
    uint32_t level;          /* trmi_level */
    uint32_t lists;          /* distinct ones */
    const uint32_t *list_of; /* element -> list, which a group's members share; NULL: element i has list i */
    const uint32_t *first;   /* lists + 1 offsets into heard */
    const uint32_t *heard;   /* strictly ascending within a list */
    uint32_t band;           /* groups: the lists of each `band` positions are heard by no others; else 0 */
} trmi_relation_table;

/* What the lists hear comes in rows, unit by unit. A unit is a list, or at the level of fields a position,
 * where each list occurs again; this is how many rows a unit has. */
static inline uint32_t trmi_relation_spread(const trmi_relation_table *relation, uint32_t fields)
{
    assert(fields > 0 && relation->level <= TRMI_LEVEL_FIELDS);
    switch (relation->level) {
    case TRMI_LEVEL_POSITIONS:
        return fields;
    case TRMI_LEVEL_FIELDS:
        return relation->lists;
    default:
        return 1;
    }
}

static inline uint32_t trmi_relation_list(const trmi_relation_table *relation, uint32_t element)
{
    assert((relation->list_of == NULL ? element : relation->list_of[element]) < relation->lists);
    return relation->list_of == NULL ? element : relation->list_of[element];
}

/* The row, of all units' rows, that node (position, value) hears. */
static inline size_t trmi_relation_row(const trmi_relation_table *relation, uint32_t fields,
                                       uint32_t position, uint32_t value)
{
    assert(value < fields);
    switch (relation->level) {
    case TRMI_LEVEL_POSITIONS:
        return (size_t)trmi_relation_list(relation, position) * fields + value;
    case TRMI_LEVEL_FIELDS:
        return (size_t)position * relation->lists + trmi_relation_list(relation, value);
    default:
        return trmi_relation_list(relation, position * fields + value);
    }
}

#endif
