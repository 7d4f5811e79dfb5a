/* Grids with obstacles, a start, a goal, and one shortest path between them. */
#ifndef TRMI_PUZZLES_PATH_H
#define TRMI_PUZZLES_PATH_H

#include "lib/core/generator.h"
#include "lib/puzzles/task_options.h"

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

/* What a map is like. */
typedef struct trmi_map_kind {
    uint32_t least, most; /* per cent of walls */
    bool open; /* several shortest ways may lead to the goal; the answer has one by a rule of ties */
    uint32_t unreachable; /* per cent of the maps: the goal cannot be reached, and the answer has no way */
} trmi_map_kind;

/* The same of any kind of map; 0 moves where there is no way. */
trm_status trmi_path_generate_map(trmi_path *path, const trmi_map_kind *kind, trmi_generator *generator,
                                  uint8_t *question, uint8_t *answer, uint32_t *moves, trm_error *error);

#endif
