/* A loop with more sums than there are registers: the test of inner loops has to see that some are
   spilled. */
#include <immintrin.h>

void trmi_provoke(float *to, const float *a, const float *b, int depth);

#define EACH(M) \
    M(0) \
    M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15) M(16) M(17) M(18) M(19)
#define DECLARE(i) __m256 s##i = _mm256_setzero_ps();
#define ADD(i) s##i = _mm256_fmadd_ps(_mm256_broadcast_ss(a + i), x, s##i);
#define STORE(i) _mm256_storeu_ps(to + 8 * i, s##i);

void trmi_provoke(float *to, const float *a, const float *b, int depth)
{
    EACH(DECLARE)
    for (int k = 0; k < depth; k++, a += 20, b += 8) {
        const __m256 x = _mm256_loadu_ps(b);
        EACH(ADD)
    }
    EACH(STORE)
}
