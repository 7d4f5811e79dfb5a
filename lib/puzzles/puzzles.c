/* A set of puzzles: its room, and what puzzles bring. add.c, generate.c and read_puzzles.c fill it, and check
 * every puzzle. */
#include <inttypes.h>
#include <string.h>

#include "lib/core/checked.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/puzzles.h"

enum { FIRST_PUZZLES = 64 };

TRM_API trm_status trm_puzzles_create(const trm_task *task, const trm_allocator *allocator,
                                      trm_puzzles **puzzles, trm_error *error)
{
    trm_allocator memory;
    if (puzzles == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_puzzles_create: puzzles must not be NULL");
    *puzzles = NULL;
    TRMI_TRY(trmi_allocator_read(&memory, allocator, error));
    trm_puzzles *made = trmi_allocate(&memory, sizeof *made);
    if (made == NULL)
        return trmi_no_memory(error, "a set of puzzles");
    made->allocator = memory;
    trm_status status = trmi_task_read(&made->task, &made->text, task, error);
    made->features = made->text.features;
    if (status == TRM_OK && made->text.rules[0] != '\0')
        trmi_described_hear(&made->text);
    if (status == TRM_OK)
        *puzzles = made;
    else
        trm_puzzles_free(made);
    return status;
}

TRM_API void trm_puzzles_free(trm_puzzles *puzzles)
{
    if (puzzles == NULL)
        return;
    const trm_allocator allocator = puzzles->allocator;
    puzzles->count = 0;
    trmi_puzzles_forget(puzzles);
    trmi_release(&allocator, puzzles->sheets);
    trmi_release(&allocator, puzzles->tokens);
    trmi_release(&allocator, puzzles->ratings);
    trmi_release(&allocator, puzzles);
}

TRM_API uint64_t trm_puzzles_count(const trm_puzzles *puzzles)
{
    return puzzles != NULL ? puzzles->count : 0;
}

TRM_API trm_status trm_puzzles_describe(const trm_puzzles *puzzles, trm_task *task, trm_error *error)
{
    if (puzzles == NULL || task == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_describe: puzzles and task must not be NULL");
    const trmi_task *own = &puzzles->task;
    trm_task known = TRM_TASK_INIT;
    known.name = own->name;
    known.grid_rows = own->shape.rows;
    known.grid_columns = own->shape.columns;
    known.box_rows = own->shape.box_rows;
    known.box_columns = own->shape.box_columns;
    while (own->characters[known.alphabet_first] == 0)
        known.alphabet_first++;
    known.alphabet = &own->characters[known.alphabet_first];
    known.features = puzzles->features;
    known.rules = puzzles->text.rules[0] != '\0' ? puzzles->text.rules : NULL;
    return trmi_write_struct(task, &known, sizeof known, sizeof task->size, "trm_task", error);
}

/* -- room -- */

static trm_status move_puzzles(trm_puzzles *puzzles, uint64_t capacity, uint64_t bytes, trm_error *error)
{
    uint8_t *tokens = trmi_allocate(&puzzles->allocator, bytes);
    uint32_t *ratings = trmi_allocate(&puzzles->allocator, capacity * sizeof *ratings);
    trmi_sheet **sheets =
        puzzles->sheets != NULL ? trmi_allocate(&puzzles->allocator, capacity * sizeof *sheets) : NULL;
    if (tokens == NULL || ratings == NULL || (puzzles->sheets != NULL && sheets == NULL)) {
        trmi_release(&puzzles->allocator, sheets);
        trmi_release(&puzzles->allocator, tokens);
        trmi_release(&puzzles->allocator, ratings);
        return trmi_no_memory(error, "%" PRIu64 " puzzles", capacity);
    }
    if (puzzles->capacity > 0) {
        memcpy(tokens, puzzles->tokens, (size_t)(puzzles->capacity * 2 * puzzles->task.shape.positions));
        memcpy(ratings, puzzles->ratings, (size_t)(puzzles->capacity * sizeof *ratings));
    }
    if (sheets != NULL)
        memcpy(sheets, puzzles->sheets, (size_t)(puzzles->capacity * sizeof(trmi_sheet *)));
    trmi_release(&puzzles->allocator, puzzles->sheets);
    trmi_release(&puzzles->allocator, puzzles->tokens);
    trmi_release(&puzzles->allocator, puzzles->ratings);
    puzzles->sheets = sheets;
    puzzles->tokens = tokens;
    puzzles->ratings = ratings;
    puzzles->capacity = capacity;
    return TRM_OK;
}

trm_status trmi_puzzles_reserve(trm_puzzles *puzzles, uint64_t more, trm_error *error)
{
    uint64_t needed, bytes;
    if (trmi_add(puzzles->count, more, &needed) && needed <= puzzles->capacity)
        return TRM_OK;
    const uint64_t doubled = puzzles->capacity > 0 ? 2 * puzzles->capacity : FIRST_PUZZLES;
    const uint64_t capacity = needed > doubled ? needed : doubled;
    if (needed < more ||
        !trmi_multiply(capacity,
                       2 * (uint64_t)puzzles->task.shape.positions + sizeof(uint32_t) + sizeof(trmi_sheet *),
                       &bytes))
        return trmi_no_memory(error, "%" PRIu64 " more puzzles", more);
    return move_puzzles(puzzles, capacity, capacity * 2 * puzzles->task.shape.positions, error);
}

/* -- what puzzles bring -- */

void trmi_puzzles_forget(trm_puzzles *puzzles)
{
    bool brought = false;
    for (uint64_t i = 0; puzzles->sheets != NULL && i < puzzles->capacity; i++) {
        if (i < puzzles->count) {
            brought = brought || puzzles->sheets[i] != NULL;
            continue;
        }
        trmi_sheet_free(puzzles->sheets[i], &puzzles->allocator);
        puzzles->sheets[i] = NULL;
    }
    if (brought)
        return;
    trmi_release(&puzzles->allocator, puzzles->sheets); /* a set of which nobody brings anything has none */
    puzzles->sheets = NULL;
}

static bool brings(const trm_questions *questions, const trm_shape *shape)
{
    return questions->relation_count > 0 || questions->features != NULL || shape->helpers > 0 ||
           shape->fields > 0 || shape->box_rows > 0 || shape->rows > 0;
}

trm_status trmi_puzzles_bring(trm_puzzles *puzzles, uint64_t index, const trm_questions *questions, size_t in,
                              const trm_shape *shape, uint32_t positions, uint32_t features, trm_error *error)
{
    trmi_shape whole;
    const bool own = trmi_puzzles_vary(puzzles);
    if (!own && !brings(questions, shape))
        return TRM_OK;
    TRMI_TRY(trmi_sheet_shape(&whole, &puzzles->task, shape, positions, error));
    if (puzzles->sheets == NULL)
        puzzles->sheets = trmi_allocate(&puzzles->allocator, puzzles->capacity * sizeof(trmi_sheet *));
    if (puzzles->sheets == NULL)
        return trmi_no_memory(error, "what %" PRIu64 " puzzles bring", puzzles->capacity);
    return trmi_sheet_make(&puzzles->sheets[index], questions, in, shape, positions, features, own,
                           &puzzles->allocator, error);
}

void trmi_puzzles_places(const trm_puzzles *puzzles, uint64_t index, uint8_t **question, uint8_t **answer)
{
    const bool own = trmi_puzzles_vary(puzzles);
    *question = own ? puzzles->sheets[index]->question : trmi_puzzles_pair(puzzles, index);
    *answer = own ? puzzles->sheets[index]->answer : *question + puzzles->task.shape.positions;
}

trm_status trmi_puzzles_agree(const trm_puzzles *puzzles, uint64_t index, size_t *offset, trm_error *error)
{
    const trmi_sheet *sheet = trmi_puzzles_sheet(puzzles, index);
    *offset = 0;
    if (trmi_task_is(&puzzles->task, TRMI_JIGSAW) && (sheet == NULL || sheet->relation_count == 0))
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected a jigsaw with its regions, found none");
    const uint8_t *question = trmi_puzzles_question(puzzles, index),
                  *answer = trmi_puzzles_answer(puzzles, index);
    return sheet != NULL
               ? trmi_sheet_agree(sheet, &puzzles->task, question, answer, &puzzles->allocator, offset, error)
               : trmi_task_agree(&puzzles->task, question, answer, offset, error);
}

TRM_API trm_status trm_puzzles_question(const trm_puzzles *puzzles, uint64_t index, trm_questions *question,
                                        trm_error *error)
{
    if (puzzles == NULL || question == NULL || index >= puzzles->count)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_question: expected an index below the number of puzzles, %" PRIu64
                         ", found %" PRIu64,
                         trm_puzzles_count(puzzles), index);
    const trmi_sheet *sheet = trmi_puzzles_sheet(puzzles, index);
    trm_questions found = TRM_QUESTIONS_INIT;
    found.count = 1;
    if (sheet != NULL) {
        found.shapes = &sheet->shape;
        found.shape_count = 1;
        found.relations = sheet->relation_count > 0 ? sheet->relations : NULL;
        found.relation_count = sheet->relation_count;
        found.helper_tokens = sheet->shape.helpers > 0 ? sheet->helper_tokens : NULL;
        found.features = sheet->features > 0 ? sheet->numbers : NULL;
    }
    return trmi_write_struct(question, &found, sizeof found, sizeof question->size, "trm_questions", error);
}

TRM_API trm_status trm_puzzles_get(const trm_puzzles *puzzles, uint64_t index, char *question, char *answer,
                                   uint32_t *rating, trm_error *error)
{
    if (puzzles == NULL || index >= puzzles->count)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_get: expected an index below the number of puzzles, %" PRIu64
                         ", found %" PRIu64,
                         trm_puzzles_count(puzzles), index);
    const uint32_t positions = trmi_puzzles_positions(puzzles, index);
    if (question != NULL)
        trmi_task_decode(&puzzles->task, trmi_puzzles_question(puzzles, index), positions, question);
    if (answer != NULL)
        trmi_task_decode(&puzzles->task, trmi_puzzles_answer(puzzles, index), positions, answer);
    if (rating != NULL)
        *rating = puzzles->ratings[index];
    return TRM_OK;
}
