/* The kernels of 8-bit integers in terms of vectors. An instruction set includes this file once, after defining what
 * vector_kernels.h asks for (without the tile) and
 *
 *     integers: as many bits as a vector; i_zero(), i_load(p), i_to_numbers(x): 32-bit integers as numbers,
 *     i_broadcast(p): the four bytes at p in every lane, v_codes(part, to): 16 numbers, rounded, as bytes at `to`,
 *     v_quads(x): four vectors, rounded, as the four bytes of each lane
 *     side, i_side(b), i_dot(sum, side, a): sum + the four products of each lane's bytes, b being offset by SIDE_OFFSET
 *     QUANTISED_ROWS: the rows of the product's register tile, which is two vectors wide
 *
 * Sums of integers are exact: any order will do. */
#include <string.h>

#include "lib/kernels/kernels.h"
#include "lib/kernels/scalar.h"

#define PARTS (TRMI_PANEL / VECTOR_LANES)   /* vectors in a row of a panel */
#define QUAD_BYTES (TRMI_PANEL * TRMI_QUAD) /* of four k of a panel */

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

/* ------------------------------------------------------------------------------------------- product */

/* A tile is `rows` rows of two vectors: the halves of one panel, or rows of two panels. */
typedef struct tile_view {
    const int8_t *a, *b[2];
    const float *a_scale, *b_scale[2];
    const int32_t *surplus; /* of each row's sums, where b is offset */
    float *c[2];
    size_t a_row, c_row;
    uint32_t depth;
} tile_view;

#define EACH_ROW(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11)
#define DECLARE(i) integers s##i = i_zero(), t##i = s##i;
#define ACCUMULATE(i) \
    if (i < rows) { \
        const integers x = i_broadcast(a + i * a_row); \
        s##i = i_dot(s##i, y0, x); \
        if (two) \
            t##i = i_dot(t##i, y1, x); \
    }
