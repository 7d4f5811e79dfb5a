/* Values are alike when nothing tells one from another: not how often they are given and found, not where,
 * and not beside what. Means over rows are compared with how far rows vary, as cells of one row depend on
 * each other. */
#include <math.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/statistics.h"

enum {
    FEWEST_ROWS = 20,
    MOST_VALUES = 36,
    MOST_CLASSES = MOST_VALUES * MOST_VALUES,
    MOST_LOOKED = 20000000, /* cells in all */
    SIGMAS = 6              /* beyond which it is no chance */
};
static const double least_share = 0.02; /* of the mean: less is of no use to anybody */

/* Deviations from the mean of each row, of so many classes. */
typedef struct evenness {
    uint32_t classes;
    double rows, total, sum[MOST_CLASSES], squares; /* squares: of all classes, as if they were alike */
    double part;                                    /* classes that take part */
} evenness;

/* Counts of one row; those below 0 do not take part. */
static void add_row(evenness *e, const double *count)
{
    double mean = 0.0;
    e->part = 0.0;
    for (uint32_t k = 0; k < e->classes; k++)
        if (count[k] >= 0.0) {
            mean += count[k];
            e->part += 1.0;
        }
    mean /= e->part;
    e->rows += 1.0;
    e->total += mean;
    for (uint32_t k = 0; k < e->classes; k++) {
        const double off = count[k] >= 0.0 ? count[k] - mean : 0.0;
        e->sum[k] += off;
        e->squares += off * off;
    }
}

/* The class that differs most from the others, if any does; the number of classes where none does. */
static uint32_t find_uneven(const evenness *e)
{
    const double error = sqrt(e->squares / (e->part * e->rows * e->rows));
    double most =
        SIGMAS * error > least_share * e->total / e->rows ? SIGMAS * error : least_share * e->total / e->rows;
    uint32_t found = e->classes;
    for (uint32_t k = 0; e->rows > 0.0 && k < e->classes; k++)
        if (fabs(e->sum[k]) / e->rows > most) {
            found = k;
            most = fabs(e->sum[k]) / e->rows;
        }
    return found;
}

typedef struct looking {
    trmi_statistics *of;
    const trmi_sample *sample;
    uint64_t rows; /* that are looked at */
    evenness even;
    double *count; /* classes */
} looking;

/* Rows with fewer values, such as colours, say nothing of the others. */
static bool counts(const looking *l, uint64_t row)
{
    const uint32_t fields = l->sample->row[row].fields;
    return fields == 0 || fields >= l->of->value_count;
}

static void begin(looking *l, uint32_t classes)
{
    memset(&l->even, 0, sizeof l->even);
    l->even.classes = classes;
}

/* True when they are alike; else the value that is not is noted. */
static bool end(looking *l, trmi_likeness likeness)
{
    const uint32_t found = find_uneven(&l->even);
    if (found == l->even.classes)
        return true;
    l->of->likeness = likeness;
    l->of->unlike = l->of->value[found % l->of->value_count];
    return false;
}

/* -- how often -- */

static bool same_counts(looking *l, bool answers)
{
    begin(l, l->of->value_count);
    for (uint64_t i = 0; i < l->rows; i++) {
        const uint8_t *from = answers ? trmi_sample_answer(l->sample, i) : trmi_sample_question(l->sample, i);
        memset(l->count, 0, l->of->value_count * sizeof *l->count);
        for (uint32_t p = 0; p < l->sample->row[i].cells; p++)
            if (l->of->in_answer[from[p]])
                l->count[l->of->number_of[from[p]]] += 1.0;
        if (counts(l, i))
            add_row(&l->even, l->count);
    }
    return end(l, TRMI_UNLIKE_COUNTS);
}

/* -- where -- */

static bool same_at(looking *l, uint32_t cell)
{
    begin(l, l->of->value_count);
    for (uint64_t i = 0; i < l->rows; i++) {
        memset(l->count, 0, l->of->value_count * sizeof *l->count);
        l->count[l->of->number_of[trmi_sample_answer(l->sample, i)[cell]]] = 1.0;
        add_row(&l->even, l->count);
    }
    return end(l, TRMI_UNLIKE_PLACES);
}

static bool same_places(looking *l)
{
    for (uint32_t cell = 0; cell < l->sample->cells; cell++)
        if (!same_at(l, cell))
            return false;
    return true;
}

/* -- beside what -- */

/* Pairs of different values that stand beside or below each other. */
static void count_beside(looking *l, uint64_t row, uint32_t distance)
{
    const uint32_t values = l->of->value_count, columns = l->of->columns;
    const uint8_t *answer = trmi_sample_answer(l->sample, row), *number_of = l->of->number_of;
    for (uint32_t k = 0; k < values * values; k++)
        l->count[k] = k / values == k % values ? -1.0 : 0.0;
    for (uint32_t p = 0; p + distance < l->sample->cells; p++)
        if ((distance > 1 || (p + 1) % columns != 0) && answer[p] != answer[p + distance])
            l->count[number_of[answer[p]] * values + number_of[answer[p + distance]]] += 1.0;
}

static bool same_neighbours(looking *l, uint32_t distance)
{
    begin(l, l->of->value_count * l->of->value_count);
    for (uint64_t i = 0; i < l->rows; i++) {
        count_beside(l, i, distance);
        add_row(&l->even, l->count);
    }
    return end(l, TRMI_UNLIKE_NEIGHBOURS);
}

/* -- where relations lead -- */

/* Who hears another is as often greater as smaller. */
static bool no_order(looking *l)
{
    for (uint32_t i = 0; i < l->sample->relation_count; i++) {
        const trmi_sample_relation *r = &l->sample->relation[i];
        const double differ = (double)(r->pairs - r->equal), off = (double)r->greater - differ / 2.0;
        if (fabs(off) <= SIGMAS * sqrt(differ) / 2.0 || fabs(off) <= least_share * differ)
            continue;
        l->of->likeness = TRMI_UNLIKE_ORDER;
        return false;
    }
    return true;
}

/* -- all of it -- */

static void look(looking *l)
{
    trmi_statistics *s = l->of;
    s->likeness = TRMI_ALIKE;
    if (!same_counts(l, true) || !no_order(l) || (s->keeps_givens && !same_counts(l, false)))
        return;
    if (l->sample->cells > 0 && !same_places(l))
        return;
    if (s->grid != TRMI_GRID_NONE && same_neighbours(l, 1))
        (void)same_neighbours(l, s->columns);
}

trm_status trmi_likeness_find(trmi_statistics *s, const trmi_sample *sample, trm_error *error)
{
    s->likeness = TRMI_LIKENESS_UNKNOWN;
    if (sample->count < FEWEST_ROWS || s->value_count > MOST_VALUES || s->value_count < 2)
        return TRM_OK;
    const uint64_t most = MOST_LOOKED / sample->most_cells;
    looking *l = trmi_allocate(&sample->allocator, sizeof *l + MOST_CLASSES * sizeof *l->count);
    if (l == NULL)
        return trmi_no_memory(error, "comparing values");
    l->of = s;
    l->sample = sample;
    l->rows = sample->count < most ? sample->count : most;
    l->count = (double *)(l + 1);
    look(l);
    trmi_release(&sample->allocator, l);
    return TRM_OK;
}
