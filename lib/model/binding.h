/* The weights of an opened container, where the model wants them. */
#ifndef TRMI_MODEL_BINDING_H
#define TRMI_MODEL_BINDING_H

#include "lib/model/model.h"

/* What the file does not hold may cost no more than what deflate could have hidden in it. */
enum { TRMI_MOST_FOR_A_BYTE = 1032 };

/* Finds every tensor that the configuration has, checks it and binds it: raw ones in place where the
 * machine's byte order allows, others expanded. Also makes the rotary tables. model->memory is allocated;
 * trm_model_close() releases it, also after a failure. With `quantise`, what is not yet 8-bit integers and can be becomes
 * that, in memory. */
trm_status trmi_weights_bind(trm_model *model, bool quantise, trm_error *error);

#endif
