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

enum {
    RUNS_AT_ONCE = 16,
    NODES_AT_ONCE = 3, /* chains of sums side by side, twice: most fields of Sudokus are multiples of it */
};

/* Nodes, from row `row` of what is written on, that find each term's rows one after the other. */
typedef struct heard_run {
    uint32_t row, nodes, terms;
    trmi_rows_read at[TRMI_TERMS_AT_ONCE];
} heard_run;

/* Two panels of a run's nodes, and where the terms of the first of them lie in the first panel. */
typedef struct heard_rows {
    float *to[2];
    uint32_t nodes, terms;
    const float *at[TRMI_TERMS_AT_ONCE];
    size_t apart[TRMI_TERMS_AT_ONCE]; /* from panel to panel */
    const size_t *next;               /* from a node to the next */
} heard_rows;

/* Macros, not loops: every chain is a variable of its own. */
#define EACH_NODE(M) M(0) M(1) M(2)
#define LOAD_NODE(i) \
    vector x##i = v_load(to + (i < nodes ? i : 0) * TRMI_PANEL), \
           y##i = v_load(up + (i < nodes ? i : 0) * TRMI_PANEL);
#define ADD_TO_NODE(i) \
    if (i < nodes) { \
        x##i = v_add(x##i, v_load(at + i * next)); \
        y##i = v_add(y##i, v_load(second + i * next)); \
    }
#define GATE_NODE(i) \
    if (i < nodes) { \
        y##i = v_mul(x##i, y##i); \
        x##i = v_div(v_set(1.0f), one_and_exponential(x##i)); \
    }
#define STORE_NODE(i) \
    if (i < nodes) { \
        v_store(to + i * TRMI_PANEL, x##i); \
        v_store(up + i * TRMI_PANEL, y##i); \
    }

/* Adds the terms to the first `nodes` nodes, and goes on to those behind them. */
INLINE void add_terms(heard_rows *r, const uint32_t nodes, bool gated)
{
    for (size_t part = 0; part < TRMI_PANEL; part += VECTOR_LANES) {
        float *to = r->to[0] + part, *up = r->to[1] + part;
        EACH_NODE(LOAD_NODE)
        for (uint32_t term = 0; term < r->terms; term++) {
            const float *at = r->at[term] + part, *second = at + r->apart[term];
            const size_t next = r->next[term];
            EACH_NODE(ADD_TO_NODE)
        }
        if (gated) {
            EACH_NODE(GATE_NODE)
        }
        EACH_NODE(STORE_NODE)
    }
    for (uint32_t term = 0; term < r->terms; term++)
        r->at[term] += nodes * r->next[term];
    r->to[0] += nodes * TRMI_PANEL;
    r->to[1] += nodes * TRMI_PANEL;
    r->nodes -= nodes;
}

static void add_to_rows(heard_rows *r, bool gated)
{
    while (r->nodes >= NODES_AT_ONCE)
        add_terms(r, NODES_AT_ONCE, gated);
    while (r->nodes > 0)
        add_terms(r, 1, gated);
}

/* The run's nodes in two panels that are `apart` from each other: 0 where there is one alone. */
static void add_to_run(const trmi_gathering *g, const heard_run *run, const size_t *next, uint32_t panel,
                       uint32_t apart, bool gated)
{
    heard_rows r = { .nodes = run->nodes, .terms = run->terms, .next = next };
    r.to[0] = g->to.data + panel * g->to.panel + (size_t)run->row * TRMI_PANEL;
    r.to[1] = r.to[0] + apart * g->to.panel;
    for (uint32_t i = 0; i < run->terms; i++) {
        r.at[i] = run->at[i].data + panel * run->at[i].panel;
        r.apart[i] = apart * run->at[i].panel;
    }
    add_to_rows(&r, gated);
}

/* The runs that begin with node `node`, and their terms from `first` on, until there are enough or none
   more. */
static uint32_t find_runs(const trmi_gathering *g, uint32_t node, uint32_t first, heard_run run[RUNS_AT_ONCE])
{
    uint32_t runs = 0;
    for (; runs < RUNS_AT_ONCE && node < g->end; node += run[runs++].nodes) {
        run[runs].row = node - g->begin;
        run[runs].nodes = trmi_even_nodes(g, node);
        run[runs].terms = trmi_terms_of_node(g, node, first, run[runs].at);
        assert(run[runs].nodes > 0 && run[runs].nodes <= g->end - node);
    }
    return runs;
}

/* A panel after the other, so that what many nodes hear is in the first-level cache. */
static void add_to_nodes(const trmi_gathering *g, uint32_t first, bool gated)
{
    heard_run run[RUNS_AT_ONCE];
    size_t next[TRMI_TERMS_AT_ONCE];
    const uint32_t pairs = (g->panels + 1) / 2;
    for (uint32_t i = 0; i < TRMI_TERMS_AT_ONCE && first + i < g->count; i++)
        next[i] = trmi_next_row(&g->terms[first + i]);
    for (uint32_t node = g->begin; node < g->end;) {
        const uint32_t runs = find_runs(g, node, first, run);
        for (uint32_t pair = 0; pair < pairs; pair++)
            for (uint32_t i = 0; i < runs; i++)
                add_to_run(g, &run[i], next, gated ? pair : 2 * pair,
                           gated ? pairs : 2 * pair + 1 < g->panels, gated);
        node = g->begin + run[runs - 1].row + run[runs - 1].nodes;
    }
}

static void gather_add(const trmi_gathering *g)
{
    assert(g->begin <= g->end && trmi_panels_fit(g->to.panel, g->panels, g->end - g->begin));
    assert(g->fields > 0 && g->answering % g->fields == 0);
    for (uint32_t first = 0; first < g->count; first += TRMI_TERMS_AT_ONCE)
        add_to_nodes(g, first, false);
}

static void gather_gate(const trmi_gathering *g)
{
    assert(g->begin <= g->end && trmi_panels_fit(g->to.panel, g->panels, g->end - g->begin));
    assert(g->fields > 0 && g->answering % g->fields == 0);
    assert(g->panels % 2 == 0 && g->count <= TRMI_TERMS_AT_ONCE);
    add_to_nodes(g, 0, true);
}