#define STORE(i) \
    if (i < rows) { \
        store_row(v, 0, i, s##i); \
        if (two) \
            store_row(v, 1, i, t##i); \
    }

INLINE void store_row(const tile_view *v, int half, uint32_t row, integers sum)
{
    if (SIDE_OFFSET != 0)
        sum = i_subtract(sum, v->surplus[row]);
    const vector scale = v_mul(v_set(v->a_scale[row]), v_load(v->b_scale[half]));
    v_store(v->c[half] + row * v->c_row, v_mul(i_to_numbers(sum), scale));
}

/* `rows` and `two` are constants where this is called. */
INLINE void tile(const tile_view *v, const uint32_t rows, const bool two)
{
    EACH_ROW(DECLARE)
    const int8_t *a = v->a, *b0 = v->b[0], *b1 = v->b[1];
    const size_t a_row = v->a_row;
    for (uint32_t k = 0; k < v->depth; k += TRMI_QUAD) {
        const side y0 = i_side(i_load(b0)), y1 = two ? i_side(i_load(b1)) : y0;
        EACH_ROW(ACCUMULATE)
        a += TRMI_QUAD;
        b0 += QUAD_BYTES;
        b1 += QUAD_BYTES;
    }
    EACH_ROW(STORE)
}

#define CASE(i) \
    case i + 1: \
        if (i < QUANTISED_ROWS) \
            tile(v, i + 1, true); \
        break;
static void tile_two(const tile_view *v, uint32_t rows)
{
    switch (rows) {
        EACH_ROW(CASE)
    }
}

#if PARTS == 1
/* A panel without a neighbour is rare: it is not worth much code. */
static void tile_one(const tile_view *v, uint32_t rows)
{
    tile_view one = *v;
    for (uint32_t row = 0; row < rows; row++) {
        tile(&one, 1, false);
        one.a += one.a_row;
        one.a_scale++;
        one.surplus++;
        one.c[0] += one.c_row;
    }
}
#endif

/* The tile that begins with row `begin` of one panel, or of two where a vector fills a panel. */
static tile_view view_of(const trmi_quantised_product *p, const int32_t *surplus, uint32_t begin,
                         uint32_t panel, bool two)
{
    const size_t half = PARTS == 2 ? VECTOR_LANES : 0, next = PARTS == 1 && two;
    tile_view v = { .a = p->a + begin * p->a_row,
                    .a_row = p->a_row,
                    .a_scale = p->a_scale + begin,
                    .surplus = SIDE_OFFSET != 0 ? surplus + begin : NULL,
                    .c_row = p->c_row,
                    .depth = p->depth };
    v.b[0] = p->b + panel * p->b_panel;
    v.b[1] = v.b[0] + half * TRMI_QUAD + next * p->b_panel;
    v.b_scale[0] = p->b_scale + panel * p->b_scale_panel;
    v.b_scale[1] = v.b_scale[0] + half + next * p->b_scale_panel;
    v.c[0] = p->c + panel * p->c_panel + begin * p->c_row;
    v.c[1] = v.c[0] + half + next * p->c_panel;
    return v;
}

/* Rows begin .. end, at most a tile of them. */
static void product_tile(const trmi_quantised_product *p, const int32_t *surplus, uint32_t begin,
                         uint32_t end, uint32_t panel, bool two)
{
    const tile_view v = view_of(p, surplus, begin, panel, two);
#if PARTS == 1
    if (!two) {
        tile_one(&v, end - begin);
        return;
    }
#endif
    tile_two(&v, end - begin);
}

/* Down the rows in tiles, as even as they can be, while a panel stays in the first-level cache. */
static void product_panels(const trmi_quantised_product *p, const int32_t *surplus, uint32_t panel, bool two)
{
    const uint32_t tiles = (p->rows + QUANTISED_ROWS - 1) / QUANTISED_ROWS;
    for (uint32_t i = 0; i < tiles; i++) {
        const uint32_t begin = (uint32_t)((uint64_t)p->rows * i / tiles),
                       end = (uint32_t)((uint64_t)p->rows * (i + 1) / tiles);
        product_tile(p, surplus, begin, end, panel, two);
    }
}

static void product_block(const trmi_quantised_product *p, const int32_t *surplus)
{
    uint32_t panel = 0;
    for (; PARTS == 1 && panel + 2 <= p->panels; panel += 2)
        product_panels(p, surplus, panel, true);
    for (; panel < p->panels; panel++)
        product_panels(p, surplus, panel, PARTS == 2);
}

#if SIDE_OFFSET != 0
/* What the offset of b adds to the sums of a row: its products with zeros. */
static int32_t row_surplus(const int8_t *a, uint32_t depth)
{
    int32_t lanes[VECTOR_LANES], surplus = 0;
    integers sum = i_zero();
    uint32_t k = 0;
    for (; k + sizeof lanes <= depth; k += sizeof lanes)
        sum = i_dot(sum, i_side(i_zero()), i_load(a + k));
    i_store(lanes, sum);
    for (int i = 0; i < VECTOR_LANES; i++)
        surplus += lanes[i];
    for (; k < depth; k++)
        surplus += a[k] * SIDE_OFFSET;
    return surplus;
}

/* In blocks of rows, whose surplus is found once for all panels. */
static void quantised_product(const trmi_quantised_product *p)
{
    enum { BLOCK = 192 };
    int32_t surplus[BLOCK];
    for (uint32_t begin = 0; begin < p->rows; begin += BLOCK) {
        trmi_quantised_product block = *p;
        block.rows = p->rows - begin < BLOCK ? p->rows - begin : BLOCK;
        block.a += begin * p->a_row;
        block.a_scale += begin;
        block.c += begin * p->c_row;
        for (uint32_t row = 0; row < block.rows; row++)
            surplus[row] = row_surplus(block.a + row * p->a_row, p->depth);
        product_block(&block, surplus);
    }
}
#else
static void quantised_product(const trmi_quantised_product *p)
{
    product_block(p, NULL);
}
#endif

/* ------------------------------------------------------------------------------------------- quantising */

INLINE vector limited_code(vector x, vector factor)
{
    return v_min(v_max(v_mul(x, factor), v_set(-(float)TRMI_LARGEST_CODE)), v_set((float)TRMI_LARGEST_CODE));
}

static float row_magnitude(const float *x, size_t panel, uint32_t panels)
{
    float lane[VECTOR_LANES], most = 0.0f;
    vector high = v_set(0.0f);
    for (uint32_t p = 0; p < panels; p++)
        for (int i = 0; i < PARTS; i++)
            high = v_max(v_magnitude(v_load(x + p * panel + (size_t)i * VECTOR_LANES)), high);
    v_store(lane, high);
    for (int i = 0; i < VECTOR_LANES; i++)
        most = trmi_max(lane[i], most);
    return most;
}

static void quantise_rows(int8_t *codes, float *scales, trmi_rows_view from, uint32_t rows, uint32_t width)
{
    const uint32_t panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    for (uint32_t row = 0; row < rows; row++) {
        const float *x = from.data + (size_t)row * TRMI_PANEL;
        const float most = row_magnitude(x, from.panel, panels);
        const vector factor = v_set(trmi_code_factor(most));
        scales[row] = trmi_code_scale(most);
        for (uint32_t p = 0; p < panels; p++, codes += TRMI_PANEL) {
            vector part[PARTS];
            for (int i = 0; i < PARTS; i++)
                part[i] = limited_code(v_load(x + p * from.panel + (size_t)i * VECTOR_LANES), factor);
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

static void quantise_lanes(int8_t *codes, float *scales, const float *from, uint32_t rows)
{
    for (uint32_t begin = 0; begin < TRMI_PANEL; begin += VECTOR_LANES) {
        float factors[VECTOR_LANES];
        vector most = v_set(0.0f);
        for (uint32_t row = 0; row < rows; row++)
            most = v_max(v_magnitude(v_load(from + (size_t)row * TRMI_PANEL + begin)), most);
        v_store(factors, most);
        for (uint32_t i = 0; i < VECTOR_LANES; i++) {
            scales[begin + i] = trmi_code_scale(factors[i]);
            factors[i] = trmi_code_factor(factors[i]);
        }
        const vector factor = v_load(factors);
        const float *x = from + begin;
        int8_t *to = codes + begin * TRMI_QUAD;
        uint32_t left = rows;
        for (; left >= TRMI_QUAD; left -= TRMI_QUAD, x += TRMI_QUAD * TRMI_PANEL, to += QUAD_BYTES)
            i_store(to, code_quad(x, TRMI_QUAD, factor));
        if (left > 0)
            i_store(to, code_quad(x, left, factor));
    }
}

/* ------------------------------------------------------------------------------------------- peak */

#define PEAK_DECLARE(i) integers s##i = i_zero();
#define PEAK_STEP(i) s##i = i_dot(s##i, y, i_load(bytes + (i)));
#define PEAK_SUM(i) s0 = i_add(s0, s##i);

/* Twelve chains; b changes with each round and a with each chain, or a compiler would multiply once for all. */
static uint64_t quantised_peak(uint64_t rounds, int32_t *sink)
{
    int8_t bytes[VECTOR_LANES * TRMI_QUAD + 12];
    int32_t lane[VECTOR_LANES];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (int8_t)i;
    const integers step = i_load(bytes);
    integers b = i_zero();
    EACH_ROW(PEAK_DECLARE)
    for (uint64_t round = 0; round < rounds; round++) {
        const side y = i_side(b);
        EACH_ROW(PEAK_STEP)
        b = i_add(b, step);
    }
    EACH_ROW(PEAK_SUM)
    i_store(lane, s0);
    *sink += lane[0];
    return rounds * 12 * VECTOR_LANES * TRMI_QUAD * 2;
}

static void fill_quantised(trmi_kernels *kernels)
{
    kernels->quantised_product = quantised_product;
    kernels->quantise_rows = quantise_rows;
    kernels->quantise_lanes = quantise_lanes;
    kernels->quantised_peak = quantised_peak;
}
