/* One pass over the format: text is copied, a conversion is parsed and written. */
#include "lib/core/message.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/core/decimal.h"

typedef struct message {
    char *to;
    size_t capacity, length; /* length: of the whole, also of what did not fit */
    va_list arguments;
} message;

typedef struct conversion {
    bool zeros, prefix;
    size_t width, precision; /* precision: SIZE_MAX when there is none */
    unsigned longs;          /* l's */
    bool size;               /* z */
} conversion;

static void put(message *m, char character)
{
    if (m->length + 1 < m->capacity)
        m->to[m->length] = character;
    m->length++;
}

static void put_text(message *m, const char *text, size_t most)
{
    assert(text != NULL);
    for (size_t i = 0; i < most && text[i] != '\0'; i++)
        put(m, text[i]);
}

static void put_number(message *m, const conversion *c, uint64_t value, uint64_t base, bool negative)
{
    char digits[24]; /* 2^64 has 20 */
    size_t count = 0;
    const bool prefix = c->prefix && value != 0;
    assert(base == 10 || base == 16);
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);
    const size_t used = count + (size_t)negative + (prefix ? 2 : 0);
    for (size_t i = used; !c->zeros && i < c->width; i++)
        put(m, ' ');
    if (negative)
        put(m, '-');
    if (prefix)
        put_text(m, "0x", 2);
    for (size_t i = used; c->zeros && i < c->width; i++)
        put(m, '0');
    while (count > 0)
        put(m, digits[--count]);
}

static uint64_t take_unsigned(message *m, const conversion *c)
{
    if (c->size)
        return va_arg(m->arguments, size_t);
    if (c->longs == 0)
        return va_arg(m->arguments, unsigned);
    return c->longs == 1 ? va_arg(m->arguments, unsigned long) : va_arg(m->arguments, unsigned long long);
}

static int64_t take_signed(message *m, const conversion *c)
{
    if (c->longs == 0)
        return va_arg(m->arguments, int);
    return c->longs == 1 ? va_arg(m->arguments, long) : va_arg(m->arguments, long long);
}

static void put_signed(message *m, const conversion *c)
{
    const int64_t value = take_signed(m, c);
    put_number(m, c, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, value < 0);
}

static void put_real(message *m)
{
    char text[TRMI_DECIMAL_BYTES];
    trmi_write_decimal(text, va_arg(m->arguments, double));
    put_text(m, text, sizeof text);
}

static const char *parse_size(message *m, const char *at, size_t *size)
{
    if (*at == '*') {
        const int given = va_arg(m->arguments, int);
        *size = given < 0 ? SIZE_MAX : (size_t)given; /* as the standard has it */
        return at + 1;
    }
    for (*size = 0; *at >= '0' && *at <= '9'; at++)
        *size = *size * 10 + (size_t)(*at - '0');
    return at;
}

static const char *parse(message *m, const char *at, conversion *c)
{
    *c = (conversion) { .precision = SIZE_MAX };
    for (; *at == '0' || *at == '#'; at++) {
        c->zeros |= *at == '0';
        c->prefix |= *at == '#';
    }
    at = parse_size(m, at, &c->width);
    if (*at == '.')
        at = parse_size(m, at + 1, &c->precision);
    for (; *at == 'l'; at++)
        c->longs++;
    c->size = *at == 'z';
    return at + c->size;
}

/* The conversion that `kind` ends. */
static void convert(message *m, const conversion *c, char kind)
{
    switch (kind) {
    case 's':
        put_text(m, va_arg(m->arguments, const char *), c->precision);
        break;
    case 'c':
        put(m, (char)va_arg(m->arguments, int));
        break;
    case 'd':
        put_signed(m, c);
        break;
    case 'u':
    case 'x':
        put_number(m, c, take_unsigned(m, c), kind == 'x' ? 16 : 10, false);
        break;
    case 'g':
        put_real(m);
        break;
    default:
        assert(kind == '%'); /* or lib/core/message.h does not promise it */
        put(m, kind);
        break;
    }
}

size_t trmi_write_message(char *to, size_t capacity, const char *format, va_list arguments)
{
    assert(capacity > 0);
    message m = { .to = to, .capacity = capacity };
    va_copy(m.arguments, arguments);
    for (const char *at = format; *at != '\0'; at++) {
        conversion c;
        if (*at != '%') {
            put(&m, *at);
            continue;
        }
        at = parse(&m, at + 1, &c);
        convert(&m, &c, *at);
        if (*at == '\0')
            break;
    }
    va_end(m.arguments);
    to[m.length < capacity ? m.length : capacity - 1] = '\0';
    return m.length;
}

size_t trmi_write_text(char *to, size_t capacity, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const size_t length = trmi_write_message(to, capacity, format, arguments);
    va_end(arguments);
    return length;
}
