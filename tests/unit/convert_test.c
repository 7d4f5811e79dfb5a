/* Conversions: the golden checkpoints there and back, whatever is wrong with them, and whatever goes wrong on
 * the way. */
#include <stdio.h>
#include <string.h>

#include "config.h"

#include <trm/train.h>

#include "lib/core/bytes.h"
#include "lib/core/memory.h"
#include "lib/interchange/safetensors.h"
#include "lib/model/model.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

static const char *const golden[] = { "trm_mlp_4x4", "trm_mlp_sudoku", "trm_att_rope", "trm_att_learned",
                                      "hrm" };
enum { GOLDEN_COUNT = sizeof golden / sizeof golden[0] };

typedef struct buffer {
    void *bytes;
    size_t size;
} buffer;

static trm_allocator allocator;

static void set_up(void)
{
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
}

static buffer load(const char *name)
{
    buffer result;
    result.bytes = read_whole(golden_path(name), &result.size);
    return result;
}

static buffer convert(buffer input, uint32_t format, uint32_t deflate)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    buffer result = { NULL, 0 };
    options.format = format;
    options.deflate = deflate;
    ck_assert_msg(
        trm_convert_memory(input.bytes, input.size, &options, &result.bytes, &result.size, &error) == TRM_OK,
        "%s", error.message);
    return result;
}

/* Expects a failure whose sentence has `part` in it. */
static void refuse(buffer input, trm_status expected, const char *part)
{
    trm_error error = TRM_ERROR_INIT;
    buffer result = { NULL, 0 };
    const trm_status status =
        trm_convert_memory(input.bytes, input.size, NULL, &result.bytes, &result.size, &error);
    ck_assert_msg(status == expected && error.status == expected, "status %d: %s", status, error.message);
    ck_assert_msg(strstr(error.message, part) != NULL, "no \"%s\" in: %s", part, error.message);
    ck_assert(result.bytes == NULL && result.size == 0);
}

/* An input whose header is edited. */
static buffer edited(const char *name, const char *from, const char *to)
{
    buffer whole = load(name), result;
    result.bytes = edit_header(whole.bytes, whole.size, from, to, &result.size);
    free(whole.bytes);
    return result;
}

static void refuse_edited(const char *name, const char *from, const char *to, const char *part)
{
    buffer input = edited(name, from, to);
    refuse(input, TRM_ERROR_FORMAT, part);
    free(input.bytes);
}

/* -- there and back -- */

/* Every weight of `file` is in `other`, under the name that the published code gives it, with the same bits.
 */
static unsigned compare_weights(const trmi_safetensors *file, const trmi_safetensors *other)
{
    static const char compiled[] = "_orig_mod.";
    unsigned compared = 0;
    for (uint32_t i = 0; i < file->count; i++) {
        const trmi_safetensor *left = &file->tensors[i];
        const bool prefixed = strncmp(left->name, compiled, sizeof compiled - 1) == 0;
        if (strncmp(left->name, "golden.", 7) == 0)
            continue;
        const trmi_safetensor *right =
            trmi_safetensors_find(other, left->name + (prefixed ? sizeof compiled - 1 : 0));
        ck_assert_msg(right != NULL, "%s is missing", left->name);
        ck_assert(right->rank == left->rank &&
                  memcmp(right->shape, left->shape, left->rank * sizeof left->shape[0]) == 0);
        ck_assert(memcmp(file->data + left->begin, other->data + right->begin,
                         (size_t)(left->end - left->begin)) == 0);
        compared++;
    }
    return compared;
}

