/* Products of 8-bit integers by the dot products of ARMv8.2. */
#ifndef TRMI_KERNELS_ARM_INTEGERS_DOTPROD_H
#define TRMI_KERNELS_ARM_INTEGERS_DOTPROD_H

#include "lib/kernels/arm/integers_neon.h"

typedef integers side;
#define CODE_OFFSET 0
#define i_side(b) (b)
#define i_again(x) (x)

static inline integers i_dot(integers sum, side y, integers a)
{
    return (integers) { vdotq_s32(sum.low, vreinterpretq_s8_s32(y.low), vreinterpretq_s8_s32(a.low)),
                        vdotq_s32(sum.high, vreinterpretq_s8_s32(y.high), vreinterpretq_s8_s32(a.high)) };
}

#endif
