/* The gated unit of both kinds of block (SwiGLU, plain or normed), over channels and over positions. */
#ifndef TRMI_NET_GATED_H
#define TRMI_NET_GATED_H

#include "lib/net/evaluation.h"

enum {
    TRMI_FIRMWARE_ROW_TILE = 4, /* what is between a unit's two products lies in RAM that is short */
#ifdef TRM_FREESTANDING
    TRMI_ROW_TILE = TRMI_FIRMWARE_ROW_TILE,
#else
    TRMI_ROW_TILE = 112, /* the most rows that go through a unit together (trmi_kernels.row_tile) */
#endif
    TRMI_PANEL_GROUP = 4, /* panels of channels that share the weights over positions */
    TRMI_HIDDEN_CHUNK =
        48, /* hidden rows over positions made at once: their weights stay in the first-level cache */
    TRMI_SCALES = 112, /* of quantised activations: one for each row of a block, or lane of a group */
};

/* TRMI_ROW_TILE of the machine that is measured for. */
static inline uint32_t trmi_row_tile_for(const trmi_arena *arena)
{
    return TRMI_FOR_FIRMWARE(arena) ? TRMI_FIRMWARE_ROW_TILE : TRMI_ROW_TILE;
}

/* out[D / 16][rows][16] = SwiGLU over the channels of `rows` rows of `in`. */
void trmi_gated_channels(const trm_model *model, const trmi_block_weights *weights, trmi_rows_view in,
                         uint32_t rows, float *out, trmi_scratch *scratch);

/* out[panels][N][16] = SwiGLU over the positions of each lane of in[panels][N][16]; panels <=
 * TRMI_PANEL_GROUP. */
void trmi_gated_tokens(const trm_model *model, const trmi_block_weights *weights, const float *in,
                       uint32_t panels, float *out, trmi_scratch *scratch);

/* Room for all that: gate, hidden layer, result, codes. */
void trmi_gated_scratch(trmi_scratch *scratch, const trmi_config *config, trmi_arena *arena);

#endif
