/* The safetensors format: a JSON header that names tensors, then their numbers. Knows nothing of models. */
#ifndef TRMI_INTERCHANGE_SAFETENSORS_H
#define TRMI_INTERCHANGE_SAFETENSORS_H

#include <jansson.h>

#include "lib/core/output.h"

enum {
    TRMI_SAFETENSORS_HEADER_BYTES = 16777216, /* the largest header that is read */
    TRMI_SAFETENSORS_TENSORS = 65536,
    TRMI_SAFETENSORS_RANK = 8,
};

typedef enum trmi_number_type {
    TRMI_NUMBER_F64,
    TRMI_NUMBER_F32,
    TRMI_NUMBER_F16,
    TRMI_NUMBER_BF16,
    TRMI_NUMBER_I64,
    TRMI_NUMBER_I32,
    TRMI_NUMBER_OTHER /* may be in a file, cannot be read as numbers */
} trmi_number_type;

typedef struct trmi_safetensor {
    const char *name;
    trmi_number_type type;
    uint32_t rank;
    uint64_t shape[TRMI_SAFETENSORS_RANK];
    uint64_t count;      /* of numbers: the shape's product */
    uint64_t begin, end; /* in `data` */
} trmi_safetensor;

typedef struct trmi_safetensors {
    const trm_allocator *allocator;
    json_t *header; /* owns the names */
    const uint8_t *data;
    uint64_t data_bytes;
    uint32_t count;
    trmi_safetensor *tensors; /* in the order of their data */
} trmi_safetensors;

/* Validates the file in memory, which has to live as long: every tensor's numbers are where they are said to
 * be, and together they fill the file. On failure there is nothing to close. */
trm_status trmi_safetensors_open(trmi_safetensors *file, const void *bytes, uint64_t size,
                                 const trm_allocator *allocator, trm_error *error);
void trmi_safetensors_close(trmi_safetensors *file);

/* By its whole name; NULL when there is none. */
const trmi_safetensor *trmi_safetensors_find(const trmi_safetensors *file, const char *name);

/* The object `__metadata__`, or NULL. */
const json_t *trmi_safetensors_metadata(const trmi_safetensors *file);

/* All numbers of the tensor as f32, row after row. Those that f32 cannot hold as finite numbers are refused.
 */
trm_status trmi_safetensor_floats(const trmi_safetensors *file, const trmi_safetensor *tensor, float *to,
                                  trm_error *error);

/* "[6, 64]" in `text`, which is returned. */
enum { TRMI_SHAPE_BYTES = TRMI_SAFETENSORS_RANK * 22 + 3 };
const char *trmi_shape_text(char text[TRMI_SHAPE_BYTES], const uint64_t *shape, uint32_t rank);

/* Begins a file: its length field and `header`, padded with spaces so that the data is aligned to 8 bytes. */
trm_status trmi_safetensors_begin(trmi_output *output, const json_t *header, trm_error *error);

#endif
