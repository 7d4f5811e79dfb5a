/* Rows are told from rulers by their characters. '-' is both a blank of Sudokus and what rulers are made of:
 * a line of nothing else is a row until another blank is seen, which makes all such lines rulers. */
#include "lib/puzzles/drawing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/task/shape.h"

bool trmi_drawing_has_boxes(size_t side)
{
    uint32_t rows, columns;
    return side <= TRMI_SUDOKU_SIDE && trmi_default_boxes((uint32_t)side, &rows, &columns);
}

void trmi_drawing_begin(trmi_drawing *drawing)
{
    drawing->line = 0;
    drawing->rows = drawing->columns = drawing->cells = 0;
    drawing->dots = drawing->dashes = false;
}

static bool is_cell(const trm_csv *list, char c)
{
    return list->task.cell[(uint8_t)c];
}

/* What may stand around cells; the walls of a maze may not, as they would be left out. */
static bool is_around(const trm_csv *list, char c)
{
    return !is_cell(list, c) && c != '\0' && strchr(list->task.path ? "\t" : " \t|!+=:-", c) != NULL;
}

/* Only what rulers are made of. */
static bool is_ruler(const trm_csv *list)
{
    return !list->task.path && list->length > 0 && strspn(list->line, " \t|!+=:-") == list->length;
}

/* The cells of a line; SIZE_MAX when there is something else in it. */
static size_t count_drawn(const trm_csv *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->length; i++)
        if (is_cell(list, list->line[i]))
            count++;
        else if (!is_around(list, list->line[i]))
            return SIZE_MAX;
    return count;
}

/* Whether so many cells are a row, or some. */
static bool is_row(const trm_csv *list, const trmi_drawing *drawing, size_t count)
{
    const size_t columns = list->task.columns, all = columns * list->task.rows;
    const bool blanks_cut = list->task.path && is_cell(list, ' '); /* editors do that at a line's end */
    if (count == SIZE_MAX || count == 0)
        return false;
    if (drawing != NULL && drawing->rows > 0)
        return count == drawing->columns || (blanks_cut && count < drawing->columns) ||
               (columns > 0 && count % columns == 0 && count <= all - drawing->cells);
    if (columns > 0)
        return (count % columns == 0 && count < all) || (blanks_cut && count < columns);
    return list->task.box ? trmi_drawing_has_boxes(count) && count > 3 : count > 1;
}

trmi_drawing_line trmi_drawing_row(const trm_csv *list, const trmi_drawing *drawing)
{
    const size_t count = count_drawn(list);
    const bool row = is_row(list, drawing, count);
    if (!is_ruler(list))
        return row ? TRMI_ROW : TRMI_NO_ROW;
    const bool plain = strchr(list->line, '+') == NULL && strchr(list->line, '=') == NULL;
    return row && plain ? TRMI_DASHES : TRMI_RULER;
}

/* Takes the rows out that were rulers. */
static void drop_dashes(trmi_drawing *drawing)
{
    size_t kept = 0;
    for (size_t row = 0; row < drawing->rows; row++) {
        char *from = drawing->text + row * drawing->columns;
        if (strspn(from, "-") >= drawing->columns)
            continue;
        memmove(drawing->text + kept * drawing->columns, from, drawing->columns);
        kept++;
    }
    drawing->rows = kept;
    drawing->cells = kept * drawing->columns;
    drawing->text[drawing->cells] = '\0';
}

static void look_at_blanks(const trm_csv *list, trmi_drawing *drawing, trmi_drawing_line kind)
{
    if (list->task.path || kind != TRMI_ROW || !is_cell(list, '-'))
        return;
    const bool dash = memchr(list->line, '-', list->length) != NULL,
               dot = strpbrk(list->line, "._0*") != NULL;
    drawing->dashes = drawing->dashes || dash;
    if (dot && !dash && !drawing->dashes && !drawing->dots) {
        drawing->dots = true;
        drop_dashes(drawing);
    }
}

