/* Metadata task.sizes: which sizes a model was trained on. */
#ifndef TRMI_TASK_SIZES_H
#define TRMI_TASK_SIZES_H

#include "lib/task/shape.h"

enum { TRMI_SIZES = 16 }; /* of a model */

/* Grids from the first to the second, or, without rows, numbers of positions. */
typedef struct trmi_size_range {
    uint32_t least_rows, least_columns, most_rows, most_columns;
} trmi_size_range;

typedef struct trmi_sizes {
    uint32_t count; /* 0: nobody says */
    trmi_size_range range[TRMI_SIZES];
} trmi_sizes;

/* Reads sizes with one space between: ROWSxCOLUMNS, or a number of positions; with '-' between two of a kind,
 * all from the first to the second. TRM_ERROR_FORMAT; the sentence names the character. */
TRMI_EXPORT trm_status trmi_sizes_parse(const char *text, trmi_sizes *sizes, trm_error *error);

/* Whether a shape is among them; true where nobody says. */
bool trmi_sizes_have(const trmi_sizes *sizes, const trmi_shape *shape);

#endif
