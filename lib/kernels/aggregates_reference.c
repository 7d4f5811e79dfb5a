/* The portable reference of what nodes hear from one another. */
#include "lib/kernels/aggregates.h"

#include <assert.h>

#include "lib/kernels/promises.h"
#include "lib/kernels/scalar.h"

/* One channel of a list; `factor` makes its members' total the sum. */
static void aggregate_list(const trmi_list *list, const float *nodes, float factor, float *sum, float *max)
{
    float total = 0.0f, most = 0.0f;
    for (uint32_t i = 0; i < list->count; i++) {
        const float x = nodes[(list->heard[i] * list->step + list->base) * TRMI_PANEL];
        total += x;
        most = i == 0 ? x : trmi_max(x, most);
    }
    if (sum != NULL)
        *sum = total * factor;
    if (max != NULL)
        *max = most + 0.0f * total;
}

static void aggregate_row(const trmi_aggregate *a, const trmi_list *list, size_t row)
{
    assert(trmi_ascends(list->heard, list->count));
    assert(list->count == 0 || a->panels == 1 ||
           (list->heard[list->count - 1] * list->step + list->base + 1) * TRMI_PANEL <= a->nodes.panel);
    const float factor = list->count == 0 ? 0.0f : trmi_sum_factor(list->count);
    for (uint32_t p = 0; p < a->panels; p++)
        for (uint32_t lane = 0; lane < TRMI_PANEL; lane++) {
            const size_t sum = p * a->sum.panel + row * TRMI_PANEL + lane,
                         max = p * a->max.panel + row * TRMI_PANEL + lane;
            aggregate_list(list, a->nodes.data + p * a->nodes.panel + lane, factor,
                           a->sum.data == NULL ? NULL : a->sum.data + sum,
                           a->max.data == NULL ? NULL : a->max.data + max);
        }
}

static void aggregate(const trmi_aggregate *a)
{
    const uint32_t spread = trmi_relation_spread(a->relation, a->fields);
    size_t row = 0;
    assert(a->begin <= a->end && trmi_holds_numbers(a->nodes.data));
    assert(trmi_said_fits(a, a->sum, spread) && trmi_said_fits(a, a->max, spread));
    for (uint32_t unit = a->begin; unit < a->end; unit++)
        for (uint32_t k = 0; k < spread; k++) {
            const trmi_list list = trmi_list_of_unit(a, unit, k);
            aggregate_row(a, &list, row++);
        }
}

/* Adds the term to the node's row. */
static void add_term(const trmi_gathering *g, uint32_t node, const trmi_term *term)
{
    const float *at = trmi_term_row(g, node, term);
    for (uint32_t p = 0; p < g->panels; p++)
        for (uint32_t lane = 0; lane < TRMI_PANEL; lane++)
            g->to.data[p * g->to.panel + (size_t)(node - g->begin) * TRMI_PANEL + lane] +=
                at[p * term->rows.panel + lane];
}

static void gather_add(const trmi_gathering *g)
{
    assert(g->begin <= g->end && trmi_holds_numbers(g->to.data));
    assert(trmi_panels_fit(g->to.panel, g->panels, g->end - g->begin));
    assert(g->fields > 0 && g->answering % g->fields == 0);
    for (uint32_t node = g->begin; node < g->end; node++)
        for (uint32_t i = 0; i < g->count; i++)
            if (trmi_hears_term(g, node, &g->terms[i]))
                add_term(g, node, &g->terms[i]);
}

static void gather_gate(const trmi_gathering *g)
{
    const size_t half = g->panels / 2 * g->to.panel, count = (size_t)(g->end - g->begin) * TRMI_PANEL;
    assert(g->count <= TRMI_TERMS_AT_ONCE && g->panels % 2 == 0);
    gather_add(g);
    for (float *gate = g->to.data; gate < g->to.data + half; gate += g->to.panel)
        for (size_t i = 0; i < count; i++) {
            gate[half + i] *= gate[i];
            gate[i] = trmi_gate(gate[i]);
        }
}

void trmi_aggregates_reference(trmi_kernels *kernels)
{
    kernels->aggregate = aggregate;
    kernels->gather_add = gather_add;
    kernels->gather_gate = gather_gate;
}
