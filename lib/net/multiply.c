#include "lib/net/multiply.h"

#include <assert.h>

#include "lib/core/checked.h"

trmi_rows_operand trmi_rows_operand_of(const trmi_kernels *kernels, const trmi_weight *weight,
                                       trmi_rows_view in, uint32_t rows, uint32_t depth, trmi_codes codes)
{
    assert((weight->codes == NULL) != (weight->numbers == NULL));
    assert(weight->codes == NULL || codes.codes != NULL);
    if (trmi_is_quantised(weight))
        kernels->quantise_rows(codes.codes, codes.scales, in, rows, depth);
    return (trmi_rows_operand) { rows, depth, in, codes, false };
}

void trmi_multiply_rows(const trmi_kernels *kernels, const trmi_weight *weight,
                        const trmi_rows_operand *operand, trmi_panels panels, float *c, size_t c_panel)
{
    const size_t depth = operand->depth, quads = trmi_round_up(depth, TRMI_QUAD);
    assert(panels.step > 0 && (uintptr_t)c % TRMI_ALIGNMENT == 0);
    assert(c_panel >= (size_t)operand->rows * TRMI_PANEL);
    if (!trmi_is_quantised(weight))
        kernels->product(&(trmi_product) {
            .rows = operand->rows,
            .depth = operand->depth,
            .panels = panels.count,
            .a = operand->numbers.data,
            .a_row = TRMI_PANEL,
            .a_block = operand->numbers.panel,
            .b = weight->numbers + panels.first * depth * TRMI_PANEL,
            .b_panel = panels.step * depth * TRMI_PANEL,
            .c = c,
            .c_row = TRMI_PANEL,
            .c_panel = c_panel,
            .add = operand->add,
        });
    else
        kernels->quantised_product(&(trmi_quantised_product) {
            .rows = operand->rows,
            .depth = (uint32_t)quads,
            .panels = panels.count,
            .a = operand->quantised.codes,
            .a_row = trmi_round_up(depth, TRMI_PANEL),
            .a_scale = operand->quantised.scales,
            .b = weight->codes + panels.first * quads * TRMI_PANEL,
            .b_panel = panels.step * quads * TRMI_PANEL,
            .b_scale = weight->scales + (size_t)panels.first * TRMI_PANEL,
            .b_scale_panel = (size_t)panels.step * TRMI_PANEL,
            .c = c,
            .c_row = TRMI_PANEL,
            .c_panel = c_panel,
            .starts = weight->starts != NULL ? weight->starts + (size_t)panels.first * TRMI_PANEL : NULL,
            .add = operand->add,
        });
}

trmi_lanes_operand trmi_lanes_operand_of(const trmi_kernels *kernels, const trmi_weight *weight,
                                         const float *in, uint32_t panels, uint32_t depth, trmi_codes codes)
{
    const size_t quads = trmi_round_up(depth, TRMI_QUAD);
    assert((weight->codes == NULL) != (weight->numbers == NULL));
    assert(weight->codes == NULL || codes.codes != NULL);
    for (uint32_t p = 0; trmi_is_quantised(weight) && p < panels; p++)
        kernels->quantise_lanes(codes.codes + p * quads * TRMI_PANEL, codes.scales + (size_t)p * TRMI_PANEL,
                                in + (size_t)p * depth * TRMI_PANEL, depth);
    return (trmi_lanes_operand) { panels, depth, in, codes };
}

void trmi_multiply_lanes(const trmi_kernels *kernels, const trmi_weight *weight,
                         const trmi_lanes_operand *operand, uint32_t begin, uint32_t count, float *c,
                         size_t c_panel)
{
    const size_t depth = operand->depth, quads = trmi_round_up(depth, TRMI_QUAD);
    assert((uintptr_t)c % TRMI_ALIGNMENT == 0 && c_panel >= (size_t)count * TRMI_PANEL);
    if (!trmi_is_quantised(weight))
        kernels->product(&(trmi_product) {
            .rows = count,
            .depth = operand->depth,
            .panels = operand->panels,
            .a = weight->numbers + begin * depth,
            .a_row = depth,
            .a_block = TRMI_PANEL,
            .b = operand->numbers,
            .b_panel = depth * TRMI_PANEL,
            .c = c,
            .c_row = TRMI_PANEL,
            .c_panel = c_panel,
            .a_is_weight = true,
        });
    else
        kernels->quantised_product(&(trmi_quantised_product) {
            .rows = count,
            .depth = (uint32_t)quads,
            .panels = operand->panels,
            .a = weight->codes + begin * quads,
            .a_row = quads,
            .a_scale = weight->scales + begin,
            .b = operand->quantised.codes,
            .b_panel = quads * TRMI_PANEL,
            .b_scale = operand->quantised.scales,
            .b_scale_panel = TRMI_PANEL,
            .c = c,
            .c_row = TRMI_PANEL,
            .c_panel = c_panel,
            .a_is_weight = true,
            .starts = weight->starts != NULL ? weight->starts + begin : NULL,
        });
}
