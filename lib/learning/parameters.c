#include "lib/learning/parameters.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/model/quantise.h"
#include "lib/model/stored.h"

static bool is_matrix(const trmi_tensor *tensor)
{
    return trmi_tensor_in_block(tensor) || tensor->role == TRMI_HEAD_TOKENS || tensor->role == TRMI_HEAD_HALT;
}

static bool mixes_positions(const trmi_tensor *tensor)
{
    return trmi_tensor_in_block(tensor) && tensor->layout == TRMI_LAYOUT_ROWS;
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

static void measure_codes(trmi_parameters *p, const trmi_tensor *tensor)
{
    const uint64_t scales = trmi_tensor_rows(tensor), codes = scales * trmi_code_columns(tensor);
    p->most_codes = codes > p->most_codes ? codes : p->most_codes;
    p->most_scales = scales > p->most_scales ? scales : p->most_scales;
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
            .in_block = trmi_tensor_in_block(tensor),
        };
    p->count++;
    p->flat_count += whole_panels(count);
    p->sums_count += sums_of(tensor, count);
    if (is_matrix(tensor))
        p->transposed_count +=
            whole_panels(trmi_tensor_rows(tensor)) * whole_panels(trmi_tensor_columns(tensor));
    if (trmi_tensor_in_block(tensor))
        measure_codes(p, tensor);
    return TRM_OK;
}

static void walk(trmi_parameters *p)
{
    p->count = 0;
    p->flat_count = p->sums_count = p->transposed_count = p->most_codes = p->most_scales = 0;
    (void)trmi_tensors(&p->config, visit, p, NULL); /* visits cannot fail */
}

uint64_t trmi_parameters_flat(const trmi_config *config)
{
    trmi_parameters measured = { .config = *config };
    walk(&measured);
    return measured.flat_count;
}

static trm_status find_values(trmi_parameter *parameter, const trm_model *model, void *image,
                              trm_error *error)
{
    trmi_stored stored;
    TRMI_TRY(trmi_stored_find(&stored, model, &parameter->tensor, TRMI_ACCEPT_NUMBERS, error));
    if (stored.in_place == NULL)
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s does not lie in the model as it is used",
                         parameter->tensor.name);
    const size_t offset = (size_t)((const char *)stored.in_place - (const char *)stored.file);
    parameter->used = parameter->values = (float *)((char *)image + offset);
    return TRM_OK;
}

/* The parameter's numbers move out of the image, which from now on has what they round to. */
static void set_apart(const trmi_parameters *p, trmi_parameter *parameter)
{
    if (p->rounding.learned == NULL || !parameter->in_block || !trmi_tensor_quantises(&parameter->tensor))
        return;
    parameter->values = p->rounding.learned + parameter->flat;
    memcpy(parameter->values, parameter->used, parameter->count * sizeof(float));
}

static void describe_matrix(trmi_parameter *parameter, const float *transposed)
{
    parameter->matrix = (trmi_matrix) {
        .values = parameter->used,
        .transposed = transposed,
        .gradient = parameter->sums,
        .outputs = (uint32_t)trmi_tensor_rows(&parameter->tensor),
        .inputs = (uint32_t)trmi_tensor_columns(&parameter->tensor),
        .layout = parameter->tensor.layout,
    };
}

/* Every parameter's place in the image, among the transposed matrices, and in its block. */
static trm_status place(trmi_parameters *p, const trm_model *model, void *image, trm_error *error)
{
    float *transposed = p->transposed;
    for (uint32_t i = 0; i < p->count; i++) {
        trmi_parameter *parameter = &p->list[i];
        const trm_status status = find_values(parameter, model, image, error);
        if (status != TRM_OK)
            return status;
        set_apart(p, parameter);
        if (is_matrix(&parameter->tensor)) {
            describe_matrix(parameter, transposed);
            transposed += whole_panels(parameter->matrix.outputs) * whole_panels(parameter->matrix.inputs);
        }
        if (parameter->in_block)
            p->blocks[parameter->tensor.block].slot[parameter->tensor.slot] = &parameter->matrix;
        else
            p->role[parameter->tensor.role] = parameter;
    }
    p->head_tokens = &p->role[TRMI_HEAD_TOKENS]->matrix;
    p->head_halt = &p->role[TRMI_HEAD_HALT]->matrix;
    return TRM_OK;
}

