#include "lib/train/parameters.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"

static bool is_block_matrix(trmi_role role)
{
    return role >= TRMI_TOKENS_GATE_UP && role <= TRMI_CHANNELS_DOWN;
}

static bool is_matrix(trmi_role role)
{
    return is_block_matrix(role) || role == TRMI_HEAD_TOKENS || role == TRMI_HEAD_HALT;
}

static bool mixes_positions(const trmi_tensor *tensor)
{
    return tensor->role == TRMI_TOKENS_GATE_UP || tensor->role == TRMI_TOKENS_DOWN;
}

static uint64_t whole_panels(uint64_t count)
{
    return (count + TRMI_PANEL - 1) / TRMI_PANEL * TRMI_PANEL;
}

static uint64_t sums_of(const trmi_tensor *tensor, uint64_t count)
{
    if (tensor->role == TRMI_EMBED_PUZZLES)
        return 0;
    return mixes_positions(tensor) ? trmi_tensor_rows(tensor) * whole_panels(trmi_tensor_columns(tensor))
                                   : whole_panels(count);
}

/* A trmi_tensor_visit: the first round counts, the second fills the list. */
static trm_status visit(void *user, const trmi_tensor *tensor, trm_error *error)
{
    (void)error;
    trmi_parameters *p = user;
    const uint64_t count = trmi_tensor_rows(tensor) * trmi_tensor_columns(tensor);
    if (p->list != NULL)
        p->list[p->count] = (trmi_parameter) {
            .tensor = *tensor,
            .count = count,
            .flat = p->flat_count,
            .sums = p->sums_count,
            .trained = tensor->role != TRMI_STATE_Y && tensor->role != TRMI_STATE_Z,
            .in_block = is_block_matrix(tensor->role),
        };
    p->count++;
    p->flat_count += whole_panels(count);
    p->sums_count += sums_of(tensor, count);
    if (is_matrix(tensor->role))
        p->turned_count += whole_panels(trmi_tensor_rows(tensor)) * whole_panels(trmi_tensor_columns(tensor));
    return TRM_OK;
}

static void walk(trmi_parameters *p)
{
    p->count = 0;
    p->flat_count = p->sums_count = p->turned_count = 0;
    (void)trmi_tensors(&p->config, visit, p, NULL); /* visits cannot fail */
}

static trm_status find_values(trmi_parameter *parameter, const trm_model *model, void *image,
                              trm_error *error)
{
    const trmi_tensor_entry *entry = trmi_container_tensor(&model->container, parameter->tensor.name);
    if (entry == NULL || entry->bytes != entry->stored_bytes ||
        entry->bytes != parameter->count * sizeof(float))
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s does not lie in the model as it is used",
                         parameter->tensor.name);
    parameter->values = (float *)((char *)image + entry->offset);
    return TRM_OK;
}

static void describe_matrix(trmi_parameter *parameter, const float *turned)
{
    parameter->matrix = (trmi_matrix) {
        .values = parameter->values,
        .turned = turned,
        .gradient = parameter->sums,
        .outputs = (uint32_t)trmi_tensor_rows(&parameter->tensor),
        .inputs = (uint32_t)trmi_tensor_columns(&parameter->tensor),
        .layout = parameter->tensor.layout,
    };
}

static void describe_block(trmi_block_matrices *block, const trmi_parameter *parameter)
{
    const trmi_matrix *matrix = &parameter->matrix;
    switch (parameter->tensor.role) {
    case TRMI_TOKENS_GATE_UP:
        block->token_gate_up = matrix;
        break;
    case TRMI_TOKENS_DOWN:
        block->token_down = matrix;
        break;
    case TRMI_ATTENTION_QKV:
        block->attention_qkv = matrix;
        break;
    case TRMI_ATTENTION_OUT:
        block->attention_out = matrix;
        break;
    case TRMI_CHANNELS_GATE_UP:
        block->channel_gate_up = matrix;
        break;
    default:
        block->channel_down = matrix;
        break;
    }
}

/* Every parameter's place in the image, among the turned matrices, and in its block. */
static trm_status place(trmi_parameters *p, const trm_model *model, void *image, trm_error *error)
{
    float *turned = p->turned;
    for (uint32_t i = 0; i < p->count; i++) {
        trmi_parameter *parameter = &p->list[i];
        const trm_status status = find_values(parameter, model, image, error);
        if (status != TRM_OK)
            return status;
        if (is_matrix(parameter->tensor.role)) {
            describe_matrix(parameter, turned);
            turned += whole_panels(parameter->matrix.outputs) * whole_panels(parameter->matrix.inputs);
        }
        if (parameter->in_block)
            describe_block(&p->blocks[parameter->tensor.block], parameter);
        else
            p->role[parameter->tensor.role] = parameter;
    }
    p->head_tokens = &p->role[TRMI_HEAD_TOKENS]->matrix;
    p->head_halt = &p->role[TRMI_HEAD_HALT]->matrix;
    return TRM_OK;
}

