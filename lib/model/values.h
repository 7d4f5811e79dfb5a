/* What the weights of a file may be. */
#ifndef TRMI_MODEL_VALUES_H
#define TRMI_MODEL_VALUES_H

#include "lib/model/tensors.h"

/* Finite numbers, and zeros as padding. */
TRMI_EXPORT trm_status trmi_check_numbers(const trmi_tensor *tensor, const float *numbers, trm_error *error);

/* Integers of -127 to 127, zeros as padding, and finite scales that are not negative. */
trm_status trmi_check_codes(const trmi_tensor *tensor, const int8_t *codes, const float *scales,
                            trm_error *error);

#endif
