/* The kernels in terms of vectors. An instruction set includes this file once, after defining
 *
 *     vector, VECTOR_LANES (8 or 16), v_load, v_store, v_set, v_add, v_sub, v_mul, v_div, v_min, v_max,
 * v_sqrt, v_fma, v_power(y, s): y times 2^n, n in the low bits of s; v_fold(lanes): 16 lanes to one, in
 * trmi_fold's order v_prefetch(p): brings a cache line to the second level; any address is harmless
 *     TILE_ROWS: the rows of the product's register tile, which is two vectors wide; TILE_STEPS: 2 to repeat its
 *     loop's body, for short ones
 *
 * and has every kernel, in the reference's order of operations. Sums over columns keep 16 lanes: two vectors
 * of 8, or one of 16. */
#include "lib/kernels/kernels.h"
#include "lib/kernels/scalar.h"

#define PARTS (TRMI_PANEL / VECTOR_LANES) /* vectors in a row of a panel */
enum { LINE = 64 };                       /* bytes that a cache moves at once */

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

/* ------------------------------------------------------------------------------------------- product */

/* A tile is `rows` rows of two vectors: the halves of one panel, or rows of two panels (b1 and c1). */
typedef struct tile_view {
    const float *a, *b0, *b1;
    float *c0, *c1;
    size_t a_row, a_block, c_row;
    uint32_t depth;
    uintptr_t ahead; /* of the weights: what is wanted later, fetched a few lines with each 16 steps */
    uint32_t lines;
    bool resume;
} tile_view;

#define EACH_ROW(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13)
#define EACH_ROW_AT(M, k) \
    M(0, k) \
    M(1, k) \
    M(2, k) M(3, k) M(4, k) M(5, k) M(6, k) M(7, k) M(8, k) M(9, k) M(10, k) M(11, k) M(12, k) M(13, k)
/* A chain begins at zero, or goes on from what an earlier part of the depth left. */
#define DECLARE(i) vector s##i = v_set(0.0f), t##i = s##i;
#define RESUME(i) \
    if (i < rows) { \
        s##i = v_load(v->c0 + i * v->c_row); \
        if (two) \
            t##i = v_load(v->c1 + i * v->c_row); \
    }
/* Rows are reached from every third one, which needs few address registers. */
#define ACCUMULATE(i, k) \
    if (i < rows) { \
        const vector x = v_set(a[(i / 3) * three + (i % 3) * a_row + (k)]); \
        s##i = v_fma(x, y0, s##i); \
        if (two) \
            t##i = v_fma(x, y1, t##i); \
    }
