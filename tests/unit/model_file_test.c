/* What a model needs of its file: numbers, padding, tensors, keys. Each refusal names what was found. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/memory.h"
#include "lib/format/container.h"
#include "tests/support/files.h"
#include "tests/support/patched_file.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

static trm_allocator allocator;

static void set_up(void)
{
    tiny_begin();
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
}

/* ----------------------------------------------------------------------------------- the model's part */

START_TEST(test_numbers_that_are_not_finite)
{
    static const char *const names[] = { "embed.tokens", "net.0.channels.down", "net.0.tokens.down",
                                         "head.halt.bias" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        trm_file file = file_copy(&tiny);
        file_set_number(&file, names[i], 0, NAN);
        expect_file(&file, TRM_ERROR_FORMAT, "expected finite numbers, found ");
        file_set_number(&file, names[i], 0, INFINITY);
        expect_file(&file, TRM_ERROR_FORMAT, "expected finite numbers, found inf at index 0");
        file_set_number(&file, names[i], 0, -INFINITY);
        expect_file(&file, TRM_ERROR_FORMAT, "expected finite numbers, found -inf at index 0");
        file_set_number(&file, names[i], 0, 3.4028235e38f);
        expect_file(&file, TRM_OK, "");
        file_free(&file);
    }
    file_set_number(&tiny, "embed.tokens", 3, NAN);
    expect_file(&tiny, TRM_ERROR_FORMAT,
                "tensor embed.tokens: expected finite numbers, found nan at index 3");
}
END_TEST

/* In a tensor of several blocks of the search, at each end of them. */
START_TEST(test_not_finite_far_inside)
{
    static const size_t places[] = { 0, 4095, 4096, 8191, 8192, 9999 };
    trmi_config config = tiny_config();
    config.vocabulary = 5000;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        trm_file file = builder_model_file(&config);
        char sentence[64];
        snprintf(sentence, sizeof sentence, "embed.tokens: expected finite numbers, found inf at index %zu",
                 places[i]);
        expect_file(&file, TRM_OK, "");
        file_set_number(&file, "embed.tokens", places[i], INFINITY);
        expect_file(&file, TRM_ERROR_FORMAT, sentence);
        file_free(&file);
    }
}
END_TEST

/* Each stored number of a padded tensor: those of the matrix may be anything, the others only zero. */
static void check_each_number(const trmi_config *config, const char *name)
{
    trm_file file = builder_model_file(config);
    trmi_container container;
    ck_assert_int_eq(trmi_container_open(&container, file.bytes, file.size, &allocator, NULL), TRM_OK);
    const trmi_tensor_entry *tensor = trmi_container_tensor(&container, name);
    size_t padding = 0;
    for (size_t i = 0; i < tensor->rows * tensor->columns; i++) {
        const float number = trmi_float_of_bits(trmi_load32(file.bytes + tensor->offset + 4 * i));
        file_set_number(&file, name, i, 0.25f);
        trm_error error;
        const trm_status status = open_file(&file, &error);
        ck_assert_msg(status == (number == 0.0f ? TRM_ERROR_FORMAT : TRM_OK), "%s %zu", name, i);
        ck_assert(status == TRM_OK || strstr(error.message, "expected zeros as padding") != NULL);
        padding += number == 0.0f;
        file_set_number(&file, name, i, number);
    }
    ck_assert_uint_gt(padding, 0);
    trmi_container_close(&container);
    file_free(&file);
}

START_TEST(test_padding)
{
    trmi_config config = { .fields = 1,
                           .halting = TRMI_HALTING_LOGIT,
                           .architecture = TRM_ARCHITECTURE_TRM,
                           .block = TRM_BLOCK_ATTENTION,
                           .position_encoding = TRM_POSITION_NONE,
                           .gate = TRM_GATE_PLAIN,
                           .likelihood = TRM_LIKELIHOOD_SOFTMAX,
                           .channels = 6,
                           .positions = 1,
                           .vocabulary = 3,
                           .blocks = 1,
                           .heads = 2,
                           .channel_hidden = 5,
                           .cycles = 1,
                           .updates = 1,
                           .maximum_steps = 16,
                           .rotary_base = 10000.0,
                           .norm_epsilon = 1e-5 };
    check_each_number(&config, "head.tokens");
    check_each_number(&config, "head.halt");
    check_each_number(&config, "net.0.channels.gate_up");
    check_each_number(&config, "net.0.channels.down");
    check_each_number(&config, "net.0.attention.qkv");
    check_each_number(&config, "net.0.attention.out");
    file_set_number(&tiny, "head.halt", 2, -0.0f);
    expect_file(&tiny, TRM_OK, "");
}
END_TEST

