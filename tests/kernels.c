/* The kernel harness: every variant that this machine can run against the portable reference, bit for bit, on
 * random shapes with ragged edges, misaligned buffers, poisoned gaps and canaries; and, with --bench, the
 * speed of what passed.
 *
 *     tests/kernels [--bench] [--seed N] [--rounds N] */
#define _POSIX_C_SOURCE 200809L

#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/host.h"
#include "lib/core/variants.h"
#include "lib/kernels/gradients.h"

/* ------------------------------------------------------------------------------------------- random numbers
 */

static uint64_t state;

static uint64_t next(void)
{
    state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t between(uint32_t least, uint32_t most)
{
    return least + (uint32_t)(next() % (most - least + 1));
}

static bool overflowing; /* rounds with numbers that overflow, infinities, and what is no number */

/* Mostly ordinary; sometimes a zero of either sign, a subnormal, or a number that drives exp to its limits.
 */
static float number(void)
{
    const float plain = (float)((double)(next() >> 11) / 9007199254740992.0 * 8.0 - 4.0);
    switch (next() % (overflowing ? 68 : 64)) {
    case 0:
        return 0.0f;
    case 1:
        return -0.0f;
    case 2:
        return plain * 1e-40f;
    case 3:
        return plain * 50.0f;
    case 64:
        return plain * 8e37f;
    case 65:
        return plain > 0.0f ? INFINITY : -INFINITY;
    case 66:
        return NAN;
    default:
        return plain;
    }
}

/* ------------------------------------------------------------------------------------------- buffers */

enum { CANARY = 32, POISON = 0x7fa5a5a5 }; /* a NaN that no kernel makes */

/* Twin buffers: the same content for reference and variant, canaries before and behind, any 4-byte alignment.
 */
typedef struct twin {
    float *memory[2], *data[2];
    size_t count;
    bool codes; /* not of numbers */
} twin;

static bool aligned; /* to cache lines, as in the library: for timing */

static twin twin_new(size_t count, bool filled)
{
    twin t = { .count = count };
    const size_t shift = next() % 16;
    for (int side = 0; side < 2; side++) {
        t.memory[side] = malloc((count + 2 * CANARY + 32) * sizeof(float));
        if (t.memory[side] == NULL)
            abort();
        t.data[side] = t.memory[side] + CANARY + shift;
        if (aligned)
            t.data[side] += (64 - (uintptr_t)t.data[side] % 64) % 64 / sizeof(float);
        for (size_t i = 0; i < count + 2 * CANARY; i++)
            t.data[side][(ptrdiff_t)i - CANARY] = trmi_float_of_bits(POISON);
    }
    for (size_t i = 0; filled && i < count; i++)
        t.data[0][i] = t.data[1][i] = number();
    return t;
}

/* What is no number has many forms, and which of them comes out is not promised. */
static bool same_number(float a, float b)
{
    return trmi_bits_of_float(a) == trmi_bits_of_float(b) || (overflowing && isnan(a) && isnan(b));
}

/* The same bits inside, and canaries alive; frees both. */
static bool twin_same(twin t)
{
    bool same = true;
    for (size_t i = 0; i < t.count; i++)
        same = same && (t.codes ? trmi_bits_of_float(t.data[0][i]) == trmi_bits_of_float(t.data[1][i])
                                : same_number(t.data[0][i], t.data[1][i]));
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < CANARY; i++)
            same = same && trmi_bits_of_float(t.data[side][(ptrdiff_t)i - CANARY]) == POISON &&
                   trmi_bits_of_float(t.data[side][t.count + i]) == POISON;
    free(t.memory[0]);
    free(t.memory[1]);
    return same;
}

/* Lanes beyond the width of the last panel are zero, as everywhere in the library. */
static void zero_spare_lanes(twin t, uint32_t rows, uint32_t width, size_t panel)
{
    if (width % TRMI_PANEL == 0)
        return;
    for (int side = 0; side < 2; side++)
        for (uint32_t row = 0; row < rows; row++)
            for (uint32_t lane = width % TRMI_PANEL; lane < TRMI_PANEL; lane++)
                t.data[side][width / TRMI_PANEL * panel + row * TRMI_PANEL + lane] = 0.0f;
}

/* ------------------------------------------------------------------------------------------- cases */

/* The tables of one instruction set. */
typedef struct variant {
    trmi_kernels kernels;
    trmi_gradients gradients;
} variant;

/* libtrm-train has the backward passes; a build without it has no other kernels than the core's. */
#ifdef WITH_GRADIENTS
#define GRADIENTS(code) code
#else
#define GRADIENTS(code)
#endif

/* One random case of one kernel: v[0] is the reference, v[1] the variant. */
typedef bool kernel_case(const variant *v);

static bool case_product(const variant *v)
{
    const uint32_t rows = between(1, 40), panels = between(1, 5);
    const uint32_t depth =
        next() % 8 == 0 ? between(500, 1100) : between(1, 100); /* also beyond one block of it */
    const bool plain = next() % 2, accumulate = next() % 2;
    const size_t a_row = plain ? depth + between(0, 3) : TRMI_PANEL;
    const size_t a_block = plain ? TRMI_PANEL : (rows + between(0, 2)) * TRMI_PANEL;
    const size_t b_panel = (depth + between(0, 2)) * TRMI_PANEL;
    const bool wide = next() % 2; /* rows of C beside each other, as scores are */
    const size_t c_row = wide ? panels * TRMI_PANEL + TRMI_PANEL * between(0, 1) : TRMI_PANEL;
    const size_t c_panel = wide ? TRMI_PANEL : (rows + between(0, 1)) * TRMI_PANEL;
    const size_t blocks = (depth + TRMI_PANEL - 1) / TRMI_PANEL;
    twin a = twin_new(plain ? rows * a_row : blocks * a_block, true);
    twin b = twin_new(panels * b_panel, true);
    twin c = twin_new(wide ? rows * c_row : panels * c_panel, accumulate);
    for (int side = 0; side < 2; side++)
        v[side].kernels.product(&(trmi_product) { rows, depth, panels, a.data[side], a_row, a_block,
                                                  b.data[side], b_panel, c.data[side], c_row, c_panel,
                                                  accumulate, next() % 2 == 0 });
    return (int)twin_same(a) & (int)twin_same(b) & (int)twin_same(c);
}

