/* SwiGLU(a) = Wd (silu(g) s), normed: Wd (sigmoid(g) r(g s)), [g, s] = Wgu a.   doc/model.md, arXiv
 * 2002.05202.
 *
 * Gate and up products are made a panel (or a chunk of rows) at a time and gated at once, while they are in
 * the first-level cache. */
#include "lib/net/gated.h"

#include <assert.h>

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t channel_tile(const trmi_config *config, uint32_t row_tile)
{
    return (uint64_t)row_tile * trmi_padded(config->channel_hidden);
}

static uint64_t token_tile(const trmi_config *config)
{
    return (uint64_t)TRMI_PANEL_GROUP * TRMI_PANEL * config->token_hidden;
}

static uint64_t hidden_size(const trmi_config *config, uint32_t row_tile)
{
    return larger(channel_tile(config, row_tile), token_tile(config));
}

/* Plain: one pair of panels, or of chunks. Normed: the whole gate, and the up products of the last panel or
 * chunk after it. */
static uint64_t gate_size(const trmi_config *config, uint32_t row_tile)
{
    const uint64_t chunk = (uint64_t)TRMI_PANEL_GROUP * TRMI_PANEL * TRMI_HIDDEN_CHUNK;
    const uint64_t up = larger((uint64_t)row_tile * TRMI_PANEL, chunk);
    return config->gate == TRM_GATE_PLAIN ? 2 * up : hidden_size(config, row_tile) + up;
}

void trmi_gated_channels(const trm_model *model, const trmi_block_weights *weights, trmi_rows_view in,
                         uint32_t rows, float *out, trmi_scratch *scratch)
{
    const trmi_kernels *kernels = &model->kernels;
    const trmi_config *config = &model->config;
    const bool normed = config->gate == TRM_GATE_NORMED;
    const uint32_t panels = trmi_padded(config->channel_hidden) / TRMI_PANEL;
    const size_t panel = (size_t)rows * TRMI_PANEL;
    const trmi_rows_view hidden = { scratch->hidden, panel };
    assert(rows > 0 && rows <= TRMI_ROW_TILE && out != in.data);
    const trmi_rows_operand operand = trmi_rows_operand_of(
        kernels, &weights->slot[TRMI_SLOT_CHANNELS_GATE_UP], in, rows, config->channels, scratch->codes);
    for (uint32_t p = 0; p < panels; p++) {
        float *gate = normed ? scratch->gate + p * panel : scratch->gate;
        /* up comes in the panel after gate, which the next gate overwrites */
        trmi_multiply_rows(kernels, &weights->slot[TRMI_SLOT_CHANNELS_GATE_UP], &operand,
                           (trmi_panels) { p, 2, panels }, gate, panel);
        if (normed)
            kernels->gate_normed(scratch->hidden + p * panel, gate, gate + panel, panel);
        else
            kernels->gate_plain(scratch->hidden + p * panel, gate, gate + panel, panel);
    }
    if (normed)
        kernels->norm_columns_gated(hidden, (trmi_rows_view) { scratch->gate, panel }, rows,
                                    config->channel_hidden, model->norm_epsilon);
    const trmi_rows_operand middle =
        trmi_rows_operand_of(kernels, &weights->slot[TRMI_SLOT_CHANNELS_DOWN], hidden, rows,
                             config->channel_hidden, scratch->codes);
    trmi_multiply_rows(kernels, &weights->slot[TRMI_SLOT_CHANNELS_DOWN], &middle,
                       (trmi_panels) { 0, trmi_padded(config->channels) / TRMI_PANEL, 1 }, out, panel);
}

