/* The backward passes, compiled for 64-bit ARM. */
#include "lib/kernels/gradients.h"

#if defined(__aarch64__)

#include "lib/kernels/gradient_kernels.h"

void trmi_gradients_neon(trmi_gradients *gradients)
{
    fill_table(gradients);
}

#endif
