/* Sudoku: an exact search, and puzzles that have one solution. Any boxes of up to 16 cells. */
#ifndef TRMI_TRAIN_SUDOKU_H
#define TRMI_TRAIN_SUDOKU_H

#include "lib/interchange/generator.h"
#include "lib/train/task.h"

/* Tables of a task, and memory to search in; one thread at a time. */
typedef struct trmi_sudoku trmi_sudoku;

trm_status trmi_sudoku_create(const trmi_task *task, const trm_allocator *allocator, trmi_sudoku **sudoku,
                              trm_error *error);
void trmi_sudoku_free(trmi_sudoku *sudoku);

typedef enum trmi_solutions {
    TRMI_SOLUTIONS_NONE,
    TRMI_SOLUTIONS_ONE,
    TRMI_SOLUTIONS_SEVERAL,
    TRMI_SOLUTIONS_UNKNOWN /* the search met more than `limit` dead ends */
} trmi_solutions;

/* Searches until the number of solutions is clear. `answer` receives the first one, `dead_ends` the dead ends
 * of the search, which for a puzzle with one solution are its rating; each may be NULL. */
trmi_solutions trmi_sudoku_solve(trmi_sudoku *sudoku, const uint8_t *question, uint64_t limit,
                                 uint8_t *answer, uint64_t *dead_ends);

/* The range of givens for a task that names none. */
void trmi_sudoku_givens(const trmi_task *task, uint32_t *least, uint32_t *most);

/* A puzzle with one solution and least to most givens, and its rating. TRM_ERROR_ARGUMENT when 5000 grids
 * gave none.
 */
trm_status trmi_sudoku_generate(trmi_sudoku *sudoku, uint32_t least, uint32_t most, trmi_generator *generator,
                                uint8_t *question, uint8_t *answer, uint32_t *rating, trm_error *error);

#endif
