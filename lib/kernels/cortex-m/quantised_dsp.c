/* 8-bit integers on ARMv7E-M and later: SMLAD multiplies two pairs of 16-bit integers and adds both products.
 *
 * Four rows go together. Their codes are widened once and interleaved, so that a quad of them is one stretch of memory:
 * [depth / 4][4 rows][codes 0 and 2, codes 1 and 3]. A lane's quad is widened in the same order when it is met. */
#include "lib/core/variants.h"
#include "lib/kernels/kernels.h"

#ifdef TRMI_HAVE_CORTEX_M

#include <arm_acle.h>
#include <string.h>

enum { ROWS = 4, CHUNK = 64 }; /* depth that is widened at once: half a kilobyte of stack */

static uint32_t load_quad(const int8_t *at)
{
    uint32_t quad;
    memcpy(&quad, at, sizeof quad);
    return quad;
}

static uint32_t even_codes(uint32_t quad)
{
    return (uint32_t)__sxtb16(quad);
}

static uint32_t odd_codes(uint32_t quad)
{
    return (uint32_t)__sxtb16(quad >> 8 | quad << 24);
}

/* Codes begin .. begin + count of up to four rows; rows that are not there are zeros. */
static void widen(const trmi_quantised_product *p, uint32_t row, uint32_t begin, uint32_t count, uint32_t *to)
{
    for (uint32_t r = 0; r < ROWS; r++) {
        const int8_t *a = p->a + (size_t)(row + r) * p->a_row + begin;
        uint32_t *at = to + (size_t)r * 2;
        for (uint32_t k = 0; k < count; k += TRMI_QUAD, at += ROWS * 2) {
            const uint32_t quad = row + r < p->rows ? load_quad(a + k) : 0;
            at[0] = even_codes(quad);
            at[1] = odd_codes(quad);
        }
    }
}

/* sums[r] += the products of the lane's codes with four rows' */
static void add_lane(int32_t sums[ROWS], const uint32_t *a, const int8_t *b, uint32_t count)
{
    int32_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
    const uint32_t *const end = a + count * 2;
    for (; a < end; a += ROWS * 2, b += TRMI_PANEL * TRMI_QUAD) {
        const uint32_t quad = load_quad(b), even = even_codes(quad), odd = odd_codes(quad);
        s0 = __smlad(a[1], odd, __smlad(a[0], even, s0));
        s1 = __smlad(a[3], odd, __smlad(a[2], even, s1));
        s2 = __smlad(a[5], odd, __smlad(a[4], even, s2));
        s3 = __smlad(a[7], odd, __smlad(a[6], even, s3));
    }
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

static void write_lane(const trmi_quantised_product *p, uint32_t row, uint32_t panel, uint32_t lane,
                       const int32_t sums[ROWS])
{
    const float scale = p->b_scale[panel * p->b_scale_panel + lane];
    float *c = p->c + panel * p->c_panel + (size_t)row * p->c_row + lane;
    for (uint32_t r = 0; r < ROWS && row + r < p->rows; r++)
        c[r * p->c_row] = (float)sums[r] * (p->a_scale[row + r] * scale);
}

static void multiply_rows(const trmi_quantised_product *p, uint32_t row)
{
    uint32_t wide[CHUNK / TRMI_QUAD * ROWS * 2];
    const bool once = p->depth <= CHUNK;
    if (once)
        widen(p, row, 0, p->depth, wide);
    for (uint32_t panel = 0; panel < p->panels; panel++) {
        int32_t sums[TRMI_PANEL][ROWS] = { { 0 } };
        for (uint32_t k = 0; k < p->depth; k += CHUNK) {
            const uint32_t count = p->depth - k < CHUNK ? p->depth - k : CHUNK;
            if (!once)
                widen(p, row, k, count, wide);
            for (uint32_t lane = 0; lane < TRMI_PANEL; lane++)
                add_lane(sums[lane], wide,
                         p->b + panel * p->b_panel + (size_t)k * TRMI_PANEL + lane * TRMI_QUAD, count);
        }
        for (uint32_t lane = 0; lane < TRMI_PANEL; lane++)
            write_lane(p, row, panel, lane, sums[lane]);
    }
}

static void quantised_product(const trmi_quantised_product *p)
{
    for (uint32_t row = 0; row < p->rows; row += ROWS)
        multiply_rows(p, row);
}

void trmi_quantised_dsp(trmi_kernels *kernels)
{
    trmi_quantised_reference(kernels);
    kernels->quantised_product = quantised_product;
}

#endif
