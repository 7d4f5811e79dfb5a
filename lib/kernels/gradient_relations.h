/* A part of gradient_kernels.h: what nodes hear from one another, and what their halting logits say of the
   whole. */
#include "lib/kernels/halting.h"

/* ------------------------------------------------------------------------------------------- aggregates */

static inline void add_lanes(float *restrict to, const float *restrict a)
{
    EACH_LANE to[i] += a[i];
}

/* gcc unrolls loops over lanes before it makes vectors of them; their choices then become jumps. */
#if defined(__GNUC__) && !defined(__clang__)
#define EACH_CHOICE _Pragma("GCC unroll 1") EACH_LANE
#else
#define EACH_CHOICE EACH_LANE
#endif

/* The first member whose number is the maximum takes what is left of the lane's gradient: 0 stays. */
static inline void take_lanes(float *restrict to, const float *restrict x, const float *restrict most,
                              float *restrict left)
{
    float taken[TRMI_PANEL];
    EACH_CHOICE taken[i] = x[i] == most[i] ? left[i] : 0.0f;
    EACH_LANE to[i] += taken[i];
    EACH_LANE left[i] -= taken[i];
}

static inline void add_and_take_lanes(float *restrict to, const float *restrict share,
                                      const float *restrict x, const float *restrict most,
                                      float *restrict left)
{
    float taken[TRMI_PANEL];
    EACH_CHOICE taken[i] = x[i] == most[i] ? left[i] : 0.0f;
    EACH_LANE to[i] = (to[i] + share[i]) + taken[i];
    EACH_LANE left[i] -= taken[i];
}

/* One panel of one list, as the next two. */
static void sum_panel(const trmi_list *list, float *to, const float *share)
{
    for (uint32_t member = 0; member < list->count; member++)
        add_lanes(to + (list->heard[member] * list->step + list->base) * TRMI_PANEL, share);
}

static void max_panel(const trmi_list *list, float *to, const float *nodes, const float *most, float *left)
{
    for (uint32_t member = 0; member < list->count; member++) {
        const size_t at = (list->heard[member] * list->step + list->base) * TRMI_PANEL;
        take_lanes(to + at, nodes + at, most, left);
    }
}

static void both_panel(const trmi_list *list, float *to, const float *share, const float *nodes,
                       const float *most, float *left)
{
    for (uint32_t member = 0; member < list->count; member++) {
        const size_t at = (list->heard[member] * list->step + list->base) * TRMI_PANEL;
        add_and_take_lanes(to + at, share, nodes + at, most, left);
    }
}

static void aggregate_list(const trmi_aggregate_gradient *g, const trmi_list *list, size_t row)
{
    assert(list->count > 0 && (g->max.data == NULL || g->forward.max.data != NULL));
    const float factor = trmi_sum_factor(list->count);
    for (uint32_t p = 0; p < g->forward.panels; p++) {
        const float *nodes = g->forward.nodes.data + p * g->forward.nodes.panel;
        float *to = g->to.data + p * g->to.panel, share[TRMI_PANEL] = { 0.0f }, left[TRMI_PANEL];
        if (g->sum.data != NULL) {
            const float *sum = g->sum.data + p * g->sum.panel + row * TRMI_PANEL;
            EACH_LANE share[i] = sum[i] * factor;
        }
        if (g->max.data == NULL) {
            sum_panel(list, to, share);
            continue;
        }
        const float *most = g->forward.max.data + p * g->forward.max.panel + row * TRMI_PANEL;
        memcpy(left, g->max.data + p * g->max.panel + row * TRMI_PANEL, sizeof left);
        if (g->sum.data == NULL)
            max_panel(list, to, nodes, most, left);
        else
            both_panel(list, to, share, nodes, most, left);
    }
}

static void aggregate_back(const trmi_aggregate_gradient *g)
{
    const uint32_t spread = trmi_relation_spread(g->forward.relation, g->forward.fields);
    size_t row = 0;
    assert(g->forward.begin <= g->forward.end && g->to.data != NULL && g->to.data != g->forward.nodes.data);
    for (uint32_t unit = g->forward.begin; unit < g->forward.end; unit++)
        for (uint32_t k = 0; k < spread; k++, row++) {
            const trmi_list list = trmi_list_of_unit(&g->forward, unit, k);
            if (list.count > 0)
                aggregate_list(g, &list, row);
        }
}

/* ------------------------------------------------------------------------------------------- gathering */

static void return_row(const trmi_gathering_gradient *g, uint32_t node, size_t row)
{
    for (uint32_t p = 0; p < g->panels; p++)
        add_lanes(g->to.data + p * g->to.panel + row * TRMI_PANEL,
                  g->from.data + p * g->from.panel + (size_t)node * TRMI_PANEL);
}

static void gather_back(const trmi_gathering_gradient *g)
{
    assert(g->fields > 0 && g->answering % g->fields == 0 && g->answering <= g->nodes);
    const uint32_t positions = g->answering / g->fields;
    const size_t rows = trmi_relation_rows(g->relation, g->fields, positions);
    assert(g->to.data != NULL && trmi_panels_fit(g->to.panel, g->panels, rows));
    for (uint32_t p = 0; p < g->panels; p++)
        memset(g->to.data + p * g->to.panel, 0, rows * TRMI_PANEL * sizeof(float));
    if (g->relation->level == TRMI_LEVEL_NODES) {
        for (uint32_t node = 0; node < g->nodes; node++)
            return_row(g, node, trmi_relation_list(g->relation, node));
        return;
    }
    for (uint32_t position = 0; position < positions; position++)
        for (uint32_t value = 0; value < g->fields; value++)
            return_row(g, position * g->fields + value,
                       trmi_relation_row(g->relation, g->fields, position, value));
}

/* ------------------------------------------------------------------------------------------- halting */

/* d/dc_i -log sum exp(-c) = exp(-c_i) / sum exp(-c) */
static void halt_softmin(float *restrict to, const float *restrict logits, uint32_t count, float whole,
                         float slope)
{
    for (uint32_t i = 0; i < count; i++)
        to[i] += slope * trmi_exp(whole - logits[i]);
}

/* With L = log P: d/dc (L - log(1 - exp(L))) = sigmoid(-c) / (1 - exp(L)), and nothing where L is held. */
static void halt_product(float *restrict to, const float *restrict logits, uint32_t count, float slope)
{
    float lane[TRMI_PANEL] = { 0.0f };
    for (uint32_t i = 0; i < count; i++)
        lane[i % TRMI_PANEL] += trmi_log_sigmoid(logits[i]);
    const float log_p = trmi_fold(lane);
    if (log_p > TRMI_LARGEST_LOG_P)
        return;
    const float factor = slope / -trmi_expm1(log_p);
    for (uint32_t i = 0; i < count; i++)
        to[i] += factor * trmi_sigmoid(-logits[i]);
}
