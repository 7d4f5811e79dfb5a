/* Binding: measure what must be expanded, allocate once, then check and bind tensor by tensor. */
#include "lib/model/binding.h"

#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/format/layout.h"
#include "lib/model/quantise.h"
#include "lib/model/rotary.h"
#include "lib/model/values.h"

/* Where a block's matrix goes; NULL for other tensors. */
static trmi_weight *weight_of(trm_model *model, const trmi_tensor *t)
{
    if (t->role < TRMI_TOKENS_GATE_UP || t->role > TRMI_CHANNELS_DOWN)
        return NULL;
    trmi_block_weights *block = &model->network[t->network].block[t->block];
    switch (t->role) {
    case TRMI_TOKENS_GATE_UP:
        return &block->token_gate_up;
    case TRMI_TOKENS_DOWN:
        return &block->token_down;
    case TRMI_ATTENTION_QKV:
        return &block->attention_qkv;
    case TRMI_ATTENTION_OUT:
        return &block->attention_out;
    case TRMI_CHANNELS_GATE_UP:
        return &block->channel_gate_up;
    default:
        return &block->channel_down;
    }
}

/* Where the address of the others goes. */
static const float **slot_of(trm_model *model, const trmi_tensor *t)
{
    switch (t->role) {
    case TRMI_EMBED_TOKENS:
        return &model->embed_tokens;
    case TRMI_EMBED_POSITIONS:
        return &model->embed_positions;
    case TRMI_EMBED_PUZZLES:
        return &model->embed_puzzles;
    case TRMI_EMBED_REGISTERS:
        return &model->embed_registers;
    case TRMI_STATE_Y:
        return &model->state_y;
    case TRMI_STATE_Z:
        return &model->state_z;
    case TRMI_HEAD_TOKENS:
        return &model->head_tokens;
    case TRMI_HEAD_TOKENS_BIAS:
        return &model->head_tokens_bias;
    case TRMI_HEAD_HALT:
        return &model->head_halt;
    default:
        return &model->head_halt_bias;
    }
}

static trm_status find(const trm_model *model, const trmi_tensor *t, const trmi_tensor_entry **entry,
                       trm_error *error)
{
    const trmi_tensor_entry *e = *entry = trmi_container_tensor(&model->container, t->name);
    const bool quantised = e != NULL && e->type == TRMI_TYPE_I8;
    const uint64_t rows = trmi_tensor_rows(t),
                   columns = quantised ? trmi_code_columns(t) : trmi_tensor_columns(t);
    if (e == NULL)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %s: expected %llu x %llu numbers, found no such tensor", t->name,
                         (unsigned long long)rows, (unsigned long long)columns);
    if (e->rows != rows || e->columns != columns)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %s: expected %llu x %llu numbers, found %llu x %llu", t->name,
                         (unsigned long long)rows, (unsigned long long)columns, (unsigned long long)e->rows,
                         (unsigned long long)e->columns);
    if (e->layout != (uint32_t)t->layout)
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s: expected layout %u, found %u", t->name,
                         (unsigned)t->layout, (unsigned)e->layout);
    if (quantised && !trmi_tensor_quantises(t))
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "tensor %s: expected f32, found i8, which only matrices of blocks can be, with at most "
            "131072 columns",
            t->name);
    return TRM_OK;
}

static bool in_place(const trmi_tensor_entry *entry)
{
    return entry->encoding == TRMI_ENCODING_RAW && !TRMI_BIG_ENDIAN;
}

/* ------------------------------------------------------------------------------------------- binding */

/* What the visits of all tensors share; without memory they only measure. */
typedef struct binding {
    trm_model *model;
    bool quantise; /* what can be quantised and is not yet */
    trmi_arena arena;
} binding;

static bool is_to_quantise(const binding *b, const trmi_tensor *tensor, const trmi_tensor_entry *entry)
{
    return b->quantise && entry->type == TRMI_TYPE_F32 && trmi_tensor_quantises(tensor);
}

/* Room for a quantised tensor, and where its scales begin. */
static void *take_codes(trmi_arena *arena, const trmi_tensor *tensor, uint64_t *scales_at, uint64_t *bytes)
{
    if (!trmi_i8_bytes(trmi_tensor_rows(tensor), trmi_code_columns(tensor), scales_at, bytes))
        arena->overflow = true;
    return trmi_arena_take(arena, *bytes, 1);
}

static trm_status measure_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    binding *b = user;
    const trmi_tensor_entry *entry;
    const trm_status status = find(b->model, tensor, &entry, error);
    if (status != TRM_OK)
        return status;
    uint64_t scales_at, bytes = entry->bytes;
    if (is_to_quantise(b, tensor, entry))
        take_codes(&b->arena, tensor, &scales_at, &bytes);
    else if (!in_place(entry))
        trmi_arena_take(&b->arena, bytes, 1);
    b->model->config.quantised |= entry->type == TRMI_TYPE_I8 || is_to_quantise(b, tensor, entry);
    b->model->parameters +=
        (uint64_t)tensor->groups * tensor->group_rows * tensor->column_groups * tensor->group_columns;
    b->model->weight_bytes += bytes;
    return TRM_OK;
}

