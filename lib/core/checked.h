/* Integer arithmetic on numbers that nobody has vouched for: false means that the result does not fit. */
#ifndef TRMI_CORE_CHECKED_H
#define TRMI_CORE_CHECKED_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool trmi_add(uint64_t a, uint64_t b, uint64_t *sum)
{
    *sum = a + b;
    return *sum >= a;
}

/* In halves: small processors have no division of 64 bits. */
static inline bool trmi_multiply(uint64_t a, uint64_t b, uint64_t *product)
{
    const uint64_t high_a = a >> 32, high_b = b >> 32, low = (a & UINT32_MAX) * (b & UINT32_MAX),
                   crossed = high_a * (b & UINT32_MAX) + high_b * (a & UINT32_MAX);
    *product = low + (crossed << 32);
    return (high_a == 0 || high_b == 0) && crossed >> 32 == 0 && *product >= low;
}

/* The least multiple of `step` (a power of two) that is not below `value`. */
static inline bool trmi_align(uint64_t value, uint64_t step, uint64_t *aligned)
{
    assert(step > 0 && (step & (step - 1)) == 0);
    const bool fits = trmi_add(value, step - 1, aligned);
    *aligned &= ~(step - 1);
    return fits;
}

/* The same for numbers that are known to be small. */
static inline size_t trmi_round_up(size_t value, size_t step)
{
    assert(step > 0 && value <= SIZE_MAX - step);
    return (value + step - 1) / step * step;
}

#endif
