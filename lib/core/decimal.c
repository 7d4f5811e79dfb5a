/* A double is an integer times a power of two: its decimal digits are finite, and are worked out as limbs of
   nine. */
#include "lib/core/decimal.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    LIMB = 1000000000,
    LIMB_DIGITS = 9,
    LIMB_TWOS = 9,       /* a limb divides by two so often */
    BEFORE = 35,         /* limbs before the point: 309 digits */
    BEHIND = 120,        /* and behind it: 1,074 */
    SIGNIFICANT = 6,     /* digits */
    OVERFLOWED = 1000000 /* one more than they hold */
};

typedef struct decimal {
    uint32_t limb[BEFORE + BEHIND];
} decimal;

static void twice(decimal *d, int times)
{
    uint64_t carry = 0;
    assert(times >= 0 && times < 30); /* a limb so often doubled and a carry fit in 64 bits */
    for (int i = BEFORE; i-- > 0;) {
        carry += (uint64_t)d->limb[i] << times;
        d->limb[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    assert(carry == 0); /* no double is as large */
}

static void halve(decimal *d, int times)
{
    uint32_t carry = 0;
    assert(times >= 0 && times <= LIMB_TWOS);
    for (int i = 0; i < BEFORE + BEHIND; i++) {
        const uint32_t rest = d->limb[i] & ((1u << times) - 1);
        d->limb[i] = (d->limb[i] >> times) + carry;
        carry = rest * ((uint32_t)LIMB >> times);
    }
}

static void expand(decimal *d, uint64_t mantissa, int exponent)
{
    memset(d, 0, sizeof *d);
    d->limb[BEFORE - 1] = (uint32_t)(mantissa % LIMB);
    d->limb[BEFORE - 2] = (uint32_t)(mantissa / LIMB);
    for (; exponent > 0; exponent -= exponent < 29 ? exponent : 29)
        twice(d, exponent < 29 ? exponent : 29);
    for (; exponent < 0; exponent += -exponent < LIMB_TWOS ? -exponent : LIMB_TWOS)
        halve(d, -exponent < LIMB_TWOS ? -exponent : LIMB_TWOS);
}

/* Counted from the first limb's highest. */
static uint32_t digit(const decimal *d, int place)
{
    assert(place >= 0 && place < (BEFORE + BEHIND) * LIMB_DIGITS);
    uint32_t limb = d->limb[place / LIMB_DIGITS];
    for (int i = place % LIMB_DIGITS; i < LIMB_DIGITS - 1; i++)
        limb /= 10;
    return limb % 10;
}

/* Whether digits from `place` on make a number that is rounded up, behind one that is odd or even. */
static bool rounds_up(const decimal *d, int place, bool odd)
{
    const uint32_t first = digit(d, place);
    if (first != 5)
        return first > 5;
    for (int i = place + 1; i < (BEFORE + BEHIND) * LIMB_DIGITS; i++)
        if (digit(d, i) != 0)
            return true;
    return odd;
}

/* The significant digits, and the power of ten of the first. */
static uint32_t significant(const decimal *d, int *power)
{
    int first = 0;
    uint32_t digits = 0;
    while (digit(d, first) == 0)
        first++;
    for (int i = first; i < first + SIGNIFICANT; i++)
        digits = digits * 10 + digit(d, i);
    digits += rounds_up(d, first + SIGNIFICANT, digits % 2 != 0);
    *power = BEFORE * LIMB_DIGITS - 1 - first;
    if (digits < OVERFLOWED)
        return digits;
    ++*power;
    return digits / 10;
}

/* Digits without the zeros behind them, a point behind `before` of them; before them zeros when that is less
   than 1. */
static char *write_digits(char *to, uint32_t digits, int before)
{
    char text[SIGNIFICANT];
    int count = SIGNIFICANT;
    assert(digits > 0 && digits < OVERFLOWED && before <= SIGNIFICANT);
    for (int i = SIGNIFICANT; i-- > 0; digits /= 10)
        text[i] = (char)('0' + digits % 10);
    while (count > 1 && text[count - 1] == '0')
        count--;
    if (before < 1) {
        *to++ = '0';
        *to++ = '.';
        for (int i = before; i < 0; i++)
            *to++ = '0';
    }
    for (int i = 0; i < count || i < before; i++) {
        if (i == before && before > 0)
            *to++ = '.';
        *to++ = i < count ? text[i] : '0';
    }
    return to;
}

static char *write_power(char *to, int power)
{
    const int size = power < 0 ? -power : power;
    assert(size < 1000);
    *to++ = 'e';
    *to++ = power < 0 ? '-' : '+';
    if (size >= 100)
        *to++ = (char)('0' + size / 100);
    *to++ = (char)('0' + size / 10 % 10);
    *to++ = (char)('0' + size % 10);
    return to;
}

static char *write_finite(char *to, uint64_t mantissa, int exponent)
{
    int power;
    decimal d;
    if (mantissa == 0) {
        *to++ = '0';
        return to;
    }
    expand(&d, mantissa, exponent);
    const uint32_t digits = significant(&d, &power);
    if (power >= -4 && power < SIGNIFICANT)
        return write_digits(to, digits, power + 1);
    return write_power(write_digits(to, digits, 1), power);
}

void trmi_write_decimal(char text[TRMI_DECIMAL_BYTES], double number)
{
    enum { FRACTION_BITS = 52, EXPONENT_ALL = 2047, BIAS = 1075 };
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    const int exponent = (int)(bits >> FRACTION_BITS & EXPONENT_ALL);
    const uint64_t fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    if (bits >> 63 != 0)
        *text++ = '-';
    if (exponent == EXPONENT_ALL) {
        memcpy(text, fraction != 0 ? "nan" : "inf", 4);
        return;
    }
    const uint64_t hidden = exponent == 0 ? 0 : UINT64_C(1) << FRACTION_BITS;
    *write_finite(text, fraction | hidden, (exponent == 0 ? 1 : exponent) - BIAS) = '\0';
}
