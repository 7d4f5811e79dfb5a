/* Header and directory of a .trm file, validated once. Nothing from the file is used before it is bounded,
 * and the directory is parsed from a private copy: a mapped file can change while it is looked at. */
#include "lib/format/container.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/checked.h"
#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/format/inflate.h"
#include "lib/format/layout.h"

/* ------------------------------------------------------------------------------------------- header */

typedef struct header {
    uint16_t minor;
    uint64_t directory_offset, directory_bytes;
    uint32_t metadata_count, tensor_count, directory_crc;
} header;

static trm_status check_magic(const uint8_t *data, uint64_t bytes, trm_error *error)
{
    if (bytes < TRMI_HEADER_BYTES)
        return trmi_fail(error, TRM_ERROR_FORMAT, "expected a .trm file of at least %d bytes, found %llu",
                         TRMI_HEADER_BYTES, (unsigned long long)bytes);
    if (memcmp(data, TRMI_MAGIC, 8) == 0)
        return TRM_OK;
    if (data[8] == '{')
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "expected a .trm file, found what looks like safetensors: convert it first");
    if (memcmp(data, "PK\3\4", 4) == 0)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "expected a .trm file, found a zip archive; a PyTorch checkpoint has to "
                         "be saved as safetensors and converted first");
    return trmi_fail(error, TRM_ERROR_FORMAT,
                     "offset 0: expected the magic bytes 89 54 52 4d 0d 0a 1a 0a of a .trm file, found %02x "
                     "%02x %02x %02x "
                     "%02x %02x %02x %02x",
                     data[0], data[1], data[2], data[3], data[4], data[5], data[6], data[7]);
}

static trm_status check_version(const uint8_t *data, trm_error *error)
{
    const uint16_t major = trmi_load16(data + TRMI_HEADER_MAJOR),
                   minor = trmi_load16(data + TRMI_HEADER_MINOR);
    if (major == TRMI_FORMAT_MAJOR)
        return TRM_OK;
    if (major == TRMI_FORMAT_MAJOR << 8)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "offset %d: expected little-endian numbers, found a file written big-endian",
                         TRMI_HEADER_MAJOR);
    return trmi_fail(error, TRM_ERROR_VERSION, "offset %d: expected format version %d, found %u.%u",
                     TRMI_HEADER_MAJOR, TRMI_FORMAT_MAJOR, (unsigned)major, (unsigned)minor);
}

static trm_status check_header_crc(const uint8_t *data, trm_error *error)
{
    const uint32_t expected = trmi_load32(data + TRMI_HEADER_CRC),
                   found = trmi_crc32c(0, data, TRMI_HEADER_CRC);
    if (expected == found)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_CHECKSUM,
                     "offset %d: expected header checksum %08x, found %08x: the file is damaged",
                     TRMI_HEADER_CRC, (unsigned)expected, (unsigned)found);
}

static trm_status check_file_bytes(const uint8_t *data, uint64_t bytes, trm_error *error)
{
    const uint64_t claimed = trmi_load64(data + TRMI_HEADER_FILE_BYTES);
    if (claimed == bytes)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT, "offset %d: expected a file of %llu bytes, found %llu: it %s",
                     TRMI_HEADER_FILE_BYTES, (unsigned long long)claimed, (unsigned long long)bytes,
                     bytes < claimed ? "was cut short" : "has bytes behind its end");
}

static trm_status check_reserved(const header *h, const uint8_t *data, trm_error *error)
{
    if (h->minor > TRMI_FORMAT_MINOR ||
        (trmi_load32(data + TRMI_HEADER_RESERVED_A) == 0 && trmi_load64(data + TRMI_HEADER_RESERVED_B) == 0))
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT,
                     "header: expected zeros in the reserved fields, found other bytes");
}

static trm_status check_limit(const char *what, uint64_t value, uint64_t most, trm_error *error)
{
    if (value <= most)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT, "header: expected at most %llu %s, found %llu",
                     (unsigned long long)most, what, (unsigned long long)value);
}

