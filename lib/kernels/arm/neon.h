/* Vectors of 64-bit ARM, in the words that the kernels are written in: two registers make one vector of 8
 * numbers, which is half a panel, as with AVX2. */
#ifndef TRMI_KERNELS_ARM_NEON_H
#define TRMI_KERNELS_ARM_NEON_H

#include <arm_neon.h>

typedef struct vector {
    float32x4_t low, high;
} vector;
#define VECTOR_LANES 8

#define EACH_HALF(a, b, call) ((vector) { call((a).low, (b).low), call((a).high, (b).high) })

static inline vector v_load(const float *p)
{
    return (vector) { vld1q_f32(p), vld1q_f32(p + 4) };
}

static inline void v_store(float *p, vector x)
{
    vst1q_f32(p, x.low);
    vst1q_f32(p + 4, x.high);
}

static inline vector v_set(float x)
{
    const float32x4_t all = vdupq_n_f32(x);
    return (vector) { all, all };
}

static inline vector v_add(vector a, vector b)
{
    return EACH_HALF(a, b, vaddq_f32);
}

static inline vector v_sub(vector a, vector b)
{
    return EACH_HALF(a, b, vsubq_f32);
}

static inline vector v_mul(vector a, vector b)
{
    return EACH_HALF(a, b, vmulq_f32);
}

static inline vector v_div(vector a, vector b)
{
    return EACH_HALF(a, b, vdivq_f32);
}

static inline vector v_fma(vector a, vector b, vector c)
{
    return (vector) { vfmaq_f32(c.low, a.low, b.low), vfmaq_f32(c.high, a.high, b.high) };
}

static inline float32x4_t where_equal(float32x4_t a, float32x4_t b, float32x4_t x)
{
    return vreinterpretq_f32_u32(vandq_u32(vceqq_f32(a, b), vreinterpretq_u32_f32(x)));
}

static inline vector v_where_equal(vector a, vector b, vector x)
{
    return (vector) { where_equal(a.low, b.low, x.low), where_equal(a.high, b.high, x.high) };
}

/* The second when they are equal or either is NaN, as scalar.h has it: ARM's own instructions have other
   rules. */
static inline float32x4_t larger_of(float32x4_t a, float32x4_t b)
{
    return vbslq_f32(vcgtq_f32(a, b), a, b);
}

static inline float32x4_t smaller_of(float32x4_t a, float32x4_t b)
{
    return vbslq_f32(vcltq_f32(a, b), a, b);
}

static inline vector v_max(vector a, vector b)
{
    return EACH_HALF(a, b, larger_of);
}

static inline vector v_min(vector a, vector b)
{
    return EACH_HALF(a, b, smaller_of);
}

static inline vector v_sqrt(vector a)
{
    return (vector) { vsqrtq_f32(a.low), vsqrtq_f32(a.high) };
}

/* Compared as integers, NaNs are the largest. */
static inline float32x4_t larger_magnitude_of(float32x4_t x, float32x4_t most)
{
    const int32x4_t magnitude = vreinterpretq_s32_f32(vabsq_f32(x));
    return vreinterpretq_f32_s32(vmaxq_s32(magnitude, vreinterpretq_s32_f32(most)));
}

static inline vector v_larger_magnitude(vector x, vector most)
{
    return EACH_HALF(x, most, larger_magnitude_of);
}

#define v_prefetch(p) __builtin_prefetch(p, 0, 2)

static inline float32x4_t times_power(float32x4_t y, float32x4_t shifted)
{
    const int32x4_t n = vshlq_n_s32(vreinterpretq_s32_f32(shifted), 23);
    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(y), n));
}

static inline vector v_power(vector y, vector shifted)
{
    return EACH_HALF(y, shifted, times_power);
}

static inline float v_fold(const vector lanes[2])
{
    const vector eight = v_add(lanes[0], lanes[1]);
    const float32x4_t four = vaddq_f32(eight.low, eight.high);
    const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

#endif
