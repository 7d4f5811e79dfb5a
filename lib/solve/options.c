/* Everything that a caller can get wrong is found here, before any work is done. */
#include "lib/solve/options.h"

#include <stddef.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/executor.h"
#include "lib/core/host.h"
#include "lib/core/memory.h"
#include "lib/core/parts.h"
#include "lib/solve/demands.h"
#include "lib/solve/given.h"

enum { MAXIMUM_BATCH = 65536, MAXIMUM_STEPS = 65536, MAXIMUM_RUNS = 65536 };

/* A number of the options, and its bounds. */
typedef struct range {
    const char *field;
    uint16_t at, least;
    uint32_t most;
} range;

#define RANGE(field, least, most) \
    { \
        TRMI_WORDS(#field), offsetof(trm_solve_options, field), least, most \
    }
static const range ranges[] = {
    RANGE(maximum_steps, 1, MAXIMUM_STEPS),
    RANGE(batch, 1, MAXIMUM_BATCH),
    RANGE(start, TRM_START_MODEL, TRM_START_RANDOM),
    RANGE(runs, 0, MAXIMUM_RUNS),
    RANGE(policy, 0, TRM_POLICY_FIRST_VERIFIED),
    RANGE(search, 0, 1),
    RANGE(require_verified, 0, 1),
    RANGE(candidates, 0, MAXIMUM_RUNS),
};
static const range stable_steps = RANGE(stable_steps, 2, MAXIMUM_STEPS);
#undef RANGE

static trm_status check_range(const trm_solve_options *options, const range *r, trm_error *error)
{
    uint32_t value;
    memcpy(&value, (const char *)options + r->at, sizeof value);
    if (value >= r->least && value <= r->most)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_solve_options.%s: expected %u to %u, found %u", r->field,
                     (unsigned)r->least, (unsigned)r->most, (unsigned)value);
}

/* What the build was made without. */
static trm_status check_parts(const trm_solve_options *options, trm_error *error)
{
    const bool runs = options->runs > 1 || options->view_count > 0 || options->candidates > 0 ||
                      options->batch > 1,
               votes = runs && (options->policy == TRM_POLICY_VOTE || options->candidates > 0),
               callbacks = options->verifier != NULL || options->watcher != NULL ||
                           options->executor != NULL || options->allocator != NULL;
    const char *part = !TRMI_HAS_RUNS && runs                     ? "more than one run"
                       : !TRMI_HAS_VOTES && votes                 ? "candidates or a vote"
                       : !TRMI_HAS_SEARCH && options->search != 0 ? "search"
                       : !TRMI_HAS_CALLBACKS && callbacks         ? "callbacks"
                       : !TRMI_HAS_GIVEN && options->heard > 0    ? "relations from questions"
                                                                  : NULL;
    if (part == NULL)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                     "trm_solve_options: expected what this build was made with, found %s", part);
}

static trm_status check_options(const trm_solve_options *options, trm_error *error)
{
    const uint32_t known = TRM_HALT_SIGNAL | TRM_HALT_STABLE;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        TRMI_TRY(check_range(options, &ranges[i], error));
    if ((options->halt & TRM_HALT_STABLE) != 0)
        TRMI_TRY(check_range(options, &stable_steps, error));
    if ((options->views == NULL) != (options->view_count == 0))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_solve_options: expected views and view_count together, found %s and %zu",
                         options->views == NULL ? "NULL" : "views", options->view_count);
    if (options->view_count > MAXIMUM_RUNS)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_solve_options.view_count: expected 0 to %u, found %zu", (unsigned)MAXIMUM_RUNS,
                         options->view_count);
    if (options->halt & ~known)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_solve_options.halt: expected TRM_HALT_* bits (mask %#x), found %#x",
                         (unsigned)known, (unsigned)options->halt);
    if (!(options->halt_probability >= 0.0 && options->halt_probability < 1.0))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_solve_options.halt_probability: expected 0 to below 1, found %g",
                         options->halt_probability);
    if (options->budget_nanoseconds != 0 && !trmi_has_clock())
        return trmi_fail(
            error, TRM_ERROR_UNSUPPORTED,
            "trm_solve_options.budget_nanoseconds: expected 0, as this build has no clock, found %llu",
            (unsigned long long)options->budget_nanoseconds);
    return TRM_OK;
}

