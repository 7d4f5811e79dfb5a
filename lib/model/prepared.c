/* Opening a prepared model: its checksum tells that it is what was written, and everything in it was checked
 * before that. This file stands in for open.c where the part "files" is left out. */
#include "lib/model/prepared.h"

#include <assert.h>
#include <string.h>

#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/model/binding.h"
#include "lib/model/workspace.h"

#ifdef TRM_WITHOUT_FILES

#ifdef TRM_WITHOUT_FP32
enum { HAS_FP32 = 0 };
#else
enum { HAS_FP32 = TRMI_PREPARED_FP32 };
#endif
#ifdef TRM_WITHOUT_INT8
enum { HAS_INT8 = 0 };
#else
enum { HAS_INT8 = TRMI_PREPARED_INT8 };
#endif

/* Nothing but its bytes is looked at before its size and its checksum are right. */
static trm_status check(const trmi_prepared *p, size_t bytes, trm_error *error)
{
    if (p == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected a prepared model, found NULL");
    if ((uintptr_t)p % TRMI_ALIGNMENT != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a prepared model at a multiple of %d, found it %u bytes past one",
                         TRMI_ALIGNMENT, (unsigned)((uintptr_t)p % TRMI_ALIGNMENT));
    if (bytes < sizeof *p || memcmp(p->magic, TRMI_PREPARED_MAGIC, sizeof p->magic) != 0)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "expected what trm embed --prepared writes, as this build opens no files, found "
                         "something else");
    if (p->layout != TRMI_PREPARED_LAYOUT)
        return trmi_fail(error, TRM_ERROR_VERSION,
                         "expected layout %#x of a prepared model, found %#x: prepare it anew",
                         (unsigned)TRMI_PREPARED_LAYOUT, (unsigned)p->layout);
    if (p->bytes != bytes)
        return trmi_fail(error, TRM_ERROR_FORMAT, "expected a prepared model of %u bytes, found %zu",
                         (unsigned)p->bytes, bytes);
    const uint32_t found =
        trmi_crc32c(0, (const char *)p + TRMI_PREPARED_UNCHECKED, bytes - TRMI_PREPARED_UNCHECKED);
    if (p->crc != found)
        return trmi_fail(error, TRM_ERROR_CHECKSUM,
                         "a prepared model: expected checksum %08x, found %08x: it is damaged",
                         (unsigned)p->crc, (unsigned)found);
    if (trmi_kind_of(p->config.block) == NULL || (p->precisions & ~(uint32_t)(HAS_FP32 | HAS_INT8)) != 0)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "a prepared model: expected a kind and a precision that this build has");
    return TRM_OK;
}

/* The model and its tables; without a base it only measures. */
static trm_model *layout(const trmi_prepared *p, trmi_arena *arena)
{
    const uint32_t slots = TRMI_KIND(trmi_kind_of(p->config.block))->slots(&p->config);
    trm_model *model = trmi_arena_take(arena, 1, sizeof *model);
    const trmi_network low = trmi_network_layout(p->config.blocks, slots, arena),
                       high = p->config.high_blocks > 0
                                  ? trmi_network_layout(p->config.high_blocks, slots, arena)
                                  : low;
    if (model != NULL) {
        model->network[TRMI_NETWORK_LOW] = low;
        model->network[TRMI_NETWORK_HIGH] = high;
    }
    return model;
}

static void bind_network(const trmi_prepared *p, uint32_t slots, const trmi_prepared_matrix *matrix,
                         const trmi_network *network)
{
    const char *base = (const char *)p;
    for (uint32_t i = 0; i < network->blocks * slots; i++, matrix++) {
        trmi_weight *weight = &network->block[0].slot[i];
        if (matrix->scales_at == 0) {
            weight->numbers = (const float *)(base + matrix->at);
            continue;
        }
        weight->codes = (const int8_t *)(base + matrix->at);
        weight->scales = (const float *)(base + matrix->scales_at);
    }
}

