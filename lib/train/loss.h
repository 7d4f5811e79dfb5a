/* What is wrong with an answer, and which way would be better. */
#ifndef TRMI_TRAIN_LOSS_H
#define TRMI_TRAIN_LOSS_H

#include "lib/model/config.h"

enum { TRMI_UNLABELLED = -1 }; /* any negative label: the position does not count */

typedef struct trmi_loss {
    double answer;    /* mean cross entropy over the labelled positions */
    double halt;      /* binary cross entropy of the halt logit against `exact` */
    uint32_t right;   /* labelled positions whose likeliest token is the label */
    uint32_t counted; /* labelled positions */
    bool exact;       /* all of them are right */
} trmi_loss;

/* Cross entropy of S x V logits in panels [padded V / 16][rows][16], at distance `panel`, against S labels,
 * with label smoothing in 0..1: the target is 1 - smoothing for the label and smoothing / V for every token.
 * Probabilities as config->likelihood says: softmax, or stablemax (arXiv 2501.04697). Gradient, of the same
 * shape as the logits: of the mean, zero in spare lanes; it may be NULL. */
void trmi_loss_answer(trmi_loss *loss, const trmi_config *config, const float *logits, size_t panel,
                      const int32_t *labels, double smoothing, float *gradient);

/* Binary cross entropy; returns its derivative. */
double trmi_loss_halt(trmi_loss *loss, double logit);

#endif
