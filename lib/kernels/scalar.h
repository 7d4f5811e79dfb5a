/* The functions of one number that the kernels are made of. Ours, because C libraries' differ in their last
 * bits. */
#ifndef TRMI_KERNELS_SCALAR_H
#define TRMI_KERNELS_SCALAR_H

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdint.h>

#include "lib/core/bytes.h"
#include "lib/core/logarithm.h"

#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0
#error "libtrm needs float arithmetic in float precision (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

/* 2^t = 2^n 2^f, n = round(t), f in -1/2 .. 1/2, where 2^f is 1 + a polynomial of degree 5 with the least
 * relative error, 1e-7. The limits keep 2^n and the product normal numbers; beyond them the value is that at
 * the limit. */
#define TRMI_EXP2_LOWEST (-125.0f)
#define TRMI_EXP2_HIGHEST 127.0f
#define TRMI_LOG2_E 1.44269504f
#define TRMI_ROUND \
    12582912.0f /* 1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits */
#define TRMI_EXP2_1 0x1.62e42ap-1f
#define TRMI_EXP2_2 0x1.ebf9bcp-3f
#define TRMI_EXP2_3 0x1.c6b752p-5f
#define TRMI_EXP2_4 0x1.3cea88p-7f
#define TRMI_EXP2_5 0x1.5bba14p-10f

/* As the vector instructions have it: the second when either is NaN. */
static inline float trmi_max(float a, float b)
{
    return a > b ? a : b;
}

static inline float trmi_min(float a, float b)
{
    return a < b ? a : b;
}

static inline float trmi_exp2(float t)
{
    t = trmi_min(trmi_max(t, TRMI_EXP2_LOWEST), TRMI_EXP2_HIGHEST);
    const float shifted = t + TRMI_ROUND;
    const float f = t - (shifted - TRMI_ROUND);
    float y = TRMI_EXP2_5;
    y = y * f + TRMI_EXP2_4;
    y = y * f + TRMI_EXP2_3;
    y = y * f + TRMI_EXP2_2;
    y = y * f + TRMI_EXP2_1;
    y = y * f + 1.0f;
    return trmi_float_of_bits(trmi_bits_of_float(y) + (trmi_bits_of_float(shifted) << 23));
}

static inline float trmi_exp(float x)
{
    return trmi_exp2(x * TRMI_LOG2_E);
}

static inline float trmi_sigmoid(float x)
{
    return 1.0f / (1.0f + trmi_exp2(x * -TRMI_LOG2_E));
}

/* The exp(-x) of a gate goes up to 2^80 and no further: a gate of 1e-24 is as good as shut, but what is
 * multiplied by it stays a normal number. Processors take a hundred cycles and more for each one that is
 * not. */
#define TRMI_GATE_HIGHEST 80.0f

/* 1 + exp(-x), the denominator of a gate */
static inline float trmi_one_and_exponential(float x)
{
    return 1.0f + trmi_exp2(trmi_min(TRMI_GATE_HIGHEST, x * -TRMI_LOG2_E));
}

static inline float trmi_gate(float x)
{
    return 1.0f / trmi_one_and_exponential(x);
}

static inline float trmi_silu(float x)
{
    return x / trmi_one_and_exponential(x);
}

/* exp(x) - 1 for x <= 0: near 0 the series to x^8, within 1e-7 of the value, relatively. */
static inline float trmi_expm1(float x)
{
    assert(!(x > 0.0f));
    if (x < -0.5f)
        return trmi_exp(x) - 1.0f;
    float y = 1.0f / 40320.0f;
    y = y * x + 1.0f / 5040.0f;
    y = y * x + 1.0f / 720.0f;
    y = y * x + 1.0f / 120.0f;
    y = y * x + 1.0f / 24.0f;
    y = y * x + 1.0f / 6.0f;
    y = y * x + 1.0f / 2.0f;
    return y * x * x + x;
}

/* log sigmoid(c) = -log(1 + exp(-c)), written so that nothing overflows. */
static inline float trmi_log_sigmoid(float c)
{
    return trmi_min(c, 0.0f) - trmi_log1p(trmi_exp(c < 0.0f ? c : -c));
}

/* The factor of r: 1 / sqrt(mean + epsilon). NaN, and not 0, when the squares overflow, so that this is not
 * lost. */
static inline float trmi_norm_factor(float squares, uint32_t count, float epsilon)
{
    assert(count > 0 && !(squares < 0.0f));
    return 1.0f / sqrtf(squares / (float)count + epsilon) + 0.0f * squares;
}

/* The larger of |x| and `most`, a magnitude. NaN is larger than all numbers. */
static inline float trmi_larger_magnitude(float x, float most)
{
    assert(trmi_bits_of_float(most) >> 31 == 0);
    const uint32_t bits = trmi_bits_of_float(x) & 0x7fffffff;
    return bits > trmi_bits_of_float(most) ? trmi_float_of_bits(bits) : most;
}

/* 8-bit integers for numbers of which the largest magnitude is `most`: code = x factor, rounded to the
 * nearest (even) integer; x is about code scale. Numbers too small to be told apart become zeros. Where one
 * is infinite or NaN, the scale is not finite, and nor is what is made of it. */
#define TRMI_LEAST_MAGNITUDE 1e-30f

static inline float trmi_code_factor(float most)
{
    return most <= TRMI_LEAST_MAGNITUDE ? 0.0f : 127.0f / most;
}

static inline float trmi_code_scale(float most)
{
    return most <= TRMI_LEAST_MAGNITUDE ? 0.0f : most / 127.0f;
}

static inline int8_t trmi_code(float x, float factor)
{
    const float limited = trmi_min(trmi_max(x * factor, -127.0f), 127.0f);
    return (int8_t)((limited + TRMI_ROUND) - TRMI_ROUND);
}

/* A number of 0 .. 1 is about (code + 127) / 254: it has a bit more than one of either sign would. */
#define TRMI_SHARE_CODES 254.0f

static inline int8_t trmi_share_code(float x)
{
    return trmi_code(x * TRMI_SHARE_CODES - 127.0f, 1.0f);
}

/* The one order in which 16 lanes become one number. */
static inline float trmi_fold(const float lane[16])
{
    float sum[8];
    for (int i = 0; i < 8; i++)
        sum[i] = lane[i] + lane[i + 8];
    for (int width = 4; width > 0; width /= 2)
        for (int i = 0; i < width; i++)
            sum[i] = sum[i] + sum[i + width];
    return sum[0];
}

#endif