START_TEST(keeps_every_bit_there_and_back)
{
    const buffer input = load(golden[_i]), model = convert(input, TRM_FORMAT_TRM, 0),
                 back = convert(model, TRM_FORMAT_SAFETENSORS, 0);
    trmi_safetensors before, after;
    ck_assert_int_eq(trmi_safetensors_open(&before, input.bytes, input.size, &allocator, NULL), TRM_OK);
    ck_assert_int_eq(trmi_safetensors_open(&after, back.bytes, back.size, &allocator, NULL), TRM_OK);
    ck_assert_uint_eq(compare_weights(&before, &after), after.count);
    ck_assert_uint_eq((uintptr_t)(after.data - (const uint8_t *)back.bytes) % 8, 0);
    trmi_safetensors_close(&before);
    trmi_safetensors_close(&after);

    const buffer again = convert(back, TRM_FORMAT_TRM, 0);
    ck_assert(again.size == model.size && memcmp(again.bytes, model.bytes, model.size) == 0);
    trm_convert_free(again.bytes, NULL);
    trm_convert_free(back.bytes, NULL);
    trm_convert_free(model.bytes, NULL);
    free(input.bytes);
}
END_TEST

START_TEST(puts_numbers_where_the_model_expects_them)
{
    const buffer input = load("hrm"), converted = convert(input, TRM_FORMAT_TRM, 0);
    trmi_safetensors file;
    trm_model *model;
    float numbers[64 * 256];
    ck_assert_int_eq(trmi_safetensors_open(&file, input.bytes, input.size, &allocator, NULL), TRM_OK);
    ck_assert_int_eq(trm_model_open_memory(converted.bytes, converted.size, NULL, &model, NULL), TRM_OK);
    ck_assert_int_eq(model->config.architecture, TRM_ARCHITECTURE_HRM);
    ck_assert_uint_eq(model->config.prefix, 1);
    ck_assert_uint_eq(model->config.high_blocks, 4);
    ck_assert_uint_eq(model->config.channel_hidden, 256);

    ck_assert_int_eq(
        trmi_safetensor_floats(&file, trmi_safetensors_find(&file, "model.inner.L_init"), numbers, NULL),
        TRM_OK);
    ck_assert(memcmp(model->state_z, numbers, 64 * sizeof numbers[0]) == 0);
    const char *down =
        "model.inner.H_level.layers.3.mlp.down_proj.weight"; /* 64 x 256, in panels of 16 rows */
    ck_assert_int_eq(trmi_safetensor_floats(&file, trmi_safetensors_find(&file, down), numbers, NULL),
                     TRM_OK);
    const float *panels = model->network[TRMI_NETWORK_HIGH].block[3].slot[TRMI_SLOT_CHANNELS_DOWN].numbers;
    for (unsigned row = 0; row < 64; row++)
        for (unsigned column = 0; column < 256; column++)
            ck_assert(panels[(row / 16 * 256 + column) * 16 + row % 16] == numbers[row * 256 + column]);
    trm_model_close(model);
    trmi_safetensors_close(&file);
    trm_convert_free(converted.bytes, NULL);
    free(input.bytes);
}
END_TEST

#ifdef TRMI_HAVE_ZLIB
START_TEST(deflates_and_inflates)
{
    const buffer input = load(golden[_i]), raw = convert(input, TRM_FORMAT_TRM, 0);
    const buffer deflated = convert(raw, TRM_FORMAT_TRM, 1), again = convert(deflated, TRM_FORMAT_TRM, 0);
    ck_assert_uint_lt(deflated.size, raw.size);
    ck_assert(again.size == raw.size && memcmp(again.bytes, raw.bytes, raw.size) == 0);
    trm_convert_free(again.bytes, NULL);
    trm_convert_free(deflated.bytes, NULL);
    trm_convert_free(raw.bytes, NULL);
    free(input.bytes);
}
END_TEST
#else
START_TEST(refuses_to_deflate)
{
    const buffer input = load(golden[0]);
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    buffer result = { NULL, 0 };
    options.deflate = 1;
    ck_assert_int_eq(trm_convert_memory(input.bytes, input.size, &options, &result.bytes, &result.size, NULL),
                     TRM_ERROR_UNSUPPORTED);
    free(input.bytes);
}
END_TEST
#endif

static const char *const prefixes[] = { "", "model.", "inner.", "_orig_mod.model.inner.",
                                        "model._orig_mod.inner." };

