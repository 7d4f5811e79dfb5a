#include "tests/support/slopes.h"

#include <check.h>
#include <math.h>

static const double tolerance = 1e-5, smallest = 0.05;

uint32_t columns_of(grid g)
{
    return g.groups * g.width;
}

size_t count_of(grid g)
{
    return (size_t)g.rows * columns_of(g);
}

uint32_t tape_width(grid g)
{
    return g.groups == 1 ? g.width : g.groups * trmi_padded(g.width);
}

size_t place(grid g, uint32_t row, uint32_t column)
{
    const size_t stored = (size_t)(column / g.width) * trmi_padded(g.width) + column % g.width;
    return (stored / TRMI_PANEL * g.rows + row) * TRMI_PANEL + stored % TRMI_PANEL;
}

void from_panels(grid g, const float *panels, double *to)
{
    for (uint32_t row = 0; row < g.rows; row++)
        for (uint32_t column = 0; column < columns_of(g); column++)
            *to++ = (double)panels[place(g, row, column)];
}

void to_panels(grid g, const double *from, float *panels)
{
    memset(panels, 0, (size_t)g.rows * g.groups * trmi_padded(g.width) * sizeof *panels);
    for (uint32_t row = 0; row < g.rows; row++)
        for (uint32_t column = 0; column < columns_of(g); column++)
            panels[place(g, row, column)] = (float)*from++;
}

void check_spare_lanes(grid g, const float *panels)
{
    const size_t all = (size_t)g.rows * g.groups * trmi_padded(g.width);
    size_t nonzero = 0, live = 0;
    for (size_t i = 0; i < all; i++)
        nonzero += panels[i] != 0.0f;
    for (uint32_t row = 0; row < g.rows; row++)
        for (uint32_t column = 0; column < columns_of(g); column++)
            live += panels[place(g, row, column)] != 0.0f;
    ck_assert_uint_eq(nonzero, live);
}

void check_close(const double *ours, const double *wanted, size_t count, const char *what, int which)
{
    double worst = 0.0, largest = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double difference = fabs(ours[i] - wanted[i]);
        worst = isnan(difference) ? INFINITY : fmax(worst, difference);
        largest = fmax(largest, fabs(wanted[i]));
    }
    ck_assert_msg(worst <= tolerance * fmax(largest, smallest), "%s %d: off by %g where the largest is %g",
                  what, which, worst, largest);
}

uint32_t between(random_source *source, uint32_t least, uint32_t most)
{
    return least + random_below(source, most - least + 1);
}

double logistic(double v)
{
    return 1.0 / (1.0 + exp(-v));
}
