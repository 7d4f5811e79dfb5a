#include "lib/puzzles/statistics.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/task/shape.h"

enum {
    SIDE = 256,
    NEIGHBOUR_ROWS = 2000,     /* rows that are looked at */
    NEIGHBOUR_CELLS = 2000000, /* cells of them, at most */
    PAIR_CELLS = 256,
    MOST_JOINT = 64,
    NAMED_ROWS = 5
};

/* -- characters -- */

static void find_characters(trmi_statistics *s, const trmi_sample *sample)
{
    for (uint64_t i = 0; i < sample->count; i++) {
        const uint8_t *question = trmi_sample_question(sample, i), *answer = trmi_sample_answer(sample, i);
        for (uint32_t p = 0; p < sample->row[i].cells; p++) {
            s->in_question[question[p]] = true;
            s->in_answer[answer[p]] = true;
        }
    }
    for (uint32_t c = 0; c < 256; c++) {
        if (s->in_answer[c]) {
            s->number_of[c] = (uint8_t)s->value_count;
            s->value[s->value_count++] = (uint8_t)c;
        } else if (s->in_question[c] && s->blank_count < sizeof s->blanks) {
            s->blanks[s->blank_count++] = (uint8_t)c;
        }
    }
}

/* -- rows that contradict the others -- */

/* Rows for which something does not hold, the first of them named. */
typedef struct exceptions {
    uint64_t count, row[NAMED_ROWS];
} exceptions;

static void add_exception(exceptions *e, uint64_t row)
{
    if (e->count < NAMED_ROWS)
        e->row[e->count] = row;
    e->count++;
}

/* "line 3, 17 and 4 others" */
static void print_exceptions(const trmi_sample *sample, const exceptions *e, char *to, size_t size)
{
    size_t used = 0;
    to[0] = '\0';
    for (uint64_t i = 0; i < e->count && i < NAMED_ROWS && used < size; i++)
        used += (size_t)snprintf(to + used, size - used, "%s%" PRIu64, i > 0 ? ", " : "",
                                 sample->row[e->row[i]].line);
    if (e->count > NAMED_ROWS && used < size)
        snprintf(to + used, size - used, " and %" PRIu64 " more", e->count - NAMED_ROWS);
}

static trm_status fail_exceptions(const trmi_sample *sample, const exceptions *e, const char *found,
                                  trm_error *error)
{
    char lines[128];
    print_exceptions(sample, e, lines, sizeof lines);
    return trmi_fail(
        error, TRM_ERROR_PUZZLE,
        "%.200s: %s in %" PRIu64 " of %" PRIu64 " puzzles, unlike those of lines %s: mend or remove them, or "
        "name the task",
        sample->paths[sample->row[e->row[0]].list], found, sample->count - e->count, sample->count, lines);
}

static bool keeps(const trmi_statistics *s, const trmi_sample *sample, uint64_t row)
{
    const uint8_t *question = trmi_sample_question(sample, row), *answer = trmi_sample_answer(sample, row);
    for (uint32_t p = 0; p < sample->row[row].cells; p++)
        if (question[p] != answer[p] && trmi_statistics_gives(s, question[p]))
            return false;
    return true;
}

/* A second character that no answer has is one that somebody mistyped, unless many questions have it. */
static trm_status check_blanks(const trmi_statistics *s, const trmi_sample *sample, trm_error *error)
{
    for (uint32_t b = 0; s->blank_count > 1 && b < s->blank_count; b++) {
        exceptions e = { 0 };
        char found[64];
        for (uint64_t i = 0; i < sample->count; i++)
            if (memchr(trmi_sample_question(sample, i), s->blanks[b], sample->row[i].cells) != NULL)
                add_exception(&e, i);
        if (s->blanks[b] < 0x20 || s->blanks[b] > 0x7e)
            snprintf(found, sizeof found, "byte 0x%02x, which no answer has, is not", (unsigned)s->blanks[b]);
        else
            snprintf(found, sizeof found, "'%c', which no answer has, is not", s->blanks[b]);
        if (e.count < (sample->count + 9) / 10)
            return fail_exceptions(sample, &e, found, error);
    }
    return TRM_OK;
}

/* Whether all answers keep what their questions give. Where over nine in ten do, the others are wrong. */
static trm_status find_givens(trmi_statistics *s, const trmi_sample *sample, trm_error *error)
{
    exceptions e = { 0 };
    for (uint64_t i = 0; i < sample->count; i++)
        if (!keeps(s, sample, i))
            add_exception(&e, i);
    s->keeps_givens = e.count == 0;
    if (e.count > 0 && s->blank_count > 0 && e.count < (sample->count + 9) / 10)
        return fail_exceptions(sample, &e, "what a question gives is in its answer", error);
    return TRM_OK;
}

/* -- groups -- */

/* A way to lay rows out. */
typedef struct layout {
    uint32_t rows, columns, box_rows, box_columns;
} layout;

