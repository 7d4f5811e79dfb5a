/* relational_reference FILE.safetensors...
 *
 * Is the tests' own relational model (tests/support/reference_relational.h) right? It is compared with every
 * golden tensor of each file but gradients: what golden files lack is then checked against it. Exit status: 0
 * when all are within the tolerance. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/relational_golden.h"

static const double tolerance = 1e-6; /* golden numbers are float32 of float64 */

typedef struct check {
    relational_golden golden;
    bool good;
    uint32_t seen; /* tensors compared */
    uint32_t nodes, answering, outputs;
    double *logits, *belief, *confidence; /* what the reference says */
} check;

/* Part of a golden tensor of `whole` numbers, from number `begin` on. */
static void compare(check *c, const char *name, size_t whole, size_t begin, const double *got, size_t count)
{
    char full[64];
    snprintf(full, sizeof full, "golden.%s", name);
    const double *golden = relational_golden_numbers(&c->golden, full, whole);
    for (size_t i = 0; golden != NULL && i < count; i++) {
        const double expected = golden[begin + i], most = tolerance * fmax(1, fabs(expected));
        if (fabs(got[i] - expected) <= most)
            continue;
        printf("  %s: number %zu: expected %.9g, found %.9g\n", full, begin + i, expected, got[i]);
        c->good = false;
        return;
    }
    c->seen += golden != NULL;
}

static double read_answer(check *c, uint32_t question, const reference_thought *thought)
{
    return reference_relational_read(&c->golden.model, &c->golden.question[question], thought, c->logits,
                                     c->belief, c->confidence);
}

/* All steps from the start that the model has. */
static void compare_steps(check *c, uint32_t b)
{
    const relational_golden *g = &c->golden;
    const reference_question *q = &g->question[b];
    const size_t logits = (size_t)q->positions * c->outputs, state = (size_t)c->nodes * g->model.channels,
                 n = g->questions;
    reference_thought *thought = reference_thought_create(&g->model, q);
    for (uint32_t step = 0; step < g->steps; step++) {
        reference_relational_step(&g->model, thought);
        const double halt = read_answer(c, b, thought);
        const size_t at = step * n + b;
        compare(c, "logits", g->steps * n * logits, at * logits, c->logits, logits);
        compare(c, "q_halt", g->steps * n, at, &halt, 1);
        compare(c, "node_halt", g->steps * n * c->answering, at * c->answering, c->belief, c->answering);
        if (step == 0)
            compare(c, "z_first", n * state, b * state, thought->first_z, state);
    }
    compare(c, "y_last", n * state, b * state, thought->y, state);
    compare(c, "z_last", n * state, b * state, thought->z, state);
    reference_thought_free(thought);
}

/* -------------------------------------------------------------------------- one step of training
   (26)-(28) */

typedef struct losses {
    double answer, halt, cells;
} losses;

static double cross_entropy(double logit, bool right)
{
    return log1p(exp(-fabs(logit))) + fmax(logit, 0) - (right ? logit : 0);
}

static void add_losses(const check *c, uint32_t b, const double *labels, double halt, losses *sum)
{
    const relational_golden *g = &c->golden;
    const reference_question *q = &g->question[b];
    const double share = 1.0 / (g->questions * q->positions);
    bool all = true;
    for (uint32_t p = 0; p < q->positions; p++) {
        const double *row = c->logits + (size_t)p * c->outputs;
        const uint32_t label = (uint32_t)labels[p] - (g->model.with_fields ? g->model.first_value : 0);
        double mass = 0;
        uint32_t best = 0;
        for (uint32_t v = 0; v < c->outputs; v++) {
            mass += exp(row[v]);
            best = row[v] > row[best] ? v : best;
        }
        sum->answer += share * (log(mass) - row[label]);
        sum->cells += share * cross_entropy(c->confidence[p], best == label);
        all = all && best == label;
    }
    sum->halt += cross_entropy(halt, all) / g->questions;
}

static void compare_training(check *c)
{
    relational_golden *g = &c->golden;
    const uint32_t positions = g->question[0].positions;
    const size_t logits = (size_t)positions * c->outputs, state = (size_t)c->nodes * g->model.channels,
                 n = g->questions;
    const double *labels = relational_golden_numbers(g, "golden.labels", n * positions),
                 *starts = relational_golden_numbers(g, "golden.z_start", n * state);
    losses sum = { 0 };
    for (uint32_t b = 0; b < n; b++) {
        reference_question question = g->question[b];
        question.noisy_z = starts + b * state;
        reference_thought *thought = reference_thought_create(&g->model, &question);
        reference_relational_step(&g->model, thought);
        const double halt = read_answer(c, b, thought);
        compare(c, "train_logits", n * logits, b * logits, c->logits, logits);
        compare(c, "train_q_halt", n, b, &halt, 1);
        compare(c, "train_cells", n * positions, b * positions, c->confidence, positions);
        add_losses(c, b, labels + (size_t)b * positions, halt, &sum);
        reference_thought_free(thought);
    }
    compare(c, "lm_loss", 1, 0, &sum.answer, 1);
    compare(c, "q_loss", 1, 0, &sum.halt, 1);
    compare(c, "cell_loss", 1, 0, &sum.cells, 1);
}

static double *numbers(size_t count)
{
    double *array = calloc(count, sizeof *array);
    if (array == NULL)
        exit(EXIT_FAILURE);
    return array;
}

static bool check_file(const char *path)
{
    check c = { .good = true };
    relational_golden_open(&c.golden, path);
    const reference_question *q = &c.golden.question[0];
    c.answering = q->positions * q->fields;
    c.nodes = c.answering + q->helpers;
    c.outputs = c.golden.model.with_fields ? q->fields : c.golden.model.vocabulary;
    c.logits = numbers((size_t)q->positions * c.outputs);
    c.belief = numbers(c.answering);
    c.confidence = numbers(q->positions);
    for (uint32_t b = 0; b < c.golden.questions; b++)
        compare_steps(&c, b);
    compare_training(&c);
    printf("%s: %" PRIu32 " comparisons, %s\n", path, c.seen, c.good ? "good" : "NOT WITHIN THE TOLERANCE");
    free(c.logits);
    free(c.belief);
    free(c.confidence);
    relational_golden_close(&c.golden);
    return c.good && c.seen > 0;
}

int main(int count, char **arguments)
{
    bool good = count > 1;
    for (int i = 1; i < count; i++)
        good = check_file(arguments[i]) && good;
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
