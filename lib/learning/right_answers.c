/* Right answers for a host that trains by itself: those that the trainer would learn. */
#include <math.h>

#include <trm/train.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/learning/nearest.h"
#include "lib/solve/judgement.h"
#include "lib/solve/options.h"

/* Questions of one shape, which were checked, and what their answers are looked for with. */
typedef struct looking {
    const trm_model *model;
    trm_questions questions;
    trmi_shape shape;
    trmi_judgement lists;
    trmi_nearest *nearest;
} looking;

/* Of the logits of one question those of its values. */
static trm_status prefer(const looking *l, const trmi_question *question, size_t index, const float *logits,
                         float *preferences, trm_error *error)
{
    const trmi_config *config = &l->model->config;
    const uint32_t choices = trmi_nearest_choices(l->nearest, question),
                   first = trmi_has_fields(config) ? config->first_value : 0;
    for (uint32_t p = 0; p < question->extent.positions; p++)
        for (uint32_t v = 0; v < choices; v++) {
            const float logit = logits[(size_t)p * config->vocabulary + first + v];
            if (!isfinite(logit))
                return trmi_fail(error, TRM_ERROR_ARGUMENT,
                                 "puzzle %zu, position %u: expected a finite logit of token %u, found %g",
                                 index, (unsigned)p, (unsigned)(first + v), (double)logit);
            preferences[(size_t)p * choices + v] = logit;
        }
    return TRM_OK;
}

static trm_status find(looking *l, size_t index, const float *logits, int32_t *answer, uint32_t *found,
                       trm_error *error)
{
    const size_t positions = l->shape.positions;
    trmi_judgement_give(&l->lists, l->model, &l->questions, index);
    const trmi_question question = {
        .extent = { .positions = l->shape.positions, .fields = l->shape.fields, .helpers = l->shape.helpers },
        .tokens = l->questions.tokens + index * positions,
        .relations = l->lists.given.relations
    };
    float *preferences = trmi_nearest_preferences(l->nearest, &question);
    *found = 0;
    if (preferences == NULL)
        return TRM_OK;
    TRMI_TRY(prefer(l, &question, index, logits + index * positions * l->model->config.vocabulary,
                    preferences, error));
    if (trmi_nearest_find(l->nearest, &question, answer + index * positions))
        *found = 1;
    return TRM_OK;
}

/* The questions' lists lie in memory of the model's allocator, for the time of the call. */
static trm_status find_all(looking *l, const float *logits, int32_t *answers, uint32_t *found,
                           trm_error *error)
{
    trmi_arena arena = { .base = NULL };
    const trm_allocator *allocator = &l->model->allocator;
    TRMI_TRY(trmi_judgement_lay(&l->lists, l->model, &l->questions, &l->shape, &arena, error));
    const uint64_t bytes = arena.used;
    void *memory = arena.overflow ? NULL : trmi_allocate(allocator, bytes);
    if (memory == NULL)
        return trmi_no_memory(error, "the lists of a question, %llu bytes", (unsigned long long)bytes);
    arena = (trmi_arena) { .base = memory };
    trm_status status = trmi_judgement_lay(&l->lists, l->model, &l->questions, &l->shape, &arena, error);
    for (size_t i = 0; status == TRM_OK && i < l->questions.count; i++)
        status = find(l, i, logits, answers, &found[i], error);
    trmi_arena_release(memory, bytes);
    trmi_release(allocator, memory);
    return status;
}

TRM_API trm_status trm_model_nearest(const trm_model *model, const trm_questions *questions,
                                     const float *logits, int32_t *answers, uint32_t *found, trm_error *error)
{
    looking l = { .model = model };
    if (model == NULL || logits == NULL || answers == NULL || found == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_model_nearest: expected a model, logits, answers and found, found NULL");
    trm_status status = trmi_questions_read(&l.questions, &l.shape, model, questions, SIZE_MAX, error);
    if (status == TRM_OK)
        status = trmi_nearest_create(model, &model->allocator, &l.nearest, error);
    if (status == TRM_OK && l.nearest == NULL)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "expected a model with rules about values in lists that it hears, or of shortest "
                         "ways (doc/rules.md), found one that no search knows");
    if (status == TRM_OK)
        status = find_all(&l, logits, answers, found, error);
    trmi_nearest_free(l.nearest);
    return status;
}
