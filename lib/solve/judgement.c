#include "lib/solve/judgement.h"

#include "lib/core/error.h"
#include "lib/solve/judging.h"

trm_status trmi_judgement_lay(trmi_judgement *c, const trm_model *model, const trm_questions *questions,
                              const trmi_shape *shape, trmi_arena *arena, trm_error *error)
{
    const uint32_t count = model->config.relations.count;
    trmi_extent extent;
    c->relations = trmi_arena_take(arena, count, sizeof *c->relations);
    TRMI_TRY(trmi_judging_lay(model, shape, arena, c->relations, &extent, &c->verification, error));
    if (count > 0)
        trmi_given_layout(&c->given, &model->config, &extent, trmi_given_heard(model, questions, shape),
                          arena);
    return TRM_OK;
}

void trmi_judgement_give(trmi_judgement *c, const trm_model *model, const trm_questions *questions,
                         size_t index)
{
    if (model->config.relations.count == 0)
        return;
    trmi_given_copy(&c->given, model, questions, index, &c->verification.shape, c->relations);
    trmi_judging_give(&c->verification, model, c->given.relations);
}
