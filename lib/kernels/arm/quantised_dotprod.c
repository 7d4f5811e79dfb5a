/* 8-bit integers with the dot products of ARMv8.2. */
#include "lib/kernels/kernels.h"

#if defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)

#include "lib/kernels/arm/integers_dotprod.h"

#define TILE_ROWS 6
#include "lib/kernels/quantised_kernels.h"

void trmi_quantised_dotprod(trmi_kernels *kernels)
{
    fill_quantised(kernels);
}

#endif
