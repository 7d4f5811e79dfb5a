/* relational_conformance FILE.safetensors...
 *
 * Does the library compute what relational models are defined to compute? Each golden file is converted and
 * opened in memory, its questions are solved, one at a time and all at once, with fp32 weights, and every
 * golden tensor of solving is compared, absolutely within 1e-4 (tests/golden/README.md). Exit status: 0 when
 * all are. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "lib/solve/solver.h"
#include "tests/support/relational_golden.h"

static const double tolerance = 1e-4;

typedef struct bed {
    relational_golden golden;
    trm_model *model;
    trm_solver *solver;
    void *converted;
    double worst;
    uint32_t compared; /* tensors */
} bed;

static void insist(trm_status status, const trm_error *error)
{
    if (status == TRM_OK)
        return;
    printf("  %s\n", error->message);
    exit(EXIT_FAILURE);
}

static void open_model(bed *b, const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    size_t bytes = 0;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL || fseek(stream, 0, SEEK_END) != 0)
        exit(EXIT_FAILURE);
    const size_t size = (size_t)ftell(stream);
    void *data = malloc(size);
    rewind(stream);
    if (data == NULL || fread(data, 1, size, stream) != size)
        exit(EXIT_FAILURE);
    fclose(stream);
    insist(trm_convert_memory(data, size, &options, &b->converted, &bytes, &error), &error);
    insist(trm_model_open_memory(b->converted, bytes, NULL, &b->model, &error), &error);
    free(data);
}

/* Some numbers of a golden tensor of `whole` numbers, from number `begin` on. */
static void compare(bed *b, const char *name, size_t whole, size_t begin, const float *got, size_t count)
{
    const double *golden = relational_golden_numbers(&b->golden, name, whole);
    if (golden == NULL)
        return;
    b->compared++;
    for (size_t i = 0; i < count; i++)
        b->worst = fmax(b->worst, fabs(golden[begin + i] - (double)got[i]));
}

/* The values' logits alone, as golden files have them. */
static void compare_logits(bed *b, const trmi_run *run, uint32_t step, uint32_t question)
{
    const trmi_config *c = &b->model->config;
    const uint32_t outputs = trmi_has_fields(c) ? c->fields : c->vocabulary, positions = c->positions;
    const size_t count = (size_t)positions * outputs, n = b->golden.questions;
    float *values = malloc(count * sizeof *values);
    if (values == NULL)
        exit(EXIT_FAILURE);
    for (uint32_t p = 0; p < positions; p++)
        memcpy(values + (size_t)p * outputs, run->logits + (size_t)p * c->vocabulary + c->first_value,
               outputs * sizeof *values);
    compare(b, "golden.logits", b->golden.steps * n * count, (step * n + question) * count, values, count);
    compare(b, "golden.q_halt", b->golden.steps * n, step * n + question, &run->halt_logit, 1);
    free(values);
}

/* Rows of D numbers from panels. */
static void compare_state(bed *b, const trmi_run *run, const char *name, const float *state,
                          uint32_t question)
{
    const uint32_t channels = b->model->config.channels, rows = run->question.extent.rows;
    const size_t count = (size_t)rows * channels;
    float *plain = malloc(count * sizeof *plain);
    if (plain == NULL)
        exit(EXIT_FAILURE);
    for (uint32_t n = 0; n < rows; n++)
        for (uint32_t d = 0; d < channels; d++)
            plain[(size_t)n * channels + d] =
                state[((size_t)(d / TRMI_PANEL) * rows + n) * TRMI_PANEL + d % TRMI_PANEL];
    compare(b, name, count * b->golden.questions, question * count, plain, count);
    free(plain);
}

/* Lists of `count` questions from `begin` on, joined. */
typedef struct joined {
    trm_relation relation[REFERENCE_RELATIONS];
    uint32_t count;
} joined;

static uint32_t elements_of(const reference_question *q, reference_level level)
{
    return level == REFERENCE_POSITIONS ? q->positions
           : level == REFERENCE_FIELDS  ? q->fields
                                        : q->positions * q->fields + q->helpers;
}

static void *room(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (memory == NULL)
        exit(EXIT_FAILURE);
    return memory;
}

