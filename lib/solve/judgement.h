/* The rules of a model's task, outside of any solve. */
#ifndef TRMI_SOLVE_JUDGEMENT_H
#define TRMI_SOLVE_JUDGEMENT_H

#include "lib/core/export.h"
#include "lib/model/model.h"
#include "lib/solve/given.h"
#include "lib/task/verify.h"

/* What the rules are asked in: the task's own lists, and the model's, with those that a question brings in
   their places. */
typedef struct trmi_judgement {
    trmi_verification verification;
    trmi_relation_table *relations; /* of the model, for the shape */
    trmi_given given;
} trmi_judgement;

/* Carves it for these questions, which were checked. */
TRMI_EXPORT trm_status trmi_judgement_lay(trmi_judgement *judgement, const trm_model *model,
                                          const trm_questions *questions, const trmi_shape *shape,
                                          trmi_arena *arena, trm_error *error);

/* From now on the rules speak of question number `index`. */
TRMI_EXPORT void trmi_judgement_give(trmi_judgement *judgement, const trm_model *model,
                                     const trm_questions *questions, size_t index);

#endif
