/* Damage that gets past checksums. */
#include "tests/fuzz/damage.h"

#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/checksum.h"
#include "lib/format/layout.h"

static uint64_t state;

static uint64_t next(void)
{
    state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t below(size_t limit)
{
    return (size_t)(next() % limit);
}

/* Numbers at which readers stumble. */
static uint64_t awkward(void)
{
    static const uint64_t numbers[] = { 0,
                                        1,
                                        2,
                                        7,
                                        15,
                                        16,
                                        17,
                                        63,
                                        64,
                                        127,
                                        128,
                                        255,
                                        256,
                                        65535,
                                        65536,
                                        0x7fffffff,
                                        0x80000000,
                                        0xffffffff,
                                        0x100000000,
                                        0x3fffffffffffffff,
                                        0x7fffffffffffffff,
                                        0x8000000000000000,
                                        0xfffffffffffffff0,
                                        0xffffffffffffffff };
    return numbers[below(sizeof numbers / sizeof *numbers)];
}

/* Where to strike: mostly the first kilobytes, where the structure is. */
static size_t place(size_t size)
{
    return next() % 4 != 0 && size > 2048 ? below(2048) : below(size);
}

static void strike(uint8_t *data, size_t *size)
{
    const size_t at = place(*size);
    uint8_t number[8];
    trmi_store64(number, next() % 2 ? awkward() : awkward() + next() % 3 - 1);
    switch (next() % 7) {
    case 0:
        data[at] ^= (uint8_t)(1u << next() % 8);
        break;
    case 1:
        data[at] = (uint8_t)next();
        break;
    case 2:
        data[at] = (uint8_t)(data[at] + next() % 3 - 1);
        break;
    case 3:
        memcpy(data + at, number, *size - at < 4 ? *size - at : 4);
        break;
    case 4:
        memcpy(data + at, number, *size - at < 8 ? *size - at : 8);
        break;
    case 5:
        memmove(data + at, data + place(*size) / 2, (*size - at) / 2 < 64 ? (*size - at) / 2 : 64);
        break;
    default:
        *size = next() % 8 == 0 ? at + 1 : *size;
        break;
    }
}

/* Of each tensor whose bytes are in the file. `directory` has `bytes` bytes, all of them in the file. */
static void sign_tensors(uint8_t *data, size_t size, uint8_t *directory, uint64_t bytes)
{
    const uint64_t metadata = trmi_load32(data + TRMI_HEADER_METADATA_COUNT),
                   count = metadata + trmi_load32(data + TRMI_HEADER_TENSOR_COUNT);
    uint64_t at = 0;
    for (uint64_t i = 0; i < count && at <= bytes && bytes - at >= TRMI_TENSOR_HEAD_BYTES; i++) {
        uint8_t *entry = directory + at;
        const uint64_t offset = trmi_load64(entry + TRMI_TENSOR_OFFSET),
                       stored = trmi_load64(entry + TRMI_TENSOR_STORED_BYTES);
        if (i >= metadata && offset <= size && stored <= size - offset)
            trmi_store32(entry + TRMI_TENSOR_CRC, trmi_crc32c(0, data + offset, (size_t)stored));
        if (trmi_load32(entry) == 0)
            return;
        at += trmi_load32(entry);
    }
}

void sign(uint8_t *data, size_t size)
{
    if (size < TRMI_HEADER_BYTES || memcmp(data, TRMI_MAGIC, 8) != 0)
        return;
    trmi_store64(data + TRMI_HEADER_FILE_BYTES, size);
    const uint64_t offset = trmi_load64(data + TRMI_HEADER_DIRECTORY_OFFSET),
                   bytes = trmi_load64(data + TRMI_HEADER_DIRECTORY_BYTES);
    if (offset <= size && bytes <= size - offset) {
        sign_tensors(data, size, data + offset, bytes);
        trmi_store32(data + TRMI_HEADER_DIRECTORY_CRC, trmi_crc32c(0, data + offset, (size_t)bytes));
    }
    trmi_store32(data + TRMI_HEADER_CRC, trmi_crc32c(0, data, TRMI_HEADER_CRC));
}

void damage(uint8_t *data, size_t *size, uint64_t seed)
{
    state = seed;
    for (uint64_t strikes = 1 + next() % 4; strikes > 0; strikes--)
        strike(data, size);
    if (next() % 2)
        sign(data, *size);
}
