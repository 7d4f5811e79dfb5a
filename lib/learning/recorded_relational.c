/* Relational models on the tape. */
#include "lib/net/relational.h"

#include <math.h>

#include "lib/learning/recorded.h"
#include "lib/learning/relational_block.h"

/* A block is one entry, but takes more values. */
static uint32_t entries(const trmi_config *config)
{
    return trmi_relational_values(config);
}

/* ------------------------------------------------------------------------------------------- embedding */

static void add_node(const trmi_embedded *e, uint32_t node, uint32_t class, const float *features)
{
    const trmi_config *config = &e->parameters->config;
    const float factor = sqrtf((float)config->channels);
    const uint32_t channels = config->channels;
    trmi_embedded_row(e, node, channels, factor,
                      trmi_embedded_sums(e, TRMI_EMBED_TOKENS) + (size_t) class * channels);
    for (uint32_t q = 0; features != NULL && q < config->features; q++)
        trmi_embedded_row(e, node, channels, factor * features[q],
                          trmi_embedded_sums(e, TRMI_EMBED_FEATURES) + (size_t)q * channels);
}

static const float *features_of(const trmi_embedded *e, uint32_t element)
{
    const float *features = e->question->features;
    return features == NULL ? NULL : features + (size_t)element * e->parameters->config.features;
}

static void embed_back(const trmi_embedded *e)
{
    const trmi_config *config = &e->parameters->config;
    const trmi_question *q = e->question;
    const uint32_t fields = q->extent.fields,
                   helpers_begin = trmi_token_classes(config) - config->helper_tokens;
    for (uint32_t p = 0; p < q->extent.positions; p++)
        for (uint32_t v = 0; v < fields; v++)
            add_node(e, p * fields + v, trmi_relational_class(config, (uint32_t)q->tokens[p], v),
                     features_of(e, p));
    for (uint32_t h = 0; h < q->extent.helpers; h++)
        add_node(e, q->extent.positions * fields + h, helpers_begin + (uint32_t)q->helper_tokens[h],
                 features_of(e, q->extent.positions + h));
}

const trmi_recorded_kind trmi_recorded_relational = { TRM_BLOCK_RELATIONAL, trmi_record_relational, entries,
                                                      embed_back };