#define STORE(i) \
    if (i < rows) { \
        v_store(v->c0 + i * v->c_row, s##i); \
        if (two) \
            v_store(v->c1 + i * v->c_row, t##i); \
    }
/* One step of every chain, k being the place in the block of 16. */
#define STEP(k) \
    { \
        const vector y0 = v_load(b0 + (k)*TRMI_PANEL), y1 = two ? v_load(b1 + (k)*TRMI_PANEL) : y0; \
        EACH_ROW_AT(ACCUMULATE, k) \
    }

/* `rows` and `two` are constants where this is called. */
INLINE void tile(const tile_view *v, const uint32_t rows, const bool two)
{
    EACH_ROW(DECLARE)
    if (v->resume) {
        EACH_ROW(RESUME)
    }
    const float *a = v->a, *b0 = v->b0, *b1 = v->b1;
    const size_t a_row = v->a_row, three = 3 * a_row, a_step = v->a_block;
    uintptr_t ahead = v->ahead;
    uint32_t left = v->depth;
    for (; left >= TRMI_PANEL; left -= TRMI_PANEL) {
        for (uint32_t line = 0; line < v->lines; line++, ahead += LINE)
            v_prefetch((const char *)ahead);
        for (uint32_t k = 0; k < TRMI_PANEL; k += TILE_STEPS) {
            STEP(k)
            if (TILE_STEPS == 2)
                STEP(k + 1)
        }
        a += a_step;
        b0 += TRMI_PANEL * TRMI_PANEL;
        b1 += TRMI_PANEL * TRMI_PANEL;
    }
    for (uint32_t k = 0; k < left; k++)
        STEP(k)
    EACH_ROW(STORE)
}

#define TWO_CASE(i) \
    case i + 1: \
        if (i < TILE_ROWS) \
            tile(v, i + 1, true); \
        break;
static void tile_two(const tile_view *v, uint32_t rows)
{
    switch (rows) {
        EACH_ROW(TWO_CASE)
    }
}

#if PARTS == 1
/* A panel without a neighbour is rare: half the rows, for half the code. */
#define ONE_CASE(i) \
    case i + 1: \
        if (i < TILE_ROWS / 2) \
            tile(v, i + 1, false); \
        break;
static void tile_one(const tile_view *v, uint32_t rows)
{
    switch (rows) {
        EACH_ROW(ONE_CASE)
    }
}
#endif

enum {
    DEPTH_BLOCK = 512
}; /* of k at once: so much of a panel and of the rows stays in the second-level cache */

/* Part of the depth of one panel, or of two where a vector fills a panel: tiles down the rows, as even as
 * they can be. Meanwhile the panel that lies behind comes nearer, a share with each tile: waiting for it
 * would cost more than a tenth of the time. */
static void product_panels(const trmi_product *p, uint32_t panel, bool two, uint32_t k, uint32_t depth)
{
    const uint32_t most = two ? TILE_ROWS : TILE_ROWS / 2, tiles = (p->rows + most - 1) / most;
    tile_view v = { .a_row = p->a_row,
                    .a_block = p->a_block,
                    .c_row = p->c_row,
                    .depth = depth,
                    .resume = k > 0 || p->accumulate };
    v.b0 = p->b + panel * p->b_panel + (size_t)k * TRMI_PANEL;
    v.b1 = PARTS == 2 ? v.b0 + VECTOR_LANES : two ? v.b0 + p->b_panel : v.b0;
    v.lines = (TRMI_PANEL + tiles - 1) / tiles;
    v.ahead = (uintptr_t)v.b0 + (size_t)p->depth * TRMI_PANEL * sizeof(float);
    for (uint32_t i = 0; i < tiles; i++) {
        const uint32_t begin = (uint32_t)((uint64_t)p->rows * i / tiles),
                       end = (uint32_t)((uint64_t)p->rows * (i + 1) / tiles);
        v.a = p->a + begin * p->a_row + k / TRMI_PANEL * p->a_block;
        v.c0 = p->c + panel * p->c_panel + begin * p->c_row;
        v.c1 = PARTS == 2 ? v.c0 + VECTOR_LANES : two ? v.c0 + p->c_panel : v.c0;
#if PARTS == 1
        if (!two)
            tile_one(&v, end - begin);
        else
#endif
            tile_two(&v, end - begin);
        v.ahead += depth / TRMI_PANEL * v.lines * LINE;
    }
}

static void product(const trmi_product *p)
{
    for (uint32_t k = 0; k < p->depth; k += DEPTH_BLOCK) {
        const uint32_t depth = p->depth - k < DEPTH_BLOCK ? p->depth - k : DEPTH_BLOCK;
        uint32_t panel = 0;
        for (; PARTS == 1 && panel + 2 <= p->panels; panel += 2)
            product_panels(p, panel, true, k, depth);
        for (; panel < p->panels; panel++)
            product_panels(p, panel, PARTS == 2, k, depth);
    }
}

/* ------------------------------------------------------------------------------------------- element by
 * element */

/* trmi_exp2 of scalar.h, for t that is at most TRMI_EXP2_HIGHEST, or is not a number */
INLINE vector power_of_two(vector t)
{
    t = v_max(t, v_set(TRMI_EXP2_LOWEST));
    const vector shifted = v_add(t, v_set(TRMI_ROUND));
    const vector f = v_sub(t, v_sub(shifted, v_set(TRMI_ROUND)));
    vector y = v_set(TRMI_EXP2_5);
    y = v_add(v_mul(y, f), v_set(TRMI_EXP2_4));
    y = v_add(v_mul(y, f), v_set(TRMI_EXP2_3));
    y = v_add(v_mul(y, f), v_set(TRMI_EXP2_2));
    y = v_add(v_mul(y, f), v_set(TRMI_EXP2_1));
    y = v_add(v_mul(y, f), v_set(1.0f));
    return v_power(y, shifted);
}

/* 1 + exp(-x), the denominator of sigmoid and silu */
INLINE vector one_and_exponential(vector x)
{
    const vector t = v_mul(x, v_set(-TRMI_LOG2_E));
    return v_add(v_set(1.0f), power_of_two(v_min(t, v_set(TRMI_EXP2_HIGHEST))));
}

static void add(float *to, const float *a, const float *b, size_t count)
{
    for (size_t i = 0; i < count; i += VECTOR_LANES)
        v_store(to + i, v_add(v_load(a + i), v_load(b + i)));
}

static void add_three(float *to, const float *a, const float *b, const float *c, size_t count)
{
    for (size_t i = 0; i < count; i += VECTOR_LANES)
        v_store(to + i, v_add(v_load(a + i), v_add(v_load(b + i), v_load(c + i))));
}

static void gate_plain(float *to, const float *gate, const float *up, size_t count)
{
    for (size_t i = 0; i < count; i += VECTOR_LANES) {
        const vector g = v_load(gate + i);
        v_store(to + i, v_mul(v_div(g, one_and_exponential(g)), v_load(up + i)));
    }
}

static void gate_normed(float *to, float *gate, const float *up, size_t count)
{
    for (size_t i = 0; i < count; i += VECTOR_LANES) {
        const vector g = v_load(gate + i);
        v_store(to + i, v_mul(g, v_load(up + i)));
        v_store(gate + i, v_div(v_set(1.0f), one_and_exponential(g)));
    }
}

/* ------------------------------------------------------------------------------------------- norms */

/* 16 lanes, whatever the vectors. */
typedef struct lanes {
    vector part[PARTS];
} lanes;

INLINE lanes no_lanes(void)
{
    lanes sum;
    for (int i = 0; i < PARTS; i++)
        sum.part[i] = v_set(0.0f);
    return sum;
}

static void norm_columns(trmi_rows_view to, trmi_rows_view a, trmi_rows_view b, uint32_t rows, uint32_t width,
                         float epsilon)
{
    const uint32_t panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    for (uint32_t row = 0; row < rows; row++) {
        const size_t offset = (size_t)row * TRMI_PANEL;
        lanes sum = no_lanes();
        for (uint32_t p = 0; p < panels; p++)
            for (int i = 0; i < PARTS; i++) {
                const size_t at = offset + (size_t)i * VECTOR_LANES;
                const vector x = v_add(v_load(a.data + p * a.panel + at), v_load(b.data + p * b.panel + at));
                v_store(to.data + p * to.panel + at, x);
                sum.part[i] = v_add(sum.part[i], v_mul(x, x));
            }
        const vector factor = v_set(trmi_norm_factor(v_fold(sum.part), width, epsilon));
        for (uint32_t p = 0; p < panels; p++)
            for (int i = 0; i < PARTS; i++) {
                float *at = to.data + p * to.panel + offset + (size_t)i * VECTOR_LANES;
                v_store(at, v_mul(v_load(at), factor));
            }
    }
}

static void norm_columns_gated(trmi_rows_view to, trmi_rows_view gate, uint32_t rows, uint32_t width,
                               float epsilon)
{
    const uint32_t panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    for (uint32_t row = 0; row < rows; row++) {
        const size_t offset = (size_t)row * TRMI_PANEL;
        lanes sum = no_lanes();
        for (uint32_t p = 0; p < panels; p++)
            for (int i = 0; i < PARTS; i++) {
                const vector x = v_load(to.data + p * to.panel + offset + (size_t)i * VECTOR_LANES);
                sum.part[i] = v_add(sum.part[i], v_mul(x, x));
            }
        const vector factor = v_set(trmi_norm_factor(v_fold(sum.part), width, epsilon));
        for (uint32_t p = 0; p < panels; p++)
            for (int i = 0; i < PARTS; i++) {
                const size_t at = offset + (size_t)i * VECTOR_LANES;
                float *x = to.data + p * to.panel + at;
                v_store(x, v_mul(v_load(gate.data + p * gate.panel + at), v_mul(v_load(x), factor)));
            }
    }
}

/* The norms' factors of a panel's lanes, from their sums of squares. */
INLINE lanes lane_factors(lanes sum, uint32_t rows, float epsilon)
{
    for (int i = 0; i < PARTS; i++) {
        const vector mean = v_div(sum.part[i], v_set((float)rows));
        sum.part[i] = v_div(v_set(1.0f), v_sqrt(v_add(mean, v_set(epsilon))));
    }
    return sum;
}

static void norm_rows(float *to, const float *a, const float *b, uint32_t rows, float epsilon)
{
    const size_t count = (size_t)rows * TRMI_PANEL;
    lanes sum = no_lanes();
    for (size_t row = 0; row < count; row += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            const size_t at = row + (size_t)i * VECTOR_LANES;
            const vector x = v_add(v_load(a + at), v_load(b + at));
            v_store(to + at, x);
            sum.part[i] = v_add(sum.part[i], v_mul(x, x));
        }
    const lanes factor = lane_factors(sum, rows, epsilon);
    for (size_t row = 0; row < count; row += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            float *at = to + row + (size_t)i * VECTOR_LANES;
            v_store(at, v_mul(v_load(at), factor.part[i]));
        }
}

static void norm_rows_gated(float *to, const float *gate, uint32_t rows, float epsilon)
{
    const size_t count = (size_t)rows * TRMI_PANEL;
    lanes sum = no_lanes();
    for (size_t row = 0; row < count; row += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            const vector x = v_load(to + row + (size_t)i * VECTOR_LANES);
            sum.part[i] = v_add(sum.part[i], v_mul(x, x));
        }
    const lanes factor = lane_factors(sum, rows, epsilon);
    for (size_t row = 0; row < count; row += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            const size_t at = row + (size_t)i * VECTOR_LANES;
            v_store(to + at, v_mul(v_load(gate + at), v_mul(v_load(to + at), factor.part[i])));
        }
}

/* ------------------------------------------------------------------------------------------- attention */

/* The largest of the first `count` numbers: the order does not matter to a maximum. */
static float largest(const float *row, uint32_t count)
{
    float most = row[0];
    uint32_t j = 0;
    if (count >= VECTOR_LANES) {
        float lane[VECTOR_LANES];
        vector high = v_load(row);
        for (j = VECTOR_LANES; j + VECTOR_LANES <= count; j += VECTOR_LANES)
            high = v_max(v_load(row + j), high);
        v_store(lane, high);
        for (int i = 0; i < VECTOR_LANES; i++)
            most = trmi_max(lane[i], most);
    }
    for (; j < count; j++)
        most = trmi_max(row[j], most);
    return most;
}

/* Exponentials of one row, and the inverse of their sum. */
INLINE float softmax_row(float *row, size_t stride, uint32_t count, float scale)
{
    const vector most = v_set(largest(row, count)), factor = v_set(scale * TRMI_LOG2_E);
    const size_t whole = count / TRMI_PANEL * TRMI_PANEL;
    lanes sum = no_lanes();
    for (size_t j = 0; j < whole; j += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            float *at = row + j + (size_t)i * VECTOR_LANES;
            const vector e = power_of_two(v_mul(v_sub(v_load(at), most), factor));
            v_store(at, e);
            sum.part[i] = v_add(sum.part[i], e);
        }
    for (size_t j = whole; j < stride; j += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            float *at = row + j + (size_t)i * VECTOR_LANES;
            v_store(at, power_of_two(v_mul(v_sub(v_load(at), most), factor)));
            for (size_t lane = 0; lane < VECTOR_LANES; lane++)
                if (j + (size_t)i * VECTOR_LANES + lane >= count)
                    at[lane] = 0.0f;
            sum.part[i] = v_add(sum.part[i], v_load(at));
        }
    return 1.0f / v_fold(sum.part);
}

static void softmax(float *scores, size_t stride, uint32_t rows, uint32_t count, float scale, float *inverse)
{
    for (uint32_t row = 0; row < rows; row++)
        inverse[row] = softmax_row(scores + row * stride, stride, count, scale);
}

static void scale_rows(trmi_rows_view to, uint32_t panels, uint32_t rows, const float *factor)
{
    for (uint32_t p = 0; p < panels; p++)
        for (uint32_t row = 0; row < rows; row++)
            for (int i = 0; i < PARTS; i++) {
                float *at = to.data + p * to.panel + (size_t)row * TRMI_PANEL + (size_t)i * VECTOR_LANES;
                v_store(at, v_mul(v_load(at), v_set(factor[row])));
            }
}

/* Whole panels at a time; pairs within a panel are the reference's. */
static void rotate(trmi_rows_view head, uint32_t rows, uint32_t half, const float *cosines,
                   const float *sines)
{
    if (half % TRMI_PANEL != 0) {
        trmi_rotate(head, rows, half, cosines, sines);
        return;
    }
    for (uint32_t column = 0; column < half; column += VECTOR_LANES)
        for (uint32_t row = 0; row < rows; row++) {
            float *first =
                head.data + column / TRMI_PANEL * head.panel + (size_t)row * TRMI_PANEL + column % TRMI_PANEL;
            float *second = first + half / TRMI_PANEL * head.panel;
            const vector c = v_load(cosines + (size_t)row * half + column),
                         s = v_load(sines + (size_t)row * half + column);
            const vector a = v_load(first), b = v_load(second);
            v_store(first, v_sub(v_mul(a, c), v_mul(b, s)));
            v_store(second, v_add(v_mul(b, c), v_mul(a, s)));
        }
}

/* ------------------------------------------------------------------------------------------- peak */

#define PEAK_DECLARE(i) vector c##i = v_set((float)i);
#define PEAK_STEP(i) c##i = v_fma(c##i, x, y);
#define PEAK_SUM(i) c0 = v_add(c0, c##i);

/* Fourteen chains hide a latency of up to seven cycles at two a cycle. */
static uint64_t peak(uint64_t rounds, float *sink)
{
    const vector x = v_set(0.5f), y = v_set(1.0f);
    EACH_ROW(PEAK_DECLARE)
    for (uint64_t round = 0; round < rounds; round++) {
        EACH_ROW(PEAK_STEP)
    }
    EACH_ROW(PEAK_SUM)
    float lane[VECTOR_LANES];
    v_store(lane, c0);
    *sink += lane[0];
    return rounds * 14 * VECTOR_LANES * 2;
}

static void fill_table(trmi_kernels *kernels, const char *name)
{
    *kernels = (trmi_kernels) {
        .name = name,
        .product = product,
        .add = add,
        .add_three = add_three,
        .gate_plain = gate_plain,
        .gate_normed = gate_normed,
        .norm_columns = norm_columns,
        .norm_columns_gated = norm_columns_gated,
        .norm_rows = norm_rows,
        .norm_rows_gated = norm_rows_gated,
        .softmax = softmax,
        .scale_rows = scale_rows,
        .rotate = rotate,
        .peak = peak,
    };
}
