/* CRC-32C by the instruction of SSE4.2. It takes three cycles but can start in each, so three stripes are
 * summed side by side and then joined: a remainder moves past a stripe of zeros by a linear map, kept as the
 * images of its 32 bits. */
#include "config.h"

#ifdef TRMI_HAVE_X86
#include <nmmintrin.h>
#include <string.h>

#include "lib/core/checksum.h"

#define SSE42 __attribute__((target("sse4.2")))

enum { STRIPE_BYTES = 8192 };

/* past_stripe[bit]: the remainder 1 << bit after STRIPE_BYTES zero bytes. */
static const uint32_t past_stripe[32] = {
    0xe040e0ac, 0xc56db7a9, 0x8f3719a3, 0x1b8245b7, 0x37048b6e, 0x6e0916dc, 0xdc122db8, 0xbdc82d81,
    0x7e7c2df3, 0xfcf85be6, 0xfc1cc13d, 0xfdd5f48b, 0xfe479fe7, 0xf963493f, 0xf72ae48f, 0xebb9bfef,
    0xd29f092f, 0xa0d264af, 0x4448bfaf, 0x88917f5e, 0x14ce884d, 0x299d109a, 0x533a2134, 0xa6744268,
    0x4904f221, 0x9209e442, 0x21ffbe75, 0x43ff7cea, 0x87fef9d4, 0x0a118559, 0x14230ab2, 0x28461564,
};

static uint64_t move_past_stripe(uint64_t crc)
{
    uint32_t moved = 0;
    for (unsigned bit = 0; bit < 32; bit++)
        moved ^= past_stripe[bit] & (0u - (uint32_t)(crc >> bit & 1));
    return moved;
}

static uint64_t load_word(const uint8_t *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

SSE42 static uint64_t sum_stripes(uint64_t crc, const uint8_t *p)
{
    uint64_t second = 0, third = 0;
    for (const uint8_t *end = p + STRIPE_BYTES; p < end; p += 8) {
        crc = _mm_crc32_u64(crc, load_word(p));
        second = _mm_crc32_u64(second, load_word(p + STRIPE_BYTES));
        third = _mm_crc32_u64(third, load_word(p + 2 * STRIPE_BYTES));
    }
    return move_past_stripe(move_past_stripe(crc) ^ second) ^ third;
}

SSE42 uint32_t trmi_crc32c_sse42(uint32_t crc, const void *data, size_t bytes)
{
    const uint8_t *p = data;
    uint64_t sum = ~crc;
    for (; bytes >= 3 * STRIPE_BYTES; bytes -= 3 * STRIPE_BYTES, p += 3 * STRIPE_BYTES)
        sum = sum_stripes(sum, p);
    for (; bytes >= 8; bytes -= 8, p += 8)
        sum = _mm_crc32_u64(sum, load_word(p));
    for (; bytes > 0; bytes--, p++)
        sum = _mm_crc32_u8((uint32_t)sum, *p);
    return ~(uint32_t)sum;
}
#else
typedef int checksum_sse42_is_empty; /* a translation unit has a declaration */
#endif
