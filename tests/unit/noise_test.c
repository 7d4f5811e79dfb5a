/* Philox against the authors' published vectors; the normal deviate against the C library's distribution;
 * noise that belongs to its place. */
#include <math.h>
#include <stdbool.h>

#include "lib/core/bytes.h"
#include "lib/core/noise.h"
#include "tests/support/run.h"

static const struct {
    uint32_t counter[4], key[2], bits[4];
} known[] = {
    { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { ~0u, ~0u, ~0u, ~0u }, { ~0u, ~0u }, { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
      { 0xa4093822, 0x299f31d0 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

START_TEST(test_philox)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t bits[4];
        trmi_philox(known[i].counter, known[i].key, bits);
        for (int word = 0; word < 4; word++)
            ck_assert_uint_eq(bits[word], known[i].bits[word]);
    }
}
END_TEST

/* Over all of its range, and closely at its ends: the probability of a lesser magnitude is what the bits
   say. */
START_TEST(test_normal)
{
    double worst = 0.0;
    bool mirrored = true;
    for (uint64_t bits = 0; bits < 0x80000000u; bits += bits < 100000 ? 1 : 10007) {
        const double p = ((double)bits + 0.5) * 0x1p-32, x = trmi_normal((uint32_t)bits);
        const double density = exp(-x * x / 2.0) / sqrt(2.0 * acos(-1.0));
        worst = fmax(worst, fabs(0.5 * erfc(x / sqrt(2.0)) - p) / density);
        mirrored &= trmi_normal((uint32_t)bits | 0x80000000u) == (float)-x;
    }
    ck_assert(mirrored);
    ck_assert_double_le(worst, 5e-6); /* in x */
}
END_TEST

START_TEST(test_moments)
{
    enum { NODES = 2000, CHANNELS = 50 };
    double sum[4] = { 0.0 }, neighbours = 0.0;
    for (uint32_t node = 0; node < NODES; node++) {
        float x[CHANNELS];
        trmi_noise(7, 0, node, 0, x, CHANNELS);
        for (int i = 0; i < CHANNELS; i++) {
            sum[0] += x[i];
            sum[1] += x[i] * x[i];
            sum[2] += pow(x[i], 4);
            neighbours += i > 0 ? x[i] * x[i - 1] : 0.0f;
        }
    }
    const double count = NODES * CHANNELS, five = 5.0 / sqrt(count); /* standard deviations */
    ck_assert_double_le(fabs(sum[0] / count), five);
    ck_assert_double_le(fabs(sum[1] / count - 1.0), five * sqrt(2.0));
    ck_assert_double_le(fabs(sum[2] / count - 3.0), five * sqrt(96.0));
    ck_assert_double_le(fabs(neighbours / count), five);
}
END_TEST

/* A number depends on seed, run, node and channel, and on nothing else. */
START_TEST(test_places)
{
    float some[7], more[30], other[7];
    trmi_noise(1, 2, 3, 0, some, 7);
    trmi_noise(1, 2, 3, 0, more, 30);
    ck_assert_mem_eq(some, more, sizeof some);
    trmi_noise(1ull << 32 | 1, 2, 3, 0, other, 7);
    ck_assert(other[0] != some[0] && other[6] != some[6]);
    trmi_noise(1, 3, 3, 0, other, 7);
    ck_assert(other[0] != some[0]);
    trmi_noise(1, 2, 4, 0, other, 7);
    ck_assert(other[0] != some[0]);
}
END_TEST

START_TEST(test_recorded_bits)
{
    float x[6];
    trmi_noise(0x123456789abcdefull, 5, 80, 0, x, 6);
    const uint32_t bits[6] = { 0x3fa85c04, 0x3fc4e6dc, 0x3ef01bdc, 0xbe0b4478, 0x3ed6cd94, 0xbfe8a1de };
    for (int i = 0; i < 6; i++)
        ck_assert_uint_eq(trmi_bits_of_float(x[i]), bits[i]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("noise");
    TCase *counters = tcase_create("counters"), *deviates = tcase_create("deviates");
    tcase_add_test(counters, test_philox);
    tcase_add_test(counters, test_places);
    tcase_add_test(counters, test_recorded_bits);
    tcase_add_test(deviates, test_normal);
    tcase_add_test(deviates, test_moments);
    suite_add_tcase(s, counters);
    suite_add_tcase(s, deviates);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
