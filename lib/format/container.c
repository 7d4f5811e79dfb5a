/* Header and directory of a .trm file, validated once. Nothing from the file is used before it is bounded,
 * and the directory of a mapped file is parsed from a private copy: that can change while it is looked at. */
#include "lib/format/container.h"

#include <assert.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/format/header.h"
#include "lib/format/inflate.h"
#include "lib/format/layout.h"

/* Entries of a directory; those of types that only newer minor versions have are passed over. */
static trm_status walk(const trmi_header *h, const uint8_t *directory, uint64_t file_bytes,
                       const trmi_directory_visit *visit, void *user, trm_error *error)
{
    uint64_t at = 0;
    trm_status status = TRM_OK;
    for (uint32_t i = 0; i < h->metadata_count + h->tensor_count; i++) {
        const bool is_metadata = i < h->metadata_count;
        bool known = false;
        trmi_raw_entry e;
        trmi_metadata_entry metadata;
        trmi_tensor_entry tensor;
        status = trmi_entry_take(&e, directory + at, h->directory_bytes - at,
                                 is_metadata ? TRMI_METADATA_HEAD_BYTES : TRMI_TENSOR_HEAD_BYTES,
                                 h->directory_offset + at, h->minor, error);
        if (status == TRM_OK && is_metadata)
            status = trmi_entry_metadata(&metadata, &e, &known, error);
        else if (status == TRM_OK)
            status = trmi_entry_tensor(&tensor, &e, file_bytes, &known, error);
        if (status == TRM_OK && known && is_metadata)
            visit->metadata(user, &metadata);
        else if (status == TRM_OK && known)
            visit->tensor(user, &tensor);
        if (status != TRM_OK)
            return status;
        at += e.bytes;
    }
    if (at != h->directory_bytes)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "directory: expected its entries to fill %llu bytes, found %llu",
                         (unsigned long long)h->directory_bytes, (unsigned long long)at);
    return TRM_OK;
}

static void keep_metadata(void *user, const trmi_metadata_entry *metadata)
{
    trmi_container *c = user;
    c->metadata[c->metadata_count++] = *metadata;
}

static void keep_tensor(void *user, const trmi_tensor_entry *tensor)
{
    trmi_container *c = user;
    c->tensors[c->tensor_count++] = *tensor;
}

static trm_status check_crc(const trmi_header *h, const uint8_t *directory, trm_error *error)
{
    const uint32_t found = trmi_crc32c(0, directory, (size_t)h->directory_bytes);
    return found == h->directory_crc
               ? TRM_OK
               : trmi_fail(error, TRM_ERROR_CHECKSUM,
                           "directory: expected checksum %08x, found %08x: the file is damaged",
                           (unsigned)h->directory_crc, (unsigned)found);
}

typedef bool comes_before(const void *a, const void *b);

/* Moves item `at` of a heap, the last on top, down to its place. */
static void sift(const void **items, size_t at, size_t count, comes_before *before)
{
    assert(at < count);
    const void *const item = items[at];
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && before(items[child], items[child + 1]))
            child++;
        if (!before(item, items[child]))
            break;
        items[at] = items[child];
        at = child;
    }
    items[at] = item;
}

/* Heapsort: C libraries' qsort may allocate behind the host's allocator, or be slow on what a hostile file
 * names. */
static void sort(const void **items, size_t count, comes_before *before)
{
    for (size_t at = count / 2; at-- > 0;)
        sift(items, at, count, before);
    for (size_t left = count; left-- > 1;) {
        const void *const last = items[0];
        items[0] = items[left];
        items[left] = last;
        sift(items, 0, left, before);
    }
}

static bool by_text(const void *a, const void *b)
{
    return strcmp(a, b) < 0;
}

