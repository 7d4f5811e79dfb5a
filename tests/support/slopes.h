/* What tests of slopes share: grids of numbers as tapes keep them, and when two are close. */
#ifndef TRM_TESTS_SLOPES_H
#define TRM_TESTS_SLOPES_H

#include "lib/kernels/kernels.h"
#include "tests/support/random.h"

/* Differences of width 1e-5 in double are exact to 1e-9; the library's gradients are sums in float of up to
 * about a hundred terms, some of which cancel: off by less than 1e-6 of the largest entry with 40 seeds. A
 * wrong factor or a term left out shows far above. */
static const double slope_reach = 1e-5; /* of a difference, to either side */

/* A value: rows x (groups x width), each group padded to whole panels. */
typedef struct grid {
    uint32_t rows, groups, width;
} grid;

uint32_t columns_of(grid g);

size_t count_of(grid g);

/* The width that the tape knows. */
uint32_t tape_width(grid g);

/* Where the number at (row, column) lies in panels. */
size_t place(grid g, uint32_t row, uint32_t column);

void from_panels(grid g, const float *panels, double *to);

/* The spare lanes of `panels` become zero. */
void to_panels(grid g, const double *from, float *panels);

/* Spare lanes of a gradient would come back as numbers of the next one. */
void check_spare_lanes(grid g, const float *panels);

void check_close(const double *ours, const double *wanted, size_t count, const char *what, int which);

uint32_t between(random_source *source, uint32_t least, uint32_t most);

double logistic(double v);

#endif