START_TEST(takes_names_with_any_prefix)
{
    const buffer input = load("trm_mlp_4x4"), expected = convert(input, TRM_FORMAT_TRM, 0);
    char name[64];
    snprintf(name, sizeof name, "\"%s", prefixes[_i]);
    const buffer renamed = edited("trm_mlp_4x4", "\"model.inner.", name),
                 found = convert(renamed, TRM_FORMAT_TRM, 0);
    ck_assert(found.size == expected.size && memcmp(found.bytes, expected.bytes, found.size) == 0);
    trm_convert_free(found.bytes, NULL);
    trm_convert_free(expected.bytes, NULL);
    free(renamed.bytes);
    free(input.bytes);
}
END_TEST

/* The published mixer computes the rotation and does not use it. */
START_TEST(takes_a_mixer_that_names_rotary_positions)
{
    const buffer input = load("trm_mlp_4x4"), expected = convert(input, TRM_FORMAT_TRM, 0);
    const buffer renamed = edited("trm_mlp_4x4", "\\\"none\\\"", "\\\"rope\\\"");
    const buffer found = convert(renamed, TRM_FORMAT_TRM, 0);
    ck_assert(found.size == expected.size && memcmp(found.bytes, expected.bytes, found.size) == 0);
    trm_convert_free(found.bytes, NULL);
    trm_convert_free(expected.bytes, NULL);
    free(renamed.bytes);
    free(input.bytes);
}
END_TEST

/* -- options -- */

START_TEST(takes_task_alphabet_and_grid)
{
    const buffer input = load("trm_mlp_sudoku");
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.task = "sudoku";
    options.alphabet = ".123456789";
    options.alphabet_first = 1;
    options.grid_rows = options.grid_columns = 9;
    buffer model = { NULL, 0 };
    ck_assert_int_eq(trm_convert_memory(input.bytes, input.size, &options, &model.bytes, &model.size, NULL),
                     TRM_OK);
    const buffer there = convert(model, TRM_FORMAT_SAFETENSORS, 0), back = convert(there, TRM_FORMAT_TRM, 0);
    ck_assert(back.size == model.size && memcmp(back.bytes, model.bytes, model.size) == 0);

    trm_model *opened;
    int32_t tokens[81];
    char text[82] = "12345678";
    memset(text + 8, '.', 73);
    ck_assert_int_eq(trm_model_open_memory(back.bytes, back.size, NULL, &opened, NULL), TRM_OK);
    ck_assert_str_eq(opened->task.name, "sudoku");
    ck_assert_uint_eq(opened->config.grid_rows, 9);
    ck_assert_int_eq(trm_model_encode(opened, NULL, text, 81, tokens, NULL), TRM_OK);
    ck_assert(tokens[0] == 2 && tokens[7] == 9 && tokens[8] == 1);
    trm_model_close(opened);
    trm_convert_free(back.bytes, NULL);
    trm_convert_free(there.bytes, NULL);
    trm_convert_free(model.bytes, NULL);
    free(input.bytes);
}
END_TEST

START_TEST(takes_a_threshold_and_a_limit)
{
    const buffer input = load("trm_mlp_4x4");
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.halt_threshold = 0.875;
    options.maximum_steps = 24;
    options.calibration = "on nothing";
    options.selectors = "vote first-verified";
    buffer model = { NULL, 0 };
    ck_assert_int_eq(trm_convert_memory(input.bytes, input.size, &options, &model.bytes, &model.size, NULL),
                     TRM_OK);
    const buffer again = convert(model, TRM_FORMAT_TRM, 0), /* where nothing is said of them */
        published = convert(again, TRM_FORMAT_SAFETENSORS, 0), kept = convert(published, TRM_FORMAT_TRM, 0);
    trm_model *opened;
    trm_model_info info = TRM_MODEL_INFO_INIT;
    ck_assert_int_eq(trm_model_open_memory(kept.bytes, kept.size, NULL, &opened, NULL), TRM_OK);
    ck_assert_int_eq(trm_model_describe(opened, &info, NULL), TRM_OK);
    ck_assert(info.halt_threshold == 0.875f && info.maximum_steps == 24);
    bool said = false, selected = false;
    for (uint32_t i = 0; i < info.metadata_count; i++) {
        trm_metadata entry = TRM_METADATA_INIT;
        ck_assert_int_eq(trm_model_metadata(opened, i, &entry, NULL), TRM_OK);
        said = said || (strcmp(entry.key, "provenance.calibration") == 0 && entry.length == 10 &&
                        memcmp(entry.bytes, "on nothing", 10) == 0);
        selected = selected || (strcmp(entry.key, "task.selectors") == 0 && entry.type == TRM_METADATA_TEXT &&
                                strcmp(entry.bytes, "vote first-verified") == 0);
    }
    ck_assert(said && selected);
    trm_model_close(opened);
    trm_convert_free(kept.bytes, NULL);
    trm_convert_free(published.bytes, NULL);
    trm_convert_free(again.bytes, NULL);
    trm_convert_free(model.bytes, NULL);
    free(input.bytes);
}
END_TEST

