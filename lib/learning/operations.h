/* What a network is made of, each with its backward pass; the results are the bits of lib/net/evaluate.h.
 */
#ifndef TRMI_LEARNING_OPERATIONS_H
#define TRMI_LEARNING_OPERATIONS_H

#include "lib/learning/tape.h"

/* a + (b + c); c may be NULL */
trmi_value *trmi_record_sum(trmi_tape *tape, trmi_value *a, trmi_value *b, trmi_value *c);

/* Every row times the matrix, in panels: rows x outputs. */
trmi_value *trmi_record_channels(trmi_tape *tape, const trmi_matrix *matrix, trmi_value *in);

/* The matrix, in plain rows, times every column: outputs x columns. */
trmi_value *trmi_record_tokens(trmi_tape *tape, const trmi_matrix *matrix, trmi_value *in);

/* The gate of a SwiGLU, plain or normed, from gate and up products: beside each other, each padded to whole
 * panels, `width` columns each; or, over rows, below each other. */
trmi_value *trmi_record_gate_columns(trmi_tape *tape, trmi_value *gate_up, uint32_t width);
trmi_value *trmi_record_gate_rows(trmi_tape *tape, trmi_value *gate_up);

/* r(a + b) */
trmi_value *trmi_record_norm(trmi_tape *tape, trmi_value *a, trmi_value *b, bool over_rows);

/* softmax(q k' / sqrt(D / h)) v of all heads, from queries, keys and values, which are rotated by their
 * positions in place. */
trmi_value *trmi_record_attention(trmi_tape *tape, trmi_value *qkv);

#endif
