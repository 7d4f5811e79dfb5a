/* A random grid loses givens as long as its solution stays the only one. */
#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/puzzles/regions.h"
#include "lib/puzzles/sudoku_generator.h"

enum {
    SUDOKU_ATTEMPTS = 5000, /* grids for one puzzle */
    EXACT_ATTEMPTS =
        1000, /* of these: for exactly the number of givens that was drawn, then for any of the range */
    FILL_LIMIT = 100,   /* dead ends on the way to a full grid: beyond, another beginning is quicker */
    REMOVE_LIMIT = 1000 /* dead ends of the proof that a given is not needed: beyond, it stays */
};

void trmi_sudoku_givens(const trmi_task *task, uint32_t *least, uint32_t *most)
{
    static const struct {
        uint32_t cells, least, most;
    } published[] = { { 16, 4, 10 }, { 36, 8, 20 }, { 81, 24, 45 } };
    *least = (task->shape.positions * 45 + 99) / 100;
    *most = (task->shape.positions * 65 + 99) / 100;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++)
        if (published[i].cells == task->shape.positions) {
            *least = published[i].least;
            *most = published[i].most;
        }
}

/* A full grid; of a jigsaw in regions that are drawn. False when the search went astray, as it must where
 * regions have no grid. */
static bool fill_grid(trmi_sudoku *sudoku, uint32_t side, trmi_generator *generator,
                      const trmi_sudoku_puzzle *puzzle)
{
    if (puzzle->region != NULL) {
        trmi_regions_draw(side, generator, puzzle->region);
        trmi_sudoku_divide(sudoku, puzzle->region);
    }
    return trmi_sudoku_fill(sudoku, FILL_LIMIT, generator, puzzle->answer);
}

/* Takes givens away in random order, where the solution stays the only one, until `wanted` are left; tells
 * how many are. */
static uint32_t remove_givens(trmi_sudoku *sudoku, uint32_t cells, uint32_t wanted, trmi_generator *generator,
                              uint8_t *question)
{
    uint16_t order[TRMI_SUDOKU_CELLS];
    uint32_t givens = cells;
    for (uint32_t i = 0; i < cells; i++)
        order[i] = (uint16_t)i;
    for (uint32_t left = cells; left > 0 && givens > wanted; left--) {
        const uint32_t drawn = trmi_generator_below(generator, left);
        const uint16_t cell = order[drawn];
        const uint8_t digit = question[cell];
        order[drawn] = order[left - 1];
        question[cell] = TRMI_SUDOKU_BLANK;
        if (trmi_sudoku_solve(sudoku, question, REMOVE_LIMIT, NULL, NULL) == TRMI_SOLUTIONS_ONE)
            givens--;
        else
            question[cell] = digit;
    }
    return givens;
}

trm_status trmi_sudoku_generate(trmi_sudoku *sudoku, const trmi_task *task, const trmi_sudoku_wish *wish,
                                trmi_generator *generator, const trmi_sudoku_puzzle *puzzle, trm_error *error)
{
    const uint32_t cells = task->shape.positions;
    const uint32_t wanted =
        wish->minimal ? 0 : wish->least + trmi_generator_below(generator, wish->most - wish->least + 1);
    for (uint32_t attempt = 0; attempt < SUDOKU_ATTEMPTS; attempt++) {
        if (!fill_grid(sudoku, task->shape.rows, generator, puzzle))
            continue;
        memcpy(puzzle->question, puzzle->answer, cells);
        const uint32_t givens = remove_givens(sudoku, cells, wanted, generator, puzzle->question);
        const uint32_t most = attempt < EXACT_ATTEMPTS && !wish->minimal ? wanted : wish->most;
        if (givens > most || givens < wish->least)
            continue;
        uint64_t dead_ends;
        (void)trmi_sudoku_solve(sudoku, puzzle->question, UINT32_MAX, NULL, &dead_ends);
        *puzzle->rating = (uint32_t)dead_ends;
        return TRM_OK;
    }
    return trmi_fail(error, TRM_ERROR_ARGUMENT,
                     "expected a range of givens that puzzles have, found %" PRIu32 " to %" PRIu32
                     ": %d random grids had none",
                     wish->least, wish->most, SUDOKU_ATTEMPTS);
}
