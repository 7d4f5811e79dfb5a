/* Products, and kernels that work element by element. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "tests/kernels/harness.h"

static bool case_product(const variant *v)
{
    const uint32_t rows = between(1, 40), panels = between(1, 5);
    const uint32_t depth =
        next() % 8 == 0 ? between(500, 1100) : between(1, 100); /* also beyond one block of it */
    const bool plain = next() % 2, accumulate = next() % 2,
               add = !accumulate && depth <= TRMI_ADDED_DEPTH && next() % 2;
    const size_t a_row = plain ? depth + between(0, 3) : TRMI_PANEL;
    const size_t a_block = plain ? TRMI_PANEL : (rows + between(0, 2)) * TRMI_PANEL;
    const size_t b_panel = (depth + between(0, 2)) * TRMI_PANEL;
    const bool wide = next() % 2; /* rows of C beside each other, as scores are */
    const size_t c_row = wide ? panels * TRMI_PANEL + TRMI_PANEL * between(0, 1) : TRMI_PANEL;
    const size_t c_panel = wide ? TRMI_PANEL : (rows + between(0, 1)) * TRMI_PANEL;
    const size_t blocks = (depth + TRMI_PANEL - 1) / TRMI_PANEL;
    twin a = twin_new(plain ? rows * a_row : blocks * a_block, true);
    twin b = twin_new(panels * b_panel, true);
    twin c = twin_new(wide ? rows * c_row : panels * c_panel, accumulate || add);
    for (int side = 0; side < 2; side++)
        v[side].kernels.product(&(trmi_product) { rows, depth, panels, a.data[side], a_row, a_block,
                                                  b.data[side], b_panel, c.data[side], c_row, c_panel,
                                                  accumulate, add, next() % 2 == 0 });
    return (int)twin_same(a) & (int)twin_same(b) & (int)twin_same(c);
}

twin codes_new(size_t count)
{
    twin t = twin_new((count + sizeof(float) - 1) / sizeof(float), true);
    t.codes = true;
    int8_t *codes[2] = { (int8_t *)t.data[0], (int8_t *)t.data[1] };
    for (size_t i = 0; i < count; i++) {
        const int extreme = next() % 16 == 0;
        codes[0][i] = codes[1][i] =
            (int8_t)(extreme ? (next() % 2 ? 127 : -127) : (int)between(0, 254) - 127);
    }
    return t;
}

/* Adds or takes off what a variant's kernels offset activations by, which the reference does not. */
static void offset_codes(const trmi_kernels *kernels, twin codes)
{
    for (size_t i = 0; i < codes.count * sizeof(float); i++)
        ((uint8_t *)codes.data[1])[i] ^= kernels->code_offset;
}

/* What the sums of each row, or lane, of a weight start at: see trmi_quantised_product. */
static twin starts_new(const trmi_kernels *kernels, const trmi_quantised_product *p)
{
    const size_t count = p->a_is_weight ? p->rows : p->panels * p->b_scale_panel;
    twin starts = twin_new(count, false);
    starts.codes = true;
    int32_t *start = (int32_t *)starts.data[1];
    memset(starts.data[0], 0, count * sizeof *start);
    memset(start, 0, count * sizeof *start);
    for (uint32_t row = 0; p->a_is_weight && row < p->rows; row++)
        for (uint32_t k = 0; k < p->depth; k++)
            start[row] -= kernels->code_offset * p->a[row * p->a_row + k];
    for (uint32_t lane = 0; !p->a_is_weight && lane < p->panels * TRMI_PANEL; lane++)
        for (uint32_t k = 0; k < p->depth; k++)
            start[lane / TRMI_PANEL * p->b_scale_panel + lane % TRMI_PANEL] -=
                kernels->code_offset *
                p->b[lane / TRMI_PANEL * p->b_panel +
                     (k / TRMI_QUAD * TRMI_PANEL + lane % TRMI_PANEL) * TRMI_QUAD + k % TRMI_QUAD];
    memcpy(starts.data[0], start, count * sizeof *start);
    return starts;
}

static bool case_quantised_product(const variant *v)
{
    const uint32_t rows = next() % 16 == 0 ? between(150, 400) : between(1, 40), panels = between(1, 5),
                   depth = TRMI_QUAD * (next() % 8 == 0 ? between(100, 300) : between(1, 40));
    const size_t a_row = depth + between(0, 17), b_panel = (depth + 4 * between(0, 3)) * TRMI_PANEL;
    const size_t scale_panel = TRMI_PANEL * between(1, 2);
    const bool wide = next() % 2, a_is_weight = next() % 2, add = v[1].kernels.adds_quantised && next() % 2;
    const size_t c_row = wide ? panels * TRMI_PANEL + TRMI_PANEL * between(0, 1) : TRMI_PANEL;
    const size_t c_panel = wide ? TRMI_PANEL : (rows + between(0, 1)) * TRMI_PANEL;
    twin a = codes_new(rows * a_row), b = codes_new(panels * b_panel), a_scale = twin_new(rows, true),
         b_scale = twin_new(panels * scale_panel, true),
         c = twin_new(wide ? rows * c_row : panels * c_panel, add);
    trmi_quantised_product p[2];
    for (int side = 0; side < 2; side++)
        p[side] = (trmi_quantised_product) { rows,
                                             depth,
                                             panels,
                                             (const int8_t *)a.data[side],
                                             a_row,
                                             a_scale.data[side],
                                             (const int8_t *)b.data[side],
                                             b_panel,
                                             b_scale.data[side],
                                             scale_panel,
                                             c.data[side],
                                             c_row,
                                             c_panel,
                                             a_is_weight,
                                             NULL,
                                             add };
    twin starts = starts_new(&v[1].kernels, &p[1]), activations = a_is_weight ? b : a;
    p[1].starts = (const int32_t *)starts.data[1];
    offset_codes(&v[1].kernels, activations);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantised_product(&p[side]);
    offset_codes(&v[1].kernels, activations);
    return (int)twin_same(a) & (int)twin_same(b) & (int)twin_same(a_scale) & (int)twin_same(b_scale) &
           (int)twin_same(starts) & (int)twin_same(c);
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
    codes.codes = true;
    spread(from);
    zero_spare_lanes(from, rows, width, panel);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantise_rows((int8_t *)codes.data[side], scales.data[side],
                                      (trmi_rows_view) { from.data[side], panel }, rows, width);
    offset_codes(&v[1].kernels, codes);
    return (int)twin_same(from) & (int)twin_same(scales) & (int)twin_same(codes);
}

