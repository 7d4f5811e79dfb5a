/* What both fuzz targets share with libFuzzer and with replay.c. */
#ifndef TRM_TESTS_FUZZ_TARGET_H
#define TRM_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* Feeds one input to the library. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
