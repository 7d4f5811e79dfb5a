/* Models of 8-bit integers: written, opened, made at opening, and refused when they are wrong. */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/format/layout.h"
#include "lib/model/model.h"
#include "lib/model/quantise.h"
#include "tests/support/random.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

#include <trm/train.h>

enum { WIDE_POSITIONS = 400, WIDE_MODELS = 16, RAGGED_POSITIONS = 40, RAGGED_MODELS = 24 };

static trmi_config config;
static random_file plain;
static trm_file quantised; /* of `plain` */

static trm_status convert(const void *data, size_t bytes, const trm_convert_options *options, trm_file *to,
                          trm_error *error)
{
    void *output = NULL;
    const trm_status status = trm_convert_memory(data, bytes, options, &output, &to->size, error);
    if (status == TRM_OK) {
        to->bytes = aligned_alloc(64, (to->size + 63) / 64 * 64);
        ck_assert_ptr_nonnull(to->bytes);
        memcpy(to->bytes, output, to->size);
    }
    trm_convert_free(output, NULL);
    return status;
}

static trm_file converted(const void *data, size_t bytes, uint32_t precision, const char *const *keep,
                          size_t count)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.precision = precision;
    options.keep = keep;
    options.keep_count = count;
    trm_error error = TRM_ERROR_INIT;
    trm_file file = { NULL, 0 };
    ck_assert_msg(convert(data, bytes, &options, &file, &error) == TRM_OK, "%s", error.message);
    return file;
}

static trm_model *open_model(const void *data, size_t bytes, uint32_t flags)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.flags = flags;
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    ck_assert_msg(trm_model_open_memory(data, bytes, &options, &model, &error) == TRM_OK, "%s",
                  error.message);
    return model;
}

/* A mixer, or attention whose heads are padded. */
static void set_up_kind(trm_block block)
{
    random_source source = random_begin(block);
    config = random_config(block);
    plain = random_model_file(&config, &source, 0.5, false);
    quantised = converted(plain.data, plain.bytes, TRM_PRECISION_INT8, NULL, 0);
}

static void set_up(void)
{
    set_up_kind(TRM_BLOCK_ATTENTION);
}

static void tear_down(void)
{
    free(plain.data);
    file_free(&quantised);
}

/* ------------------------------------------------------------------------------------ what is written */

/* A trmi_tensor_visit: each code is the nearest to its number, and none is further than half a step. */
static trm_status compare_tensor(void *user, const trmi_tensor *tensor, trm_error *error)
{
    (void)error;
    trm_model *const *models = user; /* plain, quantised */
    if (!trmi_tensor_quantises(tensor))
        return TRM_OK;
    const trmi_tensor_entry *a = trmi_container_tensor(&models[0]->container, tensor->name),
                            *b = trmi_container_tensor(&models[1]->container, tensor->name);
    ck_assert_uint_eq(b->type, TRMI_TYPE_I8);
    uint64_t scales_at, bytes;
    ck_assert(trmi_i8_bytes(b->rows, b->columns, &scales_at, &bytes));
    const char *stored = (const char *)models[1]->source.bytes + b->offset;
    const float *numbers = (const float *)((const char *)models[0]->source.bytes + a->offset),
                *scales = (const float *)(stored + scales_at);
    for (uint64_t row = 0; row < trmi_tensor_rows(tensor); row++) {
        float most = 0.0f;
        for (uint64_t column = 0; column < trmi_tensor_columns(tensor); column++) {
            const float x = numbers[trmi_number_index(tensor, row, column)];
            const int code = ((const int8_t *)stored)[trmi_code_index(tensor, row, column)];
            ck_assert_msg(fabsf(x - (float)code * scales[row]) <= 0.5001f * scales[row],
                          "%s: %g is not near %d x %g", tensor->name, (double)x, code, (double)scales[row]);
            most = fmaxf(most, fabsf(x));
        }
        ck_assert_float_eq(scales[row], most / 127.0f);
    }
    return TRM_OK;
}

START_TEST(integers_are_near_the_numbers)
{
    set_up_kind(_i == 0 ? TRM_BLOCK_MIXER : TRM_BLOCK_ATTENTION);
    trm_model *models[2] = { open_model(plain.data, plain.bytes, 0),
                             open_model(quantised.bytes, quantised.size, 0) };
    ck_assert_int_eq(trmi_tensors(&config, compare_tensor, models, NULL), TRM_OK);
    ck_assert(models[1]->config.quantised && !models[0]->config.quantised);
    ck_assert(models[1]->in_place);
    ck_assert_uint_lt(models[1]->weight_bytes, models[0]->weight_bytes);
    trm_model_close(models[0]);
    trm_model_close(models[1]);
    tear_down();
}
END_TEST