static bool case_quantise_lanes(const variant *v)
{
    const uint32_t rows = between(1, 70);
    twin from = twin_new((size_t)rows * TRMI_PANEL, true), scales = twin_new(TRMI_PANEL, false),
         codes = twin_new((size_t)(rows + 3) / 4 * TRMI_PANEL, false);
    codes.codes = true;
    spread(from);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantise_lanes((int8_t *)codes.data[side], scales.data[side], from.data[side], rows);
    offset_codes(&v[1].kernels, codes);
    return (int)twin_same(from) & (int)twin_same(scales) & (int)twin_same(codes);
}

/* -offset times the sum of each lane's codes, of `quads` fours. */
static void start_lanes(const trmi_kernels *kernels, const int8_t *codes, uint32_t quads, int32_t *start)
{
    for (uint32_t lane = 0; lane < TRMI_PANEL; lane++) {
        start[lane] = 0;
        for (uint32_t k = 0; k < quads * TRMI_QUAD; k++)
            start[lane] -=
                kernels->code_offset * codes[(k / TRMI_QUAD * TRMI_PANEL + lane) * TRMI_QUAD + k % TRMI_QUAD];
    }
}

static bool case_quantise_side(const variant *v)
{
    const uint32_t rows = between(1, 70), quads = (rows + 3) / 4;
    twin from = twin_new((size_t)rows * TRMI_PANEL, true), scales = twin_new(TRMI_PANEL, false),
         codes = twin_new((size_t)quads * TRMI_PANEL, false), starts = twin_new(TRMI_PANEL, false);
    codes.codes = starts.codes = true;
    spread(from);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantise_side((int8_t *)codes.data[side], scales.data[side],
                                      (int32_t *)starts.data[side], from.data[side], rows);
    if (v[1].kernels.code_offset != 0)
        start_lanes(&v[1].kernels, (const int8_t *)codes.data[0], quads, (int32_t *)starts.data[0]);
    return (int)twin_same(from) & (int)twin_same(scales) & (int)twin_same(codes) & (int)twin_same(starts);
}

/* Numbers 0 .. 1, among them both ends and what lies between two codes. */
static twin shares_new(size_t count)
{
    twin shares = twin_new(count, true);
    for (size_t i = 0; i < count; i++) {
        const float some[] = { 0.0f, 1.0f, (float)(2 * between(0, 253) + 1) / 508.0f, 1e-6f,
                               (float)between(0, 1 << 20) / (float)(1 << 20) };
        shares.data[0][i] = shares.data[1][i] = some[next() % 5];
    }
    return shares;
}

static bool codes_are_near(const int8_t *codes, const float *shares, size_t count)
{
    bool near = true;
    for (size_t i = 0; i < count; i++)
        near &= fabs((codes[i] + 127) / 254.0 - (double)shares[i]) <= 0.5001 / 254.0;
    return near;
}

static bool case_quantise_shares(const variant *v)
{
    const size_t count = (size_t)between(1, 20) * TRMI_PANEL;
    twin shares = shares_new(count), codes = twin_new(count / sizeof(float), false);
    codes.codes = true;
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantise_shares((int8_t *)codes.data[side], shares.data[side], count);
    offset_codes(&v[1].kernels, codes);
    return (int)codes_are_near((int8_t *)codes.data[0], shares.data[0], count) & (int)twin_same(shares) &
           (int)twin_same(codes);
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

const named_case forward_cases[] = {
    { "product", case_product, true },
    { "quantised_product", case_quantised_product, true },
    { "quantise_rows", case_quantise_rows, true },
    { "quantise_lanes", case_quantise_lanes, true },
    { "quantise_side", case_quantise_side, true },
    { "quantise_shares", case_quantise_shares, true },
    { "add", case_add, true },
    { "gate_plain", case_gate_plain, true },
    { "gate_normed", case_gate_normed, true },
    { "norm_columns", case_norm_columns, true },
    { "norm_rows", case_norm_rows, true },
    { "softmax", case_softmax, true },
    { "scale_rows", case_scale_rows, true },
    { "rotate", case_rotate, true },
    { NULL, NULL, false },
};
