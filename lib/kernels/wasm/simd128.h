/* Vectors of WebAssembly, in the words that the kernels are written in: two of them make one vector of 8
 * numbers, which is half a panel, as with NEON. */
#ifndef TRMI_KERNELS_WASM_SIMD128_H
#define TRMI_KERNELS_WASM_SIMD128_H

#include <wasm_simd128.h>

typedef struct vector {
    v128_t low, high;
} vector;
#define VECTOR_LANES 8

#define EACH_HALF(a, b, call) ((vector) { call((a).low, (b).low), call((a).high, (b).high) })

static inline vector v_load(const float *p)
{
    return (vector) { wasm_v128_load(p), wasm_v128_load(p + 4) };
}

static inline void v_store(float *p, vector x)
{
    wasm_v128_store(p, x.low);
    wasm_v128_store(p + 4, x.high);
}

static inline vector v_set(float x)
{
    const v128_t all = wasm_f32x4_splat(x);
    return (vector) { all, all };
}

static inline vector v_add(vector a, vector b)
{
    return EACH_HALF(a, b, wasm_f32x4_add);
}

static inline vector v_sub(vector a, vector b)
{
    return EACH_HALF(a, b, wasm_f32x4_sub);
}

static inline vector v_mul(vector a, vector b)
{
    return EACH_HALF(a, b, wasm_f32x4_mul);
}

static inline vector v_div(vector a, vector b)
{
    return EACH_HALF(a, b, wasm_f32x4_div);
}

/* The second when they are equal or either is NaN, as scalar.h has it; pmax and pmin return their first
   operand then. */
static inline vector v_max(vector a, vector b)
{
    return EACH_HALF(b, a, wasm_f32x4_pmax);
}

static inline vector v_min(vector a, vector b)
{
    return EACH_HALF(b, a, wasm_f32x4_pmin);
}

static inline vector v_sqrt(vector a)
{
    return (vector) { wasm_f32x4_sqrt(a.low), wasm_f32x4_sqrt(a.high) };
}

/* Compared as integers, NaNs are the largest. */
static inline v128_t larger_magnitude_of(v128_t x, v128_t most)
{
    return wasm_i32x4_max(wasm_f32x4_abs(x), most);
}

static inline vector v_larger_magnitude(vector x, vector most)
{
    return EACH_HALF(x, most, larger_magnitude_of);
}

/* a b + c of two lanes with one rounding, in double: trmi_fused_exact of lib/core/fused.h. There is no fused
 * multiply-add that is the same on every machine. Where the sum is even and not exact, it becomes its odd
 * neighbour on the error's side: one up in magnitude when they have the same sign. The error of an infinite
 * sum is NaN, and the sum stays. */
static inline v128_t fused_doubles(v128_t a, v128_t b, v128_t c)
{
    const v128_t zero = wasm_i64x2_const_splat(0), one = wasm_i64x2_const_splat(1);
    const v128_t p = wasm_f64x2_mul(a, b), sum = wasm_f64x2_add(p, c), t = wasm_f64x2_sub(sum, p);
    const v128_t error = wasm_f64x2_add(wasm_f64x2_sub(p, wasm_f64x2_sub(sum, t)), wasm_f64x2_sub(c, t));
    const v128_t inexact = wasm_v128_or(wasm_f64x2_lt(error, zero), wasm_f64x2_gt(error, zero));
    const v128_t even = wasm_i64x2_sub(wasm_v128_and(sum, one), one);  /* all bits where it is */
    const v128_t away = wasm_i64x2_shr(wasm_v128_xor(error, sum), 63); /* -1 towards 0, else 0 */
    const v128_t step = wasm_v128_or(away, one);
    return wasm_i64x2_add(sum, wasm_v128_and(step, wasm_v128_and(inexact, even)));
}

/* Four lanes, whatever they hold. */
static __attribute__((noinline)) v128_t fused_exactly(v128_t a, v128_t b, v128_t c)
{
    const v128_t low = fused_doubles(wasm_f64x2_promote_low_f32x4(a), wasm_f64x2_promote_low_f32x4(b),
                                     wasm_f64x2_promote_low_f32x4(c));
    const v128_t a_high = wasm_i64x2_shuffle(a, a, 1, 1), b_high = wasm_i64x2_shuffle(b, b, 1, 1);
    const v128_t high =
        fused_doubles(wasm_f64x2_promote_low_f32x4(a_high), wasm_f64x2_promote_low_f32x4(b_high),
                      wasm_f64x2_promote_low_f32x4(wasm_i64x2_shuffle(c, c, 1, 1)));
    return wasm_i64x2_shuffle(wasm_f32x4_demote_f64x2_zero(low), wasm_f32x4_demote_f64x2_zero(high), 0, 2);
}

/* Two lanes a b + c, rounded to double: the product of floats is exact there. */
static inline v128_t in_doubles(v128_t a, v128_t b, v128_t c)
{
    const v128_t product = wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(a), wasm_f64x2_promote_low_f32x4(b));
    return wasm_f64x2_add(product, wasm_f64x2_promote_low_f32x4(c));
}

/* All bits where a double lies halfway between two floats that are not subnormal. */
static inline v128_t halfway(v128_t x)
{
    const int64_t dropped = 0x1fffffff, half = 0x10000000; /* of the 29 bits that a float has not */
    return wasm_i64x2_eq(wasm_v128_and(x, wasm_i64x2_splat(dropped)), wasm_i64x2_splat(half));
}

/* The sum in double on its way to float is rounded a second time, which gives a wrong float only where the
 * first rounding has put it halfway between two. Where floats are subnormal, halfway lies elsewhere: all of
 * those are computed exactly. */
static inline v128_t fused(v128_t a, v128_t b, v128_t c)
{
    const int32_t least_normal = 0x00800000;
    const v128_t low = in_doubles(a, b, c);
    const v128_t high = in_doubles(wasm_i64x2_shuffle(a, a, 1, 1), wasm_i64x2_shuffle(b, b, 1, 1),
                                   wasm_i64x2_shuffle(c, c, 1, 1));
    const v128_t sum =
        wasm_i64x2_shuffle(wasm_f32x4_demote_f64x2_zero(low), wasm_f32x4_demote_f64x2_zero(high), 0, 2);
    const v128_t before =
        wasm_i32x4_sub(wasm_f32x4_abs(sum), wasm_i32x4_const_splat(1)); /* of 0 the largest */
    const v128_t small = wasm_u32x4_lt(before, wasm_i32x4_splat(least_normal));
    const v128_t doubtful = wasm_v128_or(small, wasm_v128_or(halfway(low), halfway(high)));
    return wasm_v128_any_true(doubtful) ? fused_exactly(a, b, c) : sum;
}

static inline vector v_fma(vector a, vector b, vector c)
{
    return (vector) { fused(a.low, b.low, c.low), fused(a.high, b.high, c.high) };
}

#define v_prefetch(p) ((void)(p)) /* there is no such instruction */

static inline v128_t times_power(v128_t y, v128_t shifted)
{
    return wasm_i32x4_add(y, wasm_i32x4_shl(shifted, 23));
}

static inline vector v_power(vector y, vector shifted)
{
    return EACH_HALF(y, shifted, times_power);
}

static inline float v_fold(const vector lanes[2])
{
    const vector eight = v_add(lanes[0], lanes[1]);
    const v128_t four = wasm_f32x4_add(eight.low, eight.high);
    const v128_t two = wasm_f32x4_add(four, wasm_i64x2_shuffle(four, four, 1, 1));
    return wasm_f32x4_extract_lane(two, 0) + wasm_f32x4_extract_lane(two, 1);
}

#endif
