/* Every operation of the tape against slopes: the mathematics is written once more in double
 * precision, a random projection of its outputs is differentiated by central differences for each input and
 * weight, and the gradients of the library have to agree. */
#include <math.h>
#include <string.h>

#include "lib/learning/operations.h"
#include "tests/support/operation_problems.h"
#include "tests/support/random.h"
#include "tests/support/run.h"
#include "tests/support/slopes.h"

enum { ROUNDS = 12 };

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
    trmi_entry entries[1];
    trmi_value values[INPUTS + SLOTS + 2];
    float *back, *matrix, *transposed; /* the negated sines; the matrix */
    trmi_value *in[INPUTS], *out;
} bench;

static float *zeros(bench *b, size_t count)
{
    return trmi_allocate(&b->allocator, count * sizeof(float));
}

static void begin_matrix(bench *b, problem *p, const numbers *n)
{
    b->matrix = zeros(b, matrix_room(p));
    b->transposed = zeros(b, matrix_room(p));
    b->tape.sums = zeros(b, matrix_room(p));
    const uint32_t inputs = matrix_inputs(p);
    for (uint32_t row = 0; row < p->outputs; row++)
        for (uint32_t column = 0; column < inputs; column++) {
            const size_t at = (size_t)row * inputs + column;
            b->matrix[matrix_place(p, row, column, false)] = (float)n->matrix[at];
            b->transposed[transposed_place(p, row, column)] = (float)n->matrix[at];
            b->tape.sums[matrix_place(p, row, column, true)] = (float)n->matrix_before[at];
        }
    p->matrix = (trmi_matrix) { .values = b->matrix,
                                .transposed = b->transposed,
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
    trmi_release(&b->allocator, b->transposed);
}

static void record(bench *b, const problem *p, const numbers *n)
{
    for (int i = 0; i < p->inputs; i++) {
        b->in[i] = trmi_tape_value(&b->tape, p->in[i].rows, tape_width(p->in[i]), true);
        if (trmi_tape_measures(&b->tape))
            continue;
        to_panels(p->in[i], n->in[i], b->in[i]->data);
        to_panels(p->in[i], n->before[i], b->in[i]->gradient);
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
    to_panels(p->out, n->projection, b->out->gradient);
    b->out->reached = true;
    trmi_tape_back(&b->tape, (trmi_mark) { 0, 0, 0 });
}

static void read_slopes(const bench *b, const problem *p, numbers *n)
{
    from_panels(p->out, b->out->data, n->out);
    for (int i = 0; i < p->inputs; i++) {
        ck_assert(b->in[i]->reached);
        check_spare_lanes(p->in[i], b->in[i]->gradient);
        from_panels(p->in[i], b->in[i]->gradient, n->slopes[i]);
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

/* Moves each of the numbers, which the projection depends on. */
static void check_slopes(const problem *p, const numbers *n, double *moved, const double *ours, size_t count,
                         const char *what, int which)
{
    double *out = malloc(count_of(p->out) * sizeof *out), *slopes = malloc((count + 1) * sizeof *slopes);
    for (size_t i = 0; i < count; i++) {
        const double at = moved[i];
        moved[i] = at + slope_reach;
        const double above = project(p, n, out);
        moved[i] = at - slope_reach;
        slopes[i] = (above - project(p, n, out)) / (2.0 * slope_reach);
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
START_TEST(of_relational_blocks)
{
    static hearing h;
    random_source source = random_begin(700 + (uint64_t)_i);
    h.fields = between(&source, 1, 4);
    h.positions = between(&source, 1, 8);
    h.helpers = _i % 2 != 0 ? between(&source, 1, 5) : 0;
    h.count = _i == 0 ? RELATIONS : between(&source, 1, 3);
    for (uint32_t i = 0; i < h.count; i++)
        draw_relation(&h, &h.relation[i], &source);
    const grid g = { nodes_of(&h), 1, between(&source, 4, MOST_CHANNELS) };
    problem p = begin_problem(record_hearing, model_hearing, g, g, 1);
    p.outputs = 2 * HIDDEN;
    p.adds = _i / 2 % 2 != 0;
    begin_hearing(&h, &p, &source);
    check_problem(&p, &source);
}
END_TEST

/* Of equal numbers the lowest node is the maximum. */
START_TEST(of_equal_numbers)
{
    const uint32_t first[] = { 0, 3 }, heard[] = { 1, 2, 3 }, all[] = { 0, 0, 0, 0 };
    const trmi_relation_table table = { TRMI_LEVEL_NODES, 1, all, first, heard, 0 };
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
    tcase_add_loop_test(tests, of_relational_blocks, 0, 2 * ROUNDS);
    tcase_add_test(tests, of_equal_numbers);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
