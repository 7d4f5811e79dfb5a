/* Entries of the directory. Nothing of one is used before it is bounded. */
#include "lib/format/entry.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/checked.h"
#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/format/layout.h"

static trm_status fail_entry(const trmi_raw_entry *e, trm_error *error, const char *expected,
                             const char *found)
{
    return trmi_fail(error, TRM_ERROR_FORMAT, "directory entry at offset %llu: expected %s, found %s",
                     (unsigned long long)e->offset, expected, found);
}

static trm_status fail_entry_number(const trmi_raw_entry *e, trm_error *error, const char *expected,
                                    uint64_t found)
{
    return trmi_fail(error, TRM_ERROR_FORMAT, "directory entry at offset %llu: expected %s, found %llu",
                     (unsigned long long)e->offset, expected, (unsigned long long)found);
}

trm_status trmi_entry_take(trmi_raw_entry *e, const uint8_t *at, uint64_t left, uint32_t head,
                           uint64_t offset, uint16_t minor, trm_error *error)
{
    *e = (trmi_raw_entry) { at, offset, 0, minor, minor <= TRMI_FORMAT_MINOR };
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
    assert(from <= to);
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
static trm_status check_name(const trmi_raw_entry *e, uint32_t head, uint32_t length, trm_error *error)
{
    const uint8_t *name = e->at + head;
    assert(head <= e->bytes);
    if (length == 0 || length > TRMI_MAXIMUM_NAME_BYTES || length + 1 > e->bytes - head)
        return fail_entry_number(e, error, "a name of 1 to 255 bytes inside the entry", length);
    for (uint32_t i = 0; i < length; i++)
        if (!is_name_character(name[i]))
            return fail_entry_number(e, error, "a name of letters, digits, '.', '_' and '-', in ASCII",
                                     name[i]);
    return name[length] == 0 ? TRM_OK
                             : fail_entry_number(e, error, "a zero byte behind the name", name[length]);
}

static trm_status read_value(trmi_metadata_entry *m, const trmi_raw_entry *e, const uint8_t *value,
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
                   : fail_entry(e, error, "a finite number", isnan(m->real) ? "NaN" : "infinity");
    }
    m->bytes = (const char *)value;
    if (m->type == TRM_METADATA_TEXT && !trmi_is_text(value, m->length))
        return fail_entry(e, error, "text in UTF-8 without zeros", "other bytes");
    return TRM_OK;
}

trm_status trmi_entry_metadata(trmi_metadata_entry *m, const trmi_raw_entry *e, bool *known, trm_error *error)
{
    const uint32_t key_bytes = trmi_load16(e->at + TRMI_METADATA_KEY_BYTES), type = e->at[TRMI_METADATA_TYPE];
    const uint32_t value_bytes = trmi_load32(e->at + TRMI_METADATA_VALUE_BYTES);
    TRMI_TRY(check_name(e, TRMI_METADATA_HEAD_BYTES, key_bytes, error));
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

trm_status trmi_entry_tensor(trmi_tensor_entry *t, const trmi_raw_entry *e, uint64_t file_bytes, bool *known,
                             trm_error *error)
{
    const uint8_t *at = e->at;
    const uint32_t name_bytes = trmi_load16(at + TRMI_TENSOR_NAME_BYTES);
    TRMI_TRY(check_name(e, TRMI_TENSOR_HEAD_BYTES, name_bytes, error));
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