START_TEST(test_missing_tensors)
{
    const trmi_config configs[] = { tiny_config(), ragged_config() };
    unsigned missing = 0;
    for (size_t c = 0; c < 2; c++) {
        trm_file whole = builder_model_file(&configs[c]);
        trmi_container container;
        expect_file(&whole, TRM_OK, "");
        ck_assert_int_eq(trmi_container_open(&container, whole.bytes, whole.size, &allocator, NULL), TRM_OK);
        for (uint32_t i = 0; i < container.tensor_count; i++, missing++) {
            trm_builder builder = { .omit = container.tensors[i].name };
            char sentence[128];
            snprintf(sentence, sizeof sentence, "tensor %s: expected", builder.omit);
            builder_model(&builder, &configs[c]);
            trm_file file = builder_finish(&builder);
            expect_file(&file, TRM_ERROR_FORMAT, sentence);
            file_free(&file);
        }
        trmi_container_close(&container);
        file_free(&whole);
    }
    ck_assert_uint_eq(missing, 10 + 20);
}
END_TEST

START_TEST(test_shapes_and_layouts)
{
    const size_t entry = file_tensor(&tiny, "net.0.channels.gate_up"),
                 rows = file_tensor(&tiny, "embed.tokens");
    trm_file file = file_copy(&tiny);
    put64(file.bytes + entry + 16, 2); /* transposed: as many numbers */
    put64(file.bytes + entry + 24, 32);
    file_sign(&file);
    expect_file(&file, TRM_ERROR_FORMAT, "net.0.channels.gate_up: expected 32 x 2 numbers, found 2 x 32");
    put64(file.bytes + entry + 16, 32);
    put64(file.bytes + entry + 24, 1);
    put64(file.bytes + entry + 40, 128);
    file_sign(&file);
    expect_file(&file, TRM_ERROR_FORMAT, "expected 32 x 2 numbers, found 32 x 1");
    file_free(&file);
    expect_patched((patch) { entry + 7, 1, 1 }, TRM_ERROR_FORMAT,
                   "net.0.channels.gate_up: expected layout 2, found 1");
    expect_patched((patch) { rows + 7, 1, 2 }, TRM_ERROR_FORMAT, "embed.tokens: expected layout 1, found 2");
}
END_TEST

/* ------------------------------------------------------------------------------------------- keys */

/* The ragged model with `key` left out and, for a type other than 0, given again. */
static void expect_key(const char *key, uint8_t type, const void *value, size_t bytes, trm_status status,
                       const char *sentence)
{
    const trmi_config config = ragged_config();
    trm_builder builder = { .omit = key };
    builder_model(&builder, &config);
    if (type != 0)
        builder_value(&builder, key, type, value, bytes, true);
    trm_file file = builder_finish(&builder);
    expect_file(&file, status, sentence);
    file_free(&file);
}

static void expect_integer(const char *key, uint64_t value, const char *sentence)
{
    uint8_t bytes[8];
    put64(bytes, value);
    expect_key(key, 1, bytes, 8, TRM_ERROR_FORMAT, sentence);
}

START_TEST(test_missing_keys)
{
    static const char *const keys[] = {
        "model.architecture", "model.block",    "model.position_encoding", "model.gate",
        "model.likelihood",   "model.channels", "model.positions",         "model.prefix",
        "model.vocabulary",   "model.blocks",   "model.channel_hidden",    "model.cycles",
        "model.updates"
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char sentence[128];
        snprintf(sentence, sizeof sentence, "metadata %s: expected in every model", keys[i]);
        expect_key(keys[i], 0, NULL, 0, TRM_ERROR_FORMAT, sentence);
    }
    expect_key("model.maximum_steps", 0, NULL, 0, TRM_OK, "");
    expect_key("model.heads", 0, NULL, 0, TRM_ERROR_FORMAT, "heads that divide the 36 channels, found 0");
}
END_TEST

