/* The names of relations that a shape has. */
#ifndef TRMI_TASK_NAMED_RELATIONS_H
#define TRMI_TASK_NAMED_RELATIONS_H

#include "lib/task/relations.h"

/* Whether the name is offset(rows,columns), each from -99 to 99 in the shortest spelling, not both 0. */
bool trmi_named_relation_is_offset(const char *name);

/* Works out the lists of the relation of that name, as trmi_relation_of_shape() does; false when no shape, or
 * not this one, has such a relation of that level. */
bool trmi_named_relation_lay(const char *name, uint32_t level, const trmi_shape *shape, trmi_arena *arena,
                             trmi_relation_table *table);

/* The level of the relation of that name, and whether its lists have at most one number; false when no shape
   has one. */
TRMI_EXPORT bool trmi_named_relation_find(const char *name, uint32_t *level, bool *single);

#endif
