/* A relational block: lib/net/relational.c, recorded. All that the lists hear is there before anything is
   multiplied. */
#include "lib/net/relational.h"

#include <math.h>

#include "lib/learning/hearing.h"
#include "lib/learning/operations.h"
#include "lib/learning/recorded.h"

static trmi_value *multiply(trmi_tape *tape, const trmi_block_matrices *block, uint32_t slot, trmi_value *in)
{
    return in == NULL ? NULL : trmi_record_channels(tape, block->slot[slot], in);
}

static trmi_value *record(trmi_tape *tape, const trmi_block_matrices *block, trmi_value *v)
{
    const trmi_config *config = tape->config;
    const trmi_question *question = tape->question;
    const uint32_t count = config->relations.count;
    trmi_heard heard[TRMI_RELATIONS];
    for (uint32_t r = 0; r < count; r++) {
        const trmi_heard_slots slots = trmi_heard_slots_of(config, r);
        const trmi_hearing hearing = { .relation = &question->relations[r],
                                       .fields = question->extent.fields,
                                       .answering = question->extent.positions * question->extent.fields };
        heard[r] = trmi_record_aggregate(tape, hearing, v, slots.sum, slots.max);
    }
    trmi_value *gate_up = multiply(tape, block, TRMI_SLOT_OWN, v);
    for (uint32_t r = 0; r < count; r++) {
        const trmi_heard_slots slots = trmi_heard_slots_of(config, r);
        heard[r].sum = multiply(tape, block, slots.first, heard[r].sum);
        heard[r].max = multiply(tape, block, slots.first + slots.sum, heard[r].max);
    }
    trmi_record_gather(tape, gate_up, heard, count);
    trmi_value *hidden = trmi_record_gate_columns(tape, gate_up, config->channel_hidden);
    return trmi_record_norm(tape, v, multiply(tape, block, trmi_slot_down(config), hidden), false);
}

/* For each relation an aggregate, a gathering, two values and their products; the own product, gate, down,
   norm. */
static uint32_t entries(const trmi_config *config)
{
    return 4 * config->relations.count + 4;
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

const trmi_recorded_kind trmi_recorded_relational = { TRM_BLOCK_RELATIONAL, record, entries, embed_back };
