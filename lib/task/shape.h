/* The shape of a puzzle: how many positions, how they lie, and how many values a position may have. */
#ifndef TRMI_TASK_SHAPE_H
#define TRMI_TASK_SHAPE_H

#include <stdbool.h>

#include <trm/trm.h>

#include "lib/core/export.h"

/* Limits of doc/format.md. */
enum {
    TRMI_MAXIMUM_FIELDS = 256,
    TRMI_MAXIMUM_SHAPE_POSITIONS = 65536,
    TRMI_MAXIMUM_NODES = 1048576,  /* of a question, helpers included */
    TRMI_MAXIMUM_HEARD = 16777216, /* entries of one relation of a question */
    TRMI_SUDOKU_SIDE = 25,         /* rows and columns of a Sudoku */
    TRMI_PATH_SIDE = 100           /* rows and columns of a grid with paths */
};

typedef struct trmi_shape {
    uint32_t positions;             /* S */
    uint32_t rows, columns;         /* both 0: no grid; else their product is S */
    uint32_t box_rows, box_columns; /* both 0: no boxes */
    uint32_t fields;                /* F, 1: none */
    uint32_t helpers;               /* nodes that answer nothing */
} trmi_shape;

/* Everything that has to hold between the numbers. TRM_ERROR_ARGUMENT. */
TRMI_EXPORT trm_status trmi_shape_check(const trmi_shape *shape, trm_error *error);

/* S F, then the helpers. */
static inline uint32_t trmi_shape_nodes(const trmi_shape *shape)
{
    return shape->positions * shape->fields + shape->helpers;
}

/* The boxes that a grid of `side` rows and columns has where nobody names others: the squarest ones, with
 * no more rows than columns (6: 2 x 3; 8: 2 x 4; 10: 2 x 5; 12: 3 x 4; 25: 5 x 5). False, and both 0, for a
 * prime. */
TRMI_EXPORT bool trmi_default_boxes(uint32_t side, uint32_t *box_rows, uint32_t *box_columns);

#endif