/* `names` is room for `count` pointers. */
static trm_status check_unique(const void **names, uint32_t count, const char *what, trm_error *error)
{
    sort(names, count, by_text);
    for (uint32_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return trmi_fail(error, TRM_ERROR_FORMAT, "%s %s: expected once, found twice", what,
                             (const char *)names[i]);
    return TRM_OK;
}

static bool by_offset(const void *a, const void *b)
{
    const trmi_tensor_entry *x = a, *y = b;
    return x->offset < y->offset;
}

/* Tensors overlap neither each other, nor the header, nor the directory. */
static trm_status check_overlaps(const trmi_container *c, const trmi_header *h, const void **order,
                                 trm_error *error)
{
    const uint64_t directory_end = h->directory_offset + h->directory_bytes;
    uint64_t end = TRMI_HEADER_BYTES;
    const char *before = "the header";
    for (uint32_t i = 0; i < c->tensor_count; i++)
        order[i] = &c->tensors[i];
    sort(order, c->tensor_count, by_offset);
    for (uint32_t i = 0; i < c->tensor_count; i++) {
        const trmi_tensor_entry *t = order[i];
        if (t->offset < end)
            return trmi_fail(
                error, TRM_ERROR_FORMAT,
                "tensor %s at offset %llu: expected it behind %s, which ends at %llu, found an overlap",
                t->name, (unsigned long long)t->offset, before, (unsigned long long)end);
        if (t->offset < directory_end && t->offset + t->stored_bytes > h->directory_offset)
            return trmi_fail(error, TRM_ERROR_FORMAT,
                             "tensor %s at offset %llu: expected it outside the directory, found an overlap",
                             t->name, (unsigned long long)t->offset);
        end = t->offset + t->stored_bytes;
        before = t->name;
    }
    return TRM_OK;
}

static trm_status check_directory(trmi_container *c, const trmi_header *h, const void **names,
                                  trm_error *error)
{
    for (uint32_t i = 0; i < c->metadata_count; i++)
        names[i] = c->metadata[i].key;
    trm_status status = check_unique(names, c->metadata_count, "metadata", error);
    for (uint32_t i = 0; i < c->tensor_count; i++)
        names[i] = c->tensors[i].name;
    if (status == TRM_OK)
        status = check_unique(names, c->tensor_count, "tensor", error);
    return status == TRM_OK ? check_overlaps(c, h, names, error) : status;
}

/* One block: the entries, room for sorting pointers to them, and the copy of the directory where there is
   one. */
static uint8_t *layout(trmi_container *c, const trmi_header *h, bool copy, trmi_arena *arena,
                       const void ***room)
{
    const uint32_t most = h->metadata_count > h->tensor_count ? h->metadata_count : h->tensor_count;
    typedef const void *pointer;
    c->metadata = trmi_arena_take(arena, h->metadata_count, TRMI_BYTES_OF(arena, trmi_metadata_entry));
    c->tensors = trmi_arena_take(arena, h->tensor_count, TRMI_BYTES_OF(arena, trmi_tensor_entry));
    *room = trmi_arena_take(arena, most, TRMI_BYTES_OF(arena, pointer));
    return copy ? trmi_arena_take(arena, h->directory_bytes, 1) : NULL;
}

static trm_status read_directory(trmi_container *c, const trmi_header *h, const uint8_t *data, bool copy,
                                 trm_error *error)
{
    static const trmi_directory_visit keep = { keep_metadata, keep_tensor };
    const uint8_t *directory = data + h->directory_offset;
    const void **room;
    trmi_arena measure = { .base = NULL };
    layout(c, h, copy, &measure, &room);
    c->memory = trmi_allocate(c->allocator, measure.used);
    if (c->memory == NULL)
        return trmi_no_memory(error, "a directory of %llu bytes", (unsigned long long)measure.used);
    c->memory_bytes = measure.used;
    trmi_arena arena = { .base = c->memory };
    uint8_t *own = layout(c, h, copy, &arena, &room);
    assert(arena.used == measure.used);
    if (copy)
        directory = memcpy(own, directory, (size_t)h->directory_bytes);
    TRMI_TRY(check_crc(h, directory, error));
    TRMI_TRY(walk(h, directory, c->file_bytes, &keep, c, error));
    return check_directory(c, h, room, error);
}

static trm_status open_container(trmi_container *container, const void *data, uint64_t bytes, bool copy,
                                 const trm_allocator *allocator, trm_error *error)
{
    trmi_header h;
    assert(allocator != NULL && (data != NULL || bytes == 0));
    *container = (trmi_container) { .allocator = allocator, .file_bytes = bytes };
    trm_status status = trmi_header_read(&h, data, bytes, error);
    if (status == TRM_OK)
        status = read_directory(container, &h, data, copy, error);
    if (status != TRM_OK)
        trmi_container_close(container);
    return status;
}

trm_status trmi_container_open(trmi_container *container, const void *data, uint64_t bytes,
                               const trm_allocator *allocator, trm_error *error)
{
    return open_container(container, data, bytes, true, allocator, error);
}

trm_status trmi_container_open_in_place(trmi_container *container, const void *data, uint64_t bytes,
                                        const trm_allocator *allocator, trm_error *error)
{
    return open_container(container, data, bytes, false, allocator, error);
}

trm_status trmi_directory_walk(const void *data, uint64_t bytes, const trmi_directory_visit *visit,
                               void *user, trmi_arena *in_place, trm_error *error)
{
    trmi_header h;
    TRMI_TRY(trmi_header_read(&h, data, bytes, error));
    const uint8_t *directory = (const uint8_t *)data + h.directory_offset;
    trmi_container none;
    const void **room;
    layout(&none, &h, false, in_place, &room);
    TRMI_TRY(check_crc(&h, directory, error));
    return walk(&h, directory, bytes, visit, user, error);
}

void trmi_container_close(trmi_container *container)
{
    trmi_arena_release(container->memory, container->memory_bytes);
    trmi_release(container->allocator, container->memory);
    *container = (trmi_container) { .allocator = container->allocator };
}

const trmi_metadata_entry *trmi_container_metadata(const trmi_container *container, const char *key)
{
    for (uint32_t i = 0; i < container->metadata_count; i++)
        if (strcmp(container->metadata[i].key, key) == 0)
            return &container->metadata[i];
    return NULL;
}

const trmi_tensor_entry *trmi_container_tensor(const trmi_container *container, const char *name)
{
    for (uint32_t i = 0; i < container->tensor_count; i++)
        if (strcmp(container->tensors[i].name, name) == 0)
            return &container->tensors[i];
    return NULL;
}

/* ------------------------------------------------------------------------------------------- tensors */

/* Numbers of a file, from byte `begin` on, as this machine has them. */
static void swap_numbers(void *numbers, uint64_t begin, uint64_t bytes)
{
    uint8_t *at = numbers;
    assert(begin <= bytes && (bytes - begin) % 4 == 0);
    for (uint64_t i = begin; TRMI_BIG_ENDIAN && i < bytes; i += 4) {
        const uint32_t bits = trmi_load32(at + i);
        memcpy(at + i, &bits, sizeof bits);
    }
}

trm_status trmi_container_load(const trmi_tensor_entry *entry, const void *data, void *to,
                               const trm_allocator *allocator, trm_error *error)
{
    const uint8_t *stored = (const uint8_t *)data + entry->offset;
    assert(entry->offset % TRMI_TENSOR_ALIGNMENT == 0);
    assert(entry->encoding == TRMI_ENCODING_RAW ? entry->stored_bytes == entry->bytes : to != NULL);
    const uint32_t found = trmi_crc32c(0, stored, (size_t)entry->stored_bytes);
    if (found != entry->crc)
        return trmi_fail(error, TRM_ERROR_CHECKSUM,
                         "tensor %s at offset %llu: expected checksum %08x, found %08x: the file is damaged",
                         entry->name, (unsigned long long)entry->offset, (unsigned)entry->crc,
                         (unsigned)found);
    if (to == NULL)
        return TRM_OK;
    if (entry->encoding == TRMI_ENCODING_RAW) {
        memcpy(to, stored, (size_t)entry->bytes);
    } else {
        const trm_status status =
            trmi_inflate(to, entry->bytes, stored, entry->stored_bytes, allocator, error);
        if (status != TRM_OK)
            return trmi_fail_within(error, status, entry->name);
    }
    uint64_t scales_at, bytes;
    const bool whole =
        entry->type == TRMI_TYPE_F32 || !trmi_i8_bytes(entry->rows, entry->columns, &scales_at, &bytes);
    swap_numbers(to, whole ? 0 : scales_at, entry->bytes);
    return TRM_OK;
}
