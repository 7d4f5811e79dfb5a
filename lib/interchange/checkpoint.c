/* Published names to our roles and back. The list of tensors is lib/model/tensors.h's: a checkpoint is
 * checked, read and written by walking it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/interchange/checkpoint.h"
#include "lib/interchange/labels.h"
#include "lib/interchange/published.h"
#include "lib/interchange/settings.h"

static const char *const published_names[TRMI_ROLE_COUNT] = {
    [TRMI_EMBED_TOKENS] = "embed_tokens.embedding_weight",
    [TRMI_EMBED_POSITIONS] = "embed_pos.embedding_weight",
    [TRMI_EMBED_PUZZLES] = "puzzle_emb.weights",
    [TRMI_EMBED_REGISTERS] = "embed_registers.weight",
    [TRMI_STATE_Y] = "H_init",
    [TRMI_STATE_Z] = "L_init",
    [TRMI_HEAD_TOKENS] = "lm_head.weight",
    [TRMI_HEAD_TOKENS_BIAS] = "lm_head.bias",
    [TRMI_HEAD_HALT] = "q_head.weight",
    [TRMI_HEAD_HALT_BIAS] = "q_head.bias",
};

/* By kind of block and slot. */
static const char *const published_parts[][TRMI_PUBLISHED_SLOTS] = {
    [TRM_BLOCK_MIXER] = { "mlp_t.gate_up_proj.weight", "mlp_t.down_proj.weight", "mlp.gate_up_proj.weight",
                          "mlp.down_proj.weight" },
    [TRM_BLOCK_ATTENTION] = { "self_attn.qkv_proj.weight", "self_attn.o_proj.weight",
                              "mlp.gate_up_proj.weight", "mlp.down_proj.weight" },
};

/* Those of relational models, whose blocks have parts of their own. */
static const char *const relational_names[TRMI_ROLE_COUNT] = {
    [TRMI_EMBED_TOKENS] = "embed", [TRMI_EMBED_FEATURES] = "features", [TRMI_STATE_Y] = "y0",
    [TRMI_STATE_Z] = "z0",         [TRMI_HEAD_TOKENS] = "head.w",      [TRMI_HEAD_TOKENS_BIAS] = "head.b",
    [TRMI_HEAD_HALT] = "halt.w",   [TRMI_HEAD_HALT_BIAS] = "halt.b",
};

static const char written_prefix[] = "model.inner.";

/* blocks.K.w0, blocks.K.down, blocks.K.sum.R: from the last word of our own name. */
static void relational_name(char name[TRMI_PUBLISHED_NAME_BYTES], const trmi_tensor *tensor)
{
    const char *last = strrchr(tensor->name, '.');
    const char *part = last != NULL ? last + 1 : tensor->name;
    if (!trmi_tensor_in_block(tensor))
        snprintf(name, TRMI_PUBLISHED_NAME_BYTES, "%s", relational_names[tensor->role]);
    else if (strcmp(part, "down") == 0 || strcmp(part, "own") == 0)
        snprintf(name, TRMI_PUBLISHED_NAME_BYTES, "blocks.%" PRIu32 ".%s", tensor->block,
                 strcmp(part, "own") == 0 ? "w0" : part);
    else
        snprintf(name, TRMI_PUBLISHED_NAME_BYTES, "blocks.%" PRIu32 ".%s.%" PRIu32, tensor->block, part,
                 tensor->relation);
}

void trmi_published_name(char name[TRMI_PUBLISHED_NAME_BYTES], const trmi_tensor *tensor)
{
    if (tensor->kind == TRM_BLOCK_RELATIONAL)
        relational_name(name, tensor);
    else if (trmi_tensor_in_block(tensor))
        snprintf(name, TRMI_PUBLISHED_NAME_BYTES, "%s.layers.%" PRIu32 ".%s",
                 tensor->network == TRMI_NETWORK_HIGH ? "H_level" : "L_level", tensor->block,
                 published_parts[tensor->kind][tensor->slot]);
    else
        snprintf(name, TRMI_PUBLISHED_NAME_BYTES, "%s", published_names[tensor->role]);
}

