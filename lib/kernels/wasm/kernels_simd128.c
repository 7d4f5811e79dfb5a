/* WebAssembly with vectors: engines have 16 registers for them on most machines. */
#include "lib/kernels/kernels.h"

#if defined(__wasm_simd128__)

#include "lib/kernels/wasm/simd128.h"

#ifdef TRM_SMALL
#define TILE_ROWS 1
#else
#define TILE_ROWS 2
#endif
#define TILE_STEPS 1
#include "lib/kernels/vector_kernels.h"

void trmi_kernels_simd128(trmi_kernels *kernels)
{
    fill_table(kernels);
}

#endif
