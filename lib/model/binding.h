/* The weights of an opened container, where the model wants them. */
#ifndef TRMI_MODEL_BINDING_H
#define TRMI_MODEL_BINDING_H

#include "lib/model/model.h"

/* Where the address of a tensor goes that is no block's matrix. */
const float **trmi_plain_tensor(trm_model *model, trmi_role role);

/* Blocks and their matrices, which are one array. */
trmi_network trmi_network_layout(uint32_t blocks, uint32_t slots, trmi_arena *arena);

/* Refuses tables of a kind, of `bytes` bytes, that are larger than anything that deflate could have packed
   into the file: a small file shall not ask for much memory. */
trm_status trmi_tables_check(const trmi_kind *kind, uint64_t bytes, uint64_t file_bytes, trm_error *error);

/* Finds every tensor that the configuration has, checks it and binds it: raw ones in place where the
 * machine's byte order allows, others expanded. Also makes the tables of its kind. model->memory is
 * allocated; trm_model_close() releases it, also after a failure. With `quantise`, what is not yet 8-bit
 * integers and can be becomes that, in memory. */
trm_status trmi_weights_bind(trm_model *model, bool quantise, trm_error *error);

#endif
