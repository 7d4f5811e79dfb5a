/* 8-bit integers with AVX2, which multiplies unsigned bytes by signed ones, and adds pairs of products within
 * 16 bits: |b| times a with the sign of b. */
#include "lib/kernels/kernels.h"

#if defined(__AVX2__) && defined(__FMA__)

#include "lib/kernels/x86/integers_avx2.h"

typedef struct side {
    __m256i magnitudes, b;
} side;
#define CODE_OFFSET 0

static inline side i_side(__m256i b)
{
    return (side) { _mm256_abs_epi8(b), b };
}

static inline __m256i i_dot(__m256i sum, side y, __m256i a)
{
    const __m256i pairs = _mm256_maddubs_epi16(y.magnitudes, _mm256_sign_epi8(a, y.b));
    const __m256i four = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
#if defined(__GNUC__)
    __asm__("vpaddd %1, %0, %0"
            : "+x"(sum)
            : "x"(four)); /* not by the intrinsic: see quantised_avx512vnni.c */
    return sum;
#else
    return _mm256_add_epi32(sum, four);
#endif
}

static inline __m256i i_again(__m256i x)
{
#if defined(__GNUC__)
    __asm__ volatile("" : "+x"(x));
#endif
    return x;
}

#define TILE_ROWS 4
#include "lib/kernels/quantised_kernels.h"

void trmi_quantised_avx2(trmi_kernels *kernels)
{
    fill_quantised(kernels);
}

#endif
