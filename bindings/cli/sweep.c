#include "bindings/cli/sweep.h"

#include <stdlib.h>

static const double thresholds[SWEEP_THRESHOLDS] = {
    0.5,  0.55, 0.6,  0.65, 0.7,   0.75, 0.8,   0.85,  0.875, 0.9,   0.92,   0.94,
    0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.998, 0.999, 0.9995,
};

double sweep_threshold(int index)
{
    return thresholds[index];
}

bool sweep_take(const sweep *s, sweep_class *of)
{
    if (of->count == of->capacity) {
        const size_t capacity = of->capacity > 0 ? 2 * of->capacity : 64;
        sweep_step *grown = realloc(of->steps, capacity * s->steps * sizeof *grown);
        if (grown == NULL)
            return false;
        of->steps = grown;
        of->capacity = capacity;
    }
    of->count++;
    return true;
}

sweep_result sweep_class_result(const sweep *s, const sweep_class *of, double threshold, uint32_t limit)
{
    sweep_result result = { .puzzles = of->count };
    for (size_t i = 0; i < of->count; i++) {
        const sweep_step *steps = of->steps + i * s->steps;
        uint32_t taken = 1;
        while (taken < limit && !((double)steps[taken - 1].probability > threshold))
            taken++;
        const bool sure = (double)steps[taken - 1].probability > threshold, right = steps[taken - 1].right;
        result.sure += sure;
        result.mistaken += sure && !right;
        result.right += right;
        result.steps += taken;
    }
    return result;
}

sweep_result sweep_whole(const sweep *s, double threshold, uint32_t limit)
{
    sweep_result whole = { 0 };
    for (size_t c = 0; c < s->class_count; c++) {
        const sweep_result r = sweep_class_result(s, &s->classes[c], threshold, limit);
        whole.puzzles += r.puzzles;
        whole.sure += r.sure;
        whole.mistaken += r.mistaken;
        whole.right += r.right;
        whole.steps += r.steps;
    }
    return whole;
}

static bool is_trustworthy(const sweep *s, double threshold, double wrong)
{
    for (size_t c = 0; c < s->class_count; c++) {
        const sweep_result r = sweep_class_result(s, &s->classes[c], threshold, s->steps);
        if ((double)r.mistaken > wrong * (double)r.sure)
            return false;
    }
    return true;
}

/* Rightly called right is best, then wrongly seldom. */
static int compare(const sweep_result *a, const sweep_result *b)
{
    const uint64_t of_a = a->sure - a->mistaken, of_b = b->sure - b->mistaken;
    if (of_a != of_b)
        return of_a > of_b ? 1 : -1;
    return a->mistaken < b->mistaken ? 1 : a->mistaken > b->mistaken ? -1 : 0;
}

/* The lowest of the best ones and the highest of those that follow and are as good: the middle has a margin
   on both sides. */
int sweep_choose_threshold(const sweep *s, double wrong)
{
    sweep_result best = { 0 };
    int lowest = -1, highest = -1;
    for (int i = 0; i < SWEEP_THRESHOLDS; i++) {
        const sweep_result found = sweep_whole(s, thresholds[i], s->steps);
        const int order = is_trustworthy(s, thresholds[i], wrong) ? compare(&found, &best) : -1;
        if (order > 0) {
            best = found;
            lowest = highest = i;
        } else if (order == 0 && highest == i - 1) {
            highest = i;
        }
    }
    return lowest < 0 ? -1 : (lowest + highest + 1) / 2;
}

static bool is_enough(const sweep *s, double threshold, uint32_t limit, double lost)
{
    for (size_t c = 0; c < s->class_count; c++) {
        const uint64_t here = sweep_class_result(s, &s->classes[c], threshold, limit).right,
                       best = sweep_class_result(s, &s->classes[c], threshold, s->steps).right;
        if ((double)here < (1.0 - lost) * (double)best)
            return false;
    }
    return true;
}

uint32_t sweep_choose_limit(const sweep *s, double threshold, double lost)
{
    enum { LEAST_LIMIT = 8 };
    uint32_t limit = LEAST_LIMIT;
    while (limit < s->steps && !is_enough(s, threshold, limit, lost))
        limit *= 2;
    return limit < s->steps ? limit : s->steps;
}

void sweep_free(sweep *s)
{
    for (size_t c = 0; c < s->class_count; c++)
        free(s->classes[c].steps);
    *s = (sweep) { 0 };
}
