/* Files of Windows: mapped, or read on request. While one is open others may write, rename and delete it, as
 * far as Windows lets them. */
#include <windows.h>

#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/core/memory.h"
#include "lib/core/source.h"
#include "lib/host/windows_path.h"

enum { LARGEST_READ = 1 << 30 };

static trm_status fail(trm_error *error, const char *path, const char *what)
{
    trmi_windows_errno();
    return trmi_fail_system(error, path, what);
}

static bool is_folder(const wchar_t *wide)
{
    const DWORD about = GetFileAttributesW(wide);
    return about != INVALID_FILE_ATTRIBUTES && (about & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

/* *file is INVALID_HANDLE_VALUE, or to close, whatever is returned. */
static trm_status open_regular(const char *path, HANDLE *file, uint64_t *size, trm_error *error)
{
    wchar_t wide[TRMI_WIDE_PATH];
    LARGE_INTEGER bytes;
    *file = INVALID_HANDLE_VALUE;
    if (!trmi_wide_path(path, wide))
        return trmi_fail_system(error, path, "cannot be opened");
    if (is_folder(wide))
        return trmi_fail(error, TRM_ERROR_FILE, "%s: expected a file, found a directory", path);
    *file = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                        OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (*file == INVALID_HANDLE_VALUE)
        return fail(error, path, "cannot be opened");
    if (GetFileType(*file) != FILE_TYPE_DISK)
        return trmi_fail(error, TRM_ERROR_FILE, "%s: expected a file, found a pipe or a device", path);
    if (!GetFileSizeEx(*file, &bytes))
        return fail(error, path, "cannot be examined");
    *size = (uint64_t)bytes.QuadPart;
    if (*size <= SIZE_MAX - TRMI_ALIGNMENT)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_MEMORY,
                     "%s: expected a file that fits in this machine's memory, found %llu bytes", path,
                     (unsigned long long)*size);
}

static void unmap(const void *bytes, size_t size)
{
    (void)size;
    UnmapViewOfFile(bytes);
}

static trm_status map(trmi_source *source, const char *path, HANDLE file, trm_error *error)
{
    const HANDLE mapping = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL);
    if (mapping == NULL)
        return fail(error, path, "cannot be mapped");
    source->bytes = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
    if (source->bytes == NULL)
        fail(error, path, "cannot be mapped");
    else
        source->unmap = unmap;
    CloseHandle(mapping); /* the view keeps it */
    return source->bytes != NULL ? TRM_OK : TRM_ERROR_FILE;
}

static trm_status read_all(trmi_source *source, const char *path, HANDLE file, trm_error *error)
{
    source->memory = trmi_allocate(source->allocator, source->size);
    if (source->memory == NULL)
        return trmi_source_no_memory(error, source->size);
    source->bytes = source->memory;
    for (uint64_t done = 0; done < source->size;) {
        const uint64_t left = source->size - done;
        DWORD got = 0;
        if (!ReadFile(file, (char *)source->memory + done, left < LARGEST_READ ? (DWORD)left : LARGEST_READ,
                      &got, NULL))
            return fail(error, path, "cannot be read");
        if (got == 0)
            return trmi_fail(error, TRM_ERROR_FILE,
                             "%s: expected %llu bytes, found %llu: the file shrank while it was read", path,
                             (unsigned long long)source->size, (unsigned long long)done);
        done += got;
    }
    return TRM_OK;
}

trm_status trmi_source_open(trmi_source *source, const char *path, uint32_t flags,
                            const trm_allocator *allocator, trm_error *error)
{
    HANDLE file;
    *source = (trmi_source) { .allocator = allocator };
    trm_status status = open_regular(path, &file, &source->size, error);
    if (status == TRM_OK && source->size > 0)
        status = flags & TRM_OPEN_READ ? read_all(source, path, file, error) : map(source, path, file, error);
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    if (status != TRM_OK)
        trmi_source_close(source);
    return status;
}
