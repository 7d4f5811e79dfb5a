#include "bindings/cli/curve.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

bool curve_make(curve *c, size_t count)
{
    *c = (curve) { .count = count };
    if (count >= SIZE_MAX / sizeof *c->x)
        return false;
    c->x = malloc((count + 1) * sizeof *c->x);
    c->y = malloc((count + 1) * sizeof *c->y);
    return c->x != NULL && c->y != NULL;
}

void curve_free(curve *c)
{
    free(c->x);
    free(c->y);
    *c = (curve) { 0 };
}

/* ------------------------------------------------------------------------------------------- means */

/* A weighted sum of values, and the weights in it. */
typedef struct mean {
    double sum, weight;
} mean;

static void fade(mean *m, double factor)
{
    m->sum *= factor;
    m->weight *= factor;
}

static double weight_at(const curve *c, const double *weights, size_t i)
{
    return isnan(c->y[i]) ? 0.0 : weights == NULL ? 1.0 : weights[i] > 0.0 ? weights[i] : 0.0;
}

/* From point `from` to its neighbour `to`. */
static double fading(const curve *c, const double *parts, size_t from, size_t to, double reach)
{
    return parts != NULL && parts[from] != parts[to] ? 0.0 : exp(-fabs(c->x[to] - c->x[from]) / reach);
}

static void add(mean *m, double value, double weight)
{
    if (weight > 0.0)
        m->sum += weight * value;
    m->weight += weight;
}

/* One sum runs forwards, up to each point; another backwards, down to it. */
bool curve_smooth(curve *c, const double *weights, const double *parts, double reach)
{
    mean *before = malloc(c->count * sizeof *before), m = { 0.0, 0.0 };
    for (size_t i = 0; before != NULL && i < c->count; i++) {
        fade(&m, i > 0 ? fading(c, parts, i - 1, i, reach) : 0.0);
        before[i] = m;
        add(&m, c->y[i], weight_at(c, weights, i));
    }
    m = (mean) { 0.0, 0.0 };
    for (size_t left = before != NULL ? c->count : 0; left > 0; left--) {
        const size_t i = left - 1;
        fade(&m, left < c->count ? fading(c, parts, left, i, reach) : 0.0);
        const double weight = weight_at(c, weights, i);
        add(&m, c->y[i], weight);
        if (weight > 0.0)
            c->y[i] = (before[i].sum + m.sum) / (before[i].weight + m.weight);
        else
            c->y[i] = (double)NAN;
    }
    free(before);
    return before != NULL;
}

/* ------------------------------------------------------------------------------------------- thinning */

/* Puts the lowest and the highest of the points from `begin` to `end` at `to`, in their order; a stretch
 * without any is a gap. Returns what comes behind. */
static size_t put_extremes(curve *c, size_t begin, size_t end, size_t to)
{
    size_t low = begin, high = begin;
    for (size_t i = begin; i < end; i++) {
        low = isnan(c->y[low]) || c->y[i] < c->y[low] ? i : low;
        high = isnan(c->y[high]) || c->y[i] > c->y[high] ? i : high;
    }
    const size_t first = low < high ? low : high, second = low < high ? high : low;
    const double x = c->x[second], y = c->y[second];
    c->x[to] = c->x[first];
    c->y[to] = c->y[first];
    if (second == first)
        return to + 1;
    c->x[to + 1] = x;
    c->y[to + 1] = y;
    return to + 2;
}

void curve_thin(curve *c, size_t most)
{
    if (c->count <= most)
        return;
    const double stretches = (double)(most / 2), from = c->x[0], width = c->x[c->count - 1] - from;
    size_t kept = 0, begin = 0;
    while (begin < c->count) {
        const double stretch = floor((c->x[begin] - from) / width * stretches);
        size_t end = begin + 1;
        while (end < c->count &&
               fmin(floor((c->x[end] - from) / width * stretches), stretches - 1.0) <= stretch)
            end++;
        kept = put_extremes(c, begin, end, kept);
        begin = end;
    }
    c->count = kept;
}

/* ------------------------------------------------------------------------------------------- values */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool curve_range(const curve *c, double outside, double *low, double *high)
{
    double *sorted = malloc(c->count * sizeof *sorted);
    size_t count = 0;
    for (size_t i = 0; sorted != NULL && i < c->count; i++)
        if (!isnan(c->y[i]))
            sorted[count++] = c->y[i];
    if (count > 0) {
        const size_t skipped = (size_t)(outside * (double)(count - 1));
        qsort(sorted, count, sizeof *sorted, ascending);
        *low = sorted[skipped];
        *high = sorted[count - 1 - skipped];
    }
    free(sorted);
    return count > 0;
}

bool curve_last(const curve *c, double *value)
{
    for (size_t left = c->count; left > 0; left--)
        if (!isnan(c->y[left - 1])) {
            *value = c->y[left - 1];
            return true;
        }
    return false;
}
