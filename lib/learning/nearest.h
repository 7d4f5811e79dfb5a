/* Where several answers are right, the one to learn is the right one that a bounded search finds when it
 * tries what the model itself prefers first: a drawn one would teach an average of them. */
#ifndef TRMI_LEARNING_NEAREST_H
#define TRMI_LEARNING_NEAREST_H

#include "lib/net/question.h"

typedef struct trmi_nearest trmi_nearest;

/* *nearest is NULL for a model whose rules are neither constraints between values nor of shortest ways on
 * graphs. TRM_ERROR_MEMORY. */
trm_status trmi_nearest_create(const trm_model *model, const trm_allocator *allocator, trmi_nearest **nearest,
                               trm_error *error);
void trmi_nearest_free(trmi_nearest *nearest);

/* What a position may be: its values, or every token of a model without values. */
uint32_t trmi_nearest_choices(const trmi_nearest *nearest, const trmi_question *question);

/* Where the search is told what is preferred: a number for each position and choice. NULL for a question that
 * is too large for it. */
float *trmi_nearest_preferences(trmi_nearest *nearest, const trmi_question *question);

/* Whether a bounded search finds another right answer to the question, with its tokens, than `labels`. */
bool trmi_nearest_has_other(trmi_nearest *nearest, const trmi_question *question, const int32_t *labels);

/* Whether a bounded search shows that no answer to the question, with its tokens, is right; true, too, where
 * the question is too large to be searched. */
bool trmi_nearest_has_none(trmi_nearest *nearest, const trmi_question *question);

/* The right answer, S tokens, nearest to the preferences that were told; false when a bounded search found
 * none. */
bool trmi_nearest_find(trmi_nearest *nearest, const trmi_question *question, int32_t *answer);

#endif
