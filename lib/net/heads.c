/* What the answer's state says: logits of tokens, logits of halting. */
#include <assert.h>
#include <math.h>

#include "lib/core/bytes.h"
#include "lib/kernels/halting.h"
#include "lib/net/kinds.h"

/* rows x outputs = the first rows of y from `begin` W'; panels of 16 outputs. */
static void head_product(const trm_model *model, const trmi_question *question, const float *y,
                         trmi_range rows, const float *weights, uint32_t outputs, float *head)
{
    const uint32_t channels = model->config.channels, count = rows.end - rows.begin;
    assert(rows.begin < rows.end && rows.end <= question->extent.rows && outputs > 0);
    assert(head != y && (uintptr_t)head % TRMI_ALIGNMENT == 0);
    model->kernels.product(&(trmi_product) {
        .rows = count,
        .depth = channels,
        .panels = trmi_padded(outputs) / TRMI_PANEL,
        .a = y + (size_t)rows.begin * TRMI_PANEL,
        .a_row = TRMI_PANEL,
        .a_block = (size_t)question->extent.rows * TRMI_PANEL,
        .b = weights,
        .b_panel = (size_t)channels * TRMI_PANEL,
        .c = head,
        .c_row = TRMI_PANEL,
        .c_panel = (size_t)count * TRMI_PANEL,
    });
}

/* Whether none of them is infinite or NaN: those have the largest exponent. */
static bool all_are_numbers(const float *x, size_t count)
{
    uint32_t carry = 0;
    for (size_t i = 0; i < count; i++)
        carry |= (trmi_bits_of_float(x[i]) & 0x7f800000) + 0x00800000;
    return carry < 0x80000000;
}

/* If a number overflowed anywhere in the step, y shows it: kernels keep what overflowed, and y is added up
 * from all that came before it. Only the heads come after it. */
static bool state_is_finite(const trm_model *model, const trmi_question *question, const float *y)
{
    return all_are_numbers(y, (size_t)trmi_padded(model->config.channels) * question->extent.rows);
}

/* A logit for each token, of each of the first `positions` rows from `begin` on. */
static bool read_tokens(const trm_model *model, const trmi_question *question, const float *y, uint32_t begin,
                        float *head, float *logits)
{
    const trmi_config *config = &model->config;
    const uint32_t rows = question->extent.positions, tokens = config->vocabulary;
    head_product(model, question, y, (trmi_range) { begin, begin + rows }, model->head_tokens, tokens, head);
    for (uint32_t n = 0; n < rows; n++)
        for (uint32_t t = 0; t < tokens; t++) {
            const float value = head[((size_t)(t / TRMI_PANEL) * rows + n) * TRMI_PANEL + t % TRMI_PANEL];
            logits[(size_t)n * tokens + t] = config->head_bias ? value + model->head_tokens_bias[t] : value;
        }
    return all_are_numbers(logits, (size_t)rows * tokens);
}

/* -- mixers and attention: halting is what the first row says -- */

uint64_t trmi_published_head_size(const trmi_config *config, const trmi_extent *most)
{
    return (uint64_t)trmi_padded(config->vocabulary) * most->positions;
}

bool trmi_published_read(const trm_model *model, const trmi_question *question, const float *y, float *head,
                         trmi_reading *reading)
{
    const bool tokens = read_tokens(model, question, y, model->config.prefix, head, reading->logits);
    head_product(model, question, y, (trmi_range) { 0, 1 }, model->head_halt, 2, head);
    reading->halt_logit = head[0] + model->head_halt_bias[0];
    reading->continue_logit = head[1] + model->head_halt_bias[1];
    return tokens && isfinite(reading->halt_logit) && isfinite(reading->continue_logit) &&
           state_is_finite(model, question, y);
}

/* -- relational models: each node that answers says whether it is right -- */

/* Panels of logits, then the nodes' own. */
uint64_t trmi_relational_head_size(const trmi_config *config, const trmi_extent *most)
{
    return ((uint64_t)trmi_padded(trmi_outputs(config)) + 1) * most->positions * most->fields;
}

/* A node has one logit, that of its value; tokens that are no values of this shape can be no answer. */
static bool read_values(const trm_model *model, const trmi_question *question, const float *y, float *head,
                        float *logits)
{
    const trmi_config *config = &model->config;
    const trmi_extent *extent = &question->extent;
    const uint32_t nodes = extent->positions * extent->fields, tokens = config->vocabulary;
    bool finite = true;
    assert(config->first_value + extent->fields <= tokens);
    head_product(model, question, y, (trmi_range) { 0, nodes }, model->head_tokens, 1, head);
    for (size_t i = 0; i < (size_t)extent->positions * tokens; i++)
        logits[i] = -INFINITY;
    for (uint32_t n = 0; n < nodes; n++) {
        const float value = head[(size_t)n * TRMI_PANEL];
        const float logit = config->head_bias ? value + model->head_tokens_bias[0] : value;
        logits[(size_t)(n / extent->fields) * tokens + config->first_value + n % extent->fields] = logit;
        finite &= isfinite(logit) != 0;
    }
    return finite;
}

/* The nodes' logits in a row of their own, behind the head's panels. */
static const float *read_nodes(const trm_model *model, const trmi_question *question, const float *y,
                               float *head)
{
    const uint32_t nodes = question->extent.positions * question->extent.fields;
    float *says = head + (size_t)trmi_padded(trmi_outputs(&model->config)) * nodes;
    head_product(model, question, y, (trmi_range) { 0, nodes }, model->head_halt, 1, head);
    for (uint32_t n = 0; n < nodes; n++)
        says[n] = head[(size_t)n * TRMI_PANEL] + model->head_halt_bias[0];
    return says;
}

bool trmi_relational_read(const trm_model *model, const trmi_question *question, const float *y, float *head,
                          trmi_reading *reading)
{
    const trmi_config *config = &model->config;
    const trmi_extent *extent = &question->extent;
    const bool values = trmi_has_fields(config) ? read_values(model, question, y, head, reading->logits)
                                                : read_tokens(model, question, y, 0, head, reading->logits);
    const float *says = read_nodes(model, question, y, head);
    const uint32_t nodes = extent->positions * extent->fields;
    reading->halt_logit = config->halting == TRMI_HALTING_PRODUCT ? trmi_halt_product(says, nodes)
                                                                  : trmi_halt_softmin(says, nodes);
    reading->continue_logit = 0.0f;
    if (reading->cells != NULL)
        trmi_halt_cells(reading->cells, says, extent->positions, extent->fields);
    return values && isfinite(reading->halt_logit) && state_is_finite(model, question, y);
}
