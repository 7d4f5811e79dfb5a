/* Forged checkpoints: reproducible changes to what a file says and has, under checksums that are right. */
#ifndef TRM_TESTS_FUZZ_FORGE_H
#define TRM_TESTS_FUZZ_FORGE_H

#include "tests/fuzz/parts.h"

/* One to four changes; the same seed makes the same ones. A malloc'ed file. */
uint8_t *forge(const parts *good, uint64_t seed, size_t *size);

#endif
