#include "lib/net/phase.h"

#include <assert.h>

#include "lib/net/gated.h"

void trmi_add_inputs(const trmi_phase *phase, size_t begin, size_t count)
{
    const trmi_evaluation *e = phase->evaluation;
    float *v = phase->from + begin;
    assert(phase->first && (uintptr_t)v % TRMI_ALIGNMENT == 0);
    if (e->c != NULL)
        e->model->kernels.add_three(v, e->a + begin, e->b + begin, e->c + begin, count);
    else
        e->model->kernels.add(v, e->a + begin, e->b + begin, count);
}

void trmi_add_inputs_of_rows(const trmi_phase *phase, trmi_range rows)
{
    assert(rows.begin <= rows.end && rows.end <= phase->rows);
    const size_t panel = (size_t)phase->rows * TRMI_PANEL;
    for (uint32_t p = 0; p < trmi_padded(phase->evaluation->model->config.channels) / TRMI_PANEL; p++)
        trmi_add_inputs(phase, p * panel + (size_t)rows.begin * TRMI_PANEL,
                        (size_t)(rows.end - rows.begin) * TRMI_PANEL);
}

trmi_range trmi_row_tile(const trmi_phase *phase, uint32_t index, uint32_t tile)
{
    const uint32_t most = phase->evaluation->model->kernels.row_tile;
    assert(most > 0 && most <= TRMI_ROW_TILE && index < phase->parts);
    const trmi_range part = trmi_part_of(phase, phase->rows, 1, index);
    const uint32_t total = part.end - part.begin, tiles = (total + most - 1) / most;
    if (tile >= tiles)
        return (trmi_range) { part.end, part.end };
    const trmi_range range = trmi_part(total, 1, tile, tiles);
    return (trmi_range) { part.begin + range.begin, part.begin + range.end };
}

void trmi_each_row_tile(const trmi_phase *phase, uint32_t index, trmi_row_tile_function *function)
{
    trmi_range rows;
    for (uint32_t i = 0; rows = trmi_row_tile(phase, index, i), rows.begin < rows.end; i++)
        function(phase, rows, &phase->evaluation->scratch[index]);
}

void trmi_mix_channels(const trmi_phase *phase, trmi_rows_view middle, trmi_range rows, trmi_scratch *scratch)
{
    const trm_model *model = phase->evaluation->model;
    const uint32_t count = rows.end - rows.begin;
    assert(rows.begin < rows.end && rows.end <= phase->rows && middle.data != scratch->out);
    const trmi_rows_view out = { scratch->out, (size_t)count * TRMI_PANEL };
    trmi_gated_channels(model, phase->weights, middle, count, out.data, scratch);
    model->kernels.norm_columns(trmi_rows_of(phase->to, phase->rows, rows), middle, out, count,
                                model->config.channels, model->norm_epsilon);
}
