/* A mixer's block: lib/net/mixer.c, recorded. */
#include "lib/learning/operations.h"
#include "lib/learning/recorded.h"

enum { ENTRIES = 8 };

static trmi_value *record(trmi_tape *tape, const trmi_block_matrices *block, trmi_value *v)
{
    trmi_value *hidden =
        trmi_record_gate_rows(tape, trmi_record_tokens(tape, block->slot[TRMI_SLOT_MIX_IN], v));
    trmi_value *u =
        trmi_record_norm(tape, v, trmi_record_tokens(tape, block->slot[TRMI_SLOT_MIX_OUT], hidden), true);
    return trmi_record_channel_mixing(tape, block, u);
}

static uint32_t entries(const trmi_config *config)
{
    (void)config;
    return ENTRIES;
}

const trmi_recorded_kind trmi_recorded_mixer = { TRM_BLOCK_MIXER, record, entries, trmi_embedded_published };
