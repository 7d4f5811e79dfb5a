/* The backward passes, compiled for AVX2. */
#include "lib/kernels/gradients.h"

#if defined(__AVX2__)

#include "lib/kernels/gradient_kernels.h"

void trmi_gradients_avx2(trmi_gradients *gradients)
{
    fill_table(gradients);
}

#endif
