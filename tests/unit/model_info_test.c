/* What models tell about themselves, and what they make of text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/model/model.h"
#include "tests/support/files.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

static trm_file tiny, ragged;
static trm_error error;

static void set_up(void)
{
    error = (trm_error)TRM_ERROR_INIT;
    tiny = tiny_file();
    ragged = ragged_file(false);
}

static void tear_down(void)
{
    file_free(&tiny);
    file_free(&ragged);
}

static trm_model *open_model(const trm_file *file)
{
    trm_model *model = NULL;
    ck_assert_int_eq(trm_model_open_memory(file->bytes, file->size, NULL, &model, &error), TRM_OK);
    return model;
}

START_TEST(test_describe)
{
    trm_model *model = open_model(&ragged);
    trm_model_info info = TRM_MODEL_INFO_INIT;
    ck_assert_int_eq(trm_model_describe(model, &info, &error), TRM_OK);
    ck_assert(info.size == sizeof info && info.architecture == TRM_ARCHITECTURE_HRM);
    ck_assert(info.block == TRM_BLOCK_ATTENTION && info.position_encoding == TRM_POSITION_ROTARY);
    ck_assert(info.gate == TRM_GATE_NORMED && info.likelihood == TRM_LIKELIHOOD_SOFTMAX);
    ck_assert(info.channels == 36 && info.positions == 6 && info.prefix == 3 && info.vocabulary == 7);
    ck_assert(info.identifiers == 4 && info.blocks == 1 && info.high_blocks == 2 && info.heads == 3);
    ck_assert(info.token_hidden == 0 && info.channel_hidden == 21 && info.cycles == 2 && info.updates == 3);
    ck_assert(info.maximum_steps == 4 && info.grid_rows == 2 && info.grid_columns == 3);
    ck_assert(info.metadata_count == 24 && info.tensor_count == 20);
    const uint64_t block = 4 * 36 * 36 + 3 * 21 * 36;
    ck_assert_uint_eq(info.parameters, 7 * 36 + 4 * 50 + 2 * 36 + 3 * block + 7 * 36 + 7 + 2 * 36 + 2);
    const uint64_t stored = 144 * 36 + 48 * 48 + 64 * 36 + 48 * 21;
    ck_assert_uint_eq(info.weight_bytes,
                      4 * (7 * 36 + 4 * 50 + 2 * 36 + 3 * stored + 16 * 36 + 7 + 16 * 36 + 2));
    ck_assert_uint_eq(info.file_bytes, ragged.size);
    ck_assert_str_eq(info.task, "gr\xc3\xbcn");
    ck_assert_str_eq(info.instruction_set, model->kernels.name);
    trm_model_close(model);
    model = open_model(&tiny);
    ck_assert_int_eq(trm_model_describe(model, &info, &error), TRM_OK);
    ck_assert(info.task[0] == 0 && info.token_hidden == 1 && info.heads == 0 && info.maximum_steps == 16);
    trm_model_close(model);
}
END_TEST

static uint64_t operations(trmi_config config)
{
    const trm_model model = { .config = config, .task = { .name = "", .shape = trmi_config_shape(&config) } };
    trm_model_info info = TRM_MODEL_INFO_INIT;
    ck_assert_int_eq(trm_model_describe(&model, &info, &error), TRM_OK);
    return info.step_operations;
}

/* The numbers are worked out by hand from the shapes of doc/format.md. */
START_TEST(test_step_operations)
{
    trmi_config config = { .fields = 1,
                           .halting = TRMI_HALTING_LOGIT,
                           .architecture = TRM_ARCHITECTURE_TRM,
                           .block = TRM_BLOCK_MIXER,
                           .channels = 512,
                           .positions = 81,
                           .prefix = 16,
                           .vocabulary = 11,
                           .blocks = 2,
                           .token_hidden = 512,
                           .channel_hidden = 1536,
                           .cycles = 3,
                           .updates = 6 };
    ck_assert_uint_eq(operations(config), 25632306176);
    config.block = TRM_BLOCK_ATTENTION;
    config.positions = 900;
    config.vocabulary = 6;
    config.updates = 4;
    ck_assert_uint_eq(operations(config), 238853777408);
    config = ragged_config(); /* 2 x 3 low and 2 x 2 high blocks */
    const uint64_t block = 4 * 9 * 36 * 36 + 2 * 9 * 9 * 36 + 3 * 9 * 21 * 36;
    ck_assert_uint_eq(operations(config), 2 * ((6 + 4) * block + 6 * 36 * 7 + 2 * 36));
}
END_TEST

