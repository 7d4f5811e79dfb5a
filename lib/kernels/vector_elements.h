/* Sums, gates and norms in terms of vectors: see vector_kernels.h. */
#include <assert.h>

#include "lib/kernels/promises.h"
#include "lib/kernels/vector_functions.h"

static void add(float *to, const float *a, const float *b, size_t count)
{
    assert(trmi_whole_panels(count) && trmi_same_or_apart(to, a, count) && trmi_same_or_apart(to, b, count));
    for (size_t i = 0; i < count; i += VECTOR_LANES)
        v_store(to + i, v_add(v_load(a + i), v_load(b + i)));
}

static void add_three(float *to, const float *a, const float *b, const float *c, size_t count)
{
    assert(trmi_whole_panels(count) && trmi_same_or_apart(to, a, count) && trmi_same_or_apart(to, b, count) &&
           trmi_same_or_apart(to, c, count));
    for (size_t i = 0; i < count; i += VECTOR_LANES)
        v_store(to + i, v_add(v_load(a + i), v_add(v_load(b + i), v_load(c + i))));
}

static void gate_plain(float *to, const float *gate, const float *up, size_t count)
{
    assert(trmi_whole_panels(count));
    assert(trmi_same_or_apart(to, gate, count) && trmi_same_or_apart(to, up, count));
    for (size_t i = 0; i < count; i += VECTOR_LANES) {
        const vector g = v_load(gate + i);
        v_store(to + i, v_mul(v_div(g, one_and_exponential(g)), v_load(up + i)));
    }
}

static void gate_normed(float *to, float *gate, const float *up, size_t count)
{
    assert(trmi_whole_panels(count) && trmi_are_apart(to, gate, count) && trmi_are_apart(gate, up, count));
    for (size_t i = 0; i < count; i += VECTOR_LANES) {
        const vector g = v_load(gate + i);
        v_store(to + i, v_mul(g, v_load(up + i)));
        v_store(gate + i, v_div(v_set(1.0f), one_and_exponential(g)));
    }
}

/* ------------------------------------------------------------------------------------------- norms */

/* A row's squares added to a sum. Written into their loops, this made gcc 12 keep the sum in memory on
   ARM. */
INLINE lanes add_squares(lanes sum, const float *row)
{
    for (int i = 0; i < PARTS; i++) {
        const vector x = v_load(row + (size_t)i * VECTOR_LANES);
        sum.part[i] = v_add(sum.part[i], v_mul(x, x));
    }
    return sum;
}

static void norm_columns(trmi_rows_view to, trmi_rows_view a, trmi_rows_view b, uint32_t rows, uint32_t width,
                         float epsilon)
{
    const uint32_t panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    assert(width > 0 && trmi_panels_fit(to.panel, panels, rows));
    for (uint32_t row = 0; row < rows; row++) {
        const size_t offset = (size_t)row * TRMI_PANEL;
        lanes sum = no_lanes();
        for (uint32_t p = 0; p < panels; p++)
            for (int i = 0; i < PARTS; i++) {
                const size_t at = offset + (size_t)i * VECTOR_LANES;
                const vector x = v_add(v_load(a.data + p * a.panel + at), v_load(b.data + p * b.panel + at));
                v_store(to.data + p * to.panel + at, x);
                sum.part[i] = v_add(sum.part[i], v_mul(x, x));
            }
        const vector factor = v_set(trmi_norm_factor(v_fold(sum.part), width, epsilon));
        for (uint32_t p = 0; p < panels; p++)
            for (int i = 0; i < PARTS; i++) {
                float *at = to.data + p * to.panel + offset + (size_t)i * VECTOR_LANES;
                v_store(at, v_mul(v_load(at), factor));
            }
    }
}

static void norm_columns_gated(trmi_rows_view to, trmi_rows_view gate, uint32_t rows, uint32_t width,
                               float epsilon)
{
    const uint32_t panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    assert(width > 0 && trmi_panels_fit(to.panel, panels, rows) && to.data != gate.data);
    for (uint32_t row = 0; row < rows; row++) {
        const size_t offset = (size_t)row * TRMI_PANEL;
        lanes sum = no_lanes();
        for (uint32_t p = 0; p < panels; p++)
            sum = add_squares(sum, to.data + p * to.panel + offset);
        const vector factor = v_set(trmi_norm_factor(v_fold(sum.part), width, epsilon));
        for (uint32_t p = 0; p < panels; p++)
            for (int i = 0; i < PARTS; i++) {
                const size_t at = offset + (size_t)i * VECTOR_LANES;
                float *x = to.data + p * to.panel + at;
                v_store(x, v_mul(v_load(gate.data + p * gate.panel + at), v_mul(v_load(x), factor)));
            }
    }
}

/* The norms' factors of a panel's lanes, from their sums of squares: trmi_norm_factor of each. */
INLINE lanes lane_factors(lanes sum, uint32_t rows, float epsilon)
{
    for (int i = 0; i < PARTS; i++) {
        const vector mean = v_div(sum.part[i], v_set((float)rows));
        const vector factor = v_div(v_set(1.0f), v_sqrt(v_add(mean, v_set(epsilon))));
        sum.part[i] = v_add(factor, v_mul(v_set(0.0f), sum.part[i]));
    }
    return sum;
}

static void norm_rows(float *to, const float *a, const float *b, uint32_t rows, float epsilon)
{
    const size_t count = (size_t)rows * TRMI_PANEL;
    lanes sum = no_lanes();
    for (size_t row = 0; row < count; row += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            const size_t at = row + (size_t)i * VECTOR_LANES;
            const vector x = v_add(v_load(a + at), v_load(b + at));
            v_store(to + at, x);
            sum.part[i] = v_add(sum.part[i], v_mul(x, x));
        }
    const lanes factor = lane_factors(sum, rows, epsilon);
    for (size_t row = 0; row < count; row += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            float *at = to + row + (size_t)i * VECTOR_LANES;
            v_store(at, v_mul(v_load(at), factor.part[i]));
        }
}

static void norm_rows_gated(float *to, const float *gate, uint32_t rows, float epsilon)
{
    const size_t count = (size_t)rows * TRMI_PANEL;
    lanes sum = no_lanes();
    for (size_t row = 0; row < count; row += TRMI_PANEL)
        sum = add_squares(sum, to + row);
    const lanes factor = lane_factors(sum, rows, epsilon);
    for (size_t row = 0; row < count; row += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            const size_t at = row + (size_t)i * VECTOR_LANES;
            v_store(to + at, v_mul(v_load(gate + at), v_mul(v_load(to + at), factor.part[i])));
        }
}
