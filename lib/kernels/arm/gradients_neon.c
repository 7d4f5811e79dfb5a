/* The backward passes, compiled for 64-bit ARM. */
#include "lib/kernels/gradients.h"

#if defined(__aarch64__)

#include "lib/kernels/gradient_kernels.h"

#include "lib/kernels/arm/neon.h"

#include "lib/kernels/vector_gradients.h"

void trmi_gradients_neon(trmi_gradients *gradients)
{
    fill_table(gradients);
    fill_vectors(gradients);
}

#endif
