/* Vectors of AVX2 and FMA, 8 numbers each, in the words that the kernels are written in. */
#ifndef TRMI_KERNELS_X86_AVX2_H
#define TRMI_KERNELS_X86_AVX2_H

#include <immintrin.h>

typedef __m256 vector;
#define VECTOR_LANES 8

#define v_load(p) _mm256_loadu_ps(p)
#define v_store(p, x) _mm256_storeu_ps(p, x)
#define v_set(x) _mm256_set1_ps(x)
#define v_add(a, b) _mm256_add_ps(a, b)
#define v_sub(a, b) _mm256_sub_ps(a, b)
#define v_mul(a, b) _mm256_mul_ps(a, b)
#define v_div(a, b) _mm256_div_ps(a, b)
#define v_min(a, b) _mm256_min_ps(a, b)
#define v_max(a, b) _mm256_max_ps(a, b)
#define v_sqrt(a) _mm256_sqrt_ps(a)
#define v_prefetch(p) _mm_prefetch(p, _MM_HINT_T1)
#define v_fma(a, b, c) _mm256_fmadd_ps(a, b, c)
#define v_where_equal(a, b, x) _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_EQ_OQ), x)

/* Compared as integers, NaNs are the largest. */
static inline __m256 v_larger_magnitude(__m256 x, __m256 most)
{
    const __m256 magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x);
    return _mm256_castsi256_ps(_mm256_max_epi32(_mm256_castps_si256(magnitude), _mm256_castps_si256(most)));
}

static inline float v_largest_magnitude(__m256 x)
{
    const __m128i low = _mm_castps_si128(_mm256_castps256_ps128(x)),
                  high = _mm_castps_si128(_mm256_extractf128_ps(x, 1));
    const __m128i four = _mm_max_epi32(low, high), two = _mm_max_epi32(four, _mm_shuffle_epi32(four, 0x4e)),
                  one = _mm_max_epi32(two, _mm_shuffle_epi32(two, 0xb1));
    return _mm_cvtss_f32(_mm_castsi128_ps(one));
}
#define v_largest_magnitude v_largest_magnitude

static inline __m256 v_power(__m256 y, __m256 shifted)
{
    const __m256i n = _mm256_slli_epi32(_mm256_castps_si256(shifted), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(y), n));
}

static inline float v_fold(const __m256 lanes[2])
{
    const __m256 eight = _mm256_add_ps(lanes[0], lanes[1]);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

#endif
