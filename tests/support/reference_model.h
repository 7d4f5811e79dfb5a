/* The mathematics of doc/model.md in double precision, as plainly as it can be written: what the
 * library's answers are compared with. One puzzle at a time, logical row-major matrices, nothing padded and
 * nothing shared with lib/kernels. */
#ifndef TRM_TESTS_REFERENCE_MODEL_H
#define TRM_TESTS_REFERENCE_MODEL_H

#include "lib/model/model.h"

/* Matrices of a block, by slot, stand behind the roles. */
enum { REFERENCE_MATRIX = TRMI_ROLE_COUNT, REFERENCE_WEIGHTS = REFERENCE_MATRIX + TRMI_PUBLISHED_SLOTS };

typedef struct reference_model {
    trmi_config config;
    /* The logical matrix of each role (its shape stands in lib/model/tensors.h), NULL where the configuration
     * has none. Those that are not of a block are at network 0, block 0; a TRM's blocks are those of network
     * 0. */
    double *weight[2][TRMI_MAXIMUM_BLOCKS][REFERENCE_WEIGHTS];
} reference_model;

/* What one puzzle goes through, N x D each. */
typedef struct reference_state {
    double *x, *y, *z;
    double *first_z, *first_y; /* after the first evaluation and the first update of y of the last step */
} reference_state;

/* The weights of an opened model, unpacked. Ends the test program when there is no memory. */
reference_model *reference_model_create(const trm_model *model);
void reference_model_free(reference_model *reference);

reference_state *reference_state_create(const reference_model *reference);
void reference_state_free(reference_state *state);

/* x of the question (S tokens), and y and z at their beginning. */
void reference_load(const reference_model *reference, const int32_t *tokens, uint32_t identifier,
                    reference_state *state);

/* One evaluation of a network on v (N x D), in place. */
void reference_evaluate(const reference_model *reference, trmi_network_index network, double *v);

/* One supervision step. */
void reference_step(const reference_model *reference, reference_state *state);

/* S x V logits and the two logits of the halt head: halt, continue. */
void reference_read(const reference_model *reference, const reference_state *state, double *logits,
                    double *halt);

#endif
