/* Gradients: the published code's own on the golden files, and slopes of the loss for what those do not have.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/memory.h"
#include "lib/interchange/checkpoint.h"
#include "lib/solve/embed.h"
#include "lib/train/lesson.h"
#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

static trm_allocator allocator;

static void set_up(void)
{
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
}

/* A model in memory that can be taught. */
typedef struct bed {
    void *image;
    size_t bytes;
    trm_model *model;
    trmi_parameters parameters;
    trmi_desk desk;
    float *sums, *flat, *y, *z;
} bed;

static void bed_open(bed *b, const void *data, size_t bytes, bool recompute)
{
    ck_assert_int_eq(trm_convert_memory(data, bytes, NULL, &b->image, &b->bytes, NULL), TRM_OK);
    ck_assert_int_eq(trm_model_open_memory(b->image, b->bytes, NULL, &b->model, NULL), TRM_OK);
    ck_assert_int_eq(trmi_parameters_begin(&b->parameters, b->model, b->image, &allocator, NULL), TRM_OK);
    const trmi_config *config = &b->model->config;
    const trmi_lesson_plan plan = { config->cycles, config->updates, recompute, 0.0, 0.5 };
    ck_assert_int_eq(trmi_desk_begin(&b->desk, b->model, &b->parameters, &plan, &allocator, NULL), TRM_OK);
    const uint64_t state = (uint64_t)trmi_rows(config) * trmi_padded(config->channels) * sizeof(float);
    b->sums = trmi_allocate(&allocator, b->parameters.sums_count * sizeof(float));
    b->flat = trmi_allocate(&allocator, b->parameters.flat_count * sizeof(float));
    b->y = trmi_allocate(&allocator, state);
    b->z = trmi_allocate(&allocator, state);
}

static void bed_close(bed *b)
{
    trmi_release(&allocator, b->sums);
    trmi_release(&allocator, b->flat);
    trmi_release(&allocator, b->y);
    trmi_release(&allocator, b->z);
    trmi_desk_end(&b->desk);
    trmi_parameters_end(&b->parameters);
    trm_model_close(b->model);
    trm_convert_free(b->image, NULL);
}

/* Teaches one puzzle from a fresh state; returns its loss. */
static double teach(bed *b, const int32_t *tokens, const int32_t *labels, uint32_t identifier, float *puzzle)
{
    trmi_fill(b->model, b->model->state_y, b->y);
    trmi_fill(b->model, b->model->state_z, b->z);
    trmi_lesson lesson = { .tokens = tokens,
                           .labels = labels,
                           .identifier = identifier,
                           .y = b->y,
                           .z = b->z,
                           .sums = b->sums,
                           .puzzle_gradient = puzzle };
    trmi_lesson_think(&b->desk, &lesson);
    trmi_lesson_learn(&b->desk, &lesson);
    return lesson.loss.answer + 0.5 * lesson.loss.halt;
}

/* ------------------------------------------------------------------------------------------- golden */

static float *golden(const trmi_safetensors *file, const char *name, uint64_t *count)
{
    const trmi_safetensor *tensor = trmi_safetensors_find(file, name);
    ck_assert_msg(tensor != NULL, "%s is missing", name);
    float *values = malloc(tensor->count * sizeof *values);
    ck_assert_int_eq(trmi_safetensor_floats(file, tensor, values, NULL), TRM_OK);
    *count = tensor->count;
    return values;
}

static const trmi_safetensor *golden_gradient(const trmi_safetensors *file, const char *name)
{
    for (uint32_t i = 0; i < file->count; i++) {
        const char *found = file->tensors[i].name;
        const size_t length = strlen(found), tail = strlen(name);
        if (strncmp(found, "golden.grad.", 12) == 0 && length > tail && found[length - tail - 1] == '.' &&
            strcmp(found + length - tail, name) == 0)
            return &file->tensors[i];
    }
    return NULL;
}

