/* Natural logarithms, the same bits everywhere: within 3e-7 of the value, relatively. */
#ifndef TRMI_CORE_LOGARITHM_H
#define TRMI_CORE_LOGARITHM_H

#include <assert.h>

#include "lib/core/bytes.h"

#define TRMI_LN2_HIGH 0x1.62e4p-1f /* few bits, so that a multiple of it is exact */
#define TRMI_LN2_LOW 0x1.7f7d1cp-20f

/* log(1 + f) = 2 artanh(s), s = f / (2 + f), for 1 + f within a factor of sqrt(2) of 1: there |s| < 0.172,
 * and five terms of the series are enough. */
static inline float trmi_log_near_one(float f)
{
    const float s = f / (2.0f + f), square = s * s;
    float y = 2.0f / 9.0f;
    y = y * square + 2.0f / 7.0f;
    y = y * square + 2.0f / 5.0f;
    y = y * square + 2.0f / 3.0f;
    return s * square * y + 2.0f * s;
}

/* x is a normal number above 0: 2^n m, m in sqrt(1/2) .. sqrt(2). */
static inline float trmi_log(float x)
{
    const uint32_t root_of_half = 0x3f3504f3;
    assert(!(x < 0x1p-126f));
    const uint32_t bits = trmi_bits_of_float(x) - root_of_half;
    const float n = (float)((int32_t)bits >> 23);
    const float m = trmi_float_of_bits((bits & 0x007fffff) + root_of_half);
    return n * TRMI_LN2_HIGH + (n * TRMI_LN2_LOW + trmi_log_near_one(m - 1.0f));
}

/* log(1 + x), x from 0 to the largest number. */
static inline float trmi_log1p(float x)
{
    assert(!(x < 0.0f));
    return x < 0.375f ? trmi_log_near_one(x) : trmi_log(1.0f + x);
}

#endif
