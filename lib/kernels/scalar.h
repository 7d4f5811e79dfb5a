/* The functions of one number that the kernels are made of. Ours, because C libraries' differ in their last bits. */
#ifndef TRMI_KERNELS_SCALAR_H
#define TRMI_KERNELS_SCALAR_H

#include <float.h>
#include <math.h>

#include "lib/core/bytes.h"

#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0
#error "libtrm needs float arithmetic in float precision (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

/* exp(x) = 2^n exp(r), n = round(x / ln 2), r = x - n ln 2 in two parts, a polynomial of degree 7 for exp(r)
 * (S. L. Moshier, Cephes, expf). The limits keep 2^n a normal number; beyond them exp is its value at the limit. */
#define TRMI_EXP_LOWEST (-86.9f)
#define TRMI_EXP_HIGHEST 88.0f
#define TRMI_LOG2_E 1.44269504f
#define TRMI_LN2_HIGH 0.693359375f
#define TRMI_LN2_LOW (-2.12194440e-4f)
#define TRMI_ROUND 12582912.0f /* 1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits */
#define TRMI_EXP_2 5.0000001201e-1f
#define TRMI_EXP_3 1.6666665459e-1f
#define TRMI_EXP_4 4.1665795894e-2f
#define TRMI_EXP_5 8.3334519073e-3f
#define TRMI_EXP_6 1.3981999507e-3f
#define TRMI_EXP_7 1.9875691500e-4f

/* As the vector instructions have it: the second when either is not a number. */
static inline float trmi_max(float a, float b)
{
    return a > b ? a : b;
}

static inline float trmi_min(float a, float b)
{
    return a < b ? a : b;
}

static inline float trmi_exp(float x)
{
    x = trmi_min(trmi_max(x, TRMI_EXP_LOWEST), TRMI_EXP_HIGHEST);
    const float shifted = x * TRMI_LOG2_E + TRMI_ROUND;
    const float n = shifted - TRMI_ROUND;
    const float r = (x - n * TRMI_LN2_HIGH) - n * TRMI_LN2_LOW;
    float y = TRMI_EXP_7;
    y = y * r + TRMI_EXP_6;
    y = y * r + TRMI_EXP_5;
    y = y * r + TRMI_EXP_4;
    y = y * r + TRMI_EXP_3;
    y = y * r + TRMI_EXP_2;
    y = (y * (r * r) + r) + 1.0f;
    return trmi_float_of_bits(trmi_bits_of_float(y) + (trmi_bits_of_float(shifted) << 23));
}

static inline float trmi_sigmoid(float x)
{
    return 1.0f / (1.0f + trmi_exp(0.0f - x));
}

static inline float trmi_silu(float x)
{
    return x / (1.0f + trmi_exp(0.0f - x));
}

/* The factor of r: 1 / sqrt(mean + epsilon). */
static inline float trmi_norm_factor(float squares, uint32_t count, float epsilon)
{
    return 1.0f / sqrtf(squares / (float)count + epsilon);
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
