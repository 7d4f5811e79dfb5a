/* What nodes hear from one another, on the tape: lib/kernels/aggregates.h and relation_gradients.h say what
   is computed. */
#ifndef TRMI_LEARNING_HEARING_H
#define TRMI_LEARNING_HEARING_H

#include "lib/learning/tape.h"

/* Rows of the lists of a relation, of its sums and of its maxima; NULL where it has none. */
typedef struct trmi_heard {
    trmi_hearing hearing;
    trmi_value *sum, *max;
} trmi_heard;

/* What the lists hear of v. */
trmi_heard trmi_record_aggregate(trmi_tape *tape, trmi_hearing hearing, trmi_value *v, bool sum, bool max);

/* Adds to each node's row those of the lists that it has, of one relation after the other, its sum before its
 * maximum. In place: the result is `own`. */
trmi_value *trmi_record_gather(trmi_tape *tape, trmi_value *own, const trmi_heard *heard, uint32_t count);

#endif
