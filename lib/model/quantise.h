/* From numbers to 8-bit integers: each row has a scale, its largest magnitude divided by 127. */
#ifndef TRMI_MODEL_QUANTISE_H
#define TRMI_MODEL_QUANTISE_H

#include "lib/model/tensors.h"

/* `numbers` and `codes` lie as the tensor is stored in each form; `scales` has one number for each stored
   row. */
TRMI_EXPORT void trmi_quantise(const trmi_tensor *tensor, const float *numbers, int8_t *codes, float *scales);

/* What the sums of each stored row start at when the codes that it is multiplied by are offset: minus the
 * offset times the sum of its own. It fits in 32 bits, as the columns are limited. */
void trmi_quantised_starts(const trmi_tensor *tensor, const int8_t *codes, int32_t offset, int32_t *starts);

#endif
