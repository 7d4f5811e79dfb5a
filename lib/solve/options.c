/* Everything that a caller can get wrong is found here, before any work is done. */
#include "lib/solve/options.h"

#include "lib/core/error.h"
#include "lib/core/executor.h"
#include "lib/core/memory.h"
#include "lib/model/model.h"

enum { MAXIMUM_BATCH = 65536, MAXIMUM_STEPS = 65536 };

static trm_status check_range(const char *field, uint32_t value, uint32_t least, uint32_t most,
                              trm_error *error)
{
    if (value >= least && value <= most)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_solve_options.%s: expected %u to %u, found %u", field,
                     (unsigned)least, (unsigned)most, (unsigned)value);
}

static trm_status check_options(const trm_solve_options *options, trm_error *error)
{
    const uint32_t known = TRM_HALT_SIGNAL | TRM_HALT_STABLE;
    trm_status status = check_range("maximum_steps", options->maximum_steps, 1, MAXIMUM_STEPS, error);
    if (status == TRM_OK)
        status = check_range("batch", options->batch, 1, MAXIMUM_BATCH, error);
    if (status == TRM_OK && (options->halt & TRM_HALT_STABLE))
        status = check_range("stable_steps", options->stable_steps, 2, MAXIMUM_STEPS, error);
    if (status == TRM_OK && (options->halt & ~known))
        status = trmi_fail(error, TRM_ERROR_ARGUMENT,
                           "trm_solve_options.halt: expected TRM_HALT_* bits (mask %#x), found %#x",
                           (unsigned)known, (unsigned)options->halt);
    if (status == TRM_OK && !(options->halt_probability >= 0.0 && options->halt_probability < 1.0))
        status = trmi_fail(error, TRM_ERROR_ARGUMENT,
                           "trm_solve_options.halt_probability: expected 0 to below 1, found %g",
                           options->halt_probability);
    return status;
}

trm_status trmi_solve_settings_read(trmi_solve_settings *settings, const trm_model *model,
                                    const trm_solve_options *options, trm_error *error)
{
    if (model == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "model: expected an opened model, found NULL");
    const trm_solve_options defaults = TRM_SOLVE_OPTIONS_INIT;
    settings->options = defaults;
    trm_status status = TRM_OK;
    if (options != NULL)
        status = trmi_read_struct(&settings->options, sizeof settings->options, options, sizeof(size_t),
                                  "trm_solve_options", error);
    if (status != TRM_OK)
        return status;
    if (settings->options.maximum_steps == 0)
        settings->options.maximum_steps = model->config.maximum_steps;
    status = check_options(&settings->options, error);
    if (status == TRM_OK)
        status = trmi_executor_read(&settings->executor, settings->options.executor, error);
    if (status == TRM_OK)
        status = trmi_allocator_read(&settings->allocator, settings->options.allocator, error);
    return status;
}

static trm_status check_tokens(const trm_model *model, const int32_t *tokens, size_t puzzle, trm_error *error)
{
    for (uint32_t i = 0; i < model->config.positions; i++)
        if (tokens[i] < 0 || (uint32_t)tokens[i] >= model->config.vocabulary)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "puzzle %zu, position %u: expected a token from 0 to %u, found %ld", puzzle,
                             (unsigned)i, (unsigned)(model->config.vocabulary - 1), (long)tokens[i]);
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

trm_status trmi_questions_read(trm_questions *to, const trm_model *model, const trm_questions *from,
                               size_t most, trm_error *error)
{
    if (from == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "questions: expected a trm_questions, found NULL");
    const trm_questions defaults = TRM_QUESTIONS_INIT;
    *to = defaults;
    trm_status status =
        trmi_read_struct(to, sizeof *to, from, offsetof(trm_questions, identifiers), "trm_questions", error);
    if (status == TRM_OK && to->tokens == NULL)
        status = trmi_fail(error, TRM_ERROR_ARGUMENT,
                           "trm_questions.tokens: expected count x %u tokens, found NULL",
                           (unsigned)model->config.positions);
    if (status == TRM_OK && (to->count < 1 || to->count > most))
        status = trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_questions.count: expected 1 to %zu, found %zu",
                           most, to->count);
    for (size_t i = 0; status == TRM_OK && i < to->count; i++) {
        status = check_tokens(model, to->tokens + i * model->config.positions, i, error);
        if (status == TRM_OK && to->identifiers != NULL)
            status = check_identifier(model, to->identifiers[i], i, error);
    }
    return status;
}

trm_status trmi_answers_read(trm_answers *to, const trm_answers *from, trm_error *error)
{
    if (from == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "answers: expected a trm_answers, found NULL");
    const trm_answers defaults = TRM_ANSWERS_INIT;
    *to = defaults;
    return trmi_read_struct(to, sizeof *to, from, sizeof(size_t), "trm_answers", error);
}
