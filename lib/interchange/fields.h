/* Fields of a JSON configuration, on their way into a trmi_config. */
#ifndef TRMI_INTERCHANGE_FIELDS_H
#define TRMI_INTERCHANGE_FIELDS_H

#include "lib/interchange/safetensors.h"
#include "lib/model/config.h"

typedef struct trmi_fields {
    const json_t *outer, *inner; /* the object and its "arch", which is the object itself when it has none */
    const trmi_safetensors *file;
    trmi_config *config;
    trm_error *error;
} trmi_fields;

/* NULL when there is none. */
const json_t *trmi_field(const trmi_fields *fields, const char *name);

/* Optional: `value` keeps what it has when there is no such field. */
trm_status trmi_field_integer(const trmi_fields *fields, const char *name, uint32_t *value);
trm_status trmi_field_real(const trmi_fields *fields, const char *name, double *value);

trm_status trmi_field_required(const trmi_fields *fields, const char *name, uint32_t *value);

/* A field that repeats what the tensors tell. */
trm_status trmi_field_agrees(const trmi_fields *fields, const char *name, uint32_t told);

/* A word out of a list that ends with NULL; the values are first, first + 1, ... `expected` is the list in
   words. */
trm_status trmi_field_word(const trmi_fields *fields, const char *name, const char *const *words,
                           const char *expected, uint32_t first, uint32_t *value);

#endif
