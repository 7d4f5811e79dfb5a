/* The kernel harness: every variant that this machine can run against the portable reference, bit for bit, on
 * random shapes with ragged edges, misaligned buffers, poisoned gaps and canaries; and, with --bench, the
 * speed of what passed.
 *
 *     tests/kernels [--bench] [--seed N] [--rounds N] */
#define _POSIX_C_SOURCE 200809L

#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/clock.h"
#include "lib/core/cpu.h"
#include "lib/kernels/gradients.h"

/* ------------------------------------------------------------------------------------------- random numbers
 */

static uint64_t state;

static uint64_t next(void)
{
    state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t between(uint32_t least, uint32_t most)
{
    return least + (uint32_t)(next() % (most - least + 1));
}

/* Mostly ordinary; sometimes a zero of either sign, a subnormal, or a number that drives exp to its limits.
 */
static float number(void)
{
    const float plain = (float)((double)(next() >> 11) / 9007199254740992.0 * 8.0 - 4.0);
    switch (next() % 64) {
    case 0:
        return 0.0f;
    case 1:
        return -0.0f;
    case 2:
        return plain * 1e-40f;
    case 3:
        return plain * 50.0f;
    default:
        return plain;
    }
}

/* ------------------------------------------------------------------------------------------- buffers */

enum { CANARY = 32, POISON = 0x7fa5a5a5 }; /* a NaN that no kernel makes */

/* Twin buffers: the same content for reference and variant, canaries before and behind, any 4-byte alignment.
 */
typedef struct twin {
    float *memory[2], *data[2];
    size_t count;
} twin;

static bool aligned; /* to cache lines, as in the library: for timing */

static twin twin_new(size_t count, bool filled)
{
    twin t = { .count = count };
    const size_t shift = next() % 16;
    for (int side = 0; side < 2; side++) {
        t.memory[side] = malloc((count + 2 * CANARY + 32) * sizeof(float));
        if (t.memory[side] == NULL)
            abort();
        t.data[side] = t.memory[side] + CANARY + shift;
        if (aligned)
            t.data[side] += (64 - (uintptr_t)t.data[side] % 64) % 64 / sizeof(float);
        for (size_t i = 0; i < count + 2 * CANARY; i++)
            t.data[side][(ptrdiff_t)i - CANARY] = trmi_float_of_bits(POISON);
    }
    for (size_t i = 0; filled && i < count; i++)
        t.data[0][i] = t.data[1][i] = number();
    return t;
}

/* The same bits inside, and canaries alive; frees both. */
static bool twin_same(twin t)
{
    const size_t bytes = (t.count + 2 * CANARY) * sizeof(float);
    bool same = memcmp(t.data[0] - CANARY, t.data[1] - CANARY, bytes) == 0;
    for (size_t i = 0; i < CANARY; i++)
        same = same && trmi_bits_of_float(t.data[1][(ptrdiff_t)i - CANARY]) == POISON &&
               trmi_bits_of_float(t.data[1][t.count + i]) == POISON;
    free(t.memory[0]);
    free(t.memory[1]);
    return same;
}

/* Lanes beyond the width of the last panel are zero, as everywhere in the library. */
static void zero_spare_lanes(twin t, uint32_t rows, uint32_t width, size_t panel)
{
    if (width % TRMI_PANEL == 0)
        return;
    for (int side = 0; side < 2; side++)
        for (uint32_t row = 0; row < rows; row++)
            for (uint32_t lane = width % TRMI_PANEL; lane < TRMI_PANEL; lane++)
                t.data[side][width / TRMI_PANEL * panel + row * TRMI_PANEL + lane] = 0.0f;
}

/* ------------------------------------------------------------------------------------------- cases */

/* The tables of one instruction set. */
typedef struct variant {
    trmi_kernels kernels;
    trmi_gradients gradients;
} variant;

/* libtrm-train has the backward passes; a build without it has no other kernels than the core's. */
#ifdef WITH_GRADIENTS
#define GRADIENTS(fill) fill
#else
#define GRADIENTS(fill)
#endif

/* One random case of one kernel: v[0] is the reference, v[1] the variant. */
typedef bool kernel_case(const variant *v);

static bool case_product(const variant *v)
{
    const uint32_t rows = between(1, 40), panels = between(1, 5);
    const uint32_t depth =
        next() % 8 == 0 ? between(500, 1100) : between(1, 100); /* also beyond one block of it */
    const bool plain = next() % 2, accumulate = next() % 2;
    const size_t a_row = plain ? depth + between(0, 3) : TRMI_PANEL;
    const size_t a_block = plain ? TRMI_PANEL : (rows + between(0, 2)) * TRMI_PANEL;
    const size_t b_panel = (depth + between(0, 2)) * TRMI_PANEL;
    const bool wide = next() % 2; /* rows of C beside each other, as scores are */
    const size_t c_row = wide ? panels * TRMI_PANEL + TRMI_PANEL * between(0, 1) : TRMI_PANEL;
    const size_t c_panel = wide ? TRMI_PANEL : (rows + between(0, 1)) * TRMI_PANEL;
    const size_t blocks = (depth + TRMI_PANEL - 1) / TRMI_PANEL;
    twin a = twin_new(plain ? rows * a_row : blocks * a_block, true);
    twin b = twin_new(panels * b_panel, true);
    twin c = twin_new(wide ? rows * c_row : panels * c_panel, accumulate);
    for (int side = 0; side < 2; side++)
        v[side].kernels.product(&(trmi_product) { rows, depth, panels, a.data[side], a_row, a_block,
                                                  b.data[side], b_panel, c.data[side], c_row, c_panel,
                                                  accumulate });
    return (int)twin_same(a) & (int)twin_same(b) & (int)twin_same(c);
}

/* Codes of either sign in a buffer of numbers. */
static twin codes_new(size_t count)
{
    twin t = twin_new((count + sizeof(float) - 1) / sizeof(float), true);
    int8_t *codes[2] = { (int8_t *)t.data[0], (int8_t *)t.data[1] };
    for (size_t i = 0; i < count; i++) {
        const int extreme = next() % 16 == 0;
        codes[0][i] = codes[1][i] =
            (int8_t)(extreme ? (next() % 2 ? 127 : -127) : (int)between(0, 254) - 127);
    }
    return t;
}

static bool case_quantised_product(const variant *v)
{
    const uint32_t rows = next() % 16 == 0 ? between(150, 400) : between(1, 40), panels = between(1, 5),
                   depth = TRMI_QUAD * (next() % 8 == 0 ? between(100, 300) : between(1, 40));
    const size_t a_row = depth + between(0, 17), b_panel = (depth + 4 * between(0, 3)) * TRMI_PANEL;
    const size_t scale_panel = TRMI_PANEL * between(1, 2);
    const bool wide = next() % 2;
    const size_t c_row = wide ? panels * TRMI_PANEL + TRMI_PANEL * between(0, 1) : TRMI_PANEL;
    const size_t c_panel = wide ? TRMI_PANEL : (rows + between(0, 1)) * TRMI_PANEL;
    twin a = codes_new(rows * a_row), b = codes_new(panels * b_panel), a_scale = twin_new(rows, true),
         b_scale = twin_new(panels * scale_panel, true),
         c = twin_new(wide ? rows * c_row : panels * c_panel, false);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantised_product(
            &(trmi_quantised_product) { rows, depth, panels, (const int8_t *)a.data[side], a_row,
                                        a_scale.data[side], (const int8_t *)b.data[side], b_panel,
                                        b_scale.data[side], scale_panel, c.data[side], c_row, c_panel });
    return (int)twin_same(a) & (int)twin_same(b) & (int)twin_same(a_scale) & (int)twin_same(b_scale) &
           (int)twin_same(c);
}

/* Sometimes all numbers are too small, or the same, or far apart. */
static void spread(twin t)
{
    const float factors[] = { 1.0f, 1.0f, 1e-38f, 1e30f, 0.0f };
    const float factor = factors[next() % 5];
    for (size_t i = 0; i < t.count; i++)
        t.data[0][i] = t.data[1][i] = t.data[0][i] * factor;
}

static bool case_quantise_rows(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin from = twin_new(panels * panel, true), scales = twin_new(rows, false),
         codes = twin_new((size_t)rows * panels * TRMI_PANEL / sizeof(float), false);
    spread(from);
    zero_spare_lanes(from, rows, width, panel);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantise_rows((int8_t *)codes.data[side], scales.data[side],
                                      (trmi_rows_view) { from.data[side], panel }, rows, width);
    return (int)twin_same(from) & (int)twin_same(scales) & (int)twin_same(codes);
}

static bool case_quantise_lanes(const variant *v)
{
    const uint32_t rows = between(1, 70);
    twin from = twin_new((size_t)rows * TRMI_PANEL, true), scales = twin_new(TRMI_PANEL, false),
         codes = twin_new((size_t)(rows + 3) / 4 * TRMI_PANEL, false);
    spread(from);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantise_lanes((int8_t *)codes.data[side], scales.data[side], from.data[side], rows);
    return (int)twin_same(from) & (int)twin_same(scales) & (int)twin_same(codes);
}

static bool case_add(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin to = twin_new(count, false), a = twin_new(count, true), b = twin_new(count, true),
         c = twin_new(count, true);
    for (int side = 0; side < 2; side++) {
        v[side].kernels.add(to.data[side], a.data[side], b.data[side], count);
        v[side].kernels.add_three(a.data[side], a.data[side], b.data[side], c.data[side],
                                  count); /* in place */
    }
    return (int)twin_same(to) & (int)twin_same(a) & (int)twin_same(b) & (int)twin_same(c);
}

static bool case_gate_plain(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin to = twin_new(count, false), gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].kernels.gate_plain(to.data[side], gate.data[side], up.data[side], count);
    return (int)twin_same(to) & (int)twin_same(gate) & (int)twin_same(up);
}

