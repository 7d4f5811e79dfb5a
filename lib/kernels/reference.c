/* The portable reference of every kernel: short enough to believe, and what every other variant must match to
 * the bit. */
#include "lib/kernels/kernels.h"

#include <assert.h>

#include "lib/core/fused.h"
#include "lib/kernels/promises.h"
#include "lib/kernels/scalar.h"

static float product_element(const trmi_product *p, uint32_t row, const float *b, float sum)
{
    for (uint32_t k = 0; k < p->depth; k++) {
        const float a = p->a[(k / TRMI_PANEL) * p->a_block + row * p->a_row + k % TRMI_PANEL];
        sum = trmi_fused(a, b[(size_t)k * TRMI_PANEL], sum);
    }
    return sum;
}

static void product(const trmi_product *p)
{
    assert(p->rows > 0 && p->depth > 0); /* no other set begins a chain of nothing */
    assert(trmi_holds_numbers(p->a) && trmi_holds_numbers(p->b) && trmi_holds_numbers(p->c));
    assert(trmi_left_side_fits(p) && trmi_panels_fit(p->b_panel, p->panels, p->depth));
    assert(trmi_places_fit(p->rows, p->c_row, p->panels, p->c_panel));
    assert(!p->add || (TRMI_MAY_ADD && !p->accumulate && p->depth <= TRMI_ADDED_DEPTH));
    for (uint32_t panel = 0; panel < p->panels; panel++)
        for (uint32_t row = 0; row < p->rows; row++)
            for (uint32_t lane = 0; lane < TRMI_PANEL; lane++) {
                float *c = p->c + panel * p->c_panel + row * p->c_row + lane;
                const float chain =
                    product_element(p, row, p->b + panel * p->b_panel + lane, p->accumulate ? *c : 0.0f);
                *c = TRMI_MAY_ADD && p->add ? *c + chain : chain;
            }
}

static void add(float *to, const float *a, const float *b, size_t count)
{
    assert(trmi_whole_panels(count) && trmi_holds_numbers(to));
    assert(trmi_same_or_apart(to, a, count) && trmi_same_or_apart(to, b, count));
    for (size_t i = 0; i < count; i++)
        to[i] = a[i] + b[i];
}

static void add_three(float *to, const float *a, const float *b, const float *c, size_t count)
{
    assert(trmi_whole_panels(count) && trmi_holds_numbers(to));
    assert(trmi_same_or_apart(to, a, count) && trmi_same_or_apart(to, b, count) &&
           trmi_same_or_apart(to, c, count));
    for (size_t i = 0; i < count; i++)
        to[i] = a[i] + (b[i] + c[i]);
}

static void gate_plain(float *to, const float *gate, const float *up, size_t count)
{
    assert(trmi_whole_panels(count) && trmi_holds_numbers(to));
    assert(trmi_same_or_apart(to, gate, count) && trmi_same_or_apart(to, up, count));
    for (size_t i = 0; i < count; i++)
        to[i] = trmi_silu(gate[i]) * up[i];
}

static void gate_normed(float *to, float *gate, const float *up, size_t count)
{
    assert(trmi_whole_panels(count) && trmi_holds_numbers(to));
    assert(trmi_are_apart(to, gate, count) && trmi_are_apart(gate, up, count)); /* both are written */
    for (size_t i = 0; i < count; i++) {
        to[i] = gate[i] * up[i];
        gate[i] = trmi_gate(gate[i]);
    }
}

/* The norm's factor of one row; width is rounded up to whole panels, whose spare lanes are zero. */
static float row_factor(trmi_rows_view view, uint32_t row, uint32_t width, float epsilon)
{
    float lane[TRMI_PANEL] = { 0.0f };
    for (uint32_t column = 0; column < width; column += TRMI_PANEL) {
        const float *at = view.data + column / TRMI_PANEL * view.panel + (size_t)row * TRMI_PANEL;
        for (uint32_t i = 0; i < TRMI_PANEL; i++)
            lane[i] += at[i] * at[i];
    }
    return trmi_norm_factor(trmi_fold(lane), width, epsilon);
}

