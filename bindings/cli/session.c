#include "bindings/cli/session.h"

#include <stdlib.h>

#include "bindings/cli/report.h"

bool session_open_model(session *s, const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_model_info info = TRM_MODEL_INFO_INIT;
    *s = (session) { .info = info };
    if (trm_model_open(path, NULL, &s->model, &error) == TRM_OK && trm_model_describe(s->model, &s->info, &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}

static bool start_threads(session *s, uint32_t threads)
{
    trm_error error = TRM_ERROR_INIT;
    if (trm_pool_create(threads, NULL, &s->pool, &error) == TRM_OK) {
        s->options.executor = trm_pool_executor(s->pool);
        return true;
    }
    report_error("--threads %u: %s", (unsigned)threads, error.message);
    return false;
}

bool session_open(session *s, const char *path, const solve_settings *settings)
{
    const trm_solve_options defaults = TRM_SOLVE_OPTIONS_INIT;
    if (!session_open_model(s, path))
        return false;
    s->options = defaults;
    s->options.maximum_steps = (uint32_t)settings->steps;
    s->options.halt = settings->all_steps ? 0 : settings->stable > 0 ? TRM_HALT_SIGNAL | TRM_HALT_STABLE : TRM_HALT_SIGNAL;
    s->options.stable_steps = settings->stable > 0 ? (uint32_t)settings->stable : defaults.stable_steps;
    s->options.batch = (uint32_t)settings->batch;
    s->options.budget_nanoseconds = (uint64_t)(settings->budget * 1e6);
    return start_threads(s, (uint32_t)settings->threads);
}

void session_close(session *s)
{
    trm_pool_free(s->pool);
    trm_model_close(s->model);
    *s = (session) { .model = NULL };
}

bool batch_create(batch *b, const session *s)
{
    const size_t n = s->options.batch, positions = s->info.positions;
    *b = (batch) {
        .capacity = n,
        .questions = calloc(n * positions, sizeof(int32_t)),
        .answers = calloc(n * positions, sizeof(int32_t)),
        .probabilities = calloc(n * positions, sizeof(float)),
        .halt_probabilities = calloc(n, sizeof(float)),
        .steps = calloc(n, sizeof(uint32_t)),
        .stops = calloc(n, sizeof(uint32_t)),
    };
    if (b->questions != NULL && b->answers != NULL && b->probabilities != NULL && b->halt_probabilities != NULL && b->steps != NULL &&
        b->stops != NULL)
        return true;
    report_error("not enough memory for %zu puzzles at once", n);
    return false;
}

void batch_free(batch *b)
{
    free(b->questions);
    free(b->answers);
    free(b->probabilities);
    free(b->halt_probabilities);
    free(b->steps);
    free(b->stops);
    *b = (batch) { .count = 0 };
}

bool batch_add(batch *b, const session *s, const char *text, size_t length, const char *where)
{
    trm_error error = TRM_ERROR_INIT;
    if (trm_model_encode(s->model, text, length, b->questions + b->count * s->info.positions, &error) == TRM_OK) {
        b->count++;
        return true;
    }
    report_error("%s: %s", where, error.message);
    return false;
}

bool batch_solve(batch *b, const session *s)
{
    trm_error error = TRM_ERROR_INIT;
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_answers answers = TRM_ANSWERS_INIT;
    questions.count = b->count;
    questions.tokens = b->questions;
    answers.tokens = b->answers;
    answers.probabilities = b->probabilities;
    answers.halt_probabilities = b->halt_probabilities;
    answers.steps = b->steps;
    answers.stops = b->stops;
    if (b->count == 0 || trm_solve(s->model, &questions, &answers, &s->options, &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}
