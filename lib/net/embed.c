/* x = sqrt(D) [prefix ; E[token]], and with learned positions sqrt(D) 0.70710678 ([prefix ; E[token]] +
 * position). */
#include "lib/net/embed.h"

#include <assert.h>
#include <math.h>

#include "lib/core/noise.h"
#include "lib/net/kinds.h"

/* Row n of the prefix, D numbers, the part of the puzzle's row that falls on it (the rest is zero). */
static const float *prefix_row(const trm_model *model, uint32_t identifier, uint32_t n, uint32_t *width)
{
    const trmi_config *config = &model->config;
    const uint32_t begin = n * config->channels;
    assert(n < config->prefix && (config->puzzle_width == 0 || identifier < config->identifiers));
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
    assert(n < trmi_rows(config) && (row != NULL || width == 0));
    const float scale = sqrtf((float)config->channels);
    for (uint32_t d = 0; d < config->channels; d++) {
        float value = d < width ? row[d] : 0.0f;
        if (config->position_encoding == TRM_POSITION_LEARNED)
            value = 0.707106781f * (value + model->embed_positions[(size_t)n * config->channels + d]);
        x[d / TRMI_PANEL * panel + (size_t)n * TRMI_PANEL + d % TRMI_PANEL] = scale * value;
    }
}

void trmi_published_embed(const trm_model *model, const trmi_question *question, float *x)
{
    const trmi_config *config = &model->config;
    for (uint32_t n = 0; n < config->prefix; n++) {
        uint32_t width;
        const float *row = prefix_row(model, question->identifier, n, &width);
        write_row(model, n, row, width, x);
    }
    for (uint32_t i = 0; i < config->positions; i++) {
        assert((uint32_t)question->tokens[i] < config->vocabulary);
        const float *row = model->embed_tokens + (size_t)question->tokens[i] * config->channels;
        write_row(model, config->prefix + i, row, config->channels, x);
    }
}

void trmi_fill(const trm_model *model, const float *row, uint32_t rows, float *to)
{
    const uint32_t channels = model->config.channels;
    assert(rows > 0 && row != NULL && (uintptr_t)to % TRMI_ALIGNMENT == 0);
    for (uint32_t d = 0; d < trmi_padded(channels); d++)
        for (uint32_t n = 0; n < rows; n++)
            to[((size_t)(d / TRMI_PANEL) * rows + n) * TRMI_PANEL + d % TRMI_PANEL] =
                d < channels ? row[d] : 0.0f;
}

void trmi_fill_noisy(const trm_model *model, const float *row, uint32_t rows, uint64_t seed, uint32_t run,
                     float *to)
{
    enum { CHANNELS_AT_ONCE = 64 };
    const float deviation = (float)model->config.start_noise;
    const uint32_t channels = model->config.channels;
    trmi_fill(model, row, rows, to);
    for (uint32_t n = 0; n < rows && deviation > 0.0f; n++)
        for (uint32_t begin = 0; begin < channels; begin += CHANNELS_AT_ONCE) {
            float noise[CHANNELS_AT_ONCE];
            const uint32_t left = channels - begin, count = left < CHANNELS_AT_ONCE ? left : CHANNELS_AT_ONCE;
            trmi_noise(seed, run, n, begin, noise, count);
            for (uint32_t i = 0; i < count; i++) {
                const uint32_t d = begin + i;
                to[((size_t)(d / TRMI_PANEL) * rows + n) * TRMI_PANEL + d % TRMI_PANEL] +=
                    deviation * noise[i];
            }
        }
}
