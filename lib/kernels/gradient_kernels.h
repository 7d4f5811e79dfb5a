/* The backward passes in plain C, in loops over 16 lanes that compilers make vectors of. Each instruction set
 * includes this one text, so that all have the same operations in the same order. */
#include <assert.h>
#include <string.h>

#include "lib/kernels/gradients.h"
#include "lib/kernels/halting.h"
#include "lib/kernels/promises.h"
#include "lib/kernels/scalar.h"

#define EACH_LANE for (int i = 0; i < TRMI_PANEL; i++)

static void transpose_rest(float *restrict to, const float *restrict from, size_t row, uint32_t rows)
{
    for (uint32_t column = 0; column < TRMI_PANEL; column++)
        for (uint32_t i = 0; i < TRMI_PANEL; i++)
            to[column * TRMI_PANEL + i] = i < rows ? from[i * row + column] : 0.0f;
}

static void transpose_block(float *restrict to, const float *restrict from, size_t row)
{
    for (int column = 0; column < TRMI_PANEL; column++)
        EACH_LANE to[column * TRMI_PANEL + i] = from[(size_t)i * row + (size_t)column];
}

static void transpose(float *to, trmi_rows_read from, size_t row, uint32_t rows, uint32_t panels)
{
    assert(trmi_holds_numbers(to) && to != from.data && row >= TRMI_PANEL);
    assert(trmi_places_fit(rows, row, panels, from.panel));
    for (uint32_t begin = 0; begin < rows; begin += TRMI_PANEL)
        for (uint32_t p = 0; p < panels; p++) {
            float *block = to + ((size_t)begin * panels + (size_t)p * TRMI_PANEL) * TRMI_PANEL;
            const float *at = from.data + p * from.panel + begin * row;
            if (rows - begin >= TRMI_PANEL)
                transpose_block(block, at, row);
            else
                transpose_rest(block, at, row, rows - begin);
        }
}

static void accumulate(float *restrict to, const float *restrict a, size_t count)
{
    assert(trmi_whole_panels(count) && trmi_are_apart(to, a, count));
    for (size_t at = 0; at < count; at++)
        to[at] += a[at];
}

/* Of silu(g) u, 16 numbers. */
static inline void gate_lanes(float *restrict gate_to, float *restrict up_to, const float *restrict from,
                              const float *restrict gate, const float *restrict up)
{
    EACH_LANE
    {
        const float g = gate[i], s = trmi_gate(g), d = from[i];
        gate_to[i] = d * up[i] * (s * (1.0f + g * (1.0f - s)));
        up_to[i] = d * (g * s);
    }
}

static void gate_plain(float *gate_to, float *up_to, const float *from, const float *gate, const float *up,
                       size_t count)
{
    assert(trmi_whole_panels(count) && trmi_are_apart(gate_to, up_to, count));
    assert(trmi_are_apart(gate_to, gate, count) && trmi_are_apart(gate_to, up, count));
    for (size_t at = 0; at < count; at += TRMI_PANEL)
        gate_lanes(gate_to + at, up_to + at, from + at, gate + at, up + at);
}

/* First pass over 16 numbers of sigmoid(g) r(g u): sigmoid into `keep`, sums of p^2 and of sigmoid from p. */
static inline void gate_sums(float *restrict keep, const float *restrict from, const float *restrict gate,
                             const float *restrict up, float *restrict squares, float *restrict mixed)
{
    EACH_LANE
    {
        const float p = gate[i] * up[i], s = trmi_gate(gate[i]);
        keep[i] = s;
        squares[i] += p * p;
        mixed[i] += from[i] * s * p;
    }
}

/* Second pass: gate_to holds the sigmoid. factor is that of r; drag is factor^3 mean(from sigmoid p). */
static inline void gate_finish(float *restrict gate_to, float *restrict up_to, const float *restrict from,
                               const float *restrict gate, const float *restrict up,
                               const float *restrict factor, const float *restrict drag)
{
    EACH_LANE
    {
        const float g = gate[i], u = up[i], p = g * u, s = gate_to[i], d = from[i];
        const float of_p = factor[i] * (d * s) - p * drag[i];
        gate_to[i] = of_p * u + d * (p * factor[i]) * (s * (1.0f - s));
        up_to[i] = of_p * g;
    }
}

