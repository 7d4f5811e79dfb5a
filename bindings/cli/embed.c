/* trm embed: a model as C, an aligned array that firmware is linked with. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "bindings/cli/new_file.h"
#include "bindings/cli/options.h"
#include "bindings/cli/report.h"
#include "bindings/trace/file_name.h"

enum { MOST_NAME = 64, BYTES_A_LINE = 24 };

typedef struct embed_settings {
    const char *output, *name;
    bool prepared, json, quiet;
} embed_settings;

static const embed_settings defaults = { .name = "trm_embedded" };
/* clang-format off */
static const option options[] = {
    OPTION_ROW(embed_settings, "output", 'o', "FILE.c", "where to write (required); FILE.h is written beside it",
               OPTION_TEXT, output, 0, 0, NULL),
    TEXT_ROW(embed_settings, name, "name", "NAME", "of the array, a C identifier (default trm_embedded)"),
    FLAG_ROW(embed_settings, prepared, "prepared",
             "what opening finds out as well, and no file: for firmware without the part files"),
    JSON_ROW(embed_settings),
    QUIET_ROW(embed_settings, "no talk on standard error"),
    LAST_ROW,
};
/* clang-format on */

static bool is_identifier(const char *name)
{
    const size_t length = strlen(name);
    bool good = length > 0 && length < MOST_NAME && !isdigit((unsigned char)name[0]);
    for (size_t i = 0; i < length; i++)
        good = good && (isalnum((unsigned char)name[i]) || name[i] == '_') && (unsigned char)name[i] < 128;
    return good;
}

static void *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t room = 0, got = 0;
    *bytes = 0;
    if (file == NULL)
        return NULL;
    do {
        room = room == 0 ? 65536 : room * 2;
        uint8_t *larger = realloc(data, room);
        if (larger == NULL) {
            free(data);
            fclose(file);
            return NULL;
        }
        data = larger;
        got = fread(data + *bytes, 1, room - *bytes, file);
        *bytes += got;
    } while (*bytes == room);
    const bool failed = ferror(file) != 0;
    fclose(file);
    if (failed) {
        free(data);
        return NULL;
    }
    return data;
}

/* What the header says of the model, beside its size. */
static void write_sizes(FILE *to, const char *upper, const trm_model_info *info, size_t bytes)
{
    fprintf(to, "/* bytes of flash */\n#define %s_BYTES %zu\n", upper, bytes);
    fprintf(to, "/* tokens of the vocabulary, positions of the model's own shape and at most */\n");
    fprintf(to, "#define %s_VOCABULARY %u\n#define %s_POSITIONS %u\n#define %s_MOST_POSITIONS %u\n", upper,
            (unsigned)info->vocabulary, upper, (unsigned)info->positions, upper,
            (unsigned)info->most_positions);
}

/* What is embedded. */
typedef struct embedded {
    uint8_t *bytes;
    size_t count;
} embedded;

static void write_header(FILE *to, const embed_settings *settings, const char *model,
                         const trm_model_info *info, size_t bytes)
{
    const char *name = settings->name;
    char upper[MOST_NAME];
    size_t i = 0;
    for (; name[i] != '\0'; i++)
        upper[i] = (char)toupper((unsigned char)name[i]);
    upper[i] = '\0';
    const char *base = file_name(model); /* no end of a comment in it */
    fprintf(to, "/* ");
    write_plain(to, base, strlen(base));
    fprintf(to, ", by trm embed of libtrm %s: do not edit. */\n#ifndef %s_H\n#define %s_H\n\n",
            trm_version_text(), upper, upper);
    write_sizes(to, upper, info, bytes);
    fprintf(to, "\n/* aligned to 64 bytes, for trm_model_open_memory()%s */\n",
            settings->prepared ? " of a build without files" : "");
    fprintf(to, "extern const unsigned char %s[%s_BYTES];\n\n#endif\n", name, upper);
}

static void write_array(FILE *to, const char *name, const char *header, const uint8_t *data, size_t bytes)
{
    fprintf(to, "/* By trm embed of libtrm %s: do not edit. */\n#include \"%s\"\n\n", trm_version_text(),
            header);
    fprintf(to, "_Alignas(64) const unsigned char %s[%zu] = {", name, bytes);
    for (size_t i = 0; i < bytes; i++)
        fprintf(to, "%s%u,", i % BYTES_A_LINE == 0 ? "\n" : "", data[i]);
    fputs("\n};\n", to);
}