/* The number of the group that a cell is in. */
static uint32_t group_of(const layout *l, uint32_t group, uint32_t cell)
{
    const uint32_t row = cell / l->columns, column = cell % l->columns;
    return group == TRM_SURVEY_ROWS ? row
           : group == TRM_SURVEY_COLUMNS
               ? column
               : row / l->box_rows * (l->columns / l->box_columns) + column / l->box_columns;
}

static uint32_t count_groups(const layout *l, uint32_t group)
{
    return group == TRM_SURVEY_ROWS      ? l->rows
           : group == TRM_SURVEY_COLUMNS ? l->columns
                                         : l->rows * l->columns / (l->box_rows * l->box_columns);
}

static bool all_different(const trmi_statistics *s, const uint8_t *answer, const layout *l, uint32_t group)
{
    uint64_t seen[SIDE][4];
    memset(seen, 0, count_groups(l, group) * sizeof *seen);
    for (uint32_t p = 0; p < l->rows * l->columns; p++) {
        const uint32_t number = s->number_of[answer[p]];
        uint64_t *word = &seen[group_of(l, group, p)][number / 64];
        if ((*word >> number % 64 & 1) != 0)
            return false;
        *word |= (uint64_t)1 << number % 64;
    }
    return true;
}

/* The logarithm of the chance that values drawn at random are all different in `groups` groups of `size`. */
static double chance_of(uint32_t groups, uint32_t size, uint32_t values)
{
    double sum = 0.0;
    if (size > values)
        return -INFINITY;
    for (uint32_t k = 1; k < size; k++)
        sum += log(1.0 - (double)k / values);
    return groups * sum;
}

/* Whether it holds, in all rows or in most, and not by chance; `e` has the others. */
static bool holds(const trmi_statistics *s, const trmi_sample *sample, const layout *l, uint32_t group,
                  exceptions *e)
{
    const uint32_t cells = sample->cells, groups = count_groups(l, group);
    const double chance = chance_of(groups, cells / groups, s->value_count);
    *e = (exceptions) { 0 };
    if (groups > SIDE || cells / groups < 2 || cells / groups > s->value_count)
        return false;
    for (uint64_t i = 0; i < sample->count && 2 * e->count <= sample->count; i++)
        if (!all_different(s, trmi_sample_answer(sample, i), l, group))
            add_exception(e, i);
    return e->count == 0 ? chance * (double)sample->count < -14.0
                         : chance < -4.6 && 2 * e->count < sample->count;
}

static trm_status take_group(trmi_statistics *s, const trmi_sample *sample, const layout *l, uint32_t group,
                             const char *found, trm_error *error)
{
    exceptions e;
    if (!holds(s, sample, l, group, &e))
        return TRM_OK;
    if (e.count > 0)
        return fail_exceptions(sample, &e, found, error);
    s->groups |= group;
    return TRM_OK;
}

/* The grid nearest to a square of which rows and columns have no value twice. */
static void find_grid_by_groups(trmi_statistics *s, const trmi_sample *sample)
{
    exceptions e;
    uint32_t best = 1;
    for (uint32_t columns = 2; columns <= SIDE && columns < sample->cells; columns++) {
        const layout l = { .rows = sample->cells / columns, .columns = columns };
        const uint32_t side = l.rows < columns ? l.rows : columns;
        if (sample->cells % columns != 0 || side <= best || !holds(s, sample, &l, TRM_SURVEY_ROWS, &e) ||
            !holds(s, sample, &l, TRM_SURVEY_COLUMNS, &e))
            continue;
        best = side;
        s->rows = l.rows;
        s->columns = columns;
        s->grid = TRMI_GRID_GROUPS;
    }
}

/* The usual boxes first, then others. */
static trm_status find_boxes(trmi_statistics *s, const trmi_sample *sample, trm_error *error)
{
    uint32_t usual = 0, width = 0;
    trm_status status = TRM_OK;
    if (s->rows != s->columns)
        return TRM_OK;
    (void)trmi_default_boxes(s->rows, &usual, &width);
    for (uint32_t i = 0; status == TRM_OK && (s->groups & TRM_SURVEY_BOXES) == 0 && i < s->rows; i++) {
        const uint32_t high = i == 0 ? usual : i;
        if (high < 2 || high == s->rows || s->rows % high != 0)
            continue;
        const layout l = { s->rows, s->columns, high, s->rows / high };
        status = take_group(s, sample, &l, TRM_SURVEY_BOXES, "no value stands twice in a box", error);
        s->box_rows = high;
        s->box_columns = l.box_columns;
    }
    if ((s->groups & TRM_SURVEY_BOXES) == 0)
        s->box_rows = s->box_columns = 0;
    return status;
}

static trm_status find_groups(trmi_statistics *s, const trmi_sample *sample, trm_error *error)
{
    const layout l = { .rows = s->rows, .columns = s->columns };
    TRMI_TRY(take_group(s, sample, &l, TRM_SURVEY_ROWS, "no value stands twice in a row", error));
    TRMI_TRY(take_group(s, sample, &l, TRM_SURVEY_COLUMNS, "no value stands twice in a column", error));
    return find_boxes(s, sample, error);
}

