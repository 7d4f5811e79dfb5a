/* Little-endian numbers in memory of any alignment, on any machine. */
#ifndef TRMI_CORE_BYTES_H
#define TRMI_CORE_BYTES_H

#include <stdint.h>
#include <string.h>

/* 1 where a file's numbers have to be reversed before use. */
#if defined(__BYTE_ORDER__) && defined(__ORDER_BIG_ENDIAN__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define TRMI_BIG_ENDIAN 1
#else
#define TRMI_BIG_ENDIAN 0
#endif

static inline uint16_t trmi_load16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t trmi_load32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t trmi_load64(const uint8_t *p)
{
    return (uint64_t)trmi_load32(p) | (uint64_t)trmi_load32(p + 4) << 32;
}

static inline void trmi_store16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static inline void trmi_store32(uint8_t *p, uint32_t value)
{
    trmi_store16(p, (uint16_t)value);
    trmi_store16(p + 2, (uint16_t)(value >> 16));
}

static inline void trmi_store64(uint8_t *p, uint64_t value)
{
    trmi_store32(p, (uint32_t)value);
    trmi_store32(p + 4, (uint32_t)(value >> 32));
}

static inline float trmi_float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t trmi_bits_of_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

#endif