typedef struct outputs {
    int32_t tokens[RANDOM_POSITIONS];
    float probabilities[RANDOM_POSITIONS], logits[RANDOM_POSITIONS * RANDOM_VOCABULARY], halt;
} outputs;

static outputs solve(const trm_model *model)
{
    static const int32_t tokens[RANDOM_POSITIONS] = { 1, 2, 3, 4, 5, 6, 0, 1, 2 };
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 1;
    questions.tokens = tokens;
    outputs o;
    memset(&o, 0, sizeof o);
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = o.tokens;
    answers.probabilities = o.probabilities;
    answers.logits = o.logits;
    answers.halt_logits = &o.halt;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = 2;
    ck_assert_int_eq(trm_solve(model, &questions, &answers, &options, NULL), TRM_OK);
    return o;
}

/* From the file, made at opening, and made at opening from deflated numbers. */
START_TEST(all_ways_to_integers_give_the_same_bits)
{
    random_source source = random_begin(TRM_BLOCK_ATTENTION);
    random_file deflated = random_model_file(&config, &source, 0.5, true);
    trm_model *stored = open_model(quantised.bytes, quantised.size, 0),
              *made = open_model(plain.data, plain.bytes, TRM_OPEN_INT8),
              *both = open_model(quantised.bytes, quantised.size, TRM_OPEN_INT8 | TRM_OPEN_READ);
    const outputs wanted = solve(stored), a = solve(made), b = solve(both);
    ck_assert(memcmp(&wanted, &a, sizeof a) == 0);
    ck_assert(memcmp(&wanted, &b, sizeof b) == 0);
    if (deflated.data != NULL) {
        trm_model *expanded = open_model(deflated.data, deflated.bytes, TRM_OPEN_INT8);
        const outputs c = solve(expanded);
        ck_assert(memcmp(&wanted, &c, sizeof c) == 0);
        trm_model_close(expanded);
    }
    ck_assert(!made->in_place && made->weight_bytes == stored->weight_bytes);
    trm_model_close(stored);
    trm_model_close(made);
    trm_model_close(both);
    free(deflated.data);
}
END_TEST

/* How far b is from a, of a's size. */
static double relative_difference(const float *a, const float *b, size_t count)
{
    double squares = 0.0, differences = 0.0;
    for (size_t i = 0; i < count; i++) {
        squares += pow((double)a[i], 2.0);
        differences += pow((double)a[i] - (double)b[i], 2.0);
    }
    return sqrt(differences / squares);
}

START_TEST(answers_are_near_those_of_numbers)
{
    trm_model *numbers = open_model(plain.data, plain.bytes, 0),
              *integers = open_model(quantised.bytes, quantised.size, 0);
    const outputs a = solve(numbers), b = solve(integers);
    const double difference = relative_difference(a.logits, b.logits, RANDOM_POSITIONS * RANDOM_VOCABULARY);
    ck_assert_double_gt(difference, 0.0);
    ck_assert_double_lt(difference, 0.05);
    trm_model_close(numbers);
    trm_model_close(integers);
}
END_TEST

/* The logits of so many questions, whose tokens are random. */
static void solve_random(const trm_model *model, uint32_t count, size_t positions,
                         const trm_solve_options *options, float *logits)
{
    int32_t tokens[WIDE_POSITIONS];
    ck_assert_uint_le(count * positions, WIDE_POSITIONS);
    random_source source = random_begin(1);
    random_tokens(&source, tokens, count * positions, RANDOM_VOCABULARY);
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = count;
    questions.tokens = tokens;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.logits = logits;
    ck_assert_int_eq(trm_solve(model, &questions, &answers, options, NULL), TRM_OK);
}

/* How far the integers of queries, keys and values are from numbers, of the size of the logits. A position
 * looks at few others much and at hundreds a little. */
