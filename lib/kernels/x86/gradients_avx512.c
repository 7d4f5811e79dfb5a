/* The backward passes, compiled for AVX-512. */
#include "lib/kernels/gradients.h"

#if defined(__AVX512F__)

#include "lib/kernels/gradient_kernels.h"

#include "lib/kernels/x86/avx512.h"

#include "lib/kernels/vector_gradients.h"

void trmi_gradients_avx512(trmi_gradients *gradients)
{
    fill_table(gradients);
    fill_vectors(gradients);
}

#endif
