/* 8-bit integers with AVX-512 VNNI, which multiplies unsigned bytes by signed ones: activations are offset to
 * be unsigned. A tile of 14 rows by two panels leaves four of the 32 registers for operands. */
#include "lib/kernels/kernels.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VNNI__)

#include <string.h>

#include "lib/kernels/x86/avx512.h"

typedef __m512i integers;
typedef __m512i side;
#define CODE_OFFSET 128
#define CODES_LIMITED 1
#define i_side(b) (b)
#define i_again(x) (x)

#define i_zero() _mm512_setzero_si512()
#define i_load(p) _mm512_loadu_si512(p)
#define i_store(p, x) _mm512_storeu_si512(p, x)
#define i_add(a, b) _mm512_add_epi32(a, b)
#define i_all(number) _mm512_set1_epi32(number)
#define i_flip(x) _mm512_xor_si512(x, _mm512_set1_epi8(-128))
#define i_to_numbers(x) _mm512_cvtepi32_ps(x)

/* The intrinsic converts the sum from one type of vector to another and back, for which gcc 12 keeps two
 * copies of each sum: more than there are registers. */
static inline __m512i i_dot(__m512i sum, __m512i u, __m512i s)
{
#if defined(__GNUC__)
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(u), "v"(s));
    return sum;
#else
    return _mm512_dpbusd_epi32(sum, u, s);
#endif
}

static inline __m512i i_broadcast(const int8_t *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
}

static inline void v_codes(const __m512 part[1], int8_t *to)
{
    const __m128i bytes = _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(part[0]));
    _mm_storeu_si128((__m128i *)(void *)to,
                     _mm_xor_si128(_mm_max_epi8(bytes, _mm_set1_epi8(-127)), _mm_set1_epi8(-128)));
}

/* Packing leaves four lanes of each of the four vectors in a quarter of the result. */
static inline __m512i packed(const __m512 x[4])
{
    const __m512i low = _mm512_packs_epi32(_mm512_cvtps_epi32(x[0]), _mm512_cvtps_epi32(x[1])),
                  high = _mm512_packs_epi32(_mm512_cvtps_epi32(x[2]), _mm512_cvtps_epi32(x[3]));
    const __m512i bytes = _mm512_max_epi8(_mm512_packs_epi16(low, high), _mm512_set1_epi8(-127));
    return _mm512_xor_si512(bytes, _mm512_set1_epi8(-128));
}

static inline __m512i v_strip(const __m512 x[4])
{
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_permutexvar_epi32(order, packed(x));
}

static inline __m512i v_quads(const __m512 x[4])
{
    const __m512i order =
        _mm512_broadcast_i32x4(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    return _mm512_shuffle_epi8(packed(x), order);
}

/* Each height has two loops here. */
#define HAS_CODE(rows) ((rows) == 1 || (rows) == 2 || (rows) == 4 || (rows) == 8 || (rows) >= 12)
#define TILE_ROWS 14
#include "lib/kernels/quantised_kernels.h"

void trmi_quantised_avx512vnni(trmi_kernels *kernels)
{
    fill_quantised(kernels);
}

#endif
