/* softmax(q k' / sqrt(D / h)) v, then O.   arXiv 1706.03762; rotary positions: arXiv 2104.09864, half-split
 * pairs.
 *
 * Weights that are zero fill each head up to whole panels. */
#include <assert.h>

#include "lib/core/error.h"
#include "lib/net/attention_heads.h"
#include "lib/net/gated.h"
#include "lib/net/kinds.h"
#include "lib/net/phase.h"
#include "lib/net/rotary.h"

static void rotate_head(const trm_model *model, const trmi_head_shape *shape, float *head, trmi_range rows)
{
    const uint32_t half = model->config.channels / model->config.heads / 2;
    const trmi_rows_view view = { head + (size_t)rows.begin * TRMI_PANEL, shape->panel };
    assert(model->tables != NULL && 2 * half <= shape->width);
    const trmi_rotary angles = trmi_rotary_of(model->tables, shape->rows, half);
    model->kernels.rotate(view, rows.end - rows.begin, half, angles.cosines + (size_t)rows.begin * half,
                          angles.sines + (size_t)rows.begin * half);
}

/* Queries, keys and values of some rows of the block's input. */
static void project_rows_of(const trmi_phase *phase, trmi_range rows, trmi_scratch *scratch)
{
    const trm_model *model = phase->evaluation->model;
    const trmi_config *config = &model->config;
    const trmi_block_weights *weights = phase->weights;
    const trmi_activations *activations = phase->evaluation->activations;
    const trmi_head_shape shape = trmi_head_shape_of(config);
    const size_t begin = (size_t)rows.begin * TRMI_PANEL;
    const trmi_rows_operand operand = trmi_rows_operand_of(
        &model->kernels, &weights->slot[TRMI_SLOT_MIX_IN], trmi_rows_of(phase->from, shape.rows, rows),
        rows.end - rows.begin, config->channels, scratch->codes);
    trmi_multiply_rows(&model->kernels, &weights->slot[TRMI_SLOT_MIX_IN], &operand,
                       (trmi_panels) { 0, 3 * shape.heads * (shape.width / TRMI_PANEL), 1 },
                       activations->qkv + begin, shape.panel);
    if (config->position_encoding == TRM_POSITION_ROTARY)
        for (uint32_t head = 0; head < 2 * shape.heads; head++) /* those of queries, then those of keys */
            rotate_head(model, &shape, activations->qkv + head * shape.head, rows);
}

/* out[D / 16][rows][16] = O times what the heads made, for the rows of the range, at most TRMI_ROW_TILE. */
static void join_heads(const trm_model *model, const trmi_block_weights *weights,
                       const trmi_activations *activations, trmi_range rows, float *out,
                       trmi_scratch *scratch)
{
    const trmi_config *config = &model->config;
    const trmi_head_shape shape = trmi_head_shape_of(config);
    const uint32_t count = rows.end - rows.begin;
    const trmi_rows_operand mixed = trmi_rows_operand_of(&model->kernels, &weights->slot[TRMI_SLOT_MIX_OUT],
                                                         trmi_rows_of(activations->qkv, shape.rows, rows),
                                                         count, shape.heads * shape.width, scratch->codes);
    trmi_multiply_rows(&model->kernels, &weights->slot[TRMI_SLOT_MIX_OUT], &mixed,
                       (trmi_panels) { 0, trmi_padded(config->channels) / TRMI_PANEL, 1 }, out,
                       (size_t)count * TRMI_PANEL);
}

/* ------------------------------------------------------------------------------------------- phases */

static void project_rows(const trmi_phase *phase, trmi_range rows, trmi_scratch *scratch)
{
    if (phase->first)
        trmi_add_inputs_of_rows(phase, rows);
    project_rows_of(phase, rows, scratch);
}

static void project(void *argument, uint32_t index)
{
    trmi_each_row_tile(argument, index, project_rows);
}

static void turn_heads(void *argument, uint32_t index)
{
    trmi_turn_heads(argument, index);
}

/* A head at a time: its keys and values stay in the second-level cache for all rows. */
static void attend(void *argument, uint32_t index)
{
    const trmi_phase *phase = argument;
    const trmi_evaluation *e = phase->evaluation;
    const trmi_head_shape shape = trmi_head_shape_of(&e->model->config);
    trmi_range rows;
    for (uint32_t head = 0; head < shape.heads; head++)
        for (uint32_t i = 0; rows = trmi_row_tile(phase, index, i), rows.begin < rows.end; i++)
            trmi_attend_rows(phase, &shape, head, rows, &e->scratch[index]);
}

/* u = r_D(v + attention(v)), which stays in scratch, then the channels */
static void finish_rows(const trmi_phase *phase, trmi_range rows, trmi_scratch *scratch)
{
    const trmi_evaluation *e = phase->evaluation;
    const trmi_config *config = &e->model->config;
    const uint32_t count = rows.end - rows.begin;
    const trmi_rows_view v = trmi_rows_of(phase->from, phase->rows, rows);
    const trmi_rows_view out = { scratch->out, (size_t)count * TRMI_PANEL },
                         middle = { scratch->middle, out.panel };
    join_heads(e->model, phase->weights, e->activations, rows, out.data, scratch);
    e->model->kernels.norm_columns(middle, v, out, count, config->channels, e->model->norm_epsilon);
    trmi_mix_channels(phase, middle, rows, scratch);
}

