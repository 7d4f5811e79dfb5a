/* The arithmetic of a model: one table of functions, filled once from what the processor offers.
 *
 * Activations lie in panels of 16 columns, [columns / 16][rows][16]: the same memory is the right-hand side
 * of a product that mixes rows (its lanes are the vector) and the left-hand side of one that mixes columns
 * (its lanes are read one by one). Lanes beyond a matrix's width are zero and stay zero. All functions are
 * exact to the bit across instruction sets: a product is one chain of fused multiply-adds over k in order, a
 * sum over columns keeps 16 lanes and folds them i + 8, i + 4, i + 2, i + 1, a sum over rows goes row by row,
 * and nothing else is fused. Products of 8-bit integers are exact, so there any order will do.
 *
 * What is infinite or NaN stays one of the two: no function makes a finite number of it, so that the end of
 * an evaluation shows whether any of its numbers overflowed (lib/solve/step.c). A lane or row does not infect
 * others. doc/numerics.md says why. */
#ifndef TRMI_KERNELS_KERNELS_H
#define TRMI_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/core/variants.h"
#include "lib/kernels/aggregates.h"

enum {
    TRMI_ADDED_DEPTH = 512, /* the most of trmi_product.depth where products are added to something */
    TRMI_QUAD = 4,          /* 8-bit integers that a lane takes at once */
    TRMI_LARGEST_CODE =
        127 /* 8-bit integers are -127 .. 127: a sum of two products of them fits in 16 bits */
};

/* Firmware adds no products to what is there: two ways are more code than one. */
#ifdef TRM_FREESTANDING
enum { TRMI_MAY_ADD = 0 };
#else
enum { TRMI_MAY_ADD = 1 };
#endif

/* C = A B, or C = C + A B, where each chain begins with what C holds.
 *     C(r, p, lane) = sum over k < depth of A(r, k) B(k, p, lane), for r < rows, p < panels, lane < 16
 *     A(r, k)       = a[(k / 16) * a_block + r * a_row + k % 16]   plain rows: a_block 16; panels: a_row 16
 *     B(k, p, lane) = b[p * b_panel + k * 16 + lane]
 *     C(r, p, lane) = c[p * c_panel + r * c_row + lane] */
typedef struct trmi_product {
    uint32_t rows, depth, panels;
    const float *a;
    size_t a_row, a_block;
    const float *b;
    size_t b_panel;
    float *c;
    size_t c_row, c_panel;
    bool accumulate;
    bool add; /* C = C + A B, each chain by itself: depth at most TRMI_ADDED_DEPTH, and accumulate false */
    bool a_is_weight; /* a is the weight, else b: the weight's next part is fetched from memory meanwhile */
} trmi_product;

/* The same of 8-bit integers: C = sums, exact in 32 bits, times the scales of both sides.
 *     C(r, p, lane) = sum over k < depth of A(r, k) B(k, p, lane) * (a_scale[r] * b_scale(p, lane))
 *     A(r, k)       = a[r * a_row + k]
 *     B(k, p, lane) = b[p * b_panel + k / 4 * 64 + lane * 4 + k % 4], b_scale(p, lane) = b_scale[p *
 *     b_scale_panel + lane]
 * depth is a multiple of 4: zeros fill it up. One side is a weight. The codes of the other, activations, are
 * offset by trmi_kernels.code_offset; then sums begin at `starts`, which takes out what that adds to them:
 * one number for each row of the weight in a, or for each lane of that in b, as b_scale has it. */
typedef struct trmi_quantised_product {
    uint32_t rows, depth, panels;
    const int8_t *a;
    size_t a_row;
    const float *a_scale;
    const int8_t *b;
    size_t b_panel;
    const float *b_scale;
    size_t b_scale_panel;
    float *c;
    size_t c_row, c_panel;
    bool a_is_weight;
    const int32_t *starts;
    bool add; /* C = C + that, where trmi_kernels.adds_quantised */
} trmi_quantised_product;