static bool take_memory(trmi_parameters *p)
{
    const uint32_t slots = trmi_kind_of(p->config.block)->slots(&p->config);
    p->list = trmi_allocate(p->allocator, p->count * sizeof *p->list);
    p->transposed = trmi_allocate(p->allocator, p->transposed_count * sizeof(float));
    p->blocks = trmi_allocate(p->allocator, p->config.blocks * sizeof *p->blocks);
    p->slots = trmi_allocate(p->allocator, (uint64_t)p->config.blocks * slots * sizeof *p->slots);
    for (uint32_t i = 0; p->blocks != NULL && p->slots != NULL && i < p->config.blocks; i++)
        p->blocks[i].slot = p->slots + (size_t)i * slots;
    return p->list != NULL && p->transposed != NULL && p->blocks != NULL && p->slots != NULL;
}

static bool take_rounding(trmi_parameters *p)
{
    p->rounding.learned = trmi_allocate(p->allocator, p->flat_count * sizeof(float));
    p->rounding.codes = trmi_allocate(p->allocator, p->most_codes);
    p->rounding.scales = trmi_allocate(p->allocator, p->most_scales * sizeof(float));
    return p->rounding.learned != NULL && p->rounding.codes != NULL && p->rounding.scales != NULL;
}

trm_status trmi_parameters_begin(trmi_parameters *parameters, const trm_model *model, void *image,
                                 bool rounded, const trm_allocator *allocator, trm_error *error)
{
    *parameters = (trmi_parameters) { .allocator = allocator, .config = model->config };
    walk(parameters);
    trm_status status = TRM_OK;
    if (!take_memory(parameters) || (rounded && !take_rounding(parameters))) {
        status = trmi_no_memory(error, "%llu transposed weights",
                                (unsigned long long)parameters->transposed_count);
    } else {
        walk(parameters);
        status = place(parameters, model, image, error);
    }
    if (status == TRM_OK)
        trmi_parameters_renew(parameters);
    else
        trmi_parameters_end(parameters);
    return status;
}

void trmi_parameters_end(trmi_parameters *parameters)
{
    if (parameters->allocator == NULL)
        return;
    trmi_release(parameters->allocator, parameters->list);
    trmi_release(parameters->allocator, parameters->transposed);
    trmi_release(parameters->allocator, parameters->rounding.learned);
    trmi_release(parameters->allocator, parameters->rounding.codes);
    trmi_release(parameters->allocator, parameters->rounding.scales);
    trmi_release(parameters->allocator, parameters->blocks);
    trmi_release(parameters->allocator, parameters->slots);
    *parameters = (trmi_parameters) { 0 };
}

/* Plain rows: inputs x outputs. */
static void transpose_rows(const trmi_matrix *matrix, float *to)
{
    for (uint32_t row = 0; row < matrix->outputs; row++)
        for (uint32_t column = 0; column < matrix->inputs; column++)
            to[(size_t)column * matrix->outputs + row] =
                matrix->values[(size_t)row * matrix->inputs + column];
}

/* Panels of 16 inputs: [inputs / 16][outputs][16]. */
static void transpose_panels(const trmi_matrix *matrix, float *to)
{
    for (uint32_t row = 0; row < matrix->outputs; row++)
        for (uint32_t column = 0; column < matrix->inputs; column++)
            to[((size_t)(column / TRMI_PANEL) * matrix->outputs + row) * TRMI_PANEL + column % TRMI_PANEL] =
                matrix->values[((size_t)(row / TRMI_PANEL) * matrix->inputs + column) * TRMI_PANEL +
                               row % TRMI_PANEL];
}

/* What the parameter's 8-bit integers mean; gradients pass as if nothing were rounded (arXiv 1308.3432). */
static void round_matrix(const trmi_rounding *rounding, const trmi_parameter *parameter)
{
    const trmi_tensor *tensor = &parameter->tensor;
    trmi_quantise(tensor, parameter->values, rounding->codes, rounding->scales);
    for (uint64_t row = 0; row < trmi_tensor_rows(tensor); row++)
        for (uint64_t column = 0; column < trmi_tensor_columns(tensor); column++)
            parameter->used[trmi_number_index(tensor, row, column)] =
                rounding->scales[row] * (float)rounding->codes[trmi_code_index(tensor, row, column)];
}

void trmi_parameters_renew(const trmi_parameters *parameters)
{
    float *to = parameters->transposed;
    for (uint32_t i = 0; i < parameters->count; i++) {
        const trmi_matrix *matrix = &parameters->list[i].matrix;
        if (parameters->list[i].values != parameters->list[i].used)
            round_matrix(&parameters->rounding, &parameters->list[i]);
        if (matrix->values == NULL)
            continue;
        if (matrix->layout == TRMI_LAYOUT_ROWS)
            transpose_rows(matrix, to);
        else
            transpose_panels(matrix, to);
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
