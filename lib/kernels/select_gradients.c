/* Which backward passes this processor gets. */
#include "config.h"

#include "lib/core/variants.h"
#include "lib/kernels/gradients.h"

#define ROW(word, bit, base, numbers, integers, gradients) { #word, trmi_gradients_##gradients },
static const struct {
    const char *name;
    trmi_gradients_fill *fill;
} rows[] = { TRMI_VARIANT_PORTABLE(ROW) TRMI_VARIANTS_HERE(ROW) };

void trmi_gradients_select(trmi_gradients *gradients)
{
    const uint32_t row = trmi_cpu_variant();
    rows[row].fill(gradients);
    gradients->name = rows[row].name;
}
