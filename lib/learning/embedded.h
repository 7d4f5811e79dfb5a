/* The way back through a question's x = sqrt(D) (...): what its rows were made of gets their gradients. */
#ifndef TRMI_LEARNING_EMBEDDED_H
#define TRMI_LEARNING_EMBEDDED_H

#include "lib/learning/parameters.h"
#include "lib/net/question.h"

typedef struct trmi_embedded {
    const trmi_parameters *parameters;
    const trmi_question *question;
    const trmi_value *x;    /* its gradient is complete */
    float *sums;            /* gradients are added here */
    float *puzzle_gradient; /* of the puzzle's row, stored and not added to; NULL without a table */
} trmi_embedded;

/* Where the gradients of a parameter are added up. */
static inline float *trmi_embedded_sums(const trmi_embedded *e, trmi_role role)
{
    return e->sums + e->parameters->role[role]->sums;
}

/* to[d] += factor times row n of x's gradient, d < width */
void trmi_embedded_row(const trmi_embedded *e, uint32_t n, uint32_t width, float factor, float *to);

/* Of mixers and attention: prefix, tokens, learned positions. */
void trmi_embedded_published(const trmi_embedded *e);

#endif
