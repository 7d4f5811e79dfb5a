/* Opening and closing: source, container, configuration, task, weights, each validated before the next
 * looks at it. */
#include "lib/model/model.h"

#include <string.h>

#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/model/binding.h"
#include "lib/model/metadata.h"
#include "lib/model/task_keys.h"
#include "lib/model/workspace.h"

#ifndef TRM_WITHOUT_FILES

/* Everything after the bytes are there. */
static trm_status read_model(trm_model *model, uint32_t flags, trm_error *error)
{
    const trmi_source *source = &model->source;
    trm_status status =
        source->unmap != NULL
            ? trmi_container_open(&model->container, source->bytes, source->size, &model->allocator, error)
            : trmi_container_open_in_place(&model->container, source->bytes, source->size, &model->allocator,
                                           error);
    if (status == TRM_OK)
        status = trmi_config_read(&model->config, &model->container, error);
    model->kind = trmi_kind_of(model->config.block);
    model->norm_epsilon = (float)model->config.norm_epsilon;
    if (status == TRM_OK)
        status = trmi_task_keys_read(model, error);
    trmi_kernels_select(&model->kernels);
    if (status == TRM_OK)
        status = trmi_weights_bind(model, (flags & TRM_OPEN_INT8) != 0, error);
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
#ifdef TRM_FREESTANDING
    if (status == TRM_OK && (to->flags & TRM_OPEN_INT8) != 0)
        status = trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                           "trm_open_options.flags: expected integers in the file, as this build makes none");
#endif
    if (status == TRM_OK && to->workspace != NULL && (to->flags != 0 || to->allocator != NULL))
        status = trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_open_options: expected flags 0 and no allocator with a workspace, found flags %#x%s",
            (unsigned)to->flags, to->allocator != NULL ? " and an allocator" : "");
    if (status == TRM_OK && to->workspace == NULL && to->workspace_size != 0)
        status = trmi_fail(error, TRM_ERROR_ARGUMENT,
                           "trm_open_options.workspace: expected memory of %zu bytes, found NULL",
                           to->workspace_size);
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

static trm_status open_with(const trm_allocator *allocator, const origin *from, uint32_t flags,
                            trm_model **model, trm_error *error)
{
    trm_model *opened = trmi_allocate(allocator, sizeof *opened);
    if (opened == NULL)
        return trmi_no_memory(error, "a model's %zu bytes", sizeof *opened);
    opened->allocator = *allocator;
    trm_status status = open_origin(opened, from, flags, error);
    if (status == TRM_OK) {
        const trmi_environment host = trmi_environment_enter();
        status = read_model(opened, flags, error);
        trmi_environment_leave(host);
        if (status != TRM_OK && from->path != NULL)
            trmi_fail_within(error, status, from->path);
    }
    if (status == TRM_OK)
        *model = opened;
    else
        trm_model_close(opened);
    return status;
}

/* The measure is a bound, so that the workspace does not run out on the way. */
static trm_status open_in_workspace(const origin *from, const trm_open_options *options, trm_model **model,
                                    trm_error *error)
{
    trmi_workspace workspace = { options->workspace, options->workspace_size };
    uint64_t bytes;
    if (from->path != NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_open_options.workspace: expected a file that lies in memory, found a path");
    TRMI_TRY(trmi_workspace_measure(from->data, from->bytes, false, &bytes, error));
    if (bytes > workspace.left)
        return trmi_fail(error, TRM_ERROR_WORKSPACE,
                         "trm_open_options.workspace_size: expected at least %llu bytes, found %zu",
                         (unsigned long long)bytes, workspace.left);
    const trm_allocator allocator = trmi_workspace_allocator(&workspace);
    TRMI_TRY(open_with(&allocator, from, 0, model, error));
    (*model)->allocator = trmi_workspace_spent();
    return TRM_OK;
}

static trm_status open_model(const origin *from, const trm_open_options *options, trm_model **model,
                             trm_error *error)
{
    trm_open_options wanted;
    trm_allocator allocator;
    TRMI_TRY(read_options(&wanted, &allocator, options, error));
    return wanted.workspace != NULL ? open_in_workspace(from, &wanted, model, error)
                                    : open_with(&allocator, from, wanted.flags, model, error);
}

trm_status trm_model_measure(const void *data, size_t bytes, size_t *workspace, trm_error *error)
{
    uint64_t needed = 0;
    if (data == NULL || workspace == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a file's bytes and where to put the size, found NULL for the %s",
                         data == NULL ? "bytes" : "size");
    TRMI_TRY(trmi_workspace_measure(data, bytes, false, &needed, error));
    *workspace = (size_t)needed;
    return TRM_OK;
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

#endif
