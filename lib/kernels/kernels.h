/* The arithmetic of a model: one table of functions, filled once from what the processor offers.
 *
 * Activations lie in panels of 16 columns, [columns / 16][rows][16]: the same memory is the right-hand side
 * of a product that mixes rows (its lanes are the vector) and the left-hand side of one that mixes columns
 * (its lanes are read one by one). Lanes beyond a matrix's width are zero and stay zero. All functions are
 * exact to the bit across instruction sets: a product is one chain of fused multiply-adds over k in order, a
 * sum over columns keeps 16 lanes and folds them i + 8, i + 4, i + 2, i + 1, a sum over rows goes row by row,
 * and nothing else is fused. Products of 8-bit integers are exact, so there any order will do.
 * doc/numerics.md says why. */
#ifndef TRMI_KERNELS_KERNELS_H
#define TRMI_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TRMI_PANEL = 16,
    TRMI_QUAD = 4, /* 8-bit integers that a lane takes at once */
    TRMI_LARGEST_CODE =
        127 /* 8-bit integers are -127 .. 127: a sum of two products of them fits in 16 bits */
};

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
} trmi_product;

/* The same of 8-bit integers: C = sums, exact in 32 bits, times the scales of both sides.
 *     C(r, p, lane) = sum over k < depth of A(r, k) B(k, p, lane) * (a_scale[r] * b_scale(p, lane))
 *     A(r, k)       = a[r * a_row + k]
 *     B(k, p, lane) = b[p * b_panel + k / 4 * 64 + lane * 4 + k % 4], b_scale(p, lane) = b_scale[p * b_scale_panel + lane]
 * depth is a multiple of 4: zeros fill it up. */
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
} trmi_quantised_product;

/* Some rows of an activation: `panel` is the distance between panels. */
typedef struct trmi_rows_view {
    float *data;
    size_t panel;
} trmi_rows_view;

typedef struct trmi_kernels {
    const char *name; /* of the instruction set, as TRM_CPU spells it */

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
     * inverse[r] = 1 / their sum. stride is a multiple of 16. */
    void (*softmax)(float *scores, size_t stride, uint32_t rows, uint32_t count, float scale, float *inverse);
    /* rows of a view times factor[row] */
    void (*scale_rows)(trmi_rows_view to, uint32_t panels, uint32_t rows, const float *factor);

    /* Turns the pairs (i, i + half), i < half, of one head's columns by the angles whose cosines and sines
     * are given, [rows][half]. */
    void (*rotate)(trmi_rows_view head, uint32_t rows, uint32_t half, const float *cosines,
                   const float *sines);

    void (*quantised_product)(const trmi_quantised_product *product);
    /* Numbers as 8-bit integers: x is about code * scale, scale = max |x| / 127, code = x / scale rounded to the
     * nearest. Each row of a view has a scale; codes [rows][width rounded up to 16], zeros behind the width */
    void (*quantise_rows)(int8_t *codes, float *scales, trmi_rows_view from, uint32_t rows, uint32_t width);
    /* Each lane of a panel, [rows][16], has a scale; codes [rows / 4, rounded up][16][4], zeros behind the rows */
    void (*quantise_lanes)(int8_t *codes, float *scales, const float *from, uint32_t rows);

    /* `rounds` rounds of independent multiply-adds on registers; returns how many operations that was. *sink
     * keeps the compiler honest. */
    uint64_t (*peak)(uint64_t rounds, float *sink);
    /* The same of 8-bit integers. */
    uint64_t (*quantised_peak)(uint64_t rounds, int32_t *sink);
} trmi_kernels;

/* The best table for this processor and TRM_CPU. */
void trmi_kernels_select(trmi_kernels *kernels);

/* Each fills its part of the table; the later ones replace what they can do better. */
void trmi_kernels_reference(trmi_kernels *kernels);
void trmi_kernels_avx2(trmi_kernels *kernels);
void trmi_kernels_avx512(trmi_kernels *kernels);
void trmi_kernels_neon(trmi_kernels *kernels);

/* The part of 8-bit integers. */
void trmi_quantised_reference(trmi_kernels *kernels);
void trmi_quantised_avx2(trmi_kernels *kernels);
void trmi_quantised_avxvnni(trmi_kernels *kernels);
void trmi_quantised_avx512vnni(trmi_kernels *kernels);
void trmi_quantised_neon(trmi_kernels *kernels);
void trmi_quantised_dotprod(trmi_kernels *kernels);
void trmi_quantised_i8mm(trmi_kernels *kernels);

/* The reference's rotation, for widths that fill no vector. */
void trmi_rotate(trmi_rows_view head, uint32_t rows, uint32_t half, const float *cosines, const float *sines);

#endif
