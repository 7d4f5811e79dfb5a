/* 8-bit integers in vectors of 64-bit ARM, in the words that the kernels are written in. */
#ifndef TRMI_KERNELS_ARM_INTEGERS_NEON_H
#define TRMI_KERNELS_ARM_INTEGERS_NEON_H

#include <string.h>

#include "lib/kernels/arm/neon.h"

#define CODES_LIMITED 0

typedef struct integers {
    int32x4_t low, high;
} integers;

static inline integers i_zero(void)
{
    return (integers) { vdupq_n_s32(0), vdupq_n_s32(0) };
}

static inline integers i_load(const int8_t *p)
{
    return (integers) { vreinterpretq_s32_s8(vld1q_s8(p)), vreinterpretq_s32_s8(vld1q_s8(p + 16)) };
}

static inline void i_store(void *to, integers x)
{
    vst1q_s8(to, vreinterpretq_s8_s32(x.low));
    vst1q_s8((int8_t *)to + 16, vreinterpretq_s8_s32(x.high));
}

static inline integers i_add(integers a, integers b)
{
    return (integers) { vaddq_s32(a.low, b.low), vaddq_s32(a.high, b.high) };
}

static inline integers i_subtract(integers a, int32_t number)
{
    const int32x4_t all = vdupq_n_s32(number);
    return (integers) { vsubq_s32(a.low, all), vsubq_s32(a.high, all) };
}

static inline vector i_to_numbers(integers x)
{
    return (vector) { vcvtq_f32_s32(x.low), vcvtq_f32_s32(x.high) };
}

static inline integers i_broadcast(const int8_t *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    const int32x4_t all = vdupq_n_s32(four);
    return (integers) { all, all };
}

static inline int16x8_t rounded(vector x)
{
    return vcombine_s16(vqmovn_s32(vcvtnq_s32_f32(x.low)), vqmovn_s32(vcvtnq_s32_f32(x.high)));
}

static inline void v_codes(const vector part[2], int8_t *to)
{
    vst1q_s8(to, vcombine_s8(vqmovn_s16(rounded(part[0])), vqmovn_s16(rounded(part[1]))));
}

static inline integers v_strip(const vector x[4])
{
    const int8x16_t low = vcombine_s8(vqmovn_s16(rounded(x[0])), vqmovn_s16(rounded(x[1]))),
                    high = vcombine_s8(vqmovn_s16(rounded(x[2])), vqmovn_s16(rounded(x[3])));
    return (integers) { vreinterpretq_s32_s8(low), vreinterpretq_s32_s8(high) };
}

/* The low bytes of four integers, the first lowest. */
static inline int32x4_t four_bytes(float32x4_t a, float32x4_t b, float32x4_t c, float32x4_t d)
{
    const int32x4_t low = vsliq_n_s32(vcvtnq_s32_f32(a), vcvtnq_s32_f32(b), 8),
                    high = vsliq_n_s32(vcvtnq_s32_f32(c), vcvtnq_s32_f32(d), 8);
    return vsliq_n_s32(low, high, 16);
}

static inline integers v_quads(const vector x[4])
{
    return (integers) { four_bytes(x[0].low, x[1].low, x[2].low, x[3].low),
                        four_bytes(x[0].high, x[1].high, x[2].high, x[3].high) };
}

#endif