/* Hidden rows begin .. begin + count of each panel, from their gate and up rows. */
static void token_chunk(const trm_model *model, const trmi_weight *weight, const trmi_lanes_operand *in,
                        uint32_t begin, uint32_t count, trmi_scratch *scratch)
{
    const trmi_kernels *kernels = &model->kernels;
    const trmi_config *config = &model->config;
    const bool normed = config->gate == TRM_GATE_NORMED;
    const size_t layer = (size_t)config->token_hidden * TRMI_PANEL, chunk = (size_t)count * TRMI_PANEL;
    float *gate = normed ? scratch->gate + begin * TRMI_PANEL : scratch->gate;
    float *up = normed ? scratch->gate + in->panels * layer : scratch->gate + in->panels * chunk;
    const size_t gate_panel = normed ? layer : chunk;
    assert(count > 0 && count <= TRMI_HIDDEN_CHUNK && begin + count <= config->token_hidden);
    trmi_multiply_lanes(kernels, weight, in, begin, count, gate, gate_panel);
    trmi_multiply_lanes(kernels, weight, in, config->token_hidden + begin, count, up, chunk);
    for (uint32_t p = 0; p < in->panels; p++) {
        float *to = scratch->hidden + p * layer + begin * TRMI_PANEL;
        if (normed)
            kernels->gate_normed(to, gate + p * gate_panel, up + p * chunk, chunk);
        else
            kernels->gate_plain(to, gate + p * gate_panel, up + p * chunk, chunk);
    }
}

void trmi_gated_tokens(const trm_model *model, const trmi_block_weights *weights, const float *in,
                       uint32_t panels, float *out, trmi_scratch *scratch)
{
    const trmi_kernels *kernels = &model->kernels;
    const trmi_config *config = &model->config;
    const uint32_t rows = trmi_rows(config), hidden = config->token_hidden;
    const size_t layer = (size_t)hidden * TRMI_PANEL;
    assert(panels > 0 && panels <= TRMI_PANEL_GROUP && hidden > 0 && out != in);
    const trmi_lanes_operand operand =
        trmi_lanes_operand_of(kernels, &weights->slot[TRMI_SLOT_MIX_IN], in, panels, rows, scratch->codes);
    for (uint32_t begin = 0; begin < hidden; begin += TRMI_HIDDEN_CHUNK) {
        const uint32_t left = hidden - begin;
        token_chunk(model, &weights->slot[TRMI_SLOT_MIX_IN], &operand, begin,
                    left < TRMI_HIDDEN_CHUNK ? left : TRMI_HIDDEN_CHUNK, scratch);
    }
    if (config->gate == TRM_GATE_NORMED)
        for (uint32_t p = 0; p < panels; p++)
            kernels->norm_rows_gated(scratch->hidden + p * layer, scratch->gate + p * layer, hidden,
                                     model->norm_epsilon);
    const trmi_lanes_operand middle = trmi_lanes_operand_of(kernels, &weights->slot[TRMI_SLOT_MIX_OUT],
                                                            scratch->hidden, panels, hidden, scratch->codes);
    trmi_multiply_lanes(kernels, &weights->slot[TRMI_SLOT_MIX_OUT], &middle, 0, rows, out,
                        (size_t)rows * TRMI_PANEL);
}

static uint64_t quads(uint64_t count)
{
    return (count + TRMI_QUAD - 1) / TRMI_QUAD * TRMI_QUAD;
}

/* The largest operands: a tile of rows over channels or their hidden layer, a group of panels over positions
 * or theirs; with attention, a tile of rows over the heads. */
static uint64_t codes_size(const trmi_config *config, uint32_t row_tile)
{
    uint64_t columns = larger(trmi_padded(config->channels), trmi_padded(config->channel_hidden));
    if (config->heads > 0)
        columns = larger(columns, (uint64_t)config->heads * trmi_head_width(config));
    const uint64_t group = (uint64_t)TRMI_PANEL_GROUP * TRMI_PANEL,
                   positions = quads(larger(trmi_rows(config), config->token_hidden));
    return larger(row_tile * columns, config->token_hidden > 0 ? group * positions : 0);
}

void trmi_gated_scratch(trmi_scratch *scratch, const trmi_config *config, trmi_arena *arena)
{
    const uint32_t row_tile = trmi_row_tile_for(arena);
    const uint64_t tile = (uint64_t)row_tile * trmi_padded(config->channels);
    const uint64_t group = (uint64_t)TRMI_PANEL_GROUP * TRMI_PANEL * trmi_rows(config);
    scratch->gate = trmi_arena_take(arena, gate_size(config, row_tile), sizeof(float));
    scratch->hidden = trmi_arena_take(arena, hidden_size(config, row_tile), sizeof(float));
    scratch->out = trmi_arena_take(arena, larger(tile, group), sizeof(float));
    if (!config->quantised)
        return;
    scratch->codes.codes = trmi_arena_take(arena, codes_size(config, row_tile), 1);
    scratch->codes.scales = trmi_arena_take(arena, TRMI_SCALES, sizeof(float));
}
