/* 8-bit integers with the dot products of ARMv8.2. */
#include "lib/kernels/kernels.h"

#if defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)

#include "lib/kernels/arm/integers_neon.h"

typedef integers side;
#define SIDE_OFFSET 0
#define i_side(b) (b)

static inline integers i_dot(integers sum, side y, integers a)
{
    return (integers) { vdotq_s32(sum.low, vreinterpretq_s8_s32(y.low), vreinterpretq_s8_s32(a.low)),
                        vdotq_s32(sum.high, vreinterpretq_s8_s32(y.high), vreinterpretq_s8_s32(a.high)) };
}

#define QUANTISED_ROWS 6
#include "lib/kernels/quantised_kernels.h"

void trmi_quantised_dotprod(trmi_kernels *kernels)
{
    fill_quantised(kernels);
    kernels->name = "dotprod";
}

#endif
