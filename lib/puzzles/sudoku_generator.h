/* Sudokus and jigsaws made up at random. */
#ifndef TRMI_PUZZLES_SUDOKU_GENERATOR_H
#define TRMI_PUZZLES_SUDOKU_GENERATOR_H

#include "lib/puzzles/sudoku.h"

/* The range of givens for a task that names none. */
void trmi_sudoku_givens(const trmi_task *task, uint32_t *least, uint32_t *most);

/* What to make: least to most givens; `minimal`: none of them could be left out. */
typedef struct trmi_sudoku_wish {
    uint32_t least, most;
    bool minimal;
} trmi_sudoku_wish;

/* Where a puzzle is put. */
typedef struct trmi_sudoku_puzzle {
    uint8_t *question, *answer;
    uint8_t *region; /* of each cell, of a jigsaw; NULL: the boxes */
    uint32_t *rating;
} trmi_sudoku_puzzle;

/* A puzzle with one solution, of a jigsaw in regions of its own. TRM_ERROR_ARGUMENT when 5000 grids gave
   none. */
trm_status trmi_sudoku_generate(trmi_sudoku *sudoku, const trmi_task *task, const trmi_sudoku_wish *wish,
                                trmi_generator *generator, const trmi_sudoku_puzzle *puzzle,
                                trm_error *error);

#endif
