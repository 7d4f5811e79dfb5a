/* CRC-32C, eight bytes at a time ("slicing by 8"), or by the processor's instruction where the data is long
 * enough to pay for asking whether there is one. */
#include "lib/core/checksum.h"
#include "config.h"
#include "lib/core/bytes.h"
#include "lib/core/host.h"
#include "lib/core/variants.h"

/* Below this the portable way takes less time than the instruction cpuid may take in a virtual machine. */
enum { WORTH_ASKING_BYTES = 65536 };

/* The remainders of the 256 values of a byte are sums (exclusive or) of those of its bits, which stand
 * below: the compiler makes the tables. */
#define BIT(n, bit, value) (((n) >> (bit)&1) * UINT32_C(value))
#define ENTRY(n, b0, b1, b2, b3, b4, b5, b6, b7) \
    (BIT(n, 0, b0) ^ BIT(n, 1, b1) ^ BIT(n, 2, b2) ^ BIT(n, 3, b3) ^ BIT(n, 4, b4) ^ BIT(n, 5, b5) ^ \
     BIT(n, 6, b6) ^ BIT(n, 7, b7))
#define ENTRIES4(n, ...) \
    ENTRY(n, __VA_ARGS__), ENTRY((n) + 1, __VA_ARGS__), ENTRY((n) + 2, __VA_ARGS__), \
        ENTRY((n) + 3, __VA_ARGS__)
#define ENTRIES16(n, ...) \
    ENTRIES4(n, __VA_ARGS__), ENTRIES4((n) + 4, __VA_ARGS__), ENTRIES4((n) + 8, __VA_ARGS__), \
        ENTRIES4((n) + 12, __VA_ARGS__)
#define ENTRIES64(n, ...) \
    ENTRIES16(n, __VA_ARGS__), ENTRIES16((n) + 16, __VA_ARGS__), ENTRIES16((n) + 32, __VA_ARGS__), \
        ENTRIES16((n) + 48, __VA_ARGS__)
#define ENTRIES(...) \
    { \
        ENTRIES64(0u, __VA_ARGS__), ENTRIES64(64u, __VA_ARGS__), ENTRIES64(128u, __VA_ARGS__), \
            ENTRIES64(192u, __VA_ARGS__) \
    }

#if !defined(TRM_FREESTANDING) && !defined(TRM_SMALL)

/* remainders[k][byte]: of a byte that is followed by k zero bytes; polynomial 0x1edc6f41, bits reversed. */
static const uint32_t remainders[4][256] = {
    ENTRIES(0xf26b8303, 0xe13b70f7, 0xc79a971f, 0x8ad958cf, 0x105ec76f, 0x20bd8ede, 0x417b1dbc, 0x82f63b78),
    ENTRIES(0x13a29877, 0x274530ee, 0x4e8a61dc, 0x9d14c3b8, 0x3fc5f181, 0x7f8be302, 0xff17c604, 0xfbc3faf9),
    ENTRIES(0xa541927e, 0x4f6f520d, 0x9edea41a, 0x38513ec5, 0x70a27d8a, 0xe144fb14, 0xc76580d9, 0x8b277743),
    ENTRIES(0xdd45aab8, 0xbf672381, 0x7b2231f3, 0xf64463e6, 0xe964b13d, 0xd725148b, 0xaba65fe7, 0x52a0c93f),
};

uint32_t trmi_crc32c_portable(uint32_t crc, const void *data, size_t bytes)
{
    const uint8_t *p = data;
    crc = ~crc;
    for (; bytes >= 4; bytes -= 4, p += 4) {
        const uint32_t word = crc ^ trmi_load32(p);
        crc = remainders[3][word & 255] ^ remainders[2][word >> 8 & 255] ^ remainders[1][word >> 16 & 255] ^
              remainders[0][word >> 24];
    }
    for (; bytes > 0; bytes--, p++)
        crc = crc >> 8 ^ remainders[0][(crc ^ *p) & 255];
    return ~crc;
}

#else

/* A quarter of a byte's table is a sixty-fourth of the flash. remainders[half byte] */
static const uint32_t remainders[16] = { ENTRIES16(0u, 0x105ec76f, 0x20bd8ede, 0x417b1dbc, 0x82f63b78, 0, 0,
                                                   0, 0) };

uint32_t trmi_crc32c_portable(uint32_t crc, const void *data, size_t bytes)
{
    const uint8_t *p = data;
    crc = ~crc;
    for (; bytes > 0; bytes--, p++) {
        crc ^= *p;
        crc = crc >> 4 ^ remainders[crc & 15];
        crc = crc >> 4 ^ remainders[crc & 15];
    }
    return ~crc;
}

#endif

uint32_t trmi_crc32c(uint32_t crc, const void *data, size_t bytes)
{
#ifdef TRMI_HAVE_X86
    if (bytes >= WORTH_ASKING_BYTES && trmi_cpu_features() & TRMI_CPU_SSE42)
        return trmi_crc32c_sse42(crc, data, bytes);
#endif
    return trmi_crc32c_portable(crc, data, bytes);
}
