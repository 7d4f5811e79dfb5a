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

/* How many units from this one on hear one node each, the next unit the next node. */
static uint32_t neighbours(const trmi_aggregate *a, uint32_t unit)
{
    const trmi_relation_table *relation = a->relation;
    const uint32_t *first = relation->first, *heard = relation->heard + first[unit];
    uint32_t count = 0;
    while (unit + count < a->end && first[unit + count + 1] - first[unit] == count + 1 &&
           heard[count] == heard[0] + count)
        count++;
    return count;
}

/* The sums of neighbours: what they hear, but for the sign of a zero. */
static void aggregate_neighbours(const trmi_aggregate *a, uint32_t heard, size_t row, uint32_t count)
{
    for (uint32_t p = 0; p < a->panels; p++) {
        const float *from = a->nodes.data + p * a->nodes.panel + (size_t)heard * TRMI_PANEL;
        float *sum = row_of_view(a->sum, p, row);
        for (size_t i = 0; i < (size_t)count * TRMI_PANEL; i += VECTOR_LANES)
            v_store(sum + i, v_add(v_set(0.0f), v_load(from + i)));
    }
}

static void aggregate(const trmi_aggregate *a)
{
    const uint32_t spread = trmi_relation_spread(a->relation, a->fields);
    const bool single = spread == 1 && a->relation->level != TRMI_LEVEL_FIELDS && a->max.data == NULL;
    size_t row = 0;
    assert(a->begin <= a->end && trmi_holds_numbers(a->nodes.data));
    assert(trmi_said_fits(a, a->sum, spread) && trmi_said_fits(a, a->max, spread));
    for (uint32_t unit = a->begin; unit < a->end; unit++) {
        const uint32_t count = single ? neighbours(a, unit) : 0;
        if (count > 0) {
            aggregate_neighbours(a, a->relation->heard[a->relation->first[unit]], row, count);
            unit += count - 1;
            row += count;
            continue;
        }
        for (uint32_t k = 0; k < spread; k++, row++) {
            const trmi_list list = trmi_list_of_unit(a, unit, k);
            const float factor = list.count == 0 ? 0.0f : trmi_sum_factor(list.count);
            for (uint32_t p = 0; p < a->panels; p++)
                aggregate_panel(&list, a->nodes.data + p * a->nodes.panel, factor,
                                row_of_view(a->sum, p, row), row_of_view(a->max, p, row));
        }
    }
}

enum {
    RUNS_AT_ONCE = 16,
    NODES_AT_ONCE = 3, /* chains of sums side by side, twice: most fields of Sudokus are multiples of it */
};

/* Nodes, from row `row` of what is written on, that find each term's rows one after the other: the first of
 * them at `at`, in the panel that is worked on. */
typedef struct heard_run {
    uint32_t row, nodes;
    const float *at[TRMI_TERMS_AT_ONCE];
} heard_run;

/* Terms that the same nodes hear, all of them, and the two panels that are worked on. */
typedef struct gathered_terms {
    const trmi_gathering *gathering;
    float *to, *up; /* row 0 in either panel */
    bool gated;     /* the panels are a gate and its up */
    uint32_t count;
    const trmi_term *term[TRMI_TERMS_AT_ONCE];
    size_t next[TRMI_TERMS_AT_ONCE];  /* from a node's row to the next node's */
    size_t apart[TRMI_TERMS_AT_ONCE]; /* from panel to panel */
} gathered_terms;

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

/* Adds the terms to `nodes` nodes of a run, from `from` on. */
INLINE void add_terms(const gathered_terms *terms, const heard_run *run, uint32_t from, const uint32_t nodes)
{
    const size_t row = (size_t)(run->row + from) * TRMI_PANEL;
    for (size_t part = 0; part < TRMI_PANEL; part += VECTOR_LANES) {
        float *to = terms->to + row + part, *up = terms->up + row + part;
        EACH_NODE(LOAD_NODE)
        for (uint32_t term = 0; term < terms->count; term++) {
            const size_t next = terms->next[term];
            const float *at = run->at[term] + from * next + part, *second = at + terms->apart[term];
            EACH_NODE(ADD_TO_NODE)
        }
        if (terms->gated) {
            EACH_NODE(GATE_NODE)
        }
        EACH_NODE(STORE_NODE)
    }
}

static void add_to_run(const gathered_terms *terms, const heard_run *run)
{
    uint32_t done = 0;
    for (; run->nodes - done >= NODES_AT_ONCE; done += NODES_AT_ONCE)
        add_terms(terms, run, done, NODES_AT_ONCE);
    for (; done < run->nodes; done++)
        add_terms(terms, run, done, 1);
}

