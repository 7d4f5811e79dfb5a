/* conformance [--tolerance X] FILE.safetensors...
 *
 * Does the library compute what the published code computes? Each file holds weights and what the published
 * code made of them (tests/golden/README.md). The weights are converted and opened in memory, the same
 * puzzles are solved, and every golden tensor is compared; where there are training values, the model is
 * trained, too. Exit status: 0 when all are within the tolerance, 1 when not or when a file is not of that
 * form, 2 for wrong usage. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/interchange/safetensors.h"
#include "tests/support/solver_state.h"
#include "tests/training_values.h"

enum { MOST_STEPS = 65536, MOST_PUZZLES = 65536 };

static const char usage[] = "usage: conformance [--tolerance X] FILE.safetensors...\n"
                            "Compares the library with the reference numbers in each file; the tolerance is "
                            "absolute, for training values\n"
                            "relative to a tensor's largest entry, 1e-4 unless given.\n";

/* -------------------------------------------------------------------------------------- golden tensors */

typedef enum golden_name { LOGITS, HALT, CONTINUE, X, FIRST_Z, FIRST_Y, Z, Y, GOLDEN_COUNT } golden_name;

static const char *const golden_names[GOLDEN_COUNT] = {
    "golden.logits",    "golden.q_halt",    "golden.q_continue", "golden.input_embeddings",
    "golden.z_L_first", "golden.z_H_first", "golden.z_L",        "golden.z_H",
};

static const char *const question_names[] = { "golden.inputs", "golden.puzzle_identifiers" };

typedef struct golden {
    const trmi_safetensor *tensor;
    float *values;
    double worst;   /* largest absolute error so far */
    uint64_t where; /* index of that number */
} golden;

/* One file on its way through. */
typedef struct bed {
    trm_allocator allocator;
    void *data, *converted;
    size_t bytes;
    trmi_safetensors file; /* its tensors are NULL until it is open */
    trm_model *model;
    trm_solver *solver;
    uint32_t steps, puzzles;
    int32_t *tokens;       /* puzzles x S */
    uint32_t *identifiers; /* puzzles, or NULL for a model without a table */
    float *logits, *halt, *go_on;
    golden golden[GOLDEN_COUNT];
} bed;

static void bed_close(bed *b)
{
    trm_solver_free(b->solver);
    trm_model_close(b->model);
    trm_convert_free(b->converted, NULL);
    if (b->file.tensors != NULL)
        trmi_safetensors_close(&b->file);
    for (int i = 0; i < GOLDEN_COUNT; i++)
        free(b->golden[i].values);
    free(b->data);
    free(b->tokens);
    free(b->identifiers);
    free(b->logits);
    free(b->halt);
    free(b->go_on);
}

/* An array of `count` elements; `status` becomes TRM_ERROR_MEMORY when there is none. */
static void *array(uint64_t count, size_t element, trm_status *status, trm_error *error)
{
    void *memory = count <= SIZE_MAX / element ? malloc(count > 0 ? (size_t)count * element : 1) : NULL;
    if (memory == NULL)
        *status = trmi_fail(error, TRM_ERROR_MEMORY, "no memory for %" PRIu64 " numbers", count);
    return memory;
}

/* --------------------------------------------------------------------------------------------- reading */

static trm_status read_stream(FILE *stream, bed *b, trm_error *error)
{
    size_t capacity = 0;
    for (;;) {
        if (b->bytes == capacity) {
            capacity = capacity == 0 ? 1u << 20 : 2 * capacity;
            void *larger = realloc(b->data, capacity);
            if (larger == NULL)
                return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for %zu bytes", capacity);
            b->data = larger;
        }
        const size_t got = fread((char *)b->data + b->bytes, 1, capacity - b->bytes, stream);
        if (got == 0)
            break;
        b->bytes += got;
    }
    return ferror(stream) ? trmi_fail(error, TRM_ERROR_FILE, "cannot read: %s", strerror(errno)) : TRM_OK;
}

static trm_status read_file(const char *path, bed *b, trm_error *error)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return trmi_fail(error, TRM_ERROR_FILE, "cannot open: %s", strerror(errno));
    const trm_status status = read_stream(stream, b, error);
    fclose(stream);
    return status;
}

static trm_status open_model(bed *b, trm_error *error)
{
    size_t bytes = 0;
    trm_status status = trm_convert_memory(b->data, b->bytes, NULL, &b->converted, &bytes, error);
    if (status == TRM_OK)
        status = trm_model_open_memory(b->converted, bytes, NULL, &b->model, error);
    return status;
}

