/* The kernels in terms of vectors. An instruction set includes this file once, after defining
 *
 *     vector, VECTOR_LANES (8 or 16), v_load, v_store, v_set, v_add, v_sub, v_mul, v_div, v_min, v_max,
 *     v_sqrt, v_fma
 *     v_power(y, s): y times 2^n, n in the low bits of s
 *     v_fold(lanes): 16 lanes to one, in trmi_fold's order
 *     v_prefetch(p): brings a cache line to the second level; any address is harmless
 *     TILE_ROWS: the rows of the product's register tile, which is two vectors wide; at most 14
 *     TILE_STEPS: 2 where the product's loop is so short that its body is repeated, else 1
 *
 * and has every kernel, in the reference's order of operations. Sums over columns keep 16 lanes: two vectors
 * of 8, or one of 16. */
#include "lib/kernels/vector_product.h"

#include "lib/kernels/vector_elements.h"

#include "lib/kernels/vector_attention.h"

#include "lib/kernels/vector_aggregates.h"

/* ------------------------------------------------------------------------------------------- peak */

#define PEAK_DECLARE(i) vector c##i = v_set((float)i);
#define PEAK_STEP(i) c##i = v_fma(c##i, x, y);
#define PEAK_SUM(i) c0 = v_add(c0, c##i);

/* Fourteen chains hide a latency of up to seven cycles at two a cycle. */
static uint64_t peak(uint64_t rounds, float *sink)
{
    const vector x = v_set(0.5f), y = v_set(1.0f);
    EACH_ROW(PEAK_DECLARE)
    for (uint64_t round = 0; round < rounds; round++) {
        EACH_ROW(PEAK_STEP)
    }
    EACH_ROW(PEAK_SUM)
    float lane[VECTOR_LANES];
    v_store(lane, c0);
    *sink += lane[0];
    return rounds * 14 * VECTOR_LANES * 2;
}

/* The rows of a tile are not 64: panels would be a page apart and share few sets of the first-level cache. */
static void fill_table(trmi_kernels *kernels)
{
    *kernels = (trmi_kernels) {
        .row_tile = VECTOR_LANES == 16 ? 112 : 60,
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
        .rotate = TRMI_FOR_ATTENTION(rotate),
        .aggregate = aggregate,
        .gather_add = gather_add,
        .gather_gate = gather_gate,
        .peak = TRMI_FOR_PEAKS(peak),
    };
}
