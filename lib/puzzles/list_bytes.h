/* The plain bytes of a list of puzzles: a file, a pipe, a terminal or memory, inflated when it begins as gzip
   does. */
#ifndef TRMI_PUZZLES_LIST_BYTES_H
#define TRMI_PUZZLES_LIST_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <trm/trm.h>

enum { TRMI_LIST_BLOCK = 65536 };

typedef struct trmi_byte_block {
    size_t at, filled;
    uint8_t bytes[TRMI_LIST_BLOCK];
} trmi_byte_block;

typedef struct trmi_list_bytes {
    const trm_allocator *allocator; /* the list's own */
    const char *name;               /* for sentences; the list's own */
    const uint64_t *line;           /* the number of the last line, for sentences */
    int descriptor;                 /* -1: they are in memory */
    const uint8_t *memory;          /* the caller's, what is left of it */
    size_t memory_left;
    uint64_t size;                      /* of the stored file, 0: unknown */
    uint64_t stored_bytes, plain_bytes; /* how many came so far */
    trmi_byte_block stored, plain;      /* plain is used for gzip alone */
    void *inflating;                    /* gzip: zlib's state; NULL for a plain file */
} trmi_list_bytes;

/* Reads the first block, and knows by it whether the file is gzipped. */
trm_status trmi_list_bytes_begin(trmi_list_bytes *b, trm_error *error);

/* The block that lines are cut from, with bytes in it unless the file has ended. */
trm_status trmi_list_bytes_next(trmi_list_bytes *b, trmi_byte_block **from, trm_error *error);

/* Leaves the descriptor open. */
void trmi_list_bytes_end(trmi_list_bytes *b);

#endif
