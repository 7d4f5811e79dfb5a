/* Which kernels this processor gets: references first, then overwritten in ascending order of features. */
#include "config.h"

#include "lib/core/cpu.h"
#include "lib/kernels/kernels.h"

static void select_numbers(trmi_kernels *kernels, uint32_t features)
{
    trmi_kernels_reference(kernels);
#ifdef TRMI_HAVE_X86
    if (features & TRMI_CPU_AVX2)
        trmi_kernels_avx2(kernels);
    if (features & TRMI_CPU_AVX512)
        trmi_kernels_avx512(kernels);
#endif
#ifdef TRMI_HAVE_ARM64
    if (features & TRMI_CPU_NEON)
        trmi_kernels_neon(kernels);
#endif
    (void)features; /* some builds have the reference alone */
}

static void select_quantised(trmi_kernels *kernels, uint32_t features)
{
    trmi_quantised_reference(kernels);
#ifdef TRMI_HAVE_X86
    if (features & TRMI_CPU_AVX2)
        trmi_quantised_avx2(kernels);
    if (features & TRMI_CPU_AVXVNNI)
        trmi_quantised_avxvnni(kernels);
    if (features & TRMI_CPU_AVX512VNNI)
        trmi_quantised_avx512vnni(kernels);
#endif
#ifdef TRMI_HAVE_ARM64
    if (features & TRMI_CPU_NEON)
        trmi_quantised_neon(kernels);
    if (features & TRMI_CPU_DOTPROD)
        trmi_quantised_dotprod(kernels);
    if (features & TRMI_CPU_I8MM)
        trmi_quantised_i8mm(kernels);
#endif
    (void)features;
}

void trmi_kernels_select(trmi_kernels *kernels)
{
    const uint32_t features = trmi_cpu_features();
    select_numbers(kernels, features);
    select_quantised(kernels, features);
}
