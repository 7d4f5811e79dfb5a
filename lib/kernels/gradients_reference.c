/* The portable backward passes: those that all instruction sets have in this form, and the reference of
 * those in terms of vectors (vector_gradients.h). */
#include "lib/core/fused.h"
#include "lib/kernels/gradient_kernels.h"

static void outer(const trmi_outer *o)
{
    assert(o->rows > 0 && o->inputs > 0 && trmi_holds_numbers(o->c));
    assert(trmi_panels_fit(o->a.panel, trmi_panels_of(o->inputs), o->rows));
    assert(trmi_panels_fit(o->b.panel, o->panels, o->rows));
    assert(trmi_panels_fit(o->c_panel, o->panels, o->inputs));
    for (uint32_t p = 0; p < o->panels; p++)
        for (uint32_t input = 0; input < o->inputs; input++)
            for (uint32_t row = 0; row < o->rows; row++) {
                const size_t at = (size_t)row * TRMI_PANEL;
                const float a = o->a.data[input / TRMI_PANEL * o->a.panel + at + input % TRMI_PANEL];
                const float *b = o->b.data + p * o->b.panel + at;
                float *c = o->c + p * o->c_panel + (size_t)input * TRMI_PANEL;
                EACH_LANE c[i] = trmi_fused(a, b[i], c[i]);
            }
}

/* ---------------------------------------------------------------------------------------- gates and norms */

/* The value itself, once gate_to holds the sigmoid. */
static void gate_value(float *to, const float *sigmoid, const float *gate, const float *up, float factor)
{
    EACH_LANE to[i] = sigmoid[i] * (gate[i] * up[i] * factor);
}

static void gate_row(const trmi_gate_gradient *g, size_t at)
{
    const uint32_t panels = (g->width + TRMI_PANEL - 1) / TRMI_PANEL;
    float squares[TRMI_PANEL] = { 0.0f }, mixed[TRMI_PANEL] = { 0.0f }, factor[TRMI_PANEL], drag[TRMI_PANEL];
    for (uint32_t p = 0; p < panels; p++)
        gate_sums(g->gate_to.data + p * g->gate_to.panel + at, g->from.data + p * g->from.panel + at,
                  g->gate.data + p * g->gate.panel + at, g->up.data + p * g->up.panel + at, squares, mixed);
    const float f = trmi_norm_factor(trmi_fold(squares), g->width, g->epsilon);
    const float k = f * f * f * (trmi_fold(mixed) / (float)g->width);
    EACH_LANE factor[i] = f;
    EACH_LANE drag[i] = k;
    for (uint32_t p = 0; p < panels; p++) {
        float *gate_to = g->gate_to.data + p * g->gate_to.panel + at;
        const float *gate = g->gate.data + p * g->gate.panel + at, *up = g->up.data + p * g->up.panel + at;
        if (g->hidden.data != NULL)
            gate_value(g->hidden.data + p * g->hidden.panel + at, gate_to, gate, up, f);
        gate_finish(gate_to, g->up_to.data + p * g->up_to.panel + at, g->from.data + p * g->from.panel + at,
                    gate, up, factor, drag);
    }
}

static void gate_normed_columns(const trmi_gate_gradient *g)
{
    const size_t panels = trmi_panels_of(g->width);
    assert(g->width > 0 && trmi_panels_fit(g->gate_to.panel, panels, g->rows));
    assert(trmi_panels_fit(g->up_to.panel, panels, g->rows));
    assert(g->hidden.data == NULL || trmi_panels_fit(g->hidden.panel, panels, g->rows));
    assert(g->gate_to.data != g->gate.data && g->gate_to.data != g->up.data &&
           g->gate_to.data != g->up_to.data);
    (void)panels;
    for (uint32_t row = 0; row < g->rows; row++)
        gate_row(g, (size_t)row * TRMI_PANEL);
}

static void norm_row(const trmi_norm_gradient *n, size_t at)
{
    const uint32_t panels = (n->width + TRMI_PANEL - 1) / TRMI_PANEL;
    float squares[TRMI_PANEL] = { 0.0f }, mixed[TRMI_PANEL] = { 0.0f };
    for (uint32_t p = 0; p < panels; p++)
        norm_sums(n->from.data + p * n->from.panel + at, n->y.data + p * n->y.panel + at,
                  n->a.data + p * n->a.panel + at, n->b.data + p * n->b.panel + at, squares, mixed);
    const float factor = trmi_norm_factor(trmi_fold(squares), n->width, n->epsilon);
    const float mean = trmi_fold(mixed) / (float)n->width;
    for (uint32_t p = 0; p < panels; p++) {
        float *out = n->to.data + p * n->to.panel + at;
        const float *in = n->from.data + p * n->from.panel + at, *normal = n->y.data + p * n->y.panel + at;
        EACH_LANE out[i] = factor * (in[i] - normal[i] * mean);
    }
}

