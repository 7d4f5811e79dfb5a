/* The library's own formatter against the C library's, which runs in the C locale here. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <trm/trm.h>

#include "lib/core/decimal.h"
#include "lib/core/generator.h"
#include "lib/core/message.h"
#include "lib/core/name.h"
#include "tests/support/run.h"

/* Both write the same, and say the same length, in room enough and in too little. */
#define CHECK(...) \
    do { \
        for (size_t room = 1; room <= sizeof wanted; room++) { \
            memset(found, 'x', sizeof found); \
            const int length = snprintf(wanted, room, __VA_ARGS__); \
            ck_assert_uint_eq(trmi_write_text(found, room, __VA_ARGS__), (size_t)length); \
            ck_assert_str_eq(found, wanted); \
            ck_assert(room == sizeof found || found[room] == 'x'); \
        } \
    } while (0)
static char wanted[96], found[96];

START_TEST(test_texts)
{
    CHECK("%s", "");
    CHECK("plain, 100%%");
    CHECK("%s: %s%c", "a", "bc", '!');
    CHECK("%.3s %.0s %.40s", "abcdef", "abc", "short");
    CHECK("%.*s|%.*s", 2, "abcdef", -1, "whole");
    CHECK("%.2s", "\xc3\xa9\xc3\xa9");
    static const char unterminated[3] = { 'a', 'b', 'c' };
    CHECK("%.3s", unterminated);
}
END_TEST

START_TEST(test_integers)
{
    static const long long values[] = { 0,    1,     -1,        9,         10,        127,
                                        -128, 65535, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const long long v = values[i];
        CHECK("%d %u %x", (int)v, (unsigned)v, (unsigned)v);
        CHECK("%ld %lu %lx", (long)v, (unsigned long)v, (unsigned long)v);
        CHECK("%lld %llu %llx", v, (unsigned long long)v, (unsigned long long)v);
        CHECK("%zu %zx", (size_t)v, (size_t)v);
        CHECK("%02x|%08x|%5d|%05d|%#x", (unsigned)v, (unsigned)v, (int)v, (int)v, (unsigned)v);
        CHECK("%" PRIu64 " %" PRId64 " %" PRIu32, (uint64_t)v, (int64_t)v, (uint32_t)v);
    }
}
END_TEST

START_TEST(test_reals)
{
    static const double values[] = { 0.0,
                                     -0.0,
                                     1.0,
                                     -1.5,
                                     0.1,
                                     1e-5,
                                     1e-4,
                                     9.99999e-5,
                                     999999.4,
                                     999999.5,
                                     1e6,
                                     123456.5,
                                     1234565.0,
                                     1234575,
                                     0.5,
                                     2.5e-7,
                                     1e15,
                                     1e17,
                                     1e100,
                                     DBL_MAX,
                                     DBL_MIN,
                                     FLT_MAX,
                                     -FLT_MIN,
                                     4.9e-324,
                                     INFINITY,
                                     -INFINITY,
                                     1e22,
                                     100000.5,
                                     0.00012345650000000001 };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        CHECK("%g", values[i]);
    char text[TRMI_DECIMAL_BYTES];
    trmi_write_decimal(text, -DBL_MIN / 8);
    ck_assert_str_eq(text, "-2.78134e-309");
    trmi_write_decimal(text, fabs((double)NAN));
    ck_assert_str_eq(text, "nan");
}
END_TEST

/* Numbers of all sizes, halfway cases among them. */
START_TEST(test_random_reals)
{
    trmi_generator source;
    trmi_generator_begin(&source, 1, "reals");
    for (int i = 0; i < 50000; i++) {
        const uint64_t bits = trmi_generator_next(&source);
        double value = (double)(bits % 5000000) / (i % 3 == 0 ? 16.0 : 10000.0);
        if (i % 3 == 1)
            memcpy(&value, &bits, sizeof value);
        if (isnan(value))
            continue;
        snprintf(wanted, sizeof wanted, "%g", value);
        trmi_write_decimal(found, value);
        ck_assert_str_eq(found, wanted);
    }
}
END_TEST

START_TEST(test_names)
{
    static const char *const parts[] = { "", "net", "relational.own" };
    for (size_t room = 1; room < 40; room++)
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            const unsigned number = i == 0 ? 0 : i == 1 ? 4294967295u : 10;
            snprintf(wanted, room, "%s.%u.%s!", parts[i], number, parts[2 - i]);
            trmi_write_name(found, room, "%s.%u.%s!", parts[i], number, parts[2 - i]);
            ck_assert_str_eq(found, wanted);
        }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("message");
    TCase *t = tcase_create("message");
    tcase_add_test(t, test_texts);
    tcase_add_test(t, test_names);
    tcase_add_test(t, test_integers);
    tcase_add_test(t, test_reals);
    tcase_add_test(t, test_random_reals);
    suite_add_tcase(s, t);
    return run_suite(s);
}
