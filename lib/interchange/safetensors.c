/* The file is hostile until its header has been checked: lengths against the file's size before anything is
 * read, each tensor's offsets against its shape, and all offsets against each other. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/checked.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/core/mistaken.h"
#include "lib/interchange/json.h"
#include "lib/interchange/safetensors.h"

enum { LENGTH_BYTES = 8 }; /* of the field before the header */

static const char metadata_name[] = "__metadata__";

static const struct number_type {
    const char *name;
    trmi_number_type type;
    uint32_t bytes;
} number_types[] = {
    { "F64", TRMI_NUMBER_F64, 8 },       { "F32", TRMI_NUMBER_F32, 4 },
    { "F16", TRMI_NUMBER_F16, 2 },       { "BF16", TRMI_NUMBER_BF16, 2 },
    { "I64", TRMI_NUMBER_I64, 8 },       { "I32", TRMI_NUMBER_I32, 4 },
    { "U64", TRMI_NUMBER_OTHER, 8 },     { "U32", TRMI_NUMBER_OTHER, 4 },
    { "I16", TRMI_NUMBER_OTHER, 2 },     { "U16", TRMI_NUMBER_OTHER, 2 },
    { "I8", TRMI_NUMBER_OTHER, 1 },      { "U8", TRMI_NUMBER_OTHER, 1 },
    { "BOOL", TRMI_NUMBER_OTHER, 1 },    { "F8_E4M3", TRMI_NUMBER_OTHER, 1 },
    { "F8_E5M2", TRMI_NUMBER_OTHER, 1 },
};

const char *trmi_shape_text(char text[TRMI_SHAPE_BYTES], const uint64_t *shape, uint32_t rank)
{
    size_t used = 1;
    text[0] = '[';
    for (uint32_t i = 0; i < rank; i++)
        used += (size_t)snprintf(text + used, TRMI_SHAPE_BYTES - used, i == 0 ? "%" PRIu64 : ", %" PRIu64,
                                 shape[i]);
    snprintf(text + used, TRMI_SHAPE_BYTES - used, "]");
    return text;
}

/* A JSON integer that is not negative. */
static bool read_count(const json_t *value, uint64_t *count)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *count = (uint64_t)json_integer_value(value);
    return true;
}

static trm_status parse_type(trmi_safetensor *tensor, uint32_t *number_bytes, const json_t *description,
                             trm_error *error)
{
    const char *name = json_string_value(json_object_get(description, "dtype"));
    for (size_t i = 0; name != NULL && i < sizeof number_types / sizeof number_types[0]; i++)
        if (strcmp(name, number_types[i].name) == 0) {
            tensor->type = number_types[i].type;
            *number_bytes = number_types[i].bytes;
            return TRM_OK;
        }
    return trmi_fail(error, TRM_ERROR_FORMAT,
                     "tensor %.160s: dtype must be a type such as F32 or BF16, found %.20s", tensor->name,
                     name != NULL ? name : "none");
}

static trm_status parse_shape(trmi_safetensor *tensor, const json_t *description, trm_error *error)
{
    const json_t *shape = json_object_get(description, "shape");
    const size_t rank = json_array_size(shape);
    if (!json_is_array(shape) || rank > TRMI_SAFETENSORS_RANK)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %.160s: shape must be an array of at most %d numbers", tensor->name,
                         TRMI_SAFETENSORS_RANK);
    tensor->rank = (uint32_t)rank;
    tensor->count = 1;
    for (size_t i = 0; i < rank; i++)
        if (!read_count(json_array_get(shape, i), &tensor->shape[i]) ||
            !trmi_multiply(tensor->count, tensor->shape[i], &tensor->count))
            return trmi_fail(
                error, TRM_ERROR_FORMAT,
                "tensor %.160s: shape[%zu] must be a number from 0 on, and the product fit in 64 bits",
                tensor->name, i);
    return TRM_OK;
}

static trm_status parse_offsets(trmi_safetensor *tensor, uint32_t number_bytes, const json_t *description,
                                uint64_t data_bytes, trm_error *error)
{
    const json_t *offsets = json_object_get(description, "data_offsets");
    if (json_array_size(offsets) != 2 || !read_count(json_array_get(offsets, 0), &tensor->begin) ||
        !read_count(json_array_get(offsets, 1), &tensor->end))
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %.160s: data_offsets must be two numbers from 0 on",
                         tensor->name);
    if (tensor->begin > tensor->end || tensor->end > data_bytes)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %.160s: data_offsets %" PRIu64 " to %" PRIu64 " are not inside the %" PRIu64
                         " bytes of data",
                         tensor->name, tensor->begin, tensor->end, data_bytes);
    uint64_t needed;
    char shape[TRMI_SHAPE_BYTES];
    if (!trmi_multiply(tensor->count, number_bytes, &needed) || needed != tensor->end - tensor->begin)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %.160s: shape %s of numbers of %u bytes does not fill %" PRIu64 " bytes",
                         tensor->name, trmi_shape_text(shape, tensor->shape, tensor->rank), number_bytes,
                         tensor->end - tensor->begin);
    return TRM_OK;
}

