/* a * b + c with one rounding, on every machine. */
#ifndef TRMI_CORE_FUSED_H
#define TRMI_CORE_FUSED_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* The C library's fmaf is exact where the compiler has the instruction, and in glibc; elsewhere (musl, newlib
 * without an FPU) it may round twice. Then: the sum in double, rounded to odd, so that the one rounding to
 * float that follows is the right one (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums",
 * 2008). */
static inline float trmi_fused_exact(float a, float b, float c)
{
    const double p = (double)a * b, sum = p + c, t = sum - p;
    const double error = (p - (sum - t)) + (c - t);
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if (error != 0 && (bits & 1) == 0 && isfinite(sum))
        bits += (error > 0) == (sum > 0) ? 1 : (uint64_t)-1;
    double odd;
    memcpy(&odd, &bits, sizeof odd);
    return (float)odd;
}

static inline float trmi_fused(float a, float b, float c)
{
#if defined(__GNUC__) && defined(__ARM_FEATURE_FMA)
    return __builtin_fmaf(a, b, c); /* the instruction, also where the C library is not to be counted on */
#elif defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__GLIBC__) || defined(__APPLE__)
    return fmaf(a, b, c);
#else
    return trmi_fused_exact(a, b, c);
#endif
}

#endif
