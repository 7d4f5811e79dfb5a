/* Writing a prepared model: lib/model/prepared.h has its layout. */
#include "lib/model/prepared.h"

#include <assert.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/bytes.h"
#include "lib/core/checked.h"
#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/format/entry.h"
#include "lib/model/model.h"

/* What the visits of all tensors share; without a base they only measure. */
typedef struct preparation {
    const trm_model *model;
    char *base;
    uint64_t used;
    trmi_prepared *head;            /* NULL without a base, as the next */
    trmi_prepared_matrix *matrices; /* the next one's place */
} preparation;

/* Copies what begins at the next multiple of `alignment`; returns where. */
static uint64_t put(preparation *p, const void *from, uint64_t bytes, uint64_t alignment)
{
    uint64_t at;
    if (!trmi_align(p->used, alignment, &at) || !trmi_add(at, bytes, &p->used))
        p->used = UINT64_MAX; /* which fits nowhere */
    else if (p->base != NULL)
        memcpy(p->base + at, from, (size_t)bytes);
    return at;
}

static const trmi_weight *weight_of(const trm_model *model, const trmi_tensor *t)
{
    return &model->network[t->network].block[t->block].slot[t->slot];
}

static void put_matrix(preparation *p, const trmi_tensor *t, uint64_t numbers)
{
    const trmi_weight *weight = weight_of(p->model, t);
    trmi_prepared_matrix matrix = { 0, 0 };
    if (weight->codes != NULL) {
        matrix.at =
            (uint32_t)put(p, weight->codes, trmi_tensor_rows(t) * trmi_code_columns(t), TRMI_ALIGNMENT);
        matrix.scales_at =
            (uint32_t)put(p, weight->scales, trmi_tensor_rows(t) * sizeof(float), TRMI_ALIGNMENT);
    } else {
        matrix.at = (uint32_t)put(p, weight->numbers, numbers * sizeof(float), TRMI_ALIGNMENT);
    }
    if (p->head == NULL)
        return;
    p->head->precisions |= weight->codes != NULL ? TRMI_PREPARED_INT8 : TRMI_PREPARED_FP32;
    *p->matrices++ = matrix;
}

static const float *plain_tensor(const trm_model *model, trmi_role role)
{
    const float *const tensors[TRMI_ROLE_COUNT] = {
        [TRMI_EMBED_TOKENS] = model->embed_tokens,
        [TRMI_EMBED_POSITIONS] = model->embed_positions,
        [TRMI_EMBED_PUZZLES] = model->embed_puzzles,
        [TRMI_EMBED_REGISTERS] = model->embed_registers,
        [TRMI_EMBED_FEATURES] = model->embed_features,
        [TRMI_STATE_Y] = model->state_y,
        [TRMI_STATE_Z] = model->state_z,
        [TRMI_HEAD_TOKENS] = model->head_tokens,
        [TRMI_HEAD_TOKENS_BIAS] = model->head_tokens_bias,
        [TRMI_HEAD_HALT] = model->head_halt,
        [TRMI_HEAD_HALT_BIAS] = model->head_halt_bias,
    };
    return tensors[role];
}

static trm_status put_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    preparation *p = user;
    const uint64_t numbers = trmi_tensor_rows(tensor) * trmi_tensor_columns(tensor);
    (void)error;
    if (trmi_tensor_in_block(tensor)) {
        put_matrix(p, tensor, numbers);
        return TRM_OK;
    }
    const uint64_t at = put(p, plain_tensor(p->model, tensor->role), numbers * sizeof(float), TRMI_ALIGNMENT);
    if (p->head != NULL)
        p->head->plain_at[tensor->role] = (uint32_t)at;
    return TRM_OK;
}

/* All of it, in the order of its parts. */
static trm_status put_all(preparation *p, trm_error *error)
{
    const trmi_config *config = &p->model->config;
    const trmi_task *task = &p->model->task;
    const uint64_t matrices =
        ((uint64_t)config->blocks + config->high_blocks) * p->model->kind->slots(config);
    p->used = sizeof(trmi_prepared) + matrices * sizeof(trmi_prepared_matrix);
    const uint64_t name_at = put(p, task->name, strlen(task->name) + 1, 1);
    const uint64_t characters_at =
        task->characters != NULL ? put(p, task->characters, task->vocabulary, 1) : 0;
    if (p->head != NULL) {
        p->head->name_at = (uint32_t)name_at;
        p->head->characters_at = (uint32_t)characters_at;
    }
    return trmi_tensors(config, put_tensor, p, error);
}

/* What is not in the model, or larger than its numbers can tell. */
static trm_status check(const trm_model *model, trm_error *error)
{
    const trmi_relations *relations = &model->config.relations;
    if (TRMI_BIG_ENDIAN || sizeof(trmi_prepared) != TRMI_NARROW_trmi_prepared)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "a prepared model: expected to be made on another machine, as numbers do not lie in "
                         "this one's memory as in a small one's");
    if (model->tables != NULL)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "a prepared model: expected one without tables of its own, found rotary positions");
    for (uint32_t r = 0; r < relations->count; r++)
        if (relations->relation[r].source == TRMI_RELATION_FILE)
            return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                             "a prepared model: expected relations that a shape or a question has, found %s, "
                             "which the file lists",
                             relations->relation[r].name);
    return TRM_OK;
}

static void fill_head(const preparation *p)
{
    const trm_model *model = p->model;
    trmi_prepared *head = p->head;
    memcpy(head->magic, TRMI_PREPARED_MAGIC, sizeof head->magic);
    head->layout = TRMI_PREPARED_LAYOUT;
    head->bytes = (uint32_t)p->used;
    head->config = model->config;
    head->parameters = model->parameters;
    head->weight_bytes = model->weight_bytes;
    head->norm_epsilon = model->norm_epsilon;
    memcpy(head->task, (const char *)&model->task + TRMI_TASK_NUMBERS_AT, TRMI_TASK_NUMBERS);
    head->crc = trmi_crc32c(0, p->base + TRMI_PREPARED_UNCHECKED, (size_t)p->used - TRMI_PREPARED_UNCHECKED);
}

trm_status trm_model_prepare(const trm_model *model, const trm_allocator *allocator, void **prepared,
                             size_t *bytes, trm_error *error)
{
    trm_allocator own;
    if (model == NULL || prepared == NULL || bytes == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_model_prepare: model, prepared and bytes must not be NULL");
    *prepared = NULL;
    *bytes = 0;
    preparation p = { .model = model };
    TRMI_TRY(trmi_allocator_read(&own, allocator, error));
    TRMI_TRY(check(model, error));
    TRMI_TRY(put_all(&p, error));
    if (p.used > UINT32_MAX)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "a prepared model: expected at most 4294967295 bytes, found %llu",
                         (unsigned long long)p.used);
    const uint64_t measured = p.used;
    p.base = trmi_allocate(&own, measured);
    if (p.base == NULL)
        return trmi_no_memory(error, "a prepared model of %llu bytes", (unsigned long long)measured);
    p.head = (trmi_prepared *)p.base;
    p.matrices = (trmi_prepared_matrix *)(p.head + 1);
    const trm_status status = put_all(&p, error);
    assert(status == TRM_OK && p.used == measured);
    (void)status;
    fill_head(&p);
    *prepared = p.base;
    *bytes = (size_t)measured;
    return TRM_OK;
}