static const struct option_case {
    trm_convert_options options;
    const char *part;
} bad_options[] = {
    { { .size = 0 }, "size" },
    { { .size = sizeof(trm_convert_options), .format = 3 }, "format" },
    { { .size = sizeof(trm_convert_options), .deflate = 2 }, "deflate" },
    { { .size = sizeof(trm_convert_options), .deflate = 1, .format = TRM_FORMAT_SAFETENSORS },
      "cannot be deflated" },
    { { .size = sizeof(trm_convert_options), .precision = 3 }, "precision" },
    { { .size = sizeof(trm_convert_options),
        .precision = TRM_PRECISION_INT8,
        .format = TRM_FORMAT_SAFETENSORS },
      "only .trm files can be int8" },
    { { .size = sizeof(trm_convert_options), .keep_count = 1 }, "keep is NULL" },
    { { .size = sizeof(trm_convert_options), .alphabet = "1234567" }, "tokens 0 to 6, but the model has 6" },
    { { .size = sizeof(trm_convert_options), .alphabet = "12", .alphabet_first = 5 }, "tokens 5 to 6" },
    { { .size = sizeof(trm_convert_options), .alphabet = "1", .alphabet_first = UINT32_MAX },
      "tokens 4294967295" },
    { { .size = sizeof(trm_convert_options), .alphabet = "12a2" }, "byte 0x32 twice" },
    { { .size = sizeof(trm_convert_options), .task = "\xff" }, "UTF-8" },
    { { .size = sizeof(trm_convert_options), .grid_rows = 3, .grid_columns = 5 }, "3 x 5" },
    { { .size = sizeof(trm_convert_options), .halt_threshold = 1.0 }, "halt_threshold" },
    { { .size = sizeof(trm_convert_options), .halt_threshold = -0.5 }, "halt_threshold" },
    { { .size = sizeof(trm_convert_options), .maximum_steps = 65537 }, "maximum_steps" },
    { { .size = sizeof(trm_convert_options), .calibration = "\xff" }, "UTF-8" },
    { { .size = sizeof(trm_convert_options), .selectors = "vote none" }, "found 'none'" },
    { { .size = sizeof(trm_convert_options), .selectors = "vote  best" }, "found ' best'" },
    { { .size = sizeof(trm_convert_options), .selectors = "" }, "found ''" },
    { { .size = sizeof(trm_convert_options), .grid_rows = 65536, .grid_columns = 65536 }, "grid" },
};

START_TEST(refuses_bad_options)
{
    const buffer input = load("trm_mlp_4x4");
    buffer result = { NULL, 0 };
    trm_error error = TRM_ERROR_INIT;
    const trm_status status = trm_convert_memory(input.bytes, input.size, &bad_options[_i].options,
                                                 &result.bytes, &result.size, &error);
    ck_assert_int_eq(status, TRM_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error.message, bad_options[_i].part) != NULL, "no \"%s\" in: %s",
                  bad_options[_i].part, error.message);
    ck_assert_ptr_null(result.bytes);
    free(input.bytes);
}
END_TEST

/* -- bad checkpoints -- */

#define QUOTED(field, value) "\\\"" field "\\\": " value

