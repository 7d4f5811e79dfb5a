/* 8-bit integers in WebAssembly with vectors: products of 16 bits, added in pairs, are one instruction. */
#include "lib/kernels/kernels.h"

#if defined(__wasm_simd128__)

#include <string.h>

#include "lib/kernels/wasm/simd128.h"

#define CODES_LIMITED 0
#define CODE_OFFSET 0

/* Eight sums; of what i_broadcast() makes, the first and third byte of each lane as 16 bits, then the
   others. */
typedef struct integers {
    v128_t low, high;
} integers;

/* Bytes of which each lane of 32 bits has four. The even ones and the odd ones are multiplied apart: so the
 * two products that an instruction adds belong to one lane. */
typedef integers side;
#define i_side(b) (b)

static inline integers i_load(const int8_t *p)
{
    return (integers) { wasm_v128_load(p), wasm_v128_load(p + 16) };
}

static inline void i_store(void *to, integers x)
{
    wasm_v128_store(to, x.low);
    wasm_v128_store((int8_t *)to + 16, x.high);
}

static inline integers i_add(integers a, integers b)
{
    return (integers) { wasm_i32x4_add(a.low, b.low), wasm_i32x4_add(a.high, b.high) };
}

static inline v128_t even_bytes(v128_t x)
{
    return wasm_i16x8_shr(wasm_i16x8_shl(x, 8), 8);
}

static inline v128_t odd_bytes(v128_t x)
{
    return wasm_i16x8_shr(x, 8);
}

static inline integers i_broadcast(const int8_t *p)
{
    const v128_t all = wasm_v128_load32_splat(p);
    return (integers) { even_bytes(all), odd_bytes(all) };
}

static inline v128_t dot(v128_t sum, v128_t b, integers a)
{
    return wasm_i32x4_add(wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(even_bytes(b), a.low)),
                          wasm_i32x4_dot_i16x8(odd_bytes(b), a.high));
}

static inline integers i_dot(integers sum, side y, integers a)
{
    return (integers) { dot(sum.low, y.low, a), dot(sum.high, y.high, a) };
}

static inline integers i_again(integers x)
{
    __asm__ volatile("" : "+r"(x.low), "+r"(x.high));
    return x;
}

/* Of numbers -127 .. 127. */
static inline v128_t rounded(vector x)
{
    return wasm_i16x8_narrow_i32x4(wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(x.low)),
                                   wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(x.high)));
}

static inline void v_codes(const vector part[2], int8_t *to)
{
    wasm_v128_store(to, wasm_i8x16_narrow_i16x8(rounded(part[0]), rounded(part[1])));
}

static inline integers v_strip(const vector x[4])
{
    return (integers) { wasm_i8x16_narrow_i16x8(rounded(x[0]), rounded(x[1])),
                        wasm_i8x16_narrow_i16x8(rounded(x[2]), rounded(x[3])) };
}

static inline integers v_quads(const vector x[4])
{
    const v128_t first = wasm_i8x16_narrow_i16x8(rounded(x[0]), rounded(x[1])),
                 second = wasm_i8x16_narrow_i16x8(rounded(x[2]), rounded(x[3]));
    return (integers) {
        wasm_i8x16_shuffle(first, second, 0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27),
        wasm_i8x16_shuffle(first, second, 4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31)
    };
}

#include "lib/kernels/wasm/spread_product.h"

#define TILE_ROWS 4 /* of the peak alone */
#define OWN_PRODUCT
#include "lib/kernels/quantised_kernels.h"

void trmi_quantised_simd128(trmi_kernels *kernels)
{
    fill_quantised(kernels);
}

#endif
