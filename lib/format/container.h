/* The container of a .trm file: header and directory, validated. Knows nothing of models. */
#ifndef TRMI_FORMAT_CONTAINER_H
#define TRMI_FORMAT_CONTAINER_H

#include "lib/core/export.h"
#include "lib/core/memory.h"
#include "lib/format/entry.h"

typedef struct trmi_container {
    const trm_allocator *allocator;
    void *memory; /* the entries below, and the copied directory */
    uint64_t memory_bytes;
    uint64_t file_bytes;
    uint32_t metadata_count, tensor_count;
    trmi_metadata_entry *metadata; /* unique keys, in the file's order */
    trmi_tensor_entry *tensors;    /* unique names, in the file's order */
} trmi_container;

/* Validates `bytes` bytes of a file and copies its directory. Releases nothing of `data`. */
trm_status trmi_container_open(trmi_container *container, const void *data, uint64_t bytes,
                               const trm_allocator *allocator, trm_error *error);
/* The same for bytes that nobody changes until it is closed: the directory stays where it is. */
trm_status trmi_container_open_in_place(trmi_container *container, const void *data, uint64_t bytes,
                                        const trm_allocator *allocator, trm_error *error);
void trmi_container_close(trmi_container *container);

/* What is done with the entries of a directory, one after another; they live during the call. */
typedef struct trmi_directory_visit {
    void (*metadata)(void *user, const trmi_metadata_entry *metadata);
    void (*tensor)(void *user, const trmi_tensor_entry *tensor);
} trmi_directory_visit;

/* Visits the directory of a file without any memory, and measures what trmi_container_open_in_place() will
 * take. Only trmi_container_open_in_place() looks whether names are
 * unique and tensors do not overlap. */
trm_status trmi_directory_walk(const void *data, uint64_t bytes, const trmi_directory_visit *visit,
                               void *user, trmi_arena *in_place, trm_error *error);

/* By key or name; NULL when there is none. A tensor's bytes are for lib/model/stored.h alone: everyone else
   asks there. */
const trmi_metadata_entry *trmi_container_metadata(const trmi_container *container, const char *key);
const trmi_tensor_entry *trmi_container_tensor(const trmi_container *container, const char *name);

/* Checks the tensor's checksum against the file at `data`; then writes its expanded bytes, in the machine's
 * byte order, to `to` (entry->bytes bytes), or only checks when `to` is NULL (raw tensors). */
trm_status trmi_container_load(const trmi_tensor_entry *entry, const void *data, void *to,
                               const trm_allocator *allocator, trm_error *error);

#endif
