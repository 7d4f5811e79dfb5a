/* What a model hears of a puzzle's constraints: relations, and helpers for what is no pair of cells. */
#ifndef TRMI_PUZZLES_CONSTRAINT_LISTS_H
#define TRMI_PUZZLES_CONSTRAINT_LISTS_H

#include "lib/puzzles/constraint_helpers.h"

/* Relations point into the memory beside them. */
typedef struct trmi_constraint_lists {
    trm_allocator allocator;
    uint32_t relation_count;
    trm_relation relations[TRMI_RELATIONS];
    char names[TRMI_RELATIONS][TRMI_RELATION_NAME_BYTES];
    uint32_t *memory[TRMI_RELATIONS];
    trmi_constraint_helpers helpers;
} trmi_constraint_lists;

/* Fills lists that have only an allocator, in the order in which a model hears them. TRM_ERROR_MEMORY,
 * TRM_ERROR_PUZZLE as trmi_constraint_helpers_make(). Clear them in either case before they are used
 * again or released. */
trm_status trmi_constraint_lists_make(trmi_constraint_lists *lists, const trmi_description *description,
                                      const trmi_constraints *constraints, trm_error *error);
void trmi_constraint_lists_clear(trmi_constraint_lists *lists);

#endif
