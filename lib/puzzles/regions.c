/* Regions begin as the boxes, or, where the side is a prime, as the rows, and then two neighbours exchange a
 * cell many times over, whenever both stay in one piece. So every step has regions of the right sizes, each
 * connected. */
#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/puzzles/regions.h"

enum {
    TRIES_A_CELL = 100, /* exchanges that are tried: at 9 x 9 about one in eight succeeds */
    MOST_CELLS = TRMI_SUDOKU_SIDE * TRMI_SUDOKU_SIDE,
    NO_REGION = UINT8_MAX
};

static void begin_regions(uint32_t side, uint8_t *region)
{
    uint32_t height, width;
    if (!trmi_default_boxes(side, &height, &width)) {
        height = 1;
        width = side;
    }
    for (uint32_t cell = 0; cell < side * side; cell++)
        region[cell] = (uint8_t)(cell / side / height * (side / width) + cell % side / width);
}

uint32_t trmi_cells_beside(uint32_t side, uint32_t cell, uint32_t beside[4])
{
    uint32_t count = 0;
    if (cell >= side)
        beside[count++] = cell - side;
    if (cell % side > 0)
        beside[count++] = cell - 1;
    if (cell % side + 1 < side)
        beside[count++] = cell + 1;
    if (cell + side < side * side)
        beside[count++] = cell + side;
    return count;
}

/* Whether all cells of a cell's region can be reached from it inside the region. */
static bool is_connected(uint32_t side, const uint8_t *region, uint32_t from)
{
    uint16_t reached[TRMI_SUDOKU_SIDE];
    bool seen[MOST_CELLS] = { false };
    uint32_t count = 1, beside[4];
    reached[0] = (uint16_t)from;
    seen[from] = true;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t n = trmi_cells_beside(side, reached[i], beside); n-- > 0;)
            if (region[beside[n]] == region[from] && !seen[beside[n]]) {
                seen[beside[n]] = true;
                reached[count++] = (uint16_t)beside[n];
            }
    return count == side;
}

/* The cell of that number, from 0, among those of a region. */
static uint32_t cell_of(const uint8_t *region, uint8_t number, uint32_t index)
{
    uint32_t cell = 0;
    while (region[cell] != number || index-- > 0)
        cell++;
    return cell;
}

/* A cell goes to a region that it touches, and any cell of that one comes back for it. */
static void try_exchange(uint32_t side, trmi_generator *generator, uint8_t *region)
{
    uint32_t beside[4];
    const uint32_t a = trmi_generator_below(generator, side * side),
                   count = trmi_cells_beside(side, a, beside);
    const uint8_t from = region[a], to = region[beside[trmi_generator_below(generator, count)]];
    if (from == to)
        return;
    const uint32_t b = cell_of(region, to, trmi_generator_below(generator, side));
    region[a] = to;
    region[b] = from;
    if (is_connected(side, region, a) && is_connected(side, region, b))
        return;
    region[a] = from;
    region[b] = to;
}

/* Numbers them as they come. */
static void count_regions(uint32_t cells, uint8_t *region)
{
    uint8_t number[TRMI_SUDOKU_SIDE], count = 0;
    memset(number, NO_REGION, sizeof number);
    for (uint32_t cell = 0; cell < cells; cell++) {
        if (number[region[cell]] == NO_REGION)
            number[region[cell]] = count++;
        region[cell] = number[region[cell]];
    }
}

void trmi_regions_draw(uint32_t side, trmi_generator *generator, uint8_t *region)
{
    begin_regions(side, region);
    for (uint32_t i = 0; side > 1 && i < TRIES_A_CELL * side * side; i++)
        try_exchange(side, generator, region);
    count_regions(side * side, region);
}

/* -- text -- */

trm_status trmi_regions_read(uint32_t side, const char *text, size_t length, uint8_t *region, size_t *offset,
                             trm_error *error)
{
    uint8_t number[256];
    uint32_t count = 0, size[TRMI_SUDOKU_SIDE] = { 0 };
    memset(number, NO_REGION, sizeof number);
    *offset = 0;
    if (length != (size_t)side * side)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "expected %" PRIu32 " letters, the region of each cell, found %zu", side * side,
                         length);
    for (uint32_t cell = 0; cell < side * side; cell++) {
        uint8_t *known = &number[(uint8_t)text[cell]];
        *offset = cell;
        if (*known == NO_REGION && count == side)
            return trmi_fail(error, TRM_ERROR_PUZZLE, "expected %" PRIu32 " regions, found one more", side);
        if (*known == NO_REGION)
            *known = (uint8_t)count++;
        if (size[*known]++ == side)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "expected %" PRIu32 " cells in each region, found one more", side);
        region[cell] = *known;
    }
    return TRM_OK;
}

void trmi_regions_print(const uint8_t *region, uint32_t cells, char *text)
{
    for (uint32_t cell = 0; cell < cells; cell++)
        text[cell] = (char)('A' + region[cell]);
}
