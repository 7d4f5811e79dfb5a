#include "tests/support/classroom.h"

#include <math.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/interchange/checkpoint.h"
#include "lib/net/embed.h"
#include "lib/solve/tables.h"

/* -------------------------------------------------------------------------------------------- opening */

static trm_status take_memory(classroom *room, trm_error *error)
{
    const trmi_config *config = &room->model->config;
    const uint64_t state =
        (uint64_t)room->question.extent.rows * trmi_padded(config->channels) * sizeof(float);
    room->sums = trmi_allocate(&room->allocator, room->parameters.sums_count * sizeof(float));
    room->flat = trmi_allocate(&room->allocator, room->parameters.flat_count * sizeof(float));
    room->y = trmi_allocate(&room->allocator, state);
    room->z = trmi_allocate(&room->allocator, state);
    if (room->sums == NULL || room->flat == NULL || room->y == NULL || room->z == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for the gradients of a model");
    return TRM_OK;
}

static trm_status lay_tables(classroom *room, uint32_t helpers, trm_error *error)
{
    trmi_shape shape = trmi_config_shape(&room->model->config);
    shape.helpers = helpers;
    trmi_arena arena = { .base = NULL };
    trm_status status =
        trmi_tables_lay(room->model, &shape, &arena, room->relations, &room->question.extent, error);
    room->tables_bytes = arena.used;
    room->tables = trmi_allocate(&room->allocator, arena.used);
    room->question.relations = room->relations;
    arena = (trmi_arena) { .base = room->tables };
    if (status == TRM_OK && room->tables == NULL)
        status = trmi_fail(error, TRM_ERROR_MEMORY, "no memory for the relations of a model");
    if (status == TRM_OK && arena.base != NULL)
        status = trmi_tables_lay(room->model, &shape, &arena, room->relations, &room->question.extent, error);
    return status;
}

static trm_status begin_parts(classroom *room, bool recompute, uint32_t helpers, trm_error *error)
{
    trm_status status = trm_model_open_memory(room->image, room->bytes, NULL, &room->model, error);
    if (status == TRM_OK)
        status = trmi_parameters_begin(&room->parameters, room->model, room->image, false, &room->allocator,
                                       error);
    if (status == TRM_OK)
        status = lay_tables(room, helpers, error);
    if (status != TRM_OK)
        return status;
    const trmi_config *config = &room->model->config;
    const trmi_lesson_plan plan = { config->cycles, config->updates, recompute, 0.0, 0.5, 0.1 };
    const trmi_question *questions[] = { &room->question };
    status = trmi_desk_begin(&room->desk, room->model, &room->parameters, &plan, questions, 1,
                             &room->allocator, error);
    return status == TRM_OK ? take_memory(room, error) : status;
}

trm_status classroom_open(classroom *room, const void *data, size_t bytes, bool recompute, trm_error *error)
{
    return classroom_open_for(room, data, bytes, recompute, 0, error);
}

trm_status classroom_open_for(classroom *room, const void *data, size_t bytes, bool recompute,
                              uint32_t helpers, trm_error *error)
{
    *room = (classroom) { .bytes = 0 };
    trm_status status = trmi_allocator_read(&room->allocator, NULL, error);
    if (status == TRM_OK)
        status = trm_convert_memory(data, bytes, NULL, &room->image, &room->bytes, error);
    if (status == TRM_OK)
        status = begin_parts(room, recompute, helpers, error);
    if (status != TRM_OK)
        classroom_close(room);
    return status;
}

void classroom_close(classroom *room)
{
    trmi_release(&room->allocator, room->sums);
    trmi_release(&room->allocator, room->flat);
    trmi_release(&room->allocator, room->y);
    trmi_release(&room->allocator, room->z);
    trmi_desk_end(&room->desk);
    if (room->tables != NULL)
        trmi_arena_release(room->tables, room->tables_bytes);
    trmi_release(&room->allocator, room->tables);
    trmi_parameters_end(&room->parameters);
    trm_model_close(room->model);
    trm_convert_free(room->image, NULL);
    *room = (classroom) { .bytes = 0 };
}

/* ------------------------------------------------------------------------------------------- teaching */

trmi_lesson classroom_teach_on(classroom *room, const int32_t *labels, float *puzzle)
{
    trmi_lesson lesson = { .question = room->question,
                           .labels = labels,
                           .y = room->y,
                           .z = room->z,
                           .sums = room->sums,
                           .puzzle_gradient = puzzle };
    trmi_lesson_think(&room->desk, &lesson);
    trmi_lesson_learn(&room->desk, &lesson);
    return lesson;
}

trmi_lesson classroom_teach(classroom *room, const int32_t *tokens, const int32_t *labels,
                            uint32_t identifier, float *puzzle)
{
    trmi_fill(room->model, room->model->state_y, trmi_rows(&room->model->config), room->y);
    trmi_fill(room->model, room->model->state_z, trmi_rows(&room->model->config), room->z);
    room->question.tokens = tokens;
    room->question.identifier = identifier;
    return classroom_teach_on(room, labels, puzzle);
}

void classroom_reduce(classroom *room, float factor)
{
    trmi_parameters_reduce(&room->parameters, room->sums, 1, factor, room->flat);
}

/* The tape ends with both heads: the tokens' and the halt head's. */
const trmi_value *classroom_logits(const classroom *room)
{
    const trmi_tape *tape = &room->desk.tape;
    return tape->entries[tape->entry_count - 2].out;
}

/* ------------------------------------------------------------------------------------------ comparing */

static bool ends_with(const char *name, const char *end)
{
    const size_t length = strlen(name), tail = strlen(end);
    return length > tail && name[length - tail - 1] == '.' && strcmp(name + length - tail, end) == 0;
}

const trmi_parameter *classroom_parameter(const trmi_parameters *parameters, const char *name)
{
    for (uint32_t i = 0; i < parameters->count; i++) {
        char published[TRMI_PUBLISHED_NAME_BYTES];
        trmi_published_name(published, &parameters->list[i].tensor);
        if (ends_with(name, published))
            return &parameters->list[i];
    }
    return NULL;
}

uint64_t classroom_count(const trmi_parameter *parameter)
{
    return trmi_logical_rows(&parameter->tensor) * trmi_logical_columns(&parameter->tensor);
}

void classroom_unpack(const trmi_parameter *parameter, const float *values, float *to)
{
    const trmi_tensor *tensor = &parameter->tensor;
    for (uint64_t row = 0; row < trmi_logical_rows(tensor); row++)
        for (uint64_t column = 0; column < trmi_logical_columns(tensor); column++)
            *to++ = values[trmi_tensor_index(tensor, row, column)];
}

double classroom_distance(const float *ours, const float *published, uint64_t count)
{
    double worst = 0.0, largest = 0.0;
    for (uint64_t i = 0; i < count; i++) {
        const double difference = fabs((double)ours[i] - (double)published[i]);
        worst = isnan(difference) ? INFINITY : fmax(worst, difference);
        largest = fmax(largest, fabs((double)published[i]));
    }
    return worst > 0.0 ? worst / largest : 0.0;
}
