/* No locale, no recursion, no memory. */
#include "lib/puzzles/json_cursor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"

static void skip_space(trmi_json_cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r'))
        c->at++;
}

static size_t column_of(const trmi_json_cursor *c)
{
    return (size_t)(c->at - c->begin) + 1;
}

trm_status trmi_json_fail(const trmi_json_cursor *c, const char *expected)
{
    if (c->at >= c->end)
        return trmi_fail(c->error, TRM_ERROR_FORMAT, "column %zu: expected %s, found the end of the line",
                         column_of(c), expected);
    const unsigned byte = (unsigned char)*c->at;
    if (byte < 0x20 || byte > 0x7e)
        return trmi_fail(c->error, TRM_ERROR_FORMAT, "column %zu: expected %s, found byte 0x%02x",
                         column_of(c), expected, byte);
    size_t shown = 0;
    while (shown < 24 && c->at + shown < c->end && c->at[shown] >= 0x20 && c->at[shown] <= 0x7e)
        shown++;
    return trmi_fail(c->error, TRM_ERROR_FORMAT, "column %zu: expected %s, found %.*s", column_of(c),
                     expected, (int)shown, c->at);
}

char trmi_json_next(trmi_json_cursor *c)
{
    skip_space(c);
    return c->at < c->end ? *c->at : '\0';
}

bool trmi_json_take(trmi_json_cursor *c, char character)
{
    const bool found = c->at < c->end && trmi_json_next(c) == character && c->at < c->end;
    c->at += found;
    return found;
}

trm_status trmi_json_expect(trmi_json_cursor *c, char character)
{
    char expected[4] = { '\'', character, '\'', '\0' };
    return trmi_json_take(c, character) ? TRM_OK : trmi_json_fail(c, expected);
}

/* ------------------------------------------------------------------------------------------- text */

/* Four hexadecimal digits; -1 for anything else. */
static int32_t unit_at(const trmi_json_cursor *c, const char *at)
{
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        const int digit = at + i < c->end ? (unsigned char)at[i] : 0, letter = digit | 0x20;
        if (digit >= '0' && digit <= '9')
            unit = unit << 4 | (digit - '0');
        else if (letter >= 'a' && letter <= 'f')
            unit = unit << 4 | (letter - 'a' + 10);
        else
            return -1;
    }
    return unit;
}

/* As UTF-8, which is shorter than what stands for it. */
static char *put_character(char *to, int32_t unit)
{
    if (unit < 0x80) {
        *to++ = (char)unit;
    } else if (unit < 0x800) {
        *to++ = (char)(0xc0 | unit >> 6);
        *to++ = (char)(0x80 | (unit & 0x3f));
    } else {
        *to++ = (char)(0xe0 | unit >> 12);
        *to++ = (char)(0x80 | (unit >> 6 & 0x3f));
        *to++ = (char)(0x80 | (unit & 0x3f));
    }
    return to;
}

/* Behind a backslash. No alphabet has characters beyond 16 bits, nor a zero. */
static trm_status take_escape(trmi_json_cursor *c, char **to)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *known = c->at < c->end && *c->at != '\0' ? strchr(names, *c->at) : NULL;
    if (known != NULL) {
        *(*to)++ = meant[known - names];
        c->at++;
        return TRM_OK;
    }
    const int32_t unit = c->at < c->end && *c->at == 'u' ? unit_at(c, c->at + 1) : -1;
    if (unit <= 0 || (unit >= 0xd800 && unit <= 0xdfff))
        return trmi_json_fail(c, "one of \"\\/bfnrt or u and four hexadecimal digits, neither 0 nor a half");
    *to = put_character(*to, unit);
    c->at += 5;
    return TRM_OK;
}

