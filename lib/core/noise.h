/* Random numbers that belong to a place, not to an order of calls: Philox 4x32-10 (Salmon, Moraes, Dror,
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011) of counters. doc/numerics.md has every bit. */
#ifndef TRMI_CORE_NOISE_H
#define TRMI_CORE_NOISE_H

#include <stdint.h>

#include "lib/core/export.h"

/* 128 random bits of a counter under a key. */
void trmi_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t bits[4]);

/* A normal deviate with mean 0 and deviation 1 of 32 random bits; it lies within 6.4. */
float trmi_normal(uint32_t bits);

/* The deviates of `channels` channels of a node, from channel `first` (a multiple of 4) on, in one run under
   a seed. */
TRMI_EXPORT void trmi_noise(uint64_t seed, uint32_t run, uint32_t node, uint32_t first, float *to,
                            uint32_t channels);

#endif
