/* See reference_model.h. Names and the order of statements are those of doc/model.md. */
#include "tests/support/reference_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double *numbers(size_t count)
{
    double *array = calloc(count > 0 ? count : 1, sizeof *array);
    if (array == NULL) {
        fprintf(stderr, "reference_model: out of memory\n");
        exit(EXIT_FAILURE);
    }
    return array;
}

/* ------------------------------------------------------------------------------------------- weights */

static const float *weights_of(const trm_model *model, const trmi_tensor *tensor)
{
    switch (tensor->role) {
    case TRMI_EMBED_TOKENS:
        return model->embed_tokens;
    case TRMI_EMBED_POSITIONS:
        return model->embed_positions;
    case TRMI_EMBED_PUZZLES:
        return model->embed_puzzles;
    case TRMI_EMBED_REGISTERS:
        return model->embed_registers;
    case TRMI_STATE_Y:
        return model->state_y;
    case TRMI_STATE_Z:
        return model->state_z;
    case TRMI_HEAD_TOKENS:
        return model->head_tokens;
    case TRMI_HEAD_TOKENS_BIAS:
        return model->head_tokens_bias;
    case TRMI_HEAD_HALT:
        return model->head_halt;
    case TRMI_HEAD_HALT_BIAS:
        return model->head_halt_bias;
    default:
        return model->network[tensor->network].block[tensor->block].slot[tensor->slot].numbers;
    }
}

typedef struct unpacking {
    const trm_model *model;
    reference_model *reference;
} unpacking;

static trm_status unpack_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    (void)error;
    const unpacking *u = user;
    const float *from = weights_of(u->model, tensor);
    const size_t rows = (size_t)tensor->groups * tensor->group_rows;
    const size_t columns = (size_t)tensor->column_groups * tensor->group_columns;
    double *to = numbers(rows * columns);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            to[r * columns + c] = (double)from[trmi_tensor_index(tensor, r, c)];
    u->reference->weight[tensor->network][tensor->block]
                        [trmi_tensor_in_block(tensor) ? REFERENCE_MATRIX + tensor->slot : tensor->role] = to;
    return TRM_OK;
}

reference_model *reference_model_create(const trm_model *model)
{
    reference_model *reference = calloc(1, sizeof *reference);
    if (reference == NULL)
        exit(EXIT_FAILURE);
    reference->config = model->config;
    unpacking u = { model, reference };
    if (trmi_tensors(&model->config, unpack_tensor, &u, NULL) != TRM_OK)
        exit(EXIT_FAILURE);
    return reference;
}

void reference_model_free(reference_model *reference)
{
    if (reference == NULL)
        return;
    for (int network = 0; network < 2; network++)
        for (int block = 0; block < TRMI_MAXIMUM_BLOCKS; block++)
            for (int role = 0; role < REFERENCE_WEIGHTS; role++)
                free(reference->weight[network][block][role]);
    free(reference);
}

/* --------------------------------------------------------------------------------------------- parts */

/* out = W in,  W: rows x columns */
static void multiply(const double *w, uint32_t rows, uint32_t columns, const double *in, double *out)
{
    for (uint32_t r = 0; r < rows; r++) {
        double sum = 0;
        for (uint32_t c = 0; c < columns; c++)
            sum += w[(size_t)r * columns + c] * in[c];
        out[r] = sum;
    }
}

/* v = r(v) */
static void normalise(double *v, uint32_t width, double epsilon)
{
    double squares = 0;
    for (uint32_t i = 0; i < width; i++)
        squares += v[i] * v[i];
    const double factor = 1 / sqrt(squares / width + epsilon);
    for (uint32_t i = 0; i < width; i++)
        v[i] *= factor;
}

static double logistic(double v)
{
    return 1 / (1 + exp(-v));
}

/* v = r(v + SwiGLU(v)),  Wgu: 2 hidden x width,  Wd: width x hidden */
static void gated_unit(const trmi_config *config, const double *gate_up, const double *down, uint32_t width,
                       uint32_t hidden, double *v)
{
    double *g = numbers(2 * (size_t)hidden), *s = g + hidden, *out = numbers(width);
    multiply(gate_up, 2 * hidden, width, v, g);
    if (config->gate == TRM_GATE_PLAIN) {
        for (uint32_t i = 0; i < hidden; i++)
            s[i] = g[i] * logistic(g[i]) * s[i];
    } else {
        for (uint32_t i = 0; i < hidden; i++)
            s[i] = g[i] * s[i];
        normalise(s, hidden, config->norm_epsilon);
        for (uint32_t i = 0; i < hidden; i++)
            s[i] = logistic(g[i]) * s[i];
    }
    multiply(down, width, hidden, s, out);
    for (uint32_t i = 0; i < width; i++)
        v[i] += out[i];
    normalise(v, width, config->norm_epsilon);
    free(g);
    free(out);
}

