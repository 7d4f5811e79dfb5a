/* Makes .trm files in memory, right ones and wrong ones. Written from doc/format.md alone: offsets and
 * checksums are its own, so that a mistake in the library's reader or writer cannot hide here. */
#ifndef TRM_TESTS_TRM_BUILDER_H
#define TRM_TESTS_TRM_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/config.h"

/* Bytes that grow. */
typedef struct byte_list {
    uint8_t *bytes;
    size_t used, room;
} byte_list;

/* Starts as zeros; builder_finish() ends it. */
typedef struct trm_builder {
    byte_list metadata, tensors, data;
    uint32_t metadata_count, tensor_count;
    const char *omit; /* a key or tensor name that builder_model() leaves out, or NULL */
    bool deflate;     /* tensors of builder_model() */
} trm_builder;

/* A finished file, aligned to 64 bytes. */
typedef struct trm_file {
    uint8_t *bytes;
    size_t size;
} trm_file;

/* A metadata entry with any type and value; `zero` says whether a zero byte follows the value. */
void builder_value(trm_builder *builder, const char *key, uint8_t type, const void *value, size_t bytes,
                   bool zero);
void builder_integer(trm_builder *builder, const char *key, uint64_t value);
void builder_real(trm_builder *builder, const char *key, double value);
void builder_text(trm_builder *builder, const char *key, const char *text);

/* A tensor whose stored bytes are `data`, as they are. */
typedef struct stored_tensor {
    const char *name;
    uint8_t type, layout, encoding;
    uint64_t rows, columns;
    const void *data;
    size_t bytes;
} stored_tensor;
void builder_tensor(trm_builder *builder, const stored_tensor *tensor);

/* All keys and tensors of a model. Number i of a tensor, as it lies in memory, is builder_number(name, i), or
 * 0 where there is padding. */
void builder_model(trm_builder *builder, const trmi_config *config);
float builder_number(const char *name, size_t index);

trm_file builder_finish(trm_builder *builder);
trm_file builder_model_file(const trmi_config *config);
trm_file file_copy(const trm_file *file);
void file_free(trm_file *file);

/* Offsets in the file: of an entry by its key or name, and of a tensor's data. The test fails when there is
 * none. */
size_t file_metadata(const trm_file *file, const char *key);
size_t file_tensor(const trm_file *file, const char *name);
size_t file_data(const trm_file *file, const char *name);

/* Number `index` of a raw tensor becomes `value`; the tensor and then the file are signed. */
void file_set_number(trm_file *file, const char *name, size_t index, float value);

/* Numbers begin .. end - 1 of a raw tensor, all of them where `end` is 0, are multiplied by `factor`, which
 * makes none larger than the largest float. Then the same. */
void file_scale_numbers(trm_file *file, const char *name, size_t begin, size_t end, double factor);

/* Makes checksums right again: of a tensor; of the directory and then of the header. */
void file_sign_tensor(trm_file *file, const char *name);
void file_sign(trm_file *file);

void put16(uint8_t *to, uint16_t value);
void put32(uint8_t *to, uint32_t value);
void put64(uint8_t *to, uint64_t value);

/* The example of doc/format.md, and a model with padding in every place. */
trmi_config tiny_config(void);
trmi_config ragged_config(void);

/* A file of it with everything that a file can tell: name, alphabet. */
trm_file ragged_file(bool deflate);
trm_file tiny_file(void);

#endif