static bool case_gate_normed(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin to = twin_new(count, false), gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].kernels.gate_normed(to.data[side], gate.data[side], up.data[side], count);
    return (int)twin_same(to) & (int)twin_same(gate) & (int)twin_same(up);
}

static bool case_norm_columns(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin to = twin_new(panels * panel, false), a = twin_new(panels * panel, true),
         b = twin_new(panels * panel, true);
    zero_spare_lanes(a, rows, width, panel);
    zero_spare_lanes(b, rows, width, panel);
    for (int side = 0; side < 2; side++) {
        const trmi_rows_view view_to = { to.data[side], panel }, view_a = { a.data[side], panel },
                             view_b = { b.data[side], panel };
        v[side].kernels.norm_columns(view_to, view_a, view_b, rows, width, 1e-5f);
        v[side].kernels.norm_columns_gated(view_a, view_b, rows, width, 1e-5f);
    }
    return (int)twin_same(to) & (int)twin_same(a) & (int)twin_same(b);
}

static bool case_norm_rows(const variant *v)
{
    const uint32_t rows = between(1, 100);
    const size_t count = (size_t)rows * TRMI_PANEL;
    twin to = twin_new(count, false), a = twin_new(count, true), b = twin_new(count, true);
    for (int side = 0; side < 2; side++) {
        v[side].kernels.norm_rows(to.data[side], a.data[side], b.data[side], rows, 1e-5f);
        v[side].kernels.norm_rows_gated(a.data[side], b.data[side], rows, 1e-5f);
    }
    return (int)twin_same(to) & (int)twin_same(a) & (int)twin_same(b);
}

