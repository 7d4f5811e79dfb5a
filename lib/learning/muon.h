/* Muon's direction: the nearest orthogonal matrix, roughly. https://kellerjordan.github.io/posts/muon/ */
#ifndef TRMI_LEARNING_MUON_H
#define TRMI_LEARNING_MUON_H

#include "lib/kernels/gradients.h"
#include "lib/model/tensors.h"

/* How many numbers of scratch trmi_muon_direction() takes for the matrix. */
uint64_t trmi_muon_scratch(const trmi_tensor *tensor);

/* Replaces a matrix, laid out as its tensor, by five Newton-Schulz iterations of it, times
 * sqrt(max(1, rows / columns)); padding stays zero. A matrix of zeros stays. */
void trmi_muon_direction(float *matrix, const trmi_tensor *tensor, const trmi_kernels *kernels,
                         const trmi_gradients *gradients, float *scratch);

#endif
