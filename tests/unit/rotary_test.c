/* The angles of rotary positions. Against the C library: the doubles within 2^-52 (trmi_cosine_and_sine) and
 * 1e-12 of the value (power), so that the floats differ by at most one unit in the last place, where the C
 * library's double lies beside the middle of two floats. Against recorded bits: nothing differs, on any
 * machine. */
#include <math.h>
#include <stdlib.h>

#include "lib/core/bytes.h"
#include "lib/net/rotary.h"
#include "tests/support/run.h"

static double turn_error(double angle)
{
    double c, s;
    trmi_cosine_and_sine(angle, &c, &s);
    return fmax(fabs(c - cos(angle)), fabs(s - sin(angle)));
}

START_TEST(test_cosine_and_sine)
{
    enum { STEPS = 1000000 };
    double worst = 0.0;
    for (int i = 0; i <= STEPS; i++)
        worst = fmax(worst, turn_error(65536.0 * i / STEPS));
    ck_assert_double_le(worst, 0x1p-52);
}
END_TEST

/* Where the quadrant changes, on either side. */
START_TEST(test_at_quarters)
{
    double worst = 0.0;
    for (int quarter = 0; quarter <= 41720; quarter++) {
        const double edge = (quarter + 0.5) * 1.5707963267948966, zero = quarter * 1.5707963267948966;
        const double angles[] = { edge, nextafter(edge, 0.0), nextafter(edge, 1e9), zero,
                                  nextafter(zero, 1e9) };
        for (size_t i = 0; i < sizeof angles / sizeof *angles; i++)
            worst = fmax(worst, turn_error(angles[i]));
    }
    ck_assert_double_le(worst, 0x1p-52);
}
END_TEST

START_TEST(test_power)
{
    double worst = 0.0;
    for (int i = 0; i <= 300; i++)
        for (int j = 0; j <= 64; j++) {
            const double base = pow(10.0, i / 10.0), exponent = j / 64.0;
            worst = fmax(worst, fabs(trmi_power(base, exponent) / pow(base, exponent) - 1.0));
        }
    ck_assert_double_le(worst, 1e-12);
    ck_assert(trmi_power(10000.0, 0.0) == 1.0);
    ck_assert(trmi_power(1.0, 0.5) == 1.0);
}
END_TEST

static int64_t ordered(float value)
{
    const int64_t bits = trmi_bits_of_float(value);
    return bits < 0x80000000 ? bits : 0x80000000 - bits;
}

/* Units in the last place between two floats. */
static int64_t distance(float a, double b)
{
    const int64_t units = ordered(a) - ordered((float)b);
    return units < 0 ? -units : units;
}

static void check_table(uint32_t rows, uint32_t half, double base)
{
    float *cosines = malloc(sizeof(float) * rows * half), *sines = malloc(sizeof(float) * rows * half);
    int64_t different = 0, worst = 0;
    ck_assert(cosines != NULL && sines != NULL);
    trmi_rotary_fill(cosines, sines, rows, half, base);
    for (uint32_t row = 0; row < rows; row++)
        for (uint32_t i = 0; i < half; i++) {
            const float frequency = (float)(1.0 / pow(base, (double)i / half)),
                        angle = (float)row * frequency;
            const int64_t c = distance(cosines[row * half + i], cos((double)angle));
            const int64_t s = distance(sines[row * half + i], sin((double)angle));
            worst = c > worst ? c : s > worst ? s : worst;
            different += (c != 0) + (s != 0);
        }
    ck_assert_int_le(worst, 1);
    ck_assert_int_le(different * 10000, (int64_t)rows * half * 2);
    free(cosines);
    free(sines);
}

START_TEST(test_tables)
{
    check_table(4096, 32, 10000.0);
    check_table(916, 17, 500.0);
    check_table(97, 1, 10000.0);
    check_table(65536, 2, 1.5);
    check_table(64, 48, 1e30);
}
END_TEST

START_TEST(test_recorded_bits)
{
    static const uint32_t cosine_bits[4][4] = {
        { 0x3f800000, 0x3f800000, 0x3f800000, 0x3f800000 },
        { 0x3f0a5140, 0x3f7eb898, 0x3f7ffcb9, 0x3f7ffff8 },
        { 0xbed51133, 0x3f7ae5a5, 0x3f7ff2e5, 0x3f7fffde },
        { 0xbf7d7026, 0x3f7490ef, 0x3f7fe283, 0x3f7fffb5 },
    };
    static const uint32_t sine_bits[4][4] = {
        { 0x00000000, 0x00000000, 0x00000000, 0x00000000 },
        { 0x3f576aa4, 0x3dcc7577, 0x3c23d657, 0x3a83126e },
        { 0x3f68c7b7, 0x3e4b6ff9, 0x3ca3d43e, 0x3b031269 },
        { 0x3e1081c3, 0x3e974e6d, 0x3cf5b91f, 0x3b449b93 },
    };
    static float cosines[916 * 32], sines[916 * 32];
    trmi_rotary_fill(cosines, sines, 4, 4, 10000.0);
    for (int i = 0; i < 16; i++) {
        ck_assert_uint_eq(trmi_bits_of_float(cosines[i]), cosine_bits[i / 4][i % 4]);
        ck_assert_uint_eq(trmi_bits_of_float(sines[i]), sine_bits[i / 4][i % 4]);
    }
    trmi_rotary_fill(cosines, sines, 916, 32, 10000.0);
    ck_assert_uint_eq(trmi_bits_of_float(cosines[915 * 32]), 0xbf32fddd);
    ck_assert_uint_eq(trmi_bits_of_float(sines[915 * 32]), 0xbf370649);
    ck_assert_uint_eq(trmi_bits_of_float(cosines[915 * 32 + 31]), 0x3f7e18c0);
    ck_assert_uint_eq(trmi_bits_of_float(sines[915 * 32 + 31]), 0x3df9458b);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("rotary");
    TCase *t = tcase_create("rotary");
    tcase_add_test(t, test_cosine_and_sine);
    tcase_add_test(t, test_at_quarters);
    tcase_add_test(t, test_power);
    tcase_add_test(t, test_tables);
    tcase_add_test(t, test_recorded_bits);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