/* Codes of either sign in a buffer of numbers. */
static twin codes_new(size_t count)
{
    twin t = twin_new((count + sizeof(float) - 1) / sizeof(float), true);
    t.codes = true;
    int8_t *codes[2] = { (int8_t *)t.data[0], (int8_t *)t.data[1] };
    for (size_t i = 0; i < count; i++) {
        const int extreme = next() % 16 == 0;
        codes[0][i] = codes[1][i] =
            (int8_t)(extreme ? (next() % 2 ? 127 : -127) : (int)between(0, 254) - 127);
    }
    return t;
}

/* Adds or takes off what a variant's kernels offset activations by, which the reference does not. */
static void offset_codes(const trmi_kernels *kernels, twin codes)
{
    for (size_t i = 0; i < codes.count * sizeof(float); i++)
        ((uint8_t *)codes.data[1])[i] ^= kernels->code_offset;
}

/* What the sums of each row, or lane, of a weight start at: see trmi_quantised_product. */
static twin starts_new(const trmi_kernels *kernels, const trmi_quantised_product *p)
{
    const size_t count = p->a_is_weight ? p->rows : p->panels * p->b_scale_panel;
    twin starts = twin_new(count, false);
    starts.codes = true;
    int32_t *start = (int32_t *)starts.data[1];
    memset(starts.data[0], 0, count * sizeof *start);
    memset(start, 0, count * sizeof *start);
    for (uint32_t row = 0; p->a_is_weight && row < p->rows; row++)
        for (uint32_t k = 0; k < p->depth; k++)
            start[row] -= kernels->code_offset * p->a[row * p->a_row + k];
    for (uint32_t lane = 0; !p->a_is_weight && lane < p->panels * TRMI_PANEL; lane++)
        for (uint32_t k = 0; k < p->depth; k++)
            start[lane / TRMI_PANEL * p->b_scale_panel + lane % TRMI_PANEL] -=
                kernels->code_offset *
                p->b[lane / TRMI_PANEL * p->b_panel +
                     (k / TRMI_QUAD * TRMI_PANEL + lane % TRMI_PANEL) * TRMI_QUAD + k % TRMI_QUAD];
    memcpy(starts.data[0], start, count * sizeof *start);
    return starts;
}

static bool case_quantised_product(const variant *v)
{
    const uint32_t rows = next() % 16 == 0 ? between(150, 400) : between(1, 40), panels = between(1, 5),
                   depth = TRMI_QUAD * (next() % 8 == 0 ? between(100, 300) : between(1, 40));
    const size_t a_row = depth + between(0, 17), b_panel = (depth + 4 * between(0, 3)) * TRMI_PANEL;
    const size_t scale_panel = TRMI_PANEL * between(1, 2);
    const bool wide = next() % 2, a_is_weight = next() % 2;
    const size_t c_row = wide ? panels * TRMI_PANEL + TRMI_PANEL * between(0, 1) : TRMI_PANEL;
    const size_t c_panel = wide ? TRMI_PANEL : (rows + between(0, 1)) * TRMI_PANEL;
    twin a = codes_new(rows * a_row), b = codes_new(panels * b_panel), a_scale = twin_new(rows, true),
         b_scale = twin_new(panels * scale_panel, true),
         c = twin_new(wide ? rows * c_row : panels * c_panel, false);
    trmi_quantised_product p[2];
    for (int side = 0; side < 2; side++)
        p[side] = (trmi_quantised_product) { rows,
                                             depth,
                                             panels,
                                             (const int8_t *)a.data[side],
                                             a_row,
                                             a_scale.data[side],
                                             (const int8_t *)b.data[side],
                                             b_panel,
                                             b_scale.data[side],
                                             scale_panel,
                                             c.data[side],
                                             c_row,
                                             c_panel,
                                             a_is_weight,
                                             NULL };
    twin starts = starts_new(&v[1].kernels, &p[1]), activations = a_is_weight ? b : a;
    p[1].starts = (const int32_t *)starts.data[1];
    offset_codes(&v[1].kernels, activations);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantised_product(&p[side]);
    offset_codes(&v[1].kernels, activations);
    return (int)twin_same(a) & (int)twin_same(b) & (int)twin_same(a_scale) & (int)twin_same(b_scale) &
           (int)twin_same(starts) & (int)twin_same(c);
}

/* Sometimes all numbers are too small, or the same, or far apart. */
static void spread(twin t)
{
    const float factors[] = { 1.0f, 1.0f, 1e-38f, 1e30f, 0.0f };
    const float factor = factors[next() % 5];
    for (size_t i = 0; i < t.count; i++)
        t.data[0][i] = t.data[1][i] = t.data[0][i] * factor;
}

static bool case_quantise_rows(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin from = twin_new(panels * panel, true), scales = twin_new(rows, false),
         codes = twin_new((size_t)rows * panels * TRMI_PANEL / sizeof(float), false);
    codes.codes = true;
    spread(from);
    zero_spare_lanes(from, rows, width, panel);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantise_rows((int8_t *)codes.data[side], scales.data[side],
                                      (trmi_rows_view) { from.data[side], panel }, rows, width);
    offset_codes(&v[1].kernels, codes);
    return (int)twin_same(from) & (int)twin_same(scales) & (int)twin_same(codes);
}

