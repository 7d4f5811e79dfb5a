/* A kind of block that is nowhere but here: what a new kind takes is one row, and all else of the library
 * goes on with it. The program has a table of kinds of its own; the library's stays in its archive.
 *     to = r_D(v + g W v),  v = a + (b + c),  g a number for each channel that the kind keeps in a table */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/interchange/writer.h"
#include "lib/net/kinds.h"
#include "lib/net/phase.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

enum { TOY = 77, D = 5, S = 3, V = 4, STEPS = 2, SPARE = 112 }; /* whole lines of memory */

/* ------------------------------------------------------------------------------------------- the kind */

static void complete(trmi_config *config)
{
    (void)config;
}

static uint32_t one_slot(const trmi_config *config)
{
    (void)config;
    return 1;
}

static void matrix(const trmi_config *c, uint32_t slot, trmi_tensor *tensor)
{
    ck_assert_uint_eq(slot, 0);
    trmi_describe_panels(tensor, "toy.mix", 1, c->channels, c->channels);
}

static uint64_t products(const trmi_config *c, uint64_t rows, const uint64_t *heard)
{
    (void)heard;
    return rows * c->channels * c->channels;
}

static float gain(int channel)
{
    return 1.0f - (float)channel / 16;
}

static void tables(trm_model *model, trmi_arena *arena)
{
    model->tables = trmi_arena_take(arena, model->config.channels, sizeof(float));
}

static uint64_t spare = SPARE;

/* More than tables() takes: what is measured is the bound. */
static void bound_tables(const trmi_dimensions *dimensions, trmi_arena *arena)
{
    trmi_arena_take(arena, dimensions->channels + spare, sizeof(float));
}

static void fill_tables(trm_model *model)
{
    float *gains = model->tables;
    for (int i = 0; i < D; i++)
        gains[i] = gain(i);
}

static void activations(trmi_activations *to, const trmi_config *c, const trmi_extent *most,
                        trmi_arena *arena)
{
    (void)to, (void)c, (void)most, (void)arena;
}

static void scratch(trmi_scratch *to, const trmi_config *c, const trmi_extent *most, trmi_arena *arena)
{
    to->out = trmi_arena_take(arena, (uint64_t)trmi_padded(c->channels) * most->rows, sizeof(float));
}

static void mix(void *argument, uint32_t index)
{
    const trmi_phase *phase = argument;
    const trm_model *model = phase->evaluation->model;
    const trmi_range rows = trmi_part(phase->rows, 1, index, phase->parts);
    const uint32_t count = rows.end - rows.begin;
    trmi_scratch *own = &phase->evaluation->scratch[index];
    if (count == 0)
        return;
    if (phase->first)
        trmi_add_inputs_of_rows(phase, rows);
    const trmi_rows_view v = trmi_rows_of(phase->from, phase->rows, rows),
                         out = { own->out, (size_t)count * TRMI_PANEL };
    const trmi_rows_operand operand =
        trmi_rows_operand_of(&model->kernels, &phase->weights->slot[0], v, count, D, own->codes);
    trmi_multiply_rows(&model->kernels, &phase->weights->slot[0], &operand, (trmi_panels) { 0, 1, 1 },
                       out.data, out.panel);
    const float *gains = model->tables;
    for (uint32_t i = 0; i < D; i++)
        for (uint32_t row = 0; row < count; row++)
            out.data[row * TRMI_PANEL + i] *= gains[i];
    model->kernels.norm_columns(trmi_rows_of(phase->to, phase->rows, rows), v, out, count, D,
                                (float)model->config.norm_epsilon);
}

static trmi_work *const phases[] = { mix };

static const trmi_kind toy = {
    .block = TOY,
    .name = "toy",
    .check = trmi_published_check,
    .complete = complete,
    .slots = one_slot,
    .matrix = matrix,
    .products = products,
    .tables = tables,
    .bound_tables = bound_tables,
    .fill_tables = fill_tables,
    .activations = activations,
    .scratch = scratch,
    .embed = trmi_published_embed,
    .read = trmi_published_read,
    .head_size = trmi_published_head_size,
    .phases = phases,
    .phase_count = 1,
};

/* -- the table, which takes the place of lib/net/kind_table.c -- */

const trmi_kind *trmi_kind_of(uint32_t block)
{
    return block == TOY ? &toy : block == TRM_BLOCK_MIXER ? &trmi_kind_mixer : NULL;
}

const trmi_kind *trmi_kind_named(const char *name)
{
    return strcmp(name, toy.name) == 0 ? &toy : strcmp(name, "mixer") == 0 ? &trmi_kind_mixer : NULL;
}

/* -------------------------------------------------------------------------------------- a model of it */

/* Its numbers, row after row. */
typedef struct toy_numbers {
    random_source source;
    float of[TRMI_ROLE_COUNT][V * D * D];
} toy_numbers;

static trm_status supply(void *user, const trmi_tensor *tensor, float *to, trm_error *error)
{
    (void)error;
    toy_numbers *numbers = user;
    const uint64_t count = trmi_logical_rows(tensor) * trmi_logical_columns(tensor);
    for (uint64_t i = 0; i < count; i++)
        to[i] = (float)random_normal(&numbers->source) / 2;
    memcpy(numbers->of[tensor->role], to, (size_t)count * sizeof *to);
    return TRM_OK;
}

