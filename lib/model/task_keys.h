/* The metadata keys that say what a model's questions are about. */
#ifndef TRMI_MODEL_TASK_KEYS_H
#define TRMI_MODEL_TASK_KEYS_H

#include "lib/model/model.h"

/* Reads and checks the keys task.*; the task is as doc/format.md has it where they are missing. */
trm_status trmi_task_keys_read(trm_model *model, trm_error *error);

#endif
