/* The backward passes that relational models spend their time in, in terms of vectors;
 * gradients_reference.c has their order of operations. An instruction set includes this once behind
 * gradient_kernels.h, after the words that vector_kernels.h lists. */
#include <assert.h>

#include "lib/kernels/gradients.h"
#include "lib/kernels/promises.h"
#include "lib/kernels/vector_functions.h"

/* ----------------------------------------------------------------------------------------- outer products */

enum {
    OUTER_INPUTS = 6, /* chains of a tile, twice: with both sides' numbers they fill 16 registers */
    OUTER_ROWS = 128  /* rows at a time, so that both sides stay in the first-level cache */
};

/* A tile: some inputs by two vectors of outputs, the halves of a panel or two panels. */
typedef struct outer_tile {
    const float *a, *b0, *b1;
    float *c0, *c1;
    uint32_t rows;
} outer_tile;

/* Macros, not loops: every chain is a variable of its own. */
#define EACH_INPUT(M) M(0) M(1) M(2) M(3) M(4) M(5)
#define OUTER_LOAD(i) \
    vector s##i = v_load(t->c0 + (i < inputs ? i : 0) * TRMI_PANEL), \
           t##i = v_load(t->c1 + (i < inputs ? i : 0) * TRMI_PANEL);
#define OUTER_STEP(i) \
    if (i < inputs) { \
        const vector x = v_set(a[i]); \
        s##i = v_fma(x, y0, s##i); \
        t##i = v_fma(x, y1, t##i); \
    }
