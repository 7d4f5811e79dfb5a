/* See reference_relational.h. Names and the order of statements are those of doc/model.md. */
#include "tests/support/reference_relational.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double epsilon = 1e-5;

static void *zeros(size_t count, size_t element)
{
    void *array = calloc(count > 0 ? count : 1, element);
    if (array == NULL) {
        fprintf(stderr, "reference_relational: out of memory\n");
        exit(EXIT_FAILURE);
    }
    return array;
}

static double *numbers(size_t count)
{
    return zeros(count, sizeof(double));
}

/* ----------------------------------------------------------------------------------------- relations */

/* The offset that a neighbour's name stands for. */
static bool is_neighbour(const char *name, int *down, int *right)
{
    static const struct {
        const char *name;
        int down, right;
    } neighbours[] = { { "up", -1, 0 }, { "down", 1, 0 }, { "left", 0, -1 }, { "right", 0, 1 } };
    for (size_t i = 0; i < sizeof neighbours / sizeof *neighbours; i++)
        if (strcmp(name, neighbours[i].name) == 0) {
            *down = neighbours[i].down;
            *right = neighbours[i].right;
            return true;
        }
    return sscanf(name, "offset(%d,%d)", down, right) == 2;
}

bool reference_hears(const reference_question *q, const char *name, uint32_t i, uint32_t j)
{
    if (strcmp(name, "cell") == 0 || strcmp(name, "all") == 0)
        return true;
    if (strcmp(name, "next") == 0)
        return j == i + 1;
    if (strcmp(name, "previous") == 0)
        return j + 1 == i;
    if (strcmp(name, "above") == 0)
        return j > i;
    if (strcmp(name, "below") == 0)
        return j < i;
    const int columns = (int)q->columns, r = (int)i / columns, c = (int)i % columns, r2 = (int)j / columns,
              c2 = (int)j % columns;
    if (strcmp(name, "row") == 0)
        return r == r2;
    if (strcmp(name, "column") == 0)
        return c == c2;
    if (strcmp(name, "box") == 0) {
        const int h = (int)q->box_rows, w = (int)q->box_columns;
        return r / h * (columns / w) + c / w == r2 / h * (columns / w) + c2 / w;
    }
    int down = 0, right = 0;
    if (!is_neighbour(name, &down, &right)) {
        fprintf(stderr, "reference_relational: there is no relation %s\n", name);
        exit(EXIT_FAILURE);
    }
    return r2 == r + down && c2 == c + right;
}

static bool is_in(const reference_lists *lists, uint32_t i, uint32_t j)
{
    for (uint32_t entry = lists->first[i]; entry < lists->first[i + 1]; entry++)
        if (lists->heard[entry] == j)
            return true;
    return false;
}

/* Whether node i hears node j: the table of levels. */
static bool node_hears(const reference_question *q, const reference_relation *relation,
                       const reference_lists *given, uint32_t i, uint32_t j)
{
    const uint32_t f = q->fields, answering = q->positions * f;
    if (relation->level == REFERENCE_NODES)
        return is_in(given, i, j);
    if (i >= answering || j >= answering)
        return false;
    const bool over_positions = relation->level == REFERENCE_POSITIONS;
    const uint32_t from = over_positions ? i / f : i % f, to = over_positions ? j / f : j % f;
    if (over_positions ? i % f != j % f : i / f != j / f)
        return false;
    return given->first != NULL ? is_in(given, from, to) : reference_hears(q, relation->name, from, to);
}

/* The lists of all nodes, ascending. */
static reference_lists find_lists(const reference_question *q, const reference_relation *relation,
                                  const reference_lists *given, uint32_t nodes)
{
    reference_lists lists = { zeros((size_t)nodes + 1, sizeof(uint32_t)), NULL };
    size_t room = 0;
    for (uint32_t i = 0, count = 0; i < nodes; i++) {
        for (uint32_t j = 0; j < nodes; j++) {
            if (!node_hears(q, relation, given, i, j))
                continue;
            if (count == room) {
                room = 2 * room + nodes;
                lists.heard = realloc(lists.heard, room * sizeof *lists.heard);
                if (lists.heard == NULL)
                    exit(EXIT_FAILURE);
            }
            lists.heard[count++] = j;
        }
        lists.first[i + 1] = count;
    }
    return lists;
}

/* ------------------------------------------------------------------------------------------ the start */

