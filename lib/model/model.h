/* An opened model: configuration, weights where the kernels want them, and the kernels themselves. */
#ifndef TRMI_MODEL_MODEL_H
#define TRMI_MODEL_MODEL_H

#include "lib/core/source.h"
#include "lib/format/container.h"
#include "lib/kernels/kernels.h"
#include "lib/model/config.h"
#include "lib/model/kind.h"
#include "lib/model/tensors.h"
#include "lib/task/task.h"

/* A matrix of a block: numbers, or 8-bit integers with a scale for each row and, where the kernels offset
 * activations, what their sums start at. The others are NULL. Shapes and layouts: lib/model/tensors.h. */
typedef struct trmi_weight {
    const float *numbers;
    const int8_t *codes;
    const float *scales;
    const int32_t *starts;
} trmi_weight;

/* Whether it is integers; a build with one precision need not look. */
static inline bool trmi_is_quantised(const trmi_weight *weight)
{
#if defined(TRM_WITHOUT_FP32)
    return (void)weight, true;
#elif defined(TRM_WITHOUT_INT8)
    return (void)weight, false;
#else
    return weight->codes != NULL;
#endif
}

/* One block's matrices, by slot. */
typedef struct trmi_block_weights {
    trmi_weight *slot;
} trmi_block_weights;

typedef struct trmi_network {
    uint32_t blocks;
    trmi_block_weights *block;
} trmi_network;

struct trm_model {
    trm_allocator allocator;
    trmi_config config;
    const trmi_kind *kind; /* of its blocks */
    trmi_source source;
    trmi_container container;
    trmi_kernels kernels;
    float norm_epsilon; /* the configuration's */
    void *memory;       /* block tables, the kind's own, expanded weights */
    uint64_t memory_bytes;
    uint64_t parameters, weight_bytes;
    bool in_place; /* no weight was copied */
    const float *embed_tokens, *embed_positions, *embed_puzzles, *embed_registers, *embed_features;
    const float *state_y, *state_z;
    const float *head_tokens, *head_tokens_bias, *head_halt, *head_halt_bias;
    trmi_network network[2]; /* trmi_network_index; a TRM's HIGH is its LOW */
    void *tables;            /* what the kind keeps, or NULL */
    trmi_task task;          /* what its questions are about */
};

/* Floating-point operations of one supervision step of a question of that shape, which was checked:
 * trm_model_info has those of the model's own. */
uint64_t trmi_step_operations(const trm_model *model, const trmi_shape *shape);

#endif
