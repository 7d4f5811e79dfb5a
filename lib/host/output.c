/* A file is written under a temporary name in the directory of its final one, so that the rename that ends it
 * is atomic: whoever looks sees the old file or the new one, also after a crash. */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/core/checked.h"
#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/core/memory.h"
#include "lib/core/output.h"
#include "lib/host/temporary.h"

enum {
    SMALLEST_BLOCK = 65536,    /* of memory */
    LARGEST_WRITE = 1073741824 /* in one call; Linux takes no more than 2 GiB */
};

trm_status trmi_output_file(trmi_output *output, const char *path, const trm_allocator *allocator,
                            trm_error *error)
{
    *output = (trmi_output) { .allocator = allocator, .path = path, .file = -1 };
    output->temporary = trmi_allocate(allocator, sizeof *output->temporary);
    if (output->temporary == NULL)
        return trmi_no_memory(error, "the name of the output");
    const trm_status status = trmi_temporary_create(output->temporary, path, &output->file, error);
    if (status != TRM_OK)
        trmi_release(allocator,
                     output->temporary); /* not closed: the name tried last may be someone else's file */
    return status;
}

void trmi_output_memory(trmi_output *output, const trm_allocator *allocator)
{
    *output = (trmi_output) { .allocator = allocator, .file = -1 };
}

static trm_status put_in_file(const trmi_output *output, uint64_t offset, const uint8_t *data, uint64_t bytes,
                              trm_error *error)
{
    while (bytes > 0) {
        const size_t part = bytes < LARGEST_WRITE ? (size_t)bytes : LARGEST_WRITE;
        const ssize_t written = pwrite(output->file, data, part, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return trmi_fail_system(error, output->path, "cannot write");
        data += written;
        offset += (uint64_t)written;
        bytes -= (uint64_t)written;
    }
    return TRM_OK;
}

static trm_status grow(trmi_output *output, uint64_t needed, trm_error *error)
{
    if (needed <= output->capacity)
        return TRM_OK;
    const uint64_t doubled = output->capacity < SMALLEST_BLOCK ? SMALLEST_BLOCK : 2 * output->capacity;
    const uint64_t capacity = needed > doubled ? needed : doubled;
    uint8_t *bytes = trmi_allocate(output->allocator, capacity);
    if (bytes == NULL)
        return trmi_no_memory(error, "%llu bytes of output", (unsigned long long)capacity);
    if (output->size > 0)
        memcpy(bytes, output->bytes, (size_t)output->size);
    trmi_release(output->allocator, output->bytes);
    output->bytes = bytes;
    output->capacity = capacity;
    return TRM_OK;
}

static trm_status put(trmi_output *output, uint64_t offset, const void *data, uint64_t bytes,
                      trm_error *error)
{
    if (output->path != NULL)
        return put_in_file(output, offset, data, bytes, error);
    TRMI_TRY(grow(output, offset + bytes, error));
    if (bytes > 0)
        memcpy(output->bytes + offset, data, (size_t)bytes);
    return TRM_OK;
}

trm_status trmi_output_append(trmi_output *output, const void *data, uint64_t bytes, trm_error *error)
{
    uint64_t end;
    if (!trmi_add(output->size, bytes, &end) || end > INT64_MAX)
        return trmi_fail(error, TRM_ERROR_FILE, "the output would be larger than 2^63 bytes");
    TRMI_TRY(put(output, output->size, data, bytes, error));
    output->size = end;
    return TRM_OK;
}

trm_status trmi_output_align(trmi_output *output, uint64_t step, trm_error *error)
{
    static const uint8_t zeros[64];
    const uint64_t missing = (step - output->size % step) % step;
    return trmi_output_append(output, zeros, missing, error);
}

trm_status trmi_output_replace(trmi_output *output, uint64_t offset, const void *data, uint64_t bytes,
                               trm_error *error)
{
    return put(output, offset, data, bytes, error);
}

const char *trmi_output_name(const trmi_output *output)
{
    return output->temporary->name;
}

trm_status trmi_output_commit(trmi_output *output, trm_error *error)
{
    if (output->path == NULL)
        return TRM_OK;
    while (fsync(output->file) != 0)
        if (errno != EINTR)
            return trmi_fail_system(error, output->path, "cannot write to the disk");
    const int held = fcntl(output->file, F_DUPFD_CLOEXEC, 0); /* its lock, until it has its name */
    const int closed = close(output->file);
    output->file = held;
    if (closed != 0 || held < 0)
        return trmi_fail_system(error, output->path, "cannot write");
    if (rename(output->temporary->name, output->temporary->target) != 0)
        return trmi_fail_system(error, output->path, "cannot give the new file its name");
    close(held);
    output->file = -1;
    trmi_release(output->allocator, output->temporary);
    output->temporary = NULL;
    return TRM_OK;
}

void trmi_output_close(trmi_output *output)
{
    if (output->temporary != NULL)
        unlink(output->temporary->name);
    if (output->file >= 0)
        close(output->file);
    trmi_release(output->allocator, output->temporary);
    trmi_release(output->allocator, output->bytes);
    *output = (trmi_output) { .file = -1 };
}