/* For each channel: a gated unit over the N positions. */
static void mix_positions(const trmi_config *config, double *const *weight, double *v)
{
    const uint32_t n = trmi_rows(config), d = config->channels;
    double *column = numbers(n);
    for (uint32_t c = 0; c < d; c++) {
        for (uint32_t r = 0; r < n; r++)
            column[r] = v[(size_t)r * d + c];
        gated_unit(config, weight[REFERENCE_MATRIX + TRMI_SLOT_MIX_IN],
                   weight[REFERENCE_MATRIX + TRMI_SLOT_MIX_OUT], n, config->token_hidden, column);
        for (uint32_t r = 0; r < n; r++)
            v[(size_t)r * d + c] = column[r];
    }
    free(column);
}

/* Pairs (i, i + w / 2) of one head rotated by the angle position * base^(-2 i / w). */
static void rotate_head(double *head, uint32_t w, uint32_t position, double base)
{
    const uint32_t half = w / 2;
    for (uint32_t i = 0; i < half; i++) {
        const double angle = position * pow(base, -2.0 * i / w);
        const double a = head[i], b = head[i + half];
        head[i] = a * cos(angle) - b * sin(angle);
        head[i + half] = b * cos(angle) + a * sin(angle);
    }
}

/* One position's softmax(q k' / sqrt(w)) v' for one head; rows of qkv are 3 D wide. */
static void attend(const double *qkv, uint32_t n, uint32_t d, uint32_t w, uint32_t position, uint32_t offset,
                   double *out)
{
    double *score = numbers(n), highest = -INFINITY, sum = 0;
    for (uint32_t j = 0; j < n; j++) {
        for (uint32_t i = 0; i < w; i++)
            score[j] += qkv[(size_t)position * 3 * d + offset + i] * qkv[(size_t)j * 3 * d + d + offset + i];
        score[j] /= sqrt(w);
        highest = fmax(highest, score[j]);
    }
    for (uint32_t j = 0; j < n; j++)
        sum += score[j] = exp(score[j] - highest);
    for (uint32_t i = 0; i < w; i++) {
        out[i] = 0;
        for (uint32_t j = 0; j < n; j++)
            out[i] += score[j] / sum * qkv[(size_t)j * 3 * d + 2 * d + offset + i];
    }
    free(score);
}

/* v = r(v + O attention(v)) */
static void attention(const trmi_config *config, double *const *weight, double *v)
{
    const uint32_t n = trmi_rows(config), d = config->channels, w = d / config->heads;
    double *qkv = numbers((size_t)n * 3 * d), *mixed = numbers(d), *out = numbers(d);
    for (uint32_t r = 0; r < n; r++) {
        double *row = qkv + (size_t)r * 3 * d;
        multiply(weight[REFERENCE_MATRIX + TRMI_SLOT_MIX_IN], 3 * d, d, v + (size_t)r * d, row);
        for (uint32_t h = 0; config->position_encoding == TRM_POSITION_ROTARY && h < 2 * config->heads; h++)
            rotate_head(row + (size_t)h * w, w, r, config->rotary_base);
    }
    for (uint32_t r = 0; r < n; r++) {
        for (uint32_t h = 0; h < config->heads; h++)
            attend(qkv, n, d, w, r, h * w, mixed + (size_t)h * w);
        multiply(weight[REFERENCE_MATRIX + TRMI_SLOT_MIX_OUT], d, d, mixed, out);
        for (uint32_t c = 0; c < d; c++)
            v[(size_t)r * d + c] += out[c];
        normalise(v + (size_t)r * d, d, config->norm_epsilon);
    }
    free(qkv);
    free(mixed);
    free(out);
}

/* ------------------------------------------------------------------------------------------- network */

void reference_evaluate(const reference_model *reference, trmi_network_index network, double *v)
{
    const trmi_config *config = &reference->config;
    const bool high = network == TRMI_NETWORK_HIGH && config->architecture == TRM_ARCHITECTURE_HRM;
    const uint32_t n = trmi_rows(config), d = config->channels,
                   blocks = high ? config->high_blocks : config->blocks;
    for (uint32_t b = 0; b < blocks; b++) {
        double *const *weight = reference->weight[high][b];
        if (config->block == TRM_BLOCK_MIXER)
            mix_positions(config, weight, v);
        else
            attention(config, weight, v);
        for (uint32_t r = 0; r < n; r++)
            gated_unit(config, weight[REFERENCE_MATRIX + TRMI_SLOT_CHANNELS_GATE_UP],
                       weight[REFERENCE_MATRIX + TRMI_SLOT_CHANNELS_DOWN], d, config->channel_hidden,
                       v + (size_t)r * d);
    }
}

