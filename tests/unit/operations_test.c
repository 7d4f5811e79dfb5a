/* Every operation of the tape and both losses against slopes: the mathematics is written once more in double
 * precision, a random projection of its outputs is differentiated by central differences for each input and
 * weight, and the gradients of the library have to agree. */
#include <math.h>
#include <string.h>

#include "lib/kernels/halting.h"
#include "lib/learning/hearing.h"
#include "lib/learning/loss.h"
#include "lib/learning/operations.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

/* Differences of width 1e-5 in double are exact to 1e-9; the library's gradients are sums in float of up to
 * about a hundred terms, some of which cancel: off by less than 1e-6 of the largest entry with 40 seeds. A
 * wrong factor or a term left out shows far above. */
static const double reach = 1e-5, tolerance = 1e-5, smallest = 0.05;

enum { INPUTS = 3, ROUNDS = 12 };

/* ---------------------------------------------------------------------------------------------- shapes */

/* A value: rows x (groups x width), each group padded to whole panels. */
typedef struct grid {
    uint32_t rows, groups, width;
} grid;

static uint32_t columns_of(grid g)
{
    return g.groups * g.width;
}

static size_t count_of(grid g)
{
    return (size_t)g.rows * columns_of(g);
}

/* The width that the tape knows. */
static uint32_t tape_width(grid g)
{
    return g.groups == 1 ? g.width : g.groups * trmi_padded(g.width);
}

/* Where the number at (row, column) lies in panels. */
static size_t place(grid g, uint32_t row, uint32_t column)
{
    const size_t stored = (size_t)(column / g.width) * trmi_padded(g.width) + column % g.width;
    return (stored / TRMI_PANEL * g.rows + row) * TRMI_PANEL + stored % TRMI_PANEL;
}

static void unpack(grid g, const float *panels, double *to)
{
    for (uint32_t row = 0; row < g.rows; row++)
        for (uint32_t column = 0; column < columns_of(g); column++)
            *to++ = (double)panels[place(g, row, column)];
}

/* The spare lanes of `panels` become zero. */
static void pack(grid g, const double *from, float *panels)
{
    memset(panels, 0, (size_t)g.rows * g.groups * trmi_padded(g.width) * sizeof *panels);
    for (uint32_t row = 0; row < g.rows; row++)
        for (uint32_t column = 0; column < columns_of(g); column++)
            panels[place(g, row, column)] = (float)*from++;
}

/* ------------------------------------------------------------------------------------------- a problem */

typedef struct problem problem;

/* The operation on the tape, and the same in double on logical rows. */
typedef trmi_value *recording(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS]);
typedef void mathematics(const problem *p, double *const in[INPUTS], const double *matrix, double *out);

typedef struct hearing hearing;

struct problem {
    recording *record;
    mathematics *model;
    int inputs;
    grid in[INPUTS], out;
    uint32_t outputs; /* of the matrix, whose inputs are in[0]'s columns or, mixing rows, its rows; 0: none */
    bool mixes_rows, over_rows;
    bool adds; /* to gradients that are there already */
    trmi_config config;
    trmi_matrix matrix;
    float *cosines, *sines; /* N x half */
    const hearing *heard;
};

static uint32_t matrix_inputs(const problem *p)
{
    return p->mixes_rows ? p->in[0].rows : columns_of(p->in[0]);
}

/* What lies where: the matrix, and in `sums` its gradient. */
static size_t matrix_place(const problem *p, uint32_t row, uint32_t column, bool in_sums)
{
    const uint32_t inputs = matrix_inputs(p);
    if (p->mixes_rows)
        return (size_t)row * (in_sums ? trmi_padded(inputs) : inputs) + column;
    return ((size_t)(row / TRMI_PANEL) * inputs + column) * TRMI_PANEL + row % TRMI_PANEL;
}

static size_t matrix_room(const problem *p)
{
    return (size_t)trmi_padded(p->outputs) * trmi_padded(matrix_inputs(p));
}

static size_t turned_place(const problem *p, uint32_t row, uint32_t column)
{
    if (p->mixes_rows)
        return (size_t)column * p->outputs + row;
    return ((size_t)(column / TRMI_PANEL) * trmi_padded(p->outputs) + row) * TRMI_PANEL + column % TRMI_PANEL;
}

/* ---------------------------------------------------------------------------------------- mathematics */

static double logistic(double v)
{
    return 1.0 / (1.0 + exp(-v));
}

static double silu(double v)
{
    return v * logistic(v);
}

/* v / sqrt(mean(v^2) + epsilon) for `count` numbers at distance `step`. */
static void normalise(double *v, size_t count, size_t step, double epsilon)
{
    double squares = 0.0;
    for (size_t i = 0; i < count; i++)
        squares += v[i * step] * v[i * step];
    for (size_t i = 0; i < count; i++)
        v[i * step] /= sqrt(squares / (double)count + epsilon);
}

static void normalise_grid(const problem *p, double *v)
{
    const uint32_t rows = p->out.rows, columns = columns_of(p->out);
    if (p->over_rows)
        for (uint32_t column = 0; column < columns; column++)
            normalise(v + column, rows, columns, p->config.norm_epsilon);
    else
        for (uint32_t row = 0; row < rows; row++)
            normalise(v + (size_t)row * columns, columns, 1, p->config.norm_epsilon);
}

