/* The host's allocator behind two functions that align and clear, and the arena that carves one block. */
#include <assert.h>
#include <string.h>

#include "lib/core/checked.h"
#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/core/memory.h"

#if defined(__SANITIZE_ADDRESS__)
#define RED_ZONES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RED_ZONES 1
#endif
#endif

#ifdef RED_ZONES
#include <sanitizer/asan_interface.h>
enum { RED_ZONE_BYTES = TRMI_ALIGNMENT };
static void poison(void *base, uint64_t bytes)
{
    __asan_poison_memory_region(base, (size_t)bytes);
}
static void unpoison(void *base, uint64_t bytes)
{
    __asan_unpoison_memory_region(base, (size_t)bytes);
}
#else
enum { RED_ZONE_BYTES = 0 };
static void poison(void *base, uint64_t bytes)
{
    (void)base, (void)bytes;
}
static void unpoison(void *base, uint64_t bytes)
{
    (void)base, (void)bytes;
}
#endif

trm_status trmi_allocator_read(trm_allocator *to, const trm_allocator *from, trm_error *error)
{
    trm_allocator read = { sizeof read, NULL, trmi_host_allocate, trmi_host_release };
    if (from) {
        const trm_status status =
            trmi_read_struct(&read, sizeof read, from, sizeof read, "trm_allocator", error);
        if (status != TRM_OK)
            return status;
    }
    if (!read.allocate || !read.release)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_allocator.%s is NULL, expected a function",
                         read.allocate ? "release" : "allocate");
    *to = read;
    return TRM_OK;
}

bool trmi_allocation_bytes(const trmi_arena *measured, uint64_t *total)
{
    typedef void *pointer;
    return !measured->overflow &&
           trmi_add(measured->used, TRMI_ALIGNMENT + TRMI_BYTES_OF(measured, pointer), total) &&
           *total <= SIZE_MAX;
}

/* The allocator's own pointer is kept just before the block, for the release. */
void *trmi_allocate(const trm_allocator *allocator, uint64_t bytes)
{
    const trmi_arena wanted = { .used = bytes };
    uint64_t total;
    assert(allocator->allocate != NULL && allocator->release != NULL);
    if (!trmi_allocation_bytes(&wanted, &total))
        return NULL;
    char *raw = allocator->allocate(allocator->user, (size_t)total);
    if (!raw)
        return NULL;
    const size_t excess = ((uintptr_t)raw + sizeof raw) % TRMI_ALIGNMENT;
    char *memory = raw + sizeof raw + TRMI_ALIGNMENT - excess;
    assert(memory + bytes <= raw + total);
    memcpy(memory - sizeof raw, &raw, sizeof raw);
    return memset(memory, 0, (size_t)bytes);
}

void trmi_release(const trm_allocator *allocator, void *memory)
{
    if (!memory)
        return;
    void *raw;
    assert((uintptr_t)memory % TRMI_ALIGNMENT == 0);
    memcpy(&raw, (char *)memory - sizeof raw, sizeof raw);
    allocator->release(allocator->user, raw);
}

/* Measuring and carving do the same sums, so they cannot disagree. */
void *trmi_arena_carve(trmi_arena *arena, trmi_count count, size_t element_bytes)
{
    uint64_t bytes, end;
    assert(arena->base == NULL || ((uintptr_t)arena->base % TRMI_ALIGNMENT == 0 && !arena->firmware));
    arena->overflow = arena->overflow || !trmi_multiply(count, element_bytes, &bytes) ||
                      !trmi_add(arena->used, bytes, &end) ||
                      !trmi_add(end, arena->firmware ? 0 : RED_ZONE_BYTES, &end) ||
                      !trmi_align(end, TRMI_ALIGNMENT, &end) || end > SIZE_MAX;
    if (arena->overflow)
        return NULL;
    const uint64_t begin = arena->used;
    arena->used = end;
    if (!arena->base)
        return NULL;
    unpoison(arena->base + begin, bytes);
    poison(arena->base + begin + bytes, end - begin - bytes);
    return arena->base + begin;
}

void trmi_arena_release(void *base, uint64_t bytes)
{
    unpoison(base, bytes);
}
