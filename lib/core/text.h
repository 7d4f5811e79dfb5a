/* Text is UTF-8. */
#ifndef TRMI_CORE_TEXT_H
#define TRMI_CORE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Well-formed UTF-8 without zeros (Unicode 15, table 3-7). */
static inline bool trmi_is_text(const uint8_t *p, uint32_t length)
{
    uint32_t i = 0;
    while (i < length) {
        const uint8_t c = p[i];
        const uint32_t more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        if (c == 0 || (c >= 0x80 && c < 0xc2) || c > 0xf4 || more >= length - i)
            return false;
        for (uint32_t j = 1; j <= more; j++)
            if ((p[i + j] & 0xc0) != 0x80)
                return false;
        if ((c == 0xe0 && p[i + 1] < 0xa0) || (c == 0xed && p[i + 1] > 0x9f) ||
            (c == 0xf0 && p[i + 1] < 0x90) || (c == 0xf4 && p[i + 1] > 0x8f))
            return false;
        i += more + 1;
    }
    return true;
}

#endif