static void compare(const trmi_parameter *p, const float *flat, const float *wanted)
{
    double worst = 0.0, largest = 0.0;
    for (uint64_t row = 0; row < trmi_logical_rows(&p->tensor); row++)
        for (uint64_t column = 0; column < trmi_logical_columns(&p->tensor); column++) {
            const double expected = (double)*wanted++;
            const double found = (double)flat[p->flat + trmi_tensor_index(&p->tensor, row, column)];
            worst = fmax(worst, fabs(expected - found));
            largest = fmax(largest, fabs(expected));
        }
    ck_assert_msg(worst <= 1e-4 * largest, "%s: off by %g where the largest entry is %g", p->tensor.name,
                  worst, largest);
}

static unsigned compare_all(const bed *b, const trmi_safetensors *file)
{
    unsigned compared = 0;
    for (uint32_t i = 0; i < b->parameters.count; i++) {
        const trmi_parameter *p = &b->parameters.list[i];
        char name[TRMI_PUBLISHED_NAME_BYTES];
        trmi_published_name(name, &p->tensor);
        const trmi_safetensor *tensor = golden_gradient(file, name);
        if (tensor == NULL)
            continue;
        float *values = malloc(tensor->count * sizeof *values);
        ck_assert_int_eq(trmi_safetensor_floats(file, tensor, values, NULL), TRM_OK);
        compare(p, b->flat, values);
        free(values);
        compared++;
    }
    return compared;
}

static const char *const trained[] = { "trm_mlp_4x4", "trm_att_rope", "trm_att_learned" };

static void teach_golden(bed *b, const trmi_safetensors *file, uint32_t puzzles)
{
    const trmi_config *config = &b->model->config;
    uint64_t count;
    float *inputs = golden(file, "golden.inputs", &count), *labels = golden(file, "golden.labels", &count),
          *identifiers = golden(file, "golden.puzzle_identifiers", &count),
          *loss = golden(file, "golden.loss", &count);
    int32_t *question = calloc(config->positions, sizeof *question),
            *answer = calloc(config->positions, sizeof *answer);
    float *puzzle = config->puzzle_width > 0 ? calloc(config->puzzle_width, sizeof *puzzle) : NULL;
    double sum = 0.0;
    for (uint32_t i = 0; i < puzzles; i++) {
        for (uint32_t n = 0; n < config->positions; n++) {
            question[n] = (int32_t)inputs[i * config->positions + n];
            answer[n] = (int32_t)labels[i * config->positions + n];
        }
        sum += teach(b, question, answer, config->identifiers > 0 ? (uint32_t)identifiers[i] : 0, puzzle);
    }
    ck_assert_double_eq_tol(sum / puzzles, (double)loss[0], 1e-4 * (double)loss[0]);
    free(inputs);
    free(labels);
    free(identifiers);
    free(loss);
    free(question);
    free(answer);
    free(puzzle);
}

/* Each file with and without recomputation. */
START_TEST(are_the_published_ones)
{
    size_t bytes;
    bed b = { 0 };
    trmi_safetensors file;
    uint8_t *data = read_whole(golden_path(trained[_i / 2]), &bytes);
    ck_assert_int_eq(trmi_safetensors_open(&file, data, bytes, &allocator, NULL), TRM_OK);
    bed_open(&b, data, bytes, _i % 2 != 0);
    const uint32_t puzzles = (uint32_t)trmi_safetensors_find(&file, "golden.labels")->shape[0];
    teach_golden(&b, &file, puzzles);
    trmi_parameters_reduce(&b.parameters, b.sums, 1, 1.0f / (float)puzzles, b.flat);
    ck_assert_uint_ge(compare_all(&b, &file), 12);
    bed_close(&b);
    trmi_safetensors_close(&file);
    free(data);
}
END_TEST

/* ------------------------------------------------------------------------------------------- slopes */

enum { CELLS = 9 };

