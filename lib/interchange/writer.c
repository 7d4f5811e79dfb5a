/* The directory stands before the tensors but tells their sizes and checksums. So its size is measured first
 * (by the code that will fill it), room is left, the tensors are written, and the directory after them in its
 * place. */
#include <assert.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/format/layout.h"
#include "lib/interchange/compress.h"
#include "lib/interchange/writer.h"
#include "lib/model/metadata.h"
#include "lib/model/quantise.h"

typedef struct writing {
    trmi_output *output;
    const trmi_weights *weights;
    bool deflated;
    uint8_t *directory; /* NULL while it is measured: then no tensor is written either */
    uint64_t used;      /* of the directory */
    uint32_t metadata_count, tensor_count;
    uint16_t minor; /* of the format: the oldest version that has all that is written */
} writing;

/* Takes an entry of at least `bytes` bytes from the directory, with its size in its first field; NULL while
 * measuring. */
static uint8_t *take_entry(writing *job, uint64_t bytes)
{
    const uint64_t aligned = (bytes + TRMI_ENTRY_ALIGNMENT - 1) / TRMI_ENTRY_ALIGNMENT * TRMI_ENTRY_ALIGNMENT;
    uint8_t *entry = job->directory == NULL ? NULL : job->directory + job->used;
    assert(aligned <= UINT32_MAX);
    job->used += aligned;
    if (entry != NULL)
        trmi_store32(entry, (uint32_t)aligned);
    return entry;
}

static void store_value(uint8_t *to, const trmi_metadata_entry *value)
{
    uint64_t bits = value->integer;
    if (value->type == TRM_METADATA_REAL)
        memcpy(&bits, &value->real, sizeof bits);
    if (value->bytes != NULL)
        memcpy(to, value->bytes, value->length);
    else
        trmi_store64(to, bits);
}

static trm_status put_metadata(void *user, const trmi_metadata_entry *value, trm_error *error)
{
    writing *job = user;
    const size_t key = strlen(value->key);
    const bool text = value->bytes != NULL;
    const uint32_t length = text ? value->length : (uint32_t)sizeof(uint64_t);
    if (key == 0 || key > TRMI_MAXIMUM_KEY_BYTES)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "a metadata key has %zu bytes; it may have 1 to %d", key,
                         TRMI_MAXIMUM_KEY_BYTES);
    if (length > TRMI_MAXIMUM_VALUE_BYTES)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "metadata %s has %u bytes; at most %d are allowed",
                         value->key, length, TRMI_MAXIMUM_VALUE_BYTES);
    if (++job->metadata_count > TRMI_MAXIMUM_METADATA)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "there are more than %d metadata entries",
                         TRMI_MAXIMUM_METADATA);
    uint8_t *entry = take_entry(job, TRMI_METADATA_HEAD_BYTES + key + 1 + length + (text ? 1 : 0));
    if (entry == NULL)
        return TRM_OK;
    trmi_store16(entry + TRMI_METADATA_KEY_BYTES, (uint16_t)key);
    entry[TRMI_METADATA_TYPE] = (uint8_t)value->type;
    trmi_store32(entry + TRMI_METADATA_VALUE_BYTES, length);
    memcpy(entry + TRMI_METADATA_HEAD_BYTES, value->key, key);
    store_value(entry + TRMI_METADATA_HEAD_BYTES + key + 1, value);
    return TRM_OK;
}

/* The numbers where the kernels want them, little-endian; padding is zero. */
static void pack(const trmi_tensor *tensor, const float *numbers, uint8_t *packed)
{
    const uint64_t rows = trmi_logical_rows(tensor), columns = trmi_logical_columns(tensor);
    for (uint64_t row = 0; row < rows; row++)
        for (uint64_t column = 0; column < columns; column++)
            trmi_store32(packed + sizeof(float) * trmi_tensor_index(tensor, row, column),
                         trmi_bits_of_float(*numbers++));
}

/* The tensor's bytes as a file of numbers has them. */
static trm_status fetch_packed(const writing *job, const trmi_tensor *tensor, uint8_t **packed,
                               trm_error *error)
{
    const trm_allocator *allocator = job->output->allocator;
    float *numbers;
    TRMI_TRY(trmi_weights_fetch(job->weights, tensor, allocator, &numbers, error));
    *packed =
        trmi_allocate(allocator, trmi_tensor_rows(tensor) * trmi_tensor_columns(tensor) * sizeof(float));
    if (*packed != NULL)
        pack(tensor, numbers, *packed);
    trmi_release(allocator, numbers);
    return *packed != NULL ? TRM_OK : trmi_no_memory(error, "packing tensor %s", tensor->name);
}

/* Numbers of this machine as a file has them, and back: the same exchange of bytes. */
static void exchange_numbers(void *numbers, uint64_t count)
{
    uint8_t *at = numbers;
    for (uint64_t i = 0; TRMI_BIG_ENDIAN && i < count; i++, at += sizeof(float)) {
        uint32_t bits;
        memcpy(&bits, at, sizeof bits);
        trmi_store32(at, bits);
    }
}

