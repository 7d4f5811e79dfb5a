/* Attention and its backward pass (arXiv 1706.03762). Probabilities exist for one head and a tile of rows at
 * a time, on the way back too, where they are computed again:
 *
 *     P = softmax(s q k')    o = P v      dv = P' do    dP = do v'    dS = s P (dP - sum P dP)    dq = dS k
 *     dk = dS' q */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "lib/learning/operations.h"

enum { ROW_TILE = 64 };

/* One head of a tape's queries, keys and values (or of their gradients). */
typedef struct head_parts {
    float *query, *key, *value; /* [w / 16][N][16] at distance `panel` */
} head_parts;

/* What the two passes share. */
typedef struct attention_shape {
    uint32_t rows, heads, width, stride, half; /* stride: padded rows */
    size_t panel;
    float scale;
} attention_shape;

/* Scratch of one head and one tile of rows. */
typedef struct attention_scratch {
    float *keys, *values;  /* transposed: [N / 16][w][16] */
    float *scores, *slope; /* tile x stride: probabilities, and the gradient of the scores */
    float *transposed;     /* either, transposed: [tile / 16][stride][16] */
    float *inverse;        /* tile */
} attention_scratch;

static attention_shape shape_of(const trmi_tape *tape, const trmi_value *qkv)
{
    const trmi_config *config = tape->config;
    assert(config->heads > 0 && config->channels % config->heads == 0);
    const uint32_t width = config->channels / config->heads;
    return (attention_shape) {
        .rows = qkv->rows,
        .heads = config->heads,
        .width = trmi_head_width(config),
        .stride = trmi_padded(qkv->rows),
        .half = width / 2,
        .panel = qkv->panel,
        .scale = 1.0f / sqrtf((float)width),
    };
}

static attention_scratch scratch_of(trmi_tape *tape, const attention_shape *shape)
{
    const size_t transposed = (size_t)shape->stride * shape->width, tile = (size_t)ROW_TILE * shape->stride;
    float *memory = trmi_tape_scratch(tape, 2 * transposed + 3 * tile + ROW_TILE);
    if (memory == NULL)
        return (attention_scratch) { .keys = NULL };
    return (attention_scratch) {
        .keys = memory,
        .values = memory + transposed,
        .scores = memory + 2 * transposed,
        .slope = memory + 2 * transposed + tile,
        .transposed = memory + 2 * transposed + 2 * tile,
        .inverse = memory + 2 * transposed + 3 * tile,
    };
}

static head_parts parts_of(const attention_shape *shape, float *qkv, uint32_t head)
{
    assert(head < shape->heads);
    const size_t one = shape->panel * (shape->width / TRMI_PANEL), all = one * shape->heads;
    float *query = qkv + head * one;
    return (head_parts) { query, query + all, query + 2 * all };
}

static void rotate(const trmi_tape *tape, const attention_shape *shape, float *qkv, const float *sines)
{
    if (tape->config->position_encoding != TRM_POSITION_ROTARY)
        return;
    for (uint32_t head = 0; head < shape->heads; head++) {
        const head_parts parts = parts_of(shape, qkv, head);
        tape->kernels->rotate((trmi_rows_view) { parts.query, shape->panel }, shape->rows, shape->half,
                              tape->rotary_cosines, sines);
        tape->kernels->rotate((trmi_rows_view) { parts.key, shape->panel }, shape->rows, shape->half,
                              tape->rotary_cosines, sines);
    }
}

static void transpose(const trmi_tape *tape, const attention_shape *shape, const float *from, float *to)
{
    tape->gradients->transpose(to, (trmi_rows_read) { from, shape->panel }, TRMI_PANEL, shape->rows,
                               shape->width / TRMI_PANEL);
}

/* tile x stride = some rows of a head times transposed keys or values */
static void rows_by_transposed(const trmi_tape *tape, const attention_shape *shape, const float *from,
                               size_t panel, uint32_t count, const float *transposed, float *to)
{
    tape->kernels->product(&(trmi_product) {
        .rows = count,
        .depth = shape->width,
        .panels = shape->stride / TRMI_PANEL,
        .a = from,
        .a_row = TRMI_PANEL,
        .a_block = panel,
        .b = transposed,
        .b_panel = (size_t)shape->width * TRMI_PANEL,
        .c = to,
        .c_row = shape->stride,
        .c_panel = TRMI_PANEL,
    });
}

/* rows of a head = tile x stride times a head */
static void weigh(const trmi_tape *tape, const attention_shape *shape, const float *weights, uint32_t count,
                  const float *head, float *to, size_t panel)
{
    tape->kernels->product(&(trmi_product) {
        .rows = count,
        .depth = shape->rows,
        .panels = shape->width / TRMI_PANEL,
        .a = weights,
        .a_row = shape->stride,
        .a_block = TRMI_PANEL,
        .b = head,
        .b_panel = shape->panel,
        .c = to,
        .c_row = TRMI_PANEL,
        .c_panel = panel,
    });
}

