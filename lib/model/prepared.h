/* A prepared model: what opening a file finds out of it, and its weights, for machines that shall not spend
 * code on finding it out again. trm_model_prepare() writes one from a model that it has opened; firmware
 * without the part "files" uses it where it lies (lib/model/prepared.c).
 *
 * It is numbers alone, which have the same places on every machine of little-endian numbers. Whoever changes
 * what they mean without changing how many there are counts TRMI_PREPARED_MEANING up. */
#ifndef TRMI_MODEL_PREPARED_H
#define TRMI_MODEL_PREPARED_H

#include "lib/core/memory.h"
#include "lib/model/config.h"
#include "lib/model/tensors.h"
#include "lib/task/task.h"

#define TRMI_PREPARED_MAGIC "\x89TRM\r\n\x1aP" /* as that of a file, but for the last byte */

enum {
    TRMI_PREPARED_MEANING = 1,
    TRMI_PREPARED_MAGIC_BYTES = 8,
    TRMI_PREPARED_UNCHECKED = 20 /* bytes before what its checksum is of: up to itself */
};

/* What matrices of blocks are made of: a set. */
typedef enum trmi_prepared_precision {
    TRMI_PREPARED_FP32 = 1,
    TRMI_PREPARED_INT8 = 2
} trmi_prepared_precision;

/* Where a matrix of a block begins, in bytes from the first: its numbers, or integers and their scales. */
typedef struct trmi_prepared_matrix {
    uint32_t at, scales_at; /* scales_at 0: numbers */
} trmi_prepared_matrix;

/* It begins at a multiple of TRMI_ALIGNMENT, and so do all tensors. Behind it are the matrices of all blocks,
 * those of the low network first, then texts and tensors. */
typedef struct trmi_prepared {
    char magic[TRMI_PREPARED_MAGIC_BYTES];
    uint32_t layout; /* TRMI_PREPARED_LAYOUT */
    uint32_t bytes;  /* of all of it */
    uint32_t crc;    /* CRC-32C of what is behind it */
    uint32_t precisions;
    trmi_config config;
    uint64_t parameters, weight_bytes;
    float norm_epsilon;
    uint32_t name_at, characters_at;       /* texts of the task; 0: none */
    uint32_t plain_at[TRMI_ROLE_COUNT];    /* tensors by their role; 0: none */
    unsigned char task[TRMI_TASK_NUMBERS]; /* from trmi_task.shape on */
} trmi_prepared;

#define TRMI_PREPARED_LAYOUT ((uint32_t)(TRMI_PREPARED_MEANING * 65536u + sizeof(trmi_prepared)))

/* The first matrix. */
static inline const trmi_prepared_matrix *trmi_prepared_matrices(const trmi_prepared *prepared)
{
    return (const trmi_prepared_matrix *)(prepared + 1);
}

#endif