trm_status trmi_json_string(trmi_json_cursor *c, char **text, size_t *length)
{
    trm_status status = TRM_OK;
    if (!trmi_json_take(c, '"'))
        return trmi_json_fail(c, "text in quotes");
    char *to = *text = c->at;
    while (status == TRM_OK && c->at < c->end && *c->at != '"') {
        if ((unsigned char)*c->at < 0x20)
            return trmi_json_fail(c, "a character or a quote");
        if (*c->at != '\\')
            *to++ = *c->at++;
        else {
            c->at++;
            status = take_escape(c, &to);
        }
    }
    if (status != TRM_OK)
        return status;
    if (c->at == c->end)
        return trmi_json_fail(c, "a quote at the end of a text");
    c->at++;
    *to = '\0';
    *length = (size_t)(to - *text);
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- numbers */

static bool is_digit(const trmi_json_cursor *c)
{
    return c->at < c->end && *c->at >= '0' && *c->at <= '9';
}

trm_status trmi_json_whole(trmi_json_cursor *c, int64_t least, int64_t most, int64_t *number)
{
    char expected[80];
    skip_space(c);
    char *const begin = c->at;
    const bool negative = least < 0 && trmi_json_take(c, '-'), digits = is_digit(c);
    int64_t value = 0;
    while (is_digit(c) && value <= most)
        value = 10 * value + (*c->at++ - '0'); /* most is far below what 64 bits hold */
    value = negative ? -value : value;
    const bool ends = c->at == c->end || strchr(",]} \t\r", *c->at) != NULL;
    if (digits && ends && value >= least && value <= most) {
        *number = value;
        return TRM_OK;
    }
    c->at = begin;
    snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)least,
             (long long)most);
    return trmi_json_fail(c, expected);
}

/* Digits into a mantissa; those beyond what it holds only count. */
static int take_digits(trmi_json_cursor *c, uint64_t *mantissa, int *beyond)
{
    int count = 0;
    for (; is_digit(c) && count < 1000; c->at++, count++)
        if (*mantissa < UINT64_MAX / 10 - 1)
            *mantissa = 10 * *mantissa + (uint64_t)(*c->at - '0');
        else
            ++*beyond;
    return count;
}

/* mantissa x 10^power. Each product rounds once, the same everywhere. */
static double scale(uint64_t mantissa, int power)
{
    double value = (double)mantissa;
    for (; power > 0 && value <= 1e300; power--)
        value *= 10.0;
    for (; power < 0 && value > 0.0; power++)
        value /= 10.0;
    return power > 0 && mantissa > 0 ? HUGE_VAL : value;
}

static bool take_exponent(trmi_json_cursor *c, int *exponent)
{
    if (c->at == c->end || (*c->at != 'e' && *c->at != 'E'))
        return true;
    c->at++;
    const bool negative = c->at < c->end && *c->at == '-';
    c->at += negative || (c->at < c->end && *c->at == '+');
    const bool digits = is_digit(c);
    int value = 0;
    for (; is_digit(c); c->at++)
        value = value < 10000 ? 10 * value + (*c->at - '0') : value;
    *exponent = negative ? -value : value;
    return digits;
}

trm_status trmi_json_real(trmi_json_cursor *c, float *number)
{
    uint64_t mantissa = 0;
    int beyond = 0, behind = 0, exponent = 0, unused = 0;
    skip_space(c);
    char *const begin = c->at;
    const bool negative = trmi_json_take(c, '-');
    bool good = take_digits(c, &mantissa, &beyond) > 0;
    if (good && c->at < c->end && *c->at == '.') {
        c->at++;
        behind = take_digits(c, &mantissa, &unused);
        good = behind > 0;
    }
    good = good && take_exponent(c, &exponent) && (c->at == c->end || strchr(",]} \t\r", *c->at) != NULL);
    const double value = scale(mantissa, exponent + beyond - behind + unused);
    *number = (float)(negative ? -value : value);
    if (good && isfinite(*number))
        return TRM_OK;
    c->at = begin;
    return trmi_json_fail(c, "a number that is finite as a float");
}
