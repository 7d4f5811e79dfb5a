/* The kernels of 8-bit integers in terms of vectors. An instruction set includes this file once, after
 * defining what vector_kernels.h asks for (without the tile) and
 *
 *     v_larger_magnitude(x, most): trmi_larger_magnitude of scalar.h
 *     v_largest_magnitude(x), if there is something fast: of the lanes of magnitudes, a number
 *     integers: as many bits as a vector
 *     i_zero(), i_load(p)
 *     i_to_numbers(x): 32-bit integers as numbers
 *     i_broadcast(p): the four bytes at p in every lane
 *     v_codes(part, to): 16 numbers, rounded, as bytes at `to`
 *     v_quads(x): four vectors, rounded, as the four bytes of each lane
 *     v_strip(x): four vectors, rounded, as the bytes of one vector after the other
 *     CODES_LIMITED: 1 where these three limit codes to -127..127 themselves, and make -127 of NaN
 *     side, i_side(b), i_dot(sum, side, a): sum + the four products of each lane's bytes
 *     i_again(x): x, which the compiler takes for a new number each time; x itself where i_dot is one
 *         instruction
 *     CODE_OFFSET: 0, or 128 where i_dot multiplies unsigned bytes by signed ones, in this order: then a side
 *         is plain integers, v_codes and v_quads offset the bytes that they make, i_all(x) is x in every
 *         lane, and i_flip(x) adds the offset to each byte or takes it out
 *     TILE_ROWS: the rows of the product's register tile, which is two vectors wide; at most 14
 *     OWN_PRODUCT: where quantised_product is there already; then i_zero, i_to_numbers and i_broadcast are
 *         not needed
 *
 * Sums of integers are exact: any order will do. */
#include <string.h>

#include "lib/kernels/promises.h"
#include "lib/kernels/scalar.h"
#include "lib/kernels/vectors.h"

#define QUAD_BYTES (TRMI_PANEL * TRMI_QUAD) /* of four k of a panel */

/* ------------------------------------------------------------------------------------------- product */

/* Whether products can be added to something: where a vector fills a panel, as adding costs code. */
#define ADDS (VECTOR_LANES == 16)

#ifndef OWN_PRODUCT

typedef int8_t element;
#include "lib/kernels/tile.h"

enum { ASIDE_ROW = 2 * VECTOR_LANES };

/* A tile is `rows` rows of two vectors: the halves of one panel, or rows of two panels. A view is a run of
 * tiles below each other. */
typedef struct tile_view {
    const int8_t *a, *b[2];
    const float *a_scale, *b_scale[2];
    const int32_t *a_start, *b_start[2]; /* of the sums, where codes are offset: a row's, or the lanes' */
    float *c[2];
    size_t a_row, c_row;
    float *aside;          /* NULL, or where a tile's numbers wait for being added */
    uint32_t depth, count; /* k, and tiles */
    far_lines ahead;       /* fetched with each line of a row */
} tile_view;

#define DECLARE(i) integers s##i = i_zero(), t##i = s##i;
#define START_OF_ROW(i) \
    if (i < rows) \
        s##i = t##i = i_all(v->a_start[i]);
#define START_OF_LANES(i) \
    s##i = first; \
    t##i = second;
#define ADVANCE(i) a##i += TRMI_QUAD;
#define ACCUMULATE(i) \
    if (i < rows) { \
        const integers x = i_broadcast(THIRD_OF(i) + (i % 3) * a_row); \
        s##i = i_dot(s##i, y0, x); \
        if (two) \
            t##i = i_dot(t##i, y1, x); \
    }
/* The same where a has the unsigned bytes. */
#define ACCUMULATE_UNSIGNED(i) \
    if (i < rows) { \
        const integers x = i_broadcast(THIRD_OF(i) + (i % 3) * a_row); \
        s##i = i_dot(s##i, x, y0); \
        if (two) \
            t##i = i_dot(t##i, x, y1); \
    }
#define EACH_QUAD(M) \
    uint32_t left = v->depth; \
    do { \
        BRING_NEARER(v->ahead.count, v->ahead.at) \
        uint32_t now = left < LINE ? left : LINE; \
        left -= now; \
        do { \
            EACH_THIRD(HIDE) \
            const side y0 = i_side(i_load(b0)), y1 = two ? i_side(i_load(b1)) : y0; \
            EACH_ROW(M) \
            EACH_THIRD(ADVANCE) \
            b0 += QUAD_BYTES; \
            b1 += QUAD_BYTES; \
            now -= TRMI_QUAD; \
        } while (now > 0); \
    } while (left > 0);
