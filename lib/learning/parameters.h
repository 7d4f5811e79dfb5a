/* The weights of a model that changes: where they lie in its file's image, how they are rounded and
 * transposed, and how gradients are summed.
 *
 * Two layouts: `flat`, one tensor after another as the file has them, each from a multiple of 16 on, is that
 * of gradients and moments for the optimiser. `sums` is what the tape adds to: as flat, except that rows of
 * matrices that mix positions are padded to whole panels, and that puzzle embeddings are not in it (each
 * puzzle has a row of its own). */
#ifndef TRMI_LEARNING_PARAMETERS_H
#define TRMI_LEARNING_PARAMETERS_H

#include "lib/learning/tape.h"
#include "lib/model/model.h"

typedef struct trmi_parameter {
    trmi_tensor tensor;
    float *used;        /* in the image: what the network computes with */
    float *values;      /* what is learned: `used` itself, or, with rounding, the weights before it */
    uint64_t count;     /* numbers there, padding included */
    uint64_t flat;      /* where it begins in flat */
    uint64_t sums;      /* where it begins in sums */
    bool trained;       /* initial states are not */
    bool in_block;      /* a matrix of the network */
    trmi_matrix matrix; /* where the parameter is one; otherwise empty */
} trmi_parameter;

/* One block's matrices, by slot. */
typedef struct trmi_block_matrices {
    const trmi_matrix **slot;
} trmi_block_matrices;

/* For models that will have 8-bit integers: the block matrices in the image have the numbers that the
 * integers mean. */
typedef struct trmi_rounding {
    float *learned; /* flat_count: the weights themselves; NULL: nothing is rounded */
    int8_t *codes;  /* room for those of the largest matrix, and for its scales */
    float *scales;
} trmi_rounding;

typedef struct trmi_parameters {
    const trm_allocator *allocator;
    trmi_config config;
    trmi_parameter *list;
    uint32_t count;
    uint64_t flat_count, sums_count, transposed_count, most_codes, most_scales;
    float *transposed;
    trmi_rounding rounding;
    trmi_block_matrices *blocks;
    const trmi_matrix **slots; /* of all blocks */
    const trmi_matrix *head_tokens, *head_halt;
    const trmi_parameter *role[TRMI_ROLE_COUNT]; /* those outside the blocks; NULL: the model has none */
} trmi_parameters;

/* Finds the tensors of `model`, which was opened in place over `image`; the image stays the caller's. With
 * `rounded` the network sees its matrices as 8-bit integers would have them. */
trm_status trmi_parameters_begin(trmi_parameters *parameters, const trm_model *model, void *image,
                                 bool rounded, const trm_allocator *allocator, trm_error *error);
void trmi_parameters_end(trmi_parameters *parameters);

/* flat_count of a configuration. */
uint64_t trmi_parameters_flat(const trmi_config *config);

/* Renews the rounded and the transposed matrices after the weights have changed. */
void trmi_parameters_renew(const trmi_parameters *parameters);

/* flat = factor times the sum of `count` blocks of sums, each of sums_count numbers, in their order. */
void trmi_parameters_reduce(const trmi_parameters *parameters, const float *sums, uint32_t count,
                            float factor, float *flat);

#endif