static bool case_softmax(const variant *v)
{
    const uint32_t rows = between(1, 9), count = between(1, 70);
    const size_t stride = (count + TRMI_PANEL - 1) / TRMI_PANEL * TRMI_PANEL;
    twin scores = twin_new(rows * stride, true), inverse = twin_new(rows, false);
    for (uint32_t row = 0; row < rows; row++) /* what lies beyond count is nobody's */
        for (size_t j = count; j < stride; j++)
            for (int side = 0; side < 2; side++)
                scores.data[side][row * stride + j] = trmi_float_of_bits(POISON);
    for (int side = 0; side < 2; side++)
        v[side].kernels.softmax(scores.data[side], stride, rows, count, 0.25f, inverse.data[side]);
    return (int)twin_same(scores) & (int)twin_same(inverse);
}

static bool case_scale_rows(const variant *v)
{
    const uint32_t rows = between(1, 20), panels = between(1, 4);
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin to = twin_new(panels * panel, true), factor = twin_new(rows, true);
    for (int side = 0; side < 2; side++)
        v[side].kernels.scale_rows((trmi_rows_view) { to.data[side], panel }, panels, rows,
                                   factor.data[side]);
    return (int)twin_same(to) & (int)twin_same(factor);
}

static bool case_rotate(const variant *v)
{
    const uint32_t rows = between(1, 20), half = next() % 2 ? between(1, 40) : TRMI_PANEL * between(1, 3);
    const uint32_t panels = (2 * half + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin head = twin_new(panels * panel, true), c = twin_new((size_t)rows * half, true),
         s = twin_new((size_t)rows * half, true);
    for (int side = 0; side < 2; side++)
        v[side].kernels.rotate((trmi_rows_view) { head.data[side], panel }, rows, half, c.data[side],
                               s.data[side]);
    return (int)twin_same(head) & (int)twin_same(c) & (int)twin_same(s);
}

#ifdef WITH_GRADIENTS

/* ------------------------------------------------------------------------------------------- backward passes
 */

/* What lies between the panels of an output is nobody's. */
static bool gaps_alive(twin t, uint32_t rows, uint32_t panels, size_t panel)
{
    for (uint32_t p = 0; p + 1 < panels; p++)
        for (size_t i = (size_t)rows * TRMI_PANEL; i < panel; i++)
            if (trmi_bits_of_float(t.data[1][p * panel + i]) != POISON)
                return false;
    return true;
}

static trmi_rows_view written(twin t, int side, size_t panel)
{
    return (trmi_rows_view) { t.data[side], panel };
}

static trmi_rows_read readable(twin t, int side, size_t panel)
{
    return (trmi_rows_read) { t.data[side], panel };
}

/* Rows in panels, or beside each other as scores are. */
static bool case_transpose(const variant *v)
{
    const uint32_t rows = between(1, 70), panels = between(1, 5);
    const bool wide = next() % 2;
    const size_t row = wide ? (panels + between(0, 2)) * TRMI_PANEL : TRMI_PANEL;
    const size_t panel = wide ? TRMI_PANEL : (rows + between(0, 2)) * TRMI_PANEL;
    const size_t blocks = (rows + TRMI_PANEL - 1) / TRMI_PANEL;
    twin to = twin_new(blocks * panels * TRMI_PANEL * TRMI_PANEL, false),
         from = twin_new((panels - 1) * panel + (rows - 1) * row + TRMI_PANEL, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.transpose(to.data[side], readable(from, side, panel), row, rows, panels);
    bool zero = true; /* the lanes beyond the last row */
    for (size_t i = 0; i < panels * TRMI_PANEL * TRMI_PANEL; i++)
        if ((blocks - 1) * TRMI_PANEL + i % TRMI_PANEL >= rows)
            zero &= to.data[1][(blocks - 1) * panels * TRMI_PANEL * TRMI_PANEL + i] == 0.0f;
    return (int)zero & (int)twin_same(to) & (int)twin_same(from);
}

static bool case_accumulate(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin to = twin_new(count, true), a = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.accumulate(to.data[side], a.data[side], count);
    return (int)twin_same(to) & (int)twin_same(a);
}

static bool case_gate_plain_back(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin gate_to = twin_new(count, false), up_to = twin_new(count, false), from = twin_new(count, true),
         gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gate_plain(gate_to.data[side], up_to.data[side], from.data[side], gate.data[side],
                                     up.data[side], count);
    return (int)twin_same(gate_to) & (int)twin_same(up_to) & (int)twin_same(from) & (int)twin_same(gate) &
           (int)twin_same(up);
}

static bool case_gate_normed_columns_back(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL, count = panels * panel;
    twin gate_to = twin_new(count, false), up_to = twin_new(count, false), from = twin_new(count, true),
         gate = twin_new(count, true), up = twin_new(count, true);
    zero_spare_lanes(from, rows, width, panel);
    zero_spare_lanes(gate, rows, width, panel);
    zero_spare_lanes(up, rows, width, panel);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gate_normed_columns(written(gate_to, side, panel), written(up_to, side, panel),
                                              readable(from, side, panel), readable(gate, side, panel),
                                              readable(up, side, panel), rows, width, 1e-5f);
    const bool alive = gaps_alive(gate_to, rows, panels, panel) && gaps_alive(up_to, rows, panels, panel);
    return alive & (int)twin_same(gate_to) & (int)twin_same(up_to) & (int)twin_same(from) &
           (int)twin_same(gate) & (int)twin_same(up);
}

static bool case_gate_normed_rows_back(const variant *v)
{
    const uint32_t rows = between(1, 100);
    const size_t count = (size_t)rows * TRMI_PANEL;
    twin gate_to = twin_new(count, false), up_to = twin_new(count, false), from = twin_new(count, true),
         gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gate_normed_rows(gate_to.data[side], up_to.data[side], from.data[side],
                                           gate.data[side], up.data[side], rows, 1e-5f);
    return (int)twin_same(gate_to) & (int)twin_same(up_to) & (int)twin_same(from) & (int)twin_same(gate) &
           (int)twin_same(up);
}

static bool case_norm_columns_back(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL, count = panels * panel;
    twin to = twin_new(count, false), from = twin_new(count, true), y = twin_new(count, true),
         a = twin_new(count, true), b = twin_new(count, true);
    zero_spare_lanes(from, rows, width, panel);
    zero_spare_lanes(y, rows, width, panel);
    zero_spare_lanes(a, rows, width, panel);
    zero_spare_lanes(b, rows, width, panel);
    for (int side = 0; side < 2; side++)
        v[side].gradients.norm_columns(written(to, side, panel), readable(from, side, panel),
                                       readable(y, side, panel), readable(a, side, panel),
                                       readable(b, side, panel), rows, width, 1e-5f);
    return gaps_alive(to, rows, panels, panel) & (int)twin_same(to) & (int)twin_same(from) &
           (int)twin_same(y) & (int)twin_same(a) & (int)twin_same(b);
}

static bool case_norm_rows_back(const variant *v)
{
    const uint32_t rows = between(1, 100);
    const size_t count = (size_t)rows * TRMI_PANEL;
    twin to = twin_new(count, false), from = twin_new(count, true), y = twin_new(count, true),
         a = twin_new(count, true), b = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.norm_rows(to.data[side], from.data[side], y.data[side], a.data[side], b.data[side],
                                    rows, 1e-5f);
    return (int)twin_same(to) & (int)twin_same(from) & (int)twin_same(y) & (int)twin_same(a) &
           (int)twin_same(b);
}

static bool case_softmax_back(const variant *v)
{
    const uint32_t rows = between(1, 9), count = between(1, 70);
    const size_t stride = (count + TRMI_PANEL - 1) / TRMI_PANEL * TRMI_PANEL;
    twin gradient = twin_new(rows * stride, true), p = twin_new(rows * stride, true);
    for (uint32_t row = 0; row < rows; row++) /* there is nothing beyond count */
        for (size_t j = count; j < stride; j++)
            p.data[0][row * stride + j] = p.data[1][row * stride + j] = 0.0f;
    for (int side = 0; side < 2; side++)
        v[side].gradients.softmax(gradient.data[side], p.data[side], stride, rows, 0.25f);
    return (int)twin_same(gradient) & (int)twin_same(p);
}

/* Nanoseconds a number of each backward pass, in order; 64 columns where that matters. */
static void bench_gradients(const trmi_gradients *g)
{
    enum { COUNT = 4096, TIMES = 2000, ROWS = COUNT / 64, KINDS = 8 };
    twin t[6];
    float *x[6];
    for (int i = 0; i < 6; i++) {
        t[i] = twin_new(COUNT, true);
        x[i] = t[i].data[1];
    }
    const size_t panel = COUNT / 4;
    const trmi_rows_view to = { x[0], panel }, up_to = { x[1], panel };
    const trmi_rows_read from = { x[2], panel }, a = { x[3], panel }, b = { x[4], panel };
    uint64_t time[KINDS] = { 0 };
    for (int i = 0; i < TIMES; i++) {
        uint64_t at[KINDS + 1] = { trmi_clock() };
        g->transpose(x[0], from, TRMI_PANEL, ROWS, 4);
        at[1] = trmi_clock();
        g->accumulate(x[5], x[2], COUNT);
        at[2] = trmi_clock();
        g->gate_plain(x[0], x[1], x[2], x[3], x[4], COUNT);
        at[3] = trmi_clock();
        g->gate_normed_columns(to, up_to, from, a, b, ROWS, 64, 1e-5f);
        at[4] = trmi_clock();
        g->gate_normed_rows(x[0], x[1], x[2], x[3], x[4], COUNT / TRMI_PANEL, 1e-5f);
        at[5] = trmi_clock();
        g->norm_columns(to, from, a, a, b, ROWS, 64, 1e-5f);
        at[6] = trmi_clock();
        g->norm_rows(x[0], x[2], x[3], x[3], x[4], COUNT / TRMI_PANEL, 1e-5f);
        at[7] = trmi_clock();
        g->softmax(x[0], x[3], panel, 4, 0.125f);
        at[8] = trmi_clock();
        for (int kind = 0; kind < KINDS; kind++)
            time[kind] += at[kind + 1] - at[kind];
    }
    static const char *const names[KINDS] = { "transpose",
                                              "accumulate",
                                              "gate_plain back",
                                              "gate_normed_columns back",
                                              "gate_normed_rows back",
                                              "norm_columns back",
                                              "norm_rows back",
                                              "softmax back" };
    for (int i = 0; i < KINDS; i++)
        printf("%-7s %-25s %6.3f ns a number\n", g->name, names[i], (double)time[i] / TIMES / COUNT);
    for (int i = 0; i < 6; i++)
        (void)twin_same(t[i]);
}

#endif

/* ------------------------------------------------------------------------------------------- all cases */

static const struct {
    const char *name;
    kernel_case *run;
} cases[] = {
    { "product", case_product },
    { "quantised_product", case_quantised_product },
    { "quantise_rows", case_quantise_rows },
    { "quantise_lanes", case_quantise_lanes },
    { "add", case_add },
    { "gate_plain", case_gate_plain },
    { "gate_normed", case_gate_normed },
    { "norm_columns", case_norm_columns },
    { "norm_rows", case_norm_rows },
    { "softmax", case_softmax },
    { "scale_rows", case_scale_rows },
    { "rotate", case_rotate },
#ifdef WITH_GRADIENTS
    { "transpose", case_transpose },
    { "accumulate", case_accumulate },
    { "gate_plain back", case_gate_plain_back },
    { "gate_normed_columns back", case_gate_normed_columns_back },
    { "gate_normed_rows back", case_gate_normed_rows_back },
    { "norm_columns back", case_norm_columns_back },
    { "norm_rows back", case_norm_rows_back },
    { "softmax back", case_softmax_back },
#endif
};

/* ------------------------------------------------------------------------------------------- checking */

static sigjmp_buf illegal;

static void on_illegal(int number_of_signal)
{
    siglongjmp(illegal, number_of_signal);
}

/* `rounds` random cases; says which round and seed failed. */
static bool check(const variant *pair, size_t index, uint64_t seed, uint32_t rounds)
{
    if (sigsetjmp(illegal, 1) != 0) {
        printf("not ok %s %s: illegal instruction\n", pair[1].kernels.name, cases[index].name);
        return false;
    }
    for (uint32_t round = 0; round < rounds; round++) {
        state = seed + index * 1000003 + round;
        if (!cases[index].run(pair)) {
            printf("not ok %s %s: differs from the reference in round %" PRIu32 " (--seed %" PRIu64 ")\n",
                   pair[1].kernels.name, cases[index].name, round, seed);
            return false;
        }
    }
    printf("ok %s %s: %" PRIu32 " cases\n", pair[1].kernels.name, cases[index].name, rounds);
    return true;
}

/* ------------------------------------------------------------------------------------------- timing */

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
                             false };
    double rate[REPETITIONS], peak[REPETITIONS];
    float sink = 0.0f;
    for (int i = 0; i < REPETITIONS; i++) {
        rate[i] = operations * times / seconds_of_product(k, &p, times) * 1e-9;
        const uint64_t begin = trmi_clock(), done = k->peak(1000000, &sink);
        peak[i] = (double)done / (double)(trmi_clock() - begin);
    }
    qsort(rate, REPETITIONS, sizeof *rate, ascending);
    qsort(peak, REPETITIONS, sizeof *peak, ascending);
    printf("%-7s %-17s %4" PRIu32 " x %4" PRIu32 " x %4" PRIu32 "  %6.1f GFLOP/s  %5.1f %% of the peak\n",
           k->name, shapes[index].what, rows, depth, panels * TRMI_PANEL, rate[REPETITIONS / 2],
           100.0 * rate[REPETITIONS / 2] / peak[REPETITIONS / 2]);
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
         c = twin_new((size_t)rows * panels * TRMI_PANEL, false);
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
                                       (size_t)rows * TRMI_PANEL };
    double rate[REPETITIONS], peak[REPETITIONS];
    int32_t sink = 0;
    for (int i = 0; i < REPETITIONS; i++) {
        uint64_t begin = trmi_clock();
        for (uint32_t time = 0; time < times; time++)
            k->quantised_product(&p);
        rate[i] = operations * times / (double)(trmi_clock() - begin);
        begin = trmi_clock();
        const uint64_t done = k->quantised_peak(1000000, &sink);
        peak[i] = (double)done / (double)(trmi_clock() - begin);
    }
    qsort(rate, REPETITIONS, sizeof *rate, ascending);
    qsort(peak, REPETITIONS, sizeof *peak, ascending);
    printf("%-7s %-17s %4" PRIu32 " x %4" PRIu32 " x %4" PRIu32
           "  %6.1f GOP/s int8  %5.1f %% of the peak of %.1f\n",
           k->name, shapes[index].what, rows, depth, panels * TRMI_PANEL, rate[REPETITIONS / 2],
           100.0 * rate[REPETITIONS / 2] / peak[REPETITIONS / 2], peak[REPETITIONS / 2]);
    (void)((int)twin_same(a) & (int)twin_same(b) & (int)twin_same(a_scale) & (int)twin_same(b_scale) &
           (int)twin_same(c));
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

