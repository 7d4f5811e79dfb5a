/* Tiles of any height, by the heights that have code: see tile.h. */

/* The heights into which many rows are cut evenly, and a few lower ones for the rest; an includer may have
 * fewer. Else a small build has the highest and single rows alone, which suits low tiles: all but a few are
 * cut to the highest then. */
#if !defined(HAS_CODE) && defined(TRM_SMALL)
#define HAS_CODE(rows) ((rows) == TILE_ROWS || (rows) == 1)
#elif !defined(HAS_CODE)
#define HAS_CODE(rows) \
    (((rows) >= TILE_ROWS / 2 && (rows) <= TILE_ROWS) || (rows) == 1 || (rows) == 2 || (rows) == 4)
#endif
#define RUN_CASE(i) \
    case i + 1: \
        if (HAS_CODE(i + 1)) \
            run_tiles(v, i + 1, true); \
        break;
static void run_two(tile_view *v, uint32_t rows)
{
    assert(HAS_CODE(rows));
    switch (rows) {
        EACH_ROW(RUN_CASE)
    }
}

/* `count` tiles of so many rows each. */
static void run_height(tile_view *v, uint32_t rows, uint32_t count)
{
    assert(rows <= TILE_ROWS || count == 0);
    v->count = count;
    for (uint32_t left = rows; left > 0 && count > 0;) { /* a height without code is that of a single tile */
        uint32_t height = left;
        while (!HAS_CODE(height))
            height--;
        run_two(v, height);
        left -= height;
    }
}

/* Evenly, or, where those heights have no code, in tiles of the next that has, and the rest. */
static void run_cut(tile_view *v, const tile_cut *cut)
{
    const uint32_t rows = cut->tiles * cut->height + cut->higher;
    uint32_t height = cut->height + (cut->higher > 0);
    if (cut->tiles == 1 || (HAS_CODE(cut->height) && HAS_CODE(height))) {
        run_height(v, cut->height + 1, cut->higher);
        run_height(v, cut->height, cut->tiles - cut->higher);
        return;
    }
    while (!HAS_CODE(height))
        height++;
    run_height(v, height, rows / height);
    run_height(v, rows % height, 1);
}