static bool has_shape(const trmi_safetensor *tensor, const uint64_t *shape, uint32_t rank)
{
    return tensor->rank == rank && memcmp(tensor->shape, shape, rank * sizeof *shape) == 0;
}

/* The numbers of the tensor of that name, which must have that shape. */
static trm_status read_numbers(const bed *b, const char *name, const uint64_t *shape, uint32_t rank,
                               const trmi_safetensor **tensor, float **values, trm_error *error)
{
    const trmi_safetensor *found = trmi_safetensors_find(&b->file, name);
    if (found == NULL)
        return trmi_fail(error, TRM_ERROR_FORMAT, "%s is missing", name);
    char expected[TRMI_SHAPE_BYTES], actual[TRMI_SHAPE_BYTES];
    if (!has_shape(found, shape, rank))
        return trmi_fail(error, TRM_ERROR_FORMAT, "%s: expected shape %s, found %s", name,
                         trmi_shape_text(expected, shape, rank),
                         trmi_shape_text(actual, found->shape, found->rank));
    trm_status status = TRM_OK;
    *values = array(found->count, sizeof **values, &status, error);
    if (status == TRM_OK)
        status = trmi_safetensor_floats(&b->file, found, *values, error);
    *tensor = found;
    return status;
}

/* How many steps and puzzles there are, from the shape of the logits. */
static trm_status read_counts(bed *b, trm_error *error)
{
    const trmi_safetensor *logits = trmi_safetensors_find(&b->file, golden_names[LOGITS]);
    if (logits == NULL)
        return trmi_fail(error, TRM_ERROR_FORMAT, "%s is missing", golden_names[LOGITS]);
    char found[TRMI_SHAPE_BYTES];
    if (logits->rank != 4 || logits->shape[0] < 1 || logits->shape[0] > MOST_STEPS || logits->shape[1] < 1 ||
        logits->shape[1] > MOST_PUZZLES)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "%s: expected shape [steps, puzzles, positions, vocabulary], found %s",
                         golden_names[LOGITS], trmi_shape_text(found, logits->shape, logits->rank));
    b->steps = (uint32_t)logits->shape[0];
    b->puzzles = (uint32_t)logits->shape[1];
    return TRM_OK;
}

/* Whole numbers, which f32 holds exactly as far as a model's limits go. */
static trm_status read_integers(const bed *b, const char *name, const uint64_t *shape, uint32_t rank,
                                int32_t **to, trm_error *error)
{
    const trmi_safetensor *tensor;
    float *values = NULL;
    trm_status status = read_numbers(b, name, shape, rank, &tensor, &values, error);
    if (status == TRM_OK)
        *to = array(tensor->count, sizeof **to, &status, error);
    for (uint64_t i = 0; status == TRM_OK && i < tensor->count; i++) {
        if (fabsf(values[i]) <= 16777216.0f && values[i] == truncf(values[i]))
            (*to)[i] = (int32_t)values[i];
        else
            status =
                trmi_fail(error, TRM_ERROR_FORMAT, "%s: number %" PRIu64 ": expected an integer, found %g",
                          name, i, (double)values[i]);
    }
    free(values);
    return status;
}

static trm_status read_questions(bed *b, trm_error *error)
{
    const uint64_t shape[] = { b->puzzles, b->model->config.positions };
    int32_t *identifiers = NULL;
    trm_status status = read_integers(b, question_names[0], shape, 2, &b->tokens, error);
    if (status == TRM_OK)
        status = read_integers(b, question_names[1], shape, 1, &identifiers, error);
    if (status == TRM_OK && b->model->config.identifiers > 0)
        b->identifiers = array(b->puzzles, sizeof *b->identifiers, &status, error);
    for (uint32_t i = 0; status == TRM_OK && b->identifiers != NULL && i < b->puzzles; i++)
        b->identifiers[i] = (uint32_t)identifiers[i];
    free(identifiers);
    return status;
}

static trm_status read_golden(bed *b, trm_error *error)
{
    const trmi_config *config = &b->model->config;
    const uint64_t outputs[] = { b->steps, b->puzzles, config->positions, config->vocabulary };
    const uint64_t state[] = { b->puzzles, trmi_rows(config), config->channels };
    trm_status status = TRM_OK;
    for (int i = 0; status == TRM_OK && i < GOLDEN_COUNT; i++) {
        golden *g = &b->golden[i];
        if (i <= CONTINUE)
            status =
                read_numbers(b, golden_names[i], outputs, i == LOGITS ? 4 : 2, &g->tensor, &g->values, error);
        else
            status = read_numbers(b, golden_names[i], state, 3, &g->tensor, &g->values, error);
    }
    return status;
}

