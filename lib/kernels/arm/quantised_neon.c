/* 8-bit integers with plain NEON: products of 16 bits, added in pairs. */
#include "lib/kernels/kernels.h"

#if defined(__aarch64__)

#include "lib/kernels/arm/integers_neon.h"

typedef integers side;
#define CODE_OFFSET 0
#define i_side(b) (b)

/* Four products to a lane: two to each of its pairs, then both pairs. */
static inline int32x4_t dot(int32x4_t sum, int8x16_t b, int8x16_t a)
{
    const int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(b), vget_low_s8(a))),
                    high = vpaddlq_s16(vmull_high_s8(b, a));
    return vaddq_s32(sum, vpaddq_s32(low, high));
}

static inline integers i_dot(integers sum, side y, integers a)
{
    return (integers) { dot(sum.low, vreinterpretq_s8_s32(y.low), vreinterpretq_s8_s32(a.low)),
                        dot(sum.high, vreinterpretq_s8_s32(y.high), vreinterpretq_s8_s32(a.high)) };
}

static inline integers i_again(integers x)
{
    __asm__ volatile("" : "+w"(x.low), "+w"(x.high));
    return x;
}

#define TILE_ROWS 4
#include "lib/kernels/quantised_kernels.h"

void trmi_quantised_neon(trmi_kernels *kernels)
{
    fill_quantised(kernels);
}

#endif