static void gate_normed_rows(float *gate_to, float *up_to, const float *from, const float *gate,
                             const float *up, uint32_t rows, float epsilon)
{
    const size_t count = (size_t)rows * TRMI_PANEL;
    assert(rows > 0 && trmi_are_apart(gate_to, up_to, count) && trmi_are_apart(gate_to, gate, count));
    float squares[TRMI_PANEL] = { 0.0f }, mixed[TRMI_PANEL] = { 0.0f };
    for (size_t at = 0; at < count; at += TRMI_PANEL)
        gate_sums(gate_to + at, from + at, gate + at, up + at, squares, mixed);
    float factor[TRMI_PANEL], drag[TRMI_PANEL];
    EACH_LANE factor[i] = trmi_norm_factor(squares[i], rows, epsilon);
    EACH_LANE drag[i] = factor[i] * factor[i] * factor[i] * (mixed[i] / (float)rows);
    for (size_t at = 0; at < count; at += TRMI_PANEL)
        gate_finish(gate_to + at, up_to + at, from + at, gate + at, up + at, factor, drag);
}

/* With s = a + b: sums of s^2 and of from y. */
static inline void norm_sums(const float *restrict from, const float *restrict y, const float *restrict a,
                             const float *restrict b, float *restrict squares, float *restrict mixed)
{
    EACH_LANE
    {
        const float s = a[i] + b[i];
        squares[i] += s * s;
        mixed[i] += from[i] * y[i];
    }
}

static void norm_rows(float *to, const float *from, const float *y, const float *a, const float *b,
                      uint32_t rows, float epsilon)
{
    const size_t count = (size_t)rows * TRMI_PANEL;
    assert(rows > 0 && trmi_are_apart(to, from, count) && trmi_are_apart(to, y, count));
    float squares[TRMI_PANEL] = { 0.0f }, mean[TRMI_PANEL] = { 0.0f }, factor[TRMI_PANEL];
    for (size_t at = 0; at < count; at += TRMI_PANEL)
        norm_sums(from + at, y + at, a + at, b + at, squares, mean);
    EACH_LANE factor[i] = trmi_norm_factor(squares[i], rows, epsilon);
    EACH_LANE mean[i] = mean[i] / (float)rows;
    for (size_t at = 0; at < count; at += TRMI_PANEL) {
        float *restrict out = to + at;
        const float *restrict in = from + at, *restrict normal = y + at;
        EACH_LANE out[i] = factor[i] * (in[i] - normal[i] * mean[i]);
    }
}

static void softmax(float *gradient, const float *p, size_t stride, uint32_t rows, float scale)
{
    assert(trmi_whole_panels(stride) && trmi_are_apart(gradient, p, rows * stride));
    for (uint32_t row = 0; row < rows; row++, gradient += stride, p += stride) {
        float lane[TRMI_PANEL] = { 0.0f };
        for (size_t at = 0; at < stride; at += TRMI_PANEL)
            EACH_LANE lane[i] += p[at + (size_t)i] * gradient[at + (size_t)i];
        const float sum = trmi_fold(lane);
        for (size_t at = 0; at < stride; at++)
            gradient[at] = scale * (p[at] * (gradient[at] - sum));
    }
}

/* ------------------------------------------------------------------------------------------- halting */

/* d/dc_i -log sum exp(-c) = exp(-c_i) / sum exp(-c) */
static void halt_softmin(float *restrict to, const float *restrict logits, uint32_t count, float whole,
                         float slope)
{
    for (uint32_t i = 0; i < count; i++)
        to[i] += slope * trmi_exp(whole - logits[i]);
}

/* With L = log P: d/dc (L - log(1 - exp(L))) = sigmoid(-c) / (1 - exp(L)), and nothing where L is held. */
static void halt_product(float *restrict to, const float *restrict logits, uint32_t count, float slope)
{
    float lane[TRMI_PANEL] = { 0.0f };
    for (uint32_t i = 0; i < count; i++)
        lane[i % TRMI_PANEL] += trmi_log_sigmoid(logits[i]);
    const float log_p = trmi_fold(lane);
    if (log_p > TRMI_LARGEST_LOG_P)
        return;
    const float factor = slope / -trmi_expm1(log_p);
    for (uint32_t i = 0; i < count; i++)
        to[i] += factor * trmi_sigmoid(-logits[i]);
}

static void fill_table(trmi_gradients *gradients)
{
    *gradients = (trmi_gradients) {
        .transpose = transpose,
        .accumulate = accumulate,
        .gate_plain = gate_plain,
        .gate_normed_rows = gate_normed_rows,
        .norm_rows = norm_rows,
        .softmax = softmax,
        .halt_softmin = halt_softmin,
        .halt_product = halt_product,
    };
}
