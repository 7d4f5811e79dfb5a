#include "lib/core/name.h"

#include <assert.h>

/* The digits of a number, which end with a zero at the end of `room`. */
static const char *digits_of(unsigned value, char room[12])
{
    char *at = room + 11;
    *at = '\0';
    do
        *--at = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    return at;
}

void trmi_write_name(char *to, size_t capacity, const char *format, ...)
{
    char *const last = to + capacity - 1;
    char room[12];
    va_list arguments;
    assert(capacity > 0);
    va_start(arguments, format);
    for (; *format != '\0'; format++) {
        const char literal[] = { *format, '\0' }, *part = literal;
        if (*format == '%')
            part = *++format == 's' ? va_arg(arguments, const char *)
                                    : digits_of(va_arg(arguments, unsigned), room);
        while (*part != '\0' && to < last)
            *to++ = *part++;
    }
    va_end(arguments);
    *to = '\0';
}
