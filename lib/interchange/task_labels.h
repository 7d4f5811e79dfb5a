/* What a new file says of its task, so that a reader need not know families of puzzles. */
#ifndef TRMI_INTERCHANGE_TASK_LABELS_H
#define TRMI_INTERCHANGE_TASK_LABELS_H

#include "lib/interchange/labels.h"
#include "lib/task/task.h"

/* Adds the keys task.* of the task that the labels name, when a family has that name; sizes are not known,
 * and boxes are the configuration's. What the labels say already stays. */
trm_status trmi_labels_complete_task(trmi_labels *labels, const trmi_config *config, trm_error *error);

/* Adds task.symmetries, a set of trmi_symmetry_name, where there is no such key yet. */
trm_status trmi_labels_add_symmetries(trmi_labels *labels, uint32_t symmetries, trm_error *error);

#endif
