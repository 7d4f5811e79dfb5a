#include "tests/fuzz/parts.h"

#include <stdlib.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/checksum.h"
#include "lib/format/layout.h"
#include "tests/fuzz/damage.h"

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static void keep(part *p, const uint8_t *data, size_t bytes)
{
    p->data = must(malloc(bytes + 1));
    p->bytes = bytes;
    memcpy(p->data, data, bytes);
}

static size_t up_to(size_t value, size_t step)
{
    return (value + step - 1) / step * step;
}

/* -------------------------------------------------------------------------------------------- reading */

static void read_metadata(part *p, const uint8_t *entry)
{
    const size_t name = trmi_load16(entry + TRMI_METADATA_KEY_BYTES);
    memcpy(p->name, entry + TRMI_METADATA_HEAD_BYTES, name < LONGEST_NAME ? name : LONGEST_NAME - 1);
    p->type = entry[TRMI_METADATA_TYPE];
    keep(p, entry + TRMI_METADATA_HEAD_BYTES + name + 1, trmi_load32(entry + TRMI_METADATA_VALUE_BYTES));
}

static void read_tensor(part *p, const uint8_t *entry, const uint8_t *file)
{
    const size_t name = trmi_load16(entry + TRMI_TENSOR_NAME_BYTES);
    memcpy(p->name, entry + TRMI_TENSOR_HEAD_BYTES, name < LONGEST_NAME ? name : LONGEST_NAME - 1);
    p->tensor = true;
    p->type = entry[TRMI_TENSOR_TYPE];
    p->layout = entry[TRMI_TENSOR_LAYOUT];
    p->encoding = entry[TRMI_TENSOR_ENCODING];
    p->rows = trmi_load64(entry + TRMI_TENSOR_ROWS);
    p->columns = trmi_load64(entry + TRMI_TENSOR_COLUMNS);
    keep(p, file + trmi_load64(entry + TRMI_TENSOR_OFFSET), trmi_load64(entry + TRMI_TENSOR_STORED_BYTES));
}

void parts_read(parts *all, const uint8_t *file, size_t size)
{
    const uint32_t metadata = trmi_load32(file + TRMI_HEADER_METADATA_COUNT),
                   tensors = trmi_load32(file + TRMI_HEADER_TENSOR_COUNT);
    size_t at = trmi_load64(file + TRMI_HEADER_DIRECTORY_OFFSET);
    memset(all, 0, sizeof *all);
    all->minor = trmi_load16(file + TRMI_HEADER_MINOR);
    all->count = metadata + tensors;
    if (all->count > MOST_PARTS || at > size)
        abort();
    for (uint32_t i = 0; i < all->count; i++) {
        if (i < metadata)
            read_metadata(&all->list[i], file + at);
        else
            read_tensor(&all->list[i], file + at, file);
        at += trmi_load32(file + at);
    }
}

void parts_copy(parts *to, const parts *from)
{
    *to = *from;
    for (uint32_t i = 0; i < to->count; i++)
        keep(&to->list[i], from->list[i].data, from->list[i].bytes);
}

void parts_free(parts *all)
{
    for (uint32_t i = 0; i < all->count; i++)
        free(all->list[i].data);
    all->count = 0;
}

part *parts_find(parts *all, const char *name)
{
    for (uint32_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].name, name) == 0)
            return &all->list[i];
    return NULL;
}

void part_resize(part *of, size_t bytes)
{
    of->data = must(realloc(of->data, bytes + 1));
    if (bytes > of->bytes)
        memset(of->data + of->bytes, 0, bytes - of->bytes);
    of->bytes = bytes;
}

/* -------------------------------------------------------------------------------------------- writing */

static bool ends_with_zero(const part *p)
{
    return !p->tensor && p->type >= 3; /* text and bytes */
}

