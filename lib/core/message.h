/* Sentences without the C library's stdio, which firmware lacks and other languages' locales change. */
#ifndef TRMI_CORE_MESSAGE_H
#define TRMI_CORE_MESSAGE_H

#include <stdarg.h>
#include <stddef.h>

#if defined(__clang__)
#define TRMI_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#elif defined(__GNUC__) /* whose printf on Windows is not that of C99 */
#define TRMI_PRINTF(format_index, first) __attribute__((format(gnu_printf, format_index, first)))
#else
#define TRMI_PRINTF(format_index, first)
#endif

/* Writes what vsnprintf() writes, for the conversions that the library uses: %s with a precision, in digits
 * or as *; %c; %d, %u and %x with l, ll or z, the flags 0 and #, and a width; %g, always with a point; %%.
 * Returns the length of the whole sentence; what is written ends before `capacity` bytes, with a zero, which
 * needs a capacity of at least 1. */
size_t trmi_write_message(char *to, size_t capacity, const char *format, va_list arguments) TRMI_PRINTF(3, 0);

/* The same with the arguments themselves. */
size_t trmi_write_text(char *to, size_t capacity, const char *format, ...) TRMI_PRINTF(3, 4);

#endif
