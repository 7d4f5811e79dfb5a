/* Binding: measure what must be expanded, allocate once, then check and bind tensor by tensor. */
#include "lib/model/binding.h"

#include <assert.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/model/quantise.h"
#include "lib/model/stored.h"
#include "lib/model/values.h"

/* Where a block's matrix goes; NULL for other tensors. */
static trmi_weight *weight_of(trm_model *model, const trmi_tensor *t)
{
    assert(!trmi_tensor_in_block(t) || t->block < model->network[t->network].blocks);
    assert(!trmi_tensor_in_block(t) || t->slot < model->kind->slots(&model->config));
    return trmi_tensor_in_block(t) ? &model->network[t->network].block[t->block].slot[t->slot] : NULL;
}

const float **trmi_plain_tensor(trm_model *model, trmi_role role)
{
    switch (role) {
    case TRMI_EMBED_TOKENS:
        return &model->embed_tokens;
    case TRMI_EMBED_POSITIONS:
        return &model->embed_positions;
    case TRMI_EMBED_PUZZLES:
        return &model->embed_puzzles;
    case TRMI_EMBED_REGISTERS:
        return &model->embed_registers;
    case TRMI_EMBED_FEATURES:
        return &model->embed_features;
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

/* ------------------------------------------------------------------------------------------- binding */

/* What the visits of all tensors share; without memory they only measure. */
typedef struct binding {
    trm_model *model;
    bool quantise; /* what can be quantised and is not yet */
    trmi_arena arena;
} binding;

static bool is_to_quantise(const binding *b, const trmi_tensor *tensor, const trmi_stored *stored)
{
#ifdef TRM_FREESTANDING
    (void)b, (void)stored, (void)tensor;
    return false; /* firmware's models are integers in their files */
#else
    return b->quantise && !stored->quantised && trmi_tensor_quantises(tensor);
#endif
}

/* Room for a quantised tensor, and where its scales begin. */
static void *take_codes(trmi_arena *arena, const trmi_tensor *tensor, uint64_t *scales_at, uint64_t *bytes)
{
    if (!trmi_i8_bytes(trmi_tensor_rows(tensor), trmi_code_columns(tensor), scales_at, bytes))
        arena->overflow = true;
    return trmi_arena_take(arena, *bytes, 1);
}

/* Room for what the sums of an 8-bit tensor's rows start at, where the kernels want it. */
static int32_t *take_starts(trm_model *model, trmi_arena *arena, const trmi_tensor *tensor)
{
    return model->kernels.code_offset != 0 ? trmi_arena_take(arena, trmi_tensor_rows(tensor), sizeof(int32_t))
                                           : NULL;
}

static trm_status measure_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    binding *b = user;
    trmi_stored stored;
    TRMI_TRY(trmi_stored_find(&stored, b->model, tensor, TRMI_ACCEPT_CODES, error));
    uint64_t scales_at, bytes = stored.bytes;
    if (is_to_quantise(b, tensor, &stored))
        take_codes(&b->arena, tensor, &scales_at, &bytes);
    else if (stored.in_place == NULL)
        trmi_arena_take(&b->arena, bytes, 1);
    const bool quantised = stored.quantised || is_to_quantise(b, tensor, &stored);
    if (quantised)
        take_starts(b->model, &b->arena, tensor);
    b->model->config.quantised |= quantised;
    b->model->parameters +=
        (uint64_t)tensor->groups * tensor->group_rows * tensor->column_groups * tensor->group_columns;
    b->model->weight_bytes += bytes;
    return TRM_OK;
}

/* Checks the tensor's numbers, which lie at `at`, and binds them as they are stored. */
static trm_status bind_numbers(trm_model *model, const trmi_tensor *tensor, const trmi_stored *stored,
                               const void *at, trm_error *error)
{
    trmi_weight *weight = weight_of(model, tensor);
    assert((uintptr_t)at % TRMI_ALIGNMENT == 0);
    if (stored->quantised) {
        *weight =
            (trmi_weight) { .codes = at, .scales = (const float *)((const char *)at + stored->scales_at) };
        return trmi_check_codes(tensor, weight->codes, weight->scales, error);
    }
    *(weight != NULL ? &weight->numbers : trmi_plain_tensor(model, tensor->role)) = at;
    return trmi_check_numbers(tensor, at, error);
}

/* The numbers stay in the file, or are expanded for a moment. */
static trm_status bind_quantised(binding *b, const trmi_tensor *tensor, const trmi_stored *stored,
                                 trm_error *error)
{
    trm_model *model = b->model;
    uint64_t scales_at, bytes;
    char *codes = take_codes(&b->arena, tensor, &scales_at, &bytes);
    assert(codes != NULL && scales_at % TRMI_ALIGNMENT == 0);
    float *scales = (float *)(codes + scales_at);
    const bool expand = stored->in_place == NULL;
    void *expanded = expand ? trmi_allocate(&model->allocator, stored->bytes) : NULL;
    if (expand && expanded == NULL)
        return trmi_no_memory(error, "%llu bytes of tensor %s", (unsigned long long)stored->bytes,
                              tensor->name);
    const float *numbers = expand ? expanded : stored->in_place;
    trm_status status = trmi_stored_load(stored, expanded, &model->allocator, error);
    if (status == TRM_OK)
        status = trmi_check_numbers(tensor, numbers, error);
    if (status == TRM_OK)
        trmi_quantise(tensor, numbers, (int8_t *)codes, scales);
    trmi_release(&model->allocator, expanded);
    *weight_of(model, tensor) = (trmi_weight) { .codes = (int8_t *)codes, .scales = scales };
    return status;
}

/* Where it lies in the file, or expanded. */
static trm_status bind_as_stored(binding *b, const trmi_tensor *tensor, const trmi_stored *stored,
                                 trm_error *error)
{
    trm_model *model = b->model;
    void *expanded = stored->in_place != NULL ? NULL : trmi_arena_take(&b->arena, stored->bytes, 1);
    TRMI_TRY(trmi_stored_load(stored, expanded, &model->allocator, error));
    return bind_numbers(model, tensor, stored, expanded != NULL ? expanded : stored->in_place, error);
}

static void bind_starts(binding *b, const trmi_tensor *tensor)
{
    trmi_weight *weight = weight_of(b->model, tensor);
    int32_t *starts = take_starts(b->model, &b->arena, tensor);
    assert(weight->codes != NULL);
    if (starts != NULL)
        trmi_quantised_starts(tensor, weight->codes, b->model->kernels.code_offset, starts);
    weight->starts = starts;
}

static trm_status bind_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    binding *b = user;
    trm_model *model = b->model;
    trmi_stored stored;
    TRMI_TRY(trmi_stored_find(&stored, model, tensor, TRMI_ACCEPT_CODES, error));
    const bool quantise = is_to_quantise(b, tensor, &stored);
    model->in_place = model->in_place && stored.in_place != NULL && !quantise;
    if (quantise)
        TRMI_TRY(bind_quantised(b, tensor, &stored, error));
    else
        TRMI_TRY(bind_as_stored(b, tensor, &stored, error));
    if (quantise || stored.quantised)
        bind_starts(b, tensor);
    return TRM_OK;
}

