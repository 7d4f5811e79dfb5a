/* x = sqrt(D) [prefix ; E[token]], and with learned positions sqrt(D) 0.70710678 ([prefix ; E[token]] +
 * position). */
#include "lib/solve/embed.h"

#include <math.h>

/* Row n of the prefix, D numbers, the part of the puzzle's row that falls on it (the rest is zero). */
static const float *prefix_row(const trm_model *model, uint32_t identifier, uint32_t n, uint32_t *width)
{
    const trmi_config *config = &model->config;
    const uint32_t begin = n * config->channels;
    *width = config->channels;
    if (config->registers)
        return model->embed_registers + begin;
    const uint32_t left = config->puzzle_width > begin ? config->puzzle_width - begin : 0;
    if (left < *width)
        *width = left;
    return left > 0 ? model->embed_puzzles + (size_t)identifier * config->puzzle_width + begin : NULL;
}

static void write_row(const trm_model *model, uint32_t n, const float *row, uint32_t width, float *x)
{
    const trmi_config *config = &model->config;
    const size_t panel = (size_t)trmi_rows(config) * TRMI_PANEL;
    const float scale = (float)sqrt((double)config->channels);
    for (uint32_t d = 0; d < config->channels; d++) {
        float value = d < width ? row[d] : 0.0f;
        if (config->position_encoding == TRM_POSITION_LEARNED)
            value = 0.707106781f * (value + model->embed_positions[(size_t)n * config->channels + d]);
        x[d / TRMI_PANEL * panel + (size_t)n * TRMI_PANEL + d % TRMI_PANEL] = scale * value;
    }
}

void trmi_embed(const trm_model *model, const int32_t *tokens, uint32_t identifier, float *x)
{
    const trmi_config *config = &model->config;
    for (uint32_t n = 0; n < config->prefix; n++) {
        uint32_t width;
        const float *row = prefix_row(model, identifier, n, &width);
        write_row(model, n, row, width, x);
    }
    for (uint32_t i = 0; i < config->positions; i++) {
        const float *row = model->embed_tokens + (size_t)tokens[i] * config->channels;
        write_row(model, config->prefix + i, row, config->channels, x);
    }
}

void trmi_fill(const trm_model *model, const float *row, float *to)
{
    const uint32_t rows = trmi_rows(&model->config);
    for (uint32_t d = 0; d < model->config.channels; d++)
        for (uint32_t n = 0; n < rows; n++)
            to[((size_t)(d / TRMI_PANEL) * rows + n) * TRMI_PANEL + d % TRMI_PANEL] = row[d];
}
