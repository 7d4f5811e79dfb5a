/* What nodes hear from one another: the sum and the maximum of each list of a relation, and the way back,
 * where what was made of each list is added to the nodes that have it. */
#ifndef TRMI_KERNELS_AGGREGATES_H
#define TRMI_KERNELS_AGGREGATES_H

#include <math.h>
#include <stdbool.h>

#include "lib/core/bytes.h"
#include "lib/kernels/relation.h"
#include "lib/kernels/rows.h"

enum { TRMI_TERMS_AT_ONCE = 16 }; /* terms whose places a gathering keeps at a time */

/* Sum and maximum of the lists of units begin .. end, for each channel; zeros for an empty list.
 *     sum(list) = (0 + v(j) + v(j') + ... over its members in ascending order) * trmi_sum_factor(members)
 *     max(list) = the largest, the earlier member's where they are equal, + 0 * (0 + v(j) + v(j') + ...),
 *                 which is 0, or NaN where a member overflowed, so that this is not lost
 * Row 0 of what is written is the first of unit `begin`. */
typedef struct trmi_aggregate {
    const trmi_relation_table *relation;
    uint32_t fields; /* of a position; 1 without */
    uint32_t begin, end, panels;
    trmi_rows_read nodes;
    trmi_rows_view sum, max; /* data NULL where it is not wanted */
} trmi_aggregate;

/* Rows that belong to the lists of a relation; row 0 is the first of unit `first`. */
typedef struct trmi_term {
    const trmi_relation_table *relation;
    trmi_rows_read rows;
    uint32_t first;
} trmi_term;

/* Nodes begin .. end, of which row 0 is the first: to(node) = ((to(node) + term 0) + term 1) + ..., each
 * term's row being that of the list that the node has. Helpers, the nodes from `answering` on, have no lists
 * of positions and fields: such terms are left out.
 *     gather_gate: at most TRMI_TERMS_AT_ONCE terms; then, of a first half of the panels, gates, and the
 *                  other half, their ups: up = gate * up, gate = sigmoid(gate) */
typedef struct trmi_gathering {
    trmi_rows_view to;
    uint32_t begin, end, panels;
    uint32_t fields, answering;
    const trmi_term *terms;
    uint32_t count;
} trmi_gathering;

/* The float nearest to 1 / sqrt(members), members up to 2^24, without double precision, which small machines
 * have to emulate: the lowest float for which the middle between it and the next one is not below
 * 1 / sqrt(members). */
static inline float trmi_sum_factor_single(uint32_t members)
{
    assert(members > 0 && members <= 1u << 24);
    enum { MANTISSA = 0x7fffff, LEADING = 0x800000 };
    uint32_t bits = trmi_bits_of_float(1.0f / sqrtf((float)members)) - 2;
    for (;; bits++) {
        const uint64_t middle = (uint64_t)((bits & MANTISSA) | LEADING) * 2 + 1, square = middle * middle;
        const uint64_t low = (square & UINT32_MAX) * members, high = (square >> 32) * members + (low >> 32);
        const uint32_t exponent = 150 - (bits >> 23); /* middle^2 members is compared with 2^(2 exponent +
                                                         2) */
        if (high >= UINT64_C(1) << (2 * exponent + 2 - 32))
            return trmi_float_of_bits(bits);
    }
}

/* The float nearest to 1 / sqrt(members). */
static inline float trmi_sum_factor(uint32_t members)
{
#ifdef TRM_FREESTANDING
    return trmi_sum_factor_single(members);
#else
    return (float)(1.0 / sqrt((double)members));
#endif
}

/* A list of a unit, by its place k among the unit's rows: its members, as node number heard[i] * step +
   base. */
typedef struct trmi_list {
    const uint32_t *heard;
    uint32_t count;
    size_t step, base;
} trmi_list;

static inline trmi_list trmi_list_of_unit(const trmi_aggregate *a, uint32_t unit, uint32_t k)
{
    const trmi_relation_table *relation = a->relation;
    const uint32_t number = relation->level == TRMI_LEVEL_FIELDS ? k : unit;
    assert(unit < a->end && number < relation->lists);
    assert(relation->first[number] <= relation->first[number + 1]);
    trmi_list list = { .heard = relation->heard + relation->first[number],
                       .count = relation->first[number + 1] - relation->first[number],
                       .step = 1 };
    if (relation->level == TRMI_LEVEL_POSITIONS) {
        list.step = a->fields;
        list.base = k;
    } else if (relation->level == TRMI_LEVEL_FIELDS)
        list.base = (size_t)unit * a->fields;
    return list;
}

/* How many nodes from `node` on find each term's rows one after the other, or all the same: those of a
 * position, or all where every element has a list for itself. */
static inline uint32_t trmi_even_nodes(const trmi_gathering *g, uint32_t node)
{
    bool apart = true;
    for (uint32_t i = 0; i < g->count; i++) {
        const trmi_relation_table *relation = g->terms[i].relation;
        const bool shared = relation->list_of != NULL;
        if (relation->level == TRMI_LEVEL_FIELDS ? relation->lists > 1
                                                 : relation->level == TRMI_LEVEL_NODES && shared)
            return 1;
        apart = apart && !shared && relation->level != TRMI_LEVEL_FIELDS;
    }
    if (node >= g->answering)
        return 1;
    const uint32_t end = apart ? g->answering : node - node % g->fields + g->fields;
    return (end < g->end ? end : g->end) - node;
}

/* From a node's row of a term to the next node's, for nodes that trmi_even_nodes() counts. */
static inline size_t trmi_next_row(const trmi_term *term)
{
    return term->relation->level == TRMI_LEVEL_FIELDS ? 0 : TRMI_PANEL;
}

static inline bool trmi_has_row(const trmi_term *term, uint32_t panels, size_t row)
{
    return term->rows.data != NULL && (panels == 1 || (row + 1) * TRMI_PANEL <= term->rows.panel);
}

/* Whether the node has a list of the term's relation. */
static inline bool trmi_hears_term(const trmi_gathering *g, uint32_t node, const trmi_term *term)
{
    return node < g->answering || term->relation->level == TRMI_LEVEL_NODES;
}

/* Where the node finds the term's row, of panel 0. */
static inline const float *trmi_term_row(const trmi_gathering *g, uint32_t node, const trmi_term *term)
{
    const uint32_t position = node / g->fields, value = node % g->fields;
    const size_t skipped = (size_t)term->first * trmi_relation_spread(term->relation, g->fields);
    const size_t whole = trmi_relation_row(term->relation, g->fields, position, value), row = whole - skipped;
    assert(g->begin <= node && node < g->end && trmi_hears_term(g, node, term));
    assert(whole >= skipped && trmi_has_row(term, g->panels, row));
    return term->rows.data + row * TRMI_PANEL;
}

#endif
