/* 8-bit integers with AVX-512 VNNI, which multiplies unsigned bytes by signed ones: b is offset to be unsigned. */
#include "lib/kernels/kernels.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VNNI__)

#include <string.h>

#include "lib/kernels/x86/avx512.h"

typedef __m512i integers;
typedef __m512i side;
#define SIDE_OFFSET 128
#define i_side(b) _mm512_xor_si512(b, _mm512_set1_epi8(-128))
#define i_dot(sum, y, a) _mm512_dpbusd_epi32(sum, y, a)

#define i_zero() _mm512_setzero_si512()
#define i_load(p) _mm512_loadu_si512(p)
#define i_store(p, x) _mm512_storeu_si512(p, x)
#define i_add(a, b) _mm512_add_epi32(a, b)
#define i_subtract(a, number) _mm512_sub_epi32(a, _mm512_set1_epi32(number))
#define i_to_numbers(x) _mm512_cvtepi32_ps(x)

static inline __m512i i_broadcast(const int8_t *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
}

static inline void v_codes(const __m512 part[1], int8_t *to)
{
    _mm_storeu_si128((__m128i *)(void *)to, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(part[0])));
}

static inline __m512i v_quads(const __m512 x[4])
{
    const __m512i byte = _mm512_set1_epi32(255);
    const __m512i low =
        _mm512_or_si512(_mm512_and_si512(_mm512_cvtps_epi32(x[0]), byte),
                        _mm512_slli_epi32(_mm512_and_si512(_mm512_cvtps_epi32(x[1]), byte), 8));
    const __m512i high = _mm512_or_si512(_mm512_and_si512(_mm512_cvtps_epi32(x[2]), byte),
                                         _mm512_slli_epi32(_mm512_cvtps_epi32(x[3]), 8));
    return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

#define QUANTISED_ROWS 6
#include "lib/kernels/quantised_kernels.h"

void trmi_quantised_avx512vnni(trmi_kernels *kernels)
{
    fill_quantised(kernels);
    kernels->name = "avx512vnni";
}

#endif