/* The directory lies in the file, and is large enough for its entries. */
static trm_status check_directory_place(const header *h, uint64_t bytes, trm_error *error)
{
    const uint64_t least = (uint64_t)h->metadata_count * TRMI_METADATA_HEAD_BYTES +
                           (uint64_t)h->tensor_count * TRMI_TENSOR_HEAD_BYTES;
    if (h->directory_offset < TRMI_HEADER_BYTES || h->directory_offset % TRMI_ENTRY_ALIGNMENT != 0 ||
        h->directory_offset > bytes || h->directory_bytes > bytes - h->directory_offset)
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "offset %d: expected a directory inside the file of %llu bytes, found %llu bytes at %llu",
            TRMI_HEADER_DIRECTORY_OFFSET, (unsigned long long)bytes, (unsigned long long)h->directory_bytes,
            (unsigned long long)h->directory_offset);
    if (h->directory_bytes < least)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "offset %d: expected a directory of at least %llu bytes for its entries, found %llu",
                         TRMI_HEADER_DIRECTORY_BYTES, (unsigned long long)least,
                         (unsigned long long)h->directory_bytes);
    return TRM_OK;
}

static trm_status read_header(header *h, const uint8_t *data, uint64_t bytes, trm_error *error)
{
    trm_status status = check_magic(data, bytes, error);
    if (status == TRM_OK)
        status = check_version(data, error);
    if (status == TRM_OK)
        status = check_header_crc(data, error);
    if (status == TRM_OK)
        status = check_file_bytes(data, bytes, error);
    if (status != TRM_OK)
        return status;
    *h = (header) {
        .minor = trmi_load16(data + TRMI_HEADER_MINOR),
        .directory_offset = trmi_load64(data + TRMI_HEADER_DIRECTORY_OFFSET),
        .directory_bytes = trmi_load64(data + TRMI_HEADER_DIRECTORY_BYTES),
        .metadata_count = trmi_load32(data + TRMI_HEADER_METADATA_COUNT),
        .tensor_count = trmi_load32(data + TRMI_HEADER_TENSOR_COUNT),
        .directory_crc = trmi_load32(data + TRMI_HEADER_DIRECTORY_CRC),
    };
    status = check_reserved(h, data, error);
    if (status == TRM_OK)
        status = check_limit("metadata entries", h->metadata_count, TRMI_MAXIMUM_METADATA, error);
    if (status == TRM_OK)
        status = check_limit("tensors", h->tensor_count, TRMI_MAXIMUM_TENSORS, error);
    if (status == TRM_OK)
        status = check_limit("bytes of directory", h->directory_bytes, TRMI_MAXIMUM_DIRECTORY_BYTES, error);
    return status == TRM_OK ? check_directory_place(h, bytes, error) : status;
}

/* ------------------------------------------------------------------------------------------- entries */

/* Where an entry lies and how it failed. */
typedef struct entry_view {
    const uint8_t *at;
    uint64_t offset; /* in the file */
    uint32_t bytes;
    uint16_t minor; /* of the file */
    bool strict;    /* reserved fields must be zero: that version is not newer than ours */
} entry_view;

static trm_status fail_entry(const entry_view *e, trm_error *error, const char *expected, const char *found)
{
    return trmi_fail(error, TRM_ERROR_FORMAT, "directory entry at offset %llu: expected %s, found %s",
                     (unsigned long long)e->offset, expected, found);
}

static trm_status fail_entry_number(const entry_view *e, trm_error *error, const char *expected,
                                    uint64_t found)
{
    return trmi_fail(error, TRM_ERROR_FORMAT, "directory entry at offset %llu: expected %s, found %llu",
                     (unsigned long long)e->offset, expected, (unsigned long long)found);
}

/* The next entry of a directory that has `left` bytes from `at`. */
static trm_status take_entry(entry_view *e, const uint8_t *at, uint64_t left, uint32_t head, uint64_t offset,
                             uint16_t minor, trm_error *error)
{
    *e = (entry_view) { at, offset, 0, minor, minor <= TRMI_FORMAT_MINOR };
    if (left < head)
        return fail_entry_number(e, error, "room for an entry before the directory's end, in bytes", left);
    e->bytes = trmi_load32(at);
    if (e->bytes < head || e->bytes > left || e->bytes % TRMI_ENTRY_ALIGNMENT != 0)
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "directory entry at offset %llu: expected a size from %u to %llu, a multiple of %d, found %u",
            (unsigned long long)offset, (unsigned)head, (unsigned long long)left, TRMI_ENTRY_ALIGNMENT,
            (unsigned)e->bytes);
    return TRM_OK;
}

static bool all_zero(const uint8_t *from, const uint8_t *to)
{
    while (from < to)
        if (*from++ != 0)
            return false;
    return true;
}

