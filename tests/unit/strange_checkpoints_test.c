/* Checkpoints as people have them: shards, wrapped names, configurations in YAML, and what is none at all. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "tests/support/files.h"
#include "tests/support/run.h"

static char *directory;

static void set_up(void)
{
    directory = make_directory();
}

static void tear_down(void)
{
    remove_directory(directory);
}

#define WITH_NAME(bytes, told) \
    { \
        bytes, sizeof bytes - 1, told \
    }
static const struct mistake {
    const char *bytes;
    size_t length;
    const char *told;
} mistakes[] = {
    WITH_NAME("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer"),
    WITH_NAME("<!DOCTYPE html><html>", "a web page"),
    WITH_NAME("\n  <html>", "a web page"),
    WITH_NAME("\xef\xbb\xbf<html>", "a web page"),
    WITH_NAME("PK\003\004\0\0\0\0archive/data.pkl", "a zip archive"),
    WITH_NAME("\x80\x02}q\0.......", "a pickle"),
    WITH_NAME("GGUF\3\0\0\0\1\0\0\0\0\0\0\0", "a GGUF file"),
    WITH_NAME("\x1f\x8b\x08\0\0\0\0\0\0\3", "gzipped"),
    WITH_NAME("\x28\xb5\x2f\xfd........", "compressed with zstd"),
    WITH_NAME("\x08\x07\x12\x07pytorch", "an ONNX model"),
    WITH_NAME("{\"metadata\": {}, \"weight_map\": {}}", "JSON"),
};

START_TEST(tells_mistakes_apart)
{
    trm_error error = TRM_ERROR_INIT;
    void *output = NULL;
    size_t bytes;
    const struct mistake *m = &mistakes[_i];
    ck_assert_int_eq(trm_convert_memory(m->bytes, m->length, NULL, &output, &bytes, &error),
                     TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, "expected a .trm or a safetensors file, found ") != NULL, "%s",
                  error.message);
    ck_assert_msg(strstr(error.message, m->told) != NULL, "%s: %s", m->told, error.message);
}
END_TEST

/* -- a checkpoint that is cut, renamed and stripped -- */

static const char *golden(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/tests/golden/%s.safetensors", getenv("TRM_SOURCE_ROOT"), name);
    return path;
}

static trm_status convert(const char *input, const char *config, const char *grid, trm_error *error)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.config_path = config;
    if (grid != NULL)
        sscanf(grid, "%ux%u", &options.grid_rows, &options.grid_columns);
    return trm_convert(input, inside_directory(directory, "out.trm"), &options, error);
}

/* Header and data of a checkpoint without its configuration, which goes to `settings`. */
static char *strip(const char *name, size_t *header_bytes, uint8_t **data, size_t *data_bytes,
                   char **settings)
{
    size_t bytes;
    uint8_t *whole = read_whole(golden(name), &bytes);
    uint64_t length;
    memcpy(&length, whole, 8);
    char *header = calloc(1, length + 1);
    memcpy(header, whole + 8, length);
    char *begin = strstr(header, "\"config\": \"");
    begin = begin != NULL ? begin : strstr(header, "\"config\":\"");
    ck_assert_ptr_nonnull(begin);
    char *text = strchr(begin + 9, '"') + 1, *to = *settings = calloc(1, length);
    for (; *text != '"'; text++) {
        text += *text == '\\';
        *to++ = *text;
    }
    memset(begin, ' ', (size_t)(text + 1 - begin));
    if (*(begin + strspn(begin, " ")) == ',')
        *(begin + strspn(begin, " ")) = ' ';
    for (char *at = begin; at > header && (*--at == ' ' || *at == ',');) /* a comma before it */
        if (*at == ',') {
            char *next = begin + strspn(begin, " ");
            *at = *next == '}' ? ' ' : ',';
            break;
        }
    *header_bytes = length;
    *data_bytes = bytes - 8 - length;
    *data = malloc(*data_bytes);
    memcpy(*data, whole + 8 + length, *data_bytes);
    free(whole);
    return header;
}

static void write_checkpoint(const char *name, const char *header, const uint8_t *data, size_t data_bytes)
{
    const uint64_t length = strlen(header);
    uint8_t *whole = malloc(8 + length + data_bytes);
    memcpy(whole, &length, 8);
    memcpy(whole + 8, header, length);
    memcpy(whole + 8 + length, data, data_bytes);
    write_whole(inside_directory(directory, name), whole, 8 + length + data_bytes);
    free(whole);
}

/* The fields of a JSON object of scalars as YAML, under arch. */
static void write_yaml(const char *json, const char *without)
{
    char text[4096] = "# by hydra\narch:\n  name: recursive_reasoning.trm@TinyRecursive\n  loss:\n    "
                      "loss_type: stablemax\n";
    for (const char *at = json + 1; *at != '\0' && *at != '}';) {
        const char *end = at + strcspn(at, ",}");
        char field[256];
        snprintf(field, sizeof field, "%.*s", (int)(end - at), at);
        char *name = field + strspn(field, " \""), *close = strchr(name, '"');
        *close = '\0';
        if (strcmp(name, without) != 0)
            snprintf(text + strlen(text), sizeof text - strlen(text), "  %s:%s\n", name,
                     strchr(close + 1, ':') + 1);
        at = *end == ',' ? end + 1 : end;
    }
    strcat(text, "data_paths: ['data/sudoku']\nevaluators: []\nlr: 0.0001\nlist:\n- 1\n");
    write_whole(inside_directory(directory, "all_config.yaml"), text, strlen(text));
}