static void norm_columns(trmi_rows_view to, trmi_rows_view a, trmi_rows_view b, uint32_t rows, uint32_t width,
                         float epsilon)
{
    const uint32_t panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    assert(width > 0 && trmi_panels_fit(to.panel, panels, rows));
    assert(trmi_spare_lanes_are_zero(a.data, a.panel, rows, width));
    assert(trmi_spare_lanes_are_zero(b.data, b.panel, rows, width));
    for (uint32_t row = 0; row < rows; row++) {
        const size_t offset = (size_t)row * TRMI_PANEL;
        for (uint32_t p = 0; p < panels; p++)
            add(to.data + p * to.panel + offset, a.data + p * a.panel + offset, b.data + p * b.panel + offset,
                TRMI_PANEL);
        const float factor = row_factor(to, row, width, epsilon);
        for (uint32_t p = 0; p < panels; p++)
            for (uint32_t i = 0; i < TRMI_PANEL; i++)
                to.data[p * to.panel + offset + i] *= factor;
    }
}

static void norm_columns_gated(trmi_rows_view to, trmi_rows_view gate, uint32_t rows, uint32_t width,
                               float epsilon)
{
    const uint32_t panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    assert(width > 0 && trmi_panels_fit(to.panel, panels, rows) && to.data != gate.data);
    assert(trmi_spare_lanes_are_zero(to.data, to.panel, rows, width));
    for (uint32_t row = 0; row < rows; row++) {
        const size_t offset = (size_t)row * TRMI_PANEL;
        const float factor = row_factor(to, row, width, epsilon);
        for (uint32_t p = 0; p < panels; p++)
            for (uint32_t i = 0; i < TRMI_PANEL; i++) {
                float *at = to.data + p * to.panel + offset + i;
                *at = gate.data[p * gate.panel + offset + i] * (*at * factor);
            }
    }
}

static void lane_factors(const float *panel, uint32_t rows, float epsilon, float factor[TRMI_PANEL])
{
    float sum[TRMI_PANEL] = { 0.0f };
    for (uint32_t row = 0; row < rows; row++)
        for (uint32_t i = 0; i < TRMI_PANEL; i++)
            sum[i] += panel[(size_t)row * TRMI_PANEL + i] * panel[(size_t)row * TRMI_PANEL + i];
    for (uint32_t i = 0; i < TRMI_PANEL; i++)
        factor[i] = trmi_norm_factor(sum[i], rows, epsilon);
}

static void norm_rows(float *to, const float *a, const float *b, uint32_t rows, float epsilon)
{
    float factor[TRMI_PANEL];
    assert(rows > 0 && epsilon > 0.0f); /* a lane of zeros stays one */
    add(to, a, b, (size_t)rows * TRMI_PANEL);
    lane_factors(to, rows, epsilon, factor);
    for (size_t i = 0; i < (size_t)rows * TRMI_PANEL; i++)
        to[i] *= factor[i % TRMI_PANEL];
}

static void norm_rows_gated(float *to, const float *gate, uint32_t rows, float epsilon)
{
    float factor[TRMI_PANEL];
    assert(rows > 0 && trmi_are_apart(to, gate, (size_t)rows * TRMI_PANEL));
    lane_factors(to, rows, epsilon, factor);
    for (size_t i = 0; i < (size_t)rows * TRMI_PANEL; i++)
        to[i] = gate[i] * (to[i] * factor[i % TRMI_PANEL]);
}

/* The largest of the numbers; NaN when one of them is infinite or NaN. */
static float largest(const float *row, uint32_t count)
{
    float most = row[0], overflow = 0.0f;
    for (uint32_t j = 0; j < count; j++) {
        most = trmi_max(row[j], most);
        overflow += 0.0f * row[j];
    }
    return most + overflow;
}

