#include "bindings/cli/session.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

/* The library ignores a word that it does not know: whoever misspelt it would measure the wrong kernels. */
static void check_override(const char *in_use)
{
    static const char *const known[] = { "",           "scalar", "avx2",    "avxvnni", "avx512",
                                         "avx512vnni", "neon",   "dotprod", "i8mm" };
    const char *word = getenv("TRM_CPU");
    for (size_t i = 0; word != NULL && i < sizeof known / sizeof *known; i++)
        if (strcmp(word, known[i]) == 0)
            return;
    if (word != NULL)
        report_warning(
            "TRM_CPU: expected scalar, avx2, avxvnni, avx512, avx512vnni, neon, dotprod or i8mm, found '%s', "
            "which changes nothing; the kernels in use are %s",
            word, in_use);
}

const choice precisions_of_solve[] = { { "stored", 0 }, { "int8", TRM_OPEN_INT8 }, { NULL, 0 } };

bool session_open_model(session *s, const char *path, uint32_t flags)
{
    trm_error error = TRM_ERROR_INIT;
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    opening.flags = flags;
    const trm_model_info info = TRM_MODEL_INFO_INIT;
    *s = (session) { .info = info };
    if (trm_model_open(path, &opening, &s->model, &error) == TRM_OK &&
        trm_model_describe(s->model, &s->info, &error) == TRM_OK) {
        check_override(s->info.instruction_set);
        return true;
    }
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

bool session_agree(const char *command, const solve_settings *settings)
{
    if (settings->all_steps && settings->stable > 0)
        report_error("%s: expected --all-steps or --stable, found both", command);
    else if (settings->all_steps && settings->halt_probability > 0.0)
        report_error("%s: expected --all-steps or --halt-probability, found both", command);
    else if (settings->halt_probability >= 1.0)
        report_error("%s: --halt-probability: expected a number below 1, found 1", command);
    else
        return true;
    return false;
}

static uint64_t nanoseconds_of(double milliseconds)
{
    const double nanoseconds = milliseconds * 1e6;
    return milliseconds <= 0.0 ? 0 : nanoseconds < 1.0 ? 1 : (uint64_t)nanoseconds; /* 0 is no limit */
}

static uint32_t batch_of(const session *s, uint64_t wanted)
{
    enum { MOST_PUZZLES = 65536 };
    const uint32_t by_threads = PUZZLES_A_THREAD * s->options.executor->width;
    return wanted != BATCH_BY_THREADS  ? (uint32_t)wanted
           : by_threads < MOST_PUZZLES ? by_threads
                                       : MOST_PUZZLES;
}

bool session_open(session *s, const char *path, const solve_settings *settings)
{
    const trm_solve_options defaults = TRM_SOLVE_OPTIONS_INIT;
    if (!session_open_model(s, path, settings->precision))
        return false;
    s->options = defaults;
    s->options.maximum_steps = (uint32_t)settings->steps;
    s->options.halt = settings->all_steps    ? 0
                      : settings->stable > 0 ? TRM_HALT_SIGNAL | TRM_HALT_STABLE
                                             : TRM_HALT_SIGNAL;
    s->options.stable_steps = settings->stable > 0 ? (uint32_t)settings->stable : defaults.stable_steps;
    s->options.halt_probability = settings->halt_probability;
    s->options.budget_nanoseconds = nanoseconds_of(settings->budget);
    if (!start_threads(s, (uint32_t)settings->threads))
        return false;
    s->options.batch = batch_of(s, settings->batch);
    return true;
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
    if (b->questions != NULL && b->answers != NULL && b->probabilities != NULL &&
        b->halt_probabilities != NULL && b->steps != NULL && b->stops != NULL)
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

bool batch_add(batch *b, const session *s, const char *text, size_t length, trm_error *error)
{
    const trm_status status =
        trm_model_encode(s->model, text, length, b->questions + b->count * s->info.positions, error);
    b->count += status == TRM_OK;
    return status == TRM_OK;
}

trm_questions batch_questions(const batch *b)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = b->count;
    questions.tokens = b->questions;
    return questions;
}

trm_answers batch_answers(const batch *b)
{
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = b->answers;
    answers.probabilities = b->probabilities;
    answers.halt_probabilities = b->halt_probabilities;
    answers.steps = b->steps;
    answers.stops = b->stops;
    return answers;
}
