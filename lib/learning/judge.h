/* What both heads say of the last state, how wrong it is, and which way would be better. */
#ifndef TRMI_LEARNING_JUDGE_H
#define TRMI_LEARNING_JUDGE_H

#include "lib/learning/loss.h"
#include "lib/learning/parameters.h"
#include "lib/net/question.h"

typedef struct trmi_judge {
    const trm_model *model;
    const trmi_parameters *parameters;
    const trmi_question *question;
    const int32_t *labels; /* S, negative: not counted */
    double smoothing, halt_weight, cell_weight;
    float *sums; /* gradients are added here; NULL: none */
} trmi_judge;

/* Logits of tokens and of halting, each in panels of outputs. */
typedef struct trmi_heads {
    trmi_value *tokens, *halt;
} trmi_heads;

/* Records both heads' products. */
trmi_heads trmi_record_heads(trmi_tape *tape, const trmi_parameters *parameters,
                             const trmi_question *question, trmi_value *y);

/* Adds the biases; the losses, and where gradients are wanted, those of the heads' products and of their
 * biases. Returns the halt logit. */
float trmi_judge_heads(const trmi_judge *judge, trmi_tape *tape, const trmi_heads *heads, trmi_loss *loss);

/* What these logits prefer: a number for each position and value, or token where there are no values. */
void trmi_judge_prefer(const trm_model *model, const trmi_question *question, const trmi_value *logits,
                       float *preferences);

#endif