#define STORE(i) \
    if (i < rows) { \
        const vector scale = v_set(a_scale[i]); \
        v_store(c0 + i * c_row, v_mul(i_to_numbers(s##i), v_mul(scale, scale0))); \
        if (two) \
            v_store(c1 + i * c_row, v_mul(i_to_numbers(t##i), v_mul(scale, scale1))); \
    }

/* `rows` and `two` are constants where this is called. */
INLINE void one_tile(tile_view *v, const uint32_t rows, const bool two)
{
    const size_t a_row = v->a_row;
    const int8_t *a = v->a, *b0 = v->b[0], *b1 = v->b[1];
    EACH_ROW(DECLARE)
    EACH_THIRD(POINT)
#if CODE_OFFSET != 0
    if (v->a_start == NULL) {
        const integers first = i_load(v->b_start[0]), second = i_load(v->b_start[1]);
        EACH_ROW(START_OF_LANES)
        EACH_QUAD(ACCUMULATE_UNSIGNED)
    } else {
        EACH_ROW(START_OF_ROW)
        EACH_QUAD(ACCUMULATE)
    }
#else
    EACH_QUAD(ACCUMULATE)
#endif
    const vector scale0 = v_load(v->b_scale[0]), scale1 = two ? v_load(v->b_scale[1]) : scale0;
    const float *a_scale = v->a_scale;
    const bool aside = ADDS && v->aside != NULL;
    float *c0 = aside ? v->aside : v->c[0], *c1 = aside ? c0 + VECTOR_LANES : v->c[1];
    const size_t c_row = aside ? ASIDE_ROW : v->c_row;
    EACH_ROW(STORE)
}

/* What a tile put aside is added to what is there. */
static void add_aside(const tile_view *v, uint32_t rows, bool two)
{
    const float *from = v->aside;
    float *c0 = v->c[0], *c1 = v->c[1];
    for (uint32_t i = 0; i < rows; i++, from += ASIDE_ROW, c0 += v->c_row, c1 += v->c_row) {
        v_store(c0, v_add(v_load(c0), v_load(from)));
        if (two)
            v_store(c1, v_add(v_load(c1), v_load(from + VECTOR_LANES)));
    }
}

/* The view's tiles, after which it stands below them. */
INLINE void run_tiles(tile_view *v, const uint32_t rows, const bool two)
{
    for (uint32_t n = 0; n < v->count; n++) {
        one_tile(v, rows, two);
        if (ADDS && v->aside != NULL)
            add_aside(v, rows, v->c[1] != v->c[0]);
        v->a += rows * v->a_row;
        v->a_scale += rows;
        if (CODE_OFFSET != 0 && v->a_start != NULL)
            v->a_start += rows;
        v->c[0] += rows * v->c_row;
        v->c[1] += rows * v->c_row;
    }
}

#include "lib/kernels/tile_runs.h"

/* Tiles that begin with row `begin` of one panel, or of two where a vector fills a panel. */
static tile_view view_of(const trmi_quantised_product *p, uint32_t begin, uint32_t panel, bool two)
{
    const size_t half = PARTS == 2 ? VECTOR_LANES : 0, next = PARTS == 1 && two;
    tile_view v = { .a = p->a + begin * p->a_row,
                    .a_row = p->a_row,
                    .a_scale = p->a_scale + begin,
                    .c_row = p->c_row,
                    .depth = p->depth };
    v.b[0] = p->b + panel * p->b_panel;
    v.b[1] = v.b[0] + half * TRMI_QUAD + next * p->b_panel;
    v.b_scale[0] = p->b_scale + panel * p->b_scale_panel;
    v.b_scale[1] = v.b_scale[0] + half + next * p->b_scale_panel;
    v.c[0] = p->c + panel * p->c_panel + begin * p->c_row;
    v.c[1] = v.c[0] + half + next * p->c_panel;
    if (CODE_OFFSET != 0 && p->a_is_weight)
        v.a_start = p->starts + begin;
    if (CODE_OFFSET != 0 && !p->a_is_weight) {
        v.b_start[0] = p->starts + panel * p->b_scale_panel;
        v.b_start[1] = v.b_start[0] + half + next * p->b_scale_panel;
    }
    return v;
}

/* As that of vector_product.h. */
static far_lines look_ahead(const tile_view *v, const trmi_quantised_product *p, uint32_t panel, bool two,
                            const tile_cut *cut)
{
    if (p->a_is_weight)
        return rows_ahead(v->a + cut->height * p->a_row, panel, cut->height);
    const bool more = panel + 2 < p->panels;
    const int8_t *next = v->b[0] + (more ? (two ? 2 : 1) * p->b_panel : (size_t)p->depth * TRMI_PANEL);
    return panels_ahead((uintptr_t)next, LINE / TRMI_QUAD, cut->tiles, PARTS == 1 && two ? p->b_panel : 0);
}

/* Down the rows in tiles, while a panel stays in the first-level cache. */
static void product_panels(const trmi_quantised_product *p, uint32_t panel, bool two)
{
    const tile_cut cut = cut_rows(p->rows, TILE_ROWS);
    float room[ADDS ? TILE_ROWS * ASIDE_ROW + LINE / sizeof(float) : 1];
    tile_view v = view_of(p, 0, panel, two);
    v.ahead = look_ahead(&v, p, panel, two, &cut);
    v.aside = ADDS && p->add ? room + (LINE - (uintptr_t)room % LINE) / sizeof *room : NULL;
    run_cut(&v, &cut);
}

#if VECTOR_LANES == 16
/* A panel without a neighbour. The last tile may begin within the one before it: some rows come out twice,
   the same. */
static void product_alone(const trmi_quantised_product *p, uint32_t panel)
{
    const tile_cut cut = { (p->rows + TILE_ROWS - 1) / TILE_ROWS, TILE_ROWS, 0 };
    for (uint32_t part = 0; part < (p->rows % TILE_ROWS != 0 ? 2 : 1); part++) {
        tile_view v = view_of(p, part == 0 ? 0 : p->rows - TILE_ROWS, panel, false);
        v.ahead = look_ahead(&v, p, panel, false, &cut);
        v.count = part == 0 ? p->rows / TILE_ROWS : 1;
        v.aside = NULL; /* as it is, and the compiler knows */
        run_tiles(&v, TILE_ROWS, false);
    }
}
#endif

static void quantised_product(const trmi_quantised_product *p)
{
    assert(p->rows > 0 && p->depth > 0 && p->depth % TRMI_QUAD == 0 && trmi_sum_fits(p->depth));
    assert((p->rows == 1 || p->a_row >= p->depth) && trmi_panels_fit(p->b_panel, p->panels, p->depth));
    assert(trmi_places_fit(p->rows, p->c_row, p->panels, p->c_panel));
    assert(ADDS || !p->add);
    assert(CODE_OFFSET == 0 || p->starts != NULL); /* or sums have the offset of codes in them */
    uint32_t panel = 0;
    for (; PARTS == 1 && panel + 2 <= p->panels; panel += 2)
        product_panels(p, panel, true);
#if VECTOR_LANES == 16
    for (; !p->add && p->rows >= TILE_ROWS && panel < p->panels; panel++)
        product_alone(p, panel);
#endif
    for (; panel < p->panels; panel++)
        product_panels(p, panel, false);
}

#endif

/* ------------------------------------------------------------------------------------------- quantising */

INLINE vector limited_code(vector x, vector factor)
{
    const vector code = v_mul(x, factor);
    return CODES_LIMITED
               ? code
               : v_min(v_max(code, v_set(-(float)TRMI_LARGEST_CODE)), v_set((float)TRMI_LARGEST_CODE));
}

/* Maxima do not depend on order: several at once need not wait for each other. */
typedef struct maxima {
    vector high[4];
} maxima;

INLINE maxima no_maxima(void)
{
    const vector zero = v_set(0.0f);
    return (maxima) { { zero, zero, zero, zero } };
}

/* The magnitudes of four vectors, each `distance` numbers behind the last. */
INLINE void raise(maxima *m, const float *x, size_t distance)
{
    m->high[0] = v_larger_magnitude(v_load(x), m->high[0]);
    m->high[1] = v_larger_magnitude(v_load(x + distance), m->high[1]);
    m->high[2] = v_larger_magnitude(v_load(x + 2 * distance), m->high[2]);
    m->high[3] = v_larger_magnitude(v_load(x + 3 * distance), m->high[3]);
}

INLINE vector highest(const maxima *m)
{
    return v_larger_magnitude(v_larger_magnitude(m->high[0], m->high[1]),
                              v_larger_magnitude(m->high[2], m->high[3]));
}

/* The largest magnitude of each lane of `count` vectors that lie `distance` numbers apart. */
INLINE vector magnitudes(const float *x, size_t distance, uint32_t count)
{
    maxima m = no_maxima();
    uint32_t i = 0;
    for (; i + 4 <= count; i += 4)
        raise(&m, x + i * distance, distance);
    for (; i < count; i++)
        m.high[0] = v_larger_magnitude(v_load(x + i * distance), m.high[0]);
    return highest(&m);
}

static float row_magnitude(const float *x, size_t panel, uint32_t panels)
{
    vector high = magnitudes(x, panel, panels);
    for (int i = 1; i < PARTS; i++)
        high = v_larger_magnitude(magnitudes(x + (size_t)i * VECTOR_LANES, panel, panels), high);
#ifdef v_largest_magnitude
    return v_largest_magnitude(high);
#else
    float lane[VECTOR_LANES], most = 0.0f;
    v_store(lane, high);
    for (int i = 0; i < VECTOR_LANES; i++)
        most = trmi_larger_magnitude(lane[i], most);
    return most;
#endif
}

enum { STRIP_PANELS = 4 / PARTS };

/* A row of as many panels as four vectors hold. */
INLINE integers code_strip(const float *row, size_t panel, vector factor)
{
    vector x[4];
    for (uint32_t i = 0; i < 4; i++)
        x[i] = limited_code(v_load(row + i / PARTS * panel + i % PARTS * VECTOR_LANES), factor);
    return v_strip(x);
}

static void quantise_rows(int8_t *codes, float *scales, trmi_rows_view from, uint32_t rows, uint32_t width)
{
    const uint32_t panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    assert(width > 0 && codes != NULL && trmi_panels_fit(from.panel, panels, rows));
    for (uint32_t row = 0; row < rows; row++) {
        const float *x = from.data + (size_t)row * TRMI_PANEL;
        const float most = row_magnitude(x, from.panel, panels);
        const vector factor = v_set(trmi_code_factor(most));
        scales[row] = trmi_code_scale(most);
        uint32_t left = panels;
        for (; left >= STRIP_PANELS; left -= STRIP_PANELS, codes += STRIP_PANELS * TRMI_PANEL) {
            i_store(codes, code_strip(x, from.panel, factor));
            x += STRIP_PANELS * from.panel;
        }
        for (; left > 0; left--, codes += TRMI_PANEL, x += from.panel) {
            vector part[PARTS];
            for (int i = 0; i < PARTS; i++)
                part[i] = limited_code(v_load(x + (size_t)i * VECTOR_LANES), factor);
            v_codes(part, codes);
        }
    }
}

/* Four rows of some lanes of a panel, as many as there are. */
INLINE integers code_quad(const float *from, uint32_t rows, vector factor)
{
    vector x[TRMI_QUAD];
    for (uint32_t i = 0; i < TRMI_QUAD; i++)
        x[i] = i < rows ? limited_code(v_load(from + (size_t)i * TRMI_PANEL), factor) : v_set(0.0f);
    return v_quads(x);
}

/* The factors of a panel's lanes from `begin` on, and their scales. */
INLINE vector lane_scales(float *scales, const float *from, uint32_t rows)
{
    float factors[VECTOR_LANES];
    v_store(factors, magnitudes(from, TRMI_PANEL, rows));
    for (uint32_t i = 0; i < VECTOR_LANES; i++) {
        scales[i] = trmi_code_scale(factors[i]);
        factors[i] = trmi_code_factor(factors[i]);
    }
    return v_load(factors);
}

static void quantise_lanes(int8_t *codes, float *scales, const float *from, uint32_t rows)
{
    assert(rows > 0 && codes != NULL && trmi_holds_numbers(scales));
    for (uint32_t begin = 0; begin < TRMI_PANEL; begin += VECTOR_LANES) {
        const vector factor = lane_scales(scales + begin, from + begin, rows);
        const float *x = from + begin;
        int8_t *to = codes + begin * TRMI_QUAD;
        uint32_t left = rows;
        for (; left >= TRMI_QUAD; left -= TRMI_QUAD, x += TRMI_QUAD * TRMI_PANEL, to += QUAD_BYTES)
            i_store(to, code_quad(x, TRMI_QUAD, factor));
        if (left > 0)
            i_store(to, code_quad(x, left, factor));
    }
}

#if CODE_OFFSET != 0
/* Codes of a panel as a weight has them, and what its sums start at. */
static void take_offset_out(int8_t *codes, int32_t *starts, uint32_t quads)
{
    for (uint32_t begin = 0; begin < TRMI_PANEL; begin += VECTOR_LANES) {
        integers sum = i_zero();
        int8_t *at = codes + begin * TRMI_QUAD;
        for (uint32_t i = 0; i < quads; i++, at += QUAD_BYTES) {
            const integers plain = i_flip(i_load(at));
            i_store(at, plain);
            sum = i_dot(sum, i_flip(i_zero()), plain);
        }
        i_store(starts + begin, sum);
    }
    for (uint32_t lane = 0; lane < TRMI_PANEL; lane++)
        starts[lane] = -starts[lane];
}
#endif

static void quantise_side(int8_t *codes, float *scales, int32_t *starts, const float *from, uint32_t rows)
{
    quantise_lanes(codes, scales, from, rows);
#if CODE_OFFSET != 0
    assert(starts != NULL);
    take_offset_out(codes, starts, (rows + TRMI_QUAD - 1) / TRMI_QUAD);
#else
    (void)starts;
#endif
}

INLINE vector share_code(const float *share)
{
    const vector scaled = v_mul(v_load(share), v_set(TRMI_SHARE_CODES));
    return limited_code(v_sub(scaled, v_set((float)TRMI_LARGEST_CODE)), v_set(1.0f));
}

static void quantise_shares(int8_t *codes, const float *shares, size_t count)
{
    const size_t strip = STRIP_PANELS * TRMI_PANEL;
    assert(count % TRMI_PANEL == 0 && codes != NULL);
    size_t begin = 0;
    for (; begin + strip <= count; begin += strip) {
        vector x[4];
        for (size_t i = 0; i < 4; i++)
            x[i] = share_code(shares + begin + i * VECTOR_LANES);
        i_store(codes + begin, v_strip(x));
    }
    for (; begin < count; begin += TRMI_PANEL) {
        vector part[PARTS];
        for (size_t i = 0; i < PARTS; i++)
            part[i] = share_code(shares + begin + i * VECTOR_LANES);
        v_codes(part, codes + begin);
    }
}

/* ------------------------------------------------------------------------------------------- peak */

#define EACH_CHAIN(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11)
#define PEAK_DECLARE(i) integers s##i = i_load(some_bytes + (i));
#define PEAK_STEP(i) \
    if (i < CHAINS) \
        s##i = i_dot(s##i, y, i_again(x));
#define PEAK_SUM(i) s0 = i_add(s0, s##i);

/* A vector from each of the first twelve. */
static const int8_t some_bytes[VECTOR_LANES * TRMI_QUAD + 12] = {
    3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2,
    6, 4, 3, 3, 8, 3, 2, 7, 9, 5, 2, 8, 8, 4, 1, 9, 7, 1, 6, 9, 3, 9,
};

/* As many chains as a tile has sums, at most twelve, on registers: loads and additions would take the
   products' place. */
static uint64_t quantised_peak(uint64_t rounds, int32_t *sink)
{
    enum { CHAINS = 2 * TILE_ROWS < 12 ? 2 * TILE_ROWS : 12 };
    int32_t lane[VECTOR_LANES];
    const integers x = i_load(some_bytes);
    const side y = i_side(x);
    EACH_CHAIN(PEAK_DECLARE)
    for (uint64_t round = 0; round < rounds; round++) {
        EACH_CHAIN(PEAK_STEP)
    }
    EACH_CHAIN(PEAK_SUM)
    i_store(lane, s0);
    *sink += lane[0];
    return rounds * CHAINS * VECTOR_LANES * TRMI_QUAD * 2;
}

static void fill_quantised(trmi_kernels *kernels)
{
    kernels->code_offset = CODE_OFFSET;
    kernels->adds_quantised = ADDS;
    kernels->quantised_product = quantised_product;
    kernels->quantise_rows = quantise_rows;
    kernels->quantise_lanes = TRMI_FOR_MIXERS(quantise_lanes);
    kernels->quantise_side = TRMI_FOR_ATTENTION(quantise_side);
    kernels->quantise_shares = TRMI_FOR_ATTENTION(quantise_shares);
    kernels->quantised_peak = TRMI_FOR_PEAKS(quantised_peak);
}
