/* A network is its blocks; what a block records is its kind's. */
#include "lib/learning/network.h"

#include <assert.h>

#include "lib/learning/operations.h"
#include "lib/learning/recorded.h"

static const trmi_recorded_kind *const kinds[] = { &trmi_recorded_mixer, &trmi_recorded_attention,
                                                   &trmi_recorded_relational };
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static const trmi_recorded_kind *kind_of(const trmi_config *config)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (kinds[i]->block == config->block)
            return kinds[i];
    return NULL;
}

bool trmi_network_trains(const trmi_config *config)
{
    return kind_of(config) != NULL;
}

trmi_value *trmi_record_channel_mixing(trmi_tape *tape, const trmi_block_matrices *block, trmi_value *u)
{
    trmi_value *gate_up = trmi_record_channels(tape, block->slot[TRMI_SLOT_CHANNELS_GATE_UP], u);
    trmi_value *hidden = trmi_record_gate_columns(tape, gate_up, tape->config->channel_hidden);
    return trmi_record_norm(tape, u, trmi_record_channels(tape, block->slot[TRMI_SLOT_CHANNELS_DOWN], hidden),
                            false);
}

trmi_value *trmi_record_network(trmi_tape *tape, const trmi_parameters *parameters, trmi_value *a,
                                trmi_value *b, trmi_value *c)
{
    const trmi_config *config = tape->config;
    assert(trmi_network_trains(config));
    trmi_value *v = trmi_record_sum(tape, a, b, c);
    for (uint32_t i = 0; i < config->blocks; i++)
        v = kind_of(config)->record(tape, &parameters->blocks[i], v);
    return v;
}

uint32_t trmi_network_entries(const trmi_config *config)
{
    return 1 + config->blocks * kind_of(config)->entries(config);
}

void trmi_network_embedded(const trmi_embedded *embedded)
{
    kind_of(&embedded->parameters->config)->embedded(embedded);
}