static void model_sum(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    (void)matrix;
    for (size_t i = 0; i < count_of(p->out); i++)
        out[i] = in[0][i] + in[1][i] + (p->inputs == 3 ? in[2][i] : 0.0);
}

static void model_product(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    const uint32_t inputs = matrix_inputs(p), columns = columns_of(p->in[0]);
    for (uint32_t row = 0; row < p->out.rows; row++)
        for (uint32_t column = 0; column < columns_of(p->out); column++) {
            double sum = 0.0;
            for (uint32_t k = 0; k < inputs; k++)
                sum += p->mixes_rows ? matrix[row * inputs + k] * in[0][k * columns + column]
                                     : matrix[column * inputs + k] * in[0][row * columns + k];
            *out++ = sum;
        }
}

static void model_gate(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    (void)matrix;
    const bool normed = p->config.gate == TRM_GATE_NORMED;
    const size_t columns = columns_of(p->out), stride = columns_of(p->in[0]);
    const size_t up = p->over_rows ? p->out.rows * stride : columns;
    for (size_t row = 0; row < p->out.rows; row++)
        for (size_t column = 0; column < columns; column++) {
            const double *gate = in[0] + row * stride + column;
            out[row * columns + column] = (normed ? *gate : silu(*gate)) * gate[up];
        }
    if (!normed)
        return;
    normalise_grid(p, out);
    for (size_t row = 0; row < p->out.rows; row++)
        for (size_t column = 0; column < columns; column++)
            out[row * columns + column] *= logistic(in[0][row * stride + column]);
}

static void model_norm(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    (void)matrix;
    for (size_t i = 0; i < count_of(p->out); i++)
        out[i] = in[0][i] + in[1][i];
    normalise_grid(p, out);
}

/* Channel i of queries or keys, turned by its position. */
static double turned(const problem *p, const double *head, uint32_t row, uint32_t channel)
{
    const uint32_t half = p->out.width / 2;
    if (p->cosines == NULL)
        return head[channel];
    const double c = (double)p->cosines[row * half + channel % half],
                 s = (double)p->sines[row * half + channel % half];
    return channel < half ? head[channel] * c - head[channel + half] * s
                          : head[channel] * c + head[channel - half] * s;
}

static void attend(const problem *p, const double *qkv, uint32_t head, uint32_t row, double *out)
{
    const uint32_t rows = p->out.rows, width = p->out.width, all = columns_of(p->out);
    double sum = 0.0, weight[TRMI_LANES * 8];
    for (uint32_t j = 0; j < rows; j++) {
        double score = 0.0;
        for (uint32_t i = 0; i < width; i++)
            score += turned(p, qkv + (size_t)row * 3 * all + head * width, row, i) *
                     turned(p, qkv + (size_t)j * 3 * all + all + head * width, j, i);
        sum += weight[j] = exp(score / sqrt((double)width));
    }
    for (uint32_t i = 0; i < width; i++) {
        out[i] = 0.0;
        for (uint32_t j = 0; j < rows; j++)
            out[i] += weight[j] / sum * qkv[(size_t)j * 3 * all + 2 * all + head * width + i];
    }
}

static void model_attention(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    (void)matrix;
    for (uint32_t row = 0; row < p->out.rows; row++)
        for (uint32_t head = 0; head < p->out.groups; head++)
            attend(p, in[0], head, row, out + ((size_t)row * p->out.groups + head) * p->out.width);
}

/* ----------------------------------------------------------------------------------------- who hears whom */

enum { RELATIONS = 9, MOST_ELEMENTS = 40 };

/* Some relations among nodes, each by its table and, plainly, by what the list of each node is. */
typedef struct relation {
    trmi_relation_table table;
    uint32_t list_of[MOST_ELEMENTS], first[MOST_ELEMENTS + 1], heard[MOST_ELEMENTS * MOST_ELEMENTS];
    bool sum, max;
    bool hears[MOST_ELEMENTS][MOST_ELEMENTS]; /* nodes */
} relation;

struct hearing {
    uint32_t positions, fields, helpers;
    uint32_t count;
    relation relation[RELATIONS];
};

static uint32_t nodes_of(const hearing *h)
{
    return h->positions * h->fields + h->helpers;
}

static uint32_t elements_of(const hearing *h, uint32_t level)
{
    return level == TRMI_LEVEL_NODES ? nodes_of(h) : level == TRMI_LEVEL_POSITIONS ? h->positions : h->fields;
}

/* Whether node i hears node j, from the lists of elements. */
static bool node_hears(const hearing *h, const relation *r, uint32_t i, uint32_t j)
{
    const uint32_t answering = h->positions * h->fields, level = r->table.level, f = h->fields;
    if (level != TRMI_LEVEL_NODES && (i >= answering || j >= answering))
        return false;
    const bool passes = level == TRMI_LEVEL_POSITIONS ? i % f == j % f
                        : level == TRMI_LEVEL_FIELDS  ? i / f == j / f
                                                      : true;
    const uint32_t element = level == TRMI_LEVEL_NODES       ? i
                             : level == TRMI_LEVEL_POSITIONS ? i / f
                                                             : i % f,
                   other = level == TRMI_LEVEL_NODES       ? j
                           : level == TRMI_LEVEL_POSITIONS ? j / f
                                                           : j % f;
    const uint32_t list = trmi_relation_list(&r->table, element);
    bool found = false;
    for (uint32_t at = r->first[list]; at < r->first[list + 1]; at++)
        found |= r->heard[at] == other;
    return passes && found;
}

