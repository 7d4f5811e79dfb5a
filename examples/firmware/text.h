/* Numbers as text, without stdio. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "platform.h"

static inline void put_number(uint64_t number)
{
    char text[24];
    size_t at = sizeof text;
    text[--at] = '\0';
    do
        text[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    put(text + at);
}

static inline void put_bits(uint32_t bits)
{
    char text[9];
    for (int i = 7; i >= 0; i--, bits >>= 4)
        text[i] = "0123456789abcdef"[bits & 15];
    text[8] = '\0';
    put(text);
}

#endif
