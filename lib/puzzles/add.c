/* Puzzles out of a host's memory, held to the same rules as those out of a file. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "lib/core/error.h"
#include "lib/puzzles/puzzles.h"

/* Sets without a shape: each puzzle names its own. */
static trm_status check_size(const trm_shape *shape, size_t index, trm_error *error)
{
    const uint64_t cells = shape->rows != 0 ? (uint64_t)shape->rows * shape->columns : shape->positions;
    if (cells >= 1 && cells <= TRMI_TASK_CELLS && (shape->rows == 0) == (shape->columns == 0))
        return TRM_OK;
    return trmi_fail(
        error, TRM_ERROR_PUZZLE,
        "trm_questions.shapes[%zu]: expected 1 to %d positions, or rows and columns, as the set has "
        "no shape, found %" PRIu32 " and %" PRIu32 " x %" PRIu32,
        index, TRMI_TASK_CELLS, shape->positions, shape->rows, shape->columns);
}

static trm_status check_shape(const trmi_task *task, const trm_questions *questions, size_t index,
                              trm_error *error)
{
    trm_shape shape = TRM_SHAPE_INIT;
    const trm_status status =
        trmi_read_element(&shape, sizeof shape, questions->shapes, index, "trm_questions.shapes", error);
    if (status != TRM_OK || task->shape.positions == 0)
        return status == TRM_OK ? check_size(&shape, index, error) : status;
    const struct {
        const char *field;
        uint32_t own, given;
    } numbers[] = {
        { "rows", task->shape.rows, shape.rows },
        { "columns", task->shape.columns, shape.columns },
        { "box_rows", task->shape.box_rows, shape.box_rows },
        { "box_columns", task->shape.box_columns, shape.box_columns },
        { "positions", task->shape.positions, shape.positions },
        { "reserved", 0, shape.reserved },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].given != 0 && numbers[i].given != numbers[i].own)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "trm_questions.shapes[%zu].%s: expected %" PRIu32
                             ", as all puzzles of a set have one shape (or 0 for that), found %" PRIu32,
                             index, numbers[i].field, numbers[i].own, numbers[i].given);
    return TRM_OK;
}

static trm_status check_shapes(const trmi_task *task, const trm_questions *questions, trm_error *error)
{
    if ((questions->shapes == NULL) != (questions->shape_count == 0) ||
        (questions->shape_count > 1 && questions->shape_count != questions->count))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions.shape_count: expected 0 without shapes, 1 or count (%zu), found %zu",
                         questions->count, questions->shape_count);
    if (task->shape.positions == 0 && questions->shape_count == 0)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "trm_questions.shapes: expected some, as the set has no shape");
    for (size_t i = 0; i < questions->shape_count; i++)
        TRMI_TRY(check_shape(task, questions, i, error));
    return TRM_OK;
}

static trm_status check_questions(const trm_puzzles *puzzles, const trm_questions *questions,
                                  trm_error *error)
{
    if (questions->count < 1 || questions->tokens == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions: expected at least one question and its tokens, found %zu and %s",
                         questions->count, questions->tokens == NULL ? "NULL" : "tokens");
    for (size_t i = 0; questions->identifiers != NULL && i < questions->count; i++)
        if (questions->identifiers[i] != 0)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "puzzle %zu: expected identifier 0, as a set of puzzles has no others, found "
                             "%" PRIu32,
                             i, questions->identifiers[i]);
    return check_shapes(&puzzles->task, questions, error);
}

/* One of the questions: its shape, and where its tokens begin. */
typedef struct place {
    trm_shape shape; /* positions, rows and columns are those of a set without a shape */
    uint32_t positions;
    size_t begin;
} place;

static void find_place(const trmi_task *task, const trm_questions *questions, size_t index, place *p)
{
    const trm_shape none = TRM_SHAPE_INIT;
    p->begin += index > 0 ? p->positions : 0;
    p->shape = none;
    if (questions->shape_count > 0)
        (void)!trmi_read_element(&p->shape, sizeof p->shape, questions->shapes,
                                 questions->shape_count > 1 ? index : 0, "trm_questions.shapes", NULL);
    if (p->shape.fields == 1) /* none */
        p->shape.fields = 0;
    if (task->shape.positions != 0) {
        p->positions = task->shape.positions;
        p->shape.rows = p->shape.columns = p->shape.positions = p->shape.box_rows = p->shape.box_columns = 0;
        return;
    }
    p->positions = p->shape.rows != 0 ? p->shape.rows * p->shape.columns : p->shape.positions;
    p->shape.positions = p->shape.rows != 0 ? 0 : p->positions;
}

/* As those of a file; all questions of the call have as many nodes. */
static trm_status check_features(const trm_puzzles *puzzles, const trm_questions *questions,
                                 const place *first, trm_error *error)
{
    const size_t each = ((size_t)first->positions + first->shape.helpers) * puzzles->features;
    for (size_t i = 0; questions->features != NULL && i < questions->count * each; i++)
        if (!isfinite(questions->features[i]))
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "puzzle %zu: expected features that are finite numbers, found %g", i / each,
                             (double)questions->features[i]);
    return TRM_OK;
}