/* ------------------------------------------------------------------------------------------- main */

/* What there is, in ascending order of features; those that this processor lacks are named. */
static const struct {
    const char *name;
    uint32_t features;
    void (*kernels)(trmi_kernels *kernels), (*quantised)(trmi_kernels *kernels);
#ifdef WITH_GRADIENTS
    void (*gradients)(trmi_gradients *gradients);
#endif
} known[] = {
#ifdef TRMI_HAVE_X86
    { "avx2", TRMI_CPU_AVX2, trmi_kernels_avx2, trmi_quantised_avx2, GRADIENTS(trmi_gradients_avx2) },
    { "avxvnni", TRMI_CPU_AVXVNNI, trmi_kernels_avx2, trmi_quantised_avxvnni,
      GRADIENTS(trmi_gradients_avx2) },
    { "avx512", TRMI_CPU_AVX512, trmi_kernels_avx512, trmi_quantised_avx2, GRADIENTS(trmi_gradients_avx512) },
    { "avx512vnni", TRMI_CPU_AVX512VNNI, trmi_kernels_avx512, trmi_quantised_avx512vnni,
      GRADIENTS(trmi_gradients_avx512) },
#elif defined(TRMI_HAVE_ARM64)
    { "neon", TRMI_CPU_NEON, trmi_kernels_neon, trmi_quantised_neon, GRADIENTS(trmi_gradients_neon) },
    { "dotprod", TRMI_CPU_DOTPROD, trmi_kernels_neon, trmi_quantised_dotprod,
      GRADIENTS(trmi_gradients_neon) },
    { "i8mm", TRMI_CPU_I8MM, trmi_kernels_neon, trmi_quantised_i8mm, GRADIENTS(trmi_gradients_neon) },
#else
    { "none", UINT32_MAX, trmi_kernels_reference, trmi_quantised_reference,
      GRADIENTS(trmi_gradients_reference) },
#endif
};
enum { KNOWN = sizeof known / sizeof *known };

