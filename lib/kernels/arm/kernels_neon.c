/* 64-bit ARM: a tile of 6 rows by one panel leaves eight of the 32 registers for operands. */
#include "lib/kernels/kernels.h"

#if defined(__aarch64__)

#include "lib/kernels/arm/neon.h"

#define TILE_ROWS 6
#define TILE_STEPS 2
#include "lib/kernels/vector_kernels.h"

void trmi_kernels_neon(trmi_kernels *kernels)
{
    fill_table(kernels);
}

#endif