static size_t entry_bytes(const part *p)
{
    const size_t name = strlen(p->name) + 1;
    return up_to(p->tensor ? TRMI_TENSOR_HEAD_BYTES + name
                           : TRMI_METADATA_HEAD_BYTES + name + p->bytes + ends_with_zero(p),
                 TRMI_ENTRY_ALIGNMENT);
}

static void write_metadata(const part *p, uint8_t *entry)
{
    const size_t name = strlen(p->name);
    trmi_store16(entry + TRMI_METADATA_KEY_BYTES, (uint16_t)name);
    entry[TRMI_METADATA_TYPE] = p->type;
    trmi_store32(entry + TRMI_METADATA_VALUE_BYTES, (uint32_t)p->bytes);
    memcpy(entry + TRMI_METADATA_HEAD_BYTES, p->name, name);
    memcpy(entry + TRMI_METADATA_HEAD_BYTES + name + 1, p->data, p->bytes);
}

static void write_tensor(const part *p, uint8_t *entry, uint64_t offset)
{
    trmi_store16(entry + TRMI_TENSOR_NAME_BYTES, (uint16_t)strlen(p->name));
    entry[TRMI_TENSOR_TYPE] = p->type;
    entry[TRMI_TENSOR_LAYOUT] = p->layout;
    entry[TRMI_TENSOR_ENCODING] = p->encoding;
    trmi_store32(entry + TRMI_TENSOR_CRC, trmi_crc32c(0, p->data, p->bytes));
    trmi_store64(entry + TRMI_TENSOR_ROWS, p->rows);
    trmi_store64(entry + TRMI_TENSOR_COLUMNS, p->columns);
    trmi_store64(entry + TRMI_TENSOR_OFFSET, offset);
    trmi_store64(entry + TRMI_TENSOR_STORED_BYTES, p->bytes);
    memcpy(entry + TRMI_TENSOR_HEAD_BYTES, p->name, strlen(p->name));
}

static void write_header(const parts *all, size_t directory, uint8_t *file)
{
    uint32_t tensors = 0;
    for (uint32_t i = 0; i < all->count; i++)
        tensors += all->list[i].tensor;
    memcpy(file + TRMI_HEADER_MAGIC, TRMI_MAGIC, 8);
    trmi_store16(file + TRMI_HEADER_MAJOR, TRMI_FORMAT_MAJOR);
    trmi_store16(file + TRMI_HEADER_MINOR, all->minor);
    trmi_store64(file + TRMI_HEADER_DIRECTORY_OFFSET, TRMI_HEADER_BYTES);
    trmi_store64(file + TRMI_HEADER_DIRECTORY_BYTES, directory);
    trmi_store32(file + TRMI_HEADER_METADATA_COUNT, all->count - tensors);
    trmi_store32(file + TRMI_HEADER_TENSOR_COUNT, tensors);
}

uint8_t *parts_write(const parts *all, size_t *size)
{
    size_t directory = 0, bytes = 0;
    for (uint32_t i = 0; i < all->count; i++) {
        directory += entry_bytes(&all->list[i]);
        bytes += all->list[i].tensor ? up_to(all->list[i].bytes, TRMI_TENSOR_ALIGNMENT) : 0;
    }
    size_t offset = up_to(TRMI_HEADER_BYTES + directory, TRMI_TENSOR_ALIGNMENT);
    uint8_t *file = must(calloc(1, offset + bytes + 1)), *entry = file + TRMI_HEADER_BYTES;
    *size = TRMI_HEADER_BYTES + directory;
    for (uint32_t i = 0; i < all->count; i++) {
        const part *p = &all->list[i];
        trmi_store32(entry, (uint32_t)entry_bytes(p));
        if (p->tensor) {
            write_tensor(p, entry, offset);
            memcpy(file + offset, p->data, p->bytes);
            *size = offset + p->bytes;
            offset += up_to(p->bytes, TRMI_TENSOR_ALIGNMENT);
        } else {
            write_metadata(p, entry);
        }
        entry += entry_bytes(p);
    }
    write_header(all, directory, file);
    sign(file, *size);
    return file;
}
