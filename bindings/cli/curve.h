/* Numbers along the steps of a run, made fit to be drawn. */
#ifndef TRM_CLI_CURVE_H
#define TRM_CLI_CURVE_H

#include <stdbool.h>
#include <stddef.h>

#include "bindings/trace/chart.h"

/* Room for `count` points; false when there is no memory. curve_free() accepts what failed. */
bool curve_make(curve *c, size_t count);
void curve_free(curve *c);

/* Replaces each value by the mean of its neighbours, whose weights (NULL: all the same) fall by e with each
 * `reach` of distance. The mean does not look across a point where `parts` (NULL: one part) changes. False
 * when there is no memory. */
bool curve_smooth(curve *c, const double *weights, const double *parts, double reach);

/* Leaves at most `most` points, the lowest and the highest of each of most / 2 stretches of x: what an eye
 * would see of all of them. */
void curve_thin(curve *c, size_t most);

/* The lowest and highest value but for the share `outside` of them at either end; false when all are gaps or
 * there is no memory. */
bool curve_range(const curve *c, double outside, double *low, double *high);

/* The last value that is no gap; false when all are. */
bool curve_last(const curve *c, double *value);

#endif