/* All rows of a head += (tile x stride)' times some rows of a head */
static void spread(const trmi_tape *tape, const attention_shape *shape, const attention_scratch *scratch,
                   const float *weights, uint32_t count, const float *from, size_t panel, float *to,
                   bool first)
{
    tape->gradients->transpose(scratch->transposed, (trmi_rows_read) { weights, TRMI_PANEL }, shape->stride,
                               count, shape->stride / TRMI_PANEL);
    tape->kernels->product(&(trmi_product) {
        .rows = shape->rows,
        .depth = count,
        .panels = shape->width / TRMI_PANEL,
        .a = scratch->transposed,
        .a_row = TRMI_PANEL,
        .a_block = (size_t)shape->stride * TRMI_PANEL,
        .b = from,
        .b_panel = panel,
        .c = to,
        .c_row = TRMI_PANEL,
        .c_panel = shape->panel,
        .accumulate = !first,
    });
}

static uint32_t block_rows(const attention_shape *shape, uint32_t begin)
{
    return shape->rows - begin < ROW_TILE ? shape->rows - begin : ROW_TILE;
}

/* Exponentials of one tile of rows, their inverse sums beside them. */
static void score(const trmi_tape *tape, const attention_shape *shape, const attention_scratch *scratch,
                  const head_parts *parts, uint32_t begin, uint32_t count)
{
    rows_by_transposed(tape, shape, parts->query + (size_t)begin * TRMI_PANEL, shape->panel, count,
                       scratch->keys, scratch->scores);
    tape->kernels->softmax(scratch->scores, shape->stride, count, shape->rows, shape->scale,
                           scratch->inverse);
}

static void head_forward(const trmi_tape *tape, const attention_shape *shape,
                         const attention_scratch *scratch, const head_parts *parts, float *out)
{
    transpose(tape, shape, parts->key, scratch->keys);
    for (uint32_t begin = 0; begin < shape->rows; begin += ROW_TILE) {
        const uint32_t count = block_rows(shape, begin);
        float *to = out + (size_t)begin * TRMI_PANEL;
        score(tape, shape, scratch, parts, begin, count);
        weigh(tape, shape, scratch->scores, count, parts->value, to, shape->panel);
        tape->kernels->scale_rows((trmi_rows_view) { to, shape->panel }, shape->width / TRMI_PANEL, count,
                                  scratch->inverse);
    }
}

static void normalise(const attention_shape *shape, const attention_scratch *scratch, uint32_t count)
{
    for (uint32_t row = 0; row < count; row++)
        for (uint32_t j = 0; j < shape->stride; j++)
            scratch->scores[(size_t)row * shape->stride + j] *= scratch->inverse[row];
}

static void head_back(const trmi_tape *tape, const attention_shape *shape, const attention_scratch *scratch,
                      const head_parts *parts, const head_parts *to, const float *from)
{
    transpose(tape, shape, parts->key, scratch->keys);
    transpose(tape, shape, parts->value, scratch->values);
    for (uint32_t begin = 0; begin < shape->rows; begin += ROW_TILE) {
        const uint32_t count = block_rows(shape, begin);
        const size_t at = (size_t)begin * TRMI_PANEL;
        score(tape, shape, scratch, parts, begin, count);
        normalise(shape, scratch, count);
        spread(tape, shape, scratch, scratch->scores, count, from + at, shape->panel, to->value, begin == 0);
        rows_by_transposed(tape, shape, from + at, shape->panel, count, scratch->values, scratch->slope);
        tape->gradients->softmax(scratch->slope, scratch->scores, shape->stride, count, shape->scale);
        weigh(tape, shape, scratch->slope, count, parts->key, to->query + at, shape->panel);
        spread(tape, shape, scratch, scratch->slope, count, parts->query + at, shape->panel, to->key,
               begin == 0);
    }
}

static void attention_back(trmi_tape *tape, const trmi_entry *entry)
{
    trmi_value *qkv = entry->in[0];
    const attention_shape shape = shape_of(tape, qkv);
    const attention_scratch scratch = scratch_of(tape, &shape);
    const size_t head_count = shape.panel * (shape.width / TRMI_PANEL);
    for (uint32_t head = 0; head < shape.heads; head++) {
        const head_parts parts = parts_of(&shape, qkv->data, head),
                         to = parts_of(&shape, qkv->gradient, head);
        head_back(tape, &shape, &scratch, &parts, &to, entry->out->gradient + head * head_count);
    }
    rotate(tape, &shape, qkv->gradient, tape->rotary_back);
    qkv->reached = true; /* nobody else reads it: stored, not added */
}

trmi_value *trmi_record_attention(trmi_tape *tape, trmi_value *qkv)
{
    const attention_shape shape = shape_of(tape, qkv);
    const attention_scratch scratch = scratch_of(tape, &shape);
    trmi_value *out = trmi_tape_value(tape, qkv->rows, shape.heads * shape.width, true);
    trmi_tape_note(tape, (trmi_entry) { .backward = attention_back, .in = { qkv }, .out = out });
    if (trmi_tape_measures(tape))
        return out;
    rotate(tape, &shape, qkv->data, tape->rotary_sines);
    for (uint32_t head = 0; head < shape.heads; head++) {
        const head_parts parts = parts_of(&shape, qkv->data, head);
        head_forward(tape, &shape, &scratch, &parts,
                     out->data + head * shape.panel * (shape.width / TRMI_PANEL));
    }
    return out;
}
