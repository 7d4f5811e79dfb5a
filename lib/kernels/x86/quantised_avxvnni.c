/* 8-bit integers with AVX-VNNI, which multiplies unsigned bytes by signed ones: activations are offset to be
 * unsigned. */
#include "lib/kernels/kernels.h"

#if defined(__AVX2__) && defined(__FMA__) && defined(__AVXVNNI__)

#define CODE_FLIP (-128)
#include "lib/kernels/x86/integers_avx2.h"

typedef __m256i side;
#define CODE_OFFSET 128
#define i_side(b) (b)
#define i_again(x) (x)
#define i_flip(x) _mm256_xor_si256(x, _mm256_set1_epi8(-128))

/* Not by the intrinsic: see quantised_avx512vnni.c. */
static inline __m256i i_dot(__m256i sum, __m256i u, __m256i s)
{
#if defined(__GNUC__)
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(u), "x"(s));
    return sum;
#else
    return _mm256_dpbusd_avx_epi32(sum, u, s);
#endif
}

#define TILE_ROWS 6
#include "lib/kernels/quantised_kernels.h"

void trmi_quantised_avxvnni(trmi_kernels *kernels)
{
    fill_quantised(kernels);
}

#endif
