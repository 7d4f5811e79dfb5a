#include "lib/puzzles/jigsaws.h"

#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/regions.h"

static const char relation_name[] = "box";

/* Each cell hears its region, itself included. */
static uint32_t list_regions(const uint8_t *region, uint32_t cells, uint32_t *first, uint32_t *heard)
{
    uint32_t used = 0;
    for (uint32_t cell = 0; cell < cells; cell++) {
        first[cell] = used;
        for (uint32_t other = 0; other < cells; other++)
            if (region[other] == region[cell])
                heard[used++] = other;
    }
    return first[cells] = used;
}

trm_relation trmi_jigsaw_lists(const uint8_t *region, uint32_t cells, uint32_t *numbers)
{
    trm_relation relation = TRM_RELATION_INIT;
    relation.name = relation_name;
    relation.first = numbers;
    relation.heard = numbers + cells + 1;
    relation.heard_count = list_regions(region, cells, numbers, numbers + cells + 1);
    relation.lists = cells;
    return relation;
}

trm_status trmi_jigsaw_bring(trm_puzzles *puzzles, uint64_t index, const uint8_t *region, trm_error *error)
{
    const uint32_t cells = puzzles->task.shape.positions, side = puzzles->task.shape.rows;
    const trm_shape shape = TRM_SHAPE_INIT;
    trm_questions question = TRM_QUESTIONS_INIT;
    uint32_t *numbers =
        trmi_allocate(&puzzles->allocator, ((uint64_t)cells * side + cells + 1) * sizeof *numbers);
    if (numbers == NULL)
        return trmi_no_memory(error, "the regions of a jigsaw");
    const trm_relation relation = trmi_jigsaw_lists(region, cells, numbers);
    question.count = 1;
    question.relations = &relation;
    question.relation_count = 1;
    const trm_status status =
        trmi_puzzles_bring(puzzles, index, &question, 0, &shape, cells, puzzles->features, error);
    trmi_release(&puzzles->allocator, numbers);
    return status;
}

static const trm_relation *find_regions(const trm_puzzles *puzzles, uint64_t index)
{
    const trmi_sheet *sheet = trmi_puzzles_sheet(puzzles, index);
    for (size_t r = 0; sheet != NULL && r < sheet->relation_count; r++)
        if (strcmp(sheet->relations[r].name, relation_name) == 0 &&
            sheet->relations[r].lists == sheet->positions)
            return &sheet->relations[r];
    return NULL;
}

/* A region is known by its lowest cell. */
bool trmi_jigsaw_regions(const trm_puzzles *puzzles, uint64_t index, uint8_t *region)
{
    const trm_relation *r = find_regions(puzzles, index);
    const uint32_t cells = puzzles->task.shape.positions, side = puzzles->task.shape.rows;
    uint32_t count = 0;
    if (r == NULL || side > TRMI_SUDOKU_SIDE)
        return false;
    for (uint32_t cell = 0; cell < cells; cell++) {
        const uint32_t lowest = r->first[cell] < r->first[cell + 1] ? r->heard[r->first[cell]] : cells;
        if (lowest > cell || (lowest == cell && count == side))
            return false;
        region[cell] = lowest == cell ? (uint8_t)count++ : region[lowest];
    }
    for (uint32_t cell = 0; cell < cells; cell++) /* they hear one another, and nobody else */
        for (uint32_t i = r->first[cell], other = 0; other < cells; other++) {
            const bool heard = i < r->first[cell + 1] && r->heard[i] == other;
            if (heard != (region[other] == region[cell]))
                return false;
            i += heard;
        }
    return count == side;
}

TRM_API trm_status trm_puzzles_regions(const trm_puzzles *puzzles, uint64_t index, char *regions,
                                       trm_error *error)
{
    uint8_t region[TRMI_SUDOKU_SIDE * TRMI_SUDOKU_SIDE];
    if (puzzles == NULL || regions == NULL || index >= puzzles->count)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_puzzles_regions: expected room, and an index below the number of puzzles, %" PRIu64
            ", found %" PRIu64,
            trm_puzzles_count(puzzles), index);
    if (!trmi_task_is(&puzzles->task, TRMI_JIGSAW) || !trmi_jigsaw_regions(puzzles, index, region))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_regions: only jigsaws have regions, %s has not", puzzles->task.name);
    trmi_regions_print(region, puzzles->task.shape.positions, regions);
    return TRM_OK;
}
