/* Rotary tables as the published code makes them: frequencies and angles are rounded to float, then cosine
 * and sine are taken.
 *
 * The C libraries' pow, cos and sin differ in their last bits, so these are series in double, of additions,
 * multiplications and divisions alone; their errors, below 1e-12, vanish when the result is rounded to float.
 */
#include "lib/net/rotary.h"

#include <assert.h>

#define LN_2 0.693147180559945309417
#define HALF_PI_HIGH 1.5707963267341256 /* 33 bits of pi / 2: whole multiples up to 2^20 are exact */
#define HALF_PI_LOW 6.0771005065061922e-11

/* ln x = k ln 2 + 2 artanh((m - 1) / (m + 1)), x = m 2^k, m in sqrt(1/2) .. sqrt(2) */
static double logarithm(double x)
{
    int k = 0;
    assert(x >= 1.0);
    for (; x > 1.4142135623730951; k++)
        x *= 0.5;
    const double t = (x - 1.0) / (x + 1.0), square = t * t;
    double sum = 0.0;
    for (int n = 25; n > 0; n -= 2)
        sum = sum * square + 1.0 / n;
    return k * LN_2 + 2.0 * t * sum;
}

/* e^x = 2^k e^r by Taylor's series, |r| <= ln 2 / 2, x in 0 .. 70 */
static double exponential(double x)
{
    assert(x >= 0.0 && x <= 70.0);
    const int k = (int)(x / LN_2 + 0.5);
    const double r = x - k * LN_2;
    double sum = 1.0;
    for (int n = 18; n > 0; n--)
        sum = 1.0 + sum * r / n;
    for (int i = 0; i < k; i++)
        sum *= 2.0;
    return sum;
}

double trmi_power(double base, double exponent)
{
    assert(exponent >= 0.0 && exponent <= 1.0);
    return exponential(exponent * logarithm(base));
}

/* Taylor's series of cosine (from n = 0) or sine (from n = 1), |r| <= pi / 4 */
static double series(double r, int first)
{
    const double square = r * r;
    double sum = 1.0;
    for (int n = 18 + first; n > first; n -= 2)
        sum = 1.0 - sum * square / (n * (n - 1));
    return first == 0 ? sum : r * sum;
}

void trmi_cosine_and_sine(double angle, double *cosine, double *sine)
{
    assert(angle >= 0.0 && angle <= 65536.0);
    const int32_t quarter = (int32_t)(angle / (HALF_PI_HIGH + HALF_PI_LOW) + 0.5);
    const double r = (angle - quarter * HALF_PI_HIGH) - quarter * HALF_PI_LOW;
    const double c = series(r, 0), s = series(r, 1);
    switch (quarter % 4) {
    case 0:
        *cosine = c, *sine = s;
        break;
    case 1:
        *cosine = -s, *sine = c;
        break;
    case 2:
        *cosine = -c, *sine = -s;
        break;
    default:
        *cosine = s, *sine = -c;
        break;
    }
}

void trmi_rotary_fill(float *cosines, float *sines, uint32_t rows, uint32_t half, double base)
{
    for (uint32_t i = 0; i < half; i++) {
        const float frequency = (float)(1.0 / trmi_power(base, (double)i / half));
        for (uint32_t row = 0; row < rows; row++) {
            const float angle = (float)row * frequency;
            double c, s;
            trmi_cosine_and_sine((double)angle, &c, &s);
            cosines[(uint64_t)row * half + i] = (float)c;
            sines[(uint64_t)row * half + i] = (float)s;
        }
    }
}
