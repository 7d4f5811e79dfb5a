/* The backward passes of the kernels that are not products: one table, filled as that of kernels.h is, with
 * the same layouts and the same promise that every variant has the same bits. Every function stores its
 * results and does not add to what is there, unless its comment says so. */
#ifndef TRMI_KERNELS_GRADIENTS_H
#define TRMI_KERNELS_GRADIENTS_H

#include "lib/kernels/kernels.h"
#include "lib/kernels/relation_gradients.h"

/* The gradient of a matrix that multiplies rows: C = C + A' B, a chain over the rows that goes on from
 * what C holds.
 *     C(i, p, lane) = C(i, p, lane) + sum over r < rows of A(r, i) B(r, p, lane), i < inputs, p < panels
 *     C(i, p, lane) = c[p * c_panel + i * 16 + lane] */
typedef struct trmi_outer {
    uint32_t rows, inputs, panels;
    trmi_rows_read a, b;
    float *c;
    size_t c_panel;
} trmi_outer;

/* Of sigmoid(gate) * r(gate * up), r over the first `width` columns of each row. */
typedef struct trmi_gate_gradient {
    trmi_rows_view gate_to, up_to;
    trmi_rows_view hidden; /* receives the value, as the way forward had it; data NULL: not wanted */
    trmi_rows_read from, gate, up;
    uint32_t rows, width;
    float epsilon;
} trmi_gate_gradient;

/* Of y = r(a + b): the gradient of a, which is that of b, from that of y. */
typedef struct trmi_norm_gradient {
    trmi_rows_view to;
    trmi_rows_read from, y, a, b;
    uint32_t rows, width;
    float epsilon;
} trmi_norm_gradient;

typedef struct trmi_gradients {
    const char *name; /* of the instruction set, as TRM_CPU spells it; set by trmi_gradients_select() */

    void (*outer)(const trmi_outer *outer);

    /* Rows become lanes: to(block, column, lane) = row panel * 16 + lane, column of from, whose rows lie at
     * distance `row`; blocks of 16 rows lie at distance 16 * 16 * panels; lanes beyond the rows are zero. */
    void (*transpose)(float *to, trmi_rows_read from, size_t row, uint32_t rows, uint32_t panels);

    /* to[i] += a[i];  count is a multiple of 16 */
    void (*accumulate)(float *to, const float *a, size_t count);

    /* Of silu(gate) * up, with the gradient `from`. */
    void (*gate_plain)(float *gate_to, float *up_to, const float *from, const float *gate, const float *up,
                       size_t count);
    void (*gate_normed_columns)(const trmi_gate_gradient *gradient);
    /* The same with r over the rows of one panel, [rows][16], for each lane. */
    void (*gate_normed_rows)(float *gate_to, float *up_to, const float *from, const float *gate,
                             const float *up, uint32_t rows, float epsilon);

    void (*norm_columns)(const trmi_norm_gradient *gradient);
    /* The same with r over the rows of one panel, [rows][16], for each lane. */
    void (*norm_rows)(float *to, const float *from, const float *y, const float *a, const float *b,
                      uint32_t rows, float epsilon);

    /* Of p = softmax(scale * scores): gradient(r, j) becomes scale p(r, j) (gradient(r, j) - sum over j of
     * p gradient). stride is a multiple of 16, numbers from `count` on are zero in p. */
    void (*softmax)(float *gradient, const float *p, size_t stride, uint32_t rows, float scale);

    /* Of what nodes hear from one another: see relation_gradients.h. Both add. */
    void (*aggregate)(const trmi_aggregate_gradient *gradient);
    void (*gather_add)(const trmi_gathering_gradient *gradient);

    /* Of the halting functions of lib/kernels/halting.h, `slope` times: both add. whole is the function's
       value. */
    void (*halt_softmin)(float *to, const float *logits, uint32_t count, float whole, float slope);
    void (*halt_product)(float *to, const float *logits, uint32_t count, float slope);
} trmi_gradients;

/* The best table for this processor and TRM_CPU. */
void trmi_gradients_select(trmi_gradients *gradients);

/* Each fills the whole table; the rows of the list name them. */
typedef void trmi_gradients_fill(trmi_gradients *gradients);
#define DECLARE(word, bit, base, numbers, integers, gradients) trmi_gradients_fill trmi_gradients_##gradients;
TRMI_VARIANT_PORTABLE(DECLARE)
TRMI_VARIANTS(DECLARE)
#undef DECLARE

#endif