/* The header is in its place before the source that includes it. */
static bool write_both(const embed_settings *settings, const char *header, const char *model,
                       const trm_model_info *info, const embedded *data)
{
    new_file source, beside;
    if (!new_file_begin(&source, settings->output))
        return false;
    if (!new_file_begin(&beside, header))
        return new_file_end(&source, false);
    write_array(source.to, settings->name, file_name(header), data->bytes, data->count);
    write_header(beside.to, settings, model, info, data->count);
    return new_file_end(&source, new_file_end(&beside, true));
}

static bool write_files(const embed_settings *settings, const char *model, const trm_model_info *info,
                        const embedded *data)
{
    const size_t length = strlen(settings->output);
    char *header = malloc(length + 1);
    if (header == NULL) {
        report_error("not enough memory");
        return false;
    }
    memcpy(header, settings->output, length + 1);
    header[length - 1] = 'h';
    const bool good = write_both(settings, header, model, info, data);
    free(header);
    return good;
}

static int take_file(embedded *to, const char *path, const trm_model_info *info)
{
    to->bytes = read_file(path, &to->count);
    if (!info->mapped)
        return report_error(
            "%s: expected raw weights, which can be used in place, found deflated ones: trm convert "
            "expands them",
            path);
    return to->bytes != NULL && to->count == info->file_bytes
               ? STATUS_OK
               : report_error("%s: the file cannot be read", path);
}

static int take_prepared(embedded *to, const trm_model *model)
{
    trm_error error = TRM_ERROR_INIT;
    void *bytes = NULL;
    const trm_status status = trm_model_prepare(model, NULL, &bytes, &to->count, &error);
    to->bytes = bytes;
    return status == TRM_OK ? STATUS_OK : report_failure("embed", status, &error);
}

static void drop(embedded *data, bool prepared)
{
    if (prepared)
        trm_convert_free(data->bytes, NULL);
    else
        free(data->bytes);
}

static void tell(const embed_settings *settings, size_t bytes)
{
    report_talk("%s: %zu bytes of flash", settings->output, bytes);
    if (!settings->json)
        return;
    record r = record_begin(stdout);
    record_text(&r, "output", settings->output);
    record_integer(&r, "flash", bytes);
    record_end(&r);
    putchar('\n');
}

static int embed(const embed_settings *settings, const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_model *model = NULL;
    embedded data = { NULL, 0 };
    trm_status status = trm_model_open(path, NULL, &model, &error);
    if (status == TRM_OK)
        status = trm_model_describe(model, &info, &error);
    if (status != TRM_OK)
        return trm_model_close(model), report_failure("embed", status, &error);
    int result = settings->prepared ? take_prepared(&data, model) : take_file(&data, path, &info);
    if (result == STATUS_OK && !write_files(settings, path, &info, &data))
        result = STATUS_DATA;
    if (result == STATUS_OK)
        tell(settings, data.count);
    drop(&data, settings->prepared);
    trm_model_close(model);
    return report_flush(result);
}

static int run_embed(const void *given, char **operands, int count)
{
    (void)count;
    const embed_settings *settings = given;
    report_be_quiet(settings->quiet);
    const size_t length = settings->output != NULL ? strlen(settings->output) : 0;
    if (length < 3 || strcmp(settings->output + length - 2, ".c") != 0) {
        report_error("embed: --output: expected the name of a file that ends in .c");
        return STATUS_USAGE;
    }
    if (!is_identifier(settings->name)) {
        report_error(
            "embed: --name: expected letters, digits and _, not beginning with a digit, found \"%s\"",
            settings->name);
        return STATUS_USAGE;
    }
    return embed(settings, operands[0]);
}

const cli_command embed_command = {
    "embed",
    "[OPTIONS] MODEL.trm",
    "Writes a model as C source, a constant array aligned to 64 bytes, and a header with its sizes: firmware "
    "is linked "
    "with it and opens it where it lies (trm_model_open_memory()).",
    options,
    sizeof(embed_settings),
    &defaults,
    1,
    1,
    run_embed,
};
