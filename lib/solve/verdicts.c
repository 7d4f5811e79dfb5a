/* Answers judged by the rules of a model's task, whoever found them. */
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/model/model.h"
#include "lib/solve/judgement.h"
#include "lib/solve/options.h"

/* In memory of the model's allocator, for the time of the call. */
static trm_status judge_all(const trm_model *model, const trm_questions *questions, const trmi_shape *shape,
                            const int32_t *answers, uint32_t *verdicts, trm_error *error)
{
    trmi_judgement c;
    trmi_arena arena = { .base = NULL };
    TRMI_TRY(trmi_judgement_lay(&c, model, questions, shape, &arena, error));
    const uint64_t bytes = arena.used;
    void *memory = bytes > 0 && !arena.overflow ? trmi_allocate(&model->allocator, bytes) : NULL;
    if (bytes > 0 && memory == NULL)
        return trmi_no_memory(error, "%llu bytes to verify in", (unsigned long long)bytes);
    arena = (trmi_arena) { .base = memory };
    trm_status status = trmi_judgement_lay(&c, model, questions, shape, &arena, error);
    for (size_t i = 0; status == TRM_OK && i < questions->count; i++) {
        trmi_judgement_give(&c, model, questions, i);
        verdicts[i] = trmi_task_verify(&c.verification, questions->tokens + i * shape->positions,
                                       answers + i * shape->positions, NULL);
    }
    trmi_arena_release(memory, bytes);
    trmi_release(&model->allocator, memory);
    return status;
}

trm_status trm_model_verify(const trm_model *model, const trm_questions *questions, const int32_t *answers,
                            uint32_t *verdicts, trm_error *error)
{
    trm_questions all;
    trmi_shape shape;
    if (model == NULL || answers == NULL || verdicts == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "expected a model, answers and verdicts, found NULL for the %s",
                         model == NULL     ? "model"
                         : answers == NULL ? "answers"
                                           : "verdicts");
    TRMI_TRY(trmi_questions_read(&all, &shape, model, questions, SIZE_MAX, error));
    return judge_all(model, &all, &shape, answers, verdicts, error);
}
