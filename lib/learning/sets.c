#include "lib/learning/sets.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/solve/options.h"
#include "lib/solve/tables.h"
#include "lib/task/relations.h"

/* ------------------------------------------------------------------------------------------- tokens */

/* Tokens of the same number are the same; of kinds whose tokens are not the published ones, those of the same
   character. */
static trm_status match_tokens(trmi_set *set, const trm_model *model, trm_error *error)
{
    const trmi_task *task = &set->puzzles->task;
    const bool by_number = !model->kind->by_character || model->task.characters == NULL;
    if (by_number && task->vocabulary > model->config.vocabulary)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "the puzzles need %u tokens, the model has %u",
                         task->vocabulary, model->config.vocabulary);
    for (uint32_t token = 0; token < task->vocabulary; token++) {
        const uint8_t character = task->characters != NULL ? (uint8_t)task->characters[token] : 0;
        set->token[token] = (int32_t)token;
        if (by_number || character == 0)
            continue;
        set->token[token] = model->task.token[character];
        if (set->token[token] < 0)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "the puzzles have '%c', which the model's alphabet has not", character);
    }
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- shape */

static bool within(uint32_t least, uint32_t number, uint32_t most)
{
    return least <= number && number <= most;
}

/* Of the model's own size, or, of models without one, within its bounds. */
static bool fits(const trmi_config *config, const trmi_shape *shape)
{
    const trmi_bounds *b = &config->bounds;
    if (b->most_rows == 0)
        return shape->positions == config->positions && shape->fields == config->fields;
    return within(b->least_rows, shape->rows, b->most_rows) &&
           within(b->least_columns, shape->columns, b->most_columns) &&
           (b->most_fields == 0 ? shape->fields == config->fields
                                : within(b->least_fields, shape->fields, b->most_fields));
}

static trm_status take_own_shape(const trm_model *model, const trmi_task *task, trmi_shape *shape,
                                 trm_error *error)
{
    const trmi_config *config = &model->config;
    *shape = trmi_config_shape(config);
    if (model->kind->any_shape) {
        *shape = task->shape;
        if (!trmi_has_fields(config))
            shape->fields = 1;
        else
            shape->fields = task->values > 0 ? task->values : config->fields;
    }
    if (task->shape.positions == shape->positions && fits(config, shape))
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_PUZZLE, "the puzzles have %u cells, the model %u positions",
                     task->shape.positions, config->positions);
}

/* Puzzles without belongings bring no lists and no features. */
static trm_status check_sources(const trm_model *model, trm_error *error)
{
    const trmi_relations *relations = &model->config.relations;
    if (model->config.features > 0)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected %u features, as the model has, found none",
                         (unsigned)model->config.features);
    for (uint32_t r = 0; r < relations->count; r++)
        if (relations->relation[r].source == TRMI_RELATION_QUESTION)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "relation %s: expected lists with each puzzle, found none",
                             relations->relation[r].name);
    return TRM_OK;
}

static trm_status take_plain_shape(const trm_model *model, const trmi_task *task, trmi_shape *shape,
                                   trm_error *error)
{
    const trm_status status = check_sources(model, error);
    return status == TRM_OK ? take_own_shape(model, task, shape, error) : status;
}

/* ------------------------------------------------------------------------------------------- varieties */

static trm_status lay_tables(trmi_set *set, const trm_model *model, trmi_arena *arena, trm_error *error)
{
    const uint32_t count = model->config.relations.count;
    for (uint32_t i = 0; i < set->variety_count; i++) {
        trmi_variety *v = &set->varieties[i];
        trmi_relation_table *tables = trmi_arena_take(arena, count, sizeof *tables);
        v->question.relations = tables;
        TRMI_TRY(trmi_tables_lay(model, &v->shape, arena, tables, &v->question.extent, error));
        for (uint32_t r = 0; tables != NULL && r < count; r++) {
            const trmi_relation *relation = &model->config.relations.relation[r];
            const uint32_t level = relation->level;
            if ((v->own >> r & 1) == 0 && relation->source == TRMI_RELATION_SHAPE)
                TRMI_TRY(trmi_relation_check_shape(relation, &v->shape, error));
            else if ((v->own >> r & 1) != 0)
                tables[r] = (trmi_relation_table) { .level = level,
                                                    .lists = trmi_relation_elements(level, &v->shape) };
        }
    }
    return TRM_OK;
}

