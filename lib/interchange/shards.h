/* Checkpoints in several files, as large models are saved: NAME-00001-of-00002.safetensors, with an index
   beside them. */
#ifndef TRMI_INTERCHANGE_SHARDS_H
#define TRMI_INTERCHANGE_SHARDS_H

#include "lib/core/source.h"

/* Replaces the source by one of all parts, where `path` is one of them or their index; else leaves it. */
trm_status trmi_shards_join(trmi_source *source, const char *path, const trm_allocator *allocator,
                            trm_error *error);

#endif
