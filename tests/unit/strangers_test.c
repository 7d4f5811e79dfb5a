/* Files of strangers: what is written of them opens, and opening costs what their size explains. */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <trm/train.h>

#include "tests/support/files.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

typedef struct buffer {
    void *bytes;
    size_t size;
} buffer;

static const char alphabet_hex[] = "\"task.alphabet.hex\":\"002e31323334\"",
                  name_text[] = "\"task.name\":\"sudoku\"";
static const struct label_case {
    const char *from, *to;
    trm_status status;
} labels[] = {
    { name_text, name_text, TRM_OK },
    { alphabet_hex, "\"task.alphabet.hex\":\"002e31313334\"", TRM_ERROR_FORMAT }, /* a character twice */
    { alphabet_hex, "\"task.alphabet.hex\":\"002e31\"", TRM_ERROR_FORMAT },
    { alphabet_hex, "\"task.alphabet\":\"abcdef\"", TRM_ERROR_FORMAT },
    { name_text, "\"task.name.hex\":\"6162\"", TRM_ERROR_FORMAT },
    { name_text, "\"a.b\":\"\"", TRM_OK },
    { name_text, "\"train.options.hex\":\"0000\"", TRM_OK },
};

/* Whatever labels a checkpoint has: what is written opens, or nothing is. */
START_TEST(writes_what_opens)
{
    const struct label_case *c = &labels[_i];
    buffer input;
    input.bytes = read_whole(golden_path("trm_mlp_4x4"), &input.size);
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    buffer labelled, edited, model = { NULL, 0 };
    trm_error error = TRM_ERROR_INIT;
    options.format = TRM_FORMAT_SAFETENSORS;
    options.task = "sudoku";
    options.alphabet = ".1234";
    options.alphabet_first = 1;
    ck_assert_msg(trm_convert_memory(input.bytes, input.size, &options, &labelled.bytes, &labelled.size,
                                     &error) == TRM_OK,
                  "%s", error.message);
    edited.bytes = edit_header(labelled.bytes, labelled.size, c->from, c->to, &edited.size);
    const trm_status status =
        trm_convert_memory(edited.bytes, edited.size, NULL, &model.bytes, &model.size, &error);
    ck_assert_msg(status == c->status, "%s: %s", c->to, error.message);
    ck_assert((status == TRM_OK) == (model.bytes != NULL));
    if (status == TRM_OK) {
        trm_model *opened = NULL;
        ck_assert_int_eq(trm_model_open_memory(model.bytes, model.size, NULL, &opened, &error), TRM_OK);
        trm_model_close(opened);
    }
    trm_convert_free(model.bytes, NULL);
    trm_convert_free(labelled.bytes, NULL);
    free(edited.bytes);
    free(input.bytes);
}
END_TEST

static long resident_kilobytes(void)
{
    struct rusage usage;
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* A file of nothing, as large as one likes, is refused by its first bytes. */
START_TEST(reads_no_more_than_it_looks_at)
{
    char *directory = make_directory();
    const char *path = inside_directory(directory, "sparse.trm");
    trm_model *model;
    write_whole(path, "", 0);
    ck_assert_int_eq(truncate(path, (off_t)1 << 29), 0);
    const long before = resident_kilobytes();
    ck_assert_int_ne(trm_model_open(path, NULL, &model, NULL), TRM_OK);
    ck_assert_int_lt(resident_kilobytes() - before, 1 << 16);
    remove_directory(directory);
}
END_TEST

#ifdef TRMI_HAVE_ZLIB
/* What would not open is told by the name that was asked for, not by that of the file until then, and nothing
   is left. */
static void expect_name_of_output(const random_file *given, const trm_convert_options *options)
{
    char input[256], output[256], begin[320];
    trm_error error = TRM_ERROR_INIT;
    char *directory = make_directory();
    snprintf(input, sizeof input, "%s", inside_directory(directory, "in.trm"));
    snprintf(output, sizeof output, "%s", inside_directory(directory, "out.trm"));
    snprintf(begin, sizeof begin, "%s: what would be written does not open: ", output);
    write_whole(input, given->data, given->bytes);
    ck_assert_int_eq(trm_convert(input, output, options, &error), TRM_ERROR_FORMAT);
    ck_assert_msg(strncmp(error.message, begin, strlen(begin)) == 0, "%s", error.message);
    ck_assert_ptr_null(strstr(error.message, ".tmp"));
    ck_assert_int_ne(access(output, F_OK), 0);
    remove_directory(directory);
}

/* Zeros that deflate to nothing, and many positions. */
START_TEST(bounds_rotary_tables)
{
    random_source source = random_begin(1);
    trmi_config config = random_config(TRM_BLOCK_ATTENTION);
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    trm_error error = TRM_ERROR_INIT;
    buffer output = { NULL, 0 };
    config.position_encoding = TRM_POSITION_ROTARY;
    config.channels = 64;
    config.heads = 1;
    config.prefix = config.puzzle_width = config.identifiers = 0;
    config.registers = false;
    config.positions = 65536;
    const random_file given = random_model_file(&config, &source, 0.0, false);
    options.deflate = 1;
    const trm_status status =
        trm_convert_memory(given.data, given.bytes, &options, &output.bytes, &output.size, &error);
    ck_assert_int_eq(status, TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, "attention: expected tables of at most 1032 times") != NULL, "%s",
                  error.message);
    expect_name_of_output(&given, &options);
    free(given.data);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("strangers");
    TCase *tests = tcase_create("files");
    tcase_add_loop_test(tests, writes_what_opens, 0, sizeof labels / sizeof *labels);
    tcase_add_test(tests, reads_no_more_than_it_looks_at);
#ifdef TRMI_HAVE_ZLIB
    tcase_add_test(tests, bounds_rotary_tables);
#endif
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
