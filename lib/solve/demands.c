#include "lib/solve/demands.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/core/parts.h"
#include "lib/model/question_shape.h"
#include "lib/task/views.h"

bool trmi_starts_at_random(const trm_model *model, const trm_solve_options *options)
{
    return options->start != TRM_START_FIXED && model->config.start_noise > 0.0;
}

/* -- views -- */

/* Whether nothing that the network hears tells the order of rows and columns. */
static bool hears_groups_alone(const trm_model *model)
{
    static const char *const groups[] = { "row", "column", "box", "cell", "all" };
    const trmi_relations *relations = &model->config.relations;
    uint32_t known = 0;
    for (uint32_t r = 0; r < relations->count; r++)
        for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
            known += strcmp(relations->relation[r].name, groups[i]) == 0;
    return relations->count > 0 && known == relations->count;
}

/* Draws that would show the network nothing new: values that are nodes of their own it treats alike. */
static uint32_t unnoticed_by(const trm_model *model)
{
    return (trmi_has_fields(&model->config) ? TRM_VIEW_VALUES : 0) |
           (hears_groups_alone(model) ? TRM_VIEW_LINES : 0);
}

static bool view_of_model(const trm_model *model, const trmi_shape *shape, uint32_t view)
{
    return trmi_view_exists(&model->task, shape, unnoticed_by(model), view);
}

/* Lists that do not come from the shape would have to be moved with the positions: no symmetry of theirs is
   known. */
static bool brings_lists(const trm_model *model, const trm_questions *questions)
{
    const trmi_relations *relations = &model->config.relations;
    bool brings = model->config.features > 0 || (questions != NULL && questions->relation_count > 0);
    for (uint32_t r = 0; r < relations->count; r++)
        brings |= relations->relation[r].source != TRMI_RELATION_SHAPE;
    return brings;
}

trm_status trmi_views_check(const trm_model *model, const trm_solve_options *options, const trmi_shape *shape,
                            const trm_questions *questions, trm_error *error)
{
    const bool lists = brings_lists(model, questions);
    for (size_t i = 0; i < trmi_view_count(options); i++) {
        const uint32_t view = options->views[i];
        if (view != 0 && lists)
            return trmi_fail(
                error, TRM_ERROR_ARGUMENT,
                "trm_solve_options.views[%zu]: expected 0, as questions bring lists or features of "
                "which no symmetry is known, found %u",
                i, (unsigned)view);
        if (!view_of_model(model, shape, view))
            return trmi_fail(
                error, TRM_ERROR_ARGUMENT,
                "trm_solve_options.views[%zu]: expected a symmetry of the task in this shape that the "
                "model can notice (trm_model_views(), TRM_VIEW_*), found %u",
                i, (unsigned)view);
    }
    return TRM_OK;
}

trm_status trm_model_views(const trm_model *model, const trm_shape *shape, uint32_t *views, uint32_t *count,
                           trm_error *error)
{
    trmi_shape read;
    if (model == NULL || views == NULL || count == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a model, views and count, found NULL for the %s",
                         model == NULL   ? "model"
                         : views == NULL ? "views"
                                         : "count");
    TRMI_TRY(trmi_question_shape_read(&read, model, shape, "shape", error));
    *count = 0;
    for (uint32_t view = 0; view < TRMI_VIEWS; view++)
        if (view == 0 || (TRMI_HAS_RUNS && !brings_lists(model, NULL) && view_of_model(model, &read, view)))
            views[(*count)++] = view;
    return TRM_OK;
}

/* -- runs -- */

enum { MOST_SEATS = 1048576 }; /* batch x runs */

/* In search the surest attempt keeps its seat. */
uint32_t trmi_demands_seats(const trm_solve_options *options)
{
    return trmi_run_count(options) + trmi_searches(options);
}

static bool has_rules(const trm_model *model)
{
    return model->task.rules.count > 0 && !model->task.rules.unknown;
}

/* Whether what the caller asks for needs rules. */
static bool needs_rules(const trm_solve_options *options)
{
    return options->policy == TRM_POLICY_FIRST_VERIFIED || options->require_verified != 0 ||
           trmi_searches(options);
}

bool trmi_demands_rules(const trm_model *model, const trm_solve_options *options)
{
    return trmi_verifier_of(options) != NULL || needs_rules(options) ||
           (trmi_candidate_count(options) > 0 && has_rules(model));
}

static trm_status check_search(const trm_model *model, const trm_solve_options *options, trm_error *error)
{
    if (!trmi_searches(options))
        return TRM_OK;
    if (trmi_view_count(options) > 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_solve_options.search: expected no views with it, found %zu",
                         trmi_view_count(options));
    if (options->policy > TRM_POLICY_FIRST_HALT && options->policy != TRM_POLICY_FIRST_VERIFIED)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_solve_options.search: expected TRM_POLICY_FIRST_HALT or _FIRST_VERIFIED with it, found "
            "policy %u",
            (unsigned)options->policy);
    if (model->task.values == 0 && !trmi_starts_at_random(model, options))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_solve_options.search: expected a task with values to guess, found %s",
                         *model->task.name != '\0' ? model->task.name : "none");
    return TRM_OK;
}

/* Runs that do not differ would only repeat one another. */
static trm_status check_runs(const trm_model *model, const trm_solve_options *options, trm_error *error)
{
    const uint64_t runs = trmi_run_count(options), seats = trmi_demands_seats(options);
    const uint64_t views = trmi_view_count(options) > 0 ? trmi_view_count(options) : 1;
    if (seats * trmi_batch(options) > MOST_SEATS)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_solve_options.runs: expected at most %u runs of a batch together, found %llu of "
            "each of %u questions",
            (unsigned)MOST_SEATS, (unsigned long long)runs, (unsigned)options->batch);
    if (!trmi_searches(options) && runs > views && !trmi_starts_at_random(model, options))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_solve_options.runs: expected at most %llu, as many as there are views, since runs of "
            "this model do not start from random numbers; found %llu",
            (unsigned long long)views, (unsigned long long)runs);
    return TRM_OK;
}

trm_status trmi_demands_check(const trm_model *model, const trm_solve_options *options, trm_error *error)
{
    if (trmi_verifier_of(options) == NULL && needs_rules(options) && !has_rules(model))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_solve_options.%s: expected a verifier with it, as the model's file has no rules that this "
            "version knows (metadata task.rules), found NULL",
            trmi_searches(options)           ? "search"
            : options->require_verified != 0 ? "require_verified"
                                             : "policy");
    TRMI_TRY(check_search(model, options, error));
    return check_runs(model, options, error);
}