trmi_network trmi_network_layout(uint32_t blocks, uint32_t slots, trmi_arena *arena)
{
    const trmi_network network = { blocks, trmi_arena_take(arena, blocks, sizeof *network.block) };
    trmi_weight *weights = trmi_arena_take(arena, (uint64_t)blocks * slots, sizeof *weights);
    for (uint32_t i = 0; network.block != NULL && weights != NULL && i < blocks; i++)
        network.block[i].slot = weights + (size_t)i * slots;
    return network;
}

/* Tables of blocks, and what the kind keeps; the same function measures and carves. */
static void layout_tables(trm_model *model, trmi_arena *arena)
{
    const trmi_config *c = &model->config;
    const uint32_t slots = model->kind->slots(c);
    trmi_network *low = &model->network[TRMI_NETWORK_LOW], *high = &model->network[TRMI_NETWORK_HIGH];
    *low = *high = trmi_network_layout(c->blocks, slots, arena);
    if (c->architecture == TRM_ARCHITECTURE_HRM)
        *high = trmi_network_layout(c->high_blocks, slots, arena);
    model->kind->tables(model, arena);
}

enum { MOST_FOR_A_BYTE = 1032 };

trm_status trmi_tables_check(const trmi_kind *kind, uint64_t bytes, uint64_t file_bytes, trm_error *error)
{
    if (bytes / MOST_FOR_A_BYTE <= file_bytes)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT,
                     "%s: expected tables of at most %d times the file's %llu bytes, found %llu bytes",
                     kind->name, MOST_FOR_A_BYTE, (unsigned long long)file_bytes, (unsigned long long)bytes);
}

trm_status trmi_weights_bind(trm_model *model, bool quantise, trm_error *error)
{
    const trmi_config *c = &model->config;
    binding b = { .model = model, .quantise = quantise };
    trmi_arena own = { .base = NULL };
    model->kind->tables(model, &own);
    layout_tables(model, &b.arena);
    TRMI_TRY(trmi_tables_check(model->kind, own.used, model->container.file_bytes, error));
    TRMI_TRY(trmi_tensors(c, measure_tensor, &b, error));
    if (b.arena.overflow || b.arena.used > SIZE_MAX - TRMI_ALIGNMENT ||
        (model->memory = trmi_allocate(&model->allocator, b.arena.used)) == NULL)
        return trmi_no_memory(error, "%llu bytes of tables and expanded weights",
                              (unsigned long long)b.arena.used);
    model->memory_bytes = b.arena.used;
    b.arena = (trmi_arena) { .base = model->memory };
    layout_tables(model, &b.arena);
    assert(b.arena.used <= model->memory_bytes);
    model->kind->fill_tables(model);
    model->in_place = model->source.memory == NULL;
    return trmi_tensors(c, bind_tensor, &b, error);
}
