/* What the callers of kernels promise, for the asserts of every instruction set. Lanes and codes one by one,
 * which take as long to look at as to compute, are looked at by the reference alone. */
#ifndef TRMI_KERNELS_PROMISES_H
#define TRMI_KERNELS_PROMISES_H

#include "lib/kernels/kernels.h"

static inline bool trmi_holds_numbers(const void *p)
{
    return p != NULL && (uintptr_t)p % sizeof(float) == 0;
}

static inline bool trmi_whole_panels(size_t count)
{
    return count % TRMI_PANEL == 0;
}

/* `count` numbers at two places: the same, or none in common. */
static inline bool trmi_are_apart(const float *a, const float *b, size_t count)
{
    return (uintptr_t)(a + count) <= (uintptr_t)b || (uintptr_t)(b + count) <= (uintptr_t)a;
}

static inline bool trmi_same_or_apart(const float *a, const float *b, size_t count)
{
    return a == b || trmi_are_apart(a, b, count);
}

/* No panel of so many rows reaches into the next. */
static inline bool trmi_panels_fit(size_t panel, size_t panels, size_t rows)
{
    return panels <= 1 || panel >= rows * TRMI_PANEL;
}

static inline size_t trmi_panels_of(uint32_t width)
{
    return ((size_t)width + TRMI_PANEL - 1) / TRMI_PANEL;
}

/* Plain rows, or panels: see trmi_product. */
static inline bool trmi_left_side_fits(const trmi_product *p)
{
    const bool plain = p->a_block == TRMI_PANEL && (p->rows == 1 || p->a_row >= p->depth);
    return plain ||
           (p->a_row == TRMI_PANEL && trmi_panels_fit(p->a_block, trmi_panels_of(p->depth), p->rows));
}

/* Rows of 16 numbers below each other in panels, or beside each other as scores are: none lies on another. */
static inline bool trmi_places_fit(uint32_t rows, size_t row, uint32_t panels, size_t panel)
{
    const bool beside = row >= (panels - 1) * panel + TRMI_PANEL,
               below = panel >= (rows - 1) * row + TRMI_PANEL;
    return (rows == 1 || row >= TRMI_PANEL) && (panels == 1 || panel >= TRMI_PANEL) &&
           (rows == 1 || panels == 1 || beside || below);
}

/* The 32 bits of a sum hold so many products of codes. */
static inline bool trmi_sum_fits(uint32_t depth)
{
    return (uint64_t)depth * TRMI_LARGEST_CODE * TRMI_LARGEST_CODE <= INT32_MAX;
}

/* `said` has room for all rows of the units begin .. end: `spread` of each. */
static inline bool trmi_said_fits(const trmi_aggregate *a, trmi_rows_view said, uint32_t spread)
{
    return said.data == NULL || trmi_panels_fit(said.panel, a->panels, (size_t)(a->end - a->begin) * spread);
}

/* The nodes that a list hears stand in ascending order, each once. */
static inline bool trmi_ascends(const uint32_t *heard, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (heard[i] <= heard[i - 1])
            return false;
    return true;
}

/* Infinite or NaN is allowed, too: the row has overflowed. */
static inline bool trmi_spare_lanes_are_zero(const float *data, size_t panel, uint32_t rows, uint32_t width)
{
    const float *last = data + width / TRMI_PANEL * panel;
    for (size_t i = 0; width % TRMI_PANEL != 0 && i < (size_t)rows * TRMI_PANEL; i++)
        if (i % TRMI_PANEL >= width % TRMI_PANEL && last[i] != 0.0f && last[i] - last[i] == 0.0f)
            return false;
    return true;
}

#endif