/* The reference first. */
static size_t variants(variant v[1 + KNOWN])
{
    size_t count = 0;
    trmi_kernels_reference(&v[count].kernels);
    trmi_quantised_reference(&v[count].kernels);
#ifdef WITH_GRADIENTS
    trmi_gradients_reference(&v[count].gradients);
#endif
    count++;
    const uint32_t features = trmi_cpu_features();
    for (size_t i = 0; i < KNOWN; i++) {
        if (!(features & known[i].features)) {
            printf("skip %s: this processor lacks it\n", known[i].name);
            continue;
        }
        known[i].kernels(&v[count].kernels);
        known[i].quantised(&v[count].kernels);
        v[count].kernels.name = known[i].name;
#ifdef WITH_GRADIENTS
        known[i].gradients(&v[count].gradients);
#endif
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    bool bench = false, passed = true;
    uint64_t seed = trmi_clock();
    uint32_t rounds = 300;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--bench") == 0)
            bench = true;
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
            rounds = (uint32_t)strtoul(argv[++i], NULL, 10);
        else
            return fprintf(stderr, "usage: kernels [--bench] [--seed N] [--rounds N]\n"), 2;
    }
    printf("seed %" PRIu64 "\n", seed);
    signal(SIGILL, on_illegal);
    variant all[1 + KNOWN];
    const size_t count = variants(all);
    for (size_t n = 1; n < count; n++) {
        const variant pair[2] = { all[0], all[n] };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            passed &= check(pair, i, seed, rounds);
    }
    aligned = bench;
    for (size_t n = 1; bench && passed && n < count; n++) {
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            bench_shape(&all[n].kernels, i);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            bench_quantised(&all[n].kernels, i);
        bench_elements(&all[n].kernels);
        GRADIENTS(bench_gradients(&all[n].gradients);)
    }
    return passed ? 0 : 1;
}
