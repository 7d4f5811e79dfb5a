/* JSON out of files, which are hostile. */
#ifndef TRMI_INTERCHANGE_JSON_H
#define TRMI_INTERCHANGE_JSON_H

#include <jansson.h>

#include <trm/trm.h>

enum { TRMI_JSON_LEVELS = 32 }; /* of arrays and objects in each other */

/* TRM_ERROR_FORMAT with where the text is no JSON, has a key twice or is too deep; TRM_ERROR_MEMORY. The
 * sentence begins with `what`. */
trm_status trmi_json_read(json_t **json, const char *text, size_t length, const char *what, trm_error *error);

#endif
