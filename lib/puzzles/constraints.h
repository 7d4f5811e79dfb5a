/* What one puzzle demands of its answer: constraints between cells, which count values from 0. */
#ifndef TRMI_PUZZLES_CONSTRAINTS_H
#define TRMI_PUZZLES_CONSTRAINTS_H

#include "lib/puzzles/description.h"

enum {
    TRMI_CONSTRAINTS = 8192,         /* of a puzzle */
    TRMI_CONSTRAINT_MEMBERS = 32768, /* of all of them together */
    TRMI_WAY_CELLS = 16,             /* of a way */
    TRMI_NO_VALUE = 255
};

/* A kind that descriptions do not have: of several ways to fill some cells, one holds. */
enum { TRMI_WAYS = TRMI_BARRED + 1 };

/* Where a constraint's lists come from: the shape, as rows do; or the question, as what the puzzle brings,
 * and the diagonals, which no shape knows. */
enum { TRMI_LISTS_OF_SHAPE, TRMI_LISTS_BROUGHT, TRMI_LISTS_OF_DIAGONALS };

/* Kinds are those of descriptions; members are cells, those of a clause cell * values + value, of which one
 * at least holds. They ascend, but for those of TRMI_LESS: the smaller one comes first. Those of TRMI_ROUTE
 * are the two ends of an edge, which demands nothing of their values. Those of TRMI_WAYS are such nodes, too,
 * way after way, `total` of each; those of TRMI_BARRED are ways to fill two cells, none of which may be. */
typedef struct trmi_constraint {
    uint32_t kind, begin, count;
    uint32_t total; /* of a sum: values count from 1 there */
    uint32_t lists; /* TRMI_LISTS_... */
} trmi_constraint;

typedef struct trmi_constraints {
    uint32_t cells, side; /* side 0: no grid */
    uint32_t values;
    uint32_t count, members;
    bool full; /* one found no room */
    trmi_constraint constraint[TRMI_CONSTRAINTS];
    uint32_t member[TRMI_CONSTRAINT_MEMBERS];
} trmi_constraints;

/* Begins a puzzle of size N with so many values, and adds what the size has. TRM_ERROR_ARGUMENT for a
 * size that the task cannot have. */
trm_status trmi_constraints_begin(trmi_constraints *constraints, const trmi_description *description,
                                  uint32_t size, uint32_t values, trm_error *error);

/* Adds one, of `count` members, which are sorted where their order says nothing. False where there is no
 * room. */
bool trmi_constraints_add(trmi_constraints *constraints, uint32_t kind, const uint32_t *members,
                          uint32_t count, uint32_t total);

static inline const uint32_t *trmi_constraint_members(const trmi_constraints *constraints, uint32_t index)
{
    return constraints->member + constraints->constraint[index].begin;
}

/* The boxes of a grid of that side. */
bool trmi_constraints_boxes(const trmi_description *description, uint32_t side, uint32_t *rows,
                            uint32_t *columns);

#endif