/* Checks the tensor's numbers and binds them as they are stored. */
static trm_status bind_stored(trm_model *model, const trmi_tensor *tensor, const trmi_tensor_entry *entry,
                              const void *stored, trm_error *error)
{
    trmi_weight *weight = weight_of(model, tensor);
    uint64_t scales_at, bytes;
    if (entry->type == TRMI_TYPE_I8 && trmi_i8_bytes(entry->rows, entry->columns, &scales_at, &bytes)) {
        *weight =
            (trmi_weight) { .codes = stored, .scales = (const float *)((const char *)stored + scales_at) };
        return trmi_check_codes(tensor, weight->codes, weight->scales, error);
    }
    *(weight != NULL ? &weight->numbers : slot_of(model, tensor)) = stored;
    return trmi_check_numbers(tensor, stored, error);
}

/* The numbers stay in the file, or are expanded for a moment. */
static trm_status bind_quantised(binding *b, const trmi_tensor *tensor, const trmi_tensor_entry *entry,
                                 trm_error *error)
{
    trm_model *model = b->model;
    uint64_t scales_at, bytes;
    char *codes = take_codes(&b->arena, tensor, &scales_at, &bytes);
    float *scales = (float *)(codes + scales_at);
    void *expanded = in_place(entry) ? NULL : trmi_allocate(&model->allocator, entry->bytes);
    if (expanded == NULL && !in_place(entry))
        return trmi_fail(error, TRM_ERROR_MEMORY, "the allocator returned NULL for %llu bytes of tensor %s",
                         (unsigned long long)entry->bytes, tensor->name);
    const float *numbers = expanded != NULL ? expanded : (const char *)model->source.bytes + entry->offset;
    trm_status status = trmi_container_load(entry, model->source.bytes, expanded, &model->allocator, error);
    if (status == TRM_OK)
        status = trmi_check_numbers(tensor, numbers, error);
    if (status == TRM_OK)
        trmi_quantise(tensor, numbers, (int8_t *)codes, scales);
    trmi_release(&model->allocator, expanded);
    *weight_of(model, tensor) = (trmi_weight) { .codes = (int8_t *)codes, .scales = scales };
    return status;
}

static trm_status bind_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    binding *b = user;
    trm_model *model = b->model;
    const trmi_tensor_entry *entry;
    trm_status status = find(model, tensor, &entry, error);
    if (status != TRM_OK)
        return status;
    const bool quantise = is_to_quantise(b, tensor, entry);
    model->in_place = model->in_place && in_place(entry) && !quantise;
    if (quantise)
        return bind_quantised(b, tensor, entry, error);
    void *expanded = in_place(entry) ? NULL : trmi_arena_take(&b->arena, entry->bytes, 1);
    status = trmi_container_load(entry, model->source.bytes, expanded, &model->allocator, error);
    if (status != TRM_OK)
        return status;
    return bind_stored(model, tensor, entry,
                       expanded != NULL ? expanded : (const char *)model->source.bytes + entry->offset,
                       error);
}

/* Block tables and rotary tables; the same function measures and carves. */
static void layout_tables(trm_model *model, trmi_arena *arena)
{
    const trmi_config *c = &model->config;
    trmi_network *low = &model->network[TRMI_NETWORK_LOW], *high = &model->network[TRMI_NETWORK_HIGH];
    *low = (trmi_network) { c->blocks, trmi_arena_take(arena, c->blocks, sizeof *low->block) };
    *high = *low;
    if (c->architecture == TRM_ARCHITECTURE_HRM)
        *high =
            (trmi_network) { c->high_blocks, trmi_arena_take(arena, c->high_blocks, sizeof *high->block) };
    if (c->position_encoding != TRM_POSITION_ROTARY)
        return;
    const uint64_t angles = (uint64_t)trmi_rows(c) * (c->channels / c->heads / 2);
    model->rotary_cos = trmi_arena_take(arena, angles, sizeof(float));
    model->rotary_sin = trmi_arena_take(arena, angles, sizeof(float));
}

trm_status trmi_weights_bind(trm_model *model, bool quantise, trm_error *error)
{
    const trmi_config *c = &model->config;
    binding b = { .model = model, .quantise = quantise };
    layout_tables(model, &b.arena);
    trm_status status = trmi_tensors(c, measure_tensor, &b, error);
    if (status != TRM_OK)
        return status;
    if (b.arena.overflow || b.arena.used > SIZE_MAX - TRMI_ALIGNMENT ||
        (model->memory = trmi_allocate(&model->allocator, b.arena.used)) == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY,
                         "the allocator returned NULL for %llu bytes of tables and expanded weights",
                         (unsigned long long)b.arena.used);
    model->memory_bytes = b.arena.used;
    b.arena = (trmi_arena) { .base = model->memory };
    layout_tables(model, &b.arena);
    if (c->position_encoding == TRM_POSITION_ROTARY)
        trmi_rotary_fill(model->rotary_cos, model->rotary_sin, trmi_rows(c), c->channels / c->heads / 2,
                         c->rotary_base);
    model->in_place = model->source.memory == NULL;
    return trmi_tensors(c, bind_tensor, &b, error);
}
