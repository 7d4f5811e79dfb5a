/* AVX-512: vectors of 16, a whole panel; a tile of 14 rows by two panels leaves four of the 32 registers for
 * operands. */
#include "lib/kernels/kernels.h"

#if defined(__AVX512F__)

#include "lib/kernels/x86/avx512.h"

#define TILE_ROWS 14
#define TILE_STEPS 1
#include "lib/kernels/vector_kernels.h"

void trmi_kernels_avx512(trmi_kernels *kernels)
{
    fill_table(kernels);
}

#endif
