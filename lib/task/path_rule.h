/* The rule of shortest ways. */
#ifndef TRMI_TASK_PATH_RULE_H
#define TRMI_TASK_PATH_RULE_H

#include "lib/task/ruling.h"
#include "lib/task/task.h"

/* What a search works in: positions of each. */
typedef struct trmi_search_room {
    uint32_t *queue;
    uint8_t *seen;
} trmi_search_room;

/* Judges a path in a grid. */
trmi_ruling trmi_verify_path(const trmi_task *task, const trmi_shape *shape, const trmi_search_room *room,
                             const int32_t *question, const int32_t *answer);

#endif