/* The runs that begin with node `node` and end before `end`, until there are enough. */
static uint32_t find_runs(const gathered_terms *terms, uint32_t node, uint32_t end,
                          heard_run run[RUNS_AT_ONCE])
{
    const trmi_gathering *g = terms->gathering;
    uint32_t runs = 0;
    for (; runs < RUNS_AT_ONCE && node < end; node += run[runs++].nodes) {
        run[runs].row = node - g->begin;
        run[runs].nodes = trmi_even_nodes(g, node);
        assert(run[runs].nodes > 0 && run[runs].nodes <= end - node);
        for (uint32_t i = 0; i < terms->count; i++)
            run[runs].at[i] = trmi_term_row(g, node, terms->term[i]);
    }
    return runs;
}

/* Panels `panel` and the one `apart` behind it of some runs; 0 where there is one alone. */
static void add_to_pair(gathered_terms *terms, const heard_run *run, uint32_t runs, uint32_t panel,
                        uint32_t apart)
{
    const trmi_rows_view *view = &terms->gathering->to;
    terms->to = view->data + panel * view->panel;
    terms->up = terms->to + apart * view->panel;
    for (uint32_t i = 0; i < terms->count; i++)
        terms->apart[i] = apart * terms->term[i]->rows.panel;
    for (uint32_t i = 0; i < runs; i++)
        add_to_run(terms, &run[i]);
}

/* To the panels behind them by `panels`. */
static void go_on(const gathered_terms *terms, heard_run *run, uint32_t runs, uint32_t panels)
{
    for (uint32_t i = 0; i < runs; i++)
        for (uint32_t k = 0; k < terms->count; k++)
            run[i].at[k] += panels * terms->term[k]->rows.panel;
}

/* Nodes begin .. end, which hear all of the terms. A panel after the other, so that what many nodes hear is
 * in the first-level cache. */
static void add_to_nodes(gathered_terms *terms, uint32_t begin, uint32_t end)
{
    heard_run run[RUNS_AT_ONCE];
    const uint32_t panels = terms->gathering->panels, pairs = (panels + 1) / 2;
    for (uint32_t node = begin; node < end;) {
        const uint32_t runs = find_runs(terms, node, end, run);
        for (uint32_t p = 0; p < pairs; p++) {
            if (terms->gated)
                add_to_pair(terms, run, runs, p, pairs);
            else
                add_to_pair(terms, run, runs, 2 * p, 2 * p + 1 < panels);
            if (p + 1 < pairs)
                go_on(terms, run, runs, terms->gated ? 1 : 2);
        }
        node = terms->gathering->begin + run[runs - 1].row + run[runs - 1].nodes;
    }
}

/* The terms from `first` on, those that nodes begin .. end hear. */
static void gather(const trmi_gathering *g, uint32_t first, uint32_t begin, uint32_t end, bool gated)
{
    gathered_terms terms = { .gathering = g, .gated = gated };
    for (uint32_t i = first; begin < end && i < g->count && i - first < TRMI_TERMS_AT_ONCE; i++)
        if (trmi_hears_term(g, begin, &g->terms[i])) {
            terms.next[terms.count] = trmi_next_row(&g->terms[i]);
            terms.term[terms.count++] = &g->terms[i];
        }
    add_to_nodes(&terms, begin, end);
}

/* Helpers hear less than the nodes before them. */
static void gather_all(const trmi_gathering *g, uint32_t first, bool gated)
{
    const uint32_t between = g->answering < g->begin ? g->begin
                             : g->answering < g->end ? g->answering
                                                     : g->end;
    gather(g, first, g->begin, between, gated);
    gather(g, first, between, g->end, gated);
}

static void gather_add(const trmi_gathering *g)
{
    assert(g->begin <= g->end && trmi_panels_fit(g->to.panel, g->panels, g->end - g->begin));
    assert(g->fields > 0 && g->answering % g->fields == 0);
    for (uint32_t first = 0; first < g->count; first += TRMI_TERMS_AT_ONCE)
        gather_all(g, first, false);
}

static void gather_gate(const trmi_gathering *g)
{
    assert(g->begin <= g->end && trmi_panels_fit(g->to.panel, g->panels, g->end - g->begin));
    assert(g->fields > 0 && g->answering % g->fields == 0);
    assert(g->panels % 2 == 0 && g->count <= TRMI_TERMS_AT_ONCE);
    gather_all(g, 0, true);
}
