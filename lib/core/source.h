/* The bytes of a file: borrowed from the caller, or opened by the host. */
#ifndef TRMI_CORE_SOURCE_H
#define TRMI_CORE_SOURCE_H

#include <trm/trm.h>

#include "lib/core/export.h"

typedef struct trmi_source {
    const trm_allocator *allocator;
    const void *bytes;
    uint64_t size;
    void *memory;                                  /* to release, or NULL */
    void (*unmap)(const void *bytes, size_t size); /* of a file that is mapped, or NULL */
} trmi_source;

/* Maps `path` (or reads it, with TRM_OPEN_READ or where there is no mmap). Only regular files. The host's. */
TRMI_EXPORT trm_status trmi_source_open(trmi_source *source, const char *path, uint32_t flags,
                                        const trm_allocator *allocator, trm_error *error);

/* Borrows `data`, or copies it with TRM_OPEN_READ or when it is not aligned to TRMI_ALIGNMENT. */
trm_status trmi_source_borrow(trmi_source *source, const void *data, size_t bytes, uint32_t flags,
                              const trm_allocator *allocator, trm_error *error);

TRMI_EXPORT void trmi_source_close(trmi_source *source);

/* The failure of an allocation for a whole file. */
trm_status trmi_source_no_memory(trm_error *error, uint64_t bytes);

#endif
