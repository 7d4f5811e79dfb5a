#include "lib/net/attention_heads.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "lib/core/checked.h"
#include "lib/kernels/scalar.h"
#include "lib/net/gated.h"
#include "lib/net/kinds.h"

trmi_head_shape trmi_head_shape_of(const trmi_config *config)
{
    const uint32_t width = trmi_head_width(config), rows = trmi_rows(config);
    const size_t panel = (size_t)rows * TRMI_PANEL;
    return (trmi_head_shape) {
        .rows = rows,
        .width = width,
        .heads = config->heads,
        .key_panels = (rows + TRMI_PANEL - 1) / TRMI_PANEL,
        .panel = panel,
        .head = panel * (width / TRMI_PANEL),
        .key_block = (size_t)width * TRMI_PANEL,
        .value_block = trmi_round_up(rows, TRMI_QUAD) * TRMI_PANEL,
    };
}

/* Keys and values as a weight's integers are, of one head. */
typedef struct integer_head {
    int8_t *keys;                     /* [N / 16, rounded up][w / 4][16][4]: positions are lanes */
    int8_t *values;                   /* [w / 16][N / 4, rounded up][16][4] */
    float *key_scales, *value_scales; /* one for each lane */
    float *halves;                    /* half the sum of each lane of values */
    int32_t *key_starts, *value_starts;
} integer_head;

/* In the memory of the transposed keys, which has four bytes for each of them: codes of all heads, then what
 * goes with their lanes. */
static integer_head integer_head_of(const trmi_head_shape *shape, float *memory, uint32_t head)
{
    const size_t keys = shape->key_panels * shape->key_block,
                 values = shape->width / TRMI_PANEL * shape->value_block,
                 key_lanes = (size_t)shape->key_panels * TRMI_PANEL, value_lanes = shape->width;
    int8_t *codes = (int8_t *)memory;
    float *scales = (float *)(void *)(codes + shape->heads * (keys + values));
    int32_t *starts = (int32_t *)(void *)(scales + shape->heads * (key_lanes + 2 * value_lanes));
    assert(keys + values + 8 * key_lanes + 12 * value_lanes <= keys * sizeof(float));
    codes += head * (keys + values);
    scales += head * (key_lanes + 2 * value_lanes);
    starts += head * (key_lanes + value_lanes);
    return (integer_head) {
        .keys = codes,
        .values = codes + keys,
        .key_scales = scales,
        .value_scales = scales + key_lanes,
        .halves = scales + key_lanes + value_lanes,
        .key_starts = starts,
        .value_starts = starts + key_lanes,
    };
}

_Static_assert(TRMI_MAXIMUM_POSITIONS <= INT32_MAX / (255 * 127) &&
                   TRMI_MAXIMUM_CHANNELS <= INT32_MAX / (255 * 127),
               "sums over all positions or channels fit in 32 bits, of codes that are offset, too");

/* Whether this block's scores are products of integers. */
static bool scores_integers(const trmi_phase *phase)
{
    return trmi_is_quantised(&phase->weights->slot[TRMI_SLOT_MIX_IN]);
}

/* Sixteen keys of a head, [w][16]; lanes behind the last position are zero. */
static void transpose_keys(const trmi_head_shape *shape, const float *from, uint32_t panel, float *to)
{
    const uint32_t begin = panel * TRMI_PANEL,
                   rows = shape->rows - begin < TRMI_PANEL ? shape->rows - begin : TRMI_PANEL;
    assert(begin < shape->rows && from != to);
    for (uint32_t column = 0; column < shape->width; column++) {
        const float *number =
            from + column / TRMI_PANEL * shape->panel + (size_t)begin * TRMI_PANEL + column % TRMI_PANEL;
        float *lane = to + (size_t)column * TRMI_PANEL;
        for (uint32_t row = 0; row < TRMI_PANEL; row++)
            lane[row] = row < rows ? number[(size_t)row * TRMI_PANEL] : 0.0f;
    }
}

/* Keys of one head, where scores will find them. */
static void turn_keys(const trmi_phase *phase, const trmi_head_shape *shape, uint32_t head, uint32_t panel,
                      trmi_scratch *scratch)
{
    const trmi_activations *activations = phase->evaluation->activations;
    const float *keys = activations->qkv + (shape->heads + head) * shape->head;
    if (!scores_integers(phase)) {
        transpose_keys(shape, keys, panel,
                       activations->keys + (head * shape->key_panels + panel) * shape->key_block);
        return;
    }
    const integer_head to = integer_head_of(shape, activations->keys, head);
    transpose_keys(shape, keys, panel, scratch->scores);
    phase->evaluation->model->kernels.quantise_side(
        to.keys + panel * shape->key_block, to.key_scales + (size_t)panel * TRMI_PANEL,
        to.key_starts + (size_t)panel * TRMI_PANEL, scratch->scores, shape->width);
}

