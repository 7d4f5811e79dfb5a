/* 8-bit integers in vectors of AVX2, in the words that the kernels are written in. */
#ifndef TRMI_KERNELS_X86_INTEGERS_AVX2_H
#define TRMI_KERNELS_X86_INTEGERS_AVX2_H

#include <stdint.h>
#include <string.h>

#include "lib/kernels/x86/avx2.h"

/* -128 where products want activations unsigned: what flips the sign of their codes. */
#ifndef CODE_FLIP
#define CODE_FLIP 0
#endif

#define CODES_LIMITED 1

typedef __m256i integers;

#define i_zero() _mm256_setzero_si256()
#define i_load(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define i_store(p, x) _mm256_storeu_si256((__m256i *)(void *)(p), x)
#define i_add(a, b) _mm256_add_epi32(a, b)
#define i_all(number) _mm256_set1_epi32(number)
#define i_to_numbers(x) _mm256_cvtepi32_ps(x)

static inline __m256i i_broadcast(const int8_t *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm256_set1_epi32(four);
}

static inline void v_codes(const __m256 part[2], int8_t *to)
{
    const __m256i words = _mm256_packs_epi32(_mm256_cvtps_epi32(part[0]), _mm256_cvtps_epi32(part[1]));
    const __m256i ordered =
        _mm256_permute4x64_epi64(words, 0xd8); /* packing works on each half of a vector */
    const __m128i bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(ordered), _mm256_extracti128_si256(ordered, 1));
    _mm_storeu_si128((__m128i *)(void *)to,
                     _mm_xor_si128(_mm_max_epi8(bytes, _mm_set1_epi8(-127)), _mm_set1_epi8(CODE_FLIP)));
}

/* Packing leaves four lanes of each of the four vectors in a half of the result. */
static inline __m256i packed(const __m256 x[4])
{
    const __m256i low = _mm256_packs_epi32(_mm256_cvtps_epi32(x[0]), _mm256_cvtps_epi32(x[1])),
                  high = _mm256_packs_epi32(_mm256_cvtps_epi32(x[2]), _mm256_cvtps_epi32(x[3]));
    const __m256i bytes = _mm256_max_epi8(_mm256_packs_epi16(low, high), _mm256_set1_epi8(-127));
    return _mm256_xor_si256(bytes, _mm256_set1_epi8(CODE_FLIP));
}

static inline __m256i v_strip(const __m256 x[4])
{
    return _mm256_permutevar8x32_epi32(packed(x), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

static inline __m256i v_quads(const __m256 x[4])
{
    const __m256i order =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    return _mm256_shuffle_epi8(packed(x), order);
}

#endif
