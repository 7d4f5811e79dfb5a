#include "lib/model/values.h"

#include <assert.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"

enum { SIGN = 0x7fffffff, EXPONENT = 0x7f800000, CARRY = 0x00800000, CHECKED_AT_ONCE = 16 };

/* Whether one of the numbers is infinite or NaN: its exponent is all ones, and one more carries into the
 * sign's place. Without branches, so that compilers make vectors of it: opening looks at every weight. */
static bool any_not_finite(const float *numbers)
{
    uint32_t carried = 0;
    for (int i = 0; i < CHECKED_AT_ONCE; i++)
        carried |= (trmi_bits_of_float(numbers[i]) & SIGN) + CARRY;
    return carried >> 31;
}

/* Index of the first number that is not finite, or count. */
static uint64_t first_not_finite(const float *numbers, uint64_t count)
{
    uint64_t i = 0;
    while (count - i >= CHECKED_AT_ONCE && !any_not_finite(numbers + i))
        i += CHECKED_AT_ONCE;
    while (i < count && (trmi_bits_of_float(numbers[i]) & EXPONENT) != EXPONENT)
        i++;
    return i;
}

static trm_status check_finite(const trmi_tensor *t, const char *what, const float *numbers, uint64_t count,
                               trm_error *error)
{
    const uint64_t at = first_not_finite(numbers, count);
    if (at == count)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s: expected finite %s, found %g at index %llu",
                     t->name, what, (double)numbers[at], (unsigned long long)at);
}

/* Numbers or integers as they are stored. */
typedef struct stored {
    const trmi_tensor *tensor;
    const float *numbers;
    const int8_t *codes;
} stored;

static bool is_zero(const stored *s, uint64_t row, uint64_t from, uint64_t to)
{
    bool zero = true;
    for (uint64_t column = from; zero && column < to; column++)
        zero = s->codes != NULL ? s->codes[trmi_code_index(s->tensor, row, column)] == 0
                                : s->numbers[trmi_number_index(s->tensor, row, column)] == 0.0f;
    return zero;
}

/* Padding must be zero: what the kernels compute in spare lanes would otherwise reach the norms. */
static trm_status check_padding(const stored *s, uint64_t stored_columns, trm_error *error)
{
    const trmi_tensor *t = s->tensor;
    const uint64_t rows = trmi_tensor_rows(t), columns = trmi_tensor_columns(t);
    assert((s->numbers != NULL) != (s->codes != NULL) && columns <= stored_columns);
    const uint32_t group = t->group_columns, padded = t->stored_group_columns;
    bool zero = true;
    for (uint64_t row = 0; zero && row < rows; row++) {
        if (row % t->stored_group_rows >= t->group_rows)
            zero = is_zero(s, row, 0, columns);
        for (uint64_t begin = 0; zero && group < padded && begin < columns; begin += padded)
            zero = is_zero(s, row, begin + group, begin + padded);
        zero = zero && is_zero(s, row, columns, stored_columns);
    }
    return zero ? TRM_OK
                : trmi_fail(error, TRM_ERROR_FORMAT,
                            "tensor %s: expected zeros as padding, found other numbers", t->name);
}

trm_status trmi_check_numbers(const trmi_tensor *tensor, const float *numbers, trm_error *error)
{
    const uint64_t columns = trmi_tensor_columns(tensor);
    TRMI_TRY(check_finite(tensor, "numbers", numbers, trmi_tensor_rows(tensor) * columns, error));
    return check_padding(&(stored) { tensor, numbers, NULL }, columns, error);
}

/* -128 has no counterpart: kernels multiply magnitudes. */
static trm_status check_range(const trmi_tensor *t, const int8_t *codes, uint64_t count, trm_error *error)
{
    uint64_t found = 0;
    for (uint64_t i = 0; i < count; i++)
        found += codes[i] == INT8_MIN;
    return found == 0 ? TRM_OK
                      : trmi_fail(error, TRM_ERROR_FORMAT,
                                  "tensor %s: expected integers from -127 to 127, found -128 %llu times",
                                  t->name, (unsigned long long)found);
}

static trm_status check_scales(const trmi_tensor *t, const float *scales, trm_error *error)
{
    const uint64_t rows = trmi_tensor_rows(t);
    TRMI_TRY(check_finite(t, "scales", scales, rows, error));
    for (uint64_t row = 0; row < rows; row++)
        if (scales[row] < 0.0f)
            return trmi_fail(error, TRM_ERROR_FORMAT,
                             "tensor %s: expected a scale of at least 0, found %g for row %llu", t->name,
                             (double)scales[row], (unsigned long long)row);
    return TRM_OK;
}

trm_status trmi_check_codes(const trmi_tensor *tensor, const int8_t *codes, const float *scales,
                            trm_error *error)
{
    const uint64_t columns = trmi_code_columns(tensor);
    TRMI_TRY(check_range(tensor, codes, trmi_tensor_rows(tensor) * columns, error));
    TRMI_TRY(check_scales(tensor, scales, error));
    return check_padding(&(stored) { tensor, NULL, codes }, columns, error);
}
