/* What a file of NumPy (.npy) says of its array. The header is hostile: it is short, and every number in it
   is bounded. */
#ifndef TRMI_PUZZLES_NPY_HEADER_H
#define TRMI_PUZZLES_NPY_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <trm/trm.h>

enum {
    TRMI_NPY_HEADER_BYTES = 10000, /* NumPy itself takes no longer ones */
    TRMI_NPY_DIMENSIONS = 4
};

typedef struct trmi_npy_header {
    uint32_t width;   /* bytes of a number: 1, 2, 4, 8 */
    bool is_signed;   /* false: numbers from 0 on */
    uint32_t rank;    /* dimensions */
    uint64_t rows;    /* the first of them */
    uint64_t numbers; /* of a row: the product of the others */
    char shape[80];   /* as text, for sentences */
} trmi_npy_header;

/* Reads the text that follows the length, `bytes` of it with a zero behind them. TRM_ERROR_FORMAT for what is
 * no array of whole numbers in the order of C; the sentence does not name the file. */
trm_status trmi_npy_header_read(trmi_npy_header *header, const char *text, size_t bytes, trm_error *error);

#endif