/* `codes` has room for integers and, `scales_at` bytes on, scales. */
static trm_status quantise(const writing *job, const trmi_tensor *tensor, uint8_t *codes, uint64_t scales_at,
                           trm_error *error)
{
    const uint64_t rows = trmi_tensor_rows(tensor);
    trm_status status = TRM_OK;
    uint8_t *packed = NULL;
    assert(scales_at >= rows * trmi_code_columns(tensor) && scales_at % TRMI_TENSOR_ALIGNMENT == 0);
    const trmi_weights *weights = job->weights;
    const bool stored =
        weights->supply_codes != NULL && weights->supply_codes(weights->user, tensor, codes, &status, error);
    if (!stored)
        status = fetch_packed(job, tensor, &packed, error);
    if (!stored && status == TRM_OK) {
        exchange_numbers(packed, rows * trmi_tensor_columns(tensor));
        trmi_quantise(tensor, (const float *)(const void *)packed, (int8_t *)codes,
                      (float *)(void *)(codes + scales_at));
    }
    trmi_release(job->output->allocator, packed);
    exchange_numbers(codes + scales_at, rows);
    return status;
}

static trm_status fetch_codes(const writing *job, const trmi_tensor *tensor, uint64_t scales_at,
                              uint64_t bytes, uint8_t **codes, trm_error *error)
{
    *codes = trmi_allocate(job->output->allocator, bytes);
    if (*codes == NULL)
        return trmi_no_memory(error, "quantising tensor %s", tensor->name);
    const trm_status status = quantise(job, tensor, *codes, scales_at, error);
    if (status != TRM_OK)
        trmi_release(job->output->allocator, *codes);
    return status;
}

static trm_status store_tensor(const writing *job, const trmi_tensor *tensor, uint32_t *crc, trm_error *error)
{
    uint64_t scales_at, bytes = trmi_tensor_rows(tensor) * trmi_tensor_columns(tensor) * sizeof(float);
    uint8_t *packed;
    trm_status status;
    if (!trmi_weights_quantise(job->weights, tensor))
        status = fetch_packed(job, tensor, &packed, error);
    else if (trmi_i8_bytes(trmi_tensor_rows(tensor), trmi_code_columns(tensor), &scales_at, &bytes))
        status = fetch_codes(job, tensor, scales_at, bytes, &packed, error);
    else
        status = trmi_no_memory(error, "tensor %s", tensor->name);
    if (status != TRM_OK)
        return status;
    if (job->deflated) {
        status = trmi_compress(job->output, packed, bytes, crc, error);
    } else {
        *crc = trmi_crc32c(0, packed, (size_t)bytes);
        status = trmi_output_append(job->output, packed, bytes, error);
    }
    trmi_release(job->output->allocator, packed);
    return status;
}

static void fill_tensor_entry(uint8_t *entry, const trmi_tensor *tensor, bool quantised, bool deflated)
{
    const size_t name = strlen(tensor->name);
    trmi_store16(entry + TRMI_TENSOR_NAME_BYTES, (uint16_t)name);
    entry[TRMI_TENSOR_TYPE] = quantised ? TRMI_TYPE_I8 : TRMI_TYPE_F32;
    entry[TRMI_TENSOR_LAYOUT] = (uint8_t)tensor->layout;
    entry[TRMI_TENSOR_ENCODING] = deflated ? TRMI_ENCODING_DEFLATE : TRMI_ENCODING_RAW;
    trmi_store64(entry + TRMI_TENSOR_ROWS, trmi_tensor_rows(tensor));
    trmi_store64(entry + TRMI_TENSOR_COLUMNS,
                 quantised ? trmi_code_columns(tensor) : trmi_tensor_columns(tensor));
    memcpy(entry + TRMI_TENSOR_HEAD_BYTES, tensor->name, name);
}

static trm_status put_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    writing *job = user;
    if (++job->tensor_count > TRMI_MAXIMUM_TENSORS)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "the model has more than %d tensors",
                         TRMI_MAXIMUM_TENSORS);
    uint8_t *entry = take_entry(job, TRMI_TENSOR_HEAD_BYTES + strlen(tensor->name) + 1);
    const bool quantised = trmi_weights_quantise(job->weights, tensor);
    job->minor = quantised ? TRMI_I8_MINOR : job->minor;
    if (entry == NULL)
        return TRM_OK;
    trm_status status = trmi_output_align(job->output, TRMI_TENSOR_ALIGNMENT, error);
    const uint64_t offset = job->output->size;
    uint32_t crc = 0;
    if (status == TRM_OK)
        status = store_tensor(job, tensor, &crc, error);
    fill_tensor_entry(entry, tensor, quantised, job->deflated);
    trmi_store32(entry + TRMI_TENSOR_CRC, crc);
    trmi_store64(entry + TRMI_TENSOR_OFFSET, offset);
    trmi_store64(entry + TRMI_TENSOR_STORED_BYTES, job->output->size - offset);
    return status;
}