static void finish(void *argument, uint32_t index)
{
    trmi_each_row_tile(argument, index, finish_rows);
}

static trmi_work *const phases[] = { project, turn_heads, attend, finish };

/* ------------------------------------------------------------------------------------------- the kind */

static trm_status check(const trmi_config *c, trm_error *error)
{
    TRMI_TRY(trmi_published_check(c, error));
    if (c->token_hidden != 0)
        return trmi_fail(error, TRM_ERROR_FORMAT, "attention: expected token_hidden 0, found %u",
                         (unsigned)c->token_hidden);
    if (c->heads == 0 || c->channels % c->heads != 0)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "attention: expected heads that divide the %u channels, found %u",
                         (unsigned)c->channels, (unsigned)c->heads);
    if (c->position_encoding == TRM_POSITION_ROTARY && c->channels / c->heads % 2 != 0)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "rotary positions: expected an even number of channels a head, found %u",
                         (unsigned)(c->channels / c->heads));
    return TRM_OK;
}

enum { CHANNELS_OF_A_HEAD = 64 }; /* where the caller does not say */

static void complete(trmi_config *config)
{
    const uint32_t heads = config->channels / CHANNELS_OF_A_HEAD;
    if (config->position_encoding == 0)
        config->position_encoding = TRM_POSITION_ROTARY;
    if (config->heads == 0)
        config->heads = heads > 0 ? heads : 1;
}

/* Each head's rows (and, on the way out, columns) begin at a panel. */
static void matrix(const trmi_config *c, uint32_t slot, trmi_tensor *tensor)
{
    switch (slot) {
    case TRMI_SLOT_MIX_IN:
        trmi_describe_panels(tensor, "attention.qkv", 3 * c->heads, c->channels / c->heads, c->channels);
        break;
    case TRMI_SLOT_MIX_OUT:
        trmi_describe_panels(tensor, "attention.out", 1, c->channels, c->channels / c->heads);
        tensor->column_groups = c->heads;
        tensor->stored_group_columns = trmi_head_width(c);
        break;
    default:
        trmi_describe_channels(c, slot, tensor);
        break;
    }
}

static uint64_t products(const trmi_config *c, uint64_t rows, const uint64_t *heard)
{
    (void)heard;
    const uint64_t channels = c->channels;
    return 4 * rows * channels * channels + 2 * rows * rows * channels + trmi_channel_products(c);
}

/* Half a head's width for each row, with rotary positions. */
static void layout_tables(trm_model *model, trmi_arena *arena)
{
    const trmi_config *c = &model->config;
    if (c->position_encoding == TRM_POSITION_ROTARY)
        model->tables = trmi_rotary_take(arena, trmi_rows(c), c->channels / c->heads / 2);
}

/* A file without heads is refused before it has tables. */
static void bound_tables(const trmi_dimensions *d, trmi_arena *arena)
{
    if (d->position_encoding == TRM_POSITION_ROTARY && d->heads > 0)
        trmi_rotary_take(arena, d->prefix + d->positions, d->channels / d->heads / 2);
}

static void fill_tables(trm_model *model)
{
    const trmi_config *c = &model->config;
    if (c->position_encoding != TRM_POSITION_ROTARY)
        return;
    const uint32_t half = c->channels / c->heads / 2;
    const trmi_rotary angles = trmi_rotary_of(model->tables, trmi_rows(c), half);
    trmi_rotary_fill(angles.cosines, angles.sines, trmi_rows(c), half, c->rotary_base);
}

static void layout_activations(trmi_activations *activations, const trmi_config *config,
                               const trmi_extent *most, trmi_arena *arena)
{
    (void)most;
    const uint64_t width = (uint64_t)config->heads * trmi_head_width(config);
    activations->idle_numbers = 3 * width * trmi_rows(config);
    activations->idle = activations->qkv = trmi_arena_take(arena, activations->idle_numbers, sizeof(float));
    trmi_attend_activations(activations, config, arena);
}

static void layout_scratch(trmi_scratch *scratch, const trmi_config *config, const trmi_extent *most,
                           trmi_arena *arena)
{
    (void)most;
    const uint64_t rows = trmi_row_tile_for(arena);
    trmi_gated_scratch(scratch, config, arena);
    scratch->middle = trmi_arena_take(arena, rows * trmi_padded(config->channels), sizeof(float));
    trmi_attend_scratch(scratch, config, arena);
}

const trmi_kind trmi_kind_attention = {
    .block = TRM_BLOCK_ATTENTION,
    .name = "attention",
    .check = TRMI_FOR_FILES(check),
    .complete = TRMI_FOR_FILES(complete),
    .slots = trmi_published_slots,
    .matrix = TRMI_FOR_FILES(matrix),
    .products = TRMI_FOR_FILES(products),
    .tables = layout_tables,
    .bound_tables = bound_tables,
    .fill_tables = fill_tables,
    .activations = layout_activations,
    .scratch = layout_scratch,
    .embed = trmi_published_embed,
    .read = trmi_published_read,
    .head_size = trmi_published_head_size,
    .phases = phases,
    .phase_count = sizeof phases / sizeof *phases,
};
