/* Which kernels this processor gets: references first, then overwritten in ascending order of features. */
#include "config.h"

#include "lib/core/cpu.h"
#include "lib/kernels/kernels.h"

void trmi_kernels_select(trmi_kernels *kernels)
{
    trmi_kernels_reference(kernels);
#ifdef TRMI_HAVE_X86
    const uint32_t features = trmi_cpu_features();
    if (!(features & TRMI_CPU_AVX2))
        return;
    trmi_kernels_avx2(kernels);
    if (!(features & TRMI_CPU_AVX512))
        return;
    trmi_kernels_avx512(kernels);
#endif
}
