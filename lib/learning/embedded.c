#include "lib/learning/embedded.h"

#include <math.h>
#include <string.h>

void trmi_embedded_row(const trmi_embedded *e, uint32_t n, uint32_t width, float factor, float *to)
{
    const trmi_value *x = e->x;
    for (uint32_t d = 0; d < width; d++)
        to[d] += factor * x->gradient[d / TRMI_PANEL * x->panel + (size_t)n * TRMI_PANEL + d % TRMI_PANEL];
}

/* Row n of the prefix is a register, or a part of the puzzle's own embedding. */
static void prefix_back(const trmi_embedded *e, uint32_t n, float factor)
{
    const trmi_config *config = &e->parameters->config;
    const uint32_t begin = n * config->channels;
    if (config->registers)
        trmi_embedded_row(e, n, config->channels, factor,
                          trmi_embedded_sums(e, TRMI_EMBED_REGISTERS) + begin);
    else if (e->puzzle_gradient != NULL && begin < config->puzzle_width) {
        const uint32_t left = config->puzzle_width - begin;
        trmi_embedded_row(e, n, left < config->channels ? left : config->channels, factor,
                          e->puzzle_gradient + begin);
    }
}

void trmi_embedded_published(const trmi_embedded *e)
{
    const trmi_config *config = &e->parameters->config;
    const bool learned = config->position_encoding == TRM_POSITION_LEARNED;
    const float factor = (float)(sqrt((double)config->channels) * (learned ? 0.707106781 : 1.0));
    if (e->puzzle_gradient != NULL)
        memset(e->puzzle_gradient, 0, config->puzzle_width * sizeof(float));
    for (uint32_t n = 0; n < config->prefix; n++)
        prefix_back(e, n, factor);
    for (uint32_t i = 0; i < config->positions; i++)
        trmi_embedded_row(e, config->prefix + i, config->channels, factor,
                          trmi_embedded_sums(e, TRMI_EMBED_TOKENS) +
                              (size_t)e->question->tokens[i] * config->channels);
    for (uint32_t n = 0; learned && n < trmi_rows(config); n++)
        trmi_embedded_row(e, n, config->channels, factor,
                          trmi_embedded_sums(e, TRMI_EMBED_POSITIONS) + (size_t)n * config->channels);
}