typedef struct trmi_kernels {
    const char *name; /* of the instruction set, as TRM_CPU spells it; set by trmi_kernels_select() */

    uint32_t row_tile; /* rows that go through a gated unit together, so that its hidden layer stays in
                           cache: at most 112, which take 688 KB at the papers' width; processors without
                           AVX-512 often have 512 KB */

    void (*product)(const trmi_product *product);

    /* to[i] = a[i] + b[i];  to[i] = a[i] + (b[i] + c[i]);  count is a multiple of 16 */
    void (*add)(float *to, const float *a, const float *b, size_t count);
    void (*add_three)(float *to, const float *a, const float *b, const float *c, size_t count);

    /* to = silu(gate) * up */
    void (*gate_plain)(float *to, const float *gate, const float *up, size_t count);
    /* to = gate * up,  gate = sigmoid(gate) */
    void (*gate_normed)(float *to, float *gate, const float *up, size_t count);

    /* to = r(a + b) over the first `width` columns of each of `rows` rows; columns beyond are zero */
    void (*norm_columns)(trmi_rows_view to, trmi_rows_view a, trmi_rows_view b, uint32_t rows, uint32_t width,
                         float epsilon);
    /* to = gate * r(to), the same shape */
    void (*norm_columns_gated)(trmi_rows_view to, trmi_rows_view gate, uint32_t rows, uint32_t width,
                               float epsilon);
    /* to = r(a + b) over the rows of one panel, [rows][16], for each lane */
    void (*norm_rows)(float *to, const float *a, const float *b, uint32_t rows, float epsilon);
    /* to = gate * r(to), the same shape */
    void (*norm_rows_gated)(float *to, const float *gate, uint32_t rows, float epsilon);

    /* scores(r, j) = exp(scale (scores(r, j) - max over j)) for j < count, 0 for count <= j < stride;
     * inverse[r] = 1 / their sum, NaN where a score is infinite or NaN. stride is a multiple of 16. */
    void (*softmax)(float *scores, size_t stride, uint32_t rows, uint32_t count, float scale, float *inverse);
    /* rows of a view times factor[row] */
    void (*scale_rows)(trmi_rows_view to, uint32_t panels, uint32_t rows, const float *factor);

    /* Rotates the pairs (i, i + half), i < half, of one head's columns by the angles whose cosines and sines
     * are given, [rows][half]. */
    void (*rotate)(trmi_rows_view head, uint32_t rows, uint32_t half, const float *cosines,
                   const float *sines);

    /* What nodes hear from one another: see aggregates.h. */
    void (*aggregate)(const trmi_aggregate *aggregate);
    void (*gather_add)(const trmi_gathering *gathering);
    void (*gather_gate)(const trmi_gathering *gathering);

    /* added to the codes that quantise_rows and quantise_lanes make: 0, or 128, which makes them unsigned */
    uint8_t code_offset;
    bool adds_quantised; /* quantised_product knows how to add */
    void (*quantised_product)(const trmi_quantised_product *product);
    /* Numbers as 8-bit integers: x is about code * scale, scale = max |x| / 127, code = x / scale rounded to
     * the nearest. Each row of a view has a scale; codes [rows][width rounded up to 16], zeros behind the
     * width */
    void (*quantise_rows)(int8_t *codes, float *scales, trmi_rows_view from, uint32_t rows, uint32_t width);
    /* Each lane of a panel, [rows][16], has a scale; codes [rows / 4, rounded up][16][4], zeros behind the
       rows */
    void (*quantise_lanes)(int8_t *codes, float *scales, const float *from, uint32_t rows);
    /* The same of what stands where a weight does: codes are not offset; `starts` has 16 numbers where
     * code_offset is not 0. */
    void (*quantise_side)(int8_t *codes, float *scales, int32_t *starts, const float *from, uint32_t rows);
    /* Numbers 0 .. 1, a multiple of 16 of them: x is about (code + 127) / 254, code = 254 x - 127 rounded to
     * the nearest */
    void (*quantise_shares)(int8_t *codes, const float *shares, size_t count);

    /* `rounds` rounds of independent multiply-adds on registers; returns how many operations that was. *sink
     * keeps the compiler from leaving them out. */
    uint64_t (*peak)(uint64_t rounds, float *sink);
    /* The same of 8-bit integers. */
    uint64_t (*quantised_peak)(uint64_t rounds, int32_t *sink);
} trmi_kernels;

/* For filling tables: a build without a kind of block leaves out the functions that it alone calls, and one
 * without the measuring of peaks those. A linker drops what nothing names. */
#define TRMI_LEFT_OUT(function) (1 ? NULL : (function))
#ifdef TRM_WITHOUT_ATTENTION
#define TRMI_FOR_ATTENTION TRMI_LEFT_OUT
#else
#define TRMI_FOR_ATTENTION(function) (function)
#endif
#ifdef TRM_WITHOUT_MIXER
#define TRMI_FOR_MIXERS TRMI_LEFT_OUT
#else
#define TRMI_FOR_MIXERS(function) (function)
#endif
#if defined(TRM_WITHOUT_MIXER) && defined(TRM_WITHOUT_ATTENTION)
#define TRMI_FOR_PUBLISHED TRMI_LEFT_OUT
#else
#define TRMI_FOR_PUBLISHED(function) (function)
#endif
#if defined(TRM_WITHOUT_PEAKS) || defined(TRM_FREESTANDING)
#define TRMI_FOR_PEAKS TRMI_LEFT_OUT
#else
#define TRMI_FOR_PEAKS(function) (function)
#endif

/* The best table for this processor and TRM_CPU. */
void trmi_kernels_select(trmi_kernels *kernels);

/* Each fills its part of the table: trmi_kernels_<numbers> all of it but the 8-bit integers, which are
 * trmi_quantised_<integers>'s, as the rows of the list name them. */
typedef void trmi_kernels_fill(trmi_kernels *kernels);
#define DECLARE(word, bit, base, numbers, integers, ...) \
    trmi_kernels_fill trmi_kernels_##numbers, trmi_quantised_##integers;
TRMI_VARIANT_PORTABLE(DECLARE)
TRMI_VARIANTS(DECLARE)
#undef DECLARE

/* The reference's part of what aggregates.h describes. */
trmi_kernels_fill trmi_aggregates_reference;

/* The reference's rotation, for widths that fill no vector. */
void trmi_rotate(trmi_rows_view head, uint32_t rows, uint32_t half, const float *cosines, const float *sines);

#endif