static trm_status parse_tensor(trmi_safetensor *tensor, const char *name, const json_t *description,
                               uint64_t data_bytes, trm_error *error)
{
    uint32_t number_bytes = 0;
    tensor->name = name;
    if (!json_is_object(description))
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %.160s: expected an object with dtype, shape and data_offsets", name);
    TRMI_TRY(parse_type(tensor, &number_bytes, description, error));
    TRMI_TRY(parse_shape(tensor, description, error));
    return parse_offsets(tensor, number_bytes, description, data_bytes, error);
}

static int by_position(const void *a, const void *b)
{
    const trmi_safetensor *left = a, *right = b;
    if (left->begin != right->begin)
        return left->begin < right->begin ? -1 : 1;
    return left->end == right->end ? 0 : left->end < right->end ? -1 : 1;
}

/* The format allows neither overlaps nor holes: sorted, each tensor begins where the one before it ends. */
static trm_status check_order(const trmi_safetensors *file, trm_error *error)
{
    uint64_t end = 0;
    for (uint32_t i = 0; i < file->count; i++) {
        const trmi_safetensor *tensor = &file->tensors[i];
        if (tensor->begin != end)
            return trmi_fail(error, TRM_ERROR_FORMAT,
                             "tensor %.160s begins at byte %" PRIu64
                             " of the data, %s the one before it ends at %" PRIu64,
                             tensor->name, tensor->begin,
                             tensor->begin < end ? "but overlaps:" : "but leaves a hole:", end);
        end = tensor->end;
    }
    if (end != file->data_bytes)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "the tensors end at byte %" PRIu64 " of the data, which has %" PRIu64 " bytes", end,
                         file->data_bytes);
    return TRM_OK;
}

static trm_status parse_tensors(trmi_safetensors *file, trm_error *error)
{
    const char *name;
    json_t *description;
    json_object_foreach(file->header, name, description)
    {
        if (strcmp(name, metadata_name) == 0)
            continue;
        const trm_status status =
            parse_tensor(&file->tensors[file->count++], name, description, file->data_bytes, error);
        if (status != TRM_OK)
            return status;
    }
    qsort(file->tensors, file->count, sizeof file->tensors[0], by_position);
    return check_order(file, error);
}

static trm_status parse_header(trmi_safetensors *file, const char *text, uint64_t length, trm_error *error)
{
    TRMI_TRY(trmi_json_read(&file->header, text, (size_t)length, "the safetensors header", error));
    if (!json_is_object(file->header))
        return trmi_fail(error, TRM_ERROR_FORMAT, "the safetensors header is JSON, but not an object");
    const json_t *metadata = json_object_get(file->header, metadata_name);
    if (metadata != NULL && !json_is_object(metadata))
        return trmi_fail(error, TRM_ERROR_FORMAT, "%s in the safetensors header must be an object",
                         metadata_name);
    const size_t count = json_object_size(file->header);
    if (count > TRMI_SAFETENSORS_TENSORS)
        return trmi_fail(error, TRM_ERROR_FORMAT, "the file has %zu tensors; at most %d are read", count,
                         TRMI_SAFETENSORS_TENSORS);
    file->tensors = trmi_allocate(file->allocator, (count + 1) * sizeof file->tensors[0]);
    if (file->tensors == NULL)
        return trmi_no_memory(error, "a list of %zu tensors", count);
    return parse_tensors(file, error);
}

/* Whether a header's length comes first, and then the header. */
static bool has_header(const uint8_t *bytes, uint64_t size)
{
    return size > LENGTH_BYTES && trmi_load64(bytes) <= size - LENGTH_BYTES && bytes[LENGTH_BYTES] == '{';
}

