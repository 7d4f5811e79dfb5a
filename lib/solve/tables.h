/* A model's relations worked out for a shape: what lib/net reads, from what lib/task knows. */
#ifndef TRMI_SOLVE_TABLES_H
#define TRMI_SOLVE_TABLES_H

#include "lib/net/question.h"
#include "lib/task/shape.h"

/* Carves the lists of the model's relations for the shape, which has been checked, and says how large a
 * question of it is. Tables of source question stay without lists. `relations`, one for each of the model's,
 * may be NULL where the arena only measures. TRM_ERROR_ARGUMENT when the shape cannot have one of the
 * relations, TRM_ERROR_FORMAT when the model's file does not fit it. */
TRMI_EXPORT trm_status trmi_tables_lay(const trm_model *model, const trmi_shape *shape, trmi_arena *arena,
                                       trmi_relation_table *relations, trmi_extent *extent, trm_error *error);

#endif