static double wide_difference(uint64_t stream)
{
    static float logits[2][WIDE_POSITIONS * RANDOM_VOCABULARY];
    random_source source = random_begin(stream);
    trmi_config wide = random_config(TRM_BLOCK_ATTENTION);
    wide.positions = WIDE_POSITIONS;
    wide.blocks = wide.cycles = wide.updates = 1;
    random_file file = random_model_file(&wide, &source, 1.0, false);
    static const char *const others[] = { "net.0.attention.out", "net.0.channels.gate_up",
                                          "net.0.channels.down" };
    trm_file integers = converted(file.data, file.bytes, TRM_PRECISION_INT8, others, 3);
    trm_model *models[] = { open_model(file.data, file.bytes, 0),
                            open_model(integers.bytes, integers.size, 0) };
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = 1;
    for (uint32_t i = 0; i < 2; i++) {
        solve_random(models[i], 1, WIDE_POSITIONS, &options, logits[i]);
        trm_model_close(models[i]);
    }
    file_free(&integers);
    free(file.data);
    return relative_difference(logits[0], logits[1], WIDE_POSITIONS * RANDOM_VOCABULARY);
}

/* 0.7 % where a position's share has 254 steps, 1.2 % where it has 127, 0.6 % where it is a number. */
START_TEST(small_shares_count)
{
    double mean = 0.0;
    for (uint64_t i = 0; i < WIDE_MODELS; i++)
        mean += wide_difference(100 + i) / WIDE_MODELS;
    ck_assert_double_lt(mean, 0.0095);
}
END_TEST

/* Attention of any shape, with networks of one block or two. */
static trmi_config ragged_attention(random_source *source)
{
    trmi_config c = random_config(TRM_BLOCK_ATTENTION);
    c.heads = 1 + random_below(source, 4);
    c.channels = c.heads * 2 * (1 + random_below(source, 18));
    c.cycles = c.updates = 1;
    c.positions = 1 + random_below(source, RAGGED_POSITIONS);
    c.prefix = random_below(source, 3);
    if (random_below(source, 4) == 0) { /* sixteen keys are more than a tile's scores */
        c.heads = 1;
        c.channels = 130;
        c.positions = 1 + random_below(source, 14);
    }
    c.identifiers = c.puzzle_width = 0;
    c.registers = c.prefix > 0;
    if (random_below(source, 3) == 0) {
        c.architecture = TRM_ARCHITECTURE_HRM;
        c.high_blocks = 1 + random_below(source, 2);
    }
    return c;
}

/* Three questions together, in a workspace of the least size that is full of not-a-numbers. */
static void solve_ragged(const trm_file *file, const char *instruction_set, size_t positions, float *logits)
{
    ck_assert_int_eq(setenv("TRM_CPU", instruction_set, 1), 0);
    trm_model *model = open_model(file->bytes, file->size, 0);
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.halt = 0;
    options.maximum_steps = 2;
    options.batch = 2;
    ck_assert_int_eq(trm_solver_measure(model, &options, &options.workspace_size, NULL), TRM_OK);
    options.workspace = malloc(options.workspace_size);
    ck_assert_ptr_nonnull(options.workspace);
    memset(options.workspace, 0xFF, options.workspace_size);
    solve_random(model, 3, positions, &options, logits);
    free(options.workspace);
    trm_model_close(model);
    ck_assert_int_eq(unsetenv("TRM_CPU"), 0);
}

/* Keys as numbers and as integers have the same memory, from one block to the next. */
START_TEST(blocks_of_either_type_share_memory)
{
    static float logits[2][3 * RAGGED_POSITIONS * RANDOM_VOCABULARY];
    static const char *const of_numbers[][1] = { { "net.0.attention.qkv" },
                                                 { "net.1.attention.qkv" },
                                                 { "low.1.attention.qkv" },
                                                 { "high.0.attention.qkv" } };
    random_source source = random_begin(200 + (uint64_t)_i);
    const trmi_config c = ragged_attention(&source);
    random_file file = random_model_file(&c, &source, 1.0, false);
    const size_t count = 3 * (size_t)c.positions * RANDOM_VOCABULARY;
    trm_file mixed = converted(file.data, file.bytes, TRM_PRECISION_INT8,
                               of_numbers[(c.architecture == TRM_ARCHITECTURE_HRM ? 2 : 0) + _i % 2], 1);
    solve_ragged(&mixed, "scalar", c.positions, logits[0]);
    for (size_t i = 0; i < count; i++)
        ck_assert(isfinite(logits[0][i]));
    for (uint32_t set = 0; trm_instruction_set(set) != NULL; set++) {
        solve_ragged(&mixed, trm_instruction_set(set), c.positions, logits[1]);
        ck_assert_msg(memcmp(logits[0], logits[1], count * sizeof(float)) == 0,
                      "%s: other bits, %u positions, %u channels, %u heads", trm_instruction_set(set),
                      c.positions, c.channels, c.heads);
    }
    file_free(&mixed);
    free(file.data);
}
END_TEST