/* -- neighbours -- */

/* How much one cell tells of another, so far ahead, in nats; cells at the end of a row of `columns` are
 * beside nobody when `distance` is 1. */
static double information(const trmi_statistics *s, const trmi_sample *sample, uint32_t distance,
                          uint32_t columns)
{
    const uint32_t values = s->value_count;
    double joint[MOST_JOINT][MOST_JOINT] = { { 0.0 } }, left[MOST_JOINT] = { 0.0 },
           right[MOST_JOINT] = { 0.0 };
    double sum = 0.0, found = 0.0;
    for (uint64_t i = 0; i < sample->count && i < NEIGHBOUR_ROWS && i * sample->cells < NEIGHBOUR_CELLS;
         i++) {
        const uint8_t *answer = trmi_sample_answer(sample, i);
        for (uint32_t p = 0; p + distance < sample->cells; p++) {
            if (distance == 1 && (p + 1) % columns == 0)
                continue;
            const uint8_t a = s->number_of[answer[p]], b = s->number_of[answer[p + distance]];
            joint[a][b] += 1.0;
            left[a] += 1.0;
            right[b] += 1.0;
            sum += 1.0;
        }
    }
    for (uint32_t a = 0; a < values; a++)
        for (uint32_t b = 0; b < values; b++)
            if (joint[a][b] > 0.0)
                found += joint[a][b] / sum * log(joint[a][b] * sum / (left[a] * right[b]));
    return found - (values - 1.0) * (values - 1.0) / (2.0 * sum); /* what chance alone would tell */
}

/* The grid whose neighbours, beside and below, tell most of each other. */
static void find_grid_by_neighbours(trmi_statistics *s, const trmi_sample *sample)
{
    double best = 0.01;
    for (uint32_t columns = 2; s->value_count <= MOST_JOINT && columns < sample->cells; columns++) {
        if (sample->cells % columns != 0)
            continue;
        const double beside = information(s, sample, 1, columns),
                     below = information(s, sample, columns, columns);
        const double both = beside < below ? beside : below;
        if (both <= best)
            continue;
        best = both;
        s->rows = sample->cells / columns;
        s->columns = columns;
        s->grid = TRMI_GRID_NEIGHBOURS;
    }
}

/* -- pairs -- */

static bool in_a_group(const trmi_statistics *s, uint32_t a, uint32_t b)
{
    const layout l = { s->rows, s->columns, s->box_rows, s->box_columns };
    for (uint32_t group = TRM_SURVEY_ROWS; group <= TRM_SURVEY_BOXES; group *= 2)
        if ((s->groups & group) != 0 && group_of(&l, group, a) == group_of(&l, group, b))
            return true;
    return false;
}

static bool ever_equal(const trmi_sample *sample, uint32_t a, uint32_t b)
{
    for (uint64_t i = 0; i < sample->count; i++) {
        const uint8_t *answer = trmi_sample_answer(sample, i);
        if (answer[a] == answer[b])
            return true;
    }
    return false;
}

/* Only where chance would show each pair equal many times. */
static void find_pairs(trmi_statistics *s, const trmi_sample *sample)
{
    s->pairs_known = sample->cells > 0 && sample->cells <= PAIR_CELLS && s->value_count > 1 &&
                     sample->count >= 25 * (uint64_t)s->value_count;
    for (uint32_t a = 0; s->pairs_known && a < sample->cells; a++)
        for (uint32_t b = a + 1; b < sample->cells; b++)
            s->pairs += !in_a_group(s, a, b) && !ever_equal(sample, a, b);
}

/* -- all of it -- */

static void find_regions(trmi_statistics *s, const trmi_sample *sample)
{
    for (uint32_t i = 0; i < sample->relation_count; i++) {
        const trmi_sample_relation *r = &sample->relation[i];
        if (strcmp(r->name, "box") == 0 && r->rows == sample->count && r->pairs > 0 && r->equal == 0)
            s->groups |= TRM_SURVEY_REGIONS;
    }
}

trm_status trmi_statistics_find(trmi_statistics *s, const trmi_sample *sample, trm_error *error)
{
    memset(s, 0, sizeof *s);
    find_characters(s, sample);
    TRMI_TRY(check_blanks(s, sample, error));
    TRMI_TRY(find_givens(s, sample, error));
    find_regions(s, sample);
    if (sample->cells > 0 && sample->rows > 0) {
        s->grid = TRMI_GRID_NAMED;
        s->rows = sample->rows;
        s->columns = sample->columns;
    } else if (sample->cells > 0) {
        find_grid_by_groups(s, sample);
        if (s->grid == TRMI_GRID_NONE)
            find_grid_by_neighbours(s, sample);
    }
    if (s->grid != TRMI_GRID_NONE)
        TRMI_TRY(find_groups(s, sample, error));
    TRMI_TRY(trmi_likeness_find(s, sample, error));
    if (s->groups != 0)
        find_pairs(s, sample);
    return TRM_OK;
}
