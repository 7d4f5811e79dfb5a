#include "bindings/cli/validation.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

typedef struct exam {
    const trm_model *model;
    const trm_puzzles *puzzles;
    trm_solver *solver;
    trm_shape own; /* of puzzles that have none of theirs: the set's */
    uint32_t positions, batch;
    char *text;                              /* a question and its answer */
    int32_t *questions, *expected, *answers; /* batch x positions */
    uint32_t *steps, *verdicts;
} exam;

static trm_status load_batch(exam *e, uint64_t from, uint32_t count, trm_error *error)
{
    const size_t n = e->positions;
    trm_status status = TRM_OK;
    for (uint32_t i = 0; i < count && status == TRM_OK; i++) {
        status = trm_puzzles_get(e->puzzles, from + i, e->text, e->text + n, NULL, error);
        if (status == TRM_OK)
            status = trm_model_encode(e->model, NULL, e->text, n, e->questions + i * n, error);
        if (status == TRM_OK)
            status = trm_model_encode(e->model, NULL, e->text + n, n, e->expected + i * n, error);
    }
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = count;
    questions.tokens = e->questions;
    return status == TRM_OK ? trm_solver_load(e->solver, &questions, error) : status;
}

static trm_status solve_batch(exam *e, trm_error *error)
{
    uint32_t running = 1;
    trm_status status = TRM_OK;
    while (status == TRM_OK && running > 0 && !was_interrupted())
        status = trm_solver_step(e->solver, &running, error);
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = e->answers;
    answers.steps = e->steps;
    answers.verdicts = e->verdicts;
    return status == TRM_OK ? trm_solver_read(e->solver, &answers, error) : status;
}

/* What the rules call right is right, whatever the list has: there may be several shortest ways. */
static void take_verified(const exam *e, uint32_t count)
{
    const size_t n = e->positions;
    for (uint32_t i = 0; i < count; i++)
        if (e->verdicts[i] == TRM_VERDICT_VERIFIED)
            memcpy(e->expected + i * n, e->answers + i * n, n * sizeof *e->answers);
}

static void mark(const exam *e, uint32_t count, exam_result *result)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t right = 0;
        for (size_t n = i * (size_t)e->positions; n < (i + 1) * (size_t)e->positions; n++)
            right += e->answers[n] == e->expected[n];
        result->puzzles++;
        result->cells += e->positions;
        result->right += right;
        result->exact += right == e->positions;
        result->steps += e->steps[i];
    }
}

static trm_status run_exam(exam *e, exam_result *result, trm_error *error)
{
    const uint64_t count = trm_puzzles_count(e->puzzles);
    trm_status status = TRM_OK;
    for (uint64_t from = 0; from < count && status == TRM_OK && !was_interrupted(); from += e->batch) {
        const uint32_t part = (uint32_t)(count - from < e->batch ? count - from : e->batch);
        status = load_batch(e, from, part, error);
        if (status == TRM_OK)
            status = solve_batch(e, error);
        if (status == TRM_OK) {
            take_verified(e, part);
            mark(e, part, result);
        }
    }
    return status;
}

/* The shape that a puzzle has, or its set: a model of many sizes is asked for another than its own. */
static trm_shape shape_of(const exam *e, const trm_questions *q)
{
    trm_shape shape = q->shape_count > 0 ? q->shapes[0] : e->own;
    if (shape.rows == 0 && shape.positions == 0) {
        shape.rows = e->own.rows;
        shape.columns = e->own.columns;
    }
    if (shape.box_rows == 0 && shape.rows == e->own.rows) {
        shape.box_rows = e->own.box_rows;
        shape.box_columns = e->own.box_columns;
    }
    return shape;
}

static uint32_t positions_of(const exam *e, const trm_questions *q)
{
    const trm_shape s = shape_of(e, q);
    return s.rows > 0 ? s.rows * s.columns : s.positions > 0 ? s.positions : e->positions;
}

static trm_status find_own(exam *e, trm_error *error)
{
    trm_task task = TRM_TASK_INIT;
    const trm_shape none = TRM_SHAPE_INIT;
    const trm_status status = trm_puzzles_describe(e->puzzles, &task, error);
    e->own = none;
    e->own.rows = task.grid_rows;
    e->own.columns = task.grid_columns;
    e->own.box_rows = task.box_rows;
    e->own.box_columns = task.box_columns;
    return status;
}

/* Whether any puzzle has lists, or another shape than the model's. */
static bool brings_something(const exam *e)
{
    const trm_puzzles *puzzles = e->puzzles;
    trm_questions q = TRM_QUESTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    for (uint64_t i = 0; i < trm_puzzles_count(puzzles); i++)
        if (trm_puzzles_question(puzzles, i, &q, &error) == TRM_OK &&
            (q.shape_count > 0 || positions_of(e, &q) != e->positions))
            return true;
    return false;
}

