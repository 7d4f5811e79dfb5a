/* The backward passes, compiled for AVX2. */
#include "lib/kernels/gradients.h"

#if defined(__AVX2__) && defined(__FMA__)

#include "lib/kernels/gradient_kernels.h"

#include "lib/kernels/x86/avx2.h"

#include "lib/kernels/vector_gradients.h"

void trmi_gradients_avx2(trmi_gradients *gradients)
{
    fill_table(gradients);
    fill_vectors(gradients);
}

#endif
