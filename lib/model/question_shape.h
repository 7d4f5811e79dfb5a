/* The shapes of questions that a model takes. */
#ifndef TRMI_MODEL_QUESTION_SHAPE_H
#define TRMI_MODEL_QUESTION_SHAPE_H

#include "lib/model/model.h"
#include "lib/task/shape.h"

/* What a caller asks for, with the model's own (model->task.shape) where a field is 0; `given` may be NULL.
 * `what` names the struct in sentences. TRM_ERROR_PUZZLE when the model does not take it. */
trm_status trmi_question_shape_read(trmi_shape *to, const trm_model *model, const trm_shape *given,
                                    const char *what, trm_error *error);

#endif
