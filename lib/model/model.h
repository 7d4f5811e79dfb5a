/* An opened model: configuration, weights where the kernels want them, and the kernels themselves. */
#ifndef TRMI_MODEL_MODEL_H
#define TRMI_MODEL_MODEL_H

#include "lib/format/container.h"
#include "lib/format/source.h"
#include "lib/kernels/kernels.h"
#include "lib/model/config.h"
#include "lib/model/tensors.h"

/* A matrix of a block: numbers, or 8-bit integers with a scale for each row. The other is NULL. Shapes and layouts:
 * lib/model/tensors.h. */
typedef struct trmi_weight {
    const float *numbers;
    const int8_t *codes;
    const float *scales;
} trmi_weight;

/* One block's matrices; those of the other kind of block have neither. */
typedef struct trmi_block_weights {
    trmi_weight token_gate_up, token_down;
    trmi_weight attention_qkv, attention_out;
    trmi_weight channel_gate_up, channel_down;
} trmi_block_weights;

typedef struct trmi_network {
    uint32_t blocks;
    trmi_block_weights *block;
} trmi_network;

struct trm_model {
    trm_allocator allocator;
    trmi_config config;
    trmi_source source;
    trmi_container container;
    trmi_kernels kernels;
    void *memory; /* block tables, rotary tables, expanded weights */
    uint64_t memory_bytes;
    uint64_t parameters, weight_bytes;
    bool in_place; /* no weight was copied */
    const float *embed_tokens, *embed_positions, *embed_puzzles, *embed_registers;
    const float *state_y, *state_z;
    const float *head_tokens, *head_tokens_bias, *head_halt, *head_halt_bias;
    trmi_network network[2];        /* trmi_network_index; a TRM's HIGH is its LOW */
    float *rotary_cos, *rotary_sin; /* N x D / h / 2 each, or NULL */
    const char *task;               /* "" when unknown */
    const char *alphabet;           /* V bytes, or NULL */
    int32_t character_token[256];   /* the token of each character, -1 for none */
};

#endif
