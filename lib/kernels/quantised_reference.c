/* The portable reference of the kernels of 8-bit integers. */
#include <assert.h>

#include "lib/kernels/promises.h"
#include "lib/kernels/scalar.h"

static int32_t exact_sum(const trmi_quantised_product *p, uint32_t row, const int8_t *b)
{
    const int8_t *a = p->a + row * p->a_row;
    int32_t sum = 0;
    for (uint32_t k = 0; k < p->depth; k++) {
        assert(a[k] >= -TRMI_LARGEST_CODE); /* or pairs of products do not fit in 16 bits */
        sum += a[k] * b[(size_t)(k / TRMI_QUAD) * TRMI_PANEL * TRMI_QUAD + k % TRMI_QUAD];
    }
    return sum;
}

static void quantised_product(const trmi_quantised_product *p)
{
    assert(p->rows > 0 && p->depth > 0 && p->depth % TRMI_QUAD == 0 && trmi_sum_fits(p->depth));
    assert(trmi_holds_numbers(p->a_scale) && trmi_holds_numbers(p->b_scale) && trmi_holds_numbers(p->c));
    assert((p->rows == 1 || p->a_row >= p->depth) && trmi_panels_fit(p->b_panel, p->panels, p->depth));
    assert(trmi_places_fit(p->rows, p->c_row, p->panels, p->c_panel));
    assert(trmi_panels_fit(p->b_scale_panel, p->panels, 1) && (TRMI_MAY_ADD || !p->add));
    for (uint32_t panel = 0; panel < p->panels; panel++)
        for (uint32_t row = 0; row < p->rows; row++)
            for (uint32_t lane = 0; lane < TRMI_PANEL; lane++) {
                const int32_t sum = exact_sum(p, row, p->b + panel * p->b_panel + lane * TRMI_QUAD);
                const float scale = p->a_scale[row] * p->b_scale[panel * p->b_scale_panel + lane];
                float *c = &p->c[panel * p->c_panel + row * p->c_row + lane];
                *c = TRMI_MAY_ADD && p->add ? *c + (float)sum * scale : (float)sum * scale;
            }
}

static void quantise_rows(int8_t *codes, float *scales, trmi_rows_view from, uint32_t rows, uint32_t width)
{
    const uint32_t padded = (width + TRMI_PANEL - 1) / TRMI_PANEL * TRMI_PANEL;
    assert(width > 0 && codes != NULL && trmi_holds_numbers(scales));
    assert(trmi_panels_fit(from.panel, trmi_panels_of(width), rows));
    assert(trmi_spare_lanes_are_zero(from.data, from.panel, rows, width));
    for (uint32_t row = 0; row < rows; row++, codes += padded) {
        const float *x = from.data + (size_t)row * TRMI_PANEL;
        float most = 0.0f;
        for (uint32_t k = 0; k < padded; k++)
            most = trmi_larger_magnitude(x[k / TRMI_PANEL * from.panel + k % TRMI_PANEL], most);
        scales[row] = trmi_code_scale(most);
        for (uint32_t k = 0; k < padded; k++)
            codes[k] = trmi_code(x[k / TRMI_PANEL * from.panel + k % TRMI_PANEL], trmi_code_factor(most));
    }
}

static void quantise_lanes(int8_t *codes, float *scales, const float *from, uint32_t rows)
{
    const uint32_t padded = (rows + TRMI_QUAD - 1) / TRMI_QUAD * TRMI_QUAD;
    assert(rows > 0 && codes != NULL && trmi_holds_numbers(scales) && trmi_holds_numbers(from));
    for (uint32_t lane = 0; lane < TRMI_PANEL; lane++) {
        float most = 0.0f;
        for (uint32_t row = 0; row < rows; row++)
            most = trmi_larger_magnitude(from[(size_t)row * TRMI_PANEL + lane], most);
        scales[lane] = trmi_code_scale(most);
        for (uint32_t row = 0; row < padded; row++)
            codes[((size_t)(row / TRMI_QUAD) * TRMI_PANEL + lane) * TRMI_QUAD + row % TRMI_QUAD] =
                row < rows ? trmi_code(from[(size_t)row * TRMI_PANEL + lane], trmi_code_factor(most)) : 0;
    }
}

/* Codes have no offset here. */
static void quantise_side(int8_t *codes, float *scales, int32_t *starts, const float *from, uint32_t rows)
{
    (void)starts;
    quantise_lanes(codes, scales, from, rows);
}

static void quantise_shares(int8_t *codes, const float *shares, size_t count)
{
    assert(trmi_whole_panels(count) && trmi_holds_numbers(shares) && codes != NULL);
    for (size_t i = 0; i < count; i++) {
        assert(!(shares[i] < 0.0f || shares[i] > 1.0f));
        codes[i] = trmi_share_code(shares[i]);
    }
}

static uint64_t quantised_peak(uint64_t rounds, int32_t *sink)
{
    uint32_t chain[8] = { 0 };
    for (uint64_t round = 0; round < rounds; round++)
        for (uint32_t i = 0; i < 8; i++)
            chain[i] = chain[i] * 3 + i;
    for (int i = 0; i < 8; i++)
        *sink += (int32_t)(chain[i] & 1);
    return rounds * 8 * 2;
}

void trmi_quantised_reference(trmi_kernels *kernels)
{
    kernels->adds_quantised = TRMI_MAY_ADD;
    kernels->quantised_product = quantised_product;
    kernels->quantise_rows = quantise_rows;
    kernels->quantise_lanes = TRMI_FOR_MIXERS(quantise_lanes);
    kernels->quantise_side = TRMI_FOR_ATTENTION(quantise_side);
    kernels->quantise_shares = TRMI_FOR_ATTENTION(quantise_shares);
    kernels->quantised_peak = TRMI_FOR_PEAKS(quantised_peak);
}
