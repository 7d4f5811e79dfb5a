/* A puzzle is checked when it comes in, so that whoever trains on it can rely on every token. A file that
 * turns out to be bad leaves no trace: puzzles count only when its last line was read. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/puzzles/csv.h"
#include "lib/puzzles/puzzles.h"

/* The ways in which tables write that there is no rating. */
static bool is_missing(const char *text)
{
    static const char *const words[] = { "", "nan", "NaN", "NA", "None", "null", "NULL" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

/* A whole number, or a fraction that is rounded. */
static trm_status parse_rating(const char *text, size_t length, uint32_t *rating, trm_error *error)
{
    uint64_t value = 0;
    size_t i = 0;
    while (i < length && text[i] >= '0' && text[i] <= '9' && value <= UINT32_MAX)
        value = 10 * value + (uint64_t)(text[i++] - '0');
    const bool good = i > 0;
    if (good && i < length && text[i] == '.') {
        const bool up = ++i < length && text[i] >= '5' && text[i] <= '9';
        while (i < length && text[i] >= '0' && text[i] <= '9')
            i++;
        value += up;
    }
    if (!good || i < length || value > UINT32_MAX)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "expected a number from 0 to %" PRIu32 ", or nothing, found '%.40s'", UINT32_MAX,
                         text);
    *rating = (uint32_t)value;
    return TRM_OK;
}

/* 0 where there is none, and for a word, such as easy, where ratings may be words. */
static trm_status read_rating(const trm_csv *csv, uint32_t *rating, trm_error *error)
{
    size_t length;
    const char *text = trm_csv_text(csv, TRM_CSV_RATING, &length, NULL);
    *rating = 0;
    if (is_missing(text))
        return TRM_OK;
    const bool loose = trmi_csv_loose_ratings(csv);
    const trm_status status = parse_rating(text, length, rating, loose ? NULL : error);
    return status == TRM_OK || loose ? TRM_OK : trmi_csv_fail(csv, TRM_CSV_RATING, 0, status, error);
}

/* A row that is being read into the set. */
typedef struct row {
    const trm_csv *csv;
    trm_questions question;
    const int32_t *answer; /* when it is a list */
    trm_shape shape;
    uint32_t positions, features;
} row;

/* Encodes a list of numbers: 0 for a blank, v for the v-th value, where the task has values. */
static trm_status encode_numbers(const trmi_task *task, const int32_t *numbers, uint32_t count, uint8_t *to,
                                 size_t *offset, trm_error *error)
{
    for (uint32_t i = 0; i < count; i++) {
        const int32_t token = trmi_task_token(task, numbers[i]);
        if (token < 0) {
            *offset = i;
            return trmi_fail(error, TRM_ERROR_PUZZLE, "expected %s, found %" PRId32 " for cell %" PRIu32,
                             task->values > 0 ? "0 for a blank or the number of a value" : "a token",
                             numbers[i], i + 1);
        }
        to[i] = (uint8_t)token;
    }
    return TRM_OK;
}

static trm_status encode_field(const row *r, trm_csv_field field, const trmi_task *task,
                               const int32_t *numbers, uint8_t *tokens, trm_error *error)
{
    size_t offset = 0, length;
    const char *text = trm_csv_text(r->csv, field, &length, NULL);
    trm_status status;
    if (numbers != NULL)
        status = encode_numbers(task, numbers, r->positions, tokens, &offset, error);
    else if (task->shape.positions == 0 &&
             length != r->positions) /* there is room for the question's cells */
        status =
            trmi_fail(error, TRM_ERROR_PUZZLE,
                      "expected %" PRIu32 " characters, as in the question, found %zu", r->positions, length);
    else
        status = trmi_task_encode(task, text, length, tokens, &offset, error);
    return status == TRM_OK ? status
                            : trmi_csv_fail(r->csv, field, numbers != NULL ? 0 : offset, status, error);
}

/* The shape as far as it differs from the set's, whose size it has to have. */
static trm_status read_shape(const trm_puzzles *puzzles, row *r, trm_error *error)
{
    const trmi_shape *own = &puzzles->task.shape;
    trm_shape *s = &r->shape;
    size_t length;
    if (r->question.shape_count > 0)
        *s = r->question.shapes[0];
    (void)trm_csv_text(r->csv, TRM_CSV_QUESTION, &length, NULL);
    const uint64_t cells = r->question.tokens == NULL ? length
                           : s->rows != 0             ? (uint64_t)s->rows * s->columns
                                                      : s->positions;
    r->positions = (uint32_t)cells;
    if (cells == 0 || cells > TRMI_TASK_CELLS)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected 1 to %d cells, found %" PRIu64, TRMI_TASK_CELLS,
                         cells);
    if (trmi_puzzles_vary(puzzles)) {
        s->positions = s->rows != 0 ? 0 : r->positions;
        return TRM_OK;
    }
    if (r->question.tokens != NULL && cells != own->positions)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected %" PRIu32 " numbers, found %" PRIu64,
                         own->positions, cells);
    if (s->rows != 0 && (s->rows != own->rows || s->columns != own->columns))
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "expected %" PRIu32 " rows and %" PRIu32 " columns, as all puzzles of the set have, "
                         "found %" PRIu32 " and %" PRIu32,
                         own->rows, own->columns, s->rows, s->columns);
    s->rows = s->columns = s->positions = 0; /* the set's own */
    return TRM_OK;
}