static void draw_relation(const hearing *h, relation *r, random_source *source)
{
    const uint32_t level = random_below(source, 3), elements = elements_of(h, level);
    const bool shared = random_below(source, 2) != 0;
    const uint32_t lists = shared ? 1 + random_below(source, elements) : elements;
    r->first[0] = 0;
    for (uint32_t list = 0; list < lists; list++) {
        const uint32_t many = random_below(source, 4);
        r->first[list + 1] = r->first[list];
        for (uint32_t j = 0; j < elements; j++)
            if (random_below(source, 4) < many)
                r->heard[r->first[list + 1]++] = j;
    }
    for (uint32_t i = 0; i < elements; i++)
        r->list_of[i] = random_below(source, lists);
    r->table = (trmi_relation_table) { level, lists, shared ? r->list_of : NULL, r->first, r->heard };
    const uint32_t wanted = 1 + random_below(source, 3);
    r->sum = wanted & 1;
    r->max = wanted & 2;
    for (uint32_t i = 0; i < nodes_of(h); i++)
        for (uint32_t j = 0; j < nodes_of(h); j++)
            r->hears[i][j] = node_hears(h, r, i, j);
}

/* in[0] is heard by all, in[1] what nodes have of their own. */
static void model_hearing(const problem *p, double *const in[INPUTS], const double *matrix, double *out)
{
    (void)matrix;
    const uint32_t nodes = p->out.rows, columns = columns_of(p->out);
    memcpy(out, in[1], count_of(p->out) * sizeof *out);
    for (const relation *r = p->heard->relation; r < p->heard->relation + p->heard->count; r++)
        for (uint32_t i = 0; i < nodes; i++)
            for (uint32_t column = 0; column < columns; column++) {
                double sum = 0.0, most = 0.0;
                uint32_t members = 0;
                for (uint32_t j = 0; j < nodes; j++) {
                    const double x = in[0][(size_t)j * columns + column];
                    if (!r->hears[i][j])
                        continue;
                    sum += x;
                    most = members++ == 0 || x > most ? x : most;
                }
                if (r->sum && members > 0)
                    out[(size_t)i * columns + column] += sum / sqrt(members);
                if (r->max)
                    out[(size_t)i * columns + column] += most;
            }
}

/* ------------------------------------------------------------------------------------------ recordings */

static trmi_value *record_hearing(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    const hearing *h = p->heard;
    trmi_heard heard[RELATIONS];
    for (uint32_t i = 0; i < h->count; i++)
        heard[i] = trmi_record_aggregate(
            tape, (trmi_hearing) { &h->relation[i].table, h->fields, h->positions * h->fields }, in[0],
            h->relation[i].sum, h->relation[i].max);
    return trmi_record_gather(tape, in[1], heard, h->count);
}

static trmi_value *record_sum(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    return trmi_record_sum(tape, in[0], in[1], p->inputs == 3 ? in[2] : NULL);
}

static trmi_value *record_product(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    return p->mixes_rows ? trmi_record_tokens(tape, &p->matrix, in[0])
                         : trmi_record_channels(tape, &p->matrix, in[0]);
}

static trmi_value *record_gate(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    return p->over_rows ? trmi_record_gate_rows(tape, in[0])
                        : trmi_record_gate_columns(tape, in[0], p->out.width);
}

static trmi_value *record_norm(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    return trmi_record_norm(tape, in[0], in[1], p->over_rows);
}

static trmi_value *record_attention(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS])
{
    (void)p;
    return trmi_record_attention(tape, in[0]);
}

/* ---------------------------------------------------------------------------------------------- numbers */

/* The numbers of a problem in double, rounded to float beforehand. */
typedef struct numbers {
    double *in[INPUTS], *matrix,
        *projection;                        /* what the operation is given, and the weights of its outputs */
    double *before[INPUTS], *matrix_before; /* gradients that were there */
    double *slopes[INPUTS], *matrix_slopes, *out; /* what the library makes of them */
} numbers;

static double *draw(random_source *source, size_t count)
{
    double *to = malloc((count + 1) * sizeof *to);
    for (size_t i = 0; i < count; i++)
        to[i] = (double)(float)random_normal(source);
    return to;
}

static size_t matrix_count(const problem *p)
{
    return (size_t)p->outputs * (p->outputs > 0 ? matrix_inputs(p) : 0);
}

static numbers draw_numbers(const problem *p, random_source *source)
{
    numbers n = { .matrix = draw(source, matrix_count(p)),
                  .matrix_before = draw(source, matrix_count(p)),
                  .matrix_slopes = draw(source, matrix_count(p)),
                  .projection = draw(source, count_of(p->out)),
                  .out = draw(source, count_of(p->out)) };
    for (int i = 0; i < p->inputs; i++) {
        n.in[i] = draw(source, count_of(p->in[i]));
        n.before[i] = draw(source, count_of(p->in[i]));
        n.slopes[i] = draw(source, count_of(p->in[i]));
    }
    return n;
}

