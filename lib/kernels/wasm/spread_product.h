/* The product of 8-bit integers where an instruction multiplies 16 bits: a part of a panel is spread to 16
 * bits once, and then meets all rows, two at a time, so that their sums and what they need are in registers.
 * Sums of a part that is not the last wait as integers in the place of the result. Loops over rows and
 * vectors of a tile are unrolled, or their sums would not be in registers. */
#ifndef TRMI_KERNELS_WASM_SPREAD_PRODUCT_H
#define TRMI_KERNELS_WASM_SPREAD_PRODUCT_H

#include <assert.h>
#include <stdbool.h>

#include "lib/kernels/promises.h"
#include "lib/kernels/vectors.h"

enum {
    PART_DEPTH = 512, /* codes deep: 16 KB, which the first-level cache holds */
    PART_QUADS = PART_DEPTH / TRMI_QUAD,
    QUARTERS = 4, /* vectors of lanes in a panel */
    TALL = 2      /* rows of a tile */
};

/* Of each lane, the even codes and the odd ones of a quad: the two products that an instruction adds belong
 * to one lane. */
typedef struct spread_quad {
    v128_t even[QUARTERS], odd[QUARTERS];
} spread_quad;

static void spread(spread_quad *to, const int8_t *b, uint32_t quads)
{
    for (uint32_t q = 0; q < quads; q++, to++)
        for (int i = 0; i < QUARTERS; i++, b += sizeof(v128_t)) {
            const v128_t x = wasm_v128_load(b);
            to->even[i] = even_bytes(x);
            to->odd[i] = odd_bytes(x);
        }
}

/* Where a tile of a part begins. */
typedef struct spread_tile {
    const int8_t *a;
    const float *a_scale, *b_scale;
    float *c;
    size_t a_row, c_row;
    const spread_quad *b;
    uint32_t quads;
    bool first, last; /* parts of the depth */
} spread_tile;

/* `rows` is a constant where this is called. */
INLINE void begin_sums(const spread_tile *t, v128_t sum[TALL][QUARTERS], const int rows)
{
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int i = 0; i < QUARTERS; i++)
            sum[r][i] = t->first ? wasm_i32x4_const_splat(0)
                                 : wasm_v128_load(t->c + (size_t)r * t->c_row + i * QUARTERS);
}

INLINE void end_sums(const spread_tile *t, v128_t sum[TALL][QUARTERS], const int rows)
{
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int i = 0; i < QUARTERS; i++) {
            const v128_t scale =
                wasm_f32x4_mul(wasm_f32x4_splat(t->a_scale[r]), wasm_v128_load(t->b_scale + i * QUARTERS));
            wasm_v128_store(t->c + (size_t)r * t->c_row + i * QUARTERS,
                            t->last ? wasm_f32x4_mul(wasm_f32x4_convert_i32x4(sum[r][i]), scale) : sum[r][i]);
        }
}

INLINE void multiply_tile(const spread_tile *t, const int rows)
{
    v128_t sum[TALL][QUARTERS];
    begin_sums(t, sum, rows);
    const int8_t *a = t->a;
    const spread_quad *b = t->b, *const end = b + t->quads;
    do {
        integers x[TALL];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            x[r] = i_broadcast(a + (size_t)r * t->a_row);
#pragma clang loop unroll(full)
        for (int i = 0; i < QUARTERS; i++)
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++)
                sum[r][i] =
                    wasm_i32x4_add(wasm_i32x4_add(sum[r][i], wasm_i32x4_dot_i16x8(b->even[i], x[r].low)),
                                   wasm_i32x4_dot_i16x8(b->odd[i], x[r].high));
        a += TRMI_QUAD;
    } while (++b < end);
    end_sums(t, sum, rows);
}

static void multiply_part(spread_tile t, uint32_t rows)
{
    for (; rows >= TALL; rows -= TALL) {
        multiply_tile(&t, TALL);
        t.a += TALL * t.a_row;
        t.a_scale += TALL;
        t.c += TALL * t.c_row;
    }
    if (rows > 0)
        multiply_tile(&t, 1);
}

static void quantised_product(const trmi_quantised_product *p)
{
    spread_quad part[PART_QUADS];
    assert(p->rows > 0 && p->depth > 0 && p->depth % TRMI_QUAD == 0 && trmi_sum_fits(p->depth));
    assert((p->rows == 1 || p->a_row >= p->depth) && trmi_panels_fit(p->b_panel, p->panels, p->depth));
    assert(trmi_places_fit(p->rows, p->c_row, p->panels, p->c_panel));
    for (uint32_t panel = 0; panel < p->panels; panel++)
        for (uint32_t k = 0; k < p->depth; k += PART_DEPTH) {
            const uint32_t left = p->depth - k, now = left < PART_DEPTH ? left : PART_DEPTH;
            spread(part, p->b + panel * p->b_panel + (size_t)k * TRMI_PANEL, now / TRMI_QUAD);
            multiply_part((spread_tile) { .a = p->a + k,
                                          .a_scale = p->a_scale,
                                          .b_scale = p->b_scale + panel * p->b_scale_panel,
                                          .c = p->c + panel * p->c_panel,
                                          .a_row = p->a_row,
                                          .c_row = p->c_row,
                                          .b = part,
                                          .quads = now / TRMI_QUAD,
                                          .first = k == 0,
                                          .last = now == left },
                          p->rows);
        }
}

#endif