static uint32_t side_of(uint32_t cells)
{
    uint32_t side = 1;
    while (side * side < cells)
        side++;
    return side * side == cells ? side : 0;
}

/* Of a described task: what its description knows of a shape that the row does not say. */
static void fill_shape(const trmi_description *d, row *r)
{
    trm_shape *s = &r->shape;
    const uint32_t side = side_of(r->positions);
    if (d->grid && s->rows == 0 && side > 0) {
        s->rows = s->columns = side;
        s->positions = 0;
    }
    if (s->fields == 0 && d->most_values != 1)
        s->fields = d->most_values > 0 ? d->most_values : s->rows;
}

static bool brings(const trm_questions *q, const char *relation)
{
    for (size_t i = 0; i < q->relation_count; i++)
        if (strcmp(q->relations[i].name, relation) == 0)
            return true;
    return false;
}

/* Whether the row has the lists that its task's rules are about; an empty one is a list, too. */
static trm_status check_brought(const trm_puzzles *puzzles, const row *r, trm_error *error)
{
    const trmi_relations *heard = &puzzles->text.relations;
    for (uint32_t i = 0; i < heard->count; i++)
        if (heard->relation[i].source == TRMI_RELATION_QUESTION &&
            !brings(&r->question, heard->relation[i].name))
            return trmi_fail(
                error, TRM_ERROR_PUZZLE,
                "expected a relation %s with the question, as the rules of %s have it, found none",
                heard->relation[i].name, puzzles->task.name);
    return TRM_OK;
}

/* What row `index` of the set brings; the first one says how many features puzzles have. */
static trm_status read_question(trm_puzzles *puzzles, uint64_t index, row *r, trm_error *error)
{
    const trm_questions none = TRM_QUESTIONS_INIT;
    const trm_shape shape = TRM_SHAPE_INIT;
    r->question = none;
    r->shape = shape;
    trm_status status = trm_csv_question(r->csv, &r->question, &r->answer, &r->features, error);
    if (status == TRM_OK)
        status = read_shape(puzzles, r, error);
    if (status == TRM_OK)
        status = trmi_sheet_check(&r->question, r->positions, error);
    if (status == TRM_OK && puzzles->text.rules[0] != '\0') {
        fill_shape(&puzzles->text.description, r);
        status = check_brought(puzzles, r, error);
    }
    if (status != TRM_OK)
        return trmi_csv_fail(r->csv, TRM_CSV_QUESTION, 0, status, error);
    if (puzzles->features == 0 && index == 0)
        puzzles->features = r->features;
    if (r->features != puzzles->features)
        status = trmi_fail(error, TRM_ERROR_PUZZLE,
                           "expected %" PRIu32 " features, as all puzzles of the set have, found %" PRIu32,
                           puzzles->features, r->features);
    return status == TRM_OK ? TRM_OK : trmi_csv_fail(r->csv, TRM_CSV_QUESTION, 0, status, error);
}