#define OUTER_STORE(i) \
    if (i < inputs) { \
        v_store(t->c0 + i * TRMI_PANEL, s##i); \
        v_store(t->c1 + i * TRMI_PANEL, t##i); \
    }

/* `inputs` is a constant where this is called. */
INLINE void run_outer(const outer_tile *t, const uint32_t inputs)
{
    EACH_INPUT(OUTER_LOAD)
    const float *a = t->a, *b0 = t->b0, *b1 = t->b1;
    for (uint32_t row = 0; row < t->rows; row++) {
        const vector y0 = v_load(b0), y1 = v_load(b1);
        EACH_INPUT(OUTER_STEP)
        a += TRMI_PANEL;
        b0 += TRMI_PANEL;
        b1 += TRMI_PANEL;
    }
    EACH_INPUT(OUTER_STORE)
}

#define OUTER_CASE(i) \
    case i + 1: \
        run_outer(t, i + 1); \
        break;
static void run_inputs(const outer_tile *t, uint32_t inputs)
{
    assert(inputs > 0 && inputs <= OUTER_INPUTS);
    switch (inputs) {
        EACH_INPUT(OUTER_CASE)
    }
}

/* The inputs of one panel, in tiles as even as they can be. */
static void outer_inputs(const trmi_outer *o, uint32_t panel, uint32_t output, uint32_t begin, uint32_t rows)
{
    const uint32_t left = o->inputs - panel * TRMI_PANEL, count = left < TRMI_PANEL ? left : TRMI_PANEL,
                   tiles = (count + OUTER_INPUTS - 1) / OUTER_INPUTS;
    const bool two = PARTS == 1 && output + 1 < o->panels; /* else the same twice */
    outer_tile t = { .rows = rows };
    t.a = o->a.data + panel * o->a.panel + (size_t)begin * TRMI_PANEL;
    t.b0 = o->b.data + output * o->b.panel + (size_t)begin * TRMI_PANEL;
    t.b1 = PARTS == 2 ? t.b0 + VECTOR_LANES : two ? t.b0 + o->b.panel : t.b0;
    t.c0 = o->c + output * o->c_panel + (size_t)panel * TRMI_PANEL * TRMI_PANEL;
    t.c1 = PARTS == 2 ? t.c0 + VECTOR_LANES : two ? t.c0 + o->c_panel : t.c0;
    for (uint32_t tile = 0; tile < tiles; tile++) {
        const uint32_t inputs = count / tiles + (tile < count % tiles);
        run_inputs(&t, inputs);
        t.a += inputs;
        t.c0 += (size_t)inputs * TRMI_PANEL;
        t.c1 += (size_t)inputs * TRMI_PANEL;
    }
}

static void outer(const trmi_outer *o)
{
    assert(o->rows > 0 && o->inputs > 0 && trmi_holds_numbers(o->c));
    assert(trmi_panels_fit(o->a.panel, trmi_panels_of(o->inputs), o->rows));
    assert(trmi_panels_fit(o->b.panel, o->panels, o->rows));
    assert(trmi_panels_fit(o->c_panel, o->panels, o->inputs));
    for (uint32_t begin = 0; begin < o->rows; begin += OUTER_ROWS) {
        const uint32_t rows = o->rows - begin < OUTER_ROWS ? o->rows - begin : OUTER_ROWS;
        for (uint32_t output = 0; output < o->panels; output += 2 / PARTS)
            for (uint32_t panel = 0; panel * TRMI_PANEL < o->inputs; panel++)
                outer_inputs(o, panel, output, begin, rows);
    }
}

/* ---------------------------------------------------------------------------------------- gates and norms */

enum { ROWS_AT_ONCE = 4 };

#define EACH_PART for (size_t i = 0; i < TRMI_PANEL; i += VECTOR_LANES)

/* One row of a view, each panel of it. */
INLINE float *view_row(trmi_rows_view view, uint32_t panel, size_t at)
{
    return view.data + panel * view.panel + at;
}

INLINE const float *read_row(trmi_rows_read view, uint32_t panel, size_t at)
{
    return view.data + panel * view.panel + at;
}

/* Two sums of a row: of squares, and of the gradient times what it is of. */
typedef struct row_sums {
    lanes squares, mixed;
} row_sums;

/* First pass over a row of sigmoid(g) r(g u): the sigmoids into gate_to; the sums of p^2 and of from
 * sigmoid p. */
INLINE void gate_row_sums(const trmi_gate_gradient *g, uint32_t panels, size_t at, row_sums *to)
{
    lanes squares = no_lanes(), mixed = no_lanes();
    for (uint32_t p = 0; p < panels; p++)
        EACH_PART
        {
            const size_t part = i / VECTOR_LANES;
            const vector x = v_load(read_row(g->gate, p, at) + i),
                         product = v_mul(x, v_load(read_row(g->up, p, at) + i)),
                         s = v_div(v_set(1.0f), one_and_exponential(x));
            v_store(view_row(g->gate_to, p, at) + i, s);
            squares.part[part] = v_add(squares.part[part], v_mul(product, product));
            mixed.part[part] =
                v_add(mixed.part[part], v_mul(v_mul(v_load(read_row(g->from, p, at) + i), s), product));
        }
    *to = (row_sums) { squares, mixed };
}

/* Second pass: gate_to holds the sigmoids. */
INLINE void gate_row_finish(const trmi_gate_gradient *g, uint32_t panels, size_t at, vector factor,
                            vector drag)
{
    for (uint32_t p = 0; p < panels; p++)
        EACH_PART
        {
            float *to = view_row(g->gate_to, p, at) + i;
            const vector x = v_load(read_row(g->gate, p, at) + i), u = v_load(read_row(g->up, p, at) + i),
                         product = v_mul(x, u), s = v_load(to), d = v_load(read_row(g->from, p, at) + i),
                         normal = v_mul(product, factor),
                         of_p = v_sub(v_mul(factor, v_mul(d, s)), v_mul(product, drag)),
                         slope = v_mul(s, v_sub(v_set(1.0f), s));
            v_store(to, v_add(v_mul(of_p, u), v_mul(v_mul(d, normal), slope)));
            v_store(view_row(g->up_to, p, at) + i, v_mul(of_p, x));
            if (g->hidden.data != NULL)
                v_store(view_row(g->hidden, p, at) + i, v_mul(s, normal));
        }
}

/* A struct of the function's own is read once: vectors that are stored might change the caller's, for all
 * that compilers know. Some rows at a time, so that the folds of one do not wait for those of another. */
static void gate_normed_columns(const trmi_gate_gradient *gradient)
{
    const trmi_gate_gradient own = *gradient, *g = &own;
    const uint32_t panels = (g->width + TRMI_PANEL - 1) / TRMI_PANEL;
    assert(g->width > 0 && trmi_panels_fit(g->gate_to.panel, panels, g->rows));
    assert(trmi_panels_fit(g->up_to.panel, panels, g->rows));
    assert(g->hidden.data == NULL || trmi_panels_fit(g->hidden.panel, panels, g->rows));
    for (uint32_t begin = 0, count; begin < g->rows; begin += count) {
        row_sums sums[ROWS_AT_ONCE];
        count = g->rows - begin < ROWS_AT_ONCE ? g->rows - begin : ROWS_AT_ONCE;
        for (uint32_t i = 0; i < count; i++)
            gate_row_sums(g, panels, (size_t)(begin + i) * TRMI_PANEL, &sums[i]);
        for (uint32_t i = 0; i < count; i++) {
            const float f = trmi_norm_factor(v_fold(sums[i].squares.part), g->width, g->epsilon);
            const float k = f * f * f * (v_fold(sums[i].mixed.part) / (float)g->width);
            gate_row_finish(g, panels, (size_t)(begin + i) * TRMI_PANEL, v_set(f), v_set(k));
        }
    }
}

/* With s = a + b: sums of s^2 and of from y. */
INLINE void norm_row_sums(const trmi_norm_gradient *n, uint32_t panels, size_t at, row_sums *to)
{
    lanes squares = no_lanes(), mixed = no_lanes();
    for (uint32_t p = 0; p < panels; p++)
        EACH_PART
        {
            const size_t part = i / VECTOR_LANES;
            const vector s = v_add(v_load(read_row(n->a, p, at) + i), v_load(read_row(n->b, p, at) + i));
            const vector from = v_load(read_row(n->from, p, at) + i), y = v_load(read_row(n->y, p, at) + i);
            squares.part[part] = v_add(squares.part[part], v_mul(s, s));
            mixed.part[part] = v_add(mixed.part[part], v_mul(from, y));
        }
    *to = (row_sums) { squares, mixed };
}

INLINE void norm_row_finish(const trmi_norm_gradient *n, uint32_t panels, size_t at, vector factor,
                            vector mean)
{
    for (uint32_t p = 0; p < panels; p++)
        EACH_PART
        {
            const vector y = v_load(read_row(n->y, p, at) + i), from = v_load(read_row(n->from, p, at) + i);
            v_store(view_row(n->to, p, at) + i, v_mul(factor, v_sub(from, v_mul(y, mean))));
        }
}

static void norm_columns(const trmi_norm_gradient *gradient)
{
    const trmi_norm_gradient own = *gradient, *n = &own;
    const uint32_t panels = (n->width + TRMI_PANEL - 1) / TRMI_PANEL;
    assert(n->width > 0 && trmi_panels_fit(n->to.panel, panels, n->rows));
    for (uint32_t begin = 0, count; begin < n->rows; begin += count) {
        row_sums sums[ROWS_AT_ONCE];
        count = n->rows - begin < ROWS_AT_ONCE ? n->rows - begin : ROWS_AT_ONCE;
        for (uint32_t i = 0; i < count; i++)
            norm_row_sums(n, panels, (size_t)(begin + i) * TRMI_PANEL, &sums[i]);
        for (uint32_t i = 0; i < count; i++) {
            const float factor = trmi_norm_factor(v_fold(sums[i].squares.part), n->width, n->epsilon),
                        mean = v_fold(sums[i].mixed.part) / (float)n->width;
            norm_row_finish(n, panels, (size_t)(begin + i) * TRMI_PANEL, v_set(factor), v_set(mean));
        }
    }
}

/* ------------------------------------------------------------------------------------------- aggregates */

/* One panel of one list: each member gets the share, if there is one, and the first whose number is the
 * maximum what is left. */
INLINE void aggregate_panel_back(const trmi_list *list, float *to, const float *sum, float factor,
                                 const float *nodes, const float *most, const float *max)
{
    EACH_PART
    {
        const vector share = sum == NULL ? v_set(0.0f) : v_mul(v_load(sum + i), v_set(factor));
        const vector largest = max == NULL ? share : v_load(most + i);
        vector left = max == NULL ? share : v_load(max + i);
        for (uint32_t member = 0; member < list->count; member++) {
            const size_t at = (list->heard[member] * list->step + list->base) * TRMI_PANEL + i;
            vector x = v_load(to + at);
            if (sum != NULL)
                x = v_add(x, share);
            if (max != NULL) {
                const vector taken = v_where_equal(v_load(nodes + at), largest, left);
                x = v_add(x, taken);
                left = v_sub(left, taken);
            }
            v_store(to + at, x);
        }
    }
}

static void aggregate_list_back(const trmi_aggregate_gradient *g, const trmi_list *list, size_t row)
{
    const trmi_aggregate *forward = &g->forward;
    const float factor = trmi_sum_factor(list->count);
    for (uint32_t p = 0; p < forward->panels; p++) {
        const float *nodes = forward->nodes.data + p * forward->nodes.panel;
        float *to = g->to.data + p * g->to.panel;
        const float *sum = g->sum.data == NULL ? NULL : read_row(g->sum, p, row * TRMI_PANEL);
        if (g->max.data == NULL) {
            aggregate_panel_back(list, to, sum, factor, NULL, NULL, NULL);
            continue;
        }
        const float *most = view_row(forward->max, p, row * TRMI_PANEL),
                    *max = read_row(g->max, p, row * TRMI_PANEL);
        if (sum == NULL)
            aggregate_panel_back(list, to, NULL, factor, nodes, most, max);
        else
            aggregate_panel_back(list, to, sum, factor, nodes, most, max);
    }
}

static void aggregate_back(const trmi_aggregate_gradient *g)
{
    const uint32_t spread = trmi_relation_spread(g->forward.relation, g->forward.fields);
    size_t row = 0;
    assert(g->forward.begin <= g->forward.end && g->to.data != NULL && g->to.data != g->forward.nodes.data);
    assert(g->max.data == NULL || g->forward.max.data != NULL);
    assert(g->sum.data != NULL || g->max.data != NULL);
    for (uint32_t unit = g->forward.begin; unit < g->forward.end; unit++)
        for (uint32_t k = 0; k < spread; k++, row++) {
            const trmi_list list = trmi_list_of_unit(&g->forward, unit, k);
            if (list.count > 0)
                aggregate_list_back(g, &list, row);
        }
}

/* ------------------------------------------------------------------------------------------- gathering */

enum { RETURNS_AT_ONCE = 64 };

/* Nodes side by side that have one list. */
typedef struct returned_run {
    uint32_t nodes;
    size_t row; /* of the list */
} returned_run;

/* The runs from node `node` on, until there are enough; the node behind them. */
static uint32_t find_returns(const trmi_gathering_gradient *g, uint32_t node, uint32_t end,
                             returned_run run[RETURNS_AT_ONCE], uint32_t *runs)
{
    for (*runs = 0; node < end; node++) {
        const size_t row = trmi_relation_row(g->relation, g->fields, node / g->fields, node % g->fields);
        if (*runs > 0 && run[*runs - 1].row == row)
            run[*runs - 1].nodes++;
        else if (*runs < RETURNS_AT_ONCE)
            run[(*runs)++] = (returned_run) { 1, row };
        else
            break;
    }
    return node;
}

/* One panel of some runs: adds the rows of a run's nodes to that of its list. */
INLINE void return_panel(const float *from, float *lists, const returned_run *run, uint32_t runs)
{
    for (uint32_t k = 0; k < runs; k++) {
        float *to = lists + run[k].row * TRMI_PANEL;
        vector sum[PARTS];
        for (int i = 0; i < PARTS; i++)
            sum[i] = v_load(to + i * VECTOR_LANES);
        for (uint32_t node = 0; node < run[k].nodes; node++, from += TRMI_PANEL)
            for (int i = 0; i < PARTS; i++)
                sum[i] = v_add(sum[i], v_load(from + i * VECTOR_LANES));
        for (int i = 0; i < PARTS; i++)
            v_store(to + i * VECTOR_LANES, sum[i]);
    }
}

/* A panel after the other, so that the lists' rows are in the first-level cache. */
static void gather_back(const trmi_gathering_gradient *g)
{
    assert(g->fields > 0 && g->answering % g->fields == 0 && g->begin <= g->end && g->to.data != NULL);
    const uint32_t end = trmi_returning_end(g);
    returned_run run[RETURNS_AT_ONCE];
    for (uint32_t node = g->begin, next, runs; node < end; node = next) {
        next = find_returns(g, node, end, run, &runs);
        for (uint32_t p = 0; p < g->panels; p++)
            return_panel(g->from.data + p * g->from.panel + (size_t)(node - g->begin) * TRMI_PANEL,
                         g->to.data + p * g->to.panel, run, runs);
    }
}

static void fill_vectors(trmi_gradients *gradients)
{
    gradients->outer = outer;
    gradients->gate_normed_columns = gate_normed_columns;
    gradients->norm_columns = norm_columns;
    gradients->aggregate = aggregate_back;
    gradients->gather_add = gather_back;
}
