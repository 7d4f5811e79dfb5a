/* Sudokus; Latin squares, which are Sudokus without boxes; and jigsaws, whose boxes are crooked and come with
 * each question. */
#include "lib/task/family.h"

#include <stddef.h>

static const char *const sudoku_names[] = { "sudoku", NULL }, *const latin_names[] = { "latin", NULL },
                         *const jigsaw_names[] = { "jigsaw", NULL };

static uint32_t sudoku_symmetries(const trmi_shape *shape)
{
    const uint32_t transpose = shape->box_rows == shape->box_columns ? TRMI_TRANSPOSE : 0;
    return shape->box_rows == 0
               ? 0
               : TRMI_DIGITS | TRMI_BANDS | TRMI_STACKS | TRMI_ROWS | TRMI_COLUMNS | transpose;
}

static uint32_t latin_symmetries(const trmi_shape *shape)
{
    return shape->rows == 0 ? 0 : TRMI_DIGITS | TRMI_ROWS | TRMI_COLUMNS | TRMI_TRANSPOSE;
}

/* Lines keep their places, as the regions do not know of an exchange. */
static uint32_t jigsaw_symmetries(const trmi_shape *shape)
{
    return shape->rows == 0 ? 0 : TRMI_DIGITS;
}

#define DIGITS ".123456789ABCDEFGHIJKLMNOP"
_Static_assert(sizeof DIGITS == 1 + TRMI_SUDOKU_SIDE + 1, "a blank and a digit for each row");

const trmi_family trmi_sudoku_family = {
    .kind = TRMI_SUDOKU,
    .names = sudoku_names,
    .alphabet = DIGITS,
    .blanks = "._0*-",
    .side = TRMI_SUDOKU_SIDE,
    .values_of_side = true,
    .interchangeable = true,
    .either_case = true,
    .has_boxes = true,
    .keeps_givens = true,
    .relations = TRMI_OF_NEW_MODELS(
        "row=shape/positions/sum+max column=shape/positions/sum+max box=shape/positions/sum+max "
        "cell=shape/fields/sum+max"),
    .rules = "complete=row,column,box",
    .symmetries = sudoku_symmetries,
};

const trmi_family trmi_latin_family = {
    .kind = TRMI_LATIN,
    .names = latin_names,
    .alphabet = DIGITS,
    .blanks = "._0*-",
    .side = TRMI_SUDOKU_SIDE,
    .values_of_side = true,
    .interchangeable = true,
    .either_case = true,
    .keeps_givens = true,
    .relations = TRMI_OF_NEW_MODELS(
        "row=shape/positions/sum+max column=shape/positions/sum+max cell=shape/fields/sum+max"),
    .rules = "complete=row,column",
    .symmetries = latin_symmetries,
};

const trmi_family trmi_jigsaw_family = {
    .kind = TRMI_JIGSAW,
    .names = jigsaw_names,
    .alphabet = DIGITS,
    .blanks = "._0",
    .side = TRMI_SUDOKU_SIDE,
    .values_of_side = true,
    .interchangeable = true,
    .either_case = true,
    .keeps_givens = true,
    .relations = TRMI_OF_NEW_MODELS(
        "row=shape/positions/sum+max column=shape/positions/sum+max box=question/positions/sum+max "
        "cell=shape/fields/sum+max"),
    .rules = "complete=row,column,box",
    .symmetries = jigsaw_symmetries,
};
