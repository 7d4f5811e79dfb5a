/* What nodes hear from one another, in terms of vectors: see vector_kernels.h. */
#include <assert.h>

#include "lib/kernels/aggregates.h"
#include "lib/kernels/promises.h"
#include "lib/kernels/vectors.h"

/* One panel of one list: 16 chains of sums, and the maxima, in one sweep over its members. */
INLINE void aggregate_panel(const trmi_list *list, const float *nodes, float factor, float *sum, float *max)
{
    vector total[PARTS], most[PARTS];
    for (int i = 0; i < PARTS; i++)
        total[i] = most[i] = v_set(0.0f);
    if (list->count > 0)
        for (int i = 0; i < PARTS; i++)
            most[i] =
                v_load(nodes + (list->heard[0] * list->step + list->base) * TRMI_PANEL + i * VECTOR_LANES);
    for (uint32_t member = 0; member < list->count; member++) {
        const float *at = nodes + (list->heard[member] * list->step + list->base) * TRMI_PANEL;
        for (int i = 0; i < PARTS; i++) {
            const vector x = v_load(at + i * VECTOR_LANES);
            total[i] = v_add(total[i], x);
            most[i] = v_max(x, most[i]);
        }
    }
    for (int i = 0; sum != NULL && i < PARTS; i++)
        v_store(sum + i * VECTOR_LANES, v_mul(total[i], v_set(factor)));
    for (int i = 0; max != NULL && i < PARTS; i++)
        v_store(max + i * VECTOR_LANES, v_add(most[i], v_mul(total[i], v_set(0.0f))));
}

INLINE float *row_of_view(trmi_rows_view view, uint32_t panel, size_t row)
{
    return view.data == NULL ? NULL : view.data + panel * view.panel + row * TRMI_PANEL;
}

static void aggregate(const trmi_aggregate *a)
{
    const uint32_t spread = trmi_relation_spread(a->relation, a->fields);
    size_t row = 0;
    assert(a->begin <= a->end && trmi_holds_numbers(a->nodes.data));
    assert(trmi_said_fits(a, a->sum, spread) && trmi_said_fits(a, a->max, spread));
    for (uint32_t unit = a->begin; unit < a->end; unit++)
        for (uint32_t k = 0; k < spread; k++, row++) {
            const trmi_list list = trmi_list_of_unit(a, unit, k);
            const float factor = list.count == 0 ? 0.0f : trmi_sum_factor(list.count);
            for (uint32_t p = 0; p < a->panels; p++)
                aggregate_panel(&list, a->nodes.data + p * a->nodes.panel, factor,
                                row_of_view(a->sum, p, row), row_of_view(a->max, p, row));
        }
}

enum { NODES_AT_ONCE = 3 }; /* chains of sums side by side: most fields of Sudokus are multiples of it */

/* Adds `count` terms to the rows of `nodes` nodes in a panel; at[term] is where the term of node 0 lies. */
INLINE void add_terms(float *to, uint32_t nodes, const float *const *at, const size_t *next, uint32_t from,
                      uint32_t count)
{
    vector x[NODES_AT_ONCE * PARTS];
    for (uint32_t i = 0; i < nodes * PARTS; i++)
        x[i] = v_load(to + i * VECTOR_LANES);
    for (uint32_t term = 0; term < count; term++)
        for (uint32_t node = 0; node < nodes; node++)
            for (uint32_t i = 0; i < PARTS; i++)
                x[node * PARTS + i] = v_add(x[node * PARTS + i],
                                            v_load(at[term] + (from + node) * next[term] + i * VECTOR_LANES));
    for (uint32_t i = 0; i < nodes * PARTS; i++)
        v_store(to + i * VECTOR_LANES, x[i]);
}

/* Adds terms to nodes that are one position's, or to one node. */
static void add_to_nodes(const trmi_gathering *g, uint32_t node, uint32_t nodes, uint32_t first)
{
    trmi_rows_read rows[TRMI_TERMS_AT_ONCE];
    const float *at[TRMI_TERMS_AT_ONCE];
    size_t next[TRMI_TERMS_AT_ONCE];
    const uint32_t count = trmi_terms_of_node(g, node, first, rows);
    for (uint32_t i = 0; i < count; i++)
        next[i] = trmi_next_row(&g->terms[first + i]);
    for (uint32_t panel = 0; panel < g->panels; panel++) {
        float *to = g->to.data + panel * g->to.panel + (size_t)(node - g->begin) * TRMI_PANEL;
        uint32_t done = 0;
        for (uint32_t i = 0; i < count; i++)
            at[i] = rows[i].data + panel * rows[i].panel;
        for (; nodes - done >= NODES_AT_ONCE; done += NODES_AT_ONCE)
            add_terms(to + (size_t)done * TRMI_PANEL, NODES_AT_ONCE, at, next, done, count);
        for (; done < nodes; done++)
            add_terms(to + (size_t)done * TRMI_PANEL, 1, at, next, done, count);
    }
}

static void gather_add(const trmi_gathering *g)
{
    assert(g->begin <= g->end && trmi_panels_fit(g->to.panel, g->panels, g->end - g->begin));
    assert(g->fields > 0 && g->answering % g->fields == 0);
    for (uint32_t node = g->begin, nodes; node < g->end; node += nodes) {
        nodes = trmi_even_nodes(g, node);
        assert(nodes > 0 && nodes <= g->end - node);
        for (uint32_t first = 0; first < g->count; first += TRMI_TERMS_AT_ONCE)
            add_to_nodes(g, node, nodes, first);
    }
}
