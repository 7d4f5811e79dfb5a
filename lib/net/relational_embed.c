/* x = sqrt(D) (E[class] + X f), with fields of each node (position, value): its position's token is no value,
 * or this value, or another. doc/model.md */
#include <math.h>

#include "lib/core/fused.h"
#include "lib/net/kinds.h"
#include "lib/net/relational.h"

/* sqrt(D) (row + the features' chain), into row n of x; spare lanes become zeros. */
static void write_node(const trm_model *model, const trmi_question *question, uint32_t n, const float *row,
                       const float *features, float *x)
{
    const trmi_config *config = &model->config;
    const float scale = sqrtf((float)config->channels);
    const size_t panel = (size_t)question->extent.rows * TRMI_PANEL;
    for (uint32_t d = 0; d < trmi_padded(config->channels); d++) {
        float chain = 0.0f;
        for (uint32_t f = 0; features != NULL && d < config->channels && f < config->features; f++)
            chain = trmi_fused(features[f], model->embed_features[(size_t)f * config->channels + d], chain);
        const float value = d < config->channels ? (features != NULL ? row[d] + chain : row[d]) : 0.0f;
        x[d / TRMI_PANEL * panel + (size_t)n * TRMI_PANEL + d % TRMI_PANEL] = scale * value;
    }
}

static const float *row_of_class(const trm_model *model, uint32_t number)
{
    return model->embed_tokens + (size_t)number * model->config.channels;
}

static const float *features_of(const trm_model *model, const trmi_question *question, uint32_t element)
{
    return question->features == NULL ? NULL : question->features + (size_t)element * model->config.features;
}

void trmi_relational_embed(const trm_model *model, const trmi_question *question, float *x)
{
    const trmi_config *config = &model->config;
    const trmi_extent *extent = &question->extent;
    const uint32_t helpers_begin = trmi_token_classes(config) - config->helper_tokens;
    for (uint32_t p = 0; p < extent->positions; p++)
        for (uint32_t v = 0; v < extent->fields; v++)
            write_node(model, question, p * extent->fields + v,
                       row_of_class(model, trmi_relational_class(config, (uint32_t)question->tokens[p], v)),
                       features_of(model, question, p), x);
    for (uint32_t h = 0; h < extent->helpers; h++)
        write_node(model, question, extent->positions * extent->fields + h,
                   row_of_class(model, helpers_begin + (uint32_t)question->helper_tokens[h]),
                   features_of(model, question, extent->positions + h), x);
}
