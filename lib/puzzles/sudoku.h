/* Sudoku: an exact search. Any boxes of up to 25 cells, or the regions of a jigsaw. */
#ifndef TRMI_PUZZLES_SUDOKU_H
#define TRMI_PUZZLES_SUDOKU_H

#include "lib/core/generator.h"
#include "lib/puzzles/task_options.h"

enum { TRMI_SUDOKU_CELLS = TRMI_SUDOKU_SIDE * TRMI_SUDOKU_SIDE };

/* Tables of a task, and memory to search in; one thread at a time. */
typedef struct trmi_sudoku trmi_sudoku;

trm_status trmi_sudoku_create(const trmi_task *task, const trm_allocator *allocator, trmi_sudoku **sudoku,
                              trm_error *error);
void trmi_sudoku_free(trmi_sudoku *sudoku);

/* Searches in these regions from now on: of each cell its number, from 0; as many cells have each as there
 * are digits. Without a call the regions are the boxes. */
void trmi_sudoku_divide(trmi_sudoku *sudoku, const uint8_t *region);

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

/* A full grid, guessed at random; false when there is none, or the search met more than `limit` dead ends. */
bool trmi_sudoku_fill(trmi_sudoku *sudoku, uint64_t limit, trmi_generator *generator, uint8_t *answer);

#endif