static bool is_name_character(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/* A name of `length` characters and its zero, `head` bytes into the entry. */
static trm_status check_name(const entry_view *e, uint32_t head, uint32_t length, trm_error *error)
{
    const uint8_t *name = e->at + head;
    if (length == 0 || length > TRMI_MAXIMUM_NAME_BYTES || length + 1 > e->bytes - head)
        return fail_entry_number(e, error, "a name of 1 to 255 bytes inside the entry", length);
    for (uint32_t i = 0; i < length; i++)
        if (!is_name_character(name[i]))
            return fail_entry_number(e, error, "a name of letters, digits, '.', '_' and '-', in ASCII",
                                     name[i]);
    return name[length] == 0 ? TRM_OK
                             : fail_entry_number(e, error, "a zero byte behind the name", name[length]);
}

/* Well-formed UTF-8 without zeros (Unicode 15, table 3-7). */
static bool is_text(const uint8_t *p, uint32_t length)
{
    uint32_t i = 0;
    while (i < length) {
        const uint8_t c = p[i];
        const uint32_t more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        if (c == 0 || (c >= 0x80 && c < 0xc2) || c > 0xf4 || more >= length - i)
            return false;
        for (uint32_t j = 1; j <= more; j++)
            if ((p[i + j] & 0xc0) != 0x80)
                return false;
        if ((c == 0xe0 && p[i + 1] < 0xa0) || (c == 0xed && p[i + 1] > 0x9f) ||
            (c == 0xf0 && p[i + 1] < 0x90) || (c == 0xf4 && p[i + 1] > 0x8f))
            return false;
        i += more + 1;
    }
    return true;
}

static trm_status read_value(trmi_metadata_entry *m, const entry_view *e, const uint8_t *value,
                             trm_error *error)
{
    if (m->type == TRM_METADATA_INTEGER || m->type == TRM_METADATA_REAL) {
        const uint64_t bits = trmi_load64(value);
        memcpy(&m->real, &bits, sizeof bits);
        m->integer = m->type == TRM_METADATA_INTEGER ? bits : 0;
        m->real = m->type == TRM_METADATA_REAL ? m->real : 0.0;
        m->length = 0;
        return isfinite(m->real)
                   ? TRM_OK
                   : fail_entry(e, error, "a finite number", isnan(m->real) ? "none" : "infinity");
    }
    m->bytes = (const char *)value;
    if (m->type == TRM_METADATA_TEXT && !is_text(value, m->length))
        return fail_entry(e, error, "text in UTF-8 without zeros", "other bytes");
    return TRM_OK;
}

/* `known` becomes false for a type of a newer minor version, which is skipped. */
static trm_status read_metadata(trmi_metadata_entry *m, const entry_view *e, bool *known, trm_error *error)
{
    const uint32_t key_bytes = trmi_load16(e->at + TRMI_METADATA_KEY_BYTES), type = e->at[TRMI_METADATA_TYPE];
    const uint32_t value_bytes = trmi_load32(e->at + TRMI_METADATA_VALUE_BYTES);
    const trm_status status = check_name(e, TRMI_METADATA_HEAD_BYTES, key_bytes, error);
    if (status != TRM_OK)
        return status;
    *known = type >= TRM_METADATA_INTEGER && type <= TRM_METADATA_BYTES;
    if (e->strict && !*known)
        return fail_entry_number(e, error, "a value type from 1 to 4", type);
    if (e->strict &&
        (e->at[TRMI_METADATA_RESERVED] != 0 || trmi_load32(e->at + TRMI_METADATA_RESERVED_B) != 0))
        return fail_entry(e, error, "zeros in the reserved fields", "other bytes");
    if (!*known)
        return TRM_OK;
    const bool number = type == TRM_METADATA_INTEGER || type == TRM_METADATA_REAL;
    const uint32_t value_at = TRMI_METADATA_HEAD_BYTES + key_bytes + 1, room = e->bytes - value_at;
    if (value_bytes > TRMI_MAXIMUM_VALUE_BYTES || value_bytes + (number ? 0u : 1u) > room ||
        (number && value_bytes != 8))
        return fail_entry_number(e, error,
                                 "a value inside the entry, 8 bytes for numbers, at most 1048576 for others",
                                 value_bytes);
    if (!all_zero(e->at + value_at + value_bytes, e->at + e->bytes))
        return fail_entry(e, error, "zeros behind the value", "other bytes");
    *m = (trmi_metadata_entry) { .key = (const char *)e->at + TRMI_METADATA_HEAD_BYTES,
                                 .type = type,
                                 .length = value_bytes };
    return read_value(m, e, e->at + value_at, error);
}

/* deflate makes at most 1032 bytes of one */
enum { MOST_EXPANSION = 1032 };

bool trmi_i8_bytes(uint64_t rows, uint64_t columns, uint64_t *scales_at, uint64_t *bytes)
{
    uint64_t codes, scales;
    return trmi_multiply(rows, columns, &codes) && trmi_align(codes, TRMI_TENSOR_ALIGNMENT, scales_at) &&
           trmi_multiply(rows, 4, &scales) && trmi_add(*scales_at, scales, bytes);
}

/* The size of a tensor once expanded; false when it does not fit in 64 bits. */
static bool tensor_bytes(trmi_tensor_entry *t)
{
    uint64_t numbers;
    if (t->type == TRMI_TYPE_I8)
        return trmi_i8_bytes(t->rows, t->columns, &numbers, &t->bytes);
    return trmi_multiply(t->rows, t->columns, &numbers) && trmi_multiply(numbers, 4, &t->bytes);
}

/* The sizes of a tensor agree with one another and with the file. */
static trm_status check_tensor_sizes(trmi_tensor_entry *t, uint64_t file_bytes, trm_error *error)
{
    if (t->rows == 0 || t->columns == 0 || !tensor_bytes(t))
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "tensor %s: expected rows x columns of at least 1 whose bytes fit in 64 bits, found %llu x %llu",
            t->name, (unsigned long long)t->rows, (unsigned long long)t->columns);
    if (t->offset % TRMI_TENSOR_ALIGNMENT != 0 || t->offset > file_bytes ||
        t->stored_bytes > file_bytes - t->offset || t->stored_bytes == 0)
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "tensor %s: expected bytes inside the file of %llu at a multiple of %d, found %llu at %llu",
            t->name, (unsigned long long)file_bytes, TRMI_TENSOR_ALIGNMENT,
            (unsigned long long)t->stored_bytes, (unsigned long long)t->offset);
    if (t->encoding == TRMI_ENCODING_RAW && t->stored_bytes != t->bytes)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %s: expected %llu stored bytes for %llu x %llu numbers, found %llu", t->name,
                         (unsigned long long)t->bytes, (unsigned long long)t->rows,
                         (unsigned long long)t->columns, (unsigned long long)t->stored_bytes);
    if (t->encoding == TRMI_ENCODING_DEFLATE && t->bytes / MOST_EXPANSION > t->stored_bytes)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %s: expected what %llu deflated bytes can hold, found a claim of %llu bytes",
                         t->name, (unsigned long long)t->stored_bytes, (unsigned long long)t->bytes);
    return TRM_OK;
}

