#include "bindings/cli/trust.h"

#include <math.h>

#include <trm/trm.h>

void calibration_add(calibration *c, double probability, bool right)
{
    const int wanted = (int)(probability * TRUST_BINS), bin = wanted < TRUST_BINS ? wanted : TRUST_BINS - 1;
    c->count[bin]++;
    c->right[bin] += right;
    c->said[bin] += probability;
}

double calibration_error(const calibration *c)
{
    double distance = 0.0;
    uint64_t whole = 0;
    for (int i = 0; i < TRUST_BINS; i++) {
        distance += fabs(c->said[i] - (double)c->right[i]); /* a bin's difference of means, times its count */
        whole += c->count[i];
    }
    return whole > 0 ? distance / (double)whole : 0.0;
}

void trust_add(trust *t, uint32_t stop, double halt_probability, bool right)
{
    const bool sure = stop == TRM_STOP_SIGNAL || stop == TRM_STOP_VERIFIED || halt_probability > t->threshold;
    t->questions++;
    t->sure += sure;
    t->mistaken += sure && !right;
    calibration_add(&t->answers, halt_probability, right);
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0.0;
}

void trust_print(const trust *t)
{
    printf("called right (halt probability above %g): %.2f %% of the puzzles, of which %.2f %% (%llu) are "
           "wrong\n",
           t->threshold, 100.0 * share(t->sure, t->questions), 100.0 * share(t->mistaken, t->sure),
           (unsigned long long)t->mistaken);
    printf("expected calibration error: %.2f points of answers, %.2f of cells\n",
           100.0 * calibration_error(&t->answers), 100.0 * calibration_error(&t->cells));
}

void trust_record(const trust *t, record *r)
{
    record_number(r, "halt_threshold", t->threshold);
    record_integer(r, "called_right", t->sure);
    record_integer(r, "called_right_wrongly", t->mistaken);
    record_number(r, "calibration_error", calibration_error(&t->answers));
    record_number(r, "cell_calibration_error", calibration_error(&t->cells));
}
