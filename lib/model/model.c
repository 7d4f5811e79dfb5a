/* Opening and closing: source, container, configuration, alphabet, weights, each validated before the next
 * looks at it. */
#include "lib/model/model.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/model/alphabet.h"
#include "lib/model/binding.h"
#include "lib/model/metadata.h"

static trm_status read_task(trm_model *model, trm_error *error)
{
    const trmi_metadata_entry *entry = trmi_container_metadata(&model->container, TRMI_KEY_TASK);
    if (entry != NULL && entry->type != TRM_METADATA_TEXT)
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata %s: expected text, found type %u", entry->key,
                         (unsigned)entry->type);
    model->task = entry != NULL ? entry->bytes : "";
    return TRM_OK;
}

/* Everything after the bytes are there. */
static trm_status read_model(trm_model *model, uint32_t flags, trm_error *error)
{
    trm_status status = trmi_container_open(&model->container, model->source.bytes, model->source.size,
                                            &model->allocator, error);
    if (status == TRM_OK)
        status = trmi_config_read(&model->config, &model->container, error);
    if (status == TRM_OK)
        status = read_task(model, error);
    if (status == TRM_OK)
        status = trmi_alphabet_read(model, error);
    if (status == TRM_OK)
        status = trmi_weights_bind(model, (flags & TRM_OPEN_INT8) != 0, error);
    if (status == TRM_OK)
        trmi_kernels_select(&model->kernels);
    return status;
}

static trm_status read_options(trm_open_options *to, trm_allocator *allocator, const trm_open_options *from,
                               trm_error *error)
{
    const trm_open_options defaults = TRM_OPEN_OPTIONS_INIT;
    trm_status status = TRM_OK;
    *to = defaults;
    if (from != NULL)
        status = trmi_read_struct(to, sizeof *to, from, sizeof(size_t), "trm_open_options", error);
    if (status == TRM_OK && ((to->flags & ~(TRM_OPEN_READ | TRM_OPEN_INT8)) != 0 || to->reserved != 0))
        status = trmi_fail(error, TRM_ERROR_ARGUMENT,
                           "trm_open_options: expected flags TRM_OPEN_* and reserved 0, found %#x and %u",
                           (unsigned)to->flags, (unsigned)to->reserved);
    return status == TRM_OK ? trmi_allocator_read(allocator, to->allocator, error) : status;
}

/* A path, or bytes in memory when there is none. */
typedef struct origin {
    const char *path;
    const void *data;
    size_t bytes;
} origin;

static trm_status open_origin(trm_model *model, const origin *from, uint32_t flags, trm_error *error)
{
    if (from->path == NULL)
        return trmi_source_borrow(&model->source, from->data, from->bytes, flags, &model->allocator, error);
    return trmi_source_open(&model->source, from->path, flags, &model->allocator, error);
}

static trm_status open_model(const origin *from, const trm_open_options *options, trm_model **model,
                             trm_error *error)
{
    trm_open_options wanted;
    trm_allocator allocator;
    trm_status status = read_options(&wanted, &allocator, options, error);
    if (status != TRM_OK)
        return status;
    trm_model *opened = trmi_allocate(&allocator, sizeof *opened);
    if (opened == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "the allocator returned NULL for a model's %zu bytes",
                         sizeof *opened);
    opened->allocator = allocator;
    status = open_origin(opened, from, wanted.flags, error);
    if (status == TRM_OK) {
        status = read_model(opened, wanted.flags, error);
        if (status != TRM_OK && from->path != NULL)
            trmi_fail_within(error, status, from->path);
    }
    if (status == TRM_OK)
        *model = opened;
    else
        trm_model_close(opened);
    return status;
}

trm_status trm_model_open(const char *path, const trm_open_options *options, trm_model **model,
                          trm_error *error)
{
    if (model == NULL || path == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a path and where to put the model, found NULL for the %s",
                         model == NULL ? "model" : "path");
    *model = NULL;
    return open_model(&(origin) { .path = path }, options, model, error);
}

trm_status trm_model_open_memory(const void *data, size_t bytes, const trm_open_options *options,
                                 trm_model **model, trm_error *error)
{
    if (model == NULL || data == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a file's bytes and where to put the model, found NULL for the %s",
                         model == NULL ? "model" : "bytes");
    *model = NULL;
    return open_model(&(origin) { .data = data, .bytes = bytes }, options, model, error);
}

void trm_model_close(trm_model *model)
{
    if (model == NULL)
        return;
    const trm_allocator allocator = model->allocator;
    trmi_arena_release(model->memory, model->memory_bytes);
    trmi_release(&allocator, model->memory);
    trmi_container_close(&model->container);
    trmi_source_close(&model->source);
    trmi_release(&allocator, model);
}
