/* A task's symmetries: rearrangements of cells and tokens that turn puzzles with their answers into others.
 */
#ifndef TRMI_TRAIN_SYMMETRY_H
#define TRMI_TRAIN_SYMMETRY_H

#include "lib/interchange/generator.h"
#include "lib/train/task.h"

enum { TRMI_SYMMETRY_CELLS = 4096 }; /* of tasks that have symmetries */

/* One element of the group, to be applied to any number of token arrays. */
typedef struct trmi_symmetry {
    uint32_t cells;
    bool moves;                          /* false: every cell and token stays, the arrays are not set */
    uint16_t from[TRMI_SYMMETRY_CELLS];  /* the cell that comes to each place */
    uint8_t token[TRMI_TASK_VOCABULARY]; /* what becomes of each token */
} trmi_symmetry;

/* Draws an element, each equally likely. Sudoku: digits relabelled, rows permuted within bands, bands,
 * columns within stacks, stacks, transposed where boxes are square. Path: the grid turned and mirrored, 8
 * ways when it is square and 4 otherwise. Other tasks: nothing moves, nothing is drawn. */
void trmi_symmetry_draw(trmi_symmetry *symmetry, const trmi_task *task, trmi_generator *generator);

/* Their names for the metadata of models, with spaces between; empty for none. */
const char *trmi_symmetry_names(const trmi_task *task);

/* Maps the cells tokens at `from`, each below the vocabulary, to those at `to`, which must not overlap. */
void trmi_symmetry_apply(const trmi_symmetry *symmetry, const uint8_t *from, uint8_t *to);

#endif