static trm_status take_texts(const trm_puzzles *puzzles, uint64_t index, const row *r, trm_error *error)
{
    const trmi_task *task = &puzzles->task;
    uint8_t *question, *answer;
    size_t offset = 0, column;
    (void)trm_csv_text(r->csv, TRM_CSV_ANSWER, NULL, &column);
    if (column == 0)
        return trmi_csv_fail(
            r->csv, TRM_CSV_QUESTION, 0,
            trmi_fail(error, TRM_ERROR_PUZZLE, "expected an answer with the question, found none"), error);
    trmi_puzzles_places(puzzles, index, &question, &answer);
    TRMI_TRY(encode_field(r, TRM_CSV_QUESTION, task, r->question.tokens, question, error));
    TRMI_TRY(encode_field(r, TRM_CSV_ANSWER, task, r->answer, answer, error));
    trm_status status = trmi_puzzles_agree(puzzles, index, &offset, error);
    return status == TRM_OK
               ? TRM_OK
               : trmi_csv_fail(r->csv, TRM_CSV_ANSWER, r->answer != NULL ? 0 : offset, status, error);
}

/* Puts the row in place `index`, for which there is room. */
static trm_status take_row(trm_puzzles *puzzles, uint64_t index, const trm_csv *csv, trm_error *error)
{
    row r = { .csv = csv };
    trm_status status = read_question(puzzles, index, &r, error);
    if (status == TRM_OK) {
        status = trmi_puzzles_bring(puzzles, index, &r.question, 0, &r.shape, r.positions, r.features, error);
        if (status != TRM_OK)
            return trmi_csv_fail(csv, TRM_CSV_QUESTION, 0, status, error);
    }
    if (status == TRM_OK)
        status = take_texts(puzzles, index, &r, error);
    if (status != TRM_OK)
        return status;
    return read_rating(csv, &puzzles->ratings[index], error);
}

static trm_status take_rows(trm_puzzles *puzzles, trm_csv *csv, uint64_t limit, trm_error *error)
{
    uint64_t taken = 0, line;
    while (limit == 0 || taken < limit) {
        trm_status status = trm_csv_next(csv, &line, error);
        if (status == TRM_OK && line == 0)
            break;
        if (status == TRM_OK)
            status = trmi_puzzles_reserve(puzzles, taken + 1, error);
        if (status == TRM_OK)
            status = take_row(puzzles, puzzles->count + taken, csv, error);
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
    return trm_puzzles_read_list(puzzles, path, NULL, limit, error);
}

static trm_status read_options(const trm_puzzles *puzzles, trm_csv_options *own, trm_task *task,
                               const trm_csv_options *given, trm_error *error)
{
    trm_status status = TRM_OK;
    if (given != NULL)
        status = trmi_read_struct(own, sizeof *own, given, offsetof(trm_csv_options, flags),
                                  "trm_csv_options", error);
    if (status == TRM_OK)
        status = trm_puzzles_describe(puzzles, task, error);
    own->allocator = &puzzles->allocator;
    own->flags |= TRM_CSV_ANSWERS;
    own->task = task;
    return status;
}

TRM_API trm_status trm_puzzles_read_list(trm_puzzles *puzzles, const char *path,
                                         const trm_csv_options *options, uint64_t limit, trm_error *error)
{
    trm_csv *csv = NULL;
    trm_csv_options own = TRM_CSV_OPTIONS_INIT;
    trm_task task = TRM_TASK_INIT;
    if (puzzles == NULL || path == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_puzzles_read: puzzles and path must not be NULL");
    const uint32_t features = puzzles->features;
    trm_status status = read_options(puzzles, &own, &task, options, error);
    if (status == TRM_OK)
        status = trm_csv_open(path, &own, &csv, error);
    if (status == TRM_OK)
        status = take_rows(puzzles, csv, limit, error);
    if (status != TRM_OK) {
        trmi_puzzles_forget(puzzles);
        puzzles->features = features;
    }
    trm_csv_close(csv);
    return status;
}
