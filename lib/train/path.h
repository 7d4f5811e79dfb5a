/* Grids with obstacles, a start, a goal, and one shortest path between them. */
#ifndef TRMI_TRAIN_PATH_H
#define TRMI_TRAIN_PATH_H

#include "lib/interchange/generator.h"
#include "lib/train/task.h"

/* Memory to search in; one thread at a time. */
typedef struct trmi_path trmi_path;

trm_status trmi_path_create(const trmi_task *task, const trm_allocator *allocator, trmi_path **path,
                            trm_error *error);
void trmi_path_free(trmi_path *path);

enum { TRMI_PATH_LEAST_WALLS = 20, TRMI_PATH_MOST_WALLS = 35 }; /* per cent, when nothing else is asked for */

/* A grid of which least to most per cent are walls, with one shortest path, of `moves` moves.
 * TRM_ERROR_ARGUMENT when 1000 grids gave none. */
trm_status trmi_path_generate(trmi_path *path, uint32_t least, uint32_t most, trmi_generator *generator,
                              uint8_t *question, uint8_t *answer, uint32_t *moves, trm_error *error);

#endif