static trm_status make_solver(bed *b, trm_error *error)
{
    trm_status status = TRM_OK;
    b->logits = array((uint64_t)b->puzzles * b->model->config.positions * b->model->config.vocabulary,
                      sizeof(float), &status, error);
    b->halt = array(b->puzzles, sizeof(float), &status, error);
    b->go_on = array(b->puzzles, sizeof(float), &status, error);
    if (status != TRM_OK)
        return status;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = b->steps;
    options.batch = b->puzzles;
    return trm_solver_create(b->model, &options, &b->solver, error);
}

static trm_status bed_open(const char *path, bed *b, trm_error *error)
{
    trm_status status = trmi_allocator_read(&b->allocator, NULL, error);
    if (status == TRM_OK)
        status = read_file(path, b, error);
    if (status == TRM_OK)
        status = trmi_safetensors_open(&b->file, b->data, b->bytes, &b->allocator, error);
    if (status == TRM_OK)
        status = read_counts(b, error);
    if (status == TRM_OK)
        status = open_model(b, error);
    if (status == TRM_OK)
        status = read_questions(b, error);
    if (status == TRM_OK)
        status = read_golden(b, error);
    if (status == TRM_OK)
        status = make_solver(b, error);
    return status;
}

/* ------------------------------------------------------------------------------------------- comparing */

static void compare(golden *g, uint64_t index, float got)
{
    const double difference = fabs((double)got - (double)g->values[index]);
    const double error = isnan(difference) ? INFINITY : difference;
    if (error > g->worst) {
        g->worst = error;
        g->where = index;
    }
}

/* A state of all puzzles, from panels. */
static void compare_state(bed *b, golden_name name,
                          const float *(*state)(const trm_solver *solver, size_t puzzle))
{
    const size_t n = trmi_rows(&b->model->config), d = b->model->config.channels;
    for (size_t p = 0; p < b->puzzles; p++) {
        const float *panels = state(b->solver, p);
        for (size_t r = 0; r < n; r++)
            for (size_t c = 0; c < d; c++)
                compare(&b->golden[name], (p * n + r) * d + c, panels[(c / 16 * n + r) * 16 + c % 16]);
    }
}

static trm_status load(bed *b, trm_error *error)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = b->puzzles;
    questions.tokens = b->tokens;
    questions.identifiers = b->identifiers;
    return trm_solver_load(b->solver, &questions, error);
}

/* x, the first evaluation, and the first update of y. */
static trm_status compare_first(bed *b, trm_error *error)
{
    const trm_status status = load(b, error);
    if (status != TRM_OK)
        return status;
    compare_state(b, X, trmi_solver_x);
    for (uint32_t update = 0; update < b->model->config.updates; update++) {
        trmi_solver_evaluate(b->solver, false);
        if (update == 0)
            compare_state(b, FIRST_Z, trmi_solver_z);
    }
    trmi_solver_evaluate(b->solver, true);
    compare_state(b, FIRST_Y, trmi_solver_y);
    return TRM_OK;
}

static trm_status compare_step(bed *b, uint64_t step, trm_error *error)
{
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.logits = b->logits;
    answers.halt_logits = b->halt;
    answers.continue_logits = b->go_on;
    trm_status status = trm_solver_step(b->solver, NULL, error);
    if (status == TRM_OK)
        status = trm_solver_read(b->solver, &answers, error);
    if (status != TRM_OK)
        return status;
    const uint64_t each = (uint64_t)b->puzzles * b->model->config.positions * b->model->config.vocabulary;
    for (uint64_t i = 0; i < each; i++)
        compare(&b->golden[LOGITS], step * each + i, b->logits[i]);
    for (uint64_t p = 0; p < b->puzzles; p++) {
        compare(&b->golden[HALT], step * b->puzzles + p, b->halt[p]);
        compare(&b->golden[CONTINUE], step * b->puzzles + p, b->go_on[p]);
    }
    return TRM_OK;
}