static bool case_quantise_lanes(const variant *v)
{
    const uint32_t rows = between(1, 70);
    twin from = twin_new((size_t)rows * TRMI_PANEL, true), scales = twin_new(TRMI_PANEL, false),
         codes = twin_new((size_t)(rows + 3) / 4 * TRMI_PANEL, false);
    codes.codes = true;
    spread(from);
    for (int side = 0; side < 2; side++)
        v[side].kernels.quantise_lanes((int8_t *)codes.data[side], scales.data[side], from.data[side], rows);
    offset_codes(&v[1].kernels, codes);
    return (int)twin_same(from) & (int)twin_same(scales) & (int)twin_same(codes);
}

static bool case_add(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin to = twin_new(count, false), a = twin_new(count, true), b = twin_new(count, true),
         c = twin_new(count, true);
    for (int side = 0; side < 2; side++) {
        v[side].kernels.add(to.data[side], a.data[side], b.data[side], count);
        v[side].kernels.add_three(a.data[side], a.data[side], b.data[side], c.data[side],
                                  count); /* in place */
    }
    return (int)twin_same(to) & (int)twin_same(a) & (int)twin_same(b) & (int)twin_same(c);
}

static bool case_gate_plain(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin to = twin_new(count, false), gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].kernels.gate_plain(to.data[side], gate.data[side], up.data[side], count);
    return (int)twin_same(to) & (int)twin_same(gate) & (int)twin_same(up);
}

static bool case_gate_normed(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin to = twin_new(count, false), gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].kernels.gate_normed(to.data[side], gate.data[side], up.data[side], count);
    return (int)twin_same(to) & (int)twin_same(gate) & (int)twin_same(up);
}

static bool case_norm_columns(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin to = twin_new(panels * panel, false), a = twin_new(panels * panel, true),
         b = twin_new(panels * panel, true);
    zero_spare_lanes(a, rows, width, panel);
    zero_spare_lanes(b, rows, width, panel);
    for (int side = 0; side < 2; side++) {
        const trmi_rows_view view_to = { to.data[side], panel }, view_a = { a.data[side], panel },
                             view_b = { b.data[side], panel };
        v[side].kernels.norm_columns(view_to, view_a, view_b, rows, width, 1e-5f);
        v[side].kernels.norm_columns_gated(view_a, view_b, rows, width, 1e-5f);
    }
    return (int)twin_same(to) & (int)twin_same(a) & (int)twin_same(b);
}

static bool case_norm_rows(const variant *v)
{
    const uint32_t rows = between(1, 100);
    const size_t count = (size_t)rows * TRMI_PANEL;
    twin to = twin_new(count, false), a = twin_new(count, true), b = twin_new(count, true);
    for (int side = 0; side < 2; side++) {
        v[side].kernels.norm_rows(to.data[side], a.data[side], b.data[side], rows, 1e-5f);
        v[side].kernels.norm_rows_gated(a.data[side], b.data[side], rows, 1e-5f);
    }
    return (int)twin_same(to) & (int)twin_same(a) & (int)twin_same(b);
}

static bool case_softmax(const variant *v)
{
    const uint32_t rows = between(1, 9), count = between(1, 70);
    const size_t stride = (count + TRMI_PANEL - 1) / TRMI_PANEL * TRMI_PANEL;
    twin scores = twin_new(rows * stride, true), inverse = twin_new(rows, false);
    for (uint32_t row = 0; row < rows; row++) /* what lies beyond count is nobody's */
        for (size_t j = count; j < stride; j++)
            for (int side = 0; side < 2; side++)
                scores.data[side][row * stride + j] = trmi_float_of_bits(POISON);
    for (int side = 0; side < 2; side++)
        v[side].kernels.softmax(scores.data[side], stride, rows, count, 0.25f, inverse.data[side]);
    return (int)twin_same(scores) & (int)twin_same(inverse);
}

static bool case_scale_rows(const variant *v)
{
    const uint32_t rows = between(1, 20), panels = between(1, 4);
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin to = twin_new(panels * panel, true), factor = twin_new(rows, true);
    for (int side = 0; side < 2; side++)
        v[side].kernels.scale_rows((trmi_rows_view) { to.data[side], panel }, panels, rows,
                                   factor.data[side]);
    return (int)twin_same(to) & (int)twin_same(factor);
}