/* A struct of callbacks is whole or refused, and so it is kept as the caller's. */
static trm_status check_callbacks(const trm_solve_options *options, trm_error *error)
{
    trm_verifier verifier = TRM_VERIFIER_INIT;
    trm_watcher watcher = TRM_WATCHER_INIT;
    if (options->verifier != NULL)
        TRMI_TRY(trmi_read_struct(&verifier, sizeof verifier, options->verifier, sizeof verifier,
                                  "trm_verifier", error));
    if (options->watcher != NULL)
        TRMI_TRY(trmi_read_struct(&watcher, sizeof watcher, options->watcher, sizeof watcher, "trm_watcher",
                                  error));
    if (options->verifier != NULL && verifier.verify == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_verifier.verify is NULL, expected a function");
    if (options->watcher != NULL && watcher.step == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_watcher.step is NULL, expected a function");
    return TRM_OK;
}

trm_status trmi_solve_settings_read(trmi_solve_settings *settings, const trm_model *model,
                                    const trm_solve_options *options, trm_error *error)
{
    if (model == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "model: expected an opened model, found NULL");
    const trm_solve_options defaults = TRM_SOLVE_OPTIONS_INIT;
    settings->options = defaults;
    if (options != NULL)
        TRMI_TRY(trmi_read_struct(&settings->options, sizeof settings->options, options, sizeof(size_t),
                                  "trm_solve_options", error));
    settings->search_steps = settings->options.maximum_steps;
    if (trmi_searches(&settings->options) && settings->options.step_budget == 0)
        settings->options.step_budget = TRMI_SEARCH_BUDGET;
    if (settings->options.maximum_steps == 0)
        settings->options.maximum_steps = model->config.maximum_steps;
    if (settings->options.halt_probability == 0.0)
        settings->options.halt_probability = model->config.halt_threshold;
    TRMI_TRY(check_options(&settings->options, error));
    TRMI_TRY(check_parts(&settings->options, error));
    if (TRMI_HAS_CALLBACKS)
        TRMI_TRY(check_callbacks(&settings->options, error));
    TRMI_TRY(trmi_question_shape_read(&settings->shape, model, settings->options.shape,
                                      "trm_solve_options.shape", error));
    TRMI_TRY(trmi_demands_check(model, &settings->options, error));
    TRMI_TRY(trmi_views_check(model, &settings->options, &settings->shape, NULL, error));
    if (settings->options.start == TRM_START_RANDOM && !(model->config.start_noise > 0.0))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_solve_options.start: expected TRM_START_MODEL or _FIXED, as this model was taught "
            "without random starts, found TRM_START_RANDOM");
    if (!TRMI_HAS_CALLBACKS)
        return TRM_OK;
    TRMI_TRY(trmi_executor_read(&settings->executor, settings->options.executor, error));
    return trmi_allocator_read(&settings->allocator, settings->options.allocator, error);
}

trm_status trmi_solve_options_complete(trm_solve_options *to, const trm_solve_options *from, trm_shape *room,
                                       const trm_model *model, const trm_questions *questions,
                                       const trmi_shape *shape, trm_error *error)
{
    const trm_solve_options defaults = TRM_SOLVE_OPTIONS_INIT;
    const trm_shape none = TRM_SHAPE_INIT;
    *to = defaults;
    const trm_status status =
        from != NULL ? trmi_read_struct(to, sizeof *to, from, sizeof(size_t), "trm_solve_options", error)
                     : TRM_OK;
    *room = none;
    room->rows = shape->rows;
    room->columns = shape->columns;
    room->box_rows = shape->box_rows;
    room->box_columns = shape->box_columns;
    room->fields = shape->fields;
    room->positions = shape->positions;
    room->helpers = shape->helpers;
    if (to->shape == NULL)
        to->shape = room;
    if (to->heard == 0 && questions->relation_count > 0) {
        const uint64_t heard = trmi_given_heard(model, questions, shape);
        to->heard = heard > 0 ? heard : 1;
    }
    return status;
}

static trm_status check_tokens(const trm_model *model, const trmi_shape *shape, const int32_t *tokens,
                               size_t puzzle, trm_error *error)
{
    const uint32_t known = trmi_known_tokens(&model->config, shape->fields);
    for (uint32_t i = 0; i < shape->positions; i++)
        if (tokens[i] < 0 || (uint32_t)tokens[i] >= known)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "puzzle %zu, position %u: expected a token from 0 to %u, found %ld", puzzle,
                             (unsigned)i, (unsigned)(known - 1), (long)tokens[i]);
    return TRM_OK;
}

