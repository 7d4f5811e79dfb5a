/* Vectors of AVX-512, 16 numbers each, in the words that the kernels are written in. */
#ifndef TRMI_KERNELS_X86_AVX512_H
#define TRMI_KERNELS_X86_AVX512_H

#include <immintrin.h>

typedef __m512 vector;
#define VECTOR_LANES 16

#define v_load(p) _mm512_loadu_ps(p)
#define v_store(p, x) _mm512_storeu_ps(p, x)
#define v_set(x) _mm512_set1_ps(x)
#define v_add(a, b) _mm512_add_ps(a, b)
#define v_sub(a, b) _mm512_sub_ps(a, b)
#define v_mul(a, b) _mm512_mul_ps(a, b)
#define v_div(a, b) _mm512_div_ps(a, b)
#define v_min(a, b) _mm512_min_ps(a, b)
#define v_max(a, b) _mm512_max_ps(a, b)
#define v_sqrt(a) _mm512_sqrt_ps(a)
#define v_prefetch(p) _mm_prefetch(p, _MM_HINT_T1)
#define v_fma(a, b, c) _mm512_fmadd_ps(a, b, c)
#define v_where_equal(a, b, x) _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ), x)

/* Compared as integers, NaNs are the largest. */
static inline __m512 v_larger_magnitude(__m512 x, __m512 most)
{
    const __m512i magnitude = _mm512_castps_si512(_mm512_abs_ps(x));
    return _mm512_castsi512_ps(_mm512_max_epi32(magnitude, _mm512_castps_si512(most)));
}

static inline float v_largest_magnitude(__m512 x)
{
    return _mm_cvtss_f32(
        _mm_castsi128_ps(_mm_cvtsi32_si128(_mm512_reduce_max_epi32(_mm512_castps_si512(x)))));
}
#define v_largest_magnitude v_largest_magnitude

static inline __m512 v_power(__m512 y, __m512 shifted)
{
    const __m512i n = _mm512_slli_epi32(_mm512_castps_si512(shifted), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(y), n));
}

static inline float v_fold(const __m512 lanes[1])
{
    const __m256 high = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(lanes[0]), 1));
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(lanes[0]), high);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

#endif