static void free_numbers(numbers *n)
{
    for (int i = 0; i < INPUTS; i++) {
        free(n->in[i]);
        free(n->before[i]);
        free(n->slopes[i]);
    }
    free(n->matrix);
    free(n->matrix_before);
    free(n->matrix_slopes);
    free(n->projection);
    free(n->out);
}

/* ---------------------------------------------------------------------------------- the library's slopes */

typedef struct bench {
    trm_allocator allocator;
    trmi_kernels kernels;
    trmi_gradients gradients;
    trmi_tape tape;
    trmi_entry entries[2 * RELATIONS];
    trmi_value values[INPUTS + 2 * RELATIONS];
    float *back, *matrix, *turned; /* the negated sines; the matrix */
    trmi_value *in[INPUTS], *out;
} bench;

static float *zeros(bench *b, size_t count)
{
    return trmi_allocate(&b->allocator, count * sizeof(float));
}

static void begin_matrix(bench *b, problem *p, const numbers *n)
{
    b->matrix = zeros(b, matrix_room(p));
    b->turned = zeros(b, matrix_room(p));
    b->tape.sums = zeros(b, matrix_room(p));
    const uint32_t inputs = matrix_inputs(p);
    for (uint32_t row = 0; row < p->outputs; row++)
        for (uint32_t column = 0; column < inputs; column++) {
            const size_t at = (size_t)row * inputs + column;
            b->matrix[matrix_place(p, row, column, false)] = (float)n->matrix[at];
            b->turned[turned_place(p, row, column)] = (float)n->matrix[at];
            b->tape.sums[matrix_place(p, row, column, true)] = (float)n->matrix_before[at];
        }
    p->matrix = (trmi_matrix) { .values = b->matrix,
                                .turned = b->turned,
                                .outputs = p->mixes_rows ? p->outputs : trmi_padded(p->outputs),
                                .inputs = inputs,
                                .layout = p->mixes_rows ? TRMI_LAYOUT_ROWS : TRMI_LAYOUT_PANELS };
}

static void begin_bench(bench *b, problem *p, const numbers *n)
{
    *b = (bench) { .out = NULL };
    ck_assert_int_eq(trmi_allocator_read(&b->allocator, NULL, NULL), TRM_OK);
    trmi_kernels_select(&b->kernels);
    trmi_gradients_select(&b->gradients);
    b->tape = (trmi_tape) { .config = &p->config,
                            .kernels = &b->kernels,
                            .gradients = &b->gradients,
                            .rotary_cosines = p->cosines,
                            .rotary_sines = p->sines,
                            .entries = b->entries,
                            .values = b->values,
                            .entry_capacity = sizeof b->entries / sizeof *b->entries,
                            .value_capacity = sizeof b->values / sizeof *b->values };
    const size_t angles = p->cosines != NULL ? (size_t)p->out.rows * (p->out.width / 2) : 0;
    b->back = zeros(b, angles);
    for (size_t i = 0; i < angles; i++)
        b->back[i] = -p->sines[i];
    b->tape.rotary_back = b->back;
    begin_matrix(b, p, n);
}

static void end_bench(bench *b)
{
    trmi_arena_release(b->tape.arena.base, b->tape.most);
    trmi_release(&b->allocator, b->tape.arena.base);
    trmi_release(&b->allocator, b->tape.scratch);
    trmi_release(&b->allocator, b->tape.sums);
    trmi_release(&b->allocator, b->back);
    trmi_release(&b->allocator, b->matrix);
    trmi_release(&b->allocator, b->turned);
}

static void record(bench *b, const problem *p, const numbers *n)
{
    for (int i = 0; i < p->inputs; i++) {
        b->in[i] = trmi_tape_value(&b->tape, p->in[i].rows, tape_width(p->in[i]), true);
        if (trmi_tape_measures(&b->tape))
            continue;
        pack(p->in[i], n->in[i], b->in[i]->data);
        pack(p->in[i], n->before[i], b->in[i]->gradient);
        b->in[i]->reached = p->adds;
    }
    b->out = p->record(&b->tape, p, b->in);
}

/* Once to measure, once with exactly so much memory. */
static void run(bench *b, const problem *p, const numbers *n)
{
    record(b, p, n);
    trmi_tape_rewind(&b->tape, (trmi_mark) { 0, 0, 0 });
    b->tape.arena = (trmi_arena) { .base = trmi_allocate(&b->allocator, b->tape.most) };
    b->tape.scratch = zeros(b, b->tape.scratch_most);
    record(b, p, n);
    pack(p->out, n->projection, b->out->gradient);
    b->out->reached = true;
    trmi_tape_back(&b->tape, (trmi_mark) { 0, 0, 0 });
}

/* Spare lanes of a gradient would come back as numbers of the next one. */
static void check_spare_lanes(grid g, const float *panels)
{
    const size_t all = (size_t)g.rows * g.groups * trmi_padded(g.width);
    size_t nonzero = 0, live = 0;
    for (size_t i = 0; i < all; i++)
        nonzero += panels[i] != 0.0f;
    for (uint32_t row = 0; row < g.rows; row++)
        for (uint32_t column = 0; column < columns_of(g); column++)
            live += panels[place(g, row, column)] != 0.0f;
    ck_assert_uint_eq(nonzero, live);
}

