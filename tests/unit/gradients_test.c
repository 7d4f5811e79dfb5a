/* Gradients: the published code's own on the golden files, and slopes of the loss for what those do not have.
 */
#include <math.h>
#include <string.h>

#include <trm/train.h>

#include "lib/interchange/safetensors.h"
#include "tests/support/classroom.h"
#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

/* ------------------------------------------------------------------------------------------- golden */

static const char *const trained[] = { "trm_mlp_4x4", "trm_att_rope", "trm_att_learned" };

static float *numbers(const trmi_safetensors *file, const trmi_safetensor *tensor)
{
    ck_assert_ptr_nonnull(tensor);
    float *values = malloc(tensor->count * sizeof *values);
    ck_assert_int_eq(trmi_safetensor_floats(file, tensor, values, NULL), TRM_OK);
    return values;
}

static int32_t *integers(const trmi_safetensors *file, const char *name)
{
    const trmi_safetensor *tensor = trmi_safetensors_find(file, name);
    float *values = numbers(file, tensor);
    int32_t *to = malloc(tensor->count * sizeof *to);
    for (uint64_t i = 0; i < tensor->count; i++)
        to[i] = (int32_t)values[i];
    free(values);
    return to;
}

/* The first training step. */
static void teach_golden(classroom *room, const trmi_safetensors *file)
{
    const trmi_config *config = &room->model->config;
    const uint32_t puzzles = (uint32_t)trmi_safetensors_find(file, "golden.labels")->shape[0];
    int32_t *tokens = integers(file, "golden.inputs"), *labels = integers(file, "golden.labels"),
            *identifiers = integers(file, "golden.puzzle_identifiers");
    float *puzzle = config->puzzle_width > 0 ? calloc(config->puzzle_width, sizeof *puzzle) : NULL;
    for (uint32_t i = 0; i < puzzles; i++)
        classroom_teach(room, tokens + i * config->positions, labels + i * config->positions,
                        config->identifiers > 0 ? (uint32_t)identifiers[i] : 0, puzzle);
    classroom_reduce(room, 1.0f / (float)puzzles);
    free(tokens);
    free(labels);
    free(identifiers);
    free(puzzle);
}

/* Those of all parameters but puzzle embeddings, which tests/conformance looks at. */
static void compare_golden(const classroom *room, const trmi_safetensors *file)
{
    unsigned compared = 0;
    for (uint32_t i = 0; i < file->count; i++) {
        const trmi_safetensor *tensor = &file->tensors[i];
        const trmi_parameter *p = classroom_parameter(&room->parameters, tensor->name);
        if (strncmp(tensor->name, "golden.grad.", 12) != 0 || p == NULL)
            continue;
        ck_assert_uint_eq(tensor->count, classroom_count(p));
        float *published = numbers(file, tensor), *ours = malloc(tensor->count * sizeof *ours);
        classroom_unpack(p, room->flat + p->flat, ours);
        const double distance = classroom_distance(ours, published, tensor->count);
        ck_assert_msg(distance <= 1e-4, "%s: off by %g of its largest entry", tensor->name, distance);
        free(published);
        free(ours);
        compared++;
    }
    ck_assert_uint_ge(compared, 12);
}

/* Each file with and without recomputation. */
START_TEST(are_the_published_ones)
{
    size_t bytes;
    classroom room;
    trmi_safetensors file;
    uint8_t *data = read_whole(golden_path(trained[_i / 2]), &bytes);
    ck_assert_int_eq(classroom_open(&room, data, bytes, _i % 2 != 0, NULL), TRM_OK);
    ck_assert_int_eq(trmi_safetensors_open(&file, data, bytes, &room.allocator, NULL), TRM_OK);
    teach_golden(&room, &file);
    compare_golden(&room, &file);
    trmi_safetensors_close(&file);
    classroom_close(&room);
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

static void make_model(classroom *room, int kind)
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
    ck_assert_int_eq(classroom_open(room, data, bytes, false, NULL), TRM_OK);
    free(data);
    remove_directory(directory);
}

/* The weights of one tensor moved along its gradient. */
static void move(const classroom *room, const trmi_parameter *p, double step)
{
    for (uint64_t i = 0; i < p->count; i++)
        p->values[i] += (float)(step * (double)room->flat[p->flat + i]);
    trmi_parameters_renew(&room->parameters);
}

static double squared_norm(const classroom *room, const trmi_parameter *p)
{
    double squares = 0.0;
    for (uint64_t i = 0; i < p->count; i++)
        squares += (double)room->flat[p->flat + i] * (double)room->flat[p->flat + i];
    return squares;
}

static double loss_of(classroom *room, const int32_t *tokens, const int32_t *labels)
{
    const trmi_lesson lesson = classroom_teach(room, tokens, labels, 0, NULL);
    return lesson.loss.answer + 0.5 * lesson.loss.halt;
}

/* Along its own gradient the loss rises by the gradient's square: every tensor, both sides. */
START_TEST(are_the_slopes_of_the_loss)
{
    classroom room;
    random_source source = random_begin(77 + (uint64_t)_i);
    int32_t tokens[CELLS], labels[CELLS];
    make_model(&room, _i);
    random_tokens(&source, tokens, CELLS, 7);
    random_tokens(&source, labels, CELLS, 7);
    labels[4] = TRMI_UNLABELLED;
    classroom_teach(&room, tokens, labels, 0, NULL);
    classroom_reduce(&room, 1.0f);
    for (uint32_t i = 0; i < room.parameters.count; i++) {
        const trmi_parameter *p = &room.parameters.list[i];
        const double square = squared_norm(&room, p);
        if (!p->trained || square < 1e-8)
            continue;
        const double step = 2e-3 / square; /* so that the loss moves by as much */
        const double reach = fmin(step, 3e-2 / sqrt(square));
        move(&room, p, reach);
        const double above = loss_of(&room, tokens, labels);
        move(&room, p, -2.0 * reach);
        const double below = loss_of(&room, tokens, labels);
        move(&room, p, reach);
        const double slope = (above - below) / (2.0 * reach);
        ck_assert_msg(fabs(slope - square) <= 0.02 * square, "%s: slope %g, gradient squared %g",
                      p->tensor.name, slope, square);
    }
    classroom_close(&room);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("gradients");
    TCase *tests = tcase_create("gradients");
    tcase_add_loop_test(tests, are_the_published_ones, 0, 6);
    tcase_add_loop_test(tests, are_the_slopes_of_the_loss, 0, (int)(sizeof kinds / sizeof *kinds));
    suite_add_tcase(all, tests);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
