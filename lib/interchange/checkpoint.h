/* A model as the published training code names it, in a safetensors file: include/trm/train.h has the list.
 */
#ifndef TRMI_INTERCHANGE_CHECKPOINT_H
#define TRMI_INTERCHANGE_CHECKPOINT_H

#include "lib/interchange/published.h"
#include "lib/interchange/weights.h"

/* The published name, without the prefix "model.inner.". */
void trmi_published_name(char name[TRMI_PUBLISHED_NAME_BYTES], const trmi_tensor *tensor);

/* Whether the file has exactly the tensors that the configuration needs, with their shapes; tensors
 * named golden.* are ignored. */
trm_status trmi_checkpoint_check(const trmi_safetensors *file, const trmi_config *config, trm_error *error);

/* A trmi_supply from a checked file; `user` is its trmi_safetensors. */
trm_status trmi_checkpoint_supply(void *user, const trmi_tensor *tensor, float *to, trm_error *error);

/* Writes a whole safetensors file into an empty output; its caller commits it. */
trm_status trmi_write_checkpoint(trmi_output *output, const trmi_weights *weights, trm_error *error);

#endif