trm_status trmi_parameters_begin(trmi_parameters *parameters, const trm_model *model, void *image,
                                 const trm_allocator *allocator, trm_error *error)
{
    *parameters = (trmi_parameters) { .allocator = allocator, .config = model->config };
    walk(parameters);
    parameters->list = trmi_allocate(allocator, parameters->count * sizeof *parameters->list);
    parameters->turned = trmi_allocate(allocator, parameters->turned_count * sizeof(float));
    parameters->blocks = trmi_allocate(allocator, model->config.blocks * sizeof *parameters->blocks);
    trm_status status = TRM_OK;
    if (parameters->list == NULL || parameters->turned == NULL || parameters->blocks == NULL) {
        status = trmi_fail(error, TRM_ERROR_MEMORY, "no memory for %llu turned weights",
                           (unsigned long long)parameters->turned_count);
    } else {
        walk(parameters);
        status = place(parameters, model, image, error);
    }
    if (status == TRM_OK)
        trmi_parameters_turn(parameters);
    else
        trmi_parameters_end(parameters);
    return status;
}

void trmi_parameters_end(trmi_parameters *parameters)
{
    if (parameters->allocator == NULL)
        return;
    trmi_release(parameters->allocator, parameters->list);
    trmi_release(parameters->allocator, parameters->turned);
    trmi_release(parameters->allocator, parameters->blocks);
    *parameters = (trmi_parameters) { 0 };
}

/* Plain rows: inputs x outputs. */
static void turn_rows(const trmi_matrix *matrix, float *to)
{
    for (uint32_t row = 0; row < matrix->outputs; row++)
        for (uint32_t column = 0; column < matrix->inputs; column++)
            to[(size_t)column * matrix->outputs + row] =
                matrix->values[(size_t)row * matrix->inputs + column];
}

/* Panels of 16 inputs: [inputs / 16][outputs][16]. */
static void turn_panels(const trmi_matrix *matrix, float *to)
{
    for (uint32_t row = 0; row < matrix->outputs; row++)
        for (uint32_t column = 0; column < matrix->inputs; column++)
            to[((size_t)(column / TRMI_PANEL) * matrix->outputs + row) * TRMI_PANEL + column % TRMI_PANEL] =
                matrix->values[((size_t)(row / TRMI_PANEL) * matrix->inputs + column) * TRMI_PANEL +
                               row % TRMI_PANEL];
}

void trmi_parameters_turn(const trmi_parameters *parameters)
{
    float *to = parameters->turned;
    for (uint32_t i = 0; i < parameters->count; i++) {
        const trmi_matrix *matrix = &parameters->list[i].matrix;
        if (matrix->values == NULL)
            continue;
        if (matrix->layout == TRMI_LAYOUT_ROWS)
            turn_rows(matrix, to);
        else
            turn_panels(matrix, to);
        to += whole_panels(matrix->outputs) * whole_panels(matrix->inputs);
    }
}

/* One row of numbers: the sum over the blocks, in their order. */
static void reduce_row(const float *sums, uint64_t step, uint32_t count, uint64_t length, float factor,
                       float *to)
{
    memcpy(to, sums, length * sizeof *to);
    for (uint32_t block = 1; block < count; block++)
        for (uint64_t i = 0; i < length; i++)
            to[i] += sums[block * step + i];
    for (uint64_t i = 0; i < length; i++)
        to[i] *= factor;
}

void trmi_parameters_reduce(const trmi_parameters *parameters, const float *sums, uint32_t count,
                            float factor, float *flat)
{
    for (uint32_t i = 0; i < parameters->count; i++) {
        const trmi_parameter *p = &parameters->list[i];
        if (p->tensor.role == TRMI_EMBED_PUZZLES)
            continue;
        const bool padded = mixes_positions(&p->tensor);
        const uint64_t rows = padded ? p->matrix.outputs : 1, columns = padded ? p->matrix.inputs : p->count;
        for (uint64_t row = 0; row < rows; row++)
            reduce_row(sums + p->sums + row * whole_panels(columns), parameters->sums_count, count, columns,
                       factor, flat + p->flat + row * columns);
    }
}