static void write_toy(toy_numbers *numbers, trmi_output *file)
{
    trm_error error = TRM_ERROR_INIT;
    static trm_allocator allocator;
    const trmi_weights weights = { .config = { .architecture = TRM_ARCHITECTURE_TRM,
                                               .block = TOY,
                                               .position_encoding = TRM_POSITION_NONE,
                                               .gate = TRM_GATE_PLAIN,
                                               .likelihood = TRM_LIKELIHOOD_SOFTMAX,
                                               .channels = D,
                                               .positions = S,
                                               .vocabulary = V,
                                               .fields = 1,
                                               .halting = TRMI_HALTING_LOGIT,
                                               .blocks = 1,
                                               .channel_hidden = 1,
                                               .cycles = 1,
                                               .updates = 1,
                                               .maximum_steps = STEPS,
                                               .rotary_base = 10000,
                                               .norm_epsilon = 1e-5 },
                                   .supply = supply,
                                   .user = numbers };
    numbers->source = random_begin(TOY);
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
    trmi_output_memory(file, &allocator);
    ck_assert_msg(trmi_write_model(file, &weights, false, &error) == TRM_OK, "%s", error.message);
}

static trm_model *open_toy(const trmi_output *file, const trm_open_options *options)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    ck_assert_msg(trm_model_open_memory(file->bytes, (size_t)file->size, options, &model, &error) == TRM_OK,
                  "%s", error.message);
    return model;
}

/* -------------------------------------------------------------------------------- in double precision */

/* One position's net. */
static void net(const toy_numbers *numbers, double v[D])
{
    double u[D], squares = 0;
    for (int i = 0; i < D; i++) {
        u[i] = v[i];
        for (int k = 0; k < D; k++)
            u[i] += (double)gain(i) * (double)numbers->of[TRMI_BLOCK_MATRIX][i * D + k] * v[k];
        squares += u[i] * u[i];
    }
    for (int i = 0; i < D; i++)
        v[i] = u[i] / sqrt(squares / D + 1e-5);
}

static void solve_position(const toy_numbers *numbers, int32_t token, double logits[V])
{
    double y[D], z[D];
    for (int i = 0; i < D; i++) {
        y[i] = (double)numbers->of[TRMI_STATE_Y][i];
        z[i] = (double)numbers->of[TRMI_STATE_Z][i];
    }
    for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < D; i++)
            z[i] += y[i] + sqrt((double)D) * (double)numbers->of[TRMI_EMBED_TOKENS][token * D + i];
        net(numbers, z);
        for (int i = 0; i < D; i++)
            y[i] += z[i];
        net(numbers, y);
    }
    for (int t = 0; t < V; t++) {
        logits[t] = 0;
        for (int i = 0; i < D; i++)
            logits[t] += (double)numbers->of[TRMI_HEAD_TOKENS][t * D + i] * y[i];
    }
}

static void expect_answers(const trm_model *model, const toy_numbers *numbers)
{
    const int32_t question[S] = { 1, 3, 0 };
    float logits[S * V];
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 1;
    questions.tokens = question;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.logits = logits;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    ck_assert_int_eq(trm_solve(model, &questions, &answers, &options, NULL), TRM_OK);
    for (int n = 0; n < S; n++) {
        double expected[V];
        solve_position(numbers, question[n], expected);
        for (int t = 0; t < V; t++)
            ck_assert_double_eq_tol((double)logits[n * V + t], expected[t], 1e-5);
    }
}

START_TEST(a_kind_takes_one_row)
{
    static toy_numbers numbers;
    trmi_output file;
    write_toy(&numbers, &file);
    trm_model *model = open_toy(&file, NULL);
    trm_model_info info = TRM_MODEL_INFO_INIT;
    ck_assert_int_eq(trm_model_describe(model, &info, NULL), TRM_OK);
    ck_assert_uint_eq(info.block, TOY);
    ck_assert_uint_eq(info.parameters, V * D + 2 * D + D * D + V * D + 2 * D + 2);
    expect_answers(model, &numbers);
    trm_model_close(model);
    trmi_output_close(&file);
}
END_TEST

static size_t measure(const trmi_output *file)
{
    size_t bytes = 0;
    ck_assert_int_eq(trm_model_measure(file->bytes, (size_t)file->size, &bytes, NULL), TRM_OK);
    return bytes;
}

/* A workspace is measured by the kind's bound, to the byte. */
START_TEST(its_tables_are_in_a_workspace)
{
    static toy_numbers numbers;
    trmi_output file;
    write_toy(&numbers, &file);
    const size_t bytes = measure(&file);
    spare = 2 * SPARE;
    ck_assert_uint_eq(measure(&file), bytes + SPARE * sizeof(float));
    spare = SPARE;
    char *room = malloc(bytes);
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.workspace = room;
    options.workspace_size = bytes;
    trm_model *model = open_toy(&file, &options);
    ck_assert((char *)model->tables >= room && (char *)model->tables + D * sizeof(float) <= room + bytes);
    expect_answers(model, &numbers);
    trm_model_close(model);
    free(room);
    trmi_output_close(&file);
}
END_TEST

/* A bound that no file of that size explains is refused before anything is made. */
START_TEST(its_tables_may_not_be_huge)
{
    static toy_numbers numbers;
    trm_error error = TRM_ERROR_INIT;
    trmi_output file;
    size_t bytes = 1;
    write_toy(&numbers, &file);
    spare = SIZE_MAX / 64;
    ck_assert_int_eq(trm_model_measure(file.bytes, (size_t)file.size, &bytes, &error), TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, "toy: expected tables of at most 1032 times") != NULL, "%s",
                  error.message);
    ck_assert_uint_eq(bytes, 1);
    spare = SPARE;
    trmi_output_close(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("toy_kind");
    TCase *tests = tcase_create("kind");
    tcase_add_test(tests, a_kind_takes_one_row);
    tcase_add_test(tests, its_tables_are_in_a_workspace);
    tcase_add_test(tests, its_tables_may_not_be_huge);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