static void read_slopes(const bench *b, const problem *p, numbers *n)
{
    unpack(p->out, b->out->data, n->out);
    for (int i = 0; i < p->inputs; i++) {
        ck_assert(b->in[i]->reached);
        check_spare_lanes(p->in[i], b->in[i]->gradient);
        unpack(p->in[i], b->in[i]->gradient, n->slopes[i]);
        for (size_t k = 0; p->adds && k < count_of(p->in[i]); k++)
            n->slopes[i][k] -= n->before[i][k];
    }
    const uint32_t inputs = p->outputs > 0 ? matrix_inputs(p) : 0;
    for (size_t k = 0; k < matrix_count(p); k++)
        n->matrix_slopes[k] =
            (double)b->tape.sums[matrix_place(p, (uint32_t)k / inputs, (uint32_t)k % inputs, true)] -
            n->matrix_before[k];
}

/* ------------------------------------------------------------------------------------------- comparing */

static double project(const problem *p, const numbers *n, double *out)
{
    double sum = 0.0;
    p->model(p, n->in, n->matrix, out);
    for (size_t i = 0; i < count_of(p->out); i++)
        sum += out[i] * n->projection[i];
    return sum;
}

static void check_close(const double *ours, const double *wanted, size_t count, const char *what, int which)
{
    double worst = 0.0, largest = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double difference = fabs(ours[i] - wanted[i]);
        worst = isnan(difference) ? INFINITY : fmax(worst, difference);
        largest = fmax(largest, fabs(wanted[i]));
    }
    ck_assert_msg(worst <= tolerance * fmax(largest, smallest), "%s %d: off by %g where the largest is %g",
                  what, which, worst, largest);
}

/* Moves each of the numbers, which the projection depends on. */
static void check_slopes(const problem *p, const numbers *n, double *moved, const double *ours, size_t count,
                         const char *what, int which)
{
    double *out = malloc(count_of(p->out) * sizeof *out), *slopes = malloc((count + 1) * sizeof *slopes);
    for (size_t i = 0; i < count; i++) {
        const double at = moved[i];
        moved[i] = at + reach;
        const double above = project(p, n, out);
        moved[i] = at - reach;
        slopes[i] = (above - project(p, n, out)) / (2.0 * reach);
        moved[i] = at;
    }
    check_close(ours, slopes, count, what, which);
    free(slopes);
    free(out);
}

static void check_problem(problem *p, random_source *source)
{
    bench b;
    numbers n = draw_numbers(p, source);
    begin_bench(&b, p, &n);
    run(&b, p, &n);
    read_slopes(&b, p, &n);
    double *out = malloc(count_of(p->out) * sizeof *out);
    project(p, &n, out);
    check_close(n.out, out, count_of(p->out), "output", 0);
    for (int i = 0; i < p->inputs; i++)
        check_slopes(p, &n, n.in[i], n.slopes[i], count_of(p->in[i]), "slope of input", i);
    check_slopes(p, &n, n.matrix, n.matrix_slopes, matrix_count(p), "slope of the matrix", 0);
    free(out);
    free_numbers(&n);
    end_bench(&b);
}

/* --------------------------------------------------------------------------------------------- problems */

static uint32_t between(random_source *source, uint32_t least, uint32_t most)
{
    return least + random_below(source, most - least + 1);
}

static problem begin_problem(recording *record_it, mathematics *model, grid in, grid out, int inputs)
{
    problem p = { .record = record_it, .model = model, .inputs = inputs, .out = out };
    for (int i = 0; i < inputs; i++)
        p.in[i] = in;
    p.config.norm_epsilon = 1e-5;
    return p;
}

START_TEST(of_sums)
{
    random_source source = random_begin(100 + (uint64_t)_i);
    const grid g = { between(&source, 1, 9), 1, between(&source, 1, 40) };
    problem p = begin_problem(record_sum, model_sum, g, g, 2 + _i % 2);
    p.adds = _i / 2 % 2 != 0;
    check_problem(&p, &source);
}
END_TEST

START_TEST(of_channel_products)
{
    random_source source = random_begin(200 + (uint64_t)_i);
    const uint32_t rows = between(&source, 1, 20), outputs = between(&source, 1, 40);
    problem p = begin_problem(record_product, model_product, (grid) { rows, 1, between(&source, 1, 40) },
                              (grid) { rows, 1, outputs }, 1);
    p.outputs = outputs;
    p.adds = _i % 2 != 0;
    check_problem(&p, &source);
}
END_TEST

START_TEST(of_token_products)
{
    random_source source = random_begin(300 + (uint64_t)_i);
    const uint32_t columns = between(&source, 1, 40), outputs = between(&source, 1, 20);
    problem p = begin_problem(record_product, model_product, (grid) { between(&source, 1, 20), 1, columns },
                              (grid) { outputs, 1, columns }, 1);
    p.outputs = outputs;
    p.mixes_rows = true;
    p.adds = _i % 2 != 0;
    check_problem(&p, &source);
}
END_TEST

/* A norm of one or two numbers is little more than their signs, its slope a difference of equal terms, which
 * float cannot hold: at least four. */
