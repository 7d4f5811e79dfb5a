/* Random numbers that are the same on every machine: integers, and one rounding to float. */
#ifndef TRMI_CORE_GENERATOR_H
#define TRMI_CORE_GENERATOR_H

#include <stdint.h>

#include "lib/core/export.h"

typedef struct trmi_generator {
    uint64_t state;
} trmi_generator;

/* A stream of its own for each name under one seed. */
TRMI_EXPORT void trmi_generator_begin(trmi_generator *generator, uint64_t seed, const char *name);

/* 64 random bits. */
TRMI_EXPORT uint64_t trmi_generator_next(trmi_generator *generator);

/* 0 .. count - 1, each as likely as the others to one part in 2^32 / count; count is at least 1. */
TRMI_EXPORT uint32_t trmi_generator_below(trmi_generator *generator, uint32_t count);

/* Nearly normal with mean 0 and deviation 1, between -6 and 6. */
TRMI_EXPORT float trmi_generator_normal(trmi_generator *generator);

#endif
