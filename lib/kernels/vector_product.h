/* The product in terms of vectors: see vector_kernels.h. */
typedef float element;
#include "lib/kernels/tile.h"

/* A tile is `rows` rows of two vectors: the halves of one panel, or rows of two panels (b1 and c1). A view is
 * a run of tiles below each other. */
typedef struct tile_view {
    const float *a, *b0, *b1;
    float *c0, *c1;
    size_t a_row, a_block, c_row;
    uint32_t depth, count; /* k, and tiles */
    far_lines ahead;       /* fetched every 16 steps */
    bool resume, add;
} tile_view;

#define EACH_ROW_AT(M, k) \
    M(0, k) \
    M(1, k) \
    M(2, k) M(3, k) M(4, k) M(5, k) M(6, k) M(7, k) M(8, k) M(9, k) M(10, k) M(11, k) M(12, k) M(13, k)
/* A chain begins at zero, or goes on from what an earlier part of the depth left. */
#define DECLARE(i) vector s##i = v_set(0.0f), t##i = s##i;
#define RESUME(i) \
    if (i < rows) { \
        s##i = v_load(c0 + i * c_row); \
        if (two) \
            t##i = v_load(c1 + i * c_row); \
    }
#define ADVANCE(i) a##i++;
#define NEXT_BLOCK(i) a##i += v->a_block - TRMI_PANEL;
#define ACCUMULATE(i, k) \
    if (i < rows) { \
        const vector x = v_set(THIRD_OF(i)[(i % 3) * a_row + (k)]); \
        s##i = v_fma(x, y0, s##i); \
        if (two) \
            t##i = v_fma(x, y1, t##i); \
    }
#define ADD(i) \
    if (i < rows) { \
        s##i = v_add(v_load(c0 + i * c_row), s##i); \
        if (two) \
            t##i = v_add(v_load(c1 + i * c_row), t##i); \
    }