START_TEST(of_gates)
{
    random_source source = random_begin(400 + (uint64_t)_i);
    const bool over_rows = _i % 2 != 0, normed = _i / 2 % 2 != 0;
    const grid out = { between(&source, 4, 20), 1, between(&source, 4, 40) };
    const grid in = { over_rows ? 2 * out.rows : out.rows, over_rows ? 1 : 2, out.width };
    problem p = begin_problem(record_gate, model_gate, in, out, 1);
    p.over_rows = over_rows;
    p.config.gate = normed ? TRM_GATE_NORMED : TRM_GATE_PLAIN;
    check_problem(&p, &source);
}
END_TEST

START_TEST(of_norms)
{
    random_source source = random_begin(500 + (uint64_t)_i);
    const grid g = { between(&source, 4, 20), 1, between(&source, 4, 40) };
    problem p = begin_problem(record_norm, model_norm, g, g, 2);
    p.over_rows = _i % 2 != 0;
    p.adds = _i / 2 % 2 != 0;
    check_problem(&p, &source);
}
END_TEST

/* Some have more rows than the operation takes at a time. */
START_TEST(of_attention)
{
    random_source source = random_begin(600 + (uint64_t)_i);
    const bool rotary = _i % 2 != 0, many = _i < 2;
    const uint32_t rows = many ? between(&source, 65, 70) : between(&source, 1, 20),
                   heads = many ? 1 : between(&source, 1, 3);
    const uint32_t half = many ? 2 : between(&source, 1, 10);
    const uint32_t width = rotary ? 2 * half : 2 * half - 1;
    problem p = begin_problem(record_attention, model_attention, (grid) { rows, 3 * heads, width },
                              (grid) { rows, heads, width }, 1);
    p.config.block = TRM_BLOCK_ATTENTION;
    p.config.channels = heads * width;
    p.config.heads = heads;
    p.config.position_encoding = rotary ? TRM_POSITION_ROTARY : TRM_POSITION_NONE;
    float table[2][70 * 10];
    for (uint32_t i = 0; i < rows * half; i++) {
        const double angle = 3.0 * random_even(&source);
        table[0][i] = (float)cos(angle);
        table[1][i] = (float)sin(angle);
    }
    if (rotary) {
        p.cosines = table[0];
        p.sines = table[1];
    }
    check_problem(&p, &source);
}
END_TEST

/* Up to eighteen terms, which is more than a gathering takes at once. */
START_TEST(of_hearing)
{
    static hearing h;
    random_source source = random_begin(700 + (uint64_t)_i);
    h.fields = between(&source, 1, 4);
    h.positions = between(&source, 1, 8);
    h.helpers = _i % 2 != 0 ? between(&source, 1, 5) : 0;
    h.count = _i == 0 ? RELATIONS : between(&source, 1, 3);
    for (uint32_t i = 0; i < h.count; i++)
        draw_relation(&h, &h.relation[i], &source);
    const grid g = { nodes_of(&h), 1, between(&source, 1, 40) };
    problem p = begin_problem(record_hearing, model_hearing, g, g, 2);
    p.heard = &h;
    check_problem(&p, &source);
}
END_TEST

/* Of equal numbers the lowest node is the maximum. */
START_TEST(of_equal_numbers)
{
    const uint32_t first[] = { 0, 3 }, heard[] = { 1, 2, 3 }, all[] = { 0, 0, 0, 0 };
    const trmi_relation_table table = { TRMI_LEVEL_NODES, 1, all, first, heard };
    float nodes[4][TRMI_PANEL], to[4][TRMI_PANEL] = { { 0.0f } }, most[TRMI_PANEL], gradient[TRMI_PANEL];
    for (int lane = 0; lane < TRMI_PANEL; lane++) {
        for (int i = 0; i < 4; i++)
            nodes[i][lane] = i == 0 ? 5.0f : i == lane % 4 ? 1.0f : 2.0f;
        most[lane] = 2.0f;
        gradient[lane] = 3.0f;
    }
    trmi_gradients gradients;
    trmi_gradients_select(&gradients);
    gradients.aggregate(&(trmi_aggregate_gradient) {
        .forward = { &table, 1, 0, 1, 1, { nodes[0], 0 }, { NULL, 0 }, { most, 0 } },
        .max = { gradient, 0 },
        .to = { to[0], 0 } });
    for (int lane = 0; lane < TRMI_PANEL; lane++)
        for (int i = 0; i < 4; i++)
            ck_assert(to[i][lane] == (i == (lane % 4 == 1 ? 2 : 1) ? 3.0f : 0.0f));
}
END_TEST

/* ------------------------------------------------------------------------------------------------ losses */

enum { MOST_CELLS = 12, MOST_TOKENS = 40 };

typedef struct judgement {
    trmi_choices choices;
    grid shape; /* S x V */
    double logits[MOST_CELLS * MOST_TOKENS], smoothing;
    int32_t labels[MOST_CELLS];
} judgement;

static double mass(const judgement *j, double v)
{
    if (j->choices.softmax)
        return exp(v);
    return v >= 0.0 ? v + 1.0 : 1.0 / (1.0 - v);
}

/* Labels below the first choice are no choices. */
static bool is_counted(const judgement *j, uint32_t n)
{
    return j->labels[n] >= (int32_t)j->choices.first;
}

