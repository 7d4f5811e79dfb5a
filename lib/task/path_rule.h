/* The rule of shortest ways, in grids and on graphs. */
#ifndef TRMI_TASK_PATH_RULE_H
#define TRMI_TASK_PATH_RULE_H

#include "lib/core/export.h"
#include "lib/task/ruling.h"
#include "lib/task/task.h"

/* What a search works in: positions of each. */
typedef struct trmi_search_room {
    uint32_t *queue;
    uint8_t *seen;
} trmi_search_room;

/* Where a way is looked for: in the shape's grid, or along the edges of a graph, a list for each position. */
typedef struct trmi_path_ground {
    const trmi_task *task;
    const trmi_shape *shape;
    const trmi_relation_table *edges; /* NULL: a grid */
    const trmi_search_room *room;
} trmi_path_ground;

/* Whether the task's alphabet has the characters that a way is made of. */
static inline bool trmi_path_spelt(const trmi_task *task, bool graph)
{
    for (const char *c = graph ? "SGo" : "# SGo"; *c != '\0'; c++)
        if (task->token[(unsigned char)*c] == TRMI_NO_TOKEN)
            return false;
    return !graph || task->blank != TRMI_NO_TOKEN;
}

/* Refutes edges that lead one way alone, or from a position to itself. */
TRMI_EXPORT trmi_ruling trmi_verify_edges(const trmi_relation_table *edges, uint32_t positions);

/* Judges a path. */
trmi_ruling trmi_verify_path(const trmi_path_ground *ground, const int32_t *question, const int32_t *answer);

#endif
