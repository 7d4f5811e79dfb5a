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
#else
    (void)features;
#endif
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
#else
    (void)features;
#endif
}

void trmi_kernels_select(trmi_kernels *kernels)
{
    const uint32_t features = trmi_cpu_features();
    select_numbers(kernels, features);
    select_quantised(kernels, features);
}
