/* A block with attention: lib/net/attention.c, recorded. */
#include "lib/learning/operations.h"
#include "lib/learning/recorded.h"

enum { ENTRIES = 8 };

static trmi_value *record(trmi_tape *tape, const trmi_block_matrices *block, trmi_value *v)
{
    trmi_value *mixed =
        trmi_record_attention(tape, trmi_record_channels(tape, block->slot[TRMI_SLOT_MIX_IN], v));
    trmi_value *u =
        trmi_record_norm(tape, v, trmi_record_channels(tape, block->slot[TRMI_SLOT_MIX_OUT], mixed), false);
    return trmi_record_channel_mixing(tape, block, u);
}

static uint32_t entries(const trmi_config *config)
{
    (void)config;
    return ENTRIES;
}

const trmi_recorded_kind trmi_recorded_attention = { TRM_BLOCK_ATTENTION, record, entries,
                                                     trmi_embedded_published };