static const struct edit_case {
    const char *from, *to, *part;
} edits[] = {
    { "model.inner.q_head.bias", "model.inner.q_head.bies",
      "tensor q_head.bias is missing; its shape would be [2]" },
    { "model.inner.H_init", "model.inner.H_unit", "H_init is missing" },
    { "golden.q_halt\"", "model.inner.q_halt\"", "tensor model.inner.q_halt is not part of the model" },
    { "golden.z_H\"", "_orig_mod.model.inner.H_init\"", "H_init" },
    { "layers.0.mlp.gate_up_proj", "layers.7.mlp.gate_up_proj", "L_layers is 2, but the tensors say 0" },
    { "[512,64]", "[64,512]",
      "tensor L_level.layers.0.mlp.gate_up_proj.weight: expected shape [512, 64], found [64, 512]" },
    { QUOTED("hidden_size", "64"), QUOTED("hidden_size", "65"), "hidden_size is 65, but the tensors say 64" },
    { QUOTED("vocab_size", "6"), QUOTED("vocab_size", "-6"), "vocab_size must be a whole number" },
    { QUOTED("vocab_size", "6"), QUOTED("vocab_size", "6.0"), "vocab_size must be a whole number" },
    { QUOTED("seq_len", "16"), QUOTED("seq_len", "17"), "seq_len is 17, but the tensors say 16" },
    { QUOTED("puzzle_emb_len", "2"), QUOTED("puzzle_emb_len", "18"), "18 are taken by the prefix" },
    { QUOTED("puzzle_emb_len", "2"), QUOTED("puzzle_emb_len", "4294967295"), "taken by the prefix" },
    { QUOTED("mlp_t", "true"), QUOTED("mlp_t", "false"), "mlp_t" },
    { QUOTED("pos_encodings", "\\\"none\\\""), QUOTED("pos_encodings", "\\\"some\\\""), "pos_encodings" },
    { QUOTED("H_cycles", "3"), QUOTED("H_circles", "3"), "H_cycles is missing" },
    { QUOTED("H_cycles", "3"), QUOTED("H_cycles", "0"), "cycles" },
    { QUOTED("halt_max_steps", "16"), QUOTED("halt_max_steps", "99999"), "maximum_steps" },
    { QUOTED("rms_norm_eps", "1e-05"), QUOTED("rms_norm_eps", "\\\"x\\\""), "rms_norm_eps must be a number" },
    { QUOTED("rms_norm_eps", "1e-05"), QUOTED("rms_norm_eps", "-1"), "norm_epsilon" },
    { "{" QUOTED("L_layers", "2"), "[" QUOTED("L_layers", "2"), "\"config\": not valid JSON" },
    { QUOTED("H_layers", "0"), QUOTED("L_layers", "0"), "duplicate" },
    { "\"config\"", "\"konfig\"", "has no configuration" },
    { "\"config\"", "\"task.alphabet.hex\": \"0g\", \"config\"", "two digits" },
};

START_TEST(explains_what_is_wrong_with_a_checkpoint)
{
    refuse_edited("trm_mlp_4x4", edits[_i].from, edits[_i].to, edits[_i].part);
}
END_TEST

START_TEST(names_the_number_that_is_none)
{
    const buffer input = load("trm_mlp_4x4");
    trmi_safetensors file;
    ck_assert_int_eq(trmi_safetensors_open(&file, input.bytes, input.size, &allocator, NULL), TRM_OK);
    const trmi_safetensor *tensor = trmi_safetensors_find(&file, "model.inner.lm_head.weight");
    const size_t at = (size_t)(file.data - (const uint8_t *)input.bytes) + (size_t)tensor->begin + 4 * 70;
    trmi_safetensors_close(&file);
    trmi_store32((uint8_t *)input.bytes + at, 0x7fc00000);
    refuse(input, TRM_ERROR_FORMAT, "tensor model.inner.lm_head.weight: number 70 is not finite");
    free(input.bytes);
}
END_TEST