static trm_status read_tensor(trmi_tensor_entry *t, const entry_view *e, uint64_t file_bytes, bool *known,
                              trm_error *error)
{
    const uint8_t *at = e->at;
    const uint32_t name_bytes = trmi_load16(at + TRMI_TENSOR_NAME_BYTES);
    const trm_status status = check_name(e, TRMI_TENSOR_HEAD_BYTES, name_bytes, error);
    if (status != TRM_OK)
        return status;
    *t = (trmi_tensor_entry) {
        .name = (const char *)at + TRMI_TENSOR_HEAD_BYTES,
        .type = at[TRMI_TENSOR_TYPE],
        .layout = at[TRMI_TENSOR_LAYOUT],
        .encoding = at[TRMI_TENSOR_ENCODING],
        .crc = trmi_load32(at + TRMI_TENSOR_CRC),
        .rows = trmi_load64(at + TRMI_TENSOR_ROWS),
        .columns = trmi_load64(at + TRMI_TENSOR_COLUMNS),
        .offset = trmi_load64(at + TRMI_TENSOR_OFFSET),
        .stored_bytes = trmi_load64(at + TRMI_TENSOR_STORED_BYTES),
    };
    const bool known_type =
        t->type == TRMI_TYPE_F32 || (t->type == TRMI_TYPE_I8 && e->minor >= TRMI_I8_MINOR);
    *known = known_type && (t->layout == 1 || t->layout == 2) &&
             (t->encoding == TRMI_ENCODING_RAW || t->encoding == TRMI_ENCODING_DEFLATE);
    if (e->strict && (!*known || !all_zero(at + TRMI_TENSOR_RESERVED, at + TRMI_TENSOR_CRC)))
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %s: expected type 1%s, layout 1 or 2, encoding 1 or 2 and zeros in the "
                         "reserved bytes, found type %u, layout %u, encoding %u",
                         t->name, e->minor >= TRMI_I8_MINOR ? " or 3" : "", (unsigned)t->type,
                         (unsigned)t->layout, (unsigned)t->encoding);
    if (!all_zero(at + TRMI_TENSOR_HEAD_BYTES + name_bytes, at + e->bytes))
        return fail_entry(e, error, "zeros behind the name", "other bytes");
    return *known ? check_tensor_sizes(t, file_bytes, error) : TRM_OK;
}

