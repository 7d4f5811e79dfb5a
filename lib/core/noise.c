/* Philox, and the inverse of the normal distribution. */
#include "lib/core/noise.h"

#include <assert.h>
#include <math.h>

#include "lib/core/logarithm.h"

enum { ROUNDS = 10, WORDS = 4 };

void trmi_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t bits[4])
{
    uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3], k = key[0], l = key[1];
    for (int round = 0; round < ROUNDS; round++) {
        const uint64_t first = (uint64_t)0xd2511f53u * a, second = (uint64_t)0xcd9e8d57u * c;
        a = (uint32_t)(second >> 32) ^ b ^ k;
        b = (uint32_t)second;
        c = (uint32_t)(first >> 32) ^ d ^ l;
        d = (uint32_t)first;
        k += 0x9e3779b9u;
        l += 0xbb67ae85u;
    }
    bits[0] = a;
    bits[1] = b;
    bits[2] = c;
    bits[3] = d;
}

/* The top bit is the sign, the others a number p between 0 and 1/2, of which the magnitude is the quantile:
 * t - P(1 / (t + 3/2)) with t = sqrt(-2 log p), and P of degree 5 off by at most 4e-6. */
float trmi_normal(uint32_t bits)
{
    const float p = ((float)(bits & 0x7fffffff) + 0.5f) * 0x1p-32f;
    const float t = sqrtf(-2.0f * trmi_log(p)), u = 1.0f / (t + 1.5f);
    float y = 0x1.a2d448p+4f;
    y = y * u - 0x1.00b98cp+5f;
    y = y * u + 0x1.4609bap+4f;
    y = y * u - 0x1.923310p+2f;
    y = y * u + 0x1.dbe596p+1f;
    y = y * u + 0x1.36f326p-5f;
    return bits >> 31 ? y - t : t - y;
}

void trmi_noise(uint64_t seed, uint32_t run, uint32_t node, uint32_t first, float *to, uint32_t channels)
{
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    assert(first % WORDS == 0 && to != NULL);
    for (uint32_t channel = 0; channel < channels; channel += WORDS) {
        uint32_t bits[WORDS];
        trmi_philox((uint32_t[]) { (first + channel) / WORDS, node, run, 0 }, key, bits);
        for (uint32_t i = 0; i < WORDS && channel + i < channels; i++)
            to[channel + i] = trmi_normal(bits[i]);
    }
}