START_TEST(refuses_what_is_no_model)
{
    uint8_t bytes[16] = { 0 };
    refuse((buffer) { bytes, 0 }, TRM_ERROR_FORMAT, "0 bytes");
    refuse((buffer) { bytes, sizeof bytes }, TRM_ERROR_FORMAT, "");
    memcpy(bytes, "\x89TRM\r\n\x1a\n", 8);
    refuse((buffer) { bytes, sizeof bytes }, TRM_ERROR_FORMAT, "");
}
END_TEST

/* -- files -- */

/* A checkpoint without its own configuration, converted with this JSON in a file of this name beside it. */
static trm_status convert_beside(const char *json_name, const char *json, trm_error *error)
{
    char *directory = make_directory();
    buffer input = edited("trm_att_rope", "\"config\"", "\"konfig\"");
    write_whole(inside_directory(directory, "step.1.safetensors"), input.bytes, input.size);
    if (json_name != NULL)
        write_whole(inside_directory(directory, json_name), json, strlen(json));
    const trm_status status = trm_convert(inside_directory(directory, "step.1.safetensors"),
                                          inside_directory(directory, "out.trm"), NULL, error);
    ck_assert_uint_eq(count_files(directory), (json_name != NULL ? 2u : 1u) + (status == TRM_OK ? 1u : 0u));
    remove_directory(directory);
    free(input.bytes);
    return status;
}

START_TEST(finds_the_configuration_beside)
{
    static const char full[] = "{\"hidden_size\": 64, \"num_heads\": 4, \"L_cycles\": 4, \"H_cycles\": 3, "
                               "\"pos_encodings\": \"rope\","
                               " \"seq_len\": 36, \"puzzle_emb_len\": 4}";
    static const char wrapped[] =
        "{\"arch\": {\"num_heads\": 4, \"L_cycles\": 4, \"H_cycles\": 3, \"pos_encodings\": \"rope\", "
        "\"puzzle_emb_len\": 4,"
        " \"loss\": {\"loss_type\": \"stablemax_cross_entropy\"}}, \"seq_len\": 36, \"lr\": 1e-4}";
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(convert_beside("step.1.json", full, &error), TRM_OK);
    ck_assert_int_eq(convert_beside("all_config.json", wrapped, &error), TRM_OK);
    ck_assert_int_eq(convert_beside("config.json", wrapped, &error), TRM_OK);
    ck_assert_int_eq(convert_beside("other.json", full, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "has no configuration"));
    ck_assert_int_eq(convert_beside(NULL, NULL, &error), TRM_ERROR_FORMAT);
    ck_assert_int_eq(convert_beside("step.1.json", "{", &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "step.1.json: not valid JSON"));
    ck_assert_int_eq(convert_beside("config.json", "[]", &error), TRM_ERROR_FORMAT);
    ck_assert_int_eq(convert_beside("config.json", "", &error), TRM_ERROR_FORMAT);
}
END_TEST

START_TEST(converts_files_in_place)
{
    char *directory = make_directory();
    const buffer input = load("trm_mlp_4x4");
    const char *path = inside_directory(directory, "model.trm"),
               *there = inside_directory(directory, "back.safetensors");
    trm_error error = TRM_ERROR_INIT;
    write_whole(path, input.bytes, input.size);
    ck_assert_msg(trm_convert(path, path, NULL, &error) == TRM_OK, "%s", error.message);
    ck_assert_msg(trm_convert(path, there, NULL, &error) == TRM_OK, "%s", error.message);
    ck_assert_uint_eq(count_files(directory), 2);
    trm_model *model;
    ck_assert_int_eq(trm_model_open(path, NULL, &model, NULL), TRM_OK);
    trm_model_close(model);
    ck_assert_int_eq(trm_model_open(there, NULL, &model, NULL), TRM_ERROR_FORMAT);
    remove_directory(directory);
    free(input.bytes);
}
END_TEST

