/* Backward passes. */
#include <stdlib.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "tests/kernels/harness.h"

/* What lies between the panels of an output is nobody's. */
static bool gaps_alive(twin t, uint32_t rows, uint32_t panels, size_t panel)
{
    for (uint32_t p = 0; p + 1 < panels; p++)
        for (size_t i = (size_t)rows * TRMI_PANEL; i < panel; i++)
            if (trmi_bits_of_float(t.data[1][p * panel + i]) != POISON)
                return false;
    return true;
}

static trmi_rows_view written(twin t, int side, size_t panel)
{
    return (trmi_rows_view) { t.data[side], panel };
}

static trmi_rows_read readable(twin t, int side, size_t panel)
{
    return (trmi_rows_read) { t.data[side], panel };
}

static bool case_outer(const variant *v)
{
    const uint32_t rows = between(1, 200), inputs = between(1, 50), panels = between(1, 5);
    const size_t a_panel = (rows + between(0, 2)) * TRMI_PANEL, b_panel = (rows + between(0, 2)) * TRMI_PANEL,
                 c_panel = (inputs + between(0, 2)) * TRMI_PANEL;
    twin a = twin_new((inputs + TRMI_PANEL - 1) / TRMI_PANEL * a_panel, true),
         b = twin_new(panels * b_panel, true), c = twin_new(panels * c_panel, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.outer(&(trmi_outer) { rows, inputs, panels, readable(a, side, a_panel),
                                                readable(b, side, b_panel), c.data[side], c_panel });
    return (int)twin_same(a) & (int)twin_same(b) & (int)twin_same(c);
}

/* Rows in panels, or beside each other as scores are. */
static bool case_transpose(const variant *v)
{
    const uint32_t rows = between(1, 70), panels = between(1, 5);
    const bool wide = next() % 2;
    const size_t row = wide ? (panels + between(0, 2)) * TRMI_PANEL : TRMI_PANEL;
    const size_t panel = wide ? TRMI_PANEL : (rows + between(0, 2)) * TRMI_PANEL;
    const size_t blocks = (rows + TRMI_PANEL - 1) / TRMI_PANEL;
    twin to = twin_new(blocks * panels * TRMI_PANEL * TRMI_PANEL, false),
         from = twin_new((panels - 1) * panel + (rows - 1) * row + TRMI_PANEL, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.transpose(to.data[side], readable(from, side, panel), row, rows, panels);
    bool zero = true; /* the lanes beyond the last row */
    for (size_t i = 0; i < panels * TRMI_PANEL * TRMI_PANEL; i++)
        if ((blocks - 1) * TRMI_PANEL + i % TRMI_PANEL >= rows)
            zero &= to.data[1][(blocks - 1) * panels * TRMI_PANEL * TRMI_PANEL + i] == 0.0f;
    return (int)zero & (int)twin_same(to) & (int)twin_same(from);
}

static bool case_accumulate(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin to = twin_new(count, true), a = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.accumulate(to.data[side], a.data[side], count);
    return (int)twin_same(to) & (int)twin_same(a);
}

static bool case_gate_plain_back(const variant *v)
{
    const size_t count = (size_t)between(1, 40) * TRMI_PANEL;
    twin gate_to = twin_new(count, false), up_to = twin_new(count, false), from = twin_new(count, true),
         gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gate_plain(gate_to.data[side], up_to.data[side], from.data[side], gate.data[side],
                                     up.data[side], count);
    return (int)twin_same(gate_to) & (int)twin_same(up_to) & (int)twin_same(from) & (int)twin_same(gate) &
           (int)twin_same(up);
}

static bool case_gate_normed_columns_back(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL, count = panels * panel;
    const bool wanted = between(0, 1) != 0;
    twin gate_to = twin_new(count, false), up_to = twin_new(count, false), hidden = twin_new(count, false),
         from = twin_new(count, true), gate = twin_new(count, true), up = twin_new(count, true);
    zero_spare_lanes(from, rows, width, panel);
    zero_spare_lanes(gate, rows, width, panel);
    zero_spare_lanes(up, rows, width, panel);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gate_normed_columns(&(trmi_gate_gradient) {
            written(gate_to, side, panel), written(up_to, side, panel),
            wanted ? written(hidden, side, panel) : (trmi_rows_view) { NULL, 0 }, readable(from, side, panel),
            readable(gate, side, panel), readable(up, side, panel), rows, width, 1e-5f });
    const bool alive = gaps_alive(gate_to, rows, panels, panel) && gaps_alive(up_to, rows, panels, panel) &&
                       (!wanted || gaps_alive(hidden, rows, panels, panel));
    return alive & (int)twin_same(gate_to) & (int)twin_same(up_to) & (int)twin_same(hidden) &
           (int)twin_same(from) & (int)twin_same(gate) & (int)twin_same(up);
}

static bool case_gate_normed_rows_back(const variant *v)
{
    const uint32_t rows = between(1, 100);
    const size_t count = (size_t)rows * TRMI_PANEL;
    twin gate_to = twin_new(count, false), up_to = twin_new(count, false), from = twin_new(count, true),
         gate = twin_new(count, true), up = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gate_normed_rows(gate_to.data[side], up_to.data[side], from.data[side],
                                           gate.data[side], up.data[side], rows, 1e-5f);
    return (int)twin_same(gate_to) & (int)twin_same(up_to) & (int)twin_same(from) & (int)twin_same(gate) &
           (int)twin_same(up);
}

static bool case_norm_columns_back(const variant *v)
{
    const uint32_t rows = between(1, 20), width = between(1, 100),
                   panels = (width + TRMI_PANEL - 1) / TRMI_PANEL;
    const size_t panel = (rows + between(0, 2)) * TRMI_PANEL, count = panels * panel;
    twin to = twin_new(count, false), from = twin_new(count, true), y = twin_new(count, true),
         a = twin_new(count, true), b = twin_new(count, true);
    zero_spare_lanes(from, rows, width, panel);
    zero_spare_lanes(y, rows, width, panel);
    zero_spare_lanes(a, rows, width, panel);
    zero_spare_lanes(b, rows, width, panel);
    for (int side = 0; side < 2; side++)
        v[side].gradients.norm_columns(&(trmi_norm_gradient) {
            written(to, side, panel), readable(from, side, panel), readable(y, side, panel),
            readable(a, side, panel), readable(b, side, panel), rows, width, 1e-5f });
    return gaps_alive(to, rows, panels, panel) & (int)twin_same(to) & (int)twin_same(from) &
           (int)twin_same(y) & (int)twin_same(a) & (int)twin_same(b);
}

static bool case_norm_rows_back(const variant *v)
{
    const uint32_t rows = between(1, 100);
    const size_t count = (size_t)rows * TRMI_PANEL;
    twin to = twin_new(count, false), from = twin_new(count, true), y = twin_new(count, true),
         a = twin_new(count, true), b = twin_new(count, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.norm_rows(to.data[side], from.data[side], y.data[side], a.data[side], b.data[side],
                                    rows, 1e-5f);
    return (int)twin_same(to) & (int)twin_same(from) & (int)twin_same(y) & (int)twin_same(a) &
           (int)twin_same(b);
}

static bool case_softmax_back(const variant *v)
{
    const uint32_t rows = between(1, 9), count = between(1, 70);
    const size_t stride = (count + TRMI_PANEL - 1) / TRMI_PANEL * TRMI_PANEL;
    twin gradient = twin_new(rows * stride, true), p = twin_new(rows * stride, true);
    for (uint32_t row = 0; row < rows; row++) /* there is nothing beyond count */
        for (size_t j = count; j < stride; j++)
            p.data[0][row * stride + j] = p.data[1][row * stride + j] = 0.0f;
    for (int side = 0; side < 2; side++)
        v[side].gradients.softmax(gradient.data[side], p.data[side], stride, rows, 0.25f);
    return (int)twin_same(gradient) & (int)twin_same(p);
}

static bool case_aggregate_back(const variant *v)
{
    const question q = question_make();
    const uint32_t level = between(0, 2), wanted = between(1, 3);
    relation r;
    relation_make(&r, level, elements_of(&q, level));
    const uint32_t end = between(1, units_of(&q, &r.table)), begin = between(0, end - 1);
    const size_t rows = (size_t)(end - begin) * trmi_relation_spread(&r.table, q.fields);
    const size_t panel = (q.nodes + between(0, 2)) * TRMI_PANEL,
                 list_panel = (rows + between(0, 2)) * TRMI_PANEL;
    const bool sums = wanted & 1, maxima = wanted & 2;
    twin nodes = twin_new(q.panels * panel, true), most = twin_new(q.panels * list_panel, false),
         sum = twin_new(q.panels * list_panel, true), max = twin_new(q.panels * list_panel, true),
         to = twin_new(q.panels * panel, true);
    for (size_t i = 0; i < q.panels * panel; i++) /* so that several reach the maximum */
        nodes.data[0][i] = nodes.data[1][i] = (float)(int)(2.0f * nodes.data[0][i]);
    for (int side = 0; side < 2; side++) {
        const trmi_aggregate forward = {
            &r.table,    q.fields,
            begin,       end,
            q.panels,    readable(nodes, side, panel),
            { NULL, 0 }, written(most, side, list_panel),
        };
        v[0].kernels.aggregate(&forward);
        v[side].gradients.aggregate(&(trmi_aggregate_gradient) {
            forward,
            { sums ? sum.data[side] : NULL, list_panel },
            { maxima ? max.data[side] : NULL, list_panel },
            written(to, side, panel),
        });
    }
    return (int)twin_same(nodes) & (int)twin_same(most) & (int)twin_same(sum) & (int)twin_same(max) &
           (int)twin_same(to);
}

static bool case_gather_add_back(const variant *v)
{
    const question q = question_make();
    const uint32_t level = between(0, 2);
    relation r;
    relation_make(&r, level, elements_of(&q, level));
    const size_t rows = trmi_relation_rows(&r.table, q.fields, q.positions);
    const uint32_t end = between(1, q.nodes), begin = between(0, end - 1);
    const size_t panel = (end - begin + between(0, 2)) * TRMI_PANEL,
                 list_panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin from = twin_new(q.panels * panel, true), to = twin_new(q.panels * list_panel, true);
    for (int side = 0; side < 2; side++)
        v[side].gradients.gather_add(&(trmi_gathering_gradient) { &r.table, begin, end, q.panels, q.fields,
                                                                  q.answering, readable(from, side, panel),
                                                                  written(to, side, list_panel) });
    return (int)twin_same(from) & (int)twin_same(to);
}

static bool case_halting_back(const variant *v)
{
    const uint32_t count = between(1, 90);
    twin to = twin_new(count, true), logits = twin_new(count, true);
    for (int side = 0; side < 2; side++) {
        v[side].gradients.halt_softmin(to.data[side], logits.data[side], count, -3.0f, 0.7f);
        v[side].gradients.halt_product(to.data[side], logits.data[side], count, -1.3f);
    }
    return (int)twin_same(to) & (int)twin_same(logits);
}

const named_case backward_cases[] = {
    { "outer", case_outer, false },
    { "transpose", case_transpose, false },
    { "accumulate", case_accumulate, false },
    { "gate_plain back", case_gate_plain_back, false },
    { "gate_normed_columns back", case_gate_normed_columns_back, false },
    { "gate_normed_rows back", case_gate_normed_rows_back, false },
    { "norm_columns back", case_norm_columns_back, false },
    { "norm_rows back", case_norm_rows_back, false },
    { "softmax back", case_softmax_back, false },
    { "aggregate back", case_aggregate_back, false },
    { "gather_add back", case_gather_add_back, false },
    { "halting back", case_halting_back, false },
    { NULL, NULL, false },
};
