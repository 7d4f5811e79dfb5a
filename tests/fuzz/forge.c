#include "config.h"

#include "tests/fuzz/forge.h"

#include <stdlib.h>
#include <string.h>

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

#include "lib/core/bytes.h"
#include "lib/format/layout.h"
#include "tests/fuzz/damage.h"
#include "tests/support/random.h"

static uint32_t below(random_source *source, uint64_t limit)
{
    return limit == 0 ? 0 : random_below(source, (uint32_t)limit);
}

/* Small ones, those at which readers stumble, and neighbours of what is there. */
static uint64_t draw_number(random_source *source, uint64_t old)
{
    static const uint64_t numbers[] = { 0,
                                        1,
                                        2,
                                        3,
                                        4,
                                        7,
                                        8,
                                        15,
                                        16,
                                        17,
                                        31,
                                        64,
                                        100,
                                        127,
                                        128,
                                        255,
                                        256,
                                        1000,
                                        1023,
                                        1024,
                                        1025,
                                        32767,
                                        65535,
                                        65536,
                                        0x7fffffff,
                                        0x80000000,
                                        0xffffffff,
                                        0x100000000,
                                        1ull << 33,
                                        UINT64_MAX,
                                        UINT64_MAX / 2,
                                        1ull << 62 };
    switch (below(source, 5)) {
    case 0:
        return old + 1;
    case 1:
        return old - 1;
    case 2:
        return old * 2;
    case 3:
        return old / 2;
    default:
        return numbers[below(source, sizeof numbers / sizeof *numbers)];
    }
}

static bool is_metadata(const part *p)
{
    return !p->tensor;
}
static bool is_number(const part *p)
{
    return !p->tensor && p->bytes == 8;
}
static bool is_list(const part *p)
{
    return !p->tensor && p->bytes >= 8 && strncmp(p->name, "train.", 6) == 0;
}
static bool is_tensor(const part *p)
{
    return p->tensor;
}
static bool is_extra(const part *p)
{
    return p->tensor && strncmp(p->name, "train.", 6) == 0;
}
static bool has_numbers(const part *p)
{
    return p->tensor && p->bytes >= 4;
}

/* One of those that are so, or NULL. */
static part *pick(parts *all, bool (*is_so)(const part *), random_source *source)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < all->count; i++)
        count += is_so(&all->list[i]);
    uint32_t which = below(source, count);
    for (uint32_t i = 0; i < all->count; i++)
        if (is_so(&all->list[i]) && which-- == 0)
            return &all->list[i];
    return NULL;
}

/* -------------------------------------------------------------------------------------------- changes */

static void change_list(parts *all, random_source *source)
{
    part *p = pick(all, is_list, source);
    if (p == NULL)
        return;
    uint8_t *at = p->data + 8 * (size_t)below(source, p->bytes / 8);
    trmi_store64(at, draw_number(source, trmi_load64(at)));
}

static void change_number(parts *all, random_source *source)
{
    part *p = pick(all, is_number, source);
    if (p != NULL)
        trmi_store64(p->data, draw_number(source, trmi_load64(p->data)));
}

/* Of another metadata entry. */
static void change_value(parts *all, random_source *source)
{
    const part *from = pick(all, is_metadata, source);
    part *to = pick(all, is_metadata, source);
    if (from == NULL || from == to)
        return;
    part_resize(to, from->bytes);
    memcpy(to->data, from->data, from->bytes);
    to->type = from->type;
}

static void change_kind(parts *all, random_source *source)
{
    part *p = pick(all, below(source, 2) ? is_tensor : is_extra, source);
    if (p == NULL)
        return;
    uint8_t *const fields[] = { &p->type, &p->layout, &p->encoding };
    *fields[below(source, 3)] = (uint8_t)below(source, 5);
    if (below(source, 2))
        all->minor = (uint16_t)below(source, 4);
}

static void change_shape(parts *all, random_source *source)
{
    part *p = pick(all, below(source, 2) ? is_tensor : is_extra, source);
    if (p == NULL)
        return;
    const uint64_t rows = p->rows;
    switch (below(source, 4)) {
    case 0:
        p->rows = p->columns;
        p->columns = rows;
        break;
    case 1:
        p->rows = draw_number(source, p->rows);
        break;
    case 2:
        p->columns = draw_number(source, p->columns);
        break;
    default:
        p->rows = p->rows * 2;
        p->columns = p->columns / 2;
        break;
    }
    if (below(source, 2) && p->rows < 4096 && p->columns < 4096)
        part_resize(p, p->rows * p->columns * 4);
}

static void change_size(parts *all, random_source *source)
{
    part *p = pick(all, below(source, 2) ? is_extra : is_tensor, source);
    if (p != NULL)
        part_resize(p, below(source, 2) ? below(source, p->bytes + 1) : p->bytes + below(source, 100));
}