/* What is the same for all questions of a call where they bring something: sheets are cut out of arrays by
   it. */
static trm_status check_belongings(const trm_puzzles *puzzles, const trm_questions *questions,
                                   trm_error *error)
{
    const bool brings = questions->relation_count > 0 || questions->helper_tokens != NULL ||
                        questions->features != NULL || questions->relations != NULL;
    place first = { .begin = 0 }, p = { .begin = 0 };
    find_place(&puzzles->task, questions, 0, &first);
    for (size_t i = 0; i < questions->count; i++) {
        find_place(&puzzles->task, questions, i, &p);
        if (brings && (p.positions != first.positions || p.shape.helpers != first.shape.helpers))
            return trmi_fail(
                error, TRM_ERROR_UNSUPPORTED,
                "puzzle %zu: expected %" PRIu32 " positions and %" PRIu32
                " helpers as in the first of the call, as they bring something (other sizes go in a call of "
                "their own), found %" PRIu32 " and %" PRIu32,
                i, first.positions, first.shape.helpers, p.positions, p.shape.helpers);
        if ((p.shape.helpers > 0) != (questions->helper_tokens != NULL))
            return trmi_fail(error, TRM_ERROR_ARGUMENT,
                             "trm_questions.helper_tokens: expected %s, as the shape has %" PRIu32 " helpers",
                             p.shape.helpers > 0 ? "tokens" : "NULL", p.shape.helpers);
    }
    if ((questions->features != NULL) != (puzzles->features > 0))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions.features: expected %s, as trm_task.features is %" PRIu32,
                         puzzles->features > 0 ? "numbers" : "NULL", puzzles->features);
    TRMI_TRY(check_features(puzzles, questions, &first, error));
    return trmi_sheet_check(questions, first.positions, error);
}

/* Tokens of a set have characters, so that it can be written. */
static trm_status take_tokens(const trmi_task *task, const int32_t *from, uint32_t count, size_t puzzle,
                              const char *what, uint8_t *to, trm_error *error)
{
    for (uint32_t i = 0; i < count; i++) {
        if (from[i] < 0 || (uint32_t)from[i] >= task->vocabulary || task->characters[from[i]] == 0)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "puzzle %zu, position %" PRIu32 " of the %s: expected a token below %" PRIu32
                             " that has a character, found %" PRId32,
                             puzzle, i, what, task->vocabulary, from[i]);
        to[i] = (uint8_t)from[i];
    }
    return TRM_OK;
}

/* Puts puzzle `puzzle` behind the set's last and those before it, where there is room. */
static trm_status take_puzzle(trm_puzzles *puzzles, const trm_questions *asked, const int32_t *answered,
                              size_t puzzle, const place *p, trm_error *error)
{
    const trmi_task *task = &puzzles->task;
    const uint64_t index = puzzles->count + puzzle;
    uint8_t *question, *answer;
    size_t offset = 0;
    TRMI_TRY(
        trmi_puzzles_bring(puzzles, index, asked, puzzle, &p->shape, p->positions, puzzles->features, error));
    trmi_puzzles_places(puzzles, index, &question, &answer);
    TRMI_TRY(take_tokens(task, asked->tokens + p->begin, p->positions, puzzle, "question", question, error));
    TRMI_TRY(take_tokens(task, answered + p->begin, p->positions, puzzle, "answer", answer, error));
    puzzles->ratings[index] = 0;
    trm_status status = trmi_puzzles_agree(puzzles, index, &offset, error);
    if (status == TRM_OK)
        return TRM_OK;
    char where[64];
    snprintf(where, sizeof where, "puzzle %zu, position %zu", puzzle, offset);
    return trmi_fail_within(error, status, where);
}

static trm_status take_all(trm_puzzles *puzzles, const trm_questions *asked, const int32_t *answers,
                           trm_error *error)
{
    place p = { .begin = 0 };
    trm_status status = trmi_puzzles_reserve(puzzles, asked->count, error);
    for (size_t i = 0; status == TRM_OK && i < asked->count; i++) {
        find_place(&puzzles->task, asked, i, &p);
        status = take_puzzle(puzzles, asked, answers, i, &p, error);
    }
    if (status == TRM_OK)
        puzzles->count += asked->count;
    else
        trmi_puzzles_forget(puzzles);
    return status;
}

TRM_API trm_status trm_puzzles_add(trm_puzzles *puzzles, const trm_questions *questions,
                                   const int32_t *answers, trm_error *error)
{
    trm_questions asked = TRM_QUESTIONS_INIT;
    if (puzzles == NULL || questions == NULL || answers == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_add: puzzles, questions and answers must not be NULL");
    TRMI_TRY(trmi_read_struct(&asked, sizeof asked, questions, offsetof(trm_questions, identifiers),
                              "trm_questions", error));
    TRMI_TRY(check_questions(puzzles, &asked, error));
    TRMI_TRY(check_belongings(puzzles, &asked, error));
    return take_all(puzzles, &asked, answers, error);
}
