/* The configuration of a checkpoint: a JSON object with the published fields, and what the tensors' shapes
 * tell. */
#ifndef TRMI_INTERCHANGE_SETTINGS_H
#define TRMI_INTERCHANGE_SETTINGS_H

#include "lib/interchange/safetensors.h"
#include "lib/model/config.h"

/* Fills `config` from the object and from the file's tensors, and checks it. */
trm_status trmi_settings_read(trmi_config *config, const json_t *settings, const trmi_safetensors *file,
                              trm_error *error);

/* The object for `config` as text, in a new JSON string. */
trm_status trmi_settings_text(json_t **text, const trmi_config *config, const trm_allocator *allocator,
                              trm_error *error);

#endif
