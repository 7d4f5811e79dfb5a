/* A model in a workspace of the caller's: an allocator that gives the workspace away from its beginning, and
 * takes nothing back. How much that will be is worked out from the file's directory alone, without any
 * memory. */
#ifndef TRMI_MODEL_WORKSPACE_H
#define TRMI_MODEL_WORKSPACE_H

#include "lib/core/memory.h"

typedef struct trmi_workspace {
    char *at;
    size_t left;
} trmi_workspace;

/* Gives the workspace away, while the model is opened. */
trm_allocator trmi_workspace_allocator(trmi_workspace *workspace);

/* The model's allocator from then on: it has no memory to give. */
trm_allocator trmi_workspace_spent(void);

/* Refuses files that cannot be opened in a workspace; `bytes` is what a workspace for
 * another file needs at most, wherever it begins: here, or with `firmware` as trmi_arena.firmware. */
trm_status trmi_workspace_measure(const void *data, size_t size, bool firmware, uint64_t *bytes,
                                  trm_error *error);

#endif
