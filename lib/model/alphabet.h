/* The characters of a model's tokens. */
#ifndef TRMI_MODEL_ALPHABET_H
#define TRMI_MODEL_ALPHABET_H

#include "lib/model/model.h"

/* Reads and checks the metadata, if it is there: V bytes, 0 for a token without a character, no other byte
 * twice. */
trm_status trmi_alphabet_read(trm_model *model, trm_error *error);

#endif
