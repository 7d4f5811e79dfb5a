/* Memory of WebAssembly: it grows by pages of 64 KiB and never shrinks. Blocks lie behind one another from
 * the end of the module's own data; a free one is found by walking over all of them, and takes in the free
 * ones behind it. A host opens one model in an instance, so there are a dozen blocks. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/core/host.h"

enum { PAGE = 65536, UNIT = 16 };

/* Before each block. Its size counts this, too, and is a multiple of UNIT. */
typedef struct block {
    _Alignas(UNIT) uint32_t bytes;
    uint32_t taken;
} block;

extern char __heap_base; /* of the linker */

static uintptr_t first_block(void)
{
    return ((uintptr_t)&__heap_base + UNIT - 1) / UNIT * UNIT;
}

/* Where the last block ends; it stands in the memory itself, so that nothing is a variable of the library. */
typedef struct heap {
    _Alignas(UNIT) uintptr_t end;
} heap;

static heap *the_heap(void)
{
    heap *h = (heap *)first_block();
    if (h->end == 0)
        h->end = first_block() + sizeof *h;
    return h;
}

static block *behind(const block *b)
{
    return (block *)((uintptr_t)b + b->bytes);
}

static void take_in_free_ones(const heap *h, block *b)
{
    for (block *next = behind(b); (uintptr_t)next < h->end && !next->taken; next = behind(b))
        b->bytes += next->bytes;
}

static void split(block *b, uint32_t bytes)
{
    if (b->bytes - bytes <= sizeof *b)
        return;
    block *rest = (block *)((uintptr_t)b + bytes);
    *rest = (block) { .bytes = b->bytes - bytes, .taken = false };
    b->bytes = bytes;
}

static bool reach(uint64_t end)
{
    const uint64_t have = (uint64_t)__builtin_wasm_memory_size(0) * PAGE;
    if (end <= have)
        return true;
    return end <= UINT32_MAX &&
           __builtin_wasm_memory_grow(0, (size_t)((end - have + PAGE - 1) / PAGE)) != SIZE_MAX;
}

static block *append(heap *h, uint32_t bytes)
{
    if (!reach((uint64_t)h->end + bytes))
        return NULL;
    block *b = (block *)h->end;
    b->bytes = bytes;
    h->end += bytes;
    return b;
}

void *trmi_host_allocate(void *user, size_t bytes)
{
    (void)user;
    if (bytes > UINT32_MAX - sizeof(block) - UNIT)
        return NULL;
    heap *h = the_heap();
    const uint32_t wanted = (uint32_t)((bytes + sizeof(block) + UNIT - 1) / UNIT * UNIT);
    block *b = (block *)(h + 1);
    for (; (uintptr_t)b < h->end; b = behind(b)) {
        if (b->taken)
            continue;
        take_in_free_ones(h, b);
        if (b->bytes >= wanted)
            break;
    }
    if ((uintptr_t)b >= h->end)
        b = append(h, wanted);
    if (b == NULL)
        return NULL;
    split(b, wanted);
    b->taken = true;
    return b + 1;
}

void trmi_host_release(void *user, void *memory)
{
    (void)user;
    if (memory != NULL)
        ((block *)memory - 1)->taken = false;
}
