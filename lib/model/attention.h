/* Multi-head attention, not causal, in two phases: rows are projected; then each row looks at all of them. */
#ifndef TRMI_MODEL_ATTENTION_H
#define TRMI_MODEL_ATTENTION_H

#include "lib/model/evaluate.h"

/* Queries, keys and values of rows begin .. end of activations->v. */
void trmi_attention_project(const trm_model *model, const trmi_block_weights *weights,
                            trmi_activations *activations, trmi_range rows, trmi_scratch *scratch);

/* out[D / 16][rows][16] = O softmax(q k / sqrt(D / h)) v for the rows of the range, at most TRMI_ROW_BLOCK.
 */
void trmi_attention_mix(const trm_model *model, const trmi_block_weights *weights,
                        const trmi_activations *activations, trmi_range rows, float *out,
                        trmi_scratch *scratch);

#endif
