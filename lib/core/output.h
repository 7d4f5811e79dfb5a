/* Where a new file goes: to the disk, whole or not at all, or to memory. */
#ifndef TRMI_CORE_OUTPUT_H
#define TRMI_CORE_OUTPUT_H

#include <trm/trm.h>

typedef struct trmi_output {
    const trm_allocator *allocator;
    const char *path;                 /* NULL: memory */
    struct trmi_temporary *temporary; /* the names of the file until it is committed */
    int file;                         /* -1: none */
    uint8_t *bytes;                   /* memory */
    uint64_t capacity;
    uint64_t size; /* written so far */
} trmi_output;

/* Begins a file beside `path`, which has to live as long as the output. On failure there is nothing to close.
 */
trm_status trmi_output_file(trmi_output *output, const char *path, const trm_allocator *allocator,
                            trm_error *error);

/* Begins an empty block of memory. */
void trmi_output_memory(trmi_output *output, const trm_allocator *allocator);

/* Adds bytes at the end. */
trm_status trmi_output_append(trmi_output *output, const void *data, uint64_t bytes, trm_error *error);

/* Adds zeros up to the next multiple of `step`, at most 64. */
trm_status trmi_output_align(trmi_output *output, uint64_t step, trm_error *error);

/* Writes over bytes that were written before. */
trm_status trmi_output_replace(trmi_output *output, uint64_t offset, const void *data, uint64_t bytes,
                               trm_error *error);

/* The file's name until it is committed. */
const char *trmi_output_name(const trmi_output *output);

/* Flushes the file to the disk and gives it its name. Memory: nothing to do. */
trm_status trmi_output_commit(trmi_output *output, trm_error *error);

/* Releases everything; a file that was not committed disappears. */
void trmi_output_close(trmi_output *output);

#endif
