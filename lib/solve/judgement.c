#include "lib/solve/judgement.h"

#include "lib/solve/judging.h"

trm_status trmi_judgement_lay(trmi_judgement *c, const trm_model *model, const trm_questions *questions,
                              const trmi_shape *shape, trmi_arena *arena, trm_error *error)
{
    const uint32_t count = model->config.relations.count;
    trmi_extent extent;
    c->relations = trmi_arena_take(arena, count, sizeof *c->relations);
    const trm_status status =
        trmi_judging_lay(model, shape, arena, c->relations, &extent, &c->verification, error);
    if (status == TRM_OK && count > 0)
        trmi_given_layout(&c->given, &model->config, &extent, trmi_given_heard(model, questions, shape),
                          arena);
    return status;
}

void trmi_judgement_give(trmi_judgement *c, const trm_model *model, const trm_questions *questions,
                         size_t index)
{
    if (model->config.relations.count == 0)
        return;
    trmi_given_copy(&c->given, model, questions, index, &c->verification.shape, c->relations);
    trmi_judging_give(&c->verification, model, c->given.relations);
}
