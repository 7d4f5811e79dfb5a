/* Writes a .trm file, one tensor at a time. */
#ifndef TRMI_INTERCHANGE_WRITER_H
#define TRMI_INTERCHANGE_WRITER_H

#include <stdbool.h>

#include "lib/core/output.h"
#include "lib/interchange/weights.h"

/* Writes the whole file into an empty output; its caller commits it. */
trm_status trmi_write_model(trmi_output *output, const trmi_weights *weights, bool deflated,
                            trm_error *error);

#endif