static void norm_columns(const trmi_norm_gradient *n)
{
    assert(n->width > 0 && trmi_panels_fit(n->to.panel, trmi_panels_of(n->width), n->rows));
    assert(n->to.data != n->from.data && n->to.data != n->y.data);
    for (uint32_t row = 0; row < n->rows; row++)
        norm_row(n, (size_t)row * TRMI_PANEL);
}

/* ------------------------------------------------------------------------------------------- aggregates */

/* One channel of a list: every member gets the share, the first whose number is the maximum what is left. */
static void aggregate_channel(const trmi_list *list, float *to, const float *share, const float *nodes,
                              const float *most, const float *max)
{
    float left = max == NULL ? 0.0f : *max;
    for (uint32_t member = 0; member < list->count; member++) {
        const size_t at = (list->heard[member] * list->step + list->base) * TRMI_PANEL;
        if (share != NULL)
            to[at] += *share;
        if (max == NULL)
            continue;
        const float taken = nodes[at] == *most ? left : 0.0f;
        to[at] += taken;
        left -= taken;
    }
}

static void aggregate_list(const trmi_aggregate_gradient *g, const trmi_list *list, size_t row)
{
    const trmi_aggregate *forward = &g->forward;
    const float factor = trmi_sum_factor(list->count);
    const bool sums = g->sum.data != NULL, maxima = g->max.data != NULL;
    for (uint32_t p = 0; p < forward->panels; p++)
        for (uint32_t lane = 0; lane < TRMI_PANEL; lane++) {
            const size_t at = row * TRMI_PANEL + lane;
            const float share = sums ? g->sum.data[p * g->sum.panel + at] * factor : 0.0f;
            aggregate_channel(list, g->to.data + p * g->to.panel + lane, sums ? &share : NULL,
                              forward->nodes.data + p * forward->nodes.panel + lane,
                              maxima ? forward->max.data + p * forward->max.panel + at : NULL,
                              maxima ? g->max.data + p * g->max.panel + at : NULL);
        }
}

static void aggregate_back(const trmi_aggregate_gradient *g)
{
    const uint32_t spread = trmi_relation_spread(g->forward.relation, g->forward.fields);
    size_t row = 0;
    assert(g->forward.begin <= g->forward.end && g->to.data != NULL && g->to.data != g->forward.nodes.data);
    assert(g->max.data == NULL || g->forward.max.data != NULL);
    for (uint32_t unit = g->forward.begin; unit < g->forward.end; unit++)
        for (uint32_t k = 0; k < spread; k++, row++) {
            const trmi_list list = trmi_list_of_unit(&g->forward, unit, k);
            if (list.count > 0)
                aggregate_list(g, &list, row);
        }
}

/* ------------------------------------------------------------------------------------------- gathering */

static void gather_back(const trmi_gathering_gradient *g)
{
    assert(g->fields > 0 && g->answering % g->fields == 0 && g->begin <= g->end && g->to.data != NULL);
    for (uint32_t node = g->begin; node < trmi_returning_end(g); node++) {
        const size_t row = trmi_relation_row(g->relation, g->fields, node / g->fields, node % g->fields);
        assert(g->panels == 1 || (row + 1) * TRMI_PANEL <= g->to.panel);
        for (uint32_t p = 0; p < g->panels; p++) {
            float *to = g->to.data + p * g->to.panel + row * TRMI_PANEL;
            const float *from = g->from.data + p * g->from.panel + (size_t)(node - g->begin) * TRMI_PANEL;
            EACH_LANE to[i] += from[i];
        }
    }
}

void trmi_gradients_reference(trmi_gradients *gradients)
{
    fill_table(gradients);
    gradients->outer = outer;
    gradients->gate_normed_columns = gate_normed_columns;
    gradients->norm_columns = norm_columns;
    gradients->aggregate = aggregate_back;
    gradients->gather_add = gather_back;
}
