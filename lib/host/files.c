/* Files: mapping where the system can, reading elsewhere and on request. */
#define _DEFAULT_SOURCE

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/core/memory.h"
#include "lib/core/source.h"

#if defined(__unix__) || defined(__APPLE__)
#define HAVE_POSIX 1
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

static trm_status fail_size(trm_error *error, const char *path, uint64_t bytes)
{
    return trmi_fail(error, TRM_ERROR_MEMORY,
                     "%s: expected a file that fits in this machine's memory, found %llu bytes", path,
                     (unsigned long long)bytes);
}

#ifdef HAVE_POSIX

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)    ? "a directory"
           : S_ISFIFO(mode) ? "a pipe"
           : S_ISSOCK(mode) ? "a socket"
                            : "a device";
}

/* O_NONBLOCK: opening a pipe must not wait for its writer. */
static trm_status open_regular(const char *path, int *descriptor, uint64_t *size, trm_error *error)
{
    struct stat about;
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*descriptor < 0)
        return trmi_fail_system(error, path, "cannot be opened");
    if (fstat(*descriptor, &about) != 0)
        return trmi_fail_system(error, path, "cannot be examined");
    if (!S_ISREG(about.st_mode))
        return trmi_fail(error, TRM_ERROR_FILE, "%s: expected a file, found %s", path,
                         kind_of(about.st_mode));
    *size = (uint64_t)about.st_size;
    return *size <= SIZE_MAX - TRMI_ALIGNMENT ? TRM_OK : fail_size(error, path, *size);
}

static void unmap(const void *bytes, size_t size)
{
    munmap((void *)(uintptr_t)bytes, size);
}

static trm_status map(trmi_source *source, const char *path, int descriptor, trm_error *error)
{
    /* Nothing is read ahead: a sparse file may be larger than memory, and has not shown yet that it is a
       model. */
    void *bytes = mmap(NULL, (size_t)source->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED)
        return trmi_fail_system(error, path, "cannot be mapped");
    source->bytes = bytes;
    source->unmap = unmap;
    return TRM_OK;
}

static trm_status read_all(trmi_source *source, const char *path, int descriptor, trm_error *error)
{
    uint64_t done = 0;
    source->memory = trmi_allocate(source->allocator, source->size);
    if (source->memory == NULL)
        return trmi_source_no_memory(error, source->size);
    source->bytes = source->memory;
    while (done < source->size) {
        const uint64_t left = source->size - done, most = 1u << 30;
        const ssize_t got =
            read(descriptor, (char *)source->memory + done, (size_t)(left < most ? left : most));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return trmi_fail_system(error, path, "cannot be read");
        if (got == 0)
            return trmi_fail(error, TRM_ERROR_FILE,
                             "%s: expected %llu bytes, found %llu: the file shrank while it was read", path,
                             (unsigned long long)source->size, (unsigned long long)done);
        done += (uint64_t)got;
    }
    return TRM_OK;
}

static trm_status open_file(trmi_source *source, const char *path, uint32_t flags, trm_error *error)
{
    int descriptor;
    trm_status status = open_regular(path, &descriptor, &source->size, error);
    if (status == TRM_OK && source->size > 0)
        status = flags & TRM_OPEN_READ ? read_all(source, path, descriptor, error)
                                       : map(source, path, descriptor, error);
    if (descriptor >= 0)
        close(descriptor);
    return status;
}

#else

static trm_status read_file(trmi_source *source, const char *path, FILE *file, trm_error *error)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return trmi_fail_system(error, path, "cannot be examined");
    const long size = ftell(file);
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0)
        return trmi_fail_system(error, path, "cannot be examined");
    source->size = (uint64_t)size;
    source->memory = trmi_allocate(source->allocator, source->size);
    if (source->memory == NULL)
        return trmi_source_no_memory(error, source->size);
    source->bytes = source->memory;
    if (fread(source->memory, 1, (size_t)size, file) != (size_t)size)
        return trmi_fail_system(error, path, "cannot be read");
    return TRM_OK;
}

static trm_status open_file(trmi_source *source, const char *path, uint32_t flags, trm_error *error)
{
    (void)flags;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return trmi_fail_system(error, path, "cannot be opened");
    const trm_status status = read_file(source, path, file, error);
    fclose(file);
    return status;
}

#endif

trm_status trmi_source_open(trmi_source *source, const char *path, uint32_t flags,
                            const trm_allocator *allocator, trm_error *error)
{
    *source = (trmi_source) { .allocator = allocator };
    const trm_status status = open_file(source, path, flags, error);
    if (status != TRM_OK)
        trmi_source_close(source);
    return status;
}
