/* What is wrong with an answer, and which way would be better. */
#ifndef TRMI_LEARNING_LOSS_H
#define TRMI_LEARNING_LOSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRMI_UNLABELLED = -1 }; /* any negative label: the position does not count */

/* What an answer came to at a position. */
enum { TRMI_CELL_WRONG, TRMI_CELL_RIGHT, TRMI_CELL_UNCOUNTED };

typedef struct trmi_loss {
    double answer; /* mean cross entropy over the labelled positions */
    double halt;   /* binary cross entropy of the halt logit against `exact` */
    double cells;  /* mean binary cross entropy of the positions' confidences against whether each is right */
    uint32_t right;   /* labelled positions whose likeliest token is the label */
    uint32_t counted; /* labelled positions */
    bool exact;       /* all of them are right */
} trmi_loss;

/* Logits of the tokens that can be answers, as the token head leaves them. The lanes of a position's row, of
 * panels at distance `panel`; or, `by_node`, of a row for each position and token, lane 0. */
typedef struct trmi_choices {
    const float *logits;
    size_t panel;
    uint32_t positions;
    uint32_t first, count; /* tokens */
    bool by_node;
    bool softmax; /* or stablemax (arXiv 2501.04697) */
} trmi_choices;

/* Numbers of the choices and of their gradient, spare lanes too. */
size_t trmi_choices_size(const trmi_choices *choices);

/* Cross entropy against a label for each position, with label smoothing in 0..1: the target is 1 - smoothing
 * for the label and smoothing / count for every choice. A label that is no choice does not count. The
 * gradient is that of the mean, laid out as the logits, with zeros in spare lanes. `cells` receives
 * TRMI_CELL_... of each position. Both may be NULL. */
void trmi_loss_answer(trmi_loss *loss, const trmi_choices *choices, const int32_t *labels, double smoothing,
                      float *gradient, uint8_t *cells);

/* Binary cross entropy; returns its derivative. */
double trmi_loss_halt(trmi_loss *loss, double logit);

/* The same for the confidence, a logit, of each counted position; `slopes` receives the derivatives of the
 * mean, 0 for positions that do not count. */
void trmi_loss_cells(trmi_loss *loss, const float *confidences, const uint8_t *cells, uint32_t positions,
                     float *slopes);

#endif