/* The largest that there is. */
static uint32_t most_positions(const exam *e, trm_error *error)
{
    uint32_t most = 0;
    trm_questions q = TRM_QUESTIONS_INIT;
    for (uint64_t i = 0; i < trm_puzzles_count(e->puzzles); i++) {
        if (trm_puzzles_question(e->puzzles, i, &q, error) != TRM_OK)
            return 0;
        const uint32_t positions = positions_of(e, &q);
        most = positions > most ? positions : most;
    }
    return most;
}

static trm_status begin_exam(exam *e, const trm_executor *executor, trm_error *error)
{
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_status status = trm_model_describe(e->model, &info, error);
    options.executor = executor;
    options.batch = e->batch;
    if (status == TRM_OK)
        status = trm_solver_create(e->model, &options, &e->solver, error);
    e->positions = info.positions;
    if (status == TRM_OK)
        status = find_own(e, error);
    const uint32_t most = status == TRM_OK ? most_positions(e, error) : 0;
    const size_t positions = most > info.positions ? most : info.positions, cells = e->batch * positions;
    e->text = malloc(2 * positions);
    e->questions = malloc(cells * sizeof *e->questions);
    e->expected = malloc(cells * sizeof *e->expected);
    e->answers = malloc(cells * sizeof *e->answers);
    e->steps = malloc(e->batch * sizeof *e->steps);
    e->verdicts = malloc(e->batch * sizeof *e->verdicts);
    if (status == TRM_OK && (e->text == NULL || e->questions == NULL || e->expected == NULL ||
                             e->answers == NULL || e->steps == NULL || e->verdicts == NULL)) {
        snprintf(error->message, sizeof error->message, "not enough memory");
        return TRM_ERROR_MEMORY;
    }
    return status;
}

static void end_exam(exam *e)
{
    trm_solver_free(e->solver);
    free(e->text);
    free(e->questions);
    free(e->expected);
    free(e->answers);
    free(e->steps);
    free(e->verdicts);
}

/* -- puzzles with shapes of their own, one by one -- */

static trm_status solve_one(exam *e, uint64_t index, const trm_solve_options *options, exam_result *result,
                            trm_error *error)
{
    trm_questions q = TRM_QUESTIONS_INIT;
    trm_answers answers = TRM_ANSWERS_INIT;
    trm_status status = trm_puzzles_question(e->puzzles, index, &q, error);
    const trm_shape shape = shape_of(e, &q), *s = q.shape_count > 0 || shape.rows > 0 ? &shape : NULL;
    const uint32_t own = e->positions, n = positions_of(e, &q);
    if (status == TRM_OK)
        status = trm_puzzles_get(e->puzzles, index, e->text, e->text + n, NULL, error);
    if (status == TRM_OK)
        status = trm_model_encode(e->model, s, e->text, n, e->questions, error);
    if (status == TRM_OK)
        status = trm_model_encode(e->model, s, e->text + n, n, e->expected, error);
    q.tokens = e->questions;
    q.shapes = s;
    q.shape_count = s != NULL ? 1 : 0;
    answers.tokens = e->answers;
    answers.steps = e->steps;
    answers.verdicts = e->verdicts;
    if (status == TRM_OK)
        status = trm_solve(e->model, &q, &answers, options, error);
    if (status != TRM_OK)
        return status;
    e->positions = n;
    take_verified(e, 1);
    mark(e, 1, result);
    e->positions = own;
    return TRM_OK;
}

static trm_status run_one_by_one(exam *e, const trm_executor *executor, exam_result *result, trm_error *error)
{
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_status status = TRM_OK;
    options.executor = executor;
    for (uint64_t i = 0; i < trm_puzzles_count(e->puzzles) && status == TRM_OK && !was_interrupted(); i++)
        status = solve_one(e, i, &options, result, error);
    return status;
}

bool examine(const trm_model *model, const trm_puzzles *puzzles, const trm_executor *executor,
             exam_result *result)
{
    enum { PUZZLES_A_THREAD = 8 };
    exam e = { .model = model, .puzzles = puzzles, .batch = PUZZLES_A_THREAD * executor->width };
    trm_error error = TRM_ERROR_INIT;
    const double begin = seconds_now();
    *result = (exam_result) { .puzzles = 0 };
    trm_status status = begin_exam(&e, executor, &error);
    if (status == TRM_OK)
        status = brings_something(&e) ? run_one_by_one(&e, executor, result, &error)
                                      : run_exam(&e, result, &error);
    end_exam(&e);
    result->seconds = seconds_now() - begin;
    if (status != TRM_OK)
        report_error("%s", error.message);
    return status == TRM_OK && !was_interrupted();
}
