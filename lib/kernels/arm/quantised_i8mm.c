/* 8-bit integers with the matrix products of ARMv8.6: two rows of eight k by two lanes of eight k an
   instruction. */
#include "lib/kernels/kernels.h"

#if defined(__aarch64__) && defined(__ARM_FEATURE_MATMUL_INT8)

#include "lib/kernels/arm/integers_dotprod.h"

#define TILE_ROWS 6
#include "lib/kernels/quantised_kernels.h"

enum { OCT = 2 * TRMI_QUAD, PAIRS = TILE_ROWS / 2, LANE_PAIRS = TRMI_PANEL / 2 };

/* Eight k of two lanes: of those 2 j and 2 j + 1 of a panel, from its quads at b. */
INLINE int8x16_t lane_pair(const int8_t *b, int j, bool odd)
{
    const int8_t *quad = b + j / 2 * 16;
    const int32x4_t first = vreinterpretq_s32_s8(vld1q_s8(quad)),
                    second = odd ? vdupq_n_s32(0) : vreinterpretq_s32_s8(vld1q_s8(quad + QUAD_BYTES));
    return vreinterpretq_s8_s32(j % 2 ? vzip2q_s32(first, second) : vzip1q_s32(first, second));
}

/* Eight k of two rows; where the depth ends after four, the others count nothing. */
INLINE int8x16_t row_pair(const int8_t *a, size_t a_row, bool odd)
{
    if (!odd)
        return vcombine_s8(vld1_s8(a), vld1_s8(a + a_row));
    int8_t bytes[2 * OCT] = { 0 };
    memcpy(bytes, a, TRMI_QUAD);
    memcpy(bytes + OCT, a + a_row, TRMI_QUAD);
    return vld1q_s8(bytes);
}

/* One step of k of some pairs of rows; the counts are constants where this is called. */
INLINE void multiply_octs(const tile_view *v, uint32_t k, const uint32_t pairs, const bool odd,
                          int32x4_t sums[PAIRS][LANE_PAIRS])
{
    int8x16_t a[PAIRS];
    for (uint32_t i = 0; i < pairs; i++)
        a[i] = row_pair(v->a + k + 2 * i * v->a_row, v->a_row, odd);
    const int8_t *b = v->b[0] + (size_t)k * TRMI_PANEL;
    for (int j = 0; j < LANE_PAIRS; j++) {
        const int8x16_t lanes = lane_pair(b, j, odd);
        for (uint32_t i = 0; i < pairs; i++)
            sums[i][j] = vmmlaq_s32(sums[i][j], a[i], lanes);
    }
}

INLINE void store_row(const tile_view *v, int half, uint32_t row, integers sum)
{
    const vector scale = v_mul(v_set(v->a_scale[row]), v_load(v->b_scale[half]));
    v_store(v->c[half] + row * v->c_row, v_mul(i_to_numbers(sum), scale));
}

/* sums[j] has row 0 by lanes 2 j and 2 j + 1, then row 1 by them. */
INLINE void store_pair(const tile_view *v, uint32_t row, const int32x4_t sums[LANE_PAIRS])
{
    for (int half = 0; half < 2; half++) {
        int64x2_t s[4];
        for (int j = 0; j < 4; j++)
            s[j] = vreinterpretq_s64_s32(sums[half * 4 + j]);
        const integers first = { vreinterpretq_s32_s64(vzip1q_s64(s[0], s[1])),
                                 vreinterpretq_s32_s64(vzip1q_s64(s[2], s[3])) };
        const integers second = { vreinterpretq_s32_s64(vzip2q_s64(s[0], s[1])),
                                  vreinterpretq_s32_s64(vzip2q_s64(s[2], s[3])) };
        store_row(v, half, row, first);
        store_row(v, half, row + 1, second);
    }
}

INLINE void pairs_tile(const tile_view *v, const uint32_t pairs)
{
    int32x4_t sums[PAIRS][LANE_PAIRS];
    for (uint32_t i = 0; i < pairs; i++)
        for (int j = 0; j < LANE_PAIRS; j++)
            sums[i][j] = vdupq_n_s32(0);
    uint32_t k = 0;
    for (; k + OCT <= v->depth; k += OCT)
        multiply_octs(v, k, pairs, false, sums);
    if (k < v->depth)
        multiply_octs(v, k, pairs, true, sums);
    for (uint32_t i = 0; i < pairs; i++)
        store_pair(v, 2 * i, sums[i]);
}

/* Rows begin .. end, at most a tile of them, of a panel: pairs, and one alone by dot products. */
static void matrix_tile(const trmi_quantised_product *p, uint32_t begin, uint32_t end, uint32_t panel)
{
    tile_view v = view_of(p, begin, panel, false);
    switch ((end - begin) / 2) {
    case 1:
        pairs_tile(&v, 1);
        break;
    case 2:
        pairs_tile(&v, 2);
        break;
    case 3:
        pairs_tile(&v, 3);
        break;
    }
    if ((end - begin) % 2 != 0) {
        v = view_of(p, end - 1, panel, false);
        run_height(&v, 1, 1);
    }
}

static void matrix_product(const trmi_quantised_product *p)
{
    for (uint32_t panel = 0; panel < p->panels; panel++)
        for (uint32_t begin = 0; begin < p->rows; begin += TILE_ROWS) {
            const uint32_t left = p->rows - begin;
            matrix_tile(p, begin, begin + (left < TILE_ROWS ? left : TILE_ROWS), panel);
        }
}

#define MATRIX_DECLARE(i) int32x4_t s##i = vdupq_n_s32(0);
#define MATRIX_STEP(i) s##i = vmmlaq_s32(s##i, y, y);
#define MATRIX_SUM(i) s0 = vaddq_s32(s0, s##i);

/* As quantised_peak(), of matrix products: 2 x 2 sums of 8 products each. */
static uint64_t matrix_peak(uint64_t rounds, int32_t *sink)
{
    const int8x16_t y = vld1q_s8(some_bytes);
    EACH_CHAIN(MATRIX_DECLARE)
    for (uint64_t round = 0; round < rounds; round++) {
        EACH_CHAIN(MATRIX_STEP)
    }
    EACH_CHAIN(MATRIX_SUM)
    *sink += vgetq_lane_s32(s0, 0);
    return rounds * 12 * 4 * OCT * 2;
}

void trmi_quantised_i8mm(trmi_kernels *kernels)
{
    fill_quantised(kernels);
    kernels->quantised_product = matrix_product;
    kernels->quantised_peak = matrix_peak;
}

#endif
