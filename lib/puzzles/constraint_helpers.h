/* Nodes that answer nothing, for what is no pair of cells. */
#ifndef TRMI_PUZZLES_CONSTRAINT_HELPERS_H
#define TRMI_PUZZLES_CONSTRAINT_HELPERS_H

#include "lib/puzzles/constraints.h"

enum {
    TRMI_SUM_WAYS = 1024,            /* to fill the cells of one sum */
    TRMI_CONSTRAINT_HELPERS = 16384, /* of a puzzle */
    TRMI_HELPER_NODES = TRMI_CONSTRAINT_HELPERS * 4
};

/* Helper h hears the nodes, cell * values + value, from first[h] to first[h + 1], which ascend. Those of
 * one sum follow one another. */
typedef struct trmi_constraint_helpers {
    uint32_t count, node_count;
    int32_t token[TRMI_CONSTRAINT_HELPERS]; /* 0, or what trmi_clause_token() says */
    uint32_t first[TRMI_CONSTRAINT_HELPERS + 1], nodes[TRMI_HELPER_NODES];
} trmi_constraint_helpers;

/* The token of clauses' helpers: 1 where the task has sums, whose helpers have token 0; else 0. */
static inline int32_t trmi_clause_token(const trmi_description *description)
{
    return trmi_description_brought(description, TRMI_SUM) != NULL ? 1 : 0;
}

/* TRM_ERROR_PUZZLE for a sum that no values have, or one with too many ways. */
trm_status trmi_constraint_helpers_make(trmi_constraint_helpers *helpers, const trmi_description *description,
                                        const trmi_constraints *constraints, trm_error *error);

#endif
