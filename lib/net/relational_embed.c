/* x = sqrt(D) (E[class] + X f), with fields of each node (position, value): its position's token is no value,
 * or this value, or another. doc/model.md */
#include <math.h>

#include "lib/core/fused.h"
#include "lib/core/parts.h"
#include "lib/net/kinds.h"
#include "lib/net/phase.h"
#include "lib/net/relational.h"

/* sqrt(D) (row + the features' chain); spare lanes become zeros. */
static void write_node(const trm_model *model, const float *row, const float *features, trmi_rows_view to)
{
    const trmi_config *config = &model->config;
    const float scale = sqrtf((float)config->channels);
    for (uint32_t d = 0; d < trmi_padded(config->channels); d++) {
        float chain = 0.0f;
        for (uint32_t f = 0;
             TRMI_HAS_GIVEN && features != NULL && d < config->channels && f < config->features; f++)
            chain = trmi_fused(features[f], model->embed_features[(size_t)f * config->channels + d], chain);
        const float value =
            d < config->channels ? (TRMI_HAS_GIVEN && features != NULL ? row[d] + chain : row[d]) : 0.0f;
        to.data[d / TRMI_PANEL * to.panel + d % TRMI_PANEL] = scale * value;
    }
}

static const float *row_of_class(const trm_model *model, uint32_t number)
{
    return model->embed_tokens + (size_t)number * model->config.channels;
}

static const float *features_of(const trm_model *model, const trmi_question *question, uint32_t element)
{
    return !TRMI_HAS_GIVEN || question->features == NULL
               ? NULL
               : question->features + (size_t)element * model->config.features;
}

static void write_row(const trm_model *model, const trmi_question *question, uint32_t n, trmi_rows_view to)
{
    const trmi_config *config = &model->config;
    const trmi_extent *extent = &question->extent;
    const uint32_t answering = extent->positions * extent->fields, p = n / extent->fields;
    const uint32_t number =
        !TRMI_HAS_GIVEN || n < answering
            ? trmi_relational_class(config, (uint32_t)question->tokens[p], n % extent->fields)
            : trmi_token_classes(config) - config->helper_tokens +
                  (uint32_t)question->helper_tokens[n - answering];
    write_node(model, row_of_class(model, number),
               features_of(model, question, n < answering ? p : extent->positions + n - answering), to);
}

void trmi_relational_embed(const trm_model *model, const trmi_question *question, float *x)
{
    const uint32_t rows = question->extent.rows;
    for (uint32_t n = 0; n < rows; n++)
        write_row(model, question, n, trmi_rows_of(x, rows, (trmi_range) { n, n + 1 }));
}

/* A row at a time: it is read while it is in cache. */
void trmi_relational_add_inputs(const trmi_phase *phase, trmi_range rows, const trmi_scratch *scratch)
{
    const trmi_evaluation *e = phase->evaluation;
    const uint32_t panels = trmi_padded(e->model->config.channels) / TRMI_PANEL;
    const size_t panel = (size_t)phase->rows * TRMI_PANEL;
    if (!e->asked) {
        trmi_add_inputs_of_rows(phase, rows);
        return;
    }
    for (uint32_t n = rows.begin; n < rows.end; n++) {
        write_row(e->model, e->question, n, (trmi_rows_view) { scratch->out, TRMI_PANEL });
        for (uint32_t p = 0; p < panels; p++) {
            const size_t at = p * panel + (size_t)n * TRMI_PANEL;
            e->model->kernels.add_three(phase->from + at, e->a + at, e->b + at,
                                        scratch->out + (size_t)p * TRMI_PANEL, TRMI_PANEL);
        }
    }
}