START_TEST(finds_a_configuration_in_yaml)
{
    size_t header_bytes, data_bytes;
    uint8_t *data;
    char *settings, *header = strip("trm_att_rope", &header_bytes, &data, &data_bytes, &settings);
    trm_error error = TRM_ERROR_INIT;
    write_checkpoint("step_100", header, data, data_bytes);
    const char *path = strdup(inside_directory(directory, "step_100"));
    ck_assert_int_eq(convert(path, NULL, NULL, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "all_config.yaml beside it"));
    write_yaml(settings, "none");
    ck_assert_msg(convert(path, NULL, NULL, &error) == TRM_OK, "%s", error.message);
    write_yaml(settings, "seq_len");
    ck_assert_int_eq(convert(path, NULL, NULL, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "seq_len is missing"));
    ck_assert_ptr_nonnull(strstr(error.message, "--grid"));
    ck_assert_msg(convert(path, NULL, "6x6", &error) == TRM_OK, "%s", error.message);
    const char *yaml = "a: 1\na: 2\n";
    write_whole(inside_directory(directory, "all_config.yaml"), yaml, strlen(yaml));
    ck_assert_int_eq(convert(path, NULL, NULL, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "all_config.yaml: line 2: a is there twice"));
    const char *latin = "a: 1\nname: caf\xe9\n";
    write_whole(inside_directory(directory, "all_config.yaml"), latin, strlen(latin));
    ck_assert_int_eq(convert(path, NULL, NULL, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "all_config.yaml: line 2: expected UTF-8"));
    free((char *)path);
    free(header);
    free(settings);
    free(data);
}
END_TEST

/* As parallel training and compilation leave names. */
START_TEST(takes_wrappers_off)
{
    static const char *const wrappers[] = { "module.inner.", "inner.module.", "module.module." };
    size_t header_bytes, data_bytes;
    uint8_t *data;
    char *settings, *header = strip("trm_mlp_4x4", &header_bytes, &data, &data_bytes, &settings);
    trm_error error = TRM_ERROR_INIT;
    const char *from = "\"model.inner.";
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
        char *renamed = calloc(2, header_bytes), *to = renamed;
        for (const char *at = header; *at != '\0';)
            if (strncmp(at, from, strlen(from)) == 0) {
                to += sprintf(to, "\"%s", wrappers[i]);
                at += strlen(from);
            } else {
                *to++ = *at++;
            }
        write_checkpoint("c.safetensors", renamed, data, data_bytes);
        write_whole(inside_directory(directory, "c.json"), settings, strlen(settings));
        const char *path = inside_directory(directory, "c.safetensors");
        ck_assert_msg(convert(path, NULL, NULL, &error) == TRM_OK, "%s: %s", wrappers[i], error.message);
        free(renamed);
    }
    free(header);
    free(settings);
    free(data);
}
END_TEST

START_TEST(says_which_part_is_missing)
{
    trm_error error = TRM_ERROR_INIT;
    size_t bytes;
    uint8_t *whole = read_whole(golden("trm_mlp_4x4"), &bytes);
    write_whole(inside_directory(directory, "model-00001-of-00002.safetensors"), whole, bytes);
    const char *path = strdup(inside_directory(directory, "model-00001-of-00002.safetensors"));
    ck_assert_int_ne(convert(path, NULL, NULL, &error), TRM_OK);
    ck_assert_msg(strstr(error.message, "a part of a checkpoint of 2 files") != NULL, "%s", error.message);
    ck_assert_ptr_nonnull(strstr(error.message, "model-00002-of-00002.safetensors: cannot be opened"));
    write_whole(inside_directory(directory, "model-00002-of-00002.safetensors"), whole, bytes);
    ck_assert_int_eq(convert(path, NULL, NULL, &error), TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, "is in two parts") != NULL, "%s", error.message);
    static const char none[] = "\x26\0\0\0\0\0\0\0{\"__metadata__\": {\"format\": \"pt\"}}    ";
    write_whole(inside_directory(directory, "model-00002-of-00002.safetensors"), none, 8 + 0x26);
    ck_assert_msg(convert(path, NULL, NULL, &error) == TRM_OK, "%s", error.message);
    static const char index[] = "{\"weight_map\": {\"H_init\": \"model-00001-of-00002.safetensors\"}}";
    write_whole(inside_directory(directory, "model.safetensors.index.json"), index, sizeof index - 1);
    ck_assert_msg(convert(inside_directory(directory, "model.safetensors.index.json"), NULL, NULL, &error) ==
                      TRM_OK,
                  "%s", error.message);
    static const char away[] = "{\"weight_map\": {\"H_init\": \"../model-00001-of-00002.safetensors\"}}";
    write_whole(inside_directory(directory, "model.safetensors.index.json"), away, sizeof away - 1);
    ck_assert_int_eq(convert(inside_directory(directory, "model.safetensors.index.json"), NULL, NULL, &error),
                     TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "weight_map of H_init"));
    free((char *)path);
    free(whole);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("strange checkpoints");
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, set_up, tear_down);
    tcase_add_loop_test(files, tells_mistakes_apart, 0, sizeof mistakes / sizeof mistakes[0]);
    tcase_add_test(files, finds_a_configuration_in_yaml);
    tcase_add_test(files, takes_wrappers_off);
    tcase_add_test(files, says_which_part_is_missing);
    suite_add_tcase(all, files);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