/* The variety of a shape, which is added when it is new; NULL without memory. */
static trmi_variety *find_variety(trmi_set *set, const trmi_shape *shape, uint32_t own, uint32_t *room)
{
    for (uint32_t i = set->variety_count; i-- > 0;)
        if (memcmp(&set->varieties[i].shape, shape, sizeof *shape) == 0 && set->varieties[i].own == own)
            return &set->varieties[i];
    if (set->variety_count == *room) {
        const uint32_t more = *room > 0 ? 2 * *room : 4;
        trmi_variety *varieties = trmi_allocate(set->allocator, more * sizeof *varieties);
        if (varieties == NULL)
            return NULL;
        if (*room > 0)
            memcpy(varieties, set->varieties, *room * sizeof *varieties);
        trmi_release(set->allocator, set->varieties);
        set->varieties = varieties;
        *room = more;
    }
    trmi_variety *v = &set->varieties[set->variety_count++];
    *v = (trmi_variety) { .shape = *shape, .own = own };
    return v;
}

static trm_status fail_memory(trm_error *error)
{
    return trmi_no_memory(error, "the relations of a set of puzzles");
}

/* ------------------------------------------------------------------------------------------- belongings */

static const trm_relation *find_given(const trmi_sheet *sheet, const char *name)
{
    for (size_t i = 0; sheet != NULL && i < sheet->relation_count; i++)
        if (strcmp(sheet->relations[i].name, name) == 0)
            return &sheet->relations[i];
    return NULL;
}

static uint32_t own_relations(const trmi_relations *relations, const trmi_sheet *sheet)
{
    uint32_t own = 0;
    for (uint32_t r = 0; r < relations->count; r++)
        if (find_given(sheet, relations->relation[r].name) != NULL)
            own |= (uint32_t)1 << r;
    return own;
}

/* The set's own shape where the puzzle names none, and as many values as the task has. */
static trm_shape whole_shape(const trm_model *model, const trm_puzzles *puzzles, const trmi_sheet *sheet)
{
    const trmi_shape *own = &puzzles->task.shape;
    trm_shape shape = sheet->shape;
    if (own->rows != 0 && shape.rows == 0) {
        shape.rows = own->rows;
        shape.columns = own->columns;
    }
    if (own->box_rows != 0 && shape.box_rows == 0) {
        shape.box_rows = own->box_rows;
        shape.box_columns = own->box_columns;
    }
    if (shape.fields == 0 && trmi_has_fields(&model->config))
        shape.fields = puzzles->task.values;
    return shape;
}

/* What a question and its answer bring, as solving would take it. `tokens` has room for both. */
static trm_status check_puzzle(const trmi_set *set, const trm_model *model, uint64_t index, int32_t *tokens,
                               trmi_shape *shape, trm_error *error)
{
    const trm_puzzles *puzzles = set->puzzles;
    const trmi_sheet *sheet = trmi_puzzles_sheet(puzzles, index);
    const trm_shape given = whole_shape(model, puzzles, sheet);
    trm_questions question = TRM_QUESTIONS_INIT, checked;
    trm_status status = trm_puzzles_question(puzzles, index, &question, error);
    if (status == TRM_OK && (puzzles->features != 0) && puzzles->features != model->config.features)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected %u features, as the model has, found %u",
                         (unsigned)model->config.features, (unsigned)puzzles->features);
    question.tokens = tokens;
    question.shapes = &given;
    question.shape_count = 1;
    for (uint32_t p = 0; p < sheet->positions; p++)
        tokens[p] = set->token[trmi_puzzles_question(puzzles, index)[p]];
    if (status == TRM_OK)
        status = trmi_questions_read(&checked, shape, model, &question, 1, error);
    for (uint32_t p = 0; p < sheet->positions; p++)
        tokens[p] = set->token[trmi_puzzles_answer(puzzles, index)[p]];
    return status == TRM_OK ? trmi_questions_read(&checked, shape, model, &question, 1, error) : status;
}

/* Puzzles without sheets in such a set have its own shape, and bring nothing. */
static trm_status sort_puzzle(trmi_set *set, const trm_model *model, uint64_t index, int32_t *tokens,
                              uint32_t *room, trm_error *error)
{
    const trmi_sheet *sheet = trmi_puzzles_sheet(set->puzzles, index);
    trmi_shape shape;
    trm_status status = TRM_OK;
    if (sheet != NULL)
        status = check_puzzle(set, model, index, tokens, &shape, error);
    else
        status = take_plain_shape(model, &set->puzzles->task, &shape, error);
    if (status != TRM_OK) {
        char place[48];
        snprintf(place, sizeof place, "puzzle %llu", (unsigned long long)index);
        return trmi_fail_within(error, status, place);
    }
    const trmi_variety *v = find_variety(set, &shape, own_relations(&model->config.relations, sheet), room);
    if (v == NULL)
        return fail_memory(error);
    set->variety_of[index] = (uint32_t)(v - set->varieties);
    return TRM_OK;
}

