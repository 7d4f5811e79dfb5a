#include "bindings/cli/validation.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

typedef struct exam {
    const trm_model *model;
    const trm_puzzles *puzzles;
    trm_solver *solver;
    uint32_t positions, batch;
    char *text;                              /* a question and its answer */
    int32_t *questions, *expected, *answers; /* batch x positions */
    uint32_t *steps;
} exam;

static trm_status load_batch(exam *e, uint64_t from, uint32_t count, trm_error *error)
{
    const size_t n = e->positions;
    trm_status status = TRM_OK;
    for (uint32_t i = 0; i < count && status == TRM_OK; i++) {
        status = trm_puzzles_get(e->puzzles, from + i, e->text, e->text + n, NULL, error);
        if (status == TRM_OK)
            status = trm_model_encode(e->model, e->text, n, e->questions + i * n, error);
        if (status == TRM_OK)
            status = trm_model_encode(e->model, e->text + n, n, e->expected + i * n, error);
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
    return status == TRM_OK ? trm_solver_read(e->solver, &answers, error) : status;
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
        if (status == TRM_OK)
            mark(e, part, result);
    }
    return status;
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
    const size_t cells = (size_t)e->batch * info.positions;
    e->positions = info.positions;
    e->text = malloc(2 * (size_t)info.positions);
    e->questions = malloc(cells * sizeof *e->questions);
    e->expected = malloc(cells * sizeof *e->expected);
    e->answers = malloc(cells * sizeof *e->answers);
    e->steps = malloc(e->batch * sizeof *e->steps);
    if (status == TRM_OK && (e->text == NULL || e->questions == NULL || e->expected == NULL ||
                             e->answers == NULL || e->steps == NULL)) {
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
        status = run_exam(&e, result, &error);
    end_exam(&e);
    result->seconds = seconds_now() - begin;
    if (status != TRM_OK)
        report_error("%s", error.message);
    return status == TRM_OK && !was_interrupted();
}