/* Matrices have two dimensions there; biases and initial states, which are single rows here, have one. */
static uint32_t published_shape(uint64_t shape[2], const trmi_tensor *tensor)
{
    const trmi_role role = tensor->role;
    const bool vector = role == TRMI_STATE_Y || role == TRMI_STATE_Z || role == TRMI_HEAD_TOKENS_BIAS ||
                        role == TRMI_HEAD_HALT_BIAS;
    shape[0] = trmi_logical_rows(tensor);
    shape[1] = trmi_logical_columns(tensor);
    if (vector)
        shape[0] = shape[1];
    return vector ? 1 : 2;
}

static trm_status find_role(const trmi_safetensors *file, const trmi_tensor *tensor,
                            const trmi_safetensor **found, trm_error *error)
{
    char name[TRMI_PUBLISHED_NAME_BYTES], expected[TRMI_SHAPE_BYTES], actual[TRMI_SHAPE_BYTES];
    uint64_t shape[2];
    const uint32_t rank = published_shape(shape, tensor);
    trmi_published_name(name, tensor);
    *found = trmi_checkpoint_find(file, name);
    if (*found == NULL)
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s is missing; its shape would be %s", name,
                         trmi_shape_text(expected, shape, rank));
    if ((*found)->rank != rank || memcmp((*found)->shape, shape, rank * sizeof shape[0]) != 0)
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s: expected shape %s, found %s", name,
                         trmi_shape_text(expected, shape, rank),
                         trmi_shape_text(actual, (*found)->shape, (*found)->rank));
    return TRM_OK;
}

/* Which tensors of the file have been asked for. */
typedef struct checking {
    const trmi_safetensors *file;
    bool *used;
} checking;

static trm_status check_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    checking *job = user;
    const trmi_safetensor *found;
    TRMI_TRY(find_role(job->file, tensor, &found, error));
    job->used[found - job->file->tensors] = true;
    return TRM_OK;
}

static trm_status check_rest(const checking *job, trm_error *error)
{
    for (uint32_t i = 0; i < job->file->count; i++) {
        const char *name = job->file->tensors[i].name;
        if (!job->used[i] && strncmp(name, "golden.", strlen("golden.")) != 0)
            return trmi_fail(
                error, TRM_ERROR_FORMAT,
                "tensor %.160s is not part of the model that the configuration describes, or is there twice",
                name);
    }
    return TRM_OK;
}

trm_status trmi_checkpoint_check(const trmi_safetensors *file, const trmi_config *config, trm_error *error)
{
    checking job = { file, trmi_allocate(file->allocator, (uint64_t)file->count + 1) };
    if (job.used == NULL)
        return trmi_no_memory(error, "checking %" PRIu32 " tensors", file->count);
    trm_status status = trmi_tensors(config, check_tensor, &job, error);
    if (status == TRM_OK)
        status = check_rest(&job, error);
    trmi_release(file->allocator, job.used);
    return status;
}

trm_status trmi_checkpoint_supply(void *user, const trmi_tensor *tensor, float *to, trm_error *error)
{
    const trmi_safetensors *file = user;
    const trmi_safetensor *found;
    TRMI_TRY(find_role(file, tensor, &found, error));
    return trmi_safetensor_floats(file, found, to, error);
}

/* -- writing -- */

/* Adds to the object; takes over the value, also when that fails. */
static trm_status add_to(json_t *object, const char *key, json_t *value, trm_error *error)
{
    if (json_object_set_new(object, key, value) == 0)
        return TRM_OK;
    return trmi_no_memory(error, "%s in the header", key);
}

typedef struct describing {
    json_t *header;
    uint64_t offset;
} describing;

static trm_status describe_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    describing *job = user;
    char name[sizeof written_prefix + TRMI_PUBLISHED_NAME_BYTES], plain[TRMI_PUBLISHED_NAME_BYTES];
    uint64_t shape[2];
    const uint32_t rank = published_shape(shape, tensor);
    const uint64_t end =
        job->offset + trmi_logical_rows(tensor) * trmi_logical_columns(tensor) * sizeof(float);
    trmi_published_name(plain, tensor);
    snprintf(name, sizeof name, "%s%s", tensor->kind == TRM_BLOCK_RELATIONAL ? "" : written_prefix, plain);
    json_t *dimensions = rank == 1 ? json_pack("[I]", (json_int_t)shape[0])
                                   : json_pack("[II]", (json_int_t)shape[0], (json_int_t)shape[1]);
    json_t *description = json_pack("{s:s, s:o, s:[II]}", "dtype", "F32", "shape", dimensions, "data_offsets",
                                    (json_int_t)job->offset, (json_int_t)end);
    job->offset = end;
    return add_to(job->header, name, description, error);
}

