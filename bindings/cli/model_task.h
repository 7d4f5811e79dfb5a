/* What a model's puzzles are about, as libtrm-train takes it. */
#ifndef TRM_CLI_MODEL_TASK_H
#define TRM_CLI_MODEL_TASK_H

#include <stdbool.h>
#include <trm/train.h>

typedef struct model_task {
    trm_task task; /* of the model's own grid; name "" and alphabet "" where the model has none */
    char name[64], alphabet[257];
} model_task;

/* Fills *to, which must stay where it is while its task is used. */
trm_status model_task_read(model_task *to, const trm_model *model, trm_error *error);

#endif
