/* From numbers to 8-bit integers: each row has a scale, its largest magnitude divided by 127. */
#ifndef TRMI_MODEL_QUANTISE_H
#define TRMI_MODEL_QUANTISE_H

#include "lib/model/tensors.h"

/* `numbers` and `codes` lie as the tensor is stored in each form; `scales` has one number for each stored row. */
TRMI_EXPORT void trmi_quantise(const trmi_tensor *tensor, const float *numbers, int8_t *codes, float *scales);

#endif
