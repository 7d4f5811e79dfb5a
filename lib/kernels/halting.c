/* Halting functions: sums over nodes keep 16 lanes, in node order. */
#include "lib/kernels/halting.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "lib/core/logarithm.h"
#include "lib/kernels/rows.h"
#include "lib/kernels/scalar.h"

#define SERIES_BELOW 0.1f /* where exp(L) comes so near to 1 that a series is more exact */

static bool all_finite(const float *logits, uint32_t count)
{
    bool finite = true;
    for (uint32_t i = 0; i < count; i++)
        finite &= logits[i] - logits[i] == 0.0f;
    return finite;
}

float trmi_halt_softmin(const float *logits, uint32_t count)
{
    assert(logits != NULL && count > 0);
    if (!all_finite(logits, count))
        return NAN;
    float most = -logits[0], lane[TRMI_PANEL] = { 0.0f };
    for (uint32_t i = 1; i < count; i++)
        most = trmi_max(-logits[i], most);
    for (uint32_t i = 0; i < count; i++)
        lane[i % TRMI_PANEL] += trmi_exp(-logits[i] - most);
    return -(most + trmi_log(trmi_fold(lane)));
}

/* log P - log(1 - P) of L = log P. */
static float logit_of_log(float log_p)
{
    const float a = -log_p;
    assert(log_p <= TRMI_LARGEST_LOG_P);
    if (a < SERIES_BELOW)
        return -trmi_log(a) - (a * 0.5f + a * a * (1.0f / 24.0f));
    return log_p - trmi_log(-trmi_expm1(log_p));
}

float trmi_halt_product(const float *logits, uint32_t count)
{
    assert(logits != NULL && count > 0);
    if (!all_finite(logits, count))
        return NAN;
    float lane[TRMI_PANEL] = { 0.0f };
    for (uint32_t i = 0; i < count; i++)
        lane[i % TRMI_PANEL] += trmi_log_sigmoid(logits[i]);
    return logit_of_log(trmi_min(trmi_fold(lane), TRMI_LARGEST_LOG_P));
}

void trmi_halt_cells(float *to, const float *logits, uint32_t positions, uint32_t fields)
{
    assert(to != NULL && to != logits);
    for (uint32_t position = 0; position < positions; position++)
        to[position] = trmi_halt_softmin(logits + (size_t)position * fields, fields);
}
