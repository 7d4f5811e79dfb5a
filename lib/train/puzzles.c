/* A puzzle is checked when it comes in, so that whoever trains on it can rely on every token. A file that
 * turns out to be bad leaves no trace: puzzles count only when its last line was read. */
#include <inttypes.h>
#include <string.h>

#include "lib/core/checked.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/train/csv.h"
#include "lib/train/puzzles.h"

enum { FIRST_PUZZLES = 64 };

TRM_API trm_status trm_puzzles_create(const trm_task *task, const trm_allocator *allocator,
                                      trm_puzzles **puzzles, trm_error *error)
{
    trmi_task known;
    trm_allocator memory;
    if (puzzles == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_puzzles_create: puzzles must not be NULL");
    *puzzles = NULL;
    trm_status status = trmi_allocator_read(&memory, allocator, error);
    if (status == TRM_OK)
        status = trmi_task_read(&known, task, error);
    if (status != TRM_OK)
        return status;
    trm_puzzles *made = trmi_allocate(&memory, sizeof *made);
    if (made == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for a set of puzzles");
    made->allocator = memory;
    made->task = known;
    *puzzles = made;
    return TRM_OK;
}

TRM_API void trm_puzzles_free(trm_puzzles *puzzles)
{
    if (puzzles == NULL)
        return;
    const trm_allocator allocator = puzzles->allocator;
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
    known.grid_rows = own->rows;
    known.grid_columns = own->columns;
    known.box_rows = own->box_rows;
    known.box_columns = own->box_columns;
    while (own->character[known.alphabet_first] == 0)
        known.alphabet_first++;
    known.alphabet = (const char *)&own->character[known.alphabet_first];
    return trmi_write_struct(task, &known, sizeof known, sizeof task->size, "trm_task", error);
}

/* -- room -- */

static trm_status move_puzzles(trm_puzzles *puzzles, uint64_t capacity, uint64_t bytes, trm_error *error)
{
    uint8_t *tokens = trmi_allocate(&puzzles->allocator, bytes);
    uint32_t *ratings = trmi_allocate(&puzzles->allocator, capacity * sizeof *ratings);
    if (tokens == NULL || ratings == NULL) {
        trmi_release(&puzzles->allocator, tokens);
        trmi_release(&puzzles->allocator, ratings);
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for %" PRIu64 " puzzles", capacity);
    }
    if (puzzles->capacity > 0) {
        memcpy(tokens, puzzles->tokens, (size_t)(puzzles->capacity * 2 * puzzles->task.cells));
        memcpy(ratings, puzzles->ratings, (size_t)(puzzles->capacity * sizeof *ratings));
    }
    trmi_release(&puzzles->allocator, puzzles->tokens);
    trmi_release(&puzzles->allocator, puzzles->ratings);
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
        !trmi_multiply(capacity, 2 * (uint64_t)puzzles->task.cells + sizeof(uint32_t), &bytes))
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for %" PRIu64 " more puzzles", more);
    return move_puzzles(puzzles, capacity, capacity * 2 * puzzles->task.cells, error);
}

/* -- reading -- */

static trm_status read_rating(const char *text, size_t length, uint32_t *rating, trm_error *error)
{
    uint64_t value = 0;
    bool good = length > 0;
    for (size_t i = 0; good && i < length; i++) {
        good = text[i] >= '0' && text[i] <= '9';
        value = good ? 10 * value + (uint64_t)(text[i] - '0') : 0;
        good = good && value <= UINT32_MAX;
    }
    if (!good)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected a number from 0 to %" PRIu32 ", found '%.40s'",
                         UINT32_MAX, text);
    *rating = (uint32_t)value;
    return TRM_OK;
}

static trm_status encode_field(const trm_csv *csv, const trm_csv_row *row, trm_csv_field field,
                               const trmi_task *task, uint8_t *tokens, trm_error *error)
{
    size_t offset;
    const trm_status status =
        trmi_task_encode(task, row->text[field], row->length[field], tokens, &offset, error);
    return status == TRM_OK ? status : trmi_csv_fail(csv, row, field, offset, status, error);
}

/* Puts the row in place `index`, for which there is room. */
static trm_status take_row(trm_puzzles *puzzles, uint64_t index, const trm_csv *csv, const trm_csv_row *row,
                           trm_error *error)
{
    const trmi_task *task = &puzzles->task;
    uint8_t *question = trmi_puzzles_pair(puzzles, index), *answer = question + task->cells;
    size_t offset = 0;
    trm_status status = encode_field(csv, row, TRM_CSV_QUESTION, task, question, error);
    if (status == TRM_OK)
        status = encode_field(csv, row, TRM_CSV_ANSWER, task, answer, error);
    if (status != TRM_OK)
        return status;
    status = trmi_task_agree(task, question, answer, &offset, error);
    if (status != TRM_OK)
        return trmi_csv_fail(csv, row, TRM_CSV_ANSWER, offset, status, error);
    status =
        read_rating(row->text[TRM_CSV_RATING], row->length[TRM_CSV_RATING], &puzzles->ratings[index], error);
    if (status != TRM_OK)
        return trmi_csv_fail(csv, row, TRM_CSV_RATING, 0, status, error);
    return TRM_OK;
}

static trm_status take_rows(trm_puzzles *puzzles, trm_csv *csv, uint64_t limit, trm_error *error)
{
    trm_csv_row row = TRM_CSV_ROW_INIT;
    uint64_t taken = 0;
    while (limit == 0 || taken < limit) {
        trm_status status = trm_csv_next(csv, &row, error);
        if (status == TRM_OK && row.line == 0)
            break;
        if (status == TRM_OK)
            status = trmi_puzzles_reserve(puzzles, taken + 1, error);
        if (status == TRM_OK)
            status = take_row(puzzles, puzzles->count + taken, csv, &row, error);
        if (status != TRM_OK)
            return status;
        taken++;
    }
    if (taken == 0)
        return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: expected puzzles behind the header, found none",
                         trmi_csv_name(csv));
    puzzles->count += taken;
    return TRM_OK;
}

TRM_API trm_status trm_puzzles_read(trm_puzzles *puzzles, const char *path, uint64_t limit, trm_error *error)
{
    trm_csv *csv = NULL;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    if (puzzles == NULL || path == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_puzzles_read: puzzles and path must not be NULL");
    options.allocator = &puzzles->allocator;
    trm_status status = trm_csv_open(path, &options, &csv, error);
    if (status == TRM_OK)
        status = take_rows(puzzles, csv, limit, error);
    trm_csv_close(csv);
    return status;
}

TRM_API trm_status trm_puzzles_get(const trm_puzzles *puzzles, uint64_t index, char *question, char *answer,
                                   uint32_t *rating, trm_error *error)
{
    if (puzzles == NULL || index >= puzzles->count)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_get: expected an index below the number of puzzles, %" PRIu64
                         ", found %" PRIu64,
                         trm_puzzles_count(puzzles), index);
    if (question != NULL)
        trmi_task_decode(&puzzles->task, trmi_puzzles_question(puzzles, index), question);
    if (answer != NULL)
        trmi_task_decode(&puzzles->task, trmi_puzzles_answer(puzzles, index), answer);
    if (rating != NULL)
        *rating = puzzles->ratings[index];
    return TRM_OK;
}
