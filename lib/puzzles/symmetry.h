/* A task's symmetries: rearrangements of cells and tokens that turn puzzles with their answers into others.
 */
#ifndef TRMI_PUZZLES_SYMMETRY_H
#define TRMI_PUZZLES_SYMMETRY_H

#include "lib/core/generator.h"
#include "lib/puzzles/task_options.h"

enum { TRMI_SYMMETRY_CELLS = TRMI_PATH_SIDE * TRMI_PATH_SIDE }; /* of tasks that have symmetries */

/* One element of the group, to be applied to any number of token arrays. */
typedef struct trmi_symmetry {
    uint32_t cells;
    bool moves;                          /* false: every cell and token stays, the arrays are not set */
    uint16_t from[TRMI_SYMMETRY_CELLS];  /* the cell that comes to each place */
    uint8_t token[TRMI_TASK_VOCABULARY]; /* what becomes of each token */
} trmi_symmetry;

/* Draws an element, each equally likely: of all that the task's symmetries (lib/task/family.h) make together.
 * A task without any: nothing moves, nothing is drawn. */
void trmi_symmetry_draw(trmi_symmetry *symmetry, const trmi_task *task, trmi_generator *generator);

/* Maps the cells tokens at `from`, each below the vocabulary, to those at `to`, which must not overlap. */
void trmi_symmetry_apply(const trmi_symmetry *symmetry, const uint8_t *from, uint8_t *to);

#endif
