/* In double precision, as the published code has it: few numbers, all of the gradient comes from them. */
#include "lib/train/loss.h"

#include <math.h>

#include "lib/kernels/kernels.h"

static size_t place(size_t panel, uint32_t row, uint32_t token)
{
    return token / TRMI_PANEL * panel + (size_t)row * TRMI_PANEL + token % TRMI_PANEL;
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
    const float *logits;
    size_t panel;
    uint32_t row, vocabulary;
    bool softmax;
    double most, sum;
} row_view;

static double logit_of(const row_view *view, uint32_t token)
{
    return view->logits[place(view->panel, view->row, token)];
}

static double mass_of(const row_view *view, double v)
{
    return view->softmax ? exp(v - view->most) : stable(v);
}

static uint32_t weigh_row(row_view *view)
{
    uint32_t best = 0;
    for (uint32_t t = 1; t < view->vocabulary; t++)
        if (logit_of(view, t) > logit_of(view, best))
            best = t;
    view->most = logit_of(view, best);
    view->sum = 0.0;
    for (uint32_t t = 0; t < view->vocabulary; t++)
        view->sum += mass_of(view, logit_of(view, t));
    return best;
}

/* - sum over t of target log p */
static double cross_entropy(const row_view *view, uint32_t label, double smoothing)
{
    double sum = 0.0;
    for (uint32_t t = 0; t < view->vocabulary; t++) {
        const double target = smoothing / view->vocabulary + (t == label ? 1.0 - smoothing : 0.0);
        if (target > 0.0) {
            const double v = logit_of(view, t);
            sum -= target * ((view->softmax ? v - view->most : log(stable(v))) - log(view->sum));
        }
    }
    return sum;
}

/* d / dv_t: softmax p - target; stablemax s'/s (p - target) */
static void row_gradient(const row_view *view, uint32_t label, double smoothing, double factor, float *to)
{
    for (uint32_t t = 0; t < view->vocabulary; t++) {
        const double target = smoothing / view->vocabulary + (t == label ? 1.0 - smoothing : 0.0);
        const double v = logit_of(view, t), p = mass_of(view, v) / view->sum;
        const double slope = view->softmax ? 1.0 : stable_slope(v);
        to[place(view->panel, view->row, t)] = (float)(factor * slope * (p - target));
    }
}

static uint32_t count_labels(const int32_t *labels, uint32_t positions)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < positions; n++)
        count += labels[n] >= 0;
    return count;
}

void trmi_loss_answer(trmi_loss *loss, const trmi_config *config, const float *logits, size_t panel,
                      const int32_t *labels, double smoothing, float *gradient)
{
    const uint32_t counted = count_labels(labels, config->positions);
    const double factor = 1.0 / (counted > 0 ? counted : 1);
    *loss = (trmi_loss) { .counted = counted };
    for (uint32_t n = 0; n < config->positions; n++) {
        for (uint32_t t = 0; gradient != NULL && t < trmi_padded(config->vocabulary); t++)
            gradient[place(panel, n, t)] = 0.0f;
        if (labels[n] < 0)
            continue;
        row_view view = { logits, panel, n, config->vocabulary, config->likelihood == TRM_LIKELIHOOD_SOFTMAX,
                          0.0,    0.0 };
        const uint32_t label = (uint32_t)labels[n];
        loss->right += weigh_row(&view) == label;
        loss->answer += factor * cross_entropy(&view, label, smoothing);
        if (gradient != NULL)
            row_gradient(&view, label, smoothing, factor, gradient);
    }
    loss->exact = loss->right == counted;
}

double trmi_loss_halt(trmi_loss *loss, double logit)
{
    const double target = loss->exact ? 1.0 : 0.0;
    loss->halt = (logit > 0.0 ? logit : 0.0) - logit * target + log1p(exp(-fabs(logit)));
    return 1.0 / (1.0 + exp(-logit)) - target;
}