START_TEST(test_size_of_info)
{
    trm_model *model = open_model(&ragged);
    struct {
        trm_model_info known;
        uint64_t later;
    } longer;
    trm_model_info info = TRM_MODEL_INFO_INIT;
    memset(&longer, 0xee, sizeof longer);
    longer.known.size = sizeof longer;
    ck_assert_int_eq(trm_model_describe(model, &longer.known, &error), TRM_OK);
    ck_assert(longer.later == 0 && longer.known.size == sizeof longer && longer.known.channels == 36);
    info.size = offsetof(trm_model_info, channels);
    info.channels = 77;
    ck_assert_int_eq(trm_model_describe(model, &info, &error), TRM_OK);
    ck_assert(info.channels == 77 && info.likelihood == TRM_LIKELIHOOD_SOFTMAX);
    info.size = 3;
    ck_assert_int_eq(trm_model_describe(model, &info, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_describe(NULL, &info, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL for the model"));
    ck_assert_int_eq(trm_model_describe(model, NULL, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL for the info"));
    trm_model_close(model);
}
END_TEST

START_TEST(test_metadata)
{
    trm_model *model = open_model(&tiny);
    trm_metadata m = TRM_METADATA_INIT;
    ck_assert_int_eq(trm_model_metadata(model, 0, &m, &error), TRM_OK);
    ck_assert(m.type == TRM_METADATA_BYTES && m.length == 2 && memcmp(m.bytes, "ab", 3) == 0);
    ck_assert_str_eq(m.key, "task.alphabet");
    ck_assert_int_eq(trm_model_metadata(model, 1, &m, &error), TRM_OK);
    ck_assert(m.type == TRM_METADATA_TEXT && m.length == 3 && strcmp(m.bytes, "trm") == 0);
    ck_assert_int_eq(trm_model_metadata(model, 6, &m, &error), TRM_OK);
    ck_assert(m.type == TRM_METADATA_INTEGER && m.integer == 2 && m.bytes == NULL && m.length == 0);
    ck_assert_int_eq(trm_model_metadata(model, 15, &m, &error), TRM_OK);
    ck_assert(m.type == TRM_METADATA_REAL && m.real == 0.5 && m.integer == 0 && m.size == sizeof m);
    ck_assert_int_eq(trm_model_metadata(model, 16, &m, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "less than 16, found 16"));
    ck_assert_int_eq(trm_model_metadata(model, UINT32_MAX, &m, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_metadata(NULL, 0, &m, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL for the model"));
    ck_assert_int_eq(trm_model_metadata(model, 0, NULL, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL for the trm_metadata"));
    m.size = 1;
    ck_assert_int_eq(trm_model_metadata(model, 0, &m, &error), TRM_ERROR_ARGUMENT);
    trm_model_close(model);
}
END_TEST

START_TEST(test_tensor)
{
    trm_model *model = open_model(&tiny);
    trm_tensor_info t = TRM_TENSOR_INFO_INIT;
    ck_assert_int_eq(trm_model_tensor(model, 5, &t, &error), TRM_OK);
    ck_assert_str_eq(t.name, "net.0.channels.gate_up");
    ck_assert(t.rows == 32 && t.columns == 2 && t.stored_bytes == 256 && t.size == sizeof t);
    ck_assert_str_eq(t.type, "f32");
    ck_assert_str_eq(t.layout, "panels");
    ck_assert_str_eq(t.encoding, "raw");
    ck_assert_int_eq(trm_model_tensor(model, 0, &t, &error), TRM_OK);
    ck_assert_str_eq(t.layout, "rows");
    ck_assert_int_eq(trm_model_tensor(model, 10, &t, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "less than 10, found 10"));
    ck_assert_int_eq(trm_model_tensor(NULL, 0, &t, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL for the model"));
    ck_assert_int_eq(trm_model_tensor(model, 0, NULL, &error), TRM_ERROR_ARGUMENT);
    t.size = 1;
    ck_assert_int_eq(trm_model_tensor(model, 0, &t, &error), TRM_ERROR_ARGUMENT);
    trm_model_close(model);
}
END_TEST

/* ------------------------------------------------------------------------------------------- text */

START_TEST(test_encode)
{
    trm_model *model = open_model(&ragged); /* tokens 1 to 6: . a b c d and byte 255 */
    int32_t tokens[6] = { 9, 9, 9, 9, 9, 9 };
    static const int32_t expected[6] = { 2, 1, 6, 5, 4, 2 };
    ck_assert_int_eq(trm_model_encode(model, NULL,
                                      "a.\xff"
                                      "dc!",
                                      6, tokens, &error),
                     TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "character 6: expected one of \".abcd?\", found '!'"));
    ck_assert_int_eq(tokens[0], 9);
    ck_assert_int_eq(trm_model_encode(model, NULL, "\0.....", 6, tokens, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "character 1: "));
    ck_assert_ptr_nonnull(strstr(error.message, "found byte 0"));
    ck_assert_int_eq(trm_model_encode(model, NULL, ".....\n", 6, tokens, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "found byte 0x0a"));
    ck_assert_int_eq(trm_model_encode(model, NULL, "......", 5, tokens, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "a puzzle of 6 characters, found 5"));
    ck_assert_int_eq(trm_model_encode(model, NULL, ".......", 7, tokens, &error), TRM_ERROR_PUZZLE);
    ck_assert_int_eq(trm_model_encode(model, NULL, "", 0, tokens, &error), TRM_ERROR_PUZZLE);
    ck_assert_int_eq(trm_model_encode(model, NULL, "", SIZE_MAX, tokens, &error), TRM_ERROR_PUZZLE);
    ck_assert_int_eq(tokens[0], 9);
    ck_assert_int_eq(trm_model_encode(model, NULL,
                                      "a.\xff"
                                      "dca",
                                      6, tokens, &error),
                     TRM_OK);
    ck_assert_int_eq(memcmp(tokens, expected, sizeof tokens), 0);
    ck_assert_int_eq(trm_model_encode(NULL, NULL, "......", 6, tokens, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_encode(model, NULL, NULL, 6, tokens, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_encode(model, NULL, "......", 6, NULL, &error), TRM_ERROR_ARGUMENT);
    trm_model_close(model);
}
END_TEST

START_TEST(test_decode)
{
    trm_model *model = open_model(&ragged);
    static const int32_t right[6] = { 0, 1, 2, 5, 6, 0 }, above[6] = { 0, 0, 0, 0, 0, 7 },
                         below[6] = { 0, -1 };
    char text[6] = "??????";
    ck_assert_int_eq(trm_model_decode(model, NULL, above, 6, text, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "position 5: expected a token from 0 to 6, found 7"));
    ck_assert_int_eq(trm_model_decode(model, NULL, below, 6, text, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "position 1: expected a token from 0 to 6, found -1"));
    ck_assert_int_eq(trm_model_decode(model, NULL, right, 5, text, &error), TRM_ERROR_PUZZLE);
    ck_assert_ptr_nonnull(strstr(error.message, "a puzzle of 6 tokens, found 5"));
    ck_assert_int_eq(memcmp(text, "??????", 6), 0);
    ck_assert_int_eq(trm_model_decode(model, NULL, right, 6, text, &error), TRM_OK);
    ck_assert_int_eq(memcmp(text, "?.ad\xff?", 6), 0);
    ck_assert_int_eq(trm_model_decode(NULL, NULL, right, 6, text, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_decode(model, NULL, NULL, 6, text, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_decode(model, NULL, right, 6, NULL, &error), TRM_ERROR_ARGUMENT);
    trm_model_close(model);
}
END_TEST

START_TEST(test_no_alphabet)
{
    const trmi_config config = tiny_config();
    trm_file file = builder_model_file(&config);
    trm_model *model = open_model(&file);
    int32_t token = 0;
    char character;
    ck_assert_int_eq(trm_model_encode(model, NULL, "a", 1, &token, &error), TRM_ERROR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.message, "task.alphabet"));
    ck_assert_int_eq(trm_model_decode(model, NULL, &token, 1, &character, &error), TRM_ERROR_UNSUPPORTED);
    trm_model_close(model);
    file_free(&file);
}
END_TEST

/* ---------------------------------------------------------------------------------- the specification */

static unsigned long parse_hexadecimal(const char **at)
{
    char *end;
    const unsigned long value = strtoul(*at, &end, 16);
    ck_assert_ptr_ne(end, *at);
    *at = end;
    return value;
}

/* The bytes of the first block of code in doc/format.md that begins with an offset; "*" repeats the line
 * before it. */
static size_t read_dump(const char *text, uint8_t *bytes, size_t room)
{
    size_t size = 0;
    const char *at = strstr(text, "```\n000  ");
    ck_assert_ptr_nonnull(at);
    for (at = strchr(at, '\n') + 1; *at != '`'; at = strchr(at, '\n') + 1) {
        if (*at == '*')
            continue;
        const size_t offset = parse_hexadecimal(&at);
        ck_assert(offset <= room - 16 && offset >= size);
        for (; size < offset; size++)
            bytes[size] = bytes[size - 16];
        while (*at == ' ' && at[strspn(at, " ")] != '|')
            bytes[size++] = (uint8_t)parse_hexadecimal(&at);
    }
    return size;
}

START_TEST(test_dump_in_the_specification)
{
    char path[4096];
    uint8_t bytes[4096];
    size_t length;
    const char *root = getenv("TRM_SOURCE_ROOT");
    ck_assert_msg(root != NULL, "TRM_SOURCE_ROOT is not set");
    snprintf(path, sizeof path, "%s/doc/format.md", root);
    uint8_t *text = read_whole(path, &length);
    const size_t size = read_dump((const char *)text, bytes, sizeof bytes);
    ck_assert_uint_eq(size, tiny.size);
    for (size_t i = 0; i < size; i++)
        ck_assert_msg(bytes[i] == tiny.bytes[i], "offset %zx: the page has %02x, the file %02x", i, bytes[i],
                      tiny.bytes[i]);
    free(text);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("model info");
    TCase *t = tcase_create("model info");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_describe);
    tcase_add_test(t, test_step_operations);
    tcase_add_test(t, test_size_of_info);
    tcase_add_test(t, test_metadata);
    tcase_add_test(t, test_tensor);
    tcase_add_test(t, test_encode);
    tcase_add_test(t, test_decode);
    tcase_add_test(t, test_no_alphabet);
    tcase_add_test(t, test_dump_in_the_specification);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
