/* What questions bring along beside their tokens: lists of who hears whom, helpers, real numbers. */
#ifndef TRMI_SOLVE_GIVEN_H
#define TRMI_SOLVE_GIVEN_H

#include "lib/core/memory.h"
#include "lib/net/question.h"
#include "lib/task/shape.h"

/* Whether a model's questions may bring lists: some of its relations have none otherwise. */
bool trmi_given_needed(const trmi_config *config);

/* Checks all of it, for questions of one shape. TRM_ERROR_PUZZLE, TRM_ERROR_ARGUMENT. */
trm_status trmi_given_check(const trm_model *model, const trm_questions *questions, const trmi_shape *shape,
                            trm_error *error);

/* The most entries of all given relations of one of the questions, which have been checked. */
uint64_t trmi_given_heard(const trm_model *model, const trm_questions *questions, const trmi_shape *shape);

/* Room for the lists that one question brings. */
typedef struct trmi_given {
    trmi_relation_table *relations; /* one for each of the model's: the shape's, or the question's own */
    uint32_t *first, *heard;
} trmi_given;

/* Carves it, for `heard` entries and questions up to an extent. */
void trmi_given_layout(trmi_given *given, const trmi_config *config, const trmi_extent *most, uint64_t heard,
                       trmi_arena *arena);

/* Fills given->relations: `shared`, with the lists of question number `index` copied in their places. */
void trmi_given_copy(trmi_given *given, const trm_model *model, const trm_questions *questions, size_t index,
                     const trmi_shape *shape, const trmi_relation_table *shared);

#endif
