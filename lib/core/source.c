#include "lib/core/source.h"

#include <assert.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"

trm_status trmi_source_no_memory(trm_error *error, uint64_t bytes)
{
    return trmi_no_memory(error, "a file of %llu bytes", (unsigned long long)bytes);
}

trm_status trmi_source_borrow(trmi_source *source, const void *data, size_t bytes, uint32_t flags,
                              const trm_allocator *allocator, trm_error *error)
{
    assert(allocator != NULL && (data != NULL || bytes == 0));
    *source = (trmi_source) { .allocator = allocator, .bytes = data, .size = bytes };
    if (bytes == 0 || (!(flags & TRM_OPEN_READ) && (uintptr_t)data % TRMI_ALIGNMENT == 0))
        return TRM_OK;
    source->memory = trmi_allocate(allocator, bytes);
    if (source->memory == NULL)
        return trmi_source_no_memory(error, bytes);
    memcpy(source->memory, data, bytes);
    source->bytes = source->memory;
    return TRM_OK;
}

void trmi_source_close(trmi_source *source)
{
    assert(source->unmap == NULL || source->memory == NULL);
    if (source->unmap != NULL)
        source->unmap(source->bytes, (size_t)source->size);
    trmi_release(source->allocator, source->memory);
    *source = (trmi_source) { .allocator = source->allocator };
}
