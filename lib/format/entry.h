/* The entries of a .trm file's directory: metadata and tensors. */
#ifndef TRMI_FORMAT_ENTRY_H
#define TRMI_FORMAT_ENTRY_H

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

/* The bytes of an i8 tensor's integers up to its scales, and of all of it; false when they do not fit in 64
   bits. */
TRMI_EXPORT bool trmi_i8_bytes(uint64_t rows, uint64_t columns, uint64_t *scales_at, uint64_t *bytes);

/* Where an entry lies, for reading it and for telling how it failed. */
typedef struct trmi_raw_entry {
    const uint8_t *at;
    uint64_t offset; /* in the file */
    uint32_t bytes;
    uint16_t minor; /* of the file */
    bool strict;    /* reserved fields must be zero: that version is not newer than ours */
} trmi_raw_entry;

/* The next entry of a directory that has `left` bytes from `at`, whose fixed part has `head` bytes. */
trm_status trmi_entry_take(trmi_raw_entry *entry, const uint8_t *at, uint64_t left, uint32_t head,
                           uint64_t offset, uint16_t minor, trm_error *error);

/* Read one, whose texts stay where they are. `known` becomes false for a type of a newer minor version, which
 * is skipped. */
trm_status trmi_entry_metadata(trmi_metadata_entry *metadata, const trmi_raw_entry *entry, bool *known,
                               trm_error *error);
trm_status trmi_entry_tensor(trmi_tensor_entry *tensor, const trmi_raw_entry *entry, uint64_t file_bytes,
                             bool *known, trm_error *error);

#endif
