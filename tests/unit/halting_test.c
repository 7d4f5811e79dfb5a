/* Logarithms and exponentials of our own, and what the halting logits of nodes say of the whole, against the
 * C library's doubles; and recorded bits, so that nothing differs on any machine. */
#include <math.h>
#include <stdlib.h>

#include "lib/core/bytes.h"
#include "lib/core/logarithm.h"
#include "lib/kernels/halting.h"
#include "lib/kernels/scalar.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

static double relative(double found, double expected)
{
    return expected == 0.0 ? fabs(found) : fabs(found / expected - 1.0);
}

START_TEST(test_logarithms)
{
    double worst = 0.0;
    for (double x = 0x1p-126; x < 3e38; x *= 1.0001) /* every octave, and closely around 1 */
        worst = fmax(worst, relative(trmi_log((float)x), log((double)(float)x)));
    for (int i = -4000000; i <= 4000000; i++) {
        const float x = 1.0f + (float)i * 0x1p-24f;
        worst = fmax(worst, relative(trmi_log(x), log((double)x)));
    }
    ck_assert_double_le(worst, 3e-7);
    worst = 0.0;
    for (double x = 1e-37; x < 3e38; x *= 1.0001)
        worst = fmax(worst, relative(trmi_log1p((float)x), log1p((double)(float)x)));
    ck_assert_double_le(worst, 3e-7);
    ck_assert(trmi_log(1.0f) == 0.0f && trmi_log1p(0.0f) == 0.0f);
}
END_TEST

START_TEST(test_exponential_less_one)
{
    double worst = 0.0;
    for (double x = 1e-37; x < 100.0; x *= 1.0001)
        worst = fmax(worst, relative(trmi_expm1((float)-x), expm1((double)(float)-x)));
    ck_assert_double_le(worst, 3e-7);
    ck_assert(trmi_expm1(0.0f) == 0.0f);
}
END_TEST

static double softmin(const float *c, uint32_t count)
{
    double most = -c[0], sum = 0.0;
    for (uint32_t i = 1; i < count; i++)
        most = fmax(most, -c[i]);
    for (uint32_t i = 0; i < count; i++)
        sum += exp(-c[i] - most);
    return -(most + log(sum));
}

static double product(const float *c, uint32_t count)
{
    double log_p = 0.0;
    for (uint32_t i = 0; i < count; i++)
        log_p += c[i] < 0.0f ? c[i] - log1p(exp((double)c[i])) : -log1p(exp(-(double)c[i]));
    log_p = fmin(log_p, -1e-6);
    return log_p - log(-expm1(log_p));
}

enum { MOST_NODES = 800 };

/* Within 2e-6 of the value, or of 1 where that is smaller: the logits' own rounding is of that size. */
static double halting_error(const float *c, uint32_t count)
{
    const double low = softmin(c, count), all = product(c, count);
    return fmax(fabs(trmi_halt_softmin(c, count) - low) / fmax(1.0, fabs(low)),
                fabs(trmi_halt_product(c, count) - all) / fmax(1.0, fabs(all)));
}

START_TEST(test_halting_of_many)
{
    random_source random = random_begin(1);
    static float c[MOST_NODES];
    double worst = 0.0;
    for (int round = 0; round < 3000; round++) {
        const uint32_t count = 1 + random_below(&random, round % 2 ? MOST_NODES : 20);
        const double middle = 100.0 * random_even(&random), spread = 20.0 * random_even(&random);
        for (uint32_t i = 0; i < count; i++)
            c[i] = (float)fmin(fmax(middle + spread * random_even(&random), -100.0), 100.0);
        worst = fmax(worst, halting_error(c, count));
    }
    ck_assert_double_le(worst, 2e-6);
}
END_TEST

/* Every size of log P, from the clamp over the series' end to sure failure. */
START_TEST(test_halting_of_one)
{
    double worst = 0.0;
    bool same = true;
    for (int i = -100000; i <= 100000; i++) {
        const float c = (float)i * 1e-3f;
        worst = fmax(worst, halting_error(&c, 1));
        same &= trmi_halt_softmin(&c, 1) == c;
    }
    ck_assert(same);
    ck_assert_double_le(worst, 2e-6);
    const float sure = 100.0f;
    ck_assert_double_eq_tol(trmi_halt_product(&sure, 1), -log(expm1(1e-6)), 1e-5);
}
END_TEST

START_TEST(test_cells)
{
    random_source random = random_begin(2);
    float c[5 * 9], cells[5];
    for (int i = 0; i < 45; i++)
        c[i] = (float)(20.0 * random_even(&random));
    trmi_halt_cells(cells, c, 5, 9);
    for (int i = 0; i < 5; i++)
        ck_assert(cells[i] == trmi_halt_softmin(c + i * 9, 9));
}
END_TEST

/* An overflow is never sure of anything. */
START_TEST(test_not_finite)
{
    const float bad[] = { NAN, INFINITY, -INFINITY };
    for (int i = 0; i < 3; i++)
        for (int at = 0; at < 40; at += 39) {
            float c[40], cell;
            for (int k = 0; k < 40; k++)
                c[k] = k == at ? bad[i] : 8.0f;
            trmi_halt_cells(&cell, c, 1, 40);
            ck_assert(isnan(trmi_halt_softmin(c, 40)) && isnan(trmi_halt_product(c, 40)) && isnan(cell));
        }
}
END_TEST

START_TEST(test_recorded_bits)
{
    float c[37];
    for (int i = 0; i < 37; i++)
        c[i] = (float)(i * 7 % 11) * 0.37f - 1.5f;
    ck_assert_uint_eq(trmi_bits_of_float(trmi_halt_softmin(c, 37)), 0xc0794179u);
    ck_assert_uint_eq(trmi_bits_of_float(trmi_halt_product(c, 37)), 0xc1cd2c5cu);
    for (int i = 0; i < 37; i++)
        c[i] += 10.0f;
    ck_assert_uint_eq(trmi_bits_of_float(trmi_halt_product(c, 37)), 0x40c356a6u);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("halting");
    TCase *of_one = tcase_create("functions of one number"), *of_many = tcase_create("functions of nodes");
    tcase_add_test(of_one, test_logarithms);
    tcase_add_test(of_one, test_exponential_less_one);
    tcase_add_test(of_many, test_halting_of_many);
    tcase_add_test(of_many, test_halting_of_one);
    tcase_add_test(of_many, test_cells);
    tcase_add_test(of_many, test_not_finite);
    tcase_add_test(of_many, test_recorded_bits);
    suite_add_tcase(s, of_one);
    suite_add_tcase(s, of_many);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