/* The bytes in hexadecimal, as a JSON string; NULL without memory. */
static json_t *hexadecimal(const trmi_metadata_entry *entry, const trm_allocator *allocator)
{
    static const char digits[] = "0123456789abcdef";
    char *text = trmi_allocate(allocator, 2 * (uint64_t)entry->length + 1);
    if (text == NULL)
        return NULL;
    for (uint32_t i = 0; i < entry->length; i++) {
        text[2 * i] = digits[(uint8_t)entry->bytes[i] >> 4];
        text[2 * i + 1] = digits[entry->bytes[i] & 15];
    }
    json_t *value = json_stringn(text, 2 * (size_t)entry->length);
    trmi_release(allocator, text);
    return value;
}

typedef struct annotating {
    json_t *metadata;
    const trm_allocator *allocator;
} annotating;

static trm_status annotate(void *user, const trmi_metadata_entry *entry, trm_error *error)
{
    const annotating *job = user;
    char key[272];
    if (entry->type == TRM_METADATA_TEXT)
        return add_to(job->metadata, entry->key, json_stringn(entry->bytes, entry->length), error);
    if (trmi_labels_is_integer(entry->key)) {
        char digits[24];
        snprintf(digits, sizeof digits, "%llu", (unsigned long long)entry->integer);
        return add_to(job->metadata, entry->key, json_string(digits), error);
    }
    if (entry->type != TRM_METADATA_BYTES)
        return TRM_OK; /* safetensors metadata is text */
    snprintf(key, sizeof key, "%s.hex", entry->key);
    return add_to(job->metadata, key, hexadecimal(entry, job->allocator), error);
}

static trm_status describe_model(json_t *metadata, const trmi_weights *weights,
                                 const trm_allocator *allocator, trm_error *error)
{
    annotating job = { metadata, allocator };
    json_t *config = NULL;
    TRMI_TRY(add_to(metadata, "arch",
                    json_string(weights->config.block == TRM_BLOCK_RELATIONAL          ? "relational"
                                : weights->config.architecture == TRM_ARCHITECTURE_HRM ? "hrm"
                                                                                       : "trm"),
                    error));
    TRMI_TRY(trmi_settings_text(&config, &weights->config, allocator, error));
    TRMI_TRY(add_to(metadata, "config", config, error));
    return trmi_weights_extras(weights, annotate, &job, error);
}

static trm_status build_header(json_t *header, const trmi_weights *weights, const trm_allocator *allocator,
                               trm_error *error)
{
    json_t *metadata = json_object();
    TRMI_TRY(add_to(header, "__metadata__", metadata, error));
    TRMI_TRY(describe_model(metadata, weights, allocator, error));
    describing job = { header, 0 };
    return trmi_tensors(&weights->config, describe_tensor, &job, error);
}

typedef struct storing {
    trmi_output *output;
    const trmi_weights *weights;
} storing;

static trm_status store_numbers(void *user, const trmi_tensor *tensor, trm_error *error)
{
    const storing *job = user;
    float *numbers;
    TRMI_TRY(trmi_weights_fetch(job->weights, tensor, job->output->allocator, &numbers, error));
    const uint64_t count = trmi_logical_rows(tensor) * trmi_logical_columns(tensor);
    uint8_t *bytes = (uint8_t *)numbers; /* made little-endian in place */
    for (uint64_t i = 0; i < count; i++)
        trmi_store32(bytes + sizeof(float) * i, trmi_bits_of_float(numbers[i]));
    trm_status status = trmi_output_append(job->output, bytes, count * sizeof(float), error);
    trmi_release(job->output->allocator, numbers);
    return status;
}

trm_status trmi_write_checkpoint(trmi_output *output, const trmi_weights *weights, trm_error *error)
{
    storing job = { output, weights };
    json_t *header = json_object();
    trm_status status = header != NULL ? TRM_OK : trmi_no_memory(error, "the header");
    if (status == TRM_OK)
        status = build_header(header, weights, output->allocator, error);
    if (status == TRM_OK)
        status = trmi_safetensors_begin(output, header, error);
    if (status == TRM_OK)
        status = trmi_tensors(&weights->config, store_numbers, &job, error);
    json_decref(header);
    return status;
}