trm_status trmi_safetensors_open(trmi_safetensors *file, const void *bytes, uint64_t size,
                                 const trm_allocator *allocator, trm_error *error)
{
    *file = (trmi_safetensors) { .allocator = allocator };
    const char *other = trmi_mistaken_for(bytes, (size_t)size);
    if (other != NULL && !has_header(bytes, size))
        return trmi_fail(error, TRM_ERROR_FORMAT, "expected a .trm or a safetensors file, found %s", other);
    if (size < LENGTH_BYTES)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "the input has %" PRIu64 " bytes and is neither a .trm nor a safetensors file",
                         size);
    const uint64_t length = trmi_load64(bytes), rest = size - LENGTH_BYTES;
    if (length > rest || length > TRMI_SAFETENSORS_HEADER_BYTES)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "the input is no .trm file, and as a safetensors file its header would have %" PRIu64
                         " bytes, where %" PRIu64 " follow and %d are allowed",
                         length, rest, TRMI_SAFETENSORS_HEADER_BYTES);
    const char *header = (const char *)bytes + LENGTH_BYTES;
    file->data = (const uint8_t *)bytes + LENGTH_BYTES + length;
    file->data_bytes = rest - length;
    const trm_status status = parse_header(file, header, length, error);
    if (status != TRM_OK)
        trmi_safetensors_close(file);
    return status;
}

void trmi_safetensors_close(trmi_safetensors *file)
{
    trmi_release(file->allocator, file->tensors);
    json_decref(file->header);
    *file = (trmi_safetensors) { 0 };
}

const trmi_safetensor *trmi_safetensors_find(const trmi_safetensors *file, const char *name)
{
    for (uint32_t i = 0; i < file->count; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return &file->tensors[i];
    return NULL;
}

const json_t *trmi_safetensors_metadata(const trmi_safetensors *file)
{
    return json_object_get(file->header, metadata_name);
}

/* IEEE 754 binary16, exactly. */
static float float_of_half(uint32_t half)
{
    const uint32_t sign = (half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent == 0) {
        const float magnitude = (float)fraction * 0x1p-24f;
        return sign != 0 ? -magnitude : magnitude;
    }
    const uint32_t rebiased = exponent == 31 ? 255 : exponent + 112;
    return trmi_float_of_bits(sign | rebiased << 23 | fraction << 13);
}

static double double_of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The number at `index`; what f32 cannot hold becomes infinite. */
static float read_number(trmi_number_type type, const uint8_t *data, uint64_t index)
{
    switch (type) {
    case TRMI_NUMBER_F64: {
        const double value = double_of_bits(trmi_load64(data + 8 * index));
        return fabs(value) < 0x1.ffffffp127 ? (float)value
                                            : (float)INFINITY; /* from there on it would round to infinity */
    }
    case TRMI_NUMBER_F32:
        return trmi_float_of_bits(trmi_load32(data + 4 * index));
    case TRMI_NUMBER_F16:
        return float_of_half(trmi_load16(data + 2 * index));
    case TRMI_NUMBER_BF16:
        return trmi_float_of_bits((uint32_t)trmi_load16(data + 2 * index) << 16);
    case TRMI_NUMBER_I64:
        return (float)(int64_t)trmi_load64(data + 8 * index);
    case TRMI_NUMBER_I32:
        return (float)(int32_t)trmi_load32(data + 4 * index);
    case TRMI_NUMBER_OTHER:
        break;
    }
    return (float)NAN;
}

trm_status trmi_safetensor_floats(const trmi_safetensors *file, const trmi_safetensor *tensor, float *to,
                                  trm_error *error)
{
    if (tensor->type == TRMI_NUMBER_OTHER)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "tensor %.160s: its dtype cannot be read; F64, F32, F16, BF16, I64 and I32 can",
                         tensor->name);
    for (uint64_t i = 0; i < tensor->count; i++) {
        to[i] = read_number(tensor->type, file->data + tensor->begin, i);
        if (!isfinite(to[i]))
            return trmi_fail(error, TRM_ERROR_FORMAT,
                             "tensor %.160s: number %" PRIu64 " is not finite as f32", tensor->name, i);
    }
    return TRM_OK;
}

static trm_status put_header(trmi_output *output, const json_t *header, size_t length, trm_error *error)
{
    const size_t flags = JSON_COMPACT, padded = trmi_round_up(length, LENGTH_BYTES);
    uint8_t *text = trmi_allocate(output->allocator, LENGTH_BYTES + padded);
    if (text == NULL)
        return trmi_no_memory(error, "a header of %zu bytes", length);
    memset(text, ' ', LENGTH_BYTES + padded);
    trmi_store64(text, padded);
    trm_status status = TRM_OK;
    if (json_dumpb(header, (char *)text + LENGTH_BYTES, length, flags) != length)
        status = trmi_no_memory(error, "writing the header");
    else
        status = trmi_output_append(output, text, LENGTH_BYTES + padded, error);
    trmi_release(output->allocator, text);
    return status;
}

trm_status trmi_safetensors_begin(trmi_output *output, const json_t *header, trm_error *error)
{
    const size_t length = json_dumpb(header, NULL, 0, JSON_COMPACT);
    if (length == 0)
        return trmi_no_memory(error, "measuring the header");
    return put_header(output, header, length, error);
}
