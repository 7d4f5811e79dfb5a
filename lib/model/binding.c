/* Binding: measure what must be expanded, allocate once, then check and bind tensor by tensor. */
#include "lib/model/binding.h"

#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/format/layout.h"
#include "lib/model/rotary.h"

/* Where a tensor's address goes. */
static const float **slot_of(trm_model *model, const trmi_tensor *t)
{
    trmi_block_weights *block = t->role >= TRMI_TOKENS_GATE_UP && t->role <= TRMI_CHANNELS_DOWN
                                    ? &model->network[t->network].block[t->block]
                                    : NULL;
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
    case TRMI_CHANNELS_DOWN:
        return &block->channel_down;
    case TRMI_HEAD_TOKENS:
        return &model->head_tokens;
    case TRMI_HEAD_TOKENS_BIAS:
        return &model->head_tokens_bias;
    case TRMI_HEAD_HALT:
        return &model->head_halt;
    case TRMI_HEAD_HALT_BIAS:
        return &model->head_halt_bias;
    case TRMI_ROLE_COUNT:
        break;
    }
    return NULL;
}

static trm_status find(const trm_model *model, const trmi_tensor *t, const trmi_tensor_entry **entry,
                       trm_error *error)
{
    const trmi_tensor_entry *e = *entry = trmi_container_tensor(&model->container, t->name);
    const uint64_t rows = trmi_tensor_rows(t), columns = trmi_tensor_columns(t);
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
    return TRM_OK;
}

static bool in_place(const trmi_tensor_entry *entry)
{
    return entry->encoding == TRMI_ENCODING_RAW && !TRMI_BIG_ENDIAN;
}

/* ------------------------------------------------------------------------------------------- values */

enum { SIGN = 0x7fffffff, EXPONENT = 0x7f800000, CARRY = 0x00800000, CHECKED_AT_ONCE = 16 };

/* Whether one of the numbers is infinite or none: its exponent is all ones, and one more carries into the
 * sign's place. Without branches, so that compilers make vectors of it: opening looks at every weight. */
static bool any_not_finite(const float *numbers)
{
    uint32_t carried = 0;
    for (int i = 0; i < CHECKED_AT_ONCE; i++)
        carried |= (trmi_bits_of_float(numbers[i]) & SIGN) + CARRY;
    return carried >> 31;
}

/* Index of the first number that is not finite, or count. */
static uint64_t first_not_finite(const float *numbers, uint64_t count)
{
    uint64_t i = 0;
    while (count - i >= CHECKED_AT_ONCE && !any_not_finite(numbers + i))
        i += CHECKED_AT_ONCE;
    while (i < count && (trmi_bits_of_float(numbers[i]) & EXPONENT) != EXPONENT)
        i++;
    return i;
}

/* Whether stored row `row` of a tensor is padding. */
static bool is_padding(uint64_t index, uint32_t group, uint32_t stored_group)
{
    return index % stored_group >= group;
}

static bool row_is_zero(const trmi_tensor *t, const float *numbers, uint64_t row, uint64_t from, uint64_t to)
{
    const uint64_t columns = trmi_tensor_columns(t);
    for (uint64_t column = from; column < to; column++) {
        const uint64_t at = t->layout == TRMI_LAYOUT_ROWS
                                ? row * columns + column
                                : (row / TRMI_LANES * columns + column) * TRMI_LANES + row % TRMI_LANES;
        if (numbers[at] != 0.0f)
            return false;
    }
    return true;
}

/* Padding must be zero: what the kernels compute in spare lanes would otherwise reach the norms. */
static trm_status check_padding(const trmi_tensor *t, const float *numbers, trm_error *error)
{
    const uint64_t rows = trmi_tensor_rows(t), columns = trmi_tensor_columns(t);
    const uint32_t group = t->group_columns, stored = t->stored_group_columns;
    bool zero = true;
    for (uint64_t row = 0; zero && row < rows; row++) {
        if (is_padding(row, t->group_rows, t->stored_group_rows))
            zero = row_is_zero(t, numbers, row, 0, columns);
        for (uint64_t begin = 0; zero && group < stored && begin < columns; begin += stored)
            zero = row_is_zero(t, numbers, row, begin + group, begin + stored);
    }
    return zero ? TRM_OK
                : trmi_fail(error, TRM_ERROR_FORMAT,
                            "tensor %s: expected zeros as padding, found other numbers", t->name);
}

static trm_status check_values(const trmi_tensor *t, const float *numbers, trm_error *error)
{
    const uint64_t count = trmi_tensor_rows(t) * trmi_tensor_columns(t),
                   at = first_not_finite(numbers, count);
    if (at < count)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %s: expected finite numbers, found %g at index %llu", t->name,
                         (double)numbers[at], (unsigned long long)at);
    return check_padding(t, numbers, error);
}

/* ------------------------------------------------------------------------------------------- binding */

/* What the visits of all tensors share; without memory they only measure. */
typedef struct binding {
    trm_model *model;
    trmi_arena arena;
} binding;

static trm_status measure_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    binding *b = user;
    const trmi_tensor_entry *entry;
    const trm_status status = find(b->model, tensor, &entry, error);
    if (status != TRM_OK)
        return status;
    b->model->parameters +=
        (uint64_t)tensor->groups * tensor->group_rows * tensor->column_groups * tensor->group_columns;
    b->model->weight_bytes += entry->bytes;
    if (!in_place(entry))
        trmi_arena_take(&b->arena, entry->bytes, 1);
    return TRM_OK;
}

static trm_status bind_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    binding *b = user;
    trm_model *model = b->model;
    const trmi_tensor_entry *entry;
    trm_status status = find(model, tensor, &entry, error);
    if (status != TRM_OK)
        return status;
    void *expanded = in_place(entry) ? NULL : trmi_arena_take(&b->arena, entry->bytes, 1);
    const void *numbers = expanded != NULL ? expanded : (const char *)model->source.bytes + entry->offset;
    model->in_place = model->in_place && expanded == NULL;
    status = trmi_container_load(entry, model->source.bytes, expanded, &model->allocator, error);
    if (status == TRM_OK)
        status = check_values(tensor, numbers, error);
    if (status == TRM_OK)
        *slot_of(model, tensor) = numbers;
    return status;
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

trm_status trmi_weights_bind(trm_model *model, trm_error *error)
{
    const trmi_config *c = &model->config;
    binding b = { .model = model };
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