START_TEST(integers_survive_conversions)
{
    trm_file same = converted(quantised.bytes, quantised.size, 0, NULL, 0),
             wanted = converted(quantised.bytes, quantised.size, TRM_PRECISION_INT8, NULL, 0),
             numbers = converted(quantised.bytes, quantised.size, TRM_PRECISION_FP32, NULL, 0);
    ck_assert_uint_eq(same.size, quantised.size);
    ck_assert(memcmp(same.bytes, quantised.bytes, same.size) == 0);
    ck_assert(wanted.size == same.size && memcmp(wanted.bytes, quantised.bytes, same.size) == 0);
    ck_assert_uint_gt(numbers.size, quantised.size);
    trm_model *models[2] = { open_model(numbers.bytes, numbers.size, 0),
                             open_model(quantised.bytes, quantised.size, 0) };
    ck_assert(!models[0]->config.quantised);
    const float x = models[0]->network[0].block[0].slot[TRMI_SLOT_MIX_OUT].numbers[0];
    const trmi_weight *weight = &models[1]->network[0].block[0].slot[TRMI_SLOT_MIX_OUT];
    ck_assert_float_eq(x, (float)weight->codes[0] * weight->scales[0]);
    trm_model_close(models[0]);
    trm_model_close(models[1]);
    file_free(&same);
    file_free(&wanted);
    file_free(&numbers);
}
END_TEST

START_TEST(named_tensors_stay_numbers)
{
    static const char *const keep[] = { "net.0.attention.out", "net.0.channels.down" };
    trm_file file = converted(plain.data, plain.bytes, TRM_PRECISION_INT8, keep, 2);
    trm_model *model = open_model(file.bytes, file.size, 0);
    const trmi_block_weights *block = &model->network[0].block[0];
    ck_assert(block->slot[TRMI_SLOT_MIX_OUT].numbers != NULL && block->slot[TRMI_SLOT_MIX_OUT].codes == NULL);
    ck_assert(block->slot[TRMI_SLOT_CHANNELS_DOWN].numbers != NULL &&
              block->slot[TRMI_SLOT_CHANNELS_GATE_UP].codes != NULL);
    (void)solve(model);
    trm_model_close(model);
    file_free(&file);
    static const char *const wrong[] = { "net.0.attention.aut", "embed.tokens" };
    for (int i = 0; i < 2; i++) {
        trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
        options.precision = TRM_PRECISION_INT8;
        options.keep = &wrong[i];
        options.keep_count = 1;
        trm_error error = TRM_ERROR_INIT;
        trm_file none = { NULL, 0 };
        ck_assert_int_eq(convert(plain.data, plain.bytes, &options, &none, &error), TRM_ERROR_ARGUMENT);
        ck_assert_msg(strstr(error.message, wrong[i]) != NULL, "%s", error.message);
    }
}
END_TEST

START_TEST(versions_tell_what_is_inside)
{
    const uint8_t *before = plain.data;
    ck_assert_uint_eq(before[TRMI_HEADER_MINOR], 0);
    ck_assert_uint_eq(quantised.bytes[TRMI_HEADER_MINOR], 1);
    trm_model *model = open_model(quantised.bytes, quantised.size, 0);
    trm_model_info info = TRM_MODEL_INFO_INIT;
    ck_assert_int_eq(trm_model_describe(model, &info, NULL), TRM_OK);
    ck_assert_uint_eq(info.quantised, 1);
    uint32_t integers = 0;
    for (uint32_t i = 0; i < info.tensor_count; i++) {
        trm_tensor_info tensor = TRM_TENSOR_INFO_INIT;
        ck_assert_int_eq(trm_model_tensor(model, i, &tensor, NULL), TRM_OK);
        integers += strcmp(tensor.type, "i8") == 0;
    }
    ck_assert_uint_eq(integers, 4 * config.blocks);
    trm_model_close(model);
}
END_TEST

/* ------------------------------------------------------------------------------------ what is refused */

static const char name[] = "net.0.attention.out";

static void expect_refusal(trm_file *file, trm_status expected, const char *part)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    const trm_status status = trm_model_open_memory(file->bytes, file->size, NULL, &model, &error);
    ck_assert_msg(status == expected, "%s: %s", trm_status_name(status), error.message);
    ck_assert_msg(strstr(error.message, part) != NULL, "%s", error.message);
    ck_assert_ptr_null(model);
}