/* to = rows of shares, `scales` of them, times some panels of a head's values. */
static void weigh_integers(const trm_model *model, const trmi_head_shape *shape, trmi_codes shares,
                           uint32_t rows, const integer_head *head, trmi_panels panels, trmi_rows_view to)
{
    const size_t lanes = (size_t)panels.first * TRMI_PANEL;
    model->kernels.quantised_product(&(trmi_quantised_product) {
        .rows = rows,
        .depth = (uint32_t)trmi_round_up(shape->rows, TRMI_QUAD),
        .panels = panels.count,
        .a = shares.codes,
        .a_row = (size_t)shape->key_panels * TRMI_PANEL,
        .a_scale = shares.scales,
        .b = head->values + panels.first * shape->value_block,
        .b_panel = shape->value_block,
        .b_scale = head->value_scales + lanes,
        .b_scale_panel = TRMI_PANEL,
        .c = to.data,
        .c_row = TRMI_PANEL,
        .c_panel = to.panel,
        .starts = head->value_starts + lanes,
    });
}

/* Sixteen lanes of one head's values, as integers, and half their sums: the product with a row of ones. */
static void turn_values(const trmi_phase *phase, const trmi_head_shape *shape, uint32_t head, uint32_t panel,
                        trmi_scratch *scratch)
{
    const trm_model *model = phase->evaluation->model;
    const trmi_activations *activations = phase->evaluation->activations;
    const integer_head to = integer_head_of(shape, activations->keys, head);
    const size_t lanes = (size_t)panel * TRMI_PANEL;
    float half = 0.5f;
    model->kernels.quantise_side(
        to.values + panel * shape->value_block, to.value_scales + lanes, to.value_starts + lanes,
        activations->qkv + (2 * shape->heads + head) * shape->head + panel * shape->panel, shape->rows);
    memset(scratch->shares, 1 ^ model->kernels.code_offset, (size_t)shape->key_panels * TRMI_PANEL);
    weigh_integers(model, shape, (trmi_codes) { scratch->shares, &half }, 1, &to,
                   (trmi_panels) { panel, 1, 1 }, (trmi_rows_view) { to.halves + lanes, TRMI_PANEL });
}

/* Some rows of one head. */
typedef struct head_rows {
    const trm_model *model;
    const trmi_head_shape *shape;
    const trmi_activations *activations;
    uint32_t head, count;
    float *query;  /* and what takes its place */
    size_t stride; /* numbers in a row of scores */
    trmi_scratch *scratch;
} head_rows;

static void score_numbers(const head_rows *r)
{
    const trmi_head_shape *shape = r->shape;
    r->model->kernels.product(&(trmi_product) {
        .rows = r->count,
        .depth = shape->width,
        .panels = shape->key_panels,
        .a = r->query,
        .a_row = TRMI_PANEL,
        .a_block = shape->panel,
        .b = r->activations->keys + r->head * shape->key_panels * shape->key_block,
        .b_panel = shape->key_block,
        .c = r->scratch->scores,
        .c_row = r->stride,
        .c_panel = TRMI_PANEL,
    });
}

static void weigh_numbers(const head_rows *r)
{
    const trmi_head_shape *shape = r->shape;
    const trmi_kernels *kernels = &r->model->kernels;
    kernels->product(&(trmi_product) {
        .rows = r->count,
        .depth = shape->rows,
        .panels = shape->width / TRMI_PANEL,
        .a = r->scratch->scores,
        .a_row = r->stride,
        .a_block = TRMI_PANEL,
        .b = r->activations->qkv + (2 * shape->heads + r->head) * shape->head,
        .b_panel = shape->panel,
        .c = r->query,
        .c_row = TRMI_PANEL,
        .c_panel = shape->panel,
    });
    kernels->scale_rows((trmi_rows_view) { r->query, shape->panel }, shape->width / TRMI_PANEL, r->count,
                        r->scratch->inverse);
}

static void score_quantised(const head_rows *r, const integer_head *head)
{
    const trmi_head_shape *shape = r->shape;
    const trmi_kernels *kernels = &r->model->kernels;
    const trmi_codes codes = r->scratch->codes;
    kernels->quantise_rows(codes.codes, codes.scales, (trmi_rows_view) { r->query, shape->panel }, r->count,
                           shape->width);
    kernels->quantised_product(&(trmi_quantised_product) {
        .rows = r->count,
        .depth = shape->width,
        .panels = shape->key_panels,
        .a = codes.codes,
        .a_row = shape->width,
        .a_scale = codes.scales,
        .b = head->keys,
        .b_panel = shape->key_block,
        .b_scale = head->key_scales,
        .b_scale_panel = TRMI_PANEL,
        .c = r->scratch->scores,
        .c_row = r->stride,
        .c_panel = TRMI_PANEL,
        .starts = head->key_starts,
    });
}

