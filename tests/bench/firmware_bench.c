/* Instructions of 8-bit products on an emulated Cortex-M, where time is instructions: ours, the portable
 * reference's and, with CMSIS_NN, those of CMSIS-NN's fully connected layer. Before that all of ours are
 * compared with the reference, bit by bit. tests/bench/firmware builds and runs it. */
#include <string.h>

#include "lib/kernels/kernels.h"
#include "platform.h"
#include "text.h"
#include "ticks.h"

#ifdef CMSIS_NN
#include "arm_nnfunctions.h"
#endif

enum { MOST_ROWS = 12, MOST_DEPTH = 160, MOST_PANELS = 6, LANES = TRMI_PANEL, ROUNDS = 64 };

static _Alignas(64) int8_t a[MOST_ROWS * MOST_DEPTH], b[MOST_PANELS * LANES * MOST_DEPTH];
static float a_scale[MOST_ROWS], b_scale[MOST_PANELS * LANES];
static _Alignas(64) float c[2][MOST_PANELS * MOST_ROWS * LANES];

static uint32_t seed = 1;

static uint32_t draw(void)
{
    return seed = seed * 1664525u + 1013904223u;
}

static void fill(void)
{
    for (size_t i = 0; i < sizeof a; i++)
        a[i] = (int8_t)((int)(draw() >> 8) % 128);
    for (size_t i = 0; i < sizeof b; i++)
        b[i] = (int8_t)((int)(draw() >> 8) % 128);
    for (int i = 0; i < MOST_ROWS; i++)
        a_scale[i] = (float)(draw() >> 8) * 1e-9f;
    for (int i = 0; i < MOST_PANELS * LANES; i++)
        b_scale[i] = (float)(draw() >> 8) * 1e-9f;
}

static trmi_quantised_product product_of(uint32_t rows, uint32_t depth, uint32_t panels, float *to)
{
    return (trmi_quantised_product) { .rows = rows,
                                      .depth = depth,
                                      .panels = panels,
                                      .a = a,
                                      .a_row = (depth + LANES - 1) / LANES * LANES,
                                      .a_scale = a_scale,
                                      .b = b,
                                      .b_panel = (size_t)depth * LANES,
                                      .b_scale = b_scale,
                                      .b_scale_panel = LANES,
                                      .c = to,
                                      .c_row = LANES,
                                      .c_panel = (size_t)rows * LANES };
}

/* -- bits -- */

static void compare(const trmi_kernels *ours, const trmi_kernels *portable, uint32_t rows, uint32_t depth,
                    uint32_t panels)
{
    memset(c, 0x55, sizeof c);
    trmi_quantised_product p = product_of(rows, depth, panels, c[0]),
                           q = product_of(rows, depth, panels, c[1]);
    ours->quantised_product(&p);
    portable->quantised_product(&q);
    if (memcmp(c[0], c[1], sizeof c[0]) == 0)
        return;
    put("other bits: rows ");
    put_number(rows);
    put(" depth ");
    put_number(depth);
    put("\n");
    quit(1);
}

/* Ragged sizes, scales so small that products of two are subnormal, scales of nothing. */
static void compare_all(const trmi_kernels *ours, const trmi_kernels *portable)
{
    static const float strange[] = { 0.0f, 1e-38f, 1e-25f, 3e-20f, 1e-45f, 1e30f };
    for (uint32_t round = 0; round < 4; round++) {
        fill();
        for (size_t i = 0; round > 0 && i < sizeof strange / sizeof *strange; i++) {
            a_scale[draw() >> 8 & 7] = strange[i];
            if (round > 1)
                b_scale[(draw() >> 8) % (MOST_PANELS * LANES)] = strange[i];
        }
        for (uint32_t rows = 1; rows <= MOST_ROWS; rows++)
            for (uint32_t depth = 4; depth <= MOST_DEPTH; depth += depth < 72 ? 4 : 44)
                compare(ours, portable, rows, depth, 1 + depth / 4 % 3);
    }
    put("the bits of the reference\n");
}

/* -- instructions -- */

static void show(const char *who, uint32_t rows, uint32_t depth, uint32_t panels, uint32_t elapsed,
                 uint32_t unit)
{
    const uint64_t instructions = instructions_of(elapsed, unit) / ROUNDS;
    const uint64_t multiplied = (uint64_t)rows * depth * panels * LANES;
    put(who);
    put(" ");
    put_number(rows);
    put(" x ");
    put_number(depth);
    put(" x ");
    put_number((uint64_t)panels * LANES);
    put(": ");
    put_number(instructions);
    put(" instructions, ");
    put_number(multiplied * 1000 / instructions);
    put(" multiply-adds a thousand\n");
}

static void time_kernels(const char *who, const trmi_kernels *kernels, uint32_t rows, uint32_t depth,
                         uint32_t panels, uint32_t unit)
{
    const trmi_quantised_product p = product_of(rows, depth, panels, c[0]);
    const uint32_t begin = ticks();
    for (int i = 0; i < ROUNDS; i++)
        kernels->quantised_product(&p);
    show(who, rows, depth, panels, ticks_since(begin), unit);
}

#ifdef CMSIS_NN
static int8_t narrow[MOST_ROWS * MOST_PANELS * LANES];
static int32_t sums[MOST_PANELS * LANES + 64];

/* Rows are its batches, with one requantisation for all outputs, its cheapest: its results are 8-bit
   integers. */
static void time_cmsis(uint32_t rows, uint32_t depth, uint32_t panels, uint32_t unit)
{
    const int32_t outputs = (int32_t)(panels * LANES);
    const cmsis_nn_dims input = { (int32_t)rows, 1, 1, (int32_t)depth },
                        filter = { (int32_t)depth, 1, 1, outputs }, bias = { 1, 1, 1, outputs },
                        output = { (int32_t)rows, 1, 1, outputs };
    const cmsis_nn_fc_params parameters = { 0, 0, 0, { -128, 127 } };
    const cmsis_nn_per_tensor_quant_params scale = { 1073741824, -7 };
    const cmsis_nn_context context = { sums, sizeof sums };
    arm_vector_sum_s8(sums, (int32_t)depth, outputs, b, 0, 0, NULL);
    const uint32_t begin = ticks();
    for (int i = 0; i < ROUNDS; i++)
        if (arm_fully_connected_s8(&context, &parameters, &scale, &input, a, &filter, b, &bias, NULL, &output,
                                   narrow) != ARM_CMSIS_NN_SUCCESS)
            quit(2);
    show("CMSIS-NN", rows, depth, panels, ticks_since(begin), unit);
}
#endif

int main(void)
{
    static const uint32_t shapes[][3] = { { 4, 20, 6 }, { 4, 40, 2 }, { 9, 20, 6 }, { 9, 40, 2 },
                                          { 4, 32, 6 }, { 8, 32, 6 }, { 4, 128, 6 } };
    trmi_kernels ours, portable;
#if defined(TRMI_HAVE_HELIUM)
    trmi_quantised_helium(&ours);
#else
    trmi_quantised_dsp(&ours);
#endif
    trmi_quantised_reference(&portable);
    compare_all(&ours, &portable);
    fill();
    start_ticks();
    const uint32_t unit = calibrate_ticks();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const uint32_t *s = shapes[i];
        time_kernels("portable", &portable, s[0], s[1], s[2], unit);
        time_kernels("ours", &ours, s[0], s[1], s[2], unit);
#ifdef CMSIS_NN
        time_cmsis(s[0], s[1], s[2], unit);
#endif
    }
    return 0;
}