static void join(joined *to, const relational_golden *g, uint32_t r, uint32_t begin, uint32_t count)
{
    const uint32_t elements = elements_of(&g->question[begin], g->model.relation[r].level);
    size_t heard = 0;
    for (uint32_t i = 0; i < count; i++)
        heard += g->question[begin + i].given[r].first[elements];
    uint32_t *first = room((size_t)elements * count, sizeof *first), *all = room(heard, sizeof *all);
    heard = 0;
    for (uint32_t i = 0; i < count; i++) {
        const reference_lists *lists = &g->question[begin + i].given[r];
        for (uint32_t n = 0; n <= elements; n++)
            first[(size_t)i * elements + n] = (uint32_t)heard + lists->first[n];
        memcpy(all + heard, lists->heard, lists->first[elements] * sizeof *all);
        heard += lists->first[elements];
    }
    trm_relation *relation = &to->relation[to->count++];
    *relation = (trm_relation)TRM_RELATION_INIT;
    relation->name = g->model.relation[r].name;
    relation->first = first;
    relation->heard = all;
    relation->heard_count = heard;
}

static void release(joined *all)
{
    for (uint32_t i = 0; i < all->count; i++) {
        free((void *)(uintptr_t)all->relation[i].first);
        free((void *)(uintptr_t)all->relation[i].heard);
    }
}

static float *features_of(const relational_golden *g, uint32_t begin, uint32_t count)
{
    const size_t each = (size_t)(g->question[0].positions + g->question[0].helpers) * g->model.features;
    float *features = room(each * count, sizeof *features);
    for (size_t i = 0; i < each * count; i++)
        features[i] = (float)g->question[begin].feature_values[i];
    return features;
}

/* Steps `count` questions from `begin` on. */
static void solve(bed *b, uint32_t begin, uint32_t count)
{
    const relational_golden *g = &b->golden;
    trm_error error = TRM_ERROR_INIT;
    joined lists = { .count = 0 };
    trm_shape shape = TRM_SHAPE_INIT;
    trm_questions questions = TRM_QUESTIONS_INIT;
    for (uint32_t r = 0; r < g->model.relations; r++)
        if (g->question[begin].given[r].first != NULL)
            join(&lists, g, r, begin, count);
    shape.helpers = g->question[begin].helpers;
    questions.count = count;
    questions.tokens = g->question[begin].tokens;
    questions.shapes = &shape;
    questions.shape_count = 1;
    questions.helper_tokens = g->question[begin].helper_tokens;
    float *features = g->model.features > 0 ? features_of(g, begin, count) : NULL;
    questions.features = features;
    questions.relations = lists.count > 0 ? lists.relation : NULL;
    questions.relation_count = lists.count;
    insist(trm_solver_load(b->solver, &questions, &error), &error);
    release(&lists);
    free(features);
    for (uint32_t step = 0; step < g->steps; step++) {
        insist(trm_solver_step(b->solver, NULL, &error), &error);
        for (uint32_t i = 0; i < count; i++)
            compare_logits(b, b->solver->puzzles[i].runs, step, begin + i);
    }
    for (uint32_t i = 0; i < count; i++) {
        const trmi_run *run = b->solver->puzzles[i].runs;
        compare_state(b, run, "golden.y_last", run->y, begin + i);
        compare_state(b, run, "golden.z_last", run->z, begin + i);
    }
}

static bool conforms(const char *path)
{
    bed b = { .worst = 0 };
    trm_error error = TRM_ERROR_INIT;
    relational_golden_open(&b.golden, path);
    open_model(&b, path);
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = b.golden.steps + 1;
    options.batch = b.golden.questions;
    options.heard = 4096;
    trm_shape most = TRM_SHAPE_INIT;
    most.helpers = b.golden.question[0].helpers;
    options.shape = &most;
    insist(trm_solver_create(b.model, &options, &b.solver, &error), &error);
    solve(&b, 0, b.golden.questions);
    for (uint32_t i = 0; i < b.golden.questions; i++)
        solve(&b, i, 1);
    printf("  %u comparisons, worst absolute error %.3g\n", (unsigned)b.compared, b.worst);
    trm_solver_free(b.solver);
    trm_model_close(b.model);
    trm_convert_free(b.converted, NULL);
    relational_golden_close(&b.golden);
    return b.compared > 0 && b.worst <= tolerance;
}

int main(int count, char **paths)
{
    bool all = count > 1;
    for (int i = 1; i < count; i++) {
        const bool good = conforms(paths[i]);
        printf("%s %d - %s\n", good ? "ok" : "not ok", i, paths[i]);
        all = all && good;
    }
    return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
