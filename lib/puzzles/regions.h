/* The regions of a jigsaw: as many as there are rows, of as many cells each. */
#ifndef TRMI_PUZZLES_REGIONS_H
#define TRMI_PUZZLES_REGIONS_H

#include "lib/core/generator.h"
#include "lib/puzzles/task_options.h"

/* The cells beside a cell of a grid of side x side, at most 4; returns how many. */
uint32_t trmi_cells_beside(uint32_t side, uint32_t cell, uint32_t beside[4]);

/* Draws connected regions for a grid of side x side cells: of each cell the number of its region, which are
 * counted as they come, row by row. `side` is 1 to TRMI_SUDOKU_SIDE. */
void trmi_regions_draw(uint32_t side, trmi_generator *generator, uint8_t *region);

/* Reads a letter for each cell, any character for a region; those of a region need not touch. On failure
 * *offset is the character that is wrong (0 for the whole). TRM_ERROR_PUZZLE. */
trm_status trmi_regions_read(uint32_t side, const char *text, size_t length, uint8_t *region, size_t *offset,
                             trm_error *error);

/* Letters from A on, one for each of `cells`. */
void trmi_regions_print(const uint8_t *region, uint32_t cells, char *text);

#endif
