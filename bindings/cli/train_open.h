/* Options of trm train that nobody has given: what a description or the data themselves say of a task fills
   them. */
#ifndef TRM_CLI_TRAIN_OPEN_H
#define TRM_CLI_TRAIN_OPEN_H

#include "bindings/cli/train_settings.h"

/* Whether the option of that name was not given. */
bool option_is_open(const char *name);

/* Each sets one unless the option of that name was given; `small` are counts and choices. */
void open_number(const char *name, uint64_t *to, uint64_t value);
void open_small(const char *name, uint32_t *to, uint32_t value);
void open_real(const char *name, double *to, double value);
void open_text(const char *name, const char **to, const char *value);

#endif