/* The row of E: the table under (14). */
static uint32_t row_of(const reference_relational *model, const reference_question *q, uint32_t node)
{
    const uint32_t f = q->fields, first = model->first_value, answering = q->positions * f;
    if (node >= answering) {
        const uint32_t token = (uint32_t)q->helper_tokens[node - answering];
        return token + (model->with_fields ? first + 2 : model->vocabulary);
    }
    const uint32_t token = (uint32_t)q->tokens[node / f];
    if (!model->with_fields || token < first)
        return token;
    return token == first + node % f ? first : first + 1;
}

/* (14) */
static void embed(const reference_relational *model, const reference_question *q, uint32_t node, double *x)
{
    const uint32_t d = model->channels, f = q->fields, answering = q->positions * f;
    const uint32_t place = node < answering ? node / f : q->positions + node - answering;
    for (uint32_t c = 0; c < d; c++) {
        double sum = model->embed[row_of(model, q, node) * d + c];
        for (uint32_t k = 0; k < model->features; k++)
            sum += q->feature_values[place * model->features + k] * model->feature_embed[k * d + c];
        x[c] = sqrt(d) * sum;
    }
}

reference_thought *reference_thought_create(const reference_relational *model, const reference_question *q)
{
    reference_thought *t = zeros(1, sizeof *t);
    const uint32_t d = model->channels;
    t->nodes = q->positions * q->fields + q->helpers;
    const size_t count = (size_t)t->nodes * d;
    t->x = numbers(count);
    t->y = numbers(count);
    t->z = numbers(count);
    t->first_z = numbers(count);
    for (uint32_t i = 0; i < t->nodes; i++)
        embed(model, q, i, t->x + (size_t)i * d);
    for (size_t i = 0; i < count; i++) {
        t->y[i] = model->start_y[i % d];
        t->z[i] = q->noisy_z != NULL ? q->noisy_z[i] : model->start_z[i % d];
    }
    for (uint32_t r = 0; r < model->relations; r++)
        t->lists[r] = find_lists(q, &model->relation[r], &q->given[r], t->nodes);
    return t;
}

void reference_thought_free(reference_thought *thought)
{
    if (thought == NULL)
        return;
    for (int r = 0; r < REFERENCE_RELATIONS; r++) {
        free(thought->lists[r].first);
        free(thought->lists[r].heard);
    }
    free(thought->x);
    free(thought->y);
    free(thought->z);
    free(thought->first_z);
    free(thought);
}

/* ------------------------------------------------------------------------------------------ the block */

/* out += W in,  W: rows x columns */
static void add_product(const double *w, uint32_t rows, uint32_t columns, const double *in, double *out)
{
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t c = 0; c < columns; c++)
            out[r] += w[(size_t)r * columns + c] * in[c];
}

/* v = r(v) (6) */
static void normalise(double *v, uint32_t width)
{
    double squares = 0;
    for (uint32_t i = 0; i < width; i++)
        squares += v[i] * v[i];
    for (uint32_t i = 0; i < width; i++)
        v[i] /= sqrt(squares / width + epsilon);
}

static double logistic(double v)
{
    return 1 / (1 + exp(-v));
}

/* (16), (17), (18) of one node, D numbers. */
static void aggregate(const reference_lists *lists, uint32_t node, const double *v, uint32_t d, bool maximum,
                      bool factor, double *a)
{
    const uint32_t begin = lists->first[node], end = lists->first[node + 1];
    memset(a, 0, d * sizeof *a);
    for (uint32_t entry = begin; entry < end; entry++)
        for (uint32_t c = 0; c < d; c++) {
            const double heard = v[(size_t)lists->heard[entry] * d + c];
            a[c] = maximum ? (entry == begin ? heard : fmax(a[c], heard)) : a[c] + heard;
        }
    for (uint32_t c = 0; factor && end > begin && c < d; c++)
        a[c] /= sqrt(end - begin);
}

/* [g; s] of one node (19). */
static void hear(const reference_relational *model, const reference_block *block,
                 const reference_lists *lists, uint32_t node, const double *v, double *g)
{
    const uint32_t d = model->channels, h = model->hidden;
    double *a = numbers(d);
    memset(g, 0, 2 * h * sizeof *g);
    add_product(block->own, 2 * h, d, v + (size_t)node * d, g);
    for (uint32_t r = 0; r < model->relations; r++) {
        const reference_relation *relation = &model->relation[r];
        if (relation->sum || relation->node) {
            aggregate(&lists[r], node, v, d, false, !relation->node, a);
            add_product(block->sum[r], 2 * h, d, a, g);
        }
        if (relation->maximum) {
            aggregate(&lists[r], node, v, d, true, false, a);
            add_product(block->maximum[r], 2 * h, d, a, g);
        }
    }
    free(a);
}