/* 8-bit integers as they should be, where they should not. */
static void make_integers(parts *all, random_source *source)
{
    part *p = pick(all, below(source, 2) ? is_extra : is_tensor, source);
    if (p == NULL || p->rows > 65536 || p->columns > 65536)
        return;
    const uint64_t columns = below(source, 2) ? p->columns : (p->columns + 3) / 4 * 4;
    const size_t codes = p->rows * columns, scales_at = (codes + 63) / 64 * 64;
    if (codes > 1 << 20)
        return;
    part_resize(p, scales_at + 4 * p->rows);
    memset(p->data, 0, p->bytes);
    for (size_t i = 0; i < codes; i++)
        p->data[i] = (uint8_t)below(source, 2);
    for (size_t row = 0; row < p->rows; row++)
        trmi_store32(p->data + scales_at + 4 * row, 0x3c800000);
    p->columns = columns;
    p->type = TRMI_TYPE_I8;
    p->encoding = TRMI_ENCODING_RAW;
    all->minor = TRMI_I8_MINOR;
}

static void change_numbers(parts *all, random_source *source)
{
    static const uint32_t bits[] = { 0x7fc00000, 0x7f800000, 0xff800000, 0x7f7fffff, 0xff7fffff, 0x00000001,
                                     0x80000000, 0x80000001, 0x7149f2ca, 0xbf800000, 0x3f800000, 0x7f800001,
                                     0x5f000000, 0xdf000000, 0,          0x0d000000 };
    part *p = pick(all, below(source, 2) ? is_extra : has_numbers, source);
    for (uint32_t i = 0, count = 1 + below(source, 8); p != NULL && p->bytes >= 4 && i < count; i++)
        trmi_store32(p->data + 4 * (size_t)below(source, p->bytes / 4),
                     bits[below(source, sizeof bits / sizeof *bits)]);
}

static void exchange(parts *all, random_source *source)
{
    part *a = pick(all, is_tensor, source), *b = pick(all, is_tensor, source);
    if (a == NULL || a == b)
        return;
    const part kept = *a;
    *a = *b;
    *b = kept;
    if (below(source, 2)) { /* the names stay */
        char name[LONGEST_NAME];
        memcpy(name, a->name, sizeof name);
        memcpy(a->name, b->name, sizeof name);
        memcpy(b->name, name, sizeof name);
    }
}

static void take_away(parts *all, random_source *source)
{
    const uint32_t which = below(source, all->count);
    if (all->count == 0)
        return;
    free(all->list[which].data);
    memmove(&all->list[which], &all->list[which + 1], (all->count - which - 1) * sizeof *all->list);
    all->count--;
}

/* Metadata come before tensors: a copy goes beside its original. */
static void repeat(parts *all, random_source *source)
{
    if (all->count == 0 || all->count == MOST_PARTS)
        return;
    const uint32_t which = below(source, all->count);
    memmove(&all->list[which + 1], &all->list[which], (all->count - which) * sizeof *all->list);
    all->count++;
    part *copy = &all->list[which];
    uint8_t *data = malloc(copy->bytes + 1);
    if (data == NULL)
        abort();
    memcpy(data, copy->data, copy->bytes);
    copy->data = data;
    if (below(source, 4) != 0)
        copy->name[0] = (char)('a' + below(source, 26));
}

static void rename_part(parts *all, random_source *source)
{
    const part *from = pick(all, is_tensor, source);
    part *to = pick(all, below(source, 2) ? is_tensor : is_metadata, source);
    if (from != NULL && to != NULL && from != to)
        memcpy(to->name, from->name, sizeof to->name);
}

static void deflate_part(parts *all, random_source *source)
{
    part *p = pick(all, is_tensor, source);
    if (p == NULL || p->encoding != TRMI_ENCODING_RAW)
        return;
#ifdef TRMI_HAVE_ZLIB
    uLongf bytes = compressBound((uLong)p->bytes);
    uint8_t *deflated = malloc(bytes);
    if (deflated == NULL || compress(deflated, &bytes, p->data, (uLong)p->bytes) != Z_OK)
        abort();
    free(p->data);
    p->data = deflated;
    p->bytes = bytes;
#endif
    p->encoding = TRMI_ENCODING_DEFLATE;
}

typedef void change(parts *all, random_source *source);

static change *const changes[] = {
    change_list,  change_list, change_list,   change_number, change_number,  change_value,   change_kind,
    change_shape, change_size, make_integers, make_integers, change_numbers, change_numbers, change_numbers,
    exchange,     take_away,   repeat,        rename_part,   deflate_part,   deflate_part,
};

uint8_t *forge(const parts *good, uint64_t seed, size_t *size)
{
    static parts forged;
    random_source source = random_begin(seed);
    parts_copy(&forged, good);
    for (uint32_t count = 1 + below(&source, 4) * below(&source, 2); count > 0; count--)
        changes[below(&source, sizeof changes / sizeof *changes)](&forged, &source);
    uint8_t *file = parts_write(&forged, size);
    parts_free(&forged);
    if (below(&source, 8) == 0) {
        damage(file, size, seed);
        sign(file, *size);
    }
    return file;
}
