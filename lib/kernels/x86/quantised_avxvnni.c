/* 8-bit integers with AVX-VNNI, which multiplies unsigned bytes by signed ones: b is offset to be unsigned. */
#include "lib/kernels/kernels.h"

#if defined(__AVX2__) && defined(__FMA__) && defined(__AVXVNNI__)

#include "lib/kernels/x86/integers_avx2.h"

typedef __m256i side;
#define SIDE_OFFSET 128
#define i_side(b) _mm256_xor_si256(b, _mm256_set1_epi8(-128))
#define i_dot(sum, y, a) _mm256_dpbusd_avx_epi32(sum, y, a)

#define QUANTISED_ROWS 6
#include "lib/kernels/quantised_kernels.h"

void trmi_quantised_avxvnni(trmi_kernels *kernels)
{
    fill_quantised(kernels);
    kernels->name = "avxvnni";
}

#endif