START_TEST(test_types_of_keys)
{
    static const uint8_t number[8] = { 2 };
    expect_key("model.channels", 3, "36", 2, TRM_ERROR_FORMAT,
               "model.channels: expected an integer, found type 3");
    expect_key("model.channels", 2, number, 8, TRM_ERROR_FORMAT,
               "model.channels: expected an integer, found type 2");
    expect_key("model.head_bias", 4, "1", 1, TRM_ERROR_FORMAT,
               "model.head_bias: expected an integer, found type 4");
    expect_key("model.norm_epsilon", 1, number, 8, TRM_ERROR_FORMAT,
               "model.norm_epsilon: expected a real number, found type 1");
    expect_key("model.block", 1, number, 8, TRM_ERROR_FORMAT, "model.block: expected text, found type 1");
    expect_key("model.block", 4, "attention", 9, TRM_ERROR_FORMAT,
               "model.block: expected text, found type 4");
    expect_key("task.name", 1, number, 8, TRM_ERROR_FORMAT, "task.name: expected text, found type 1");
    expect_key("task.name", 4, "maze", 4, TRM_ERROR_FORMAT, "task.name: expected text, found type 4");
    expect_key("task.alphabet", 3, "abcdefg", 7, TRM_ERROR_FORMAT,
               "task.alphabet: expected 7 bytes, one for each token, found 7 of type 3");
    expect_key("task.symmetries", 1, number, 8, TRM_OK, "");
}
END_TEST

START_TEST(test_values_of_keys)
{
    expect_key("model.block", 3, "mixers", 6, TRM_ERROR_FORMAT,
               "model.block: expected a name that this version knows, found \"mixers\"");
    expect_key("model.block", 3, "", 0, TRM_ERROR_FORMAT, "found \"\"");
    expect_key("model.gate", 3, "rotary", 6, TRM_ERROR_FORMAT, "model.gate: expected a name");
    expect_integer("model.channels", 1ull << 32,
                   "model.channels: expected at most 4294967295, found 4294967296");
    expect_integer("model.channels", UINT64_MAX, "found 18446744073709551615");
    expect_integer("model.channels", (1ull << 32) + 36, "found 4294967332");
    expect_integer("model.head_bias", 2, "model.head_bias: expected at most 1, found 2");
    expect_integer("model.registers", 1,
                   "register rows: expected a prefix of at least 1 and no puzzle table");
    expect_integer("model.cycles", 0, "metadata: cycles: expected 1 to 65536, found 0");
    expect_integer("model.channels", 65537, "metadata: channels: expected 1 to 65536, found 65537");
    expect_integer("task.grid_rows", 3, "found 3 x 3");
    expect_integer("model.blocks", 2, "tensor low.1.attention.qkv: expected");
}
END_TEST

START_TEST(test_alphabets)
{
    expect_key("task.alphabet", 4, "abcdef", 6, TRM_ERROR_FORMAT,
               "task.alphabet: expected 7 bytes, one for each token, found 6");
    expect_key("task.alphabet", 4, "abcdefgh", 8, TRM_ERROR_FORMAT, "found 8 of type 4");
    expect_key("task.alphabet", 4, "abcdefa", 7, TRM_ERROR_FORMAT,
               "each character once, found 0x61 for tokens 0 and 6");
    expect_key("task.alphabet", 4, "\0\0\xff\xfe\1e\0", 7, TRM_OK, "");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("model file");
    TCase *t = tcase_create("model file");
    tcase_add_checked_fixture(t, set_up, tiny_end);
    tcase_add_test(t, test_numbers_that_are_not_finite);
    tcase_add_test(t, test_not_finite_far_inside);
    tcase_add_test(t, test_padding);
    tcase_add_test(t, test_missing_tensors);
    tcase_add_test(t, test_shapes_and_layouts);
    tcase_add_test(t, test_missing_keys);
    tcase_add_test(t, test_types_of_keys);
    tcase_add_test(t, test_values_of_keys);
    tcase_add_test(t, test_alphabets);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