static const struct {
    trm_block block;
    trm_position_encoding positions;
    trm_gate gate;
    trm_likelihood likelihood;
    uint32_t channels, heads;
} kinds[] = {
    { TRM_BLOCK_MIXER, TRM_POSITION_NONE, TRM_GATE_NORMED, TRM_LIKELIHOOD_SOFTMAX, 24, 0 },
    { TRM_BLOCK_MIXER, TRM_POSITION_LEARNED, TRM_GATE_PLAIN, TRM_LIKELIHOOD_STABLEMAX, 20, 0 },
    { TRM_BLOCK_ATTENTION, TRM_POSITION_ROTARY, TRM_GATE_NORMED, TRM_LIKELIHOOD_SOFTMAX, 40, 2 },
    { TRM_BLOCK_ATTENTION, TRM_POSITION_LEARNED, TRM_GATE_NORMED, TRM_LIKELIHOOD_STABLEMAX, 24, 3 },
};

static void make_model(bed *b, int kind)
{
    char *directory = make_directory();
    const char *path = inside_directory(directory, "model.trm");
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.block = kinds[kind].block;
    options.position_encoding = kinds[kind].positions;
    options.gate = kinds[kind].gate;
    options.likelihood = kinds[kind].likelihood;
    options.channels = kinds[kind].channels;
    options.heads = kinds[kind].heads;
    options.positions = CELLS;
    options.prefix = 2;
    options.vocabulary = 7;
    options.head_bias = 1;
    options.token_hidden = kinds[kind].block == TRM_BLOCK_MIXER ? 18 : 0;
    options.channel_hidden = 22;
    options.cycles = 1;
    options.updates = 2;
    ck_assert_int_eq(trm_init(path, &options, NULL), TRM_OK);
    size_t bytes;
    uint8_t *data = read_whole(path, &bytes);
    bed_open(b, data, bytes, false);
    free(data);
    remove_directory(directory);
}

/* The weights of one tensor moved along its gradient. */
static void move(const bed *b, const trmi_parameter *p, double step)
{
    for (uint64_t i = 0; i < p->count; i++)
        p->values[i] += (float)(step * (double)b->flat[p->flat + i]);
    trmi_parameters_turn(&b->parameters);
}

static double squared_norm(const bed *b, const trmi_parameter *p)
{
    double squares = 0.0;
    for (uint64_t i = 0; i < p->count; i++)
        squares += (double)b->flat[p->flat + i] * (double)b->flat[p->flat + i];
    return squares;
}

/* Along its own gradient the loss rises by the gradient's square: every tensor, both sides. */
START_TEST(are_the_slopes_of_the_loss)
{
    bed b = { 0 };
    random_source source = random_begin(77 + (uint64_t)_i);
    int32_t tokens[CELLS], labels[CELLS];
    make_model(&b, _i);
    random_tokens(&source, tokens, CELLS, 7);
    random_tokens(&source, labels, CELLS, 7);
    labels[4] = TRMI_UNLABELLED;
    teach(&b, tokens, labels, 0, NULL);
    trmi_parameters_reduce(&b.parameters, b.sums, 1, 1.0f, b.flat);
    for (uint32_t i = 0; i < b.parameters.count; i++) {
        const trmi_parameter *p = &b.parameters.list[i];
        const double square = squared_norm(&b, p);
        if (!p->trained || square < 1e-8)
            continue;
        const double step = 2e-3 / square; /* so that the loss moves by as much */
        const double reach = fmin(step, 3e-2 / sqrt(square));
        move(&b, p, reach);
        const double above = teach(&b, tokens, labels, 0, NULL);
        move(&b, p, -2.0 * reach);
        const double below = teach(&b, tokens, labels, 0, NULL);
        move(&b, p, reach);
        const double slope = (above - below) / (2.0 * reach);
        ck_assert_msg(fabs(slope - square) <= 0.02 * square, "%s: slope %g, gradient squared %g",
                      p->tensor.name, slope, square);
    }
    bed_close(&b);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("gradients");
    TCase *tests = tcase_create("gradients");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_loop_test(tests, are_the_published_ones, 0, 6);
    tcase_add_loop_test(tests, are_the_slopes_of_the_loss, 0, (int)(sizeof kinds / sizeof *kinds));
    suite_add_tcase(all, tests);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