static uint32_t choice_of(const judgement *j, uint32_t n)
{
    return (uint32_t)j->labels[n] - j->choices.first;
}

/* Mean over the labelled positions of - sum of target log p. */
static double model_loss(const judgement *j)
{
    double loss = 0.0;
    int counted = 0;
    for (uint32_t n = 0; n < j->shape.rows; n++) {
        const double *v = j->logits + (size_t)n * j->shape.width;
        double sum = 0.0;
        for (uint32_t t = 0; t < j->shape.width; t++)
            sum += mass(j, v[t]);
        for (uint32_t t = 0; t < j->shape.width && is_counted(j, n); t++) {
            const double target =
                (t == choice_of(j, n) ? 1.0 - j->smoothing : 0.0) + j->smoothing / j->shape.width;
            loss -= target * log(mass(j, v[t]) / sum);
        }
        counted += is_counted(j, n);
    }
    return counted > 0 ? loss / counted : 0.0;
}

static judgement draw_judgement(random_source *source, int kind)
{
    judgement j = { .shape = { between(source, 1, MOST_CELLS), 1, between(source, 2, MOST_TOKENS) } };
    j.choices = (trmi_choices) { .panel = (size_t)j.shape.rows * TRMI_PANEL,
                                 .positions = j.shape.rows,
                                 .first = kind % 3 == 1 ? 2 : 0,
                                 .count = j.shape.width,
                                 .by_node = kind % 3 == 1,
                                 .softmax = kind % 2 != 0 };
    j.smoothing = kind / 2 % 2 != 0 ? 0.3 : 0.0;
    for (size_t i = 0; i < count_of(j.shape); i++)
        j.logits[i] = (double)(float)(3.0 * random_normal(source));
    random_tokens(source, j.labels, j.shape.rows, j.choices.first + j.shape.width);
    for (uint32_t n = 0; n < j.shape.rows; n++)
        if (kind >= ROUNDS - 2 || random_below(source, 4) == 0)
            j.labels[n] = kind >= ROUNDS - 2 ? -100 : TRMI_UNLABELLED; /* the last ones: nothing counts */
    return j;
}

/* How many labelled positions have their label as the largest logit. */
static void count_right(const judgement *j, const uint8_t *cells, uint32_t *right, uint32_t *counted)
{
    *right = *counted = 0;
    for (uint32_t n = 0; n < j->shape.rows; n++) {
        const double *v = j->logits + (size_t)n * j->shape.width;
        bool largest = is_counted(j, n);
        for (uint32_t t = 0; t < j->shape.width && largest; t++)
            largest = v[t] <= v[choice_of(j, n)];
        *right += largest;
        *counted += is_counted(j, n);
        ck_assert_uint_eq(cells[n], largest            ? TRMI_CELL_RIGHT
                                    : is_counted(j, n) ? TRMI_CELL_WRONG
                                                       : TRMI_CELL_UNCOUNTED);
    }
}

START_TEST(of_the_answer)
{
    random_source source = random_begin(700 + (uint64_t)_i);
    judgement j = draw_judgement(&source, _i);
    const grid stored = j.choices.by_node ? (grid) { j.shape.rows * j.shape.width, 1, 1 } : j.shape;
    float logits[MOST_CELLS * MOST_TOKENS * TRMI_PANEL], gradient[MOST_CELLS * MOST_TOKENS * TRMI_PANEL];
    double slopes[MOST_CELLS * MOST_TOKENS], wanted[MOST_CELLS * MOST_TOKENS];
    uint8_t cells[MOST_CELLS];
    trmi_loss loss, again;
    pack(stored, j.logits, logits);
    j.choices.logits = logits;
    memset(gradient, 0xff, sizeof gradient); /* not numbers */
    trmi_loss_answer(&loss, &j.choices, j.labels, j.smoothing, gradient, cells);
    trmi_loss_answer(&again, &j.choices, j.labels, j.smoothing, NULL, NULL);
    ck_assert_double_eq(loss.answer, again.answer);
    ck_assert_double_eq_tol(loss.answer, model_loss(&j), 1e-9);
    uint32_t right, counted;
    count_right(&j, cells, &right, &counted);
    ck_assert_uint_eq(loss.right, right);
    ck_assert_uint_eq(loss.counted, counted);
    ck_assert(loss.exact == (counted > 0 && right == counted));
    check_spare_lanes(stored, gradient);
    unpack(stored, gradient, slopes);
    for (size_t i = 0; i < count_of(j.shape); i++) {
        const double at = j.logits[i];
        j.logits[i] = at + reach;
        const double above = model_loss(&j);
        j.logits[i] = at - reach;
        wanted[i] = (above - model_loss(&j)) / (2.0 * reach);
        j.logits[i] = at;
    }
    check_close(slopes, wanted, count_of(j.shape), "slope of logits", 0);
}
END_TEST

/* - log of the probability of what is so */
static double model_halt(double logit, bool exact)
{
    return -log(logistic(exact ? logit : -logit));
}

