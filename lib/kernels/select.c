/* Which kernels this processor gets. */
#include "config.h"

#include "lib/core/variants.h"
#include "lib/kernels/kernels.h"

#ifdef TRM_WITHOUT_INT8
#define ROW(word, bit, base, numbers, integers, ...) { #word, trmi_kernels_##numbers, NULL },
#else
#define ROW(word, bit, base, numbers, integers, ...) \
    { #word, trmi_kernels_##numbers, trmi_quantised_##integers },
#endif
static const struct {
    const char *name;
    trmi_kernels_fill *numbers, *integers;
} rows[] = { TRMI_VARIANT_LEAST(ROW) TRMI_VARIANTS_HERE(ROW) };

void trmi_kernels_select(trmi_kernels *kernels)
{
    const uint32_t row = trmi_cpu_variant();
    rows[row].numbers(kernels);
    if (rows[row].integers != NULL)
        rows[row].integers(kernels);
    kernels->name = rows[row].name;
}
