/* The container of a .trm file: header and directory, validated. Knows nothing of models. */
#ifndef TRMI_FORMAT_CONTAINER_H
#define TRMI_FORMAT_CONTAINER_H

#include <stdbool.h>

#include <trm/trm.h>

#include "lib/core/export.h"

typedef struct trmi_metadata_entry {
    const char *key; /* zero-terminated */
    uint32_t type;   /* trm_metadata_type */
    uint32_t length;
    uint64_t integer;
    double real;
    const char *bytes; /* followed by a zero, NULL for numbers */
} trmi_metadata_entry;

typedef struct trmi_tensor_entry {
    const char *name; /* zero-terminated */
    uint32_t type, layout, encoding, crc;
    uint64_t rows, columns;        /* as stored */
    uint64_t offset, stored_bytes; /* inside the file, aligned, overlapping nothing */
    uint64_t bytes;                /* once expanded */
} trmi_tensor_entry;

/* The bytes of an i8 tensor's integers up to its scales, and of all of it; false when they do not fit in 64 bits. */
TRMI_EXPORT bool trmi_i8_bytes(uint64_t rows, uint64_t columns, uint64_t *scales_at, uint64_t *bytes);

typedef struct trmi_container {
    const trm_allocator *allocator;
    void *memory; /* the copied directory and the entries below */
    uint64_t memory_bytes;
    uint64_t file_bytes;
    uint32_t metadata_count, tensor_count;
    trmi_metadata_entry *metadata; /* unique keys, in the file's order */
    trmi_tensor_entry *tensors;    /* unique names, in the file's order */
} trmi_container;

/* Validates `bytes` bytes of a file and copies its directory. Releases nothing of `data`. */
trm_status trmi_container_open(trmi_container *container, const void *data, uint64_t bytes,
                               const trm_allocator *allocator, trm_error *error);
void trmi_container_close(trmi_container *container);

/* By key or name; NULL when there is none. */
const trmi_metadata_entry *trmi_container_metadata(const trmi_container *container, const char *key);
TRMI_EXPORT const trmi_tensor_entry *trmi_container_tensor(const trmi_container *container, const char *name);

/* Checks the tensor's checksum against the file at `data`; then writes its expanded bytes, in the machine's
 * byte order, to `to` (entry->bytes bytes), or only checks when `to` is NULL (raw tensors). */
TRMI_EXPORT trm_status trmi_container_load(const trmi_tensor_entry *entry, const void *data, void *to,
                                           const trm_allocator *allocator, trm_error *error);

#endif
