/* A network is its blocks, a block is two phases; between phases all threads meet. Mixer: panels of channels
 * mix their positions, then rows mix their channels. Attention: rows are projected, then rows do all the
 * rest. */
#include "lib/model/evaluate.h"

#include "lib/model/attention.h"
#include "lib/model/gated.h"

static uint64_t activation_size(const trmi_config *config)
{
    return (uint64_t)trmi_padded(config->channels) * trmi_rows(config);
}

void trmi_activations_layout(trmi_activations *activations, const trmi_config *config, trmi_arena *arena)
{
    *activations = (trmi_activations) { .v = trmi_arena_take(arena, activation_size(config), sizeof(float)) };
    if (config->block == TRM_BLOCK_MIXER) {
        activations->u = trmi_arena_take(arena, activation_size(config), sizeof(float));
        return;
    }
    const uint64_t width = (uint64_t)config->heads * trmi_head_width(config);
    activations->qkv = trmi_arena_take(arena, 3 * width * trmi_rows(config), sizeof(float));
    activations->keys = trmi_arena_take(arena, width * trmi_padded(trmi_rows(config)), sizeof(float));
}

void trmi_scratch_layout(trmi_scratch *scratch, const trmi_config *config, trmi_arena *arena)
{
    const uint64_t block = (uint64_t)TRMI_ROW_BLOCK * trmi_padded(config->channels);
    const uint64_t group = (uint64_t)TRMI_PANEL_GROUP * TRMI_PANEL * trmi_rows(config);
    *scratch = (trmi_scratch) {
        .gate = trmi_arena_take(arena, trmi_gated_gate_size(config), sizeof(float)),
        .hidden = trmi_arena_take(arena, trmi_gated_hidden_size(config), sizeof(float)),
        .out = trmi_arena_take(arena, block > group ? block : group, sizeof(float)),
    };
    if (config->quantised) {
        scratch->codes.codes = trmi_arena_take(arena, trmi_codes_size(config), 1);
        scratch->codes.scales = trmi_arena_take(arena, TRMI_SCALES, sizeof(float));
    }
    if (config->block == TRM_BLOCK_MIXER)
        return;
    const uint64_t heads = (uint64_t)TRMI_ROW_BLOCK * config->heads * trmi_head_width(config);
    scratch->mixed = trmi_arena_take(arena, heads > block ? heads : block, sizeof(float));
    scratch->scores =
        trmi_arena_take(arena, (uint64_t)TRMI_ROW_BLOCK * trmi_padded(trmi_rows(config)), sizeof(float));
    scratch->inverse = trmi_arena_take(arena, TRMI_ROW_BLOCK, sizeof(float));
}

/* One phase of one block, as all threads see it. */
typedef struct phase {
    const trmi_evaluation *evaluation;
    const trmi_block_weights *weights;
    bool first; /* block: its input is still to be added up */
    float *to;  /* the block's output */
    uint32_t parts;
} phase;

/* v = a + (b + c), `count` numbers from `begin` */
static void add_inputs(const trmi_evaluation *e, size_t begin, size_t count)
{
    float *v = e->activations->v + begin;
    if (e->c != NULL)
        e->model->kernels.add_three(v, e->a + begin, e->b + begin, e->c + begin, count);
    else
        e->model->kernels.add(v, e->a + begin, e->b + begin, count);
}

/* The same rows of every panel. */
static void add_inputs_of_rows(const trmi_evaluation *e, trmi_range rows)
{
    const trmi_config *config = &e->model->config;
    const size_t panel = (size_t)trmi_rows(config) * TRMI_PANEL;
    for (uint32_t p = 0; p < trmi_padded(config->channels) / TRMI_PANEL; p++)
        add_inputs(e, p * panel + (size_t)rows.begin * TRMI_PANEL,
                   (size_t)(rows.end - rows.begin) * TRMI_PANEL);
}

/* u = r_N(v + SwiGLU_N(v)), some panels */
static void mix_tokens(void *argument, uint32_t index)
{
    const phase *ph = argument;
    const trmi_evaluation *e = ph->evaluation;
    const trmi_config *config = &e->model->config;
    const uint32_t rows = trmi_rows(config);
    const size_t panel = (size_t)rows * TRMI_PANEL;
    const trmi_range range = trmi_part(trmi_padded(config->channels) / TRMI_PANEL, 1, index, ph->parts);
    trmi_scratch *scratch = &e->scratch[index];
    for (uint32_t p = range.begin; p < range.end; p += TRMI_PANEL_GROUP) {
        const uint32_t panels = range.end - p < TRMI_PANEL_GROUP ? range.end - p : TRMI_PANEL_GROUP;
        if (ph->first)
            add_inputs(e, p * panel, panels * panel);
        trmi_gated_tokens(e->model, ph->weights, e->activations->v + p * panel, panels, scratch->out,
                          scratch);
        for (uint32_t i = 0; i < panels; i++)
            e->model->kernels.norm_rows(e->activations->u + (p + i) * panel,
                                        e->activations->v + (p + i) * panel, scratch->out + i * panel, rows,
                                        (float)config->norm_epsilon);
    }
}

