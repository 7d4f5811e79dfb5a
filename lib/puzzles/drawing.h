/* A puzzle that is drawn on several lines: a row of the grid on each, or several rows, with blanks between
 * the cells and rulers around the boxes. */
#ifndef TRMI_PUZZLES_DRAWING_H
#define TRMI_PUZZLES_DRAWING_H

#include "lib/puzzles/list.h"

enum { TRMI_DRAWN_CELLS = 65536 };

typedef struct trmi_drawing {
    uint64_t line;        /* of the file, where it begins */
    size_t rows, columns; /* so far; of each */
    size_t cells;
    bool dots;   /* blanks are written, but not as '-' */
    bool dashes; /* they are '-' */
    char text[TRMI_DRAWN_CELLS + 1];
    char side[2][16]; /* rows and columns as text */
} trmi_drawing;

typedef enum trmi_drawing_line {
    TRMI_NO_ROW, /* it does not belong to a drawing */
    TRMI_ROW,
    TRMI_RULER,
    TRMI_DASHES /* a ruler, or a row of blanks */
} trmi_drawing_line;

void trmi_drawing_begin(trmi_drawing *drawing);

/* What the list's line is to a drawing, NULL for none. */
trmi_drawing_line trmi_drawing_row(const trm_csv *list, const trmi_drawing *drawing);

/* Adds it; *done when the grid is complete, which is the list's row then. */
trm_status trmi_drawing_add(trm_csv *list, trmi_drawing *drawing, trmi_drawing_line kind, bool *done,
                            trm_error *error);

/* An empty line, or the end of the file: whether it ends the drawing, which is the list's row then. */
bool trmi_drawing_end(trm_csv *list, trmi_drawing *drawing);

/* The list's line does not go on with the drawing. */
trm_status trmi_drawing_fail(trm_csv *list, const trmi_drawing *drawing, trm_error *error);

/* Whether a grid with so many rows has usual boxes. */
bool trmi_drawing_has_boxes(size_t side);

#endif
