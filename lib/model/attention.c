/* softmax(q k' / sqrt(D / h)) v, then O.   arXiv 1706.03762; rotary positions: arXiv 2104.09864, half-split
 * pairs.
 *
 * A head is w lanes wide in memory: D / h rounded up to whole panels; weights that are zero fill the rest.
 * Scores exist for one block of rows and one head at a time. */
#include "lib/model/attention.h"

#include <math.h>

/* The shapes that both phases share. */
typedef struct head_shape {
    uint32_t rows, width, heads;
    size_t panel, head; /* numbers in one panel of N rows, and in one head of such panels */
    size_t key_block;   /* numbers in 16 turned keys */
} head_shape;

static head_shape shape_of(const trmi_config *config)
{
    const uint32_t width = trmi_head_width(config);
    const size_t panel = (size_t)trmi_rows(config) * TRMI_PANEL;
    return (
        head_shape) { trmi_rows(config),         width, config->heads, panel, panel * (width / TRMI_PANEL),
                      (size_t)width * TRMI_PANEL };
}

/* Keys of one head, rows of the range, with positions as lanes. */
static void turn_keys(const head_shape *shape, const float *from, float *to, trmi_range rows)
{
    for (uint32_t row = rows.begin; row < rows.end; row++) {
        float *lane = to + row / TRMI_PANEL * shape->key_block + row % TRMI_PANEL;
        for (uint32_t column = 0; column < shape->width; column++)
            lane[(size_t)column * TRMI_PANEL] =
                from[column / TRMI_PANEL * shape->panel + (size_t)row * TRMI_PANEL + column % TRMI_PANEL];
    }
}

static void rotate_head(const trm_model *model, const head_shape *shape, float *head, trmi_range rows)
{
    const uint32_t half = model->config.channels / model->config.heads / 2;
    const trmi_rows_view view = { head + (size_t)rows.begin * TRMI_PANEL, shape->panel };
    model->kernels.rotate(view, rows.end - rows.begin, half, model->rotary_cos + (size_t)rows.begin * half,
                          model->rotary_sin + (size_t)rows.begin * half);
}

void trmi_attention_project(const trm_model *model, const trmi_block_weights *weights,
                            trmi_activations *activations, trmi_range rows, trmi_scratch *scratch)
{
    const trmi_config *config = &model->config;
    const head_shape shape = shape_of(config);
    const size_t begin = (size_t)rows.begin * TRMI_PANEL, part = shape.head * shape.heads;
    const trmi_rows_operand operand = trmi_rows_operand_of(
        &model->kernels, &weights->attention_qkv, (trmi_rows_view) { activations->v + begin, shape.panel },
        rows.end - rows.begin, config->channels, scratch->codes);
    trmi_multiply_rows(&model->kernels, &weights->attention_qkv, &operand,
                       (trmi_panels) { 0, 3 * shape.heads * (shape.width / TRMI_PANEL), 1 },
                       activations->qkv + begin, shape.panel);
    const size_t turned = (shape.rows + TRMI_PANEL - 1) / TRMI_PANEL * shape.key_block;
    for (uint32_t head = 0; head < shape.heads; head++) {
        float *query = activations->qkv + head * shape.head, *key = query + part;
        if (config->position_encoding == TRM_POSITION_ROTARY) {
            rotate_head(model, &shape, query, rows);
            rotate_head(model, &shape, key, rows);
        }
        turn_keys(&shape, key, activations->keys + head * turned, rows);
    }
}

/* to[w / 16][rows][16] = one head's softmax(scores) values */
static void mix_head(const trm_model *model, const head_shape *shape, const trmi_activations *activations,
                     uint32_t head, trmi_range rows, float *to, trmi_scratch *scratch)
{
    const trmi_kernels *kernels = &model->kernels;
    const uint32_t count = rows.end - rows.begin, key_panels = (shape->rows + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t stride = (size_t)key_panels * TRMI_PANEL;
    const float *query = activations->qkv + head * shape->head;
    kernels->product(&(trmi_product) {
        .rows = count,
        .depth = shape->width,
        .panels = key_panels,
        .a = query + (size_t)rows.begin * TRMI_PANEL,
        .a_row = TRMI_PANEL,
        .a_block = shape->panel,
        .b = activations->keys + head * key_panels * shape->key_block,
        .b_panel = shape->key_block,
        .c = scratch->scores,
        .c_row = stride,
        .c_panel = TRMI_PANEL,
    });
    const float scale = 1.0f / sqrtf((float)(model->config.channels / model->config.heads));
    kernels->softmax(scratch->scores, stride, count, shape->rows, scale, scratch->inverse);
    kernels->product(&(trmi_product) {
        .rows = count,
        .depth = shape->rows,
        .panels = shape->width / TRMI_PANEL,
        .a = scratch->scores,
        .a_row = stride,
        .a_block = TRMI_PANEL,
        .b = query + 2 * shape->head * shape->heads,
        .b_panel = shape->panel,
        .c = to,
        .c_row = TRMI_PANEL,
        .c_panel = (size_t)count * TRMI_PANEL,
    });
    kernels->scale_rows((trmi_rows_view) { to, (size_t)count * TRMI_PANEL }, shape->width / TRMI_PANEL, count,
                        scratch->inverse);
}

void trmi_attention_mix(const trm_model *model, const trmi_block_weights *weights,
                        const trmi_activations *activations, trmi_range rows, float *out,
                        trmi_scratch *scratch)
{
    const trmi_config *config = &model->config;
    const head_shape shape = shape_of(config);
    const uint32_t count = rows.end - rows.begin, width = shape.heads * shape.width;
    const size_t panel = (size_t)count * TRMI_PANEL;
    for (uint32_t head = 0; head < shape.heads; head++)
        mix_head(model, &shape, activations, head, rows,
                 scratch->mixed + head * (shape.width / TRMI_PANEL) * panel, scratch);
    const trmi_rows_operand mixed =
        trmi_rows_operand_of(&model->kernels, &weights->attention_out,
                             (trmi_rows_view) { scratch->mixed, panel }, count, width, scratch->codes);
    trmi_multiply_rows(&model->kernels, &weights->attention_out, &mixed,
                       (trmi_panels) { 0, trmi_padded(config->channels) / TRMI_PANEL, 1 }, out, panel);
}
