/* The backward passes of what nodes hear from one another, and of what their halting logits say of the
   whole. */
#ifndef TRMI_KERNELS_RELATION_GRADIENTS_H
#define TRMI_KERNELS_RELATION_GRADIENTS_H

#include "lib/kernels/aggregates.h"

/* From the gradients of sums and maxima to those of the nodes, which are added to, list by list:
 *     to(j) = (to(j) + sum(list) * trmi_sum_factor(members)) + max(list) where j is the lowest member whose
 *                                                              number is the maximum, for each channel, else
 *                                                              + 0 */
typedef struct trmi_aggregate_gradient {
    trmi_aggregate forward;  /* as it was; its maxima are read, its sums are not */
    trmi_rows_read sum, max; /* gradients, rows as forward's; data NULL where it made none */
    trmi_rows_view to;       /* the nodes' */
} trmi_aggregate_gradient;

/* The way back of a gathering, of one term: what those of the nodes begin .. end that have a list got is
 * added to it, in ascending order. Row 0 of `from` is node `begin`, row 0 of `to` the first list.
 *     to(list) = to(list) + from(node) + from(node') + ... */
typedef struct trmi_gathering_gradient {
    const trmi_relation_table *relation;
    uint32_t begin, end, panels;
    uint32_t fields, answering; /* as in trmi_gathering; answering is a multiple of fields */
    trmi_rows_read from;
    trmi_rows_view to;
} trmi_gathering_gradient;

/* Helpers, the nodes behind it, have no lists of positions and fields. */
static inline uint32_t trmi_returning_end(const trmi_gathering_gradient *g)
{
    return g->relation->level == TRMI_LEVEL_NODES || g->end < g->answering ? g->end : g->answering;
}

static inline uint32_t trmi_relation_units(const trmi_relation_table *relation, uint32_t positions)
{
    assert(positions > 0);
    return relation->level == TRMI_LEVEL_FIELDS ? positions : relation->lists;
}

/* Rows of all units. */
static inline size_t trmi_relation_rows(const trmi_relation_table *relation, uint32_t fields,
                                        uint32_t positions)
{
    return (size_t)trmi_relation_units(relation, positions) * trmi_relation_spread(relation, fields);
}

#endif