static void softmax(float *scores, size_t stride, uint32_t rows, uint32_t count, float scale, float *inverse)
{
    assert(count > 0 && count <= stride && trmi_whole_panels(stride));
    assert(trmi_holds_numbers(inverse) && trmi_are_apart(scores, inverse, rows));
    const float factor = scale * TRMI_LOG2_E;
    for (uint32_t row = 0; row < rows; row++, scores += stride) {
        const float most = largest(scores, count);
        float lane[TRMI_PANEL] = { 0.0f };
        for (size_t j = 0; j < stride; j++) {
            scores[j] = j < count ? trmi_exp2((scores[j] - most) * factor) : 0.0f;
            lane[j % TRMI_PANEL] += scores[j];
        }
        inverse[row] = 1.0f / trmi_fold(lane) + 0.0f * most;
    }
}

static void scale_rows(trmi_rows_view to, uint32_t panels, uint32_t rows, const float *factor)
{
    assert(trmi_holds_numbers(to.data) && trmi_panels_fit(to.panel, panels, rows));
    assert(trmi_are_apart(to.data, factor, rows));
    for (uint32_t p = 0; p < panels; p++)
        for (size_t i = 0; i < (size_t)rows * TRMI_PANEL; i++)
            to.data[p * to.panel + i] *= factor[i / TRMI_PANEL];
}

void trmi_rotate(trmi_rows_view head, uint32_t rows, uint32_t half, const float *cosines, const float *sines)
{
    assert(half > 0 && trmi_panels_fit(head.panel, trmi_panels_of(2 * half), rows));
    assert(trmi_holds_numbers(head.data) && trmi_holds_numbers(cosines) && trmi_holds_numbers(sines));
    for (uint32_t row = 0; row < rows; row++)
        for (uint32_t i = 0; i < half; i++) {
            const uint32_t j = i + half;
            float *first =
                head.data + i / TRMI_PANEL * head.panel + (size_t)row * TRMI_PANEL + i % TRMI_PANEL;
            float *second =
                head.data + j / TRMI_PANEL * head.panel + (size_t)row * TRMI_PANEL + j % TRMI_PANEL;
            const float c = cosines[(size_t)row * half + i], s = sines[(size_t)row * half + i];
            const float a = *first, b = *second;
            *first = a * c - b * s;
            *second = b * c + a * s;
        }
}

static uint64_t peak(uint64_t rounds, float *sink)
{
    float chain[8] = { 0.0f };
    for (uint64_t round = 0; round < rounds; round++)
        for (int i = 0; i < 8; i++)
            chain[i] = trmi_fused(chain[i], 0.5f, 1.0f);
    for (int i = 0; i < 8; i++)
        *sink += chain[i];
    return rounds * 8 * 2;
}

#ifdef TRM_FREESTANDING
enum { ROW_TILE = 4 };
#else
enum { ROW_TILE = 64 };
#endif

void trmi_kernels_reference(trmi_kernels *kernels)
{
    *kernels = (trmi_kernels) {
        .row_tile = ROW_TILE,
        .product = product,
        .add = add,
        .add_three = add_three,
        .gate_plain = TRMI_FOR_PUBLISHED(gate_plain),
        .gate_normed = TRMI_FOR_PUBLISHED(gate_normed),
        .norm_columns = norm_columns,
        .norm_columns_gated = norm_columns_gated,
        .norm_rows = TRMI_FOR_MIXERS(norm_rows),
        .norm_rows_gated = TRMI_FOR_MIXERS(norm_rows_gated),
        .softmax = TRMI_FOR_ATTENTION(softmax),
        .scale_rows = TRMI_FOR_ATTENTION(scale_rows),
        .rotate = TRMI_FOR_ATTENTION(trmi_rotate),
        .peak = TRMI_FOR_PEAKS(peak),
    };
    trmi_aggregates_reference(kernels);
}
