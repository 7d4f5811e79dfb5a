/* How weights follow their gradients. */
#ifndef TRMI_LEARNING_OPTIMISER_H
#define TRMI_LEARNING_OPTIMISER_H

#include <trm/train.h>

#include "lib/learning/parameters.h"

typedef struct trmi_optimiser {
    const trmi_parameters *parameters;
    const trm_train_options *options;
    const trmi_kernels *kernels;
    trmi_gradients gradients;
    const trm_allocator *allocator;
    float *gradient;       /* flat: the step's; the step changes it */
    float *first, *second; /* flat: moments; Muon: first is the momentum, second is not used */
    float *scratch;        /* Muon's */
    uint64_t steps;        /* made */
} trmi_optimiser;

trm_status trmi_optimiser_begin(trmi_optimiser *optimiser, const trmi_parameters *parameters,
                                const trm_train_options *options, const trmi_kernels *kernels,
                                const trm_allocator *allocator, trm_error *error);
void trmi_optimiser_end(trmi_optimiser *optimiser);

/* The Euclidean norm of the gradient of what is trained; puzzle embeddings are not in it. */
double trmi_optimiser_norm(const trmi_optimiser *optimiser);

/* One step with the learning rates times `rate` and the gradient times `factor`; puzzle embeddings are left
 * alone. */
void trmi_optimiser_step(trmi_optimiser *optimiser, double rate, double factor);

/* One row of puzzle embeddings, by the sign of its gradient. */
void trmi_optimiser_puzzle(const trmi_optimiser *optimiser, uint32_t identifier, const float *gradient,
                           double rate);

#endif