/* A share is (code + 127) / 254, so that half of all values is to be added to the codes' product. */
static void weigh_quantised(const head_rows *r, const integer_head *head)
{
    const trmi_kernels *kernels = &r->model->kernels;
    const trmi_codes shares = { r->scratch->shares, r->scratch->codes.scales };
    const trmi_panels all = { 0, r->shape->width / TRMI_PANEL, 1 };
    kernels->quantise_shares(shares.codes, r->scratch->scores, r->count * r->stride);
    for (uint32_t row = 0; row < r->count; row++)
        shares.scales[row] = r->scratch->inverse[row] * (1.0f / TRMI_SHARE_CODES);
    weigh_integers(r->model, r->shape, shares, r->count, head, all,
                   (trmi_rows_view) { r->query, r->shape->panel });
    kernels->product(&(trmi_product) {
        .rows = r->count,
        .depth = 1,
        .panels = all.count,
        .a = r->scratch->inverse,
        .a_row = 1,
        .a_block = TRMI_PANEL,
        .b = head->halves,
        .b_panel = TRMI_PANEL,
        .c = r->query,
        .c_row = TRMI_PANEL,
        .c_panel = r->shape->panel,
        .accumulate = true,
    });
}

void trmi_attend_rows(const trmi_phase *phase, const trmi_head_shape *shape, uint32_t head, trmi_range rows,
                      trmi_scratch *scratch)
{
    const trm_model *model = phase->evaluation->model;
    const trmi_activations *activations = phase->evaluation->activations;
    const bool quantised = scores_integers(phase);
    const integer_head integers = integer_head_of(shape, activations->keys, head);
    assert(head < shape->heads && rows.begin < rows.end && rows.end - rows.begin <= TRMI_ROW_TILE);
    const head_rows r = {
        .model = model,
        .shape = shape,
        .activations = activations,
        .head = head,
        .count = rows.end - rows.begin,
        .query = activations->qkv + head * shape->head + (size_t)rows.begin * TRMI_PANEL,
        .stride = (size_t)shape->key_panels * TRMI_PANEL,
        .scratch = scratch,
    };
    if (quantised)
        score_quantised(&r, &integers);
    else
        score_numbers(&r);
    const float scale = 1.0f / sqrtf((float)(model->config.channels / model->config.heads));
    model->kernels.softmax(scratch->scores, r.stride, r.count, shape->rows, scale, scratch->inverse);
    if (quantised)
        weigh_quantised(&r, &integers);
    else
        weigh_numbers(&r);
}

void trmi_turn_heads(const trmi_phase *phase, uint32_t index)
{
    const trmi_evaluation *e = phase->evaluation;
    const trmi_head_shape shape = trmi_head_shape_of(&e->model->config);
    const uint32_t value_panels = scores_integers(phase) ? shape.width / TRMI_PANEL : 0;
    const trmi_range keys = trmi_part_of(phase, shape.heads * shape.key_panels, 1, index),
                     values = trmi_part_of(phase, shape.heads * value_panels, 1, index);
    for (uint32_t i = keys.begin; i < keys.end; i++)
        turn_keys(phase, &shape, i / shape.key_panels, i % shape.key_panels, &e->scratch[index]);
    for (uint32_t i = values.begin; i < values.end; i++)
        turn_values(phase, &shape, i / value_panels, i % value_panels, &e->scratch[index]);
}

void trmi_attend_activations(trmi_activations *activations, const trmi_config *config, trmi_arena *arena)
{
    const uint64_t width = (uint64_t)config->heads * trmi_head_width(config);
    activations->keys = trmi_arena_take(arena, width * trmi_padded(trmi_rows(config)), sizeof(float));
}

/* Sixteen keys are in their place before there are scores. */
static uint64_t scores_size(const trmi_config *config, uint64_t rows)
{
    const uint64_t scores = rows * trmi_padded(trmi_rows(config)),
                   keys = (uint64_t)trmi_head_width(config) * TRMI_PANEL;
    return config->quantised && keys > scores ? keys : scores;
}

void trmi_attend_scratch(trmi_scratch *scratch, const trmi_config *config, trmi_arena *arena)
{
    const uint64_t rows = trmi_row_tile_for(arena);
    scratch->scores = trmi_arena_take(arena, scores_size(config, rows), sizeof(float));
    scratch->inverse = trmi_arena_take(arena, rows, sizeof(float));
    if (config->quantised)
        scratch->shares = trmi_arena_take(arena, rows * trmi_padded(trmi_rows(config)), 1);
}