#define STORE(i) \
    if (i < rows) { \
        v_store(c0 + i * c_row, s##i); \
        if (two) \
            v_store(c1 + i * c_row, t##i); \
    }
/* One step of every chain, k steps from where the pointers are. */
#define STEP(k) \
    { \
        const vector y0 = v_load(b0 + (k)*TRMI_PANEL), y1 = two ? v_load(b1 + (k)*TRMI_PANEL) : y0; \
        EACH_ROW_AT(ACCUMULATE, k) \
    }
#define STEPS(count) \
    { \
        EACH_THIRD(HIDE) \
        STEP(0) \
        if (count == 2) { \
            STEP(1) \
            EACH_THIRD(ADVANCE) \
        } \
        EACH_THIRD(ADVANCE) \
        b0 += count * TRMI_PANEL; \
        b1 += count * TRMI_PANEL; \
    }

/* The view's tiles, after which it stands below them. `rows` and `two` are constants where this is called. */
INLINE void run_tiles(tile_view *v, const uint32_t rows, const bool two)
{
    const size_t a_row = v->a_row, c_row = v->c_row;
    const float *a = v->a;
    float *c0 = v->c0, *c1 = v->c1;
    uintptr_t ahead = v->ahead.at;
    for (uint32_t n = 0; n < v->count; n++) {
        EACH_ROW(DECLARE)
        if (v->resume) {
            EACH_ROW(RESUME)
        }
        EACH_THIRD(POINT)
        const float *b0 = v->b0, *b1 = v->b1;
        for (uint32_t left = v->depth; left > 0;) {
            BRING_NEARER(v->ahead.count, ahead)
            uint32_t now = left < TRMI_PANEL ? left : TRMI_PANEL;
            left -= now;
            for (; TILE_STEPS == 2 && now >= 2; now -= 2)
                STEPS(2)
            while (now > 0) {
                STEPS(1)
                now--;
            }
            EACH_THIRD(NEXT_BLOCK)
        }
        if (v->add) {
            EACH_ROW(ADD)
        }
        EACH_ROW(STORE)
        a += rows * a_row;
        c0 += rows * c_row;
        c1 += rows * c_row;
    }
    v->a = a;
    v->c0 = c0;
    v->c1 = c1;
    v->ahead.at = ahead;
}

#include "lib/kernels/tile_runs.h"

enum {
    DEPTH_BLOCK = TRMI_ADDED_DEPTH
}; /* steps of k at once: so much of a panel and of the rows stays in the second-level cache */

/* Part of the depth of one panel, or of two where a vector fills a panel. */
typedef struct product_section {
    uint32_t panel, k, depth;
    bool two;
} product_section;

/* So few numbers on the right stay in a cache from one call to the next. */
enum { NEAR_NUMBERS = 8192 };

/* Where b is the weight, it is the panels that come next that have to come nearer; where a is, the next
   tile's rows. */
static far_lines look_ahead(const tile_view *v, const trmi_product *p, const product_section *part,
                            const tile_cut *cut)
{
    if (p->a_is_weight)
        return rows_ahead(v->a + cut->height * p->a_row, part->panel, cut->height);
    if ((uint64_t)p->panels * p->depth * TRMI_PANEL <= NEAR_NUMBERS)
        return (far_lines) { .count = 0 };
    const bool more = part->panel + 2 < p->panels, deeper = part->k + part->depth < p->depth;
    const float *next = more     ? v->b0 + (part->two ? 2 : 1) * p->b_panel
                        : deeper ? p->b + (size_t)(part->k + part->depth) * TRMI_PANEL
                                 : v->b0 + (size_t)p->depth * TRMI_PANEL;
    const bool neighbour = PARTS == 1 && part->two;
    return panels_ahead((uintptr_t)next, TRMI_PANEL, cut->tiles, neighbour ? p->b_panel * sizeof(float) : 0);
}

INLINE tile_view view_of(const trmi_product *p, const product_section *part, uint32_t begin)
{
    const size_t half = PARTS == 2 ? VECTOR_LANES : 0, next = PARTS == 1 && part->two;
    assert(part->k % TRMI_PANEL == 0 && part->panel + part->two < p->panels);
    tile_view v = { .a_row = p->a_row,
                    .a_block = p->a_block,
                    .c_row = p->c_row,
                    .depth = part->depth,
                    .resume = part->k > 0 || p->accumulate,
                    .add = p->add };
    v.a = p->a + part->k / TRMI_PANEL * p->a_block + begin * p->a_row;
    v.b0 = p->b + part->panel * p->b_panel + (size_t)part->k * TRMI_PANEL;
    v.b1 = v.b0 + half + next * p->b_panel;
    v.c0 = p->c + part->panel * p->c_panel + begin * p->c_row;
    v.c1 = v.c0 + half + next * p->c_panel;
    return v;
}

/* Tiles down the rows; a panel without a neighbour may stand in both places, for the same numbers twice. */
static void product_part(const trmi_product *p, const product_section *part)
{
    const tile_cut cut = cut_rows(p->rows, TILE_ROWS);
    tile_view v = view_of(p, part, 0);
    v.ahead = look_ahead(&v, p, part, &cut);
    run_cut(&v, &cut);
}

#if VECTOR_LANES == 16
/* A panel without a neighbour, in tiles of one height. The last may begin within the one before it: some rows
   come out twice, the same, as chains begin at zero. */
static void product_alone(const trmi_product *p, const product_section *part)
{
    const tile_cut cut = { (p->rows + TILE_ROWS - 1) / TILE_ROWS, TILE_ROWS, 0 };
    for (uint32_t last = 0; last < (p->rows % TILE_ROWS != 0 ? 2 : 1); last++) {
        tile_view v = view_of(p, part, last ? p->rows - TILE_ROWS : 0);
        v.ahead = look_ahead(&v, p, part, &cut);
        v.count = last ? 1 : p->rows / TILE_ROWS;
        assert(!v.resume && !v.add && p->rows >= TILE_ROWS);
        v.resume = v.add = false; /* and the compiler knows */
        run_tiles(&v, TILE_ROWS, false);
    }
}
#endif

static void product(const trmi_product *p)
{
    assert(p->rows > 0 && p->depth > 0);
    assert(trmi_holds_numbers(p->a) && trmi_holds_numbers(p->b) && trmi_holds_numbers(p->c));
    assert(trmi_left_side_fits(p) && trmi_panels_fit(p->b_panel, p->panels, p->depth));
    assert(trmi_places_fit(p->rows, p->c_row, p->panels, p->c_panel));
    assert(!p->add || (!p->accumulate && p->depth <= TRMI_ADDED_DEPTH));
    for (uint32_t k = 0; k < p->depth; k += DEPTH_BLOCK) {
        const uint32_t depth = p->depth - k < DEPTH_BLOCK ? p->depth - k : DEPTH_BLOCK;
        uint32_t panel = 0;
        for (; PARTS == 1 && panel + 2 <= p->panels; panel += 2)
            product_part(p, &(product_section) { panel, k, depth, true });
#if VECTOR_LANES == 16
        const bool many = !p->accumulate && !p->add && p->rows >= TILE_ROWS;
        for (; many && k == 0 && panel < p->panels; panel++)
            product_alone(p, &(product_section) { panel, k, depth, false });
#endif
        for (; panel < p->panels; panel++)
            product_part(p, &(product_section) { panel, k, depth, false });
    }
}