/* ------------------------------------------------------------------------------------------- directory */

/* Entries of the copied directory; those of types that only newer minor versions have are passed over. */
static trm_status read_entries(trmi_container *c, const header *h, const uint8_t *directory, trm_error *error)
{
    uint64_t at = 0;
    trm_status status = TRM_OK;
    for (uint32_t i = 0; i < h->metadata_count + h->tensor_count; i++) {
        const bool metadata = i < h->metadata_count;
        bool known = false;
        entry_view e;
        status = take_entry(&e, directory + at, h->directory_bytes - at,
                            metadata ? TRMI_METADATA_HEAD_BYTES : TRMI_TENSOR_HEAD_BYTES,
                            h->directory_offset + at, h->minor, error);
        if (status == TRM_OK && metadata)
            status = read_metadata(&c->metadata[c->metadata_count], &e, &known, error);
        else if (status == TRM_OK)
            status = read_tensor(&c->tensors[c->tensor_count], &e, c->file_bytes, &known, error);
        if (status != TRM_OK)
            return status;
        c->metadata_count += metadata && known;
        c->tensor_count += !metadata && known;
        at += e.bytes;
    }
    if (at != h->directory_bytes)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "directory: expected its entries to fill %llu bytes, found %llu",
                         (unsigned long long)h->directory_bytes, (unsigned long long)at);
    return TRM_OK;
}

typedef bool comes_before(const void *a, const void *b);

/* Moves item `at` of a heap, the last on top, down to its place. */
static void sift(const void **items, size_t at, size_t count, comes_before *before)
{
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
static trm_status check_overlaps(const trmi_container *c, const header *h, const void **order,
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

static trm_status check_directory(trmi_container *c, const header *h, const void **names, trm_error *error)
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

/* One block: the copy of the directory, the entries, and room for sorting pointers to them. */
static uint8_t *layout(trmi_container *c, const header *h, trmi_arena *arena, const void ***room)
{
    const uint32_t most = h->metadata_count > h->tensor_count ? h->metadata_count : h->tensor_count;
    c->metadata = trmi_arena_take(arena, h->metadata_count, sizeof *c->metadata);
    c->tensors = trmi_arena_take(arena, h->tensor_count, sizeof *c->tensors);
    *room = trmi_arena_take(arena, most, sizeof **room);
    return trmi_arena_take(arena, h->directory_bytes, 1);
}

static trm_status copy_directory(trmi_container *c, const header *h, const uint8_t *data, trm_error *error)
{
    const void **room;
    trmi_arena measure = { .base = NULL };
    layout(c, h, &measure, &room);
    c->memory = trmi_allocate(c->allocator, measure.used);
    if (c->memory == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "the allocator returned NULL for a directory of %llu bytes",
                         (unsigned long long)measure.used);
    c->memory_bytes = measure.used;
    trmi_arena arena = { .base = c->memory };
    uint8_t *directory = layout(c, h, &arena, &room);
    memcpy(directory, data + h->directory_offset, (size_t)h->directory_bytes);
    const uint32_t found = trmi_crc32c(0, directory, (size_t)h->directory_bytes);
    if (found != h->directory_crc)
        return trmi_fail(error, TRM_ERROR_CHECKSUM,
                         "directory: expected checksum %08x, found %08x: the file is damaged",
                         (unsigned)h->directory_crc, (unsigned)found);
    const trm_status status = read_entries(c, h, directory, error);
    return status == TRM_OK ? check_directory(c, h, room, error) : status;
}

trm_status trmi_container_open(trmi_container *container, const void *data, uint64_t bytes,
                               const trm_allocator *allocator, trm_error *error)
{
    header h;
    *container = (trmi_container) { .allocator = allocator, .file_bytes = bytes };
    trm_status status = read_header(&h, data, bytes, error);
    if (status == TRM_OK)
        status = copy_directory(container, &h, data, error);
    if (status != TRM_OK)
        trmi_container_close(container);
    return status;
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
    for (uint64_t i = begin; TRMI_BIG_ENDIAN && i < bytes; i += 4) {
        const uint32_t bits = trmi_load32(at + i);
        memcpy(at + i, &bits, sizeof bits);
    }
}

trm_status trmi_container_load(const trmi_tensor_entry *entry, const void *data, void *to,
                               const trm_allocator *allocator, trm_error *error)
{
    const uint8_t *stored = (const uint8_t *)data + entry->offset;
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
