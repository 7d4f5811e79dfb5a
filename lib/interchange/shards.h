/* Checkpoints in several files, as large models are saved: NAME-00001-of-00002.safetensors, with an index
   beside them. */
#ifndef TRMI_INTERCHANGE_SHARDS_H
#define TRMI_INTERCHANGE_SHARDS_H

#include "lib/core/source.h"

/* Where `path` is a part or the index of such a checkpoint, replaces the source by one of all its parts. */
trm_status trmi_shards_join(trmi_source *source, const char *path, const trm_allocator *allocator,
                            trm_error *error);

#endif
