/* A puzzle that is drawn on several lines: a row of the grid on each, or several rows, with blanks between
 * the cells and rulers around the boxes. */
#ifndef TRMI_PUZZLES_DRAWING_H
#define TRMI_PUZZLES_DRAWING_H

#include "lib/puzzles/list.h"

enum { TRMI_DRAWN_CELLS = 65536 };

typedef struct trmi_drawing {
    uint64_t line;        /* the line of the file on which it begins */
    size_t rows, columns; /* rows so far; columns of each */
    size_t cells;
    bool dots;   /* blanks are drawn, as something else than '-' */
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

/* What the list's line is to a drawing; NULL: none has begun. */
trmi_drawing_line trmi_drawing_row(const trm_csv *list, const trmi_drawing *drawing);

/* Adds the list's line; *done when the grid is complete: then it is the list's row. */
trm_status trmi_drawing_add(trm_csv *list, trmi_drawing *drawing, trmi_drawing_line kind, bool *done,
                            trm_error *error);

/* At an empty line or the end of the file: whether it ends the drawing, which then is the list's row. */
bool trmi_drawing_end(trm_csv *list, trmi_drawing *drawing);

/* Fails because the list's line does not go on with the drawing. */
trm_status trmi_drawing_fail(trm_csv *list, const trmi_drawing *drawing, trm_error *error);

/* Whether a grid with so many rows has usual boxes. */
bool trmi_drawing_has_boxes(size_t side);

#endif
