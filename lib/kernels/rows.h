/* Rows of activations, in panels of 16 columns: see kernels.h. */
#ifndef TRMI_KERNELS_ROWS_H
#define TRMI_KERNELS_ROWS_H

#include <stddef.h>

enum { TRMI_PANEL = 16 };

/* Some rows; `panel` is the distance between panels. */
typedef struct trmi_rows_view {
    float *data;
    size_t panel;
} trmi_rows_view;

/* Rows that are only read. */
typedef struct trmi_rows_read {
    const float *data;
    size_t panel;
} trmi_rows_read;

#endif