static void bind_tensors(trm_model *model, const trmi_prepared *p)
{
    const trmi_prepared_matrix *matrices = trmi_prepared_matrices(p);
    const uint32_t slots = TRMI_KIND(model->kind)->slots(&model->config);
    for (uint32_t role = 0; role < TRMI_ROLE_COUNT; role++)
        if (p->plain_at[role] != 0)
            *trmi_plain_tensor(model, (trmi_role)role) = (const float *)((const char *)p + p->plain_at[role]);
    bind_network(p, slots, matrices, &model->network[TRMI_NETWORK_LOW]);
    if (p->config.high_blocks > 0)
        bind_network(p, slots, matrices + p->config.blocks * slots, &model->network[TRMI_NETWORK_HIGH]);
}

/* Everything but its tables, which are laid out. */
static void fill(trm_model *model, const trmi_prepared *p)
{
    model->allocator = trmi_workspace_spent();
    model->config = p->config;
    model->kind = trmi_kind_of(p->config.block);
    model->norm_epsilon = p->norm_epsilon;
    model->container.file_bytes = p->bytes;
    model->parameters = p->parameters;
    model->weight_bytes = p->weight_bytes;
    model->in_place = true;
    memcpy((char *)&model->task + TRMI_TASK_NUMBERS_AT, p->task, TRMI_TASK_NUMBERS);
    model->task.name = (const char *)p + p->name_at;
    model->task.characters = p->characters_at != 0 ? (const char *)p + p->characters_at : NULL;
    trmi_kernels_select(&model->kernels);
    assert(model->kernels.code_offset == 0); /* no kernels of firmware want to know where sums start */
    bind_tensors(model, p);
}

trm_status trm_model_measure(const void *data, size_t bytes, size_t *workspace, trm_error *error)
{
    trmi_arena arena = { .base = NULL };
    if (workspace == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected where to put the size, found NULL");
    TRMI_TRY(check(data, bytes, error));
    layout(data, &arena);
    *workspace = (size_t)arena.used + TRMI_ALIGNMENT; /* it may begin anywhere */
    return TRM_OK;
}

trm_status trm_model_open_memory(const void *data, size_t bytes, const trm_open_options *options,
                                 trm_model **model, trm_error *error)
{
    trm_open_options wanted = TRM_OPEN_OPTIONS_INIT;
    size_t needed = 0;
    if (model == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected where to put the model, found NULL");
    *model = NULL;
    if (options != NULL)
        TRMI_TRY(
            trmi_read_struct(&wanted, sizeof wanted, options, sizeof(size_t), "trm_open_options", error));
    if (wanted.flags != 0 || wanted.reserved != 0 || wanted.allocator != NULL || wanted.workspace == NULL)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_open_options: expected a workspace and nothing else, as this build has prepared "
            "models alone");
    TRMI_TRY(trm_model_measure(data, bytes, &needed, error));
    if (wanted.workspace_size < needed)
        return trmi_fail(error, TRM_ERROR_WORKSPACE,
                         "trm_open_options.workspace_size: expected at least %zu bytes, found %zu", needed,
                         wanted.workspace_size);
    trmi_arena arena = { .base = trmi_aligned(wanted.workspace) };
    memset(arena.base, 0, needed - TRMI_ALIGNMENT);
    *model = layout(data, &arena);
    (*model)->memory = arena.base;
    (*model)->memory_bytes = arena.used;
    fill(*model, data);
    return TRM_OK;
}

trm_status trm_model_open(const char *path, const trm_open_options *options, trm_model **model,
                          trm_error *error)
{
    (void)path, (void)options;
    if (model != NULL)
        *model = NULL;
    return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                     "expected a prepared model in memory, as this build knows no files, found a path");
}

void trm_model_close(trm_model *model)
{
    if (model != NULL)
        trmi_arena_release(model->memory, model->memory_bytes);
}

#endif
