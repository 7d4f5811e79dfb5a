#include "lib/puzzles/table_extras.h"

#include <inttypes.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/csv.h"
#include "lib/puzzles/jigsaws.h"
#include "lib/puzzles/regions.h"

enum { MOST_SIDE = 65535 };

/* Rows or columns; an empty field says nothing. */
static trm_status read_side(const trm_csv *list, trm_csv_field field, uint32_t *side, trm_error *error)
{
    const trmi_list_field *f = &list->field[field];
    bool good = f->length <= 5;
    *side = 0;
    for (size_t i = 0; i < f->length && good; i++) {
        good = f->text[i] >= '0' && f->text[i] <= '9';
        *side = good ? 10 * *side + (uint32_t)(f->text[i] - '0') : 0;
    }
    if (good && (f->length == 0 || (*side > 0 && *side <= MOST_SIDE)))
        return TRM_OK;
    return trmi_csv_fail(list, field, 0,
                         trmi_fail(error, TRM_ERROR_FORMAT,
                                   "expected a number from 1 to %d, or nothing, found '%.20s'", MOST_SIDE,
                                   f->text),
                         error);
}

static trm_status read_grid(trm_shape *shape, const trm_csv *list, trm_error *error)
{
    trm_status status = read_side(list, TRM_CSV_ROWS, &shape->rows, error);
    if (status == TRM_OK)
        status = read_side(list, TRM_CSV_COLUMNS, &shape->columns, error);
    if (status != TRM_OK || (shape->rows > 0) == (shape->columns > 0))
        return status;
    const trm_csv_field alone = shape->rows > 0 ? TRM_CSV_ROWS : TRM_CSV_COLUMNS;
    return trmi_csv_fail(list, alone, 0,
                         trmi_fail(error, TRM_ERROR_FORMAT,
                                   "expected rows and columns together, found %s alone",
                                   shape->rows > 0 ? "rows" : "columns"),
                         error);
}

/* The side of the square that so many cells are, at most TRMI_SUDOKU_SIDE; 0 when they are none. */
static uint32_t side_of(size_t cells)
{
    uint32_t side = 1;
    while ((size_t)side * side < cells && side < TRMI_SUDOKU_SIDE)
        side++;
    return (size_t)side * side == cells ? side : 0;
}

static trm_status make_room(trmi_table_extras *e, uint64_t numbers, const trm_allocator *allocator,
                            trm_error *error)
{
    if (e->room >= numbers)
        return TRM_OK;
    trmi_release(allocator, e->numbers);
    e->numbers = trmi_allocate(allocator, numbers * sizeof *e->numbers);
    e->room = e->numbers != NULL ? numbers : 0;
    return e->numbers != NULL ? TRM_OK : trmi_no_memory(error, "a jigsaw's regions");
}

static trm_status read_regions(trmi_table_extras *e, const trm_csv *list, trm_error *error)
{
    const trmi_list_field *f = &list->field[TRM_CSV_REGIONS];
    uint8_t region[TRMI_SUDOKU_SIDE * TRMI_SUDOKU_SIDE];
    const size_t cells = list->field[TRM_CSV_QUESTION].length;
    const uint32_t side = side_of(cells);
    size_t offset = 0;
    if (f->length == 0)
        return TRM_OK;
    trm_status status =
        side == 0
            ? trmi_fail(error, TRM_ERROR_PUZZLE,
                        "expected regions of a square of up to %d x %d, found %zu cells in the question",
                        TRMI_SUDOKU_SIDE, TRMI_SUDOKU_SIDE, cells)
            : trmi_regions_read(side, f->text, f->length, region, &offset, error);
    const uint64_t numbers = (uint64_t)cells * side + cells + 1;
    if (status == TRM_OK)
        status = make_room(e, numbers, &list->allocator, error);
    if (status != TRM_OK)
        return trmi_csv_fail(list, TRM_CSV_REGIONS, offset, status, error);
    e->relation = trmi_jigsaw_lists(region, (uint32_t)cells, e->numbers);
    return TRM_OK;
}

trm_status trmi_table_extras_read(trmi_table_extras *extras, const trm_csv *list, trm_error *error)
{
    const trm_shape shape = TRM_SHAPE_INIT;
    const trm_relation none = TRM_RELATION_INIT;
    extras->shape = shape;
    extras->relation = none;
    TRMI_TRY(read_grid(&extras->shape, list, error));
    return read_regions(extras, list, error);
}

void trmi_table_extras_end(trmi_table_extras *extras, const trm_allocator *allocator)
{
    trmi_release(allocator, extras->numbers);
}

void trmi_table_extras_put(const trmi_table_extras *extras, trm_questions *question)
{
    if (extras->shape.rows == 0 && extras->relation.first == NULL)
        return;
    question->count = 1;
    question->shapes = &extras->shape;
    question->shape_count = 1;
    question->relations = extras->relation.first != NULL ? &extras->relation : NULL;
    question->relation_count = extras->relation.first != NULL;
}
