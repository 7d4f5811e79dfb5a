/* The names of relations that a shape has. */
#ifndef TRMI_TASK_NAMED_RELATIONS_H
#define TRMI_TASK_NAMED_RELATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/core/export.h"

/* Whether the name is offset(rows,columns), each from -99 to 99 in the shortest spelling, not both 0. */
bool trmi_named_relation_is_offset(const char *name);

/* The level of the relation of that name, and whether its lists have at most one number; false when no shape
   has one. */
TRMI_EXPORT bool trmi_named_relation_find(const char *name, uint32_t *level, bool *single);

#endif
