/* Configurations as the published code writes them beside its checkpoints: all_config.yaml. */
#ifndef TRMI_INTERCHANGE_YAML_H
#define TRMI_INTERCHANGE_YAML_H

#include <jansson.h>

#include <trm/trm.h>

/* Reads fields, nested by indentation, of numbers, words and text. Lists, anchors and text over several lines
 * are left out: no field that is needed has them. The sentence begins with `what`.
 * TRM_ERROR_FORMAT, TRM_ERROR_MEMORY. */
trm_status trmi_yaml_read(json_t **object, const char *text, size_t length, const char *what,
                          trm_error *error);

#endif
