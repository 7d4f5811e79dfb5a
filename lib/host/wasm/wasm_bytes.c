/* The C library's functions of bytes that the library calls, or that the compiler puts in. WebAssembly brings
 * none. Where the machine copies and fills by itself, calls of a few bytes are all that comes here. */
#include <stdint.h>
#include <string.h>

/* This file is compiled with -fno-builtin: else a compiler would find in each of these a call of itself. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
#ifdef __wasm_bulk_memory__
    return __builtin_memcpy(to, from, bytes);
#else
    return memmove(to, from, bytes);
#endif
}

#ifdef __wasm_bulk_memory__

void *memmove(void *to, const void *from, size_t bytes)
{
    return __builtin_memmove(to, from, bytes);
}

void *memset(void *to, int byte, size_t bytes)
{
    return __builtin_memset(to, byte, bytes);
}

#else

enum { WORD = sizeof(uint64_t) };

/* Unaligned words, which any machine of WebAssembly reads and writes. */
typedef uint64_t __attribute__((aligned(1), may_alias)) word;

static void copy_upwards(char *to, const char *from, size_t bytes)
{
    size_t i = 0;
    for (; i + WORD <= bytes; i += WORD)
        *(word *)(to + i) = *(const word *)(from + i);
    for (; i < bytes; i++)
        to[i] = from[i];
}

void *memmove(void *to, const void *from, size_t bytes)
{
    if ((uintptr_t)to <= (uintptr_t)from || (uintptr_t)to >= (uintptr_t)from + bytes) {
        copy_upwards(to, from, bytes);
        return to;
    }
    for (size_t i = bytes; i > 0; i--)
        ((char *)to)[i - 1] = ((const char *)from)[i - 1];
    return to;
}

void *memset(void *to, int byte, size_t bytes)
{
    const uint64_t all = (uint8_t)byte * UINT64_C(0x0101010101010101);
    char *p = to;
    size_t i = 0;
    for (; i + WORD <= bytes; i += WORD)
        *(word *)(p + i) = all;
    for (; i < bytes; i++)
        p[i] = (char)byte;
    return to;
}

#endif

int memcmp(const void *a, const void *b, size_t bytes)
{
    const uint8_t *one = a, *other = b;
    for (size_t i = 0; i < bytes; i++)
        if (one[i] != other[i])
            return one[i] < other[i] ? -1 : 1;
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0')
        length++;
    return length;
}

int strcmp(const char *a, const char *b)
{
    for (; *a != '\0' && *a == *b; a++)
        b++;
    return (uint8_t)*a - (uint8_t)*b;
}

/* Products of 128 bits, from which the compiler tells whether one of 64 bits fits. */
__extension__ typedef __int128 wide;
wide __multi3(wide a, wide b);

wide __multi3(wide a, wide b)
{
    const uint64_t one = (uint64_t)a, other = (uint64_t)b, low_half = UINT32_MAX;
    const uint64_t low = (one & low_half) * (other & low_half), high = (one >> 32) * (other >> 32);
    const uint64_t mixed = (one >> 32) * (other & low_half) + (low >> 32);
    const uint64_t middle = (one & low_half) * (other >> 32) + (mixed & low_half);
    const uint64_t crossed = one * (uint64_t)(b >> 64) + (uint64_t)(a >> 64) * other;
    const uint64_t upper = high + (mixed >> 32) + (middle >> 32) + crossed;
    return (wide)((__extension__(unsigned __int128) upper) << 64 | middle << 32 | (low & low_half));
}
