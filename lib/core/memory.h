/* All memory goes through here: the host's allocator, and the carving of one block into aligned regions. */
#ifndef TRMI_CORE_MEMORY_H
#define TRMI_CORE_MEMORY_H

#include <stdbool.h>

#include <trm/trm.h>

#include "lib/core/export.h"
#include "lib/core/narrow.h"

enum { TRMI_ALIGNMENT = 64 }; /* of every region that kernels touch */

/* Fills *to with *from, or with the host's (host.h) when `from` is NULL; fails when it is incomplete. */
TRMI_EXPORT trm_status trmi_allocator_read(trm_allocator *to, const trm_allocator *from, trm_error *error);

/* `bytes` zeroed bytes aligned to TRMI_ALIGNMENT, or NULL. */
TRMI_EXPORT void *trmi_allocate(const trm_allocator *allocator, uint64_t bytes);

/* Releases what trmi_allocate() returned; accepts NULL. */
TRMI_EXPORT void trmi_release(const trm_allocator *allocator, void *memory);

/* Carves a block. Without a base it only measures: the same function lays out and tells the size. Under
 * AddressSanitizer there is a poisoned red zone after each region. */
typedef struct trmi_arena {
    char *base;    /* aligned to TRMI_ALIGNMENT, or NULL to measure */
    uint64_t used; /* bytes handed out, TRMI_ALIGNMENT after the last */
    bool overflow; /* a size did not fit in 64 bits or in size_t */
    bool firmware; /* without a base: measures what a freestanding build takes where pointers have 32 bits */
} trmi_arena;

/* Whether it measures for firmware, and what a struct that has pointers takes there. */
#ifdef TRM_FREESTANDING
#define TRMI_FOR_FIRMWARE(arena) ((void)(arena), true)
#define TRMI_BYTES_OF(arena, type) ((void)(arena), sizeof(type))
#else
#define TRMI_FOR_FIRMWARE(arena) ((arena)->firmware)
#define TRMI_BYTES_OF(arena, type) ((arena)->firmware ? (size_t)TRMI_NARROW_##type : sizeof(type))
#endif

/* How many elements a region may have. Arguments of 64 bits take much code where registers have 32. */
#ifdef TRM_FREESTANDING
typedef uint32_t trmi_count;
#define TRMI_MOST_COUNT UINT32_MAX
#else
typedef uint64_t trmi_count;
#define TRMI_MOST_COUNT UINT64_MAX
#endif
TRMI_EXPORT void *trmi_arena_carve(trmi_arena *arena, trmi_count count, size_t element_bytes);

/* Room for count elements; NULL while measuring and after an overflow. The caller has checked that the block
 * is as large as the measure. */
static inline void *trmi_arena_take(trmi_arena *arena, uint64_t count, size_t element_bytes)
{
    return trmi_arena_carve(arena, count <= TRMI_MOST_COUNT ? (trmi_count)count : TRMI_MOST_COUNT,
                            element_bytes);
}

/* The first place of a caller's workspace that has the alignment. */
static inline void *trmi_aligned(void *workspace)
{
    const size_t past = (uintptr_t)workspace % TRMI_ALIGNMENT;
    return (char *)workspace + (past == 0 ? 0 : TRMI_ALIGNMENT - past);
}

/* What trmi_allocate() asks the allocator for to hold what was measured; any alignment will do for it. False
 * when that does not fit in size_t. */
bool trmi_allocation_bytes(const trmi_arena *measured, uint64_t *total);

/* Ends the red zones of a block of `bytes` bytes, before its owner gets it back. */
TRMI_EXPORT void trmi_arena_release(void *base, uint64_t bytes);

#endif