/* to = r_D(middle + SwiGLU_D(middle)), a block of rows */
static void mix_channels_of_block(const phase *ph, trmi_rows_view middle, trmi_range rows,
                                  trmi_scratch *scratch)
{
    const trm_model *model = ph->evaluation->model;
    const uint32_t count = rows.end - rows.begin;
    const trmi_rows_view out = { scratch->out, (size_t)count * TRMI_PANEL };
    const trmi_rows_view to = { ph->to + (size_t)rows.begin * TRMI_PANEL,
                                (size_t)trmi_rows(&model->config) * TRMI_PANEL };
    trmi_gated_channels(model, ph->weights, middle, count, out.data, scratch);
    model->kernels.norm_columns(to, middle, out, count, model->config.channels,
                                (float)model->config.norm_epsilon);
}

/* The blocks of rows that make up one thread's part. */
typedef void block_function(const phase *ph, trmi_range rows, trmi_scratch *scratch);
static void each_block(const phase *ph, uint32_t index, block_function *function)
{
    const trmi_range part = trmi_part(trmi_rows(&ph->evaluation->model->config), 1, index, ph->parts);
    const uint32_t total = part.end - part.begin, blocks = (total + TRMI_ROW_BLOCK - 1) / TRMI_ROW_BLOCK;
    for (uint32_t i = 0; i < blocks; i++) {
        const trmi_range block = trmi_part(total, 1, i, blocks);
        function(ph, (trmi_range) { part.begin + block.begin, part.begin + block.end },
                 &ph->evaluation->scratch[index]);
    }
}

static void channels_block(const phase *ph, trmi_range rows, trmi_scratch *scratch)
{
    const size_t panel = (size_t)trmi_rows(&ph->evaluation->model->config) * TRMI_PANEL;
    mix_channels_of_block(
        ph, (trmi_rows_view) { ph->evaluation->activations->u + (size_t)rows.begin * TRMI_PANEL, panel },
        rows, scratch);
}

static void mix_channels(void *argument, uint32_t index)
{
    each_block(argument, index, channels_block);
}

static void project_block(const phase *ph, trmi_range rows, trmi_scratch *scratch)
{
    if (ph->first)
        add_inputs_of_rows(ph->evaluation, rows);
    trmi_attention_project(ph->evaluation->model, ph->weights, ph->evaluation->activations, rows, scratch);
}

static void project(void *argument, uint32_t index)
{
    each_block(argument, index, project_block);
}

/* u = r_D(v + attention(v)), which stays in scratch, then the channels */
static void attend_block(const phase *ph, trmi_range rows, trmi_scratch *scratch)
{
    const trmi_evaluation *e = ph->evaluation;
    const trmi_config *config = &e->model->config;
    const uint32_t count = rows.end - rows.begin;
    const trmi_rows_view v = { e->activations->v + (size_t)rows.begin * TRMI_PANEL,
                               (size_t)trmi_rows(config) * TRMI_PANEL };
    const trmi_rows_view out = { scratch->out, (size_t)count * TRMI_PANEL },
                         middle = { scratch->mixed, out.panel };
    trmi_attention_mix(e->model, ph->weights, e->activations, rows, out.data, scratch);
    e->model->kernels.norm_columns(middle, v, out, count, config->channels, (float)config->norm_epsilon);
    mix_channels_of_block(ph, middle, rows, scratch);
}

static void attend(void *argument, uint32_t index)
{
    each_block(argument, index, attend_block);
}

void trmi_evaluate(const trmi_evaluation *evaluation)
{
    const trmi_config *config = &evaluation->model->config;
    const bool mixer = config->block == TRM_BLOCK_MIXER;
    const trmi_network *network = evaluation->network;
    for (uint32_t i = 0; i < network->blocks; i++) {
        const bool last = i + 1 == network->blocks;
        phase ph = {
            .evaluation = evaluation,
            .weights = &network->block[i],
            .first = i == 0,
            .to = last ? evaluation->to : evaluation->activations->v,
            .parts = evaluation->executor->width,
        };
        trmi_execute(evaluation->executor, mixer ? mix_tokens : project, &ph, ph.parts);
        trmi_execute(evaluation->executor, mixer ? mix_channels : attend, &ph, ph.parts);
    }
}