START_TEST(of_halting)
{
    random_source source = random_begin(800);
    for (int i = 0; i < 100; i++) {
        const double logit = 5.0 * random_normal(&source);
        trmi_loss loss = { .exact = i % 2 != 0 };
        const double slope = trmi_loss_halt(&loss, logit);
        ck_assert_double_eq_tol(loss.halt, model_halt(logit, loss.exact), 1e-9);
        const double wanted =
            (model_halt(logit + reach, loss.exact) - model_halt(logit - reach, loss.exact)) / (2.0 * reach);
        ck_assert_double_eq_tol(slope, wanted, 1e-8);
    }
    trmi_loss far = { .exact = true };
    ck_assert_double_eq_tol(trmi_loss_halt(&far, -1000.0), -1.0, 1e-12); /* where exp overflows */
    ck_assert_double_eq_tol(far.halt, 1000.0, 1e-9);
}
END_TEST

START_TEST(of_cells)
{
    random_source source = random_begin(950);
    const uint8_t cells[] = { TRMI_CELL_RIGHT, TRMI_CELL_WRONG, TRMI_CELL_UNCOUNTED, TRMI_CELL_RIGHT };
    float confidences[4], slopes[4];
    double sum = 0.0;
    for (int i = 0; i < 4; i++)
        confidences[i] = (float)random_normal(&source);
    trmi_loss loss = { .counted = 3 };
    trmi_loss_cells(&loss, confidences, cells, 4, slopes);
    for (int i = 0; i < 4; i++) {
        const double logit = (double)confidences[i];
        const bool right = cells[i] == TRMI_CELL_RIGHT;
        const double wanted =
            (model_halt(logit + reach, right) - model_halt(logit - reach, right)) / (2.0 * reach) / 3.0;
        ck_assert_double_eq_tol((double)slopes[i], i == 2 ? 0.0 : wanted, 1e-7);
        sum += i == 2 ? 0.0 : model_halt(logit, right) / 3.0;
    }
    ck_assert_double_eq_tol(loss.cells, sum, 1e-9);
}
END_TEST

enum { MOST_NODES = 100 };

static double model_softmin(const double *c, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++)
        sum += exp(-c[i]);
    return -log(sum);
}

static double model_halting_product(const double *c, uint32_t count)
{
    double log_p = 0.0;
    for (uint32_t i = 0; i < count; i++)
        log_p -= log1p(exp(-c[i]));
    log_p = fmin(log_p, -1e-6);
    return log_p - log(-expm1(log_p));
}

/* The slopes of both functions; the library's add to what is there, 1. */
static void check_halting(double *c, uint32_t count)
{
    float logits[MOST_NODES], low[MOST_NODES], all[MOST_NODES];
    double ours[2][MOST_NODES], wanted[2][MOST_NODES];
    for (uint32_t i = 0; i < count; i++) {
        logits[i] = (float)c[i];
        low[i] = all[i] = 1.0f;
    }
    trmi_gradients gradients;
    trmi_gradients_select(&gradients);
    gradients.halt_softmin(low, logits, count, trmi_halt_softmin(logits, count), -0.5f);
    gradients.halt_product(all, logits, count, -0.5f);
    for (uint32_t i = 0; i < count; i++) {
        const double at = c[i];
        c[i] = at + reach;
        const double low_above = model_softmin(c, count), all_above = model_halting_product(c, count);
        c[i] = at - reach;
        wanted[0][i] = -0.5 * (low_above - model_softmin(c, count)) / (2.0 * reach);
        wanted[1][i] = -0.5 * (all_above - model_halting_product(c, count)) / (2.0 * reach);
        c[i] = at;
        ours[0][i] = (double)low[i] - 1.0;
        ours[1][i] = (double)all[i] - 1.0;
    }
    check_close(ours[0], wanted[0], count, "slope of softmin", 0);
    check_close(ours[1], wanted[1], count, "slope of product", 0);
}

START_TEST(of_halting_functions)
{
    random_source source = random_begin(900);
    double c[MOST_NODES];
    for (int round = 0; round < 50; round++) {
        const uint32_t count = between(&source, 1, MOST_NODES);
        const double middle = round % 2 != 0 ? 6.0 : -1.0;
        for (uint32_t i = 0; i < count; i++)
            c[i] = (double)(float)(middle + 2.0 * random_normal(&source));
        check_halting(c, count);
    }
    float logits[2] = { 20.0f, 20.0f }, to[2] = { 0.0f, 0.0f }; /* surer than the product may be */
    trmi_gradients gradients;
    trmi_gradients_select(&gradients);
    gradients.halt_product(to, logits, 2, 1.0f);
    ck_assert(to[0] == 0.0f && to[1] == 0.0f);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("operations");
    TCase *tests = tcase_create("slopes");
    tcase_add_loop_test(tests, of_sums, 0, ROUNDS);
    tcase_add_loop_test(tests, of_channel_products, 0, ROUNDS);
    tcase_add_loop_test(tests, of_token_products, 0, ROUNDS);
    tcase_add_loop_test(tests, of_gates, 0, ROUNDS);
    tcase_add_loop_test(tests, of_norms, 0, ROUNDS);
    tcase_add_loop_test(tests, of_attention, 0, ROUNDS);
    tcase_add_loop_test(tests, of_hearing, 0, 4 * ROUNDS);
    tcase_add_test(tests, of_equal_numbers);
    tcase_add_loop_test(tests, of_the_answer, 0, ROUNDS);
    tcase_add_test(tests, of_halting);
    tcase_add_test(tests, of_cells);
    tcase_add_test(tests, of_halting_functions);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