static bool case_rotate(const variant *v)
{
    const uint32_t rows = between(1, 20), half = next() % 2 ? between(1, 40) : TRMI_PANEL * between(1, 3);
    const uint32_t panels = (2 * half + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin head = twin_new(panels * panel, true), c = twin_new((size_t)rows * half, true),
         s = twin_new((size_t)rows * half, true);
    for (int side = 0; side < 2; side++)
        v[side].kernels.rotate((trmi_rows_view) { head.data[side], panel }, rows, half, c.data[side],
                               s.data[side]);
    return (int)twin_same(head) & (int)twin_same(c) & (int)twin_same(s);
}

/* ------------------------------------------------------------------------------------------- relations */

enum { MOST_LISTS = 24, MOST_HEARD = 12 };

/* A random relation over so many elements: lists of 0 .. 12 ascending numbers, shared or one for each. */
typedef struct relation {
    trmi_relation_table table;
    uint32_t list_of[MOST_LISTS], first[MOST_LISTS + 1], heard[MOST_LISTS * MOST_HEARD];
} relation;

static void relation_make(relation *r, uint32_t level, uint32_t elements)
{
    const bool shared = next() % 2;
    const uint32_t lists = shared ? between(1, elements) : elements;
    r->first[0] = 0;
    for (uint32_t list = 0; list < lists; list++) {
        uint32_t at = r->first[list];
        for (uint32_t j = 0, many = between(0, 3); j < elements && at - r->first[list] < MOST_HEARD; j++)
            if (next() % 4 < many)
                r->heard[at++] = j;
        r->first[list + 1] = at;
    }
    for (uint32_t i = 0; i < elements; i++)
        r->list_of[i] = between(0, lists - 1);
    r->table = (trmi_relation_table) { level, lists, shared ? r->list_of : NULL, r->first, r->heard };
}

/* Positions with fields, and helpers behind them. */
typedef struct question {
    uint32_t positions, fields, answering, nodes, panels;
} question;

static question question_make(void)
{
    question q = { .fields = between(1, 4), .panels = between(1, 4) };
    q.positions = between(1, 5);
    q.answering = q.positions * q.fields;
    q.nodes = q.answering + between(0, 4);
    return q;
}

static uint32_t elements_of(const question *q, uint32_t level)
{
    return level == TRMI_LEVEL_NODES ? q->nodes : level == TRMI_LEVEL_POSITIONS ? q->positions : q->fields;
}

static uint32_t units_of(const question *q, const trmi_relation_table *table)
{
    return table->level == TRMI_LEVEL_FIELDS ? q->positions : table->lists;
}

static bool case_aggregate(const variant *v)
{
    const question q = question_make();
    const uint32_t level = between(0, 2), wanted = between(1, 3);
    relation r;
    relation_make(&r, level, elements_of(&q, level));
    const uint32_t end = between(1, units_of(&q, &r.table)), begin = between(0, end - 1);
    const size_t rows = (size_t)(end - begin) * trmi_relation_spread(&r.table, q.fields);
    const size_t panel = (q.nodes + between(0, 2)) * TRMI_PANEL,
                 to_panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin nodes = twin_new(q.panels * panel, true), sum = twin_new(q.panels * to_panel, false),
         max = twin_new(q.panels * to_panel, false);
    for (int side = 0; side < 2; side++)
        v[side].kernels.aggregate(&(trmi_aggregate) { &r.table,
                                                      q.fields,
                                                      begin,
                                                      end,
                                                      q.panels,
                                                      { nodes.data[side], panel },
                                                      { wanted & 1 ? sum.data[side] : NULL, to_panel },
                                                      { wanted & 2 ? max.data[side] : NULL, to_panel } });
    return (int)twin_same(nodes) & (int)twin_same(sum) & (int)twin_same(max);
}

static bool case_gather_add(const variant *v)
{
    enum { MOST = 40 };
    const question q = question_make();
    const uint32_t count = between(0, next() % 4 == 0 ? MOST : 6), end = between(1, q.nodes),
                   begin = between(0, end - 1);
    const size_t panel = (end - begin + between(0, 2)) * TRMI_PANEL;
    relation r[MOST];
    twin rows[MOST], to = twin_new(q.panels * panel, true);
    size_t term_panel[MOST];
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t level = between(0, 2);
        relation_make(&r[i], level, elements_of(&q, level));
        term_panel[i] = ((size_t)units_of(&q, &r[i].table) * trmi_relation_spread(&r[i].table, q.fields) +
                         between(0, 2)) *
                        TRMI_PANEL;
        rows[i] = twin_new(q.panels * term_panel[i], true);
    }
    for (int side = 0; side < 2; side++) {
        trmi_term terms[MOST];
        for (uint32_t i = 0; i < count; i++) {
            /* rows within a position may begin at that of the first node */
            const uint32_t first =
                r[i].table.level == TRMI_LEVEL_FIELDS && begin < q.answering && i % 2 ? begin / q.fields : 0;
            const size_t skipped = (size_t)first * r[i].table.lists * TRMI_PANEL;
            terms[i] = (trmi_term) { &r[i].table, { rows[i].data[side] + skipped, term_panel[i] }, first };
        }
        v[side].kernels.gather_add(&(trmi_gathering) {
            { to.data[side], panel }, begin, end, q.panels, q.fields, q.answering, terms, count });
    }
    bool same = twin_same(to);
    for (uint32_t i = 0; i < count; i++)
        same &= twin_same(rows[i]);
    return same;
}

#ifdef WITH_GRADIENTS

/* ------------------------------------------------------------------------------------------- backward passes
 */

/* What lies between the panels of an output is nobody's. */
static bool gaps_alive(twin t, uint32_t rows, uint32_t panels, size_t panel)
{
    for (uint32_t p = 0; p + 1 < panels; p++)
        for (size_t i = (size_t)rows * TRMI_PANEL; i < panel; i++)
            if (trmi_bits_of_float(t.data[1][p * panel + i]) != POISON)
                return false;
    return true;
}

static trmi_rows_view written(twin t, int side, size_t panel)
{
    return (trmi_rows_view) { t.data[side], panel };
}

static trmi_rows_read readable(twin t, int side, size_t panel)
{
    return (trmi_rows_read) { t.data[side], panel };
}

