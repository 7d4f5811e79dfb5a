/* The gated unit of both kinds of block (SwiGLU, plain or normed), over channels and over positions. */
#ifndef TRMI_MODEL_GATED_H
#define TRMI_MODEL_GATED_H

#include "lib/model/evaluate.h"

enum {
    TRMI_ROW_BLOCK =
        64, /* rows that go through a unit together: their hidden layer stays in the second-level cache */
    TRMI_PANEL_GROUP = 4, /* panels of channels that share the weights over positions */
    TRMI_HIDDEN_CHUNK =
        48,           /* hidden rows computed at once there: their weights stay in the first-level cache */
    TRMI_SCALES = 64, /* of quantised activations: one for each row of a block, or lane of a group */
};

/* out[D / 16][rows][16] = SwiGLU over the channels of `rows` rows of `in`. */
void trmi_gated_channels(const trm_model *model, const trmi_block_weights *weights, trmi_rows_view in,
                         uint32_t rows, float *out, trmi_scratch *scratch);

/* out[panels][N][16] = SwiGLU over the positions of each lane of in[panels][N][16]; panels <=
 * TRMI_PANEL_GROUP. */
void trmi_gated_tokens(const trm_model *model, const trmi_block_weights *weights, const float *in,
                       uint32_t panels, float *out, trmi_scratch *scratch);

/* Numbers in scratch->gate and scratch->hidden; codes in scratch->codes, whose scales are TRMI_SCALES. */
uint64_t trmi_gated_gate_size(const trmi_config *config);
uint64_t trmi_gated_hidden_size(const trmi_config *config);
uint64_t trmi_codes_size(const trmi_config *config);

#endif
