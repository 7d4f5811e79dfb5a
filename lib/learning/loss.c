/* In double precision, as the published code has it: these numbers are few, and the whole gradient comes from
 * them. */
#include "lib/learning/loss.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "lib/kernels/rows.h"

static size_t place(const trmi_choices *choices, uint32_t row, uint32_t choice)
{
    assert(row < choices->positions && choice < choices->count);
    if (choices->by_node)
        return ((size_t)row * choices->count + choice) * TRMI_PANEL;
    return choice / TRMI_PANEL * choices->panel + (size_t)row * TRMI_PANEL + choice % TRMI_PANEL;
}

size_t trmi_choices_size(const trmi_choices *choices)
{
    if (choices->by_node)
        return (size_t)choices->positions * choices->count * TRMI_PANEL;
    return (choices->count + TRMI_PANEL - 1) / TRMI_PANEL * choices->panel;
}

/* stablemax: s(v) = v + 1 above zero, 1 / (1 - v) below */
static double stable(double v)
{
    return v >= 0.0 ? v + 1.0 : 1.0 / (1.0 - v + 1e-30);
}

/* s'(v) / s(v) */
static double stable_slope(double v)
{
    return v >= 0.0 ? 1.0 / (v + 1.0) : 1.0 / (1.0 - v);
}

/* What one position's logits become before they are divided by their sum. */
typedef struct row_view {
    const trmi_choices *choices;
    uint32_t row;
    double most, sum;
} row_view;

static double logit_of(const row_view *view, uint32_t choice)
{
    return view->choices->logits[place(view->choices, view->row, choice)];
}

static double mass_of(const row_view *view, double v)
{
    return view->choices->softmax ? exp(v - view->most) : stable(v);
}

static uint32_t weigh_row(row_view *view)
{
    uint32_t best = 0;
    for (uint32_t t = 1; t < view->choices->count; t++)
        if (logit_of(view, t) > logit_of(view, best))
            best = t;
    view->most = logit_of(view, best);
    view->sum = 0.0;
    for (uint32_t t = 0; t < view->choices->count; t++)
        view->sum += mass_of(view, logit_of(view, t));
    return best;
}

static double target_of(const row_view *view, uint32_t choice, uint32_t label, double smoothing)
{
    return smoothing / view->choices->count + (choice == label ? 1.0 - smoothing : 0.0);
}

/* - sum over t of target log p */
static double cross_entropy(const row_view *view, uint32_t label, double smoothing)
{
    double sum = 0.0;
    for (uint32_t t = 0; t < view->choices->count; t++) {
        const double target = target_of(view, t, label, smoothing);
        if (target > 0.0) {
            const double v = logit_of(view, t);
            sum -= target * ((view->choices->softmax ? v - view->most : log(stable(v))) - log(view->sum));
        }
    }
    return sum;
}

/* d / dv_t: softmax p - target; stablemax s'/s (p - target) */
static void row_gradient(const row_view *view, uint32_t label, double smoothing, double factor, float *to)
{
    for (uint32_t t = 0; t < view->choices->count; t++) {
        const double target = target_of(view, t, label, smoothing);
        const double v = logit_of(view, t), p = mass_of(view, v) / view->sum;
        const double slope = view->choices->softmax ? 1.0 : stable_slope(v);
        to[place(view->choices, view->row, t)] = (float)(factor * slope * (p - target));
    }
}

static bool counts(const trmi_choices *choices, int32_t label)
{
    return label >= 0 && (uint32_t)label >= choices->first &&
           (uint32_t)label - choices->first < choices->count;
}

static uint32_t count_labels(const trmi_choices *choices, const int32_t *labels)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < choices->positions; n++)
        count += counts(choices, labels[n]);
    return count;
}

void trmi_loss_answer(trmi_loss *loss, const trmi_choices *choices, const int32_t *labels, double smoothing,
                      float *gradient, uint8_t *cells)
{
    const uint32_t counted = count_labels(choices, labels);
    const double factor = 1.0 / (counted > 0 ? counted : 1);
    *loss = (trmi_loss) { .counted = counted };
    if (gradient != NULL)
        memset(gradient, 0, trmi_choices_size(choices) * sizeof *gradient);
    for (uint32_t n = 0; n < choices->positions; n++) {
        uint8_t cell = TRMI_CELL_UNCOUNTED;
        if (counts(choices, labels[n])) {
            row_view view = { choices, n, 0.0, 0.0 };
            const uint32_t label = (uint32_t)labels[n] - choices->first;
            cell = weigh_row(&view) == label ? TRMI_CELL_RIGHT : TRMI_CELL_WRONG;
            loss->right += cell == TRMI_CELL_RIGHT;
            loss->answer += factor * cross_entropy(&view, label, smoothing);
            if (gradient != NULL)
                row_gradient(&view, label, smoothing, factor, gradient);
        }
        if (cells != NULL)
            cells[n] = cell;
    }
    loss->exact = counted > 0 && loss->right == counted; /* without labels nothing is right */
}

/* Binary cross entropy of a logit; *slope receives its derivative. */
static double binary(double logit, double target, double *slope)
{
    *slope = 1.0 / (1.0 + exp(-logit)) - target;
    return (logit > 0.0 ? logit : 0.0) - logit * target + log1p(exp(-fabs(logit)));
}

double trmi_loss_halt(trmi_loss *loss, double logit)
{
    double slope;
    loss->halt = binary(logit, loss->exact ? 1.0 : 0.0, &slope);
    return slope;
}

void trmi_loss_cells(trmi_loss *loss, const float *confidences, const uint8_t *cells, uint32_t positions,
                     float *slopes)
{
    const double factor = 1.0 / (loss->counted > 0 ? loss->counted : 1);
    loss->cells = 0.0;
    for (uint32_t n = 0; n < positions; n++) {
        double slope = 0.0;
        if (cells[n] != TRMI_CELL_UNCOUNTED)
            loss->cells += factor * binary((double)confidences[n], cells[n] == TRMI_CELL_RIGHT, &slope);
        slopes[n] = (float)(factor * slope);
    }
}