/* Rows in panels, or beside each other as scores are. */
static bool case_transpose(const variant *v)
{
    const uint32_t rows = between(1, 70), panels = between(1, 5);
    const bool wide = next() % 2;
    const size_t row = wide ? (panels + between(0, 2)) * TRMI_PANEL : TRMI_PANEL;
    const size_t panel = wide ? TRMI_PANEL : (rows + between(0, 2)) * TRMI_PANEL;
    const size_t blocks = (rows + TRMI_PANEL - 1) / TRMI_PANEL;
    twin to = twin_new(blocks * panels * TRMI_PANEL * TRMI_PANEL, false),
         from = twin_new((panels - 1) * panel + (rows - 1) * row + TRMI_PANEL, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.transpose(to.data[side], readable(from, side, panel), row, rows, panels);
    bool zero = true; /* the lanes beyond the last row */
    for (size_t i = 0; i < panels * TRMI_PANEL * TRMI_PANEL; i++)
        if ((blocks - 1) * TRMI_PANEL + i % TRMI_PANEL >= rows)
            zero &= to.data[1][(blocks - 1) * panels * TRMI_PANEL * TRMI_PANEL + i] == 0.0f;
    return (int)zero & (int)twin_same(to) & (int)twin_same(from);
}

static bool case_accumulate(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin to = twin_new(count, true), a = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.accumulate(to.data[side], a.data[side], count);
    return (int)twin_same(to) & (int)twin_same(a);
}

static bool case_gate_plain_back(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin gate_to = twin_new(count, false), up_to = twin_new(count, false), from = twin_new(count, true),
         gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gate_plain(gate_to.data[side], up_to.data[side], from.data[side], gate.data[side],
                                     up.data[side], count);
    return (int)twin_same(gate_to) & (int)twin_same(up_to) & (int)twin_same(from) & (int)twin_same(gate) &
           (int)twin_same(up);
}

static bool case_gate_normed_columns_back(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL, count = panels * panel;
    twin gate_to = twin_new(count, false), up_to = twin_new(count, false), from = twin_new(count, true),
         gate = twin_new(count, true), up = twin_new(count, true);
    zero_spare_lanes(from, rows, width, panel);
    zero_spare_lanes(gate, rows, width, panel);
    zero_spare_lanes(up, rows, width, panel);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gate_normed_columns(written(gate_to, side, panel), written(up_to, side, panel),
                                              readable(from, side, panel), readable(gate, side, panel),
                                              readable(up, side, panel), rows, width, 1e-5f);
    const bool alive = gaps_alive(gate_to, rows, panels, panel) && gaps_alive(up_to, rows, panels, panel);
    return alive & (int)twin_same(gate_to) & (int)twin_same(up_to) & (int)twin_same(from) &
           (int)twin_same(gate) & (int)twin_same(up);
}

static bool case_gate_normed_rows_back(const variant *v)
{
    const uint32_t rows = between(1, 100);
    const size_t count = (size_t)rows * TRMI_PANEL;
    twin gate_to = twin_new(count, false), up_to = twin_new(count, false), from = twin_new(count, true),
         gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gate_normed_rows(gate_to.data[side], up_to.data[side], from.data[side],
                                           gate.data[side], up.data[side], rows, 1e-5f);
    return (int)twin_same(gate_to) & (int)twin_same(up_to) & (int)twin_same(from) & (int)twin_same(gate) &
           (int)twin_same(up);
}

static bool case_norm_columns_back(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL, count = panels * panel;
    twin to = twin_new(count, false), from = twin_new(count, true), y = twin_new(count, true),
         a = twin_new(count, true), b = twin_new(count, true);
    zero_spare_lanes(from, rows, width, panel);
    zero_spare_lanes(y, rows, width, panel);
    zero_spare_lanes(a, rows, width, panel);
    zero_spare_lanes(b, rows, width, panel);
    for (int side = 0; side < 2; side++)
        v[side].gradients.norm_columns(written(to, side, panel), readable(from, side, panel),
                                       readable(y, side, panel), readable(a, side, panel),
                                       readable(b, side, panel), rows, width, 1e-5f);
    return gaps_alive(to, rows, panels, panel) & (int)twin_same(to) & (int)twin_same(from) &
           (int)twin_same(y) & (int)twin_same(a) & (int)twin_same(b);
}

static bool case_norm_rows_back(const variant *v)
{
    const uint32_t rows = between(1, 100);
    const size_t count = (size_t)rows * TRMI_PANEL;
    twin to = twin_new(count, false), from = twin_new(count, true), y = twin_new(count, true),
         a = twin_new(count, true), b = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.norm_rows(to.data[side], from.data[side], y.data[side], a.data[side], b.data[side],
                                    rows, 1e-5f);
    return (int)twin_same(to) & (int)twin_same(from) & (int)twin_same(y) & (int)twin_same(a) &
           (int)twin_same(b);
}

static bool case_softmax_back(const variant *v)
{
    const uint32_t rows = between(1, 9), count = between(1, 70);
    const size_t stride = (count + TRMI_PANEL - 1) / TRMI_PANEL * TRMI_PANEL;
    twin gradient = twin_new(rows * stride, true), p = twin_new(rows * stride, true);
    for (uint32_t row = 0; row < rows; row++) /* there is nothing beyond count */
        for (size_t j = count; j < stride; j++)
            p.data[0][row * stride + j] = p.data[1][row * stride + j] = 0.0f;
    for (int side = 0; side < 2; side++)
        v[side].gradients.softmax(gradient.data[side], p.data[side], stride, rows, 0.25f);
    return (int)twin_same(gradient) & (int)twin_same(p);
}

static bool case_aggregate_back(const variant *v)
{
    const question q = question_make();
    const uint32_t level = between(0, 2), wanted = between(1, 3);
    relation r;
    relation_make(&r, level, elements_of(&q, level));
    const uint32_t end = between(1, units_of(&q, &r.table)), begin = between(0, end - 1);
    const size_t rows = (size_t)(end - begin) * trmi_relation_spread(&r.table, q.fields);
    const size_t panel = (q.nodes + between(0, 2)) * TRMI_PANEL,
                 list_panel = (rows + between(0, 2)) * TRMI_PANEL;
    const bool sums = wanted & 1, maxima = wanted & 2;
    twin nodes = twin_new(q.panels * panel, true), most = twin_new(q.panels * list_panel, false),
         sum = twin_new(q.panels * list_panel, true), max = twin_new(q.panels * list_panel, true),
         to = twin_new(q.panels * panel, true);
    for (size_t i = 0; i < q.panels * panel; i++) /* so that several reach the maximum */
        nodes.data[0][i] = nodes.data[1][i] = (float)(int)(2.0f * nodes.data[0][i]);
    for (int side = 0; side < 2; side++) {
        const trmi_aggregate forward = {
            &r.table,    q.fields,
            begin,       end,
            q.panels,    readable(nodes, side, panel),
            { NULL, 0 }, written(most, side, list_panel),
        };
        v[0].kernels.aggregate(&forward);
        v[side].gradients.aggregate(&(trmi_aggregate_gradient) {
            forward,
            { sums ? sum.data[side] : NULL, list_panel },
            { maxima ? max.data[side] : NULL, list_panel },
            written(to, side, panel),
        });
    }
    return (int)twin_same(nodes) & (int)twin_same(most) & (int)twin_same(sum) & (int)twin_same(max) &
           (int)twin_same(to);
}

static bool case_gather_add_back(const variant *v)
{
    const question q = question_make();
    const uint32_t level = between(0, 2);
    relation r;
    relation_make(&r, level, elements_of(&q, level));
    const size_t rows = trmi_relation_rows(&r.table, q.fields, q.positions);
    const size_t panel = (q.nodes + between(0, 2)) * TRMI_PANEL,
                 list_panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin from = twin_new(q.panels * panel, true), to = twin_new(q.panels * list_panel, false);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gather_add(&(trmi_gathering_gradient) { &r.table, q.nodes, q.panels, q.fields,
                                                                  q.answering, readable(from, side, panel),
                                                                  written(to, side, list_panel) });
    const bool alive = gaps_alive(to, (uint32_t)rows, q.panels, list_panel);
    return (int)alive & (int)twin_same(from) & (int)twin_same(to);
}

static bool case_halting_back(const variant *v)
{
    const uint32_t count = between(1, 90);
    twin to = twin_new(count, true), logits = twin_new(count, true);
    for (int side = 0; side < 2; side++) {
        v[side].gradients.halt_softmin(to.data[side], logits.data[side], count, -3.0f, 0.7f);
        v[side].gradients.halt_product(to.data[side], logits.data[side], count, -1.3f);
    }
    return (int)twin_same(to) & (int)twin_same(logits);
}

/* Nanoseconds a number of each backward pass, in order; 64 columns where that matters. */
static void bench_gradients(const trmi_gradients *g)
{
    enum { COUNT = 4096, TIMES = 2000, ROWS = COUNT / 64, KINDS = 8 };
    twin t[6];
    float *x[6];
    for (int i = 0; i < 6; i++) {
        t[i] = twin_new(COUNT, true);
        x[i] = t[i].data[1];
    }
    const size_t panel = COUNT / 4;
    const trmi_rows_view to = { x[0], panel }, up_to = { x[1], panel };
    const trmi_rows_read from = { x[2], panel }, a = { x[3], panel }, b = { x[4], panel };
    uint64_t time[KINDS] = { 0 };
    for (int i = 0; i < TIMES; i++) {
        uint64_t at[KINDS + 1] = { trmi_clock() };
        g->transpose(x[0], from, TRMI_PANEL, ROWS, 4);
        at[1] = trmi_clock();
        g->accumulate(x[5], x[2], COUNT);
        at[2] = trmi_clock();
        g->gate_plain(x[0], x[1], x[2], x[3], x[4], COUNT);
        at[3] = trmi_clock();
        g->gate_normed_columns(to, up_to, from, a, b, ROWS, 64, 1e-5f);
        at[4] = trmi_clock();
        g->gate_normed_rows(x[0], x[1], x[2], x[3], x[4], COUNT / TRMI_PANEL, 1e-5f);
        at[5] = trmi_clock();
        g->norm_columns(to, from, a, a, b, ROWS, 64, 1e-5f);
        at[6] = trmi_clock();
        g->norm_rows(x[0], x[2], x[3], x[3], x[4], COUNT / TRMI_PANEL, 1e-5f);
        at[7] = trmi_clock();
        g->softmax(x[0], x[3], panel, 4, 0.125f);
        at[8] = trmi_clock();
        for (int kind = 0; kind < KINDS; kind++)
            time[kind] += at[kind + 1] - at[kind];
    }
    static const char *const names[KINDS] = { "transpose",
                                              "accumulate",
                                              "gate_plain back",
                                              "gate_normed_columns back",
                                              "gate_normed_rows back",
                                              "norm_columns back",
                                              "norm_rows back",
                                              "softmax back" };
    for (int i = 0; i < KINDS; i++)
        printf("%-7s %-25s %6.3f ns a number\n", g->name, names[i], (double)time[i] / TIMES / COUNT);
    for (int i = 0; i < 6; i++)
        (void)twin_same(t[i]);
}

#endif

/* ------------------------------------------------------------------------------------------- all cases */

static const struct {
    const char *name;
    kernel_case *run;
    bool overflows; /* what is infinite or no number has to stay one of the two, alike in all variants */
} cases[] = {
    { "product", case_product, true },
    { "quantised_product", case_quantised_product, true },
    { "quantise_rows", case_quantise_rows, true },
    { "quantise_lanes", case_quantise_lanes, true },
    { "add", case_add, true },
    { "gate_plain", case_gate_plain, true },
    { "gate_normed", case_gate_normed, true },
    { "norm_columns", case_norm_columns, true },
    { "norm_rows", case_norm_rows, true },
    { "softmax", case_softmax, true },
    { "scale_rows", case_scale_rows, true },
    { "rotate", case_rotate, true },
    { "aggregate", case_aggregate, true },
    { "gather_add", case_gather_add, true },
#ifdef WITH_GRADIENTS
    { "transpose", case_transpose, false },
    { "accumulate", case_accumulate, false },
    { "gate_plain back", case_gate_plain_back, false },
    { "gate_normed_columns back", case_gate_normed_columns_back, false },
    { "gate_normed_rows back", case_gate_normed_rows_back, false },
    { "norm_columns back", case_norm_columns_back, false },
    { "norm_rows back", case_norm_rows_back, false },
    { "softmax back", case_softmax_back, false },
    { "aggregate back", case_aggregate_back, false },
    { "gather_add back", case_gather_add_back, false },
    { "halting back", case_halting_back, false },
#endif
};

/* ------------------------------------------------------------------------------------------- checking */

static sigjmp_buf illegal;

static void on_illegal(int number_of_signal)
{
    siglongjmp(illegal, number_of_signal);
}

/* `rounds` random cases; says which round and seed failed. */
static bool check(const variant *pair, size_t index, uint64_t seed, uint32_t rounds)
{
    if (sigsetjmp(illegal, 1) != 0) {
        printf("not ok %s %s: illegal instruction\n", pair[1].kernels.name, cases[index].name);
        return false;
    }
    for (uint32_t round = 0; round < rounds; round++) {
        overflowing = round % 4 == 3 && cases[index].overflows;
        state = seed + index * 1000003 + round;
        if (!cases[index].run(pair)) {
            printf("not ok %s %s: differs from the reference in round %" PRIu32 " (--seed %" PRIu64 ")\n",
                   pair[1].kernels.name, cases[index].name, round, seed);
            return false;
        }
    }
    printf("ok %s %s: %" PRIu32 " cases\n", pair[1].kernels.name, cases[index].name, rounds);
    return true;
}

/* ------------------------------------------------------------------------------------------- timing */

/* The products of a supervision step at the paper's size, and of Maze-Hard's attention. */
static const struct {
    const char *what;
    uint32_t rows, depth, panels;
    bool plain;
} shapes[] = {
    { "channels gate-up", 49, 512, 192, false },
    { "channels down", 49, 1536, 32, false },
    { "tokens gate-up", 1024, 97, 4, true },
    { "tokens down", 97, 512, 4, true },
    { "scores", 62, 64, 58, false },
    { "values", 62, 916, 4, true },
};

static double seconds_of_product(const trmi_kernels *k, const trmi_product *p, uint32_t times)
{
    const uint64_t begin = trmi_clock();
    for (uint32_t i = 0; i < times; i++)
        k->product(p);
    return (double)(trmi_clock() - begin) * 1e-9;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { REPETITIONS = 11 };

static double greater(double a, double b)
{
    return a > b ? a : b;
}

/* The best of short runs, which fit between two interruptions: 1e9 operations a second. */
static double rate_of_peak(const trmi_kernels *k, bool integers)
{
    float sum = 0.0f;
    int32_t integer_sum = 0;
    double best = 0.0;
    for (int i = 0; i < 10; i++) {
        const uint64_t begin = trmi_clock(),
                       done = integers ? k->quantised_peak(20000, &integer_sum) : k->peak(20000, &sum);
        best = greater(best, (double)done / (double)(trmi_clock() - begin));
    }
    return best;
}

static void bench_shape(const trmi_kernels *k, size_t index)
{
    const uint32_t rows = shapes[index].rows, depth = shapes[index].depth, panels = shapes[index].panels;
    const double operations = 2.0 * rows * depth * panels * TRMI_PANEL;
    const uint32_t times = (uint32_t)(5e8 / operations) + 1;
    twin a = twin_new((size_t)rows * (depth + TRMI_PANEL), true),
         b = twin_new((size_t)depth * panels * TRMI_PANEL, true);
    twin c = twin_new((size_t)rows * panels * TRMI_PANEL, false);
    const trmi_product p = { rows,
                             depth,
                             panels,
                             a.data[1],
                             shapes[index].plain ? depth : TRMI_PANEL,
                             shapes[index].plain ? TRMI_PANEL : (size_t)rows * TRMI_PANEL,
                             b.data[1],
                             (size_t)depth * TRMI_PANEL,
                             c.data[1],
                             TRMI_PANEL,
                             (size_t)rows * TRMI_PANEL,
                             false,
                             shapes[index].plain };
    double rate[REPETITIONS], peak = 0.0;
    for (int i = 0; i < REPETITIONS; i++) {
        rate[i] = operations * times / seconds_of_product(k, &p, times) * 1e-9;
        peak = greater(peak, rate_of_peak(k, false));
    }
    qsort(rate, REPETITIONS, sizeof *rate, ascending);
    printf("%-7s %-17s %4" PRIu32 " x %4" PRIu32 " x %4" PRIu32 "  %6.1f GFLOP/s  %5.1f %% of the peak\n",
           k->name, shapes[index].what, rows, depth, panels * TRMI_PANEL, rate[REPETITIONS / 2],
           100.0 * rate[REPETITIONS / 2] / peak);
    (void)twin_same(a);
    (void)twin_same(b);
    (void)twin_same(c);
}

/* The same shapes with 8-bit integers, against the rate of their multiply-adds. */
static void bench_quantised(const trmi_kernels *k, size_t index)
{
    const uint32_t rows = shapes[index].rows, panels = shapes[index].panels,
                   depth = (shapes[index].depth + TRMI_QUAD - 1) / TRMI_QUAD * TRMI_QUAD;
    const double operations = 2.0 * rows * depth * panels * TRMI_PANEL;
    const uint32_t times = (uint32_t)(1e9 / operations) + 1;
    twin a = codes_new((size_t)rows * depth), b = codes_new((size_t)depth * panels * TRMI_PANEL),
         a_scale = twin_new(rows, true), b_scale = twin_new((size_t)panels * TRMI_PANEL, true),
         c = twin_new((size_t)rows * panels * TRMI_PANEL, false),
         starts = twin_new(rows + (size_t)panels * TRMI_PANEL, false);
    const trmi_quantised_product p = { rows,
                                       depth,
                                       panels,
                                       (const int8_t *)a.data[1],
                                       depth,
                                       a_scale.data[1],
                                       (const int8_t *)b.data[1],
                                       (size_t)depth * TRMI_PANEL,
                                       b_scale.data[1],
                                       TRMI_PANEL,
                                       c.data[1],
                                       TRMI_PANEL,
                                       (size_t)rows * TRMI_PANEL,
                                       shapes[index].plain,
                                       (const int32_t *)starts.data[1] };
    double rate[REPETITIONS], peak = 0.0;
    for (int i = 0; i < REPETITIONS; i++) {
        const uint64_t begin = trmi_clock();
        for (uint32_t time = 0; time < times; time++)
            k->quantised_product(&p);
        rate[i] = operations * times / (double)(trmi_clock() - begin);
        peak = greater(peak, rate_of_peak(k, true));
    }
    qsort(rate, REPETITIONS, sizeof *rate, ascending);
    printf("%-7s %-17s %4" PRIu32 " x %4" PRIu32 " x %4" PRIu32
           "  %6.1f GOP/s int8  %5.1f %% of the peak of %.1f\n",
           k->name, shapes[index].what, rows, depth, panels * TRMI_PANEL, rate[REPETITIONS / 2],
           100.0 * rate[REPETITIONS / 2] / peak, peak);
    (void)((int)twin_same(a) & (int)twin_same(b) & (int)twin_same(a_scale) & (int)twin_same(b_scale) &
           (int)twin_same(c) & (int)twin_same(starts));
}

/* Nanoseconds a number of the kernels that work element by element. */
static void bench_elements(const trmi_kernels *k)
{
    enum { COUNT = 4096, TIMES = 2000 };
    twin a = twin_new(COUNT, true), b = twin_new(COUNT, true), c = twin_new(COUNT, true);
    float *x = a.data[1], *y = b.data[1], *z = c.data[1];
    const trmi_rows_view vx = { x, COUNT / 4 }, vy = { y, COUNT / 4 }, vz = { z, COUNT / 4 };
    uint64_t at[6] = { trmi_clock() };
    for (int i = 0; i < TIMES; i++)
        k->gate_plain(z, x, y, COUNT);
    at[1] = trmi_clock();
    for (int i = 0; i < TIMES; i++)
        k->norm_columns(vz, vx, vy, COUNT / 4 / TRMI_PANEL, 64, 1e-5f);
    at[2] = trmi_clock();
    for (int i = 0; i < TIMES; i++)
        k->norm_rows(z, x, y, COUNT / TRMI_PANEL, 1e-5f);
    at[3] = trmi_clock();
    for (int i = 0; i < TIMES; i++)
        k->softmax(z, COUNT / 4, 4, COUNT / 4, 0.125f, x);
    at[4] = trmi_clock();
    static const char *const names[] = { "gate_plain", "norm_columns", "norm_rows", "softmax" };
    for (int i = 0; i < 4; i++)
        printf("%-7s %-17s %6.3f ns a number\n", k->name, names[i],
               (double)(at[i + 1] - at[i]) / TIMES / COUNT);
    (void)twin_same(a);
    (void)twin_same(b);
    (void)twin_same(c);
}

/* ------------------------------------------------------------------------------------------- main */

/* The rows of the list, the reference first; those that this processor lacks are named. */
#define ROW(word, bit, base, numbers, integers, gradients) \
    { #word, TRMI_CPU_##bit, trmi_kernels_##numbers, trmi_quantised_##integers, \
      GRADIENTS(trmi_gradients_##gradients) },
static const struct {
    const char *name;
    uint32_t needed;
    trmi_kernels_fill *numbers, *integers;
    GRADIENTS(trmi_gradients_fill *gradients;)
} known[] = { TRMI_VARIANT_PORTABLE(ROW) TRMI_VARIANTS_HERE(ROW) };
enum { KNOWN = sizeof known / sizeof *known };

static size_t variants(variant v[KNOWN])
{
    size_t count = 0;
    const uint32_t features = trmi_cpu_features();
    for (size_t i = 0; i < KNOWN; i++) {
        if ((features & known[i].needed) != known[i].needed) {
            printf("skip %s: this processor lacks it\n", known[i].name);
            continue;
        }
        known[i].numbers(&v[count].kernels);
        known[i].integers(&v[count].kernels);
        v[count].kernels.name = known[i].name;
        GRADIENTS(known[i].gradients(&v[count].gradients); v[count].gradients.name = known[i].name;)
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    bool bench = false, passed = true;
    uint64_t seed = trmi_clock();
    uint32_t rounds = 300;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--bench") == 0)
            bench = true;
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
            rounds = (uint32_t)strtoul(argv[++i], NULL, 10);
        else
            return fprintf(stderr, "usage: kernels [--bench] [--seed N] [--rounds N]\n"), 2;
    }
    printf("seed %" PRIu64 "\n", seed);
    signal(SIGILL, on_illegal);
    variant all[KNOWN];
    const size_t count = variants(all);
    for (size_t n = 1; n < count; n++) {
        const variant pair[2] = { all[0], all[n] };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            passed &= check(pair, i, seed, rounds);
    }
    aligned = bench;
    for (size_t n = 1; bench && passed && n < count; n++) {
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            bench_shape(&all[n].kernels, i);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            bench_quantised(&all[n].kernels, i);
        bench_elements(&all[n].kernels);
        GRADIENTS(bench_gradients(&all[n].gradients);)
    }
    return passed ? 0 : 1;
}