/* Metadata and tensors: measured without a directory, written with one. */
static trm_status put_all(writing *job, trm_error *error)
{
    job->used = 0;
    job->metadata_count = job->tensor_count = 0;
    char text[TRMI_RELATIONS_BYTES];
    TRMI_TRY(trmi_config_write(&job->weights->config, text, put_metadata, job, error));
    TRMI_TRY(trmi_weights_extras(job->weights, put_metadata, job, error));
    TRMI_TRY(trmi_tensors(&job->weights->config, put_tensor, job, error));
    for (uint32_t i = 0; i < job->weights->extra_count; i++)
        TRMI_TRY(put_tensor(job, &job->weights->extra[i], error));
    return TRM_OK;
}

static trm_status replace_head(const writing *job, trm_error *error)
{
    uint8_t header[TRMI_HEADER_BYTES] = { 0 };
    memcpy(header + TRMI_HEADER_MAGIC, TRMI_MAGIC, sizeof TRMI_MAGIC - 1);
    trmi_store16(header + TRMI_HEADER_MAJOR, TRMI_FORMAT_MAJOR);
    trmi_store16(header + TRMI_HEADER_MINOR, job->minor);
    trmi_store64(header + TRMI_HEADER_FILE_BYTES, job->output->size);
    trmi_store64(header + TRMI_HEADER_DIRECTORY_OFFSET, TRMI_HEADER_BYTES);
    trmi_store64(header + TRMI_HEADER_DIRECTORY_BYTES, job->used);
    trmi_store32(header + TRMI_HEADER_METADATA_COUNT, job->metadata_count);
    trmi_store32(header + TRMI_HEADER_TENSOR_COUNT, job->tensor_count);
    trmi_store32(header + TRMI_HEADER_DIRECTORY_CRC, trmi_crc32c(0, job->directory, (size_t)job->used));
    trmi_store32(header + TRMI_HEADER_CRC, trmi_crc32c(0, header, TRMI_HEADER_CRC));
    TRMI_TRY(trmi_output_replace(job->output, TRMI_HEADER_BYTES, job->directory, job->used, error));
    return trmi_output_replace(job->output, 0, header, sizeof header, error);
}

static trm_status write_around(writing *job, uint64_t directory_bytes, trm_error *error)
{
    const uint8_t room[TRMI_HEADER_BYTES] = { 0 };
    TRMI_TRY(trmi_output_append(job->output, room, sizeof room, error));
    TRMI_TRY(trmi_output_append(job->output, job->directory, directory_bytes, error));
    TRMI_TRY(put_all(job, error));
    return replace_head(job, error);
}

/* The name that it has until then is nobody's business. */
static trm_status fail_opening(trm_error *error, trm_status status, const trmi_output *output,
                               const char *sentence)
{
    const char *name = output->path != NULL ? trmi_output_name(output) : "";
    const size_t length = strlen(name);
    if (length > 0 && strncmp(sentence, name, length) == 0)
        return trmi_fail(error, status, "%s: what would be written does not open%s", output->path,
                         sentence + length);
    return trmi_fail(error, status, "what would be written does not open: %s", sentence);
}

/* What is written opens: labels and numbers come from strangers' files, too. */
static trm_status check_that_it_opens(const trmi_output *output, trm_error *error)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    trm_error reason = TRM_ERROR_INIT;
    trm_model *model = NULL;
    options.allocator = output->allocator;
    const trm_status status =
        output->path != NULL
            ? trm_model_open(trmi_output_name(output), &options, &model, &reason)
            : trm_model_open_memory(output->bytes, (size_t)output->size, &options, &model, &reason);
    trm_model_close(model);
    return status == TRM_OK ? status : fail_opening(error, status, output, reason.message);
}

trm_status trmi_write_model(trmi_output *output, const trmi_weights *weights, bool deflated, trm_error *error)
{
    writing job = { .output = output, .weights = weights, .deflated = deflated };
    TRMI_TRY(put_all(&job, error));
    if (job.used > TRMI_MAXIMUM_DIRECTORY_BYTES)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "metadata and tensor entries take %llu bytes; at most %d are allowed",
                         (unsigned long long)job.used, TRMI_MAXIMUM_DIRECTORY_BYTES);
    const uint64_t directory_bytes = job.used;
    job.directory = trmi_allocate(output->allocator, directory_bytes);
    if (job.directory == NULL)
        return trmi_no_memory(error, "the directory's %llu bytes", (unsigned long long)directory_bytes);
    trm_status status = write_around(&job, directory_bytes, error);
    trmi_release(output->allocator, job.directory);
    return status == TRM_OK ? check_that_it_opens(output, error) : status;
}
