/* A .trm file taken apart, and put together again with right sizes, offsets and checksums: what doc/format.md
 * says, and nothing of the library's reader. */
#ifndef TRM_TESTS_FUZZ_PARTS_H
#define TRM_TESTS_FUZZ_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOST_PARTS = 128, LONGEST_NAME = 64 };

typedef struct part {
    bool tensor;
    char name[LONGEST_NAME];
    uint8_t type, layout, encoding; /* metadata have a type alone */
    uint64_t rows, columns;
    uint8_t *data; /* the value, or the stored bytes; malloc's */
    size_t bytes;
} part;

typedef struct parts {
    uint16_t minor;
    uint32_t count; /* metadata, then tensors */
    part list[MOST_PARTS];
} parts;

/* The file must be a good one. */
void parts_read(parts *all, const uint8_t *file, size_t size);
void parts_copy(parts *to, const parts *from);
void parts_free(parts *all);

/* By name; NULL where there is none. */
part *parts_find(parts *all, const char *name);
void part_resize(part *of, size_t bytes);

/* A malloc'ed file. */
uint8_t *parts_write(const parts *all, size_t *size);

#endif
