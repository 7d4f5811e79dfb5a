/* The speed of the kernels of one variant, against what the processor could reach. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/core/host.h"
#include "tests/kernels/harness.h"

/* The products of a supervision step at the paper's size, and of Maze-Hard's attention. */
static const struct {
    const char *what;
    uint32_t rows, depth, panels;
    bool plain;
} shapes[] = {
    { "channels gate-up", 49, 512, 192, false },
    { "channels down", 49, 1536, 32, false },
    { "tokens gate-up", 1024, 97, 4, true },
    { "tokens down", 97, 512, 4, true },
    { "scores", 62, 64, 58, false },
    { "values", 62, 916, 4, true },
};

static double seconds_of_product(const trmi_kernels *k, const trmi_product *p, uint32_t times)
{
    const uint64_t begin = trmi_clock();
    for (uint32_t i = 0; i < times; i++)
        k->product(p);
    return (double)(trmi_clock() - begin) * 1e-9;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { REPETITIONS = 11 };

static double greater(double a, double b)
{
    return a > b ? a : b;
}

/* The best of short runs, which fit between two interruptions: 1e9 operations a second. */
static double rate_of_peak(const trmi_kernels *k, bool integers)
{
    float sum = 0.0f;
    int32_t integer_sum = 0;
    double best = 0.0;
    for (int i = 0; i < 10; i++) {
        const uint64_t begin = trmi_clock(),
                       done = integers ? k->quantised_peak(20000, &integer_sum) : k->peak(20000, &sum);
        best = greater(best, (double)done / (double)(trmi_clock() - begin));
    }
    return best;
}

static void bench_shape(const trmi_kernels *k, size_t index)
{
    const uint32_t rows = shapes[index].rows, depth = shapes[index].depth, panels = shapes[index].panels;
    const double operations = 2.0 * rows * depth * panels * TRMI_PANEL;
    const uint32_t times = (uint32_t)(5e8 / operations) + 1;
    twin a = twin_new((size_t)rows * (depth + TRMI_PANEL), true),
         b = twin_new((size_t)depth * panels * TRMI_PANEL, true);
    twin c = twin_new((size_t)rows * panels * TRMI_PANEL, false);
    const trmi_product p = { rows,
                             depth,
                             panels,
                             a.data[1],
                             shapes[index].plain ? depth : TRMI_PANEL,
                             shapes[index].plain ? TRMI_PANEL : (size_t)rows * TRMI_PANEL,
                             b.data[1],
                             (size_t)depth * TRMI_PANEL,
                             c.data[1],
                             TRMI_PANEL,
                             (size_t)rows * TRMI_PANEL,
                             false,
                             false,
                             shapes[index].plain };
    double rate[REPETITIONS], peak = 0.0;
    for (int i = 0; i < REPETITIONS; i++) {
        rate[i] = operations * times / seconds_of_product(k, &p, times) * 1e-9;
        peak = greater(peak, rate_of_peak(k, false));
    }
    qsort(rate, REPETITIONS, sizeof *rate, ascending);
    printf("%-7s %-17s %4" PRIu32 " x %4" PRIu32 " x %4" PRIu32 "  %6.1f GFLOP/s  %5.1f %% of the peak\n",
           k->name, shapes[index].what, rows, depth, panels * TRMI_PANEL, rate[REPETITIONS / 2],
           100.0 * rate[REPETITIONS / 2] / peak);
    (void)twin_same(a);
    (void)twin_same(b);
    (void)twin_same(c);
}

/* The same shapes with 8-bit integers, against the rate of their multiply-adds. */
static void bench_quantised(const trmi_kernels *k, size_t index)
{
    const uint32_t rows = shapes[index].rows, panels = shapes[index].panels,
                   depth = (shapes[index].depth + TRMI_QUAD - 1) / TRMI_QUAD * TRMI_QUAD;
    const double operations = 2.0 * rows * depth * panels * TRMI_PANEL;
    const uint32_t times = (uint32_t)(1e9 / operations) + 1;
    twin a = codes_new((size_t)rows * depth), b = codes_new((size_t)depth * panels * TRMI_PANEL),
         a_scale = twin_new(rows, true), b_scale = twin_new((size_t)panels * TRMI_PANEL, true),
         c = twin_new((size_t)rows * panels * TRMI_PANEL, false),
         starts = twin_new(rows + (size_t)panels * TRMI_PANEL, false);
    const trmi_quantised_product p = { rows,
                                       depth,
                                       panels,
                                       (const int8_t *)a.data[1],
                                       depth,
                                       a_scale.data[1],
                                       (const int8_t *)b.data[1],
                                       (size_t)depth * TRMI_PANEL,
                                       b_scale.data[1],
                                       TRMI_PANEL,
                                       c.data[1],
                                       TRMI_PANEL,
                                       (size_t)rows * TRMI_PANEL,
                                       shapes[index].plain,
                                       (const int32_t *)starts.data[1],
                                       false };
    double rate[REPETITIONS], peak = 0.0;
    for (int i = 0; i < REPETITIONS; i++) {
        const uint64_t begin = trmi_clock();
        for (uint32_t time = 0; time < times; time++)
            k->quantised_product(&p);
        rate[i] = operations * times / (double)(trmi_clock() - begin);
        peak = greater(peak, rate_of_peak(k, true));
    }
    qsort(rate, REPETITIONS, sizeof *rate, ascending);
    printf("%-7s %-17s %4" PRIu32 " x %4" PRIu32 " x %4" PRIu32
           "  %6.1f GOP/s int8  %5.1f %% of the peak of %.1f\n",
           k->name, shapes[index].what, rows, depth, panels * TRMI_PANEL, rate[REPETITIONS / 2],
           100.0 * rate[REPETITIONS / 2] / peak, peak);
    (void)((int)twin_same(a) & (int)twin_same(b) & (int)twin_same(a_scale) & (int)twin_same(b_scale) &
           (int)twin_same(c) & (int)twin_same(starts));
}

/* Nanoseconds a number of the kernels that work element by element. */
static void bench_elements(const trmi_kernels *k)
{
    enum { COUNT = 4096, TIMES = 2000 };
    twin a = twin_new(COUNT, true), b = twin_new(COUNT, true), c = twin_new(COUNT, true);
    float *x = a.data[1], *y = b.data[1], *z = c.data[1];
    const trmi_rows_view vx = { x, COUNT / 4 }, vy = { y, COUNT / 4 }, vz = { z, COUNT / 4 };
    uint64_t at[6] = { trmi_clock() };
    for (int i = 0; i < TIMES; i++)
        k->gate_plain(z, x, y, COUNT);
    at[1] = trmi_clock();
    for (int i = 0; i < TIMES; i++)
        k->norm_columns(vz, vx, vy, COUNT / 4 / TRMI_PANEL, 64, 1e-5f);
    at[2] = trmi_clock();
    for (int i = 0; i < TIMES; i++)
        k->norm_rows(z, x, y, COUNT / TRMI_PANEL, 1e-5f);
    at[3] = trmi_clock();
    for (int i = 0; i < TIMES; i++)
        k->softmax(z, COUNT / 4, 4, COUNT / 4, 0.125f, x);
    at[4] = trmi_clock();
    static const char *const names[] = { "gate_plain", "norm_columns", "norm_rows", "softmax" };
    for (int i = 0; i < 4; i++)
        printf("%-7s %-17s %6.3f ns a number\n", k->name, names[i],
               (double)(at[i + 1] - at[i]) / TIMES / COUNT);
    (void)twin_same(a);
    (void)twin_same(b);
    (void)twin_same(c);
}

void bench_kernels(const trmi_kernels *k)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        bench_shape(k, i);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        bench_quantised(k, i);
    bench_elements(k);
}