static trm_status compare_all(bed *b, trm_error *error)
{
    trm_status status = compare_first(b, error);
    if (status == TRM_OK)
        status = load(b, error);
    for (uint32_t step = 0; status == TRM_OK && step < b->steps; step++)
        status = compare_step(b, step, error);
    if (status != TRM_OK)
        return status;
    compare_state(b, Z, trmi_solver_z);
    compare_state(b, Y, trmi_solver_y);
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- reporting */

/* "[7, 1, 3, 2]": the index of one number. */
static const char *index_text(char text[TRMI_SHAPE_BYTES], const golden *g)
{
    uint64_t index[TRMI_SAFETENSORS_RANK], left = g->where;
    for (uint32_t i = g->tensor->rank; i-- > 0;) {
        index[i] = left % g->tensor->shape[i];
        left /= g->tensor->shape[i];
    }
    return trmi_shape_text(text, index, g->tensor->rank);
}

static bool report_errors(const bed *b, double tolerance)
{
    bool good = true;
    char where[TRMI_SHAPE_BYTES];
    printf("  %-26s%-14s%s\n", "tensor", "largest error", "at");
    for (int i = 0; i < GOLDEN_COUNT; i++) {
        const golden *g = &b->golden[i];
        const bool within = g->worst <= tolerance;
        printf("  %-26s%-14.3g%s%s\n", golden_names[i], g->worst, index_text(where, g),
               within ? "" : "  BEYOND THE TOLERANCE");
        good = good && within;
    }
    return good;
}

static bool is_checked(const char *name)
{
    for (int i = 0; i < GOLDEN_COUNT; i++)
        if (strcmp(name, golden_names[i]) == 0)
            return true;
    return strcmp(name, question_names[0]) == 0 || strcmp(name, question_names[1]) == 0;
}

static bool is_trainable(const bed *b)
{
    return b->model->config.architecture == TRM_ARCHITECTURE_TRM;
}

static void report_unchecked(const bed *b)
{
    for (uint32_t i = 0; i < b->file.count; i++) {
        const char *name = b->file.tensors[i].name;
        if (strncmp(name, "golden.", 7) != 0 || is_checked(name))
            continue;
        if (!training_values_has(name))
            printf("  not known: %s\n", name);
        else if (!is_trainable(b))
            printf("  not checked, HRMs are not trained: %s\n", name);
    }
}

static trm_status check_training(const bed *b, double tolerance, bool *good, trm_error *error)
{
    const training_file file = { .tensors = &b->file,
                                 .data = b->data,
                                 .bytes = b->bytes,
                                 .puzzles = b->puzzles,
                                 .tokens = b->tokens,
                                 .identifiers = b->identifiers };
    return is_trainable(b) ? training_values_check(&file, tolerance, good, error) : TRM_OK;
}

static trm_status compare_file(bed *b, const char *path, double tolerance, bool *good, trm_error *error)
{
    trm_status status = bed_open(path, b, error);
    if (status == TRM_OK)
        status = compare_all(b, error);
    if (status != TRM_OK)
        return status;
    printf("%s: %" PRIu32 " puzzles, %" PRIu32 " steps\n", path, b->puzzles, b->steps);
    *good = report_errors(b, tolerance);
    status = check_training(b, tolerance, good, error);
    report_unchecked(b);
    return status;
}

static bool check_file(const char *path, double tolerance)
{
    bed b = { 0 };
    bool good = true;
    trm_error error = TRM_ERROR_INIT;
    const trm_status status = compare_file(&b, path, tolerance, &good, &error);
    if (status != TRM_OK)
        fprintf(stderr, "%s: %s\n", path, error.message);
    bed_close(&b);
    return status == TRM_OK && good;
}

/* ------------------------------------------------------------------------------------------------ main */

static bool read_tolerance(const char *text, double *tolerance)
{
    char *end = NULL;
    *tolerance = text != NULL ? strtod(text, &end) : -1;
    if (text != NULL && end != text && *end == '\0' && *tolerance >= 0 && isfinite(*tolerance))
        return true;
    fprintf(stderr, "conformance: --tolerance: expected a number that is not negative, found %s\n",
            text != NULL ? text : "nothing");
    return false;
}

int main(int count, char **arguments)
{
    double tolerance = 1e-4;
    int first = 1;
    for (; first < count && arguments[first][0] == '-'; first++) {
        if (strcmp(arguments[first], "--help") == 0) {
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        }
        if (strcmp(arguments[first], "--tolerance") != 0) {
            fprintf(stderr, "conformance: %s: unknown option\n%s", arguments[first], usage);
            return 2;
        }
        if (!read_tolerance(arguments[++first], &tolerance))
            return 2;
    }
    if (first >= count) {
        fputs(usage, stderr);
        return 2;
    }
    int bad = 0;
    for (int i = first; i < count; i++)
        bad += !check_file(arguments[i], tolerance);
    if (bad > 0)
        fprintf(stderr, "conformance: %d of %d files failed (tolerance %g)\n", bad, count - first, tolerance);
    return bad > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
