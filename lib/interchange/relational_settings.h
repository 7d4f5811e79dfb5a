/* The configuration of a relational model in a safetensors file: include/trm/train.h has its fields. */
#ifndef TRMI_INTERCHANGE_RELATIONAL_SETTINGS_H
#define TRMI_INTERCHANGE_RELATIONAL_SETTINGS_H

#include "lib/interchange/fields.h"

/* Whether "block" says "relational". */
bool trmi_settings_are_relational(const trmi_fields *fields);

/* Fills fields->config, and checks it. */
trm_status trmi_relational_settings_read(const trmi_fields *fields);

/* The object for a relational model; NULL without memory. */
json_t *trmi_relational_settings(const trmi_config *config);

#endif
