/* The portable backward passes, and the choice among the variants. */
#include "config.h"

#include "lib/core/cpu.h"
#include "lib/kernels/gradient_kernels.h"

void trmi_gradients_reference(trmi_gradients *gradients)
{
    fill_table(gradients, "scalar");
}

void trmi_gradients_select(trmi_gradients *gradients)
{
    const uint32_t features = trmi_cpu_features();
    trmi_gradients_reference(gradients);
#ifdef TRMI_HAVE_X86
    if (features & TRMI_CPU_AVX2)
        trmi_gradients_avx2(gradients);
    if (features & TRMI_CPU_AVX512)
        trmi_gradients_avx512(gradients);
#endif
#ifdef TRMI_HAVE_ARM64
    if (features & TRMI_CPU_NEON)
        trmi_gradients_neon(gradients);
#endif
    (void)features; /* some builds have the reference alone */
}
