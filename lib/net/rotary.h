/* The angles of rotary positions (arXiv 2104.09864), the same to the bit on every machine. */
#ifndef TRMI_NET_ROTARY_H
#define TRMI_NET_ROTARY_H

#include "lib/core/memory.h"

/* Both tables, one behind the other. */
typedef struct trmi_rotary {
    float *cosines, *sines; /* rows x half each */
} trmi_rotary;

static inline void *trmi_rotary_take(trmi_arena *arena, uint64_t rows, uint64_t half)
{
    return trmi_arena_take(arena, 2 * rows * half, sizeof(float));
}

static inline trmi_rotary trmi_rotary_of(void *taken, uint32_t rows, uint32_t half)
{
    return (trmi_rotary) { taken, (float *)taken + (size_t)rows * half };
}

/* cosines and sines, [rows][half], of position * base^(-i / half). */
void trmi_rotary_fill(float *cosines, float *sines, uint32_t rows, uint32_t half, double base);

/* base^exponent for a base in 1..1e30 and an exponent in 0..1. */
double trmi_power(double base, double exponent);

/* Cosine and sine of an angle in 0..65536. */
void trmi_cosine_and_sine(double angle, double *cosine, double *sine);

#endif
