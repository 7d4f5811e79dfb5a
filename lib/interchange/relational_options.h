/* What a new relational model has beside the numbers of every kind: values, relations, sizes, halting. */
#ifndef TRMI_INTERCHANGE_RELATIONAL_OPTIONS_H
#define TRMI_INTERCHANGE_RELATIONAL_OPTIONS_H

#include <trm/train.h>

#include "lib/model/config.h"

/* Puts it into the configuration. Without relations the model has those of its task's family.
 * TRM_ERROR_ARGUMENT; other kinds of blocks may have nothing of it. */
trm_status trmi_relational_options_read(trmi_config *config, const trm_init_options *options,
                                        trm_error *error);

#endif
