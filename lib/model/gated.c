/* SwiGLU(a) = Wd (silu(g) s), normed: Wd (sigmoid(g) r(g s)), [g, s] = Wgu a.   design.md section 2, arXiv
 * 2002.05202.
 *
 * Gate and up products are made a panel (or a chunk of rows) at a time and gated at once, while they are in
 * the first-level cache. */
#include "lib/model/gated.h"

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t channel_block(const trmi_config *config)
{
    return (uint64_t)TRMI_ROW_BLOCK * trmi_padded(config->channel_hidden);
}

static uint64_t token_block(const trmi_config *config)
{
    return (uint64_t)TRMI_PANEL_GROUP * TRMI_PANEL * config->token_hidden;
}

uint64_t trmi_gated_hidden_size(const trmi_config *config)
{
    return larger(channel_block(config), token_block(config));
}

/* Plain: one pair of panels, or of chunks. Normed: the whole gate, and the up products of the last panel or
 * chunk after it. */
uint64_t trmi_gated_gate_size(const trmi_config *config)
{
    const uint64_t chunk = (uint64_t)TRMI_PANEL_GROUP * TRMI_PANEL * TRMI_HIDDEN_CHUNK;
    const uint64_t up = larger((uint64_t)TRMI_ROW_BLOCK * TRMI_PANEL, chunk);
    return config->gate == TRM_GATE_PLAIN ? 2 * up : trmi_gated_hidden_size(config) + up;
}

void trmi_gated_channels(const trm_model *model, const trmi_block_weights *weights, trmi_rows_view in,
                         uint32_t rows, float *out, trmi_scratch *scratch)
{
    const trmi_kernels *kernels = &model->kernels;
    const trmi_config *config = &model->config;
    const bool normed = config->gate == TRM_GATE_NORMED;
    const uint32_t panels = trmi_padded(config->channel_hidden) / TRMI_PANEL;
    const size_t depth = config->channels, panel = (size_t)rows * TRMI_PANEL;
    trmi_product product = {
        .rows = rows,
        .depth = config->channels,
        .panels = 2,
        .a = in.data,
        .a_row = TRMI_PANEL,
        .a_block = in.panel,
        .b_panel = panels * depth * TRMI_PANEL,
        .c_row = TRMI_PANEL,
        .c_panel = panel,
    };
    for (uint32_t p = 0; p < panels; p++) {
        float *gate = normed ? scratch->gate + p * panel : scratch->gate;
        product.b = weights->channel_gate_up + p * depth * TRMI_PANEL;
        product.c = gate; /* up comes in the panel after it, which the next gate overwrites */
        kernels->product(&product);
        if (normed)
            kernels->gate_normed(scratch->hidden + p * panel, gate, gate + panel, panel);
        else
            kernels->gate_plain(scratch->hidden + p * panel, gate, gate + panel, panel);
    }
    if (normed) {
        const trmi_rows_view hidden = { scratch->hidden, panel }, gate = { scratch->gate, panel };
        kernels->norm_columns_gated(hidden, gate, rows, config->channel_hidden, (float)config->norm_epsilon);
    }
    kernels->product(&(trmi_product) {
        .rows = rows,
        .depth = config->channel_hidden,
        .panels = trmi_padded(config->channels) / TRMI_PANEL,
        .a = scratch->hidden,
        .a_row = TRMI_PANEL,
        .a_block = panel,
        .b = weights->channel_down,
        .b_panel = (size_t)config->channel_hidden * TRMI_PANEL,
        .c = out,
        .c_row = TRMI_PANEL,
        .c_panel = panel,
    });
}

/* Hidden rows begin .. begin + count of each panel, from their gate and up rows. */
static void token_chunk(const trm_model *model, const trmi_block_weights *weights, const float *in,
                        uint32_t panels, uint32_t begin, uint32_t count, trmi_scratch *scratch)
{
    const trmi_kernels *kernels = &model->kernels;
    const trmi_config *config = &model->config;
    const bool normed = config->gate == TRM_GATE_NORMED;
    const size_t rows = trmi_rows(config), hidden = config->token_hidden;
    const size_t layer = hidden * TRMI_PANEL, chunk = (size_t)count * TRMI_PANEL;
    float *gate = normed ? scratch->gate + begin * TRMI_PANEL : scratch->gate;
    float *up = normed ? scratch->gate + panels * layer : scratch->gate + panels * chunk;
    const size_t gate_panel = normed ? layer : chunk;
    trmi_product product = {
        .rows = count,
        .depth = (uint32_t)rows,
        .panels = panels,
        .a = weights->token_gate_up + begin * rows,
        .a_row = rows,
        .a_block = TRMI_PANEL,
        .b = in,
        .b_panel = rows * TRMI_PANEL,
        .c = gate,
        .c_row = TRMI_PANEL,
        .c_panel = gate_panel,
    };
    kernels->product(&product);
    product.a = weights->token_gate_up + (hidden + begin) * rows;
    product.c = up;
    product.c_panel = chunk;
    kernels->product(&product);
    for (uint32_t p = 0; p < panels; p++) {
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
    for (uint32_t begin = 0; begin < hidden; begin += TRMI_HIDDEN_CHUNK) {
        const uint32_t left = hidden - begin;
        token_chunk(model, weights, in, panels, begin, left < TRMI_HIDDEN_CHUNK ? left : TRMI_HIDDEN_CHUNK,
                    scratch);
    }
    if (config->gate == TRM_GATE_NORMED)
        for (uint32_t p = 0; p < panels; p++)
            kernels->norm_rows_gated(scratch->hidden + p * layer, scratch->gate + p * layer, hidden,
                                     (float)config->norm_epsilon);
    kernels->product(&(trmi_product) {
        .rows = rows,
        .depth = hidden,
        .panels = panels,
        .a = weights->token_down,
        .a_row = hidden,
        .a_block = TRMI_PANEL,
        .b = scratch->hidden,
        .b_panel = layer,
        .c = out,
        .c_row = TRMI_PANEL,
        .c_panel = (size_t)rows * TRMI_PANEL,
    });
}