/* What becomes of one node (20). */
static void answer(const reference_relational *model, const reference_block *block, const double *v,
                   double *g, double *to)
{
    const uint32_t d = model->channels, h = model->hidden;
    double *s = g + h;
    for (uint32_t i = 0; i < h; i++)
        s[i] *= g[i];
    normalise(s, h);
    for (uint32_t i = 0; i < h; i++)
        s[i] *= logistic(g[i]);
    memcpy(to, v, d * sizeof *to);
    add_product(block->down, d, h, s, to);
    normalise(to, d);
}

void reference_relational_evaluate(const reference_relational *model, const reference_thought *thought,
                                   double *v)
{
    const uint32_t d = model->channels;
    const size_t count = (size_t)thought->nodes * d;
    double *g = numbers(2 * (size_t)model->hidden), *next = numbers(count);
    for (uint32_t b = 0; b < model->blocks; b++) {
        for (uint32_t i = 0; i < thought->nodes; i++) {
            hear(model, &model->block[b], thought->lists, i, v, g);
            answer(model, &model->block[b], v + (size_t)i * d, g, next + (size_t)i * d);
        }
        memcpy(v, next, count * sizeof *v);
    }
    free(g);
    free(next);
}

void reference_relational_step(const reference_relational *model, reference_thought *t)
{
    const size_t count = (size_t)t->nodes * model->channels;
    for (uint32_t cycle = 0; cycle < model->cycles; cycle++) {
        for (uint32_t update = 0; update < model->updates; update++) {
            for (size_t i = 0; i < count; i++)
                t->z[i] += t->y[i] + t->x[i];
            reference_relational_evaluate(model, t, t->z);
            if (cycle == 0 && update == 0)
                memcpy(t->first_z, t->z, count * sizeof *t->z);
        }
        for (size_t i = 0; i < count; i++)
            t->y[i] += t->z[i];
        reference_relational_evaluate(model, t, t->y);
    }
}

/* ------------------------------------------------------------------------------------------- the heads */

/* -log sum exp(-c), (23) and (25). */
static double softmin(const double *c, uint32_t count)
{
    double lowest = c[0], sum = 0;
    for (uint32_t i = 1; i < count; i++)
        lowest = fmin(lowest, c[i]);
    for (uint32_t i = 0; i < count; i++)
        sum += exp(lowest - c[i]);
    return lowest - log(sum);
}

/* (24) */
static double product(const double *c, uint32_t count)
{
    double log_right = 0;
    for (uint32_t i = 0; i < count; i++)
        log_right -= log1p(exp(-c[i]));
    log_right = fmin(log_right, -1e-6);
    return log_right - log(-expm1(log_right));
}

/* (21): the logits of node i, one with fields, V without. */
static void read_logits(const reference_relational *model, const double *y, double *logits)
{
    const uint32_t outputs = model->with_fields ? 1 : model->vocabulary;
    memcpy(logits, model->head_bias, outputs * sizeof *logits);
    add_product(model->head, outputs, model->channels, y, logits);
}

double reference_relational_read(const reference_relational *model, const reference_question *q,
                                 const reference_thought *thought, double *logits, double *belief,
                                 double *confidence)
{
    const uint32_t d = model->channels, f = q->fields, answering = q->positions * f;
    double *c = numbers(answering);
    for (uint32_t i = 0; i < answering; i++) {
        const double *y = thought->y + (size_t)i * d;
        if (logits != NULL)
            read_logits(model, y, logits + (size_t)i * (model->with_fields ? 1 : model->vocabulary));
        c[i] = model->halt_bias;
        add_product(model->halt, 1, d, y, &c[i]);
    }
    if (belief != NULL)
        memcpy(belief, c, answering * sizeof *c);
    for (uint32_t p = 0; confidence != NULL && p < q->positions; p++)
        confidence[p] = softmin(c + (size_t)p * f, f);
    const double halt = model->product ? product(c, answering) : softmin(c, answering);
    free(c);
    return halt;
}