static trm_status fail_size(const trm_csv *list, trm_error *error)
{
    return trmi_list_fail(list, error, "expected a puzzle of at most %d cells, found a larger one",
                          TRMI_DRAWN_CELLS);
}

/* The list's row is the drawing. */
static void finish(trm_csv *list, trmi_drawing *drawing)
{
    list->row_line = drawing->line;
    list->field[TRM_CSV_QUESTION] = (trmi_list_field) { drawing->text, drawing->cells, 1 };
    if (list->task.rows > 0)
        return;
    snprintf(drawing->side[0], sizeof drawing->side[0], "%zu", drawing->rows);
    snprintf(drawing->side[1], sizeof drawing->side[1], "%zu", drawing->columns);
    for (size_t i = 0; i < 2; i++)
        list->field[TRM_CSV_ROWS + i] = (trmi_list_field) { drawing->side[i], strlen(drawing->side[i]), 1 };
}

static bool is_complete(const trm_csv *list, const trmi_drawing *drawing)
{
    if (list->task.rows > 0)
        return drawing->cells == (size_t)list->task.rows * list->task.columns;
    return list->task.box && drawing->rows == drawing->columns;
}

trm_status trmi_drawing_add(trm_csv *list, trmi_drawing *drawing, trmi_drawing_line kind, bool *done,
                            trm_error *error)
{
    *done = false;
    look_at_blanks(list, drawing, kind);
    if (kind == TRMI_RULER || (kind == TRMI_DASHES && drawing->dots))
        return TRM_OK;
    const size_t count = count_drawn(list);
    if (drawing->rows == 0) {
        drawing->line = list->number;
        drawing->columns = list->task.columns > 0 ? list->task.columns : count;
    }
    if (count > TRMI_DRAWN_CELLS - drawing->cells || drawing->columns > TRMI_DRAWN_CELLS - drawing->cells)
        return fail_size(list, error);
    for (size_t i = 0; i < list->length; i++)
        if (is_cell(list, list->line[i]))
            drawing->text[drawing->cells++] = list->line[i];
    while (drawing->cells % drawing->columns != 0) /* blanks that were cut off */
        drawing->text[drawing->cells++] = ' ';
    drawing->rows = drawing->cells / drawing->columns;
    drawing->text[drawing->cells] = '\0';
    *done = is_complete(list, drawing);
    if (*done)
        finish(list, drawing);
    return TRM_OK;
}

/* Rulers behind the last puzzle of a list. */
static bool is_nothing(const trm_csv *list, const trmi_drawing *drawing)
{
    return !list->task.path && drawing->rows > 0 && strspn(drawing->text, "-") == drawing->cells;
}

/* Grids of a known size, and squares, are complete or they are not. */
bool trmi_drawing_end(trm_csv *list, trmi_drawing *drawing)
{
    if (is_nothing(list, drawing))
        trmi_drawing_begin(drawing);
    if (drawing->rows < 2 || list->task.rows > 0 || list->task.box)
        return false;
    finish(list, drawing);
    return true;
}

trm_status trmi_drawing_fail(trm_csv *list, const trmi_drawing *drawing, trm_error *error)
{
    const size_t rows = list->task.rows > 0 ? list->task.rows : list->task.box ? drawing->columns : 0;
    list->number += list->number == 0;
    if (rows == 0)
        return trmi_list_fail(list, error,
                              "expected a row of %zu cells of the puzzle that is drawn from line %" PRIu64
                              " on, or an empty line behind it",
                              drawing->columns, drawing->line);
    return trmi_list_fail(
        list, error,
        "expected row %zu of %zu, of %zu cells, of the puzzle that is drawn from line %" PRIu64
        " on; a puzzle on one line has %zu",
        drawing->rows + 1, rows, drawing->columns, drawing->line, rows * drawing->columns);
}
