/* AVX2 and FMA: vectors of 8, half a panel; a tile of 6 rows by one panel leaves four of the 16 registers for
 * operands. */
#include "lib/kernels/kernels.h"

#if defined(__AVX2__) && defined(__FMA__)

#include "lib/kernels/x86/avx2.h"

#define TILE_ROWS 6
#define TILE_STEPS 2
#include "lib/kernels/vector_kernels.h"

void trmi_kernels_avx2(trmi_kernels *kernels)
{
    fill_table(kernels);
}

#endif