static trm_status check_identifier(const trm_model *model, uint32_t identifier, size_t puzzle,
                                   trm_error *error)
{
    const uint32_t identifiers = model->config.identifiers;
    if (identifier == 0 || identifier < identifiers)
        return TRM_OK;
    if (identifiers == 0)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "puzzle %zu: expected identifier 0, as the model has no puzzle embedding, found %u",
                         puzzle, (unsigned)identifier);
    return trmi_fail(error, TRM_ERROR_PUZZLE, "puzzle %zu: expected an identifier from 0 to %u, found %u",
                     puzzle, (unsigned)(identifiers - 1), (unsigned)identifier);
}

static bool same_shape(const trmi_shape *a, const trmi_shape *b)
{
    return a->positions == b->positions && a->rows == b->rows && a->columns == b->columns &&
           a->box_rows == b->box_rows && a->box_columns == b->box_columns && a->fields == b->fields &&
           a->helpers == b->helpers;
}

/* The shape that all questions have. */
static trm_status read_shapes(trmi_shape *to, const trm_model *model, const trm_questions *questions,
                              trm_error *error)
{
    if ((questions->shapes == NULL) != (questions->shape_count == 0) ||
        (questions->shape_count > 1 && questions->shape_count != questions->count))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions.shape_count: expected 0 without shapes, 1 or count (%zu), found %zu",
                         questions->count, questions->shape_count);
    TRMI_TRY(trmi_question_shape_read(to, model, NULL, "trm_questions.shapes", error));
    for (size_t i = 0; i < questions->shape_count; i++) {
        trm_shape given = TRM_SHAPE_INIT;
        trmi_shape shape;
        TRMI_TRY(
            trmi_read_element(&given, sizeof given, questions->shapes, i, "trm_questions.shapes", error));
        TRMI_TRY(trmi_question_shape_read(&shape, model, &given, "trm_questions.shapes", error));
        if (i > 0 && !same_shape(&shape, to))
            return trmi_fail(
                error, TRM_ERROR_UNSUPPORTED,
                "trm_questions.shapes[%zu]: expected the shape of the first question, %u positions; "
                "found another: the questions of one call have one shape",
                i, (unsigned)to->positions);
        *to = shape;
    }
    return TRM_OK;
}

trm_status trmi_questions_read(trm_questions *to, trmi_shape *shape, const trm_model *model,
                               const trm_questions *from, size_t most, trm_error *error)
{
    if (from == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "questions: expected a trm_questions, found NULL");
    const trm_questions defaults = TRM_QUESTIONS_INIT;
    *to = defaults;
    TRMI_TRY(
        trmi_read_struct(to, sizeof *to, from, offsetof(trm_questions, identifiers), "trm_questions", error));
    if (to->tokens == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions.tokens: expected count x %u tokens, found NULL",
                         (unsigned)model->config.positions);
    if (to->count < 1 || to->count > most)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_questions.count: expected 1 to %zu, found %zu", most,
                         to->count);
    TRMI_TRY(read_shapes(shape, model, to, error));
    TRMI_TRY(trmi_given_check(model, to, shape, error));
    for (size_t i = 0; i < to->count; i++) {
        TRMI_TRY(check_tokens(model, shape, to->tokens + i * shape->positions, i, error));
        if (to->identifiers != NULL)
            TRMI_TRY(check_identifier(model, to->identifiers[i], i, error));
    }
    return TRM_OK;
}

trm_status trmi_answers_read(trm_answers *to, const trm_answers *from, trm_error *error)
{
    if (from == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "answers: expected a trm_answers, found NULL");
    const trm_answers defaults = TRM_ANSWERS_INIT;
    *to = defaults;
    return trmi_read_struct(to, sizeof *to, from, sizeof(size_t), "trm_answers", error);
}
