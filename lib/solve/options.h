/* What a caller asked for, checked and complete. */
#ifndef TRMI_SOLVE_OPTIONS_H
#define TRMI_SOLVE_OPTIONS_H

#include "lib/core/export.h"
#include "lib/model/question_shape.h"

typedef struct trmi_solve_settings {
    trm_solve_options options; /* maximum_steps is the model's where the caller gave 0 */
    uint32_t search_steps;     /* maximum_steps as the caller gave it, 0 too */
    trmi_shape shape;          /* the largest that the solver holds */
    trm_executor executor;     /* width 1 and no run: the calling thread */
    trm_allocator allocator;
} trmi_solve_settings;

/* Options may be NULL. */
trm_status trmi_solve_settings_read(trmi_solve_settings *settings, const trm_model *model,
                                    const trm_solve_options *options, trm_error *error);

/* The caller's options, which may be NULL, with room for these questions where they name none. `room` holds
   the shape. */
trm_status trmi_solve_options_complete(trm_solve_options *to, const trm_solve_options *from, trm_shape *room,
                                       const trm_model *model, const trm_questions *questions,
                                       const trmi_shape *shape, trm_error *error);

/* Copies `from` and checks every question in it against the model. `shape` becomes the one that all have;
 * `most` is how many there may be. */
TRMI_EXPORT trm_status trmi_questions_read(trm_questions *to, trmi_shape *shape, const trm_model *model,
                                           const trm_questions *from, size_t most, trm_error *error);

trm_status trmi_answers_read(trm_answers *to, const trm_answers *from, trm_error *error);

#endif