START_TEST(leaves_nothing_behind_when_it_fails)
{
    char *directory = make_directory();
    trm_error error = TRM_ERROR_INIT;
    const char *input = golden_path("trm_mlp_4x4"), *existing = inside_directory(directory, "existing.trm");
    write_whole(existing, "old", 3);
    ck_assert_int_eq(trm_convert(input, inside_directory(directory, "missing/out.trm"), NULL, &error),
                     TRM_ERROR_FILE);
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.format = TRM_FORMAT_TRM;
    ck_assert_int_eq(trm_convert(input, directory, &options, &error), TRM_ERROR_FILE);
    ck_assert_int_eq(trm_convert(input, inside_directory(directory, "out.onnx"), NULL, &error),
                     TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(
        strstr(error.message, "out.onnx: expected an output that ends in .trm or .safetensors"));
    ck_assert_int_eq(trm_convert(inside_directory(directory, "none"), existing, NULL, &error),
                     TRM_ERROR_FILE);
    ck_assert_int_eq(trm_convert(directory, existing, NULL, &error), TRM_ERROR_FILE);
    ck_assert_int_eq(trm_convert(existing, existing, NULL, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "existing.trm: "));
    ck_assert_int_eq(trm_convert(NULL, existing, NULL, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_convert(input, NULL, NULL, &error), TRM_ERROR_ARGUMENT);
    ck_assert_uint_eq(count_files(directory), 1);
    size_t bytes;
    uint8_t *after = read_whole(existing, &bytes);
    ck_assert(bytes == 3 && memcmp(after, "old", 3) == 0);
    free(after);
    remove_directory(directory);
}
END_TEST

/* -- memory -- */

/* The conversion with allocation number 0, 1, 2, ... failing, until it succeeds. */
static void fail_each_allocation(buffer input, const char *output, uint32_t deflate, bool forever)
{
    trm_status status = TRM_ERROR_MEMORY;
    for (uint64_t at = 0; status != TRM_OK; at++) {
        failing_memory memory = { .fail_at = at, .forever = forever };
        const trm_allocator failing = failing_allocator(&memory);
        trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
        options.allocator = &failing;
        options.task = "sudoku";
        options.alphabet = "123";
        options.deflate = deflate;
        options.format = TRM_FORMAT_TRM;
        buffer result = { NULL, 0 };
        status = output != NULL ? trm_convert(input.bytes, output, &options, NULL)
                                : trm_convert_memory(input.bytes, input.size, &options, &result.bytes,
                                                     &result.size, NULL);
        trm_convert_free(result.bytes, &failing);
        ck_assert_msg(status == TRM_OK || status == TRM_ERROR_MEMORY, "allocation %llu: status %d",
                      (unsigned long long)at, status);
        ck_assert_int_eq(memory.alive, 0);
        ck_assert(status == TRM_OK ? memory.calls <= at : memory.calls > at);
    }
}

START_TEST(survives_each_failing_allocation)
{
    char *directory = make_directory();
    const buffer input = load("trm_att_learned"), model = convert(input, TRM_FORMAT_TRM, 0);
    char path[4096];
    snprintf(path, sizeof path, "%s", golden_path("trm_att_learned"));
#ifdef TRMI_HAVE_ZLIB
    const uint32_t deflate = 1;
#else
    const uint32_t deflate = 0;
#endif
    for (int forever = 0; forever < 2; forever++) {
        fail_each_allocation(input, NULL, 0, forever);
        fail_each_allocation(model, NULL, deflate, forever);
        fail_each_allocation((buffer) { path, 0 }, inside_directory(directory, "out.trm"), deflate, forever);
    }
    ck_assert_uint_eq(count_files(directory), 1);
    trm_convert_free(model.bytes, NULL);
    free(input.bytes);
    remove_directory(directory);
}
END_TEST

/* JSON's memory comes from malloc: the library lets it be replaced, so it can be made to fail too. */
static uint64_t json_calls, json_fail_at;
static bool json_fail_on;

static void *json_allocate(size_t bytes)
{
    const uint64_t call = json_calls++;
    return call == json_fail_at || (json_fail_on && call > json_fail_at) ? NULL : malloc(bytes);
}

/* It succeeds with the bytes that it has otherwise, or fails. */
static void fail_json(const buffer *input, uint32_t format, bool on)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    buffer good = { NULL, 0 };
    trm_status status = TRM_ERROR_MEMORY;
    options.format = format;
    options.task = "sudoku";
    json_fail_on = on;
    json_fail_at = UINT64_MAX;
    ck_assert_int_eq(trm_convert_memory(input->bytes, input->size, &options, &good.bytes, &good.size, NULL),
                     TRM_OK);
    for (json_fail_at = 0; status != TRM_OK || json_calls > json_fail_at;
         json_fail_at += 1 + json_fail_at / 64) {
        trm_error error = TRM_ERROR_INIT;
        buffer result = { NULL, 0 };
        json_calls = 0;
        status = trm_convert_memory(input->bytes, input->size, &options, &result.bytes, &result.size, &error);
        ck_assert_msg(status == TRM_OK || status == TRM_ERROR_MEMORY, "allocation %llu: %s",
                      (unsigned long long)json_fail_at, error.message);
        ck_assert_msg(status != TRM_OK ||
                          (result.size == good.size && memcmp(result.bytes, good.bytes, good.size) == 0),
                      "allocation %llu: other bytes", (unsigned long long)json_fail_at);
        trm_convert_free(result.bytes, NULL);
    }
    trm_convert_free(good.bytes, NULL);
}

START_TEST(survives_each_failing_json_allocation)
{
    const buffer input = load("trm_att_learned"), relational = load("relational/sudoku6");
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    buffer model = { NULL, 0 }; /* writing: jansson itself aborts when it cannot read text with escapes */
    options.format = TRM_FORMAT_TRM;
    ck_assert_int_eq(
        trm_convert_memory(relational.bytes, relational.size, &options, &model.bytes, &model.size, NULL),
        TRM_OK);
    json_set_alloc_funcs(json_allocate, free);
    for (int on = 0; on < 2; on++) {
        fail_json(&input, TRM_FORMAT_TRM, on != 0);
        fail_json(&input, TRM_FORMAT_SAFETENSORS, on != 0);
        fail_json(&model, TRM_FORMAT_SAFETENSORS, on != 0);
    }
    json_set_alloc_funcs(malloc, free);
    trm_convert_free(model.bytes, NULL);
    free(relational.bytes);
    free(input.bytes);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("convert");
    TCase *round = tcase_create("round trips"), *wrong = tcase_create("bad input"),
          *files = tcase_create("files and memory");
    tcase_add_checked_fixture(round, set_up, NULL);
    tcase_add_loop_test(round, keeps_every_bit_there_and_back, 0, GOLDEN_COUNT);
    tcase_add_test(round, puts_numbers_where_the_model_expects_them);
#ifdef TRMI_HAVE_ZLIB
    tcase_add_loop_test(round, deflates_and_inflates, 0, GOLDEN_COUNT);
#else
    tcase_add_test(round, refuses_to_deflate);
#endif
    tcase_add_loop_test(round, takes_names_with_any_prefix, 0, sizeof prefixes / sizeof prefixes[0]);
    tcase_add_test(round, takes_a_mixer_that_names_rotary_positions);
    tcase_add_test(round, takes_task_alphabet_and_grid);
    tcase_add_test(round, takes_a_threshold_and_a_limit);
    suite_add_tcase(all, round);
    tcase_add_checked_fixture(wrong, set_up, NULL);
    tcase_add_loop_test(wrong, refuses_bad_options, 0, sizeof bad_options / sizeof bad_options[0]);
    tcase_add_loop_test(wrong, explains_what_is_wrong_with_a_checkpoint, 0, sizeof edits / sizeof edits[0]);
    tcase_add_test(wrong, names_the_number_that_is_none);
    tcase_add_test(wrong, refuses_what_is_no_model);
    suite_add_tcase(all, wrong);
    tcase_add_checked_fixture(files, set_up, NULL);
    tcase_add_test(files, finds_the_configuration_beside);
    tcase_add_test(files, converts_files_in_place);
    tcase_add_test(files, leaves_nothing_behind_when_it_fails);
    tcase_add_test(files, survives_each_failing_allocation);
    tcase_add_test(files, survives_each_failing_json_allocation);
    suite_add_tcase(all, files);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
