/* Tensors by the names that the published code gives them. */
#ifndef TRMI_INTERCHANGE_PUBLISHED_H
#define TRMI_INTERCHANGE_PUBLISHED_H

#include "lib/interchange/safetensors.h"

enum { TRMI_PUBLISHED_NAME_BYTES = 80 };

/* The tensor of that name, whatever prefix it has in the file; NULL when there is none. */
const trmi_safetensor *trmi_checkpoint_find(const trmi_safetensors *file, const char *published_name);

#endif