static size_t state_count(const trmi_config *config)
{
    return (size_t)trmi_rows(config) * config->channels;
}

void reference_step(const reference_model *reference, reference_state *state)
{
    const trmi_config *config = &reference->config;
    const size_t count = state_count(config);
    for (uint32_t cycle = 0; cycle < config->cycles; cycle++) {
        for (uint32_t update = 0; update < config->updates; update++) {
            for (size_t i = 0; i < count; i++)
                state->z[i] += state->y[i] + state->x[i];
            reference_evaluate(reference, TRMI_NETWORK_LOW, state->z);
            if (cycle == 0 && update == 0)
                memcpy(state->first_z, state->z, count * sizeof *state->z);
        }
        for (size_t i = 0; i < count; i++)
            state->y[i] += state->z[i];
        reference_evaluate(reference, TRMI_NETWORK_HIGH, state->y);
        if (cycle == 0)
            memcpy(state->first_y, state->y, count * sizeof *state->y);
    }
}

/* ------------------------------------------------------------------------------------ in and out of it */

reference_state *reference_state_create(const reference_model *reference)
{
    const size_t count = state_count(&reference->config);
    reference_state *state = malloc(sizeof *state);
    if (state == NULL)
        exit(EXIT_FAILURE);
    *state =
        (reference_state) { numbers(count), numbers(count), numbers(count), numbers(count), numbers(count) };
    return state;
}

void reference_state_free(reference_state *state)
{
    if (state == NULL)
        return;
    free(state->x);
    free(state->y);
    free(state->z);
    free(state->first_z);
    free(state->first_y);
    free(state);
}

/* The P rows before the tokens: a row of the puzzle table, with zeros behind it, or the registers. */
static void load_prefix(const reference_model *reference, uint32_t identifier, double *x)
{
    const trmi_config *config = &reference->config;
    const size_t count = (size_t)config->prefix * config->channels;
    double *const *weight = reference->weight[0][0];
    memset(x, 0, count * sizeof *x);
    if (config->registers)
        memcpy(x, weight[TRMI_EMBED_REGISTERS], count * sizeof *x);
    else if (config->puzzle_width > 0)
        memcpy(x, weight[TRMI_EMBED_PUZZLES] + (size_t)identifier * config->puzzle_width,
               config->puzzle_width * sizeof *x);
}

void reference_load(const reference_model *reference, const int32_t *tokens, uint32_t identifier,
                    reference_state *state)
{
    const trmi_config *config = &reference->config;
    const uint32_t d = config->channels, n = trmi_rows(config);
    double *const *weight = reference->weight[0][0];
    load_prefix(reference, identifier, state->x);
    for (uint32_t s = 0; s < config->positions; s++)
        memcpy(state->x + (size_t)(config->prefix + s) * d, weight[TRMI_EMBED_TOKENS] + (size_t)tokens[s] * d,
               d * sizeof *state->x);
    for (size_t i = 0; i < (size_t)n * d; i++) {
        if (config->position_encoding == TRM_POSITION_LEARNED)
            state->x[i] = 0.707106781 * (state->x[i] + weight[TRMI_EMBED_POSITIONS][i]);
        state->x[i] *= sqrt(d);
        state->y[i] = weight[TRMI_STATE_Y][i % d];
        state->z[i] = weight[TRMI_STATE_Z][i % d];
    }
}

void reference_read(const reference_model *reference, const reference_state *state, double *logits,
                    double *halt)
{
    const trmi_config *config = &reference->config;
    const uint32_t d = config->channels, v = config->vocabulary;
    double *const *weight = reference->weight[0][0];
    for (uint32_t s = 0; s < config->positions; s++) {
        double *row = logits + (size_t)s * v;
        multiply(weight[TRMI_HEAD_TOKENS], v, d, state->y + (size_t)(config->prefix + s) * d, row);
        for (uint32_t i = 0; config->head_bias && i < v; i++)
            row[i] += weight[TRMI_HEAD_TOKENS_BIAS][i];
    }
    multiply(weight[TRMI_HEAD_HALT], 2, d, state->y, halt);
    for (uint32_t i = 0; i < 2; i++)
        halt[i] += weight[TRMI_HEAD_HALT_BIAS][i];
}
