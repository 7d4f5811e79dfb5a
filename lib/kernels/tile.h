/* What the products of every precision share: a tile of up to TILE_ROWS rows of two vectors, written out by
 * macros so that its sums stay in registers, how rows are cut into tiles, and weights that come nearer
 * meanwhile.
 *
 * The includer defines TILE_ROWS, at most 14, and `element`, what both sides of a product are made of; then
 * tile_view, with `count`, and run_tiles(view, rows, two), which runs `count` tiles. It includes tile_runs.h
 * behind them. */
#include <assert.h>

#include "lib/kernels/promises.h"
#include "lib/kernels/vectors.h"

/* Macros, not loops: every sum and every pointer is a variable of its own. */
#define EACH_ROW(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13)

/* Every third row has a pointer, from which an address reaches the two rows behind it. That the pointers
 * belong together is hidden from the compiler: it would make fourteen of them, more than there are registers
 * for. */
#if defined(__GNUC__)
#define HIDE_ORIGIN(p) __asm__("" : "+r"(p))
#else
#define HIDE_ORIGIN(p) (void)(p)
#endif
#define EACH_THIRD(M) M(0) M(3) M(6) M(9) M(12)
#define THIRD_OF(i) (i < 3 ? a0 : i < 6 ? a3 : i < 9 ? a6 : i < 12 ? a9 : a12)
#define POINT(i) const element *a##i = i < rows ? a + i * a_row : a;
#define HIDE(i) \
    if (i < rows) \
        HIDE_ORIGIN(a##i);

/* Lines of weights that are wanted later: `count` pairs at a time, `pair` bytes from one line to the other,
 * `step` from pair to pair. */
typedef struct far_lines {
    uintptr_t at;
    uint32_t count;
    ptrdiff_t pair, step;
} far_lines;

/* The rows of the next tile, where a is the weight: while the first panels are multiplied. */
static far_lines rows_ahead(const void *next, uint32_t panel, uint32_t height)
{
    return (far_lines) { (uintptr_t)next, panel == 0 ? (height + 1) / 2 : 0, LINE, 2 * LINE };
}

/* The panels that come next, where b is the weight: `lines` lines in a stretch of the depth, a share of them
   with each tile. Without a neighbour, a pair is two lines of the same panel. */
static far_lines panels_ahead(uintptr_t next, uint32_t lines, uint32_t tiles, size_t to_neighbour)
{
    const uint32_t share = (lines + tiles - 1) / tiles;
    if (to_neighbour == 0)
        return (far_lines) { next, (share + 1) / 2, LINE, 2 * LINE };
    return (far_lines) { next, share, (ptrdiff_t)to_neighbour, LINE };
}

/* Waiting for weights would cost a quarter of the time. */
#define BRING_NEARER(lines, at) \
    for (uint32_t line = 0; line < (lines); line++, (at) += (uintptr_t)v->ahead.step) { \
        v_prefetch((const char *)(at)); \
        v_prefetch((const char *)(at) + v->ahead.pair); \
    }

/* Rows in tiles of `height`, but the first `higher` of them, which have one row more: as even as they can
   be. */
typedef struct tile_cut {
    uint32_t tiles, height, higher;
} tile_cut;

static tile_cut cut_rows(uint32_t rows, uint32_t most)
{
    assert(rows > 0 && most > 0);
    const uint32_t tiles = (rows + most - 1) / most;
    return (tile_cut) { tiles, rows / tiles, rows % tiles };
}
