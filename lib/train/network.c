/* Design.md section 2: a block mixes positions, or attends, and then mixes channels; post-norm. */
#include "lib/train/network.h"

#include "lib/train/operations.h"

enum { BLOCK_ENTRIES = 8 }; /* of the larger kind */

static trmi_value *mixed_tokens(trmi_tape *tape, const trmi_block_matrices *block, trmi_value *v)
{
    trmi_value *hidden = trmi_record_gate_rows(tape, trmi_record_tokens(tape, block->token_gate_up, v));
    return trmi_record_norm(tape, v, trmi_record_tokens(tape, block->token_down, hidden), true);
}

static trmi_value *attended(trmi_tape *tape, const trmi_block_matrices *block, trmi_value *v)
{
    trmi_value *mixed = trmi_record_attention(tape, trmi_record_channels(tape, block->attention_qkv, v));
    return trmi_record_norm(tape, v, trmi_record_channels(tape, block->attention_out, mixed), false);
}

static trmi_value *mixed_channels(trmi_tape *tape, const trmi_block_matrices *block, trmi_value *u)
{
    trmi_value *gate_up = trmi_record_channels(tape, block->channel_gate_up, u);
    trmi_value *hidden = trmi_record_gate_columns(tape, gate_up, tape->config->channel_hidden);
    return trmi_record_norm(tape, u, trmi_record_channels(tape, block->channel_down, hidden), false);
}

trmi_value *trmi_record_network(trmi_tape *tape, const trmi_parameters *parameters, trmi_value *a,
                                trmi_value *b, trmi_value *c)
{
    const trmi_config *config = tape->config;
    trmi_value *v = trmi_record_sum(tape, a, b, c);
    for (uint32_t i = 0; i < config->blocks; i++) {
        const trmi_block_matrices *block = &parameters->blocks[i];
        trmi_value *u =
            config->block == TRM_BLOCK_MIXER ? mixed_tokens(tape, block, v) : attended(tape, block, v);
        v = mixed_channels(tape, block, u);
    }
    return v;
}

uint32_t trmi_network_entries(const trmi_config *config)
{
    return 1 + config->blocks * BLOCK_ENTRIES;
}
