/* What a model tells about itself. */
#include "lib/core/error.h"
#include "lib/format/layout.h"
#include "lib/model/model.h"

/* Multiply-adds of one block in one evaluation, matrix products only. */
static uint64_t block_products(const trmi_config *c)
{
    const uint64_t rows = trmi_rows(c), channels = c->channels;
    const uint64_t mix = c->block == TRM_BLOCK_MIXER
                             ? 3 * rows * c->token_hidden * channels
                             : 4 * rows * channels * channels + 2 * rows * rows * channels;
    return mix + 3 * rows * c->channel_hidden * channels;
}

/* Of one supervision step: T n evaluations of the low network, T of the high one, and both heads. */
static uint64_t step_operations(const trmi_config *c)
{
    const uint64_t high = c->architecture == TRM_ARCHITECTURE_HRM ? c->high_blocks : c->blocks;
    const uint64_t blocks = (uint64_t)c->cycles * c->updates * c->blocks + c->cycles * high;
    const uint64_t heads = (uint64_t)c->positions * c->channels * c->vocabulary + 2 * (uint64_t)c->channels;
    return 2 * (blocks * block_products(c) + heads);
}

trm_status trm_model_describe(const trm_model *model, trm_model_info *info, trm_error *error)
{
    if (model == NULL || info == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a model and a trm_model_info, found NULL for the %s",
                         model == NULL ? "model" : "info");
    const trmi_config *c = &model->config;
    const trm_model_info all = {
        .architecture = c->architecture,
        .block = c->block,
        .position_encoding = c->position_encoding,
        .gate = c->gate,
        .likelihood = c->likelihood,
        .channels = c->channels,
        .positions = c->positions,
        .prefix = c->prefix,
        .vocabulary = c->vocabulary,
        .identifiers = c->identifiers,
        .blocks = c->blocks,
        .high_blocks = c->high_blocks,
        .heads = c->heads,
        .token_hidden = c->token_hidden,
        .channel_hidden = c->channel_hidden,
        .cycles = c->cycles,
        .updates = c->updates,
        .maximum_steps = c->maximum_steps,
        .grid_rows = c->grid_rows,
        .grid_columns = c->grid_columns,
        .mapped = model->in_place,
        .metadata_count = model->container.metadata_count,
        .tensor_count = model->container.tensor_count,
        .parameters = model->parameters,
        .file_bytes = model->container.file_bytes,
        .weight_bytes = model->weight_bytes,
        .step_operations = step_operations(c),
        .task = model->task,
        .instruction_set = model->kernels.name,
        .quantised = c->quantised,
    };
    return trmi_write_struct(info, &all, sizeof all, sizeof(size_t), "trm_model_info", error);
}

static trm_status check_index(const trm_model *model, const void *to, uint32_t index, uint32_t count,
                              const char *what, trm_error *error)
{
    if (model == NULL || to == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected a model and a %s, found NULL for the %s", what,
                         model == NULL ? "model" : what);
    if (index >= count)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "index: expected less than %u, found %u", (unsigned)count,
                         (unsigned)index);
    return TRM_OK;
}

trm_status trm_model_metadata(const trm_model *model, uint32_t index, trm_metadata *metadata,
                              trm_error *error)
{
    const uint32_t count = model != NULL ? model->container.metadata_count : 0;
    const trm_status status = check_index(model, metadata, index, count, "trm_metadata", error);
    if (status != TRM_OK)
        return status;
    const trmi_metadata_entry *e = &model->container.metadata[index];
    const trm_metadata all = { .key = e->key,
                               .type = e->type,
                               .length = e->length,
                               .integer = e->integer,
                               .real = e->real,
                               .bytes = e->bytes };
    return trmi_write_struct(metadata, &all, sizeof all, sizeof(size_t), "trm_metadata", error);
}

trm_status trm_model_tensor(const trm_model *model, uint32_t index, trm_tensor_info *tensor, trm_error *error)
{
    const uint32_t count = model != NULL ? model->container.tensor_count : 0;
    const trm_status status = check_index(model, tensor, index, count, "trm_tensor_info", error);
    if (status != TRM_OK)
        return status;
    const trmi_tensor_entry *e = &model->container.tensors[index];
    const trm_tensor_info all = {
        .name = e->name,
        .rows = e->rows,
        .columns = e->columns,
        .stored_bytes = e->stored_bytes,
        .type = e->type == TRMI_TYPE_I8 ? "i8" : "f32",
        .layout = e->layout == TRMI_LAYOUT_ROWS ? "rows" : "panels",
        .encoding = e->encoding == TRMI_ENCODING_RAW ? "raw" : "deflate",
    };
    return trmi_write_struct(tensor, &all, sizeof all, sizeof(size_t), "trm_tensor_info", error);
}