static uint32_t most_positions(const trm_puzzles *puzzles)
{
    uint32_t most = 0;
    for (uint64_t i = 0; i < puzzles->count; i++)
        if (trmi_puzzles_positions(puzzles, i) > most)
            most = trmi_puzzles_positions(puzzles, i);
    return most;
}

/* Of puzzles that bring nothing. */
static trm_status take_one_shape(trmi_set *set, const trm_model *model, trm_error *error)
{
    uint32_t room = 0;
    trmi_shape shape;
    const trm_status status = take_plain_shape(model, &set->puzzles->task, &shape, error);
    return status == TRM_OK && find_variety(set, &shape, 0, &room) == NULL ? fail_memory(error) : status;
}

static trm_status sort_puzzles(trmi_set *set, const trm_model *model, trm_error *error)
{
    const trm_puzzles *puzzles = set->puzzles;
    uint32_t room = 0;
    trm_status status = TRM_OK;
    int32_t *tokens = trmi_allocate(set->allocator, (uint64_t)most_positions(puzzles) * sizeof *tokens);
    set->variety_of = trmi_allocate(set->allocator, puzzles->count * sizeof *set->variety_of);
    if (tokens == NULL || set->variety_of == NULL)
        status = fail_memory(error);
    for (uint64_t i = 0; status == TRM_OK && i < puzzles->count; i++)
        status = sort_puzzle(set, model, i, tokens, &room, error);
    trmi_release(set->allocator, tokens);
    return status;
}

/* ------------------------------------------------------------------------------------------- sets */

trm_status trmi_set_begin(trmi_set *set, const trm_model *model, const trm_puzzles *puzzles, double share,
                          const trm_allocator *allocator, trm_error *error)
{
    trmi_arena arena = { .base = NULL };
    *set = (trmi_set) { .puzzles = puzzles, .share = share, .allocator = allocator };
    if (puzzles->count == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "there are no puzzles to learn from");
    trm_status status = puzzles->sheets == NULL ? take_one_shape(set, model, error) : TRM_OK;
    if (status == TRM_OK)
        status = match_tokens(set, model, error);
    if (status == TRM_OK && puzzles->sheets != NULL)
        status = sort_puzzles(set, model, error);
    if (status == TRM_OK)
        status = lay_tables(set, model, &arena, error);
    if (status != TRM_OK || arena.used == 0)
        return status;
    set->bytes = arena.used;
    set->memory = arena.overflow ? NULL : trmi_allocate(allocator, arena.used);
    if (set->memory == NULL)
        return fail_memory(error);
    arena = (trmi_arena) { .base = set->memory };
    return lay_tables(set, model, &arena, error);
}

void trmi_set_end(trmi_set *set)
{
    if (set->memory != NULL) {
        trmi_arena_release(set->memory, set->bytes);
        trmi_release(set->allocator, set->memory);
    }
    if (set->allocator != NULL) {
        trmi_release(set->allocator, set->varieties);
        trmi_release(set->allocator, set->variety_of);
    }
    *set = (trmi_set) { 0 };
}

void trmi_set_question(const trmi_set *set, const trmi_relations *model, uint64_t index,
                       trmi_relation_table *relations, trmi_question *question)
{
    const trmi_variety *v = &set->varieties[set->variety_of != NULL ? set->variety_of[index] : 0];
    assert(index < set->puzzles->count && v < set->varieties + set->variety_count);
    const trmi_sheet *sheet = trmi_puzzles_sheet(set->puzzles, index);
    *question = v->question;
    if (sheet == NULL)
        return;
    question->helper_tokens = sheet->helper_tokens;
    question->features = sheet->features > 0 ? sheet->numbers : NULL;
    if (v->own == 0)
        return;
    question->relations = relations;
    for (uint32_t r = 0; r < model->count; r++) {
        const trm_relation *given = find_given(sheet, model->relation[r].name);
        relations[r] = v->question.relations[r];
        if (given != NULL) {
            relations[r].first = given->first;
            relations[r].heard = given->heard;
        }
    }
}