static void set_code(uint64_t row, uint64_t column, int8_t code)
{
    const trmi_tensor_entry *entry;
    trm_model *model = open_model(quantised.bytes, quantised.size, TRM_OPEN_READ);
    entry = trmi_container_tensor(&model->container, name);
    /* panels: [rows / 16][columns / 4][16][4] */
    const uint64_t at = ((row / 16 * (entry->columns / 4) + column / 4) * 16 + row % 16) * 4 + column % 4;
    quantised.bytes[entry->offset + at] = (uint8_t)code;
    trm_model_close(model);
    file_sign_tensor(&quantised, name);
    file_sign(&quantised);
}

static void set_scale(float scale)
{
    trm_model *model = open_model(quantised.bytes, quantised.size, TRM_OPEN_READ);
    const trmi_tensor_entry *entry = trmi_container_tensor(&model->container, name);
    uint64_t scales_at, bytes;
    ck_assert(trmi_i8_bytes(entry->rows, entry->columns, &scales_at, &bytes));
    memcpy(quantised.bytes + entry->offset + scales_at, &scale, sizeof scale);
    trm_model_close(model);
    file_sign_tensor(&quantised, name);
    file_sign(&quantised);
}

START_TEST(refuses_minus_128)
{
    set_code(1, 1, -127);
    trm_model_close(open_model(quantised.bytes, quantised.size, 0));
    set_code(1, 1, -128);
    expect_refusal(&quantised, TRM_ERROR_FORMAT, "found -128 1 times");
}
END_TEST

START_TEST(refuses_wrong_scales)
{
    static const float wrong[] = { -1.0f, NAN, INFINITY };
    static const char *const parts[] = { "found -1 for row 0", "finite scales", "finite scales" };
    set_scale(wrong[_i]);
    expect_refusal(&quantised, TRM_ERROR_FORMAT, parts[_i]);
}
END_TEST

/* A row behind the last, and a column between two heads. */
START_TEST(refuses_padding_that_is_not_zero)
{
    if (_i == 0)
        set_code(config.channels, 0, 1);
    else
        set_code(0, config.channels / config.heads, 1);
    expect_refusal(&quantised, TRM_ERROR_FORMAT, "expected zeros as padding");
}
END_TEST

START_TEST(refuses_integers_in_an_older_version)
{
    quantised.bytes[TRMI_HEADER_MINOR] = 0;
    file_sign(&quantised);
    expect_refusal(&quantised, TRM_ERROR_FORMAT, "expected type 1, layout");
}
END_TEST

START_TEST(refuses_integers_where_none_can_be)
{
    static const char embedding[] = "embed.tokens";
    uint8_t codes[64 + 4 * RANDOM_VOCABULARY] = { 0 };
    trm_builder builder = { .omit = embedding };
    const trmi_config tiny = tiny_config();
    builder_model(&builder, &tiny);
    builder_tensor(&builder, &(stored_tensor) { embedding, TRMI_TYPE_I8, 1, 1, tiny.vocabulary, 4, codes,
                                                64 + 4 * tiny.vocabulary });
    trm_file file = builder_finish(&builder);
    file.bytes[TRMI_HEADER_MINOR] = 1;
    file_sign(&file);
    expect_refusal(&file, TRM_ERROR_FORMAT, "embed.tokens: expected");
    file_free(&file);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("quantise");
    TCase *both = tcase_create("both kinds"), *written = tcase_create("written"),
          *refused = tcase_create("refused");
    tcase_add_loop_test(both, integers_are_near_the_numbers, 0, 2);
    tcase_add_checked_fixture(written, set_up, tear_down);
    tcase_add_test(written, all_ways_to_integers_give_the_same_bits);
    tcase_add_test(written, answers_are_near_those_of_numbers);
    tcase_add_test(written, small_shares_count);
    tcase_add_loop_test(written, blocks_of_either_type_share_memory, 0, RAGGED_MODELS);
    tcase_add_test(written, integers_survive_conversions);
    tcase_add_test(written, named_tensors_stay_numbers);
    tcase_add_test(written, versions_tell_what_is_inside);
    tcase_add_checked_fixture(refused, set_up, tear_down);
    tcase_add_test(refused, refuses_minus_128);
    tcase_add_loop_test(refused, refuses_wrong_scales, 0, 3);
    tcase_add_loop_test(refused, refuses_padding_that_is_not_zero, 0, 2);
    tcase_add_test(refused, refuses_integers_in_an_older_version);
    tcase_add_test(refused, refuses_integers_where_none_can_be);
    suite_add_tcase(all, both);
    suite_add_tcase(all, written);
    suite_add_tcase(all, refused);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
