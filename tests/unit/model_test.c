/* Opening models in every way. */
#define _POSIX_C_SOURCE 200809L
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/core/bytes.h"
#include "lib/model/model.h"
#include "lib/net/rotary.h"
#include "tests/support/files.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

static trm_file tiny, ragged;
static char *directory;
static trm_error error;

static void set_up(void)
{
    error = (trm_error)TRM_ERROR_INIT;
    tiny = tiny_file();
    ragged = ragged_file(false);
    directory = make_directory();
}

static void tear_down(void)
{
    file_free(&tiny);
    file_free(&ragged);
    remove_directory(directory);
}

static trm_model *open_memory(const trm_file *file, const trm_open_options *options)
{
    trm_model *model = NULL;
    ck_assert_msg(trm_model_open_memory(file->bytes, file->size, options, &model, &error) == TRM_OK, "%s",
                  error.message);
    return model;
}

static uint32_t is_mapped(const trm_model *model)
{
    trm_model_info info = TRM_MODEL_INFO_INIT;
    ck_assert_int_eq(trm_model_describe(model, &info, &error), TRM_OK);
    return info.mapped;
}

/* A number of a tensor as the kernels will see it. */
static void check_weights(const trm_model *model)
{
    static const size_t places[] = { 0, 1, 16 };
    for (size_t i = 0; i < 3; i++) {
        ck_assert(model->embed_tokens[places[i]] == builder_number("embed.tokens", places[i]));
        ck_assert(model->state_y[places[i]] == builder_number("state.y", places[i]));
        ck_assert(model->state_z[places[i]] == builder_number("state.z", places[i]));
        ck_assert(model->embed_puzzles[places[i]] == builder_number("embed.puzzles", places[i]));
        ck_assert(model->head_halt[places[i]] == builder_number("head.halt", places[i]));
        ck_assert(model->head_tokens[places[i]] == builder_number("head.tokens", places[i]));
    }
    ck_assert(model->head_halt_bias[1] == builder_number("head.halt.bias", 1));
    ck_assert(model->head_tokens_bias[6] == builder_number("head.tokens.bias", 6));
    ck_assert(model->network[0].blocks == 1 && model->network[1].blocks == 2);
    const trmi_block_weights *low = &model->network[0].block[0], *high = &model->network[1].block[1];
    ck_assert(low->slot[TRMI_SLOT_MIX_IN].numbers[1] == builder_number("low.0.attention.qkv", 1));
    ck_assert(low->slot[TRMI_SLOT_MIX_OUT].numbers[1] == builder_number("low.0.attention.out", 1));
    ck_assert(high->slot[TRMI_SLOT_CHANNELS_GATE_UP].numbers[1] ==
              builder_number("high.1.channels.gate_up", 1));
    ck_assert(high->slot[TRMI_SLOT_CHANNELS_DOWN].numbers[1] == builder_number("high.1.channels.down", 1));
    const trmi_config *c = &model->config;
    const trmi_rotary angles = trmi_rotary_of(model->tables, trmi_rows(c), c->channels / c->heads / 2);
    ck_assert(angles.cosines[0] == 1.0f && angles.sines[0] == 0.0f && angles.sines[6] > 0.8f);
}

/* ------------------------------------------------------------------------------------------- opening */

START_TEST(test_open_path)
{
    const char *path = inside_directory(directory, "gr\xc3\xbcn.trm");
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    trm_model *model = NULL;
    write_whole(path, ragged.bytes, ragged.size);
    ck_assert_msg(trm_model_open(path, NULL, &model, &error) == TRM_OK, "%s", error.message);
    check_weights(model);
    ck_assert(is_mapped(model) == 1 && model->source.unmap != NULL);
    trm_model_close(model);
    options.flags = TRM_OPEN_READ;
    ck_assert_int_eq(trm_model_open(path, &options, &model, &error), TRM_OK);
    ck_assert(is_mapped(model) == 0 && model->source.unmap == NULL);
    write_whole(path, "", 0); /* the model does not need it any more */
    check_weights(model);
    trm_model_close(model);
}
END_TEST

/* The lowest free file descriptor. */
static int free_descriptor(void)
{
    const int descriptor = dup(0);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    return descriptor;
}

START_TEST(test_close_gives_everything_back)
{
    const char *path = inside_directory(directory, "ragged.trm");
    const int descriptor = free_descriptor();
    trm_model *model = NULL;
    write_whole(path, ragged.bytes, ragged.size);
    ck_assert_int_eq(trm_model_open(path, NULL, &model, &error), TRM_OK);
    ck_assert_int_eq(free_descriptor(), descriptor);
    void *mapped = (void *)(uintptr_t)model->source.bytes;
    ck_assert_int_eq(msync(mapped, ragged.size, MS_ASYNC), 0);
    trm_model_close(model);
    ck_assert_int_eq(msync(mapped, ragged.size, MS_ASYNC), -1);
    ck_assert_int_eq(trm_model_open(directory, NULL, &model, &error), TRM_ERROR_FILE);
    ck_assert_int_eq(free_descriptor(), descriptor);
}
END_TEST

START_TEST(test_open_memory)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    trm_model *model = open_memory(&ragged, NULL);
    check_weights(model);
    ck_assert_ptr_eq(model->source.bytes, ragged.bytes);
    ck_assert_uint_eq(is_mapped(model), 1);
    trm_model_close(model);
    options.flags = TRM_OPEN_READ;
    model = open_memory(&ragged, &options);
    ck_assert_uint_eq(is_mapped(model), 0);
    memset(ragged.bytes, 0xee, ragged.size);
    check_weights(model);
    trm_model_close(model);
}
END_TEST

START_TEST(test_open_misaligned)
{
    static const size_t shifts[] = { 1, 4, 16, 32 };
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        void *room = NULL;
        ck_assert_int_eq(posix_memalign(&room, 64, ragged.size + shifts[i]), 0);
        uint8_t *shifted = (uint8_t *)room + shifts[i];
        memcpy(shifted, ragged.bytes, ragged.size);
        trm_model *model = open_memory(&(trm_file) { shifted, ragged.size }, NULL);
        memset(room, 0xee, ragged.size);
        check_weights(model);
        ck_assert_uint_eq((uintptr_t)model->embed_tokens % 64, 0);
        ck_assert_uint_eq(is_mapped(model), 0);
        trm_model_close(model);
        free(room);
    }
}
END_TEST

#ifdef TRMI_HAVE_ZLIB
START_TEST(test_open_deflated)
{
    trm_file deflated = ragged_file(true);
    trm_model *model = open_memory(&deflated, NULL);
    check_weights(model);
    ck_assert_uint_eq(is_mapped(model), 0);
    ck_assert_uint_eq((uintptr_t)model->head_halt % 64, 0);
    trm_tensor_info tensor = TRM_TENSOR_INFO_INIT;
    ck_assert_int_eq(trm_model_tensor(model, 0, &tensor, &error), TRM_OK);
    ck_assert_str_eq(tensor.encoding, "deflate");
    ck_assert_uint_lt(tensor.stored_bytes, 4 * 7 * 36);
    trm_model_info info = TRM_MODEL_INFO_INIT, raw = TRM_MODEL_INFO_INIT;
    ck_assert_int_eq(trm_model_describe(model, &info, &error), TRM_OK);
    trm_model_close(model);
    model = open_memory(&ragged, NULL);
    ck_assert_int_eq(trm_model_describe(model, &raw, &error), TRM_OK);
    ck_assert(info.weight_bytes == raw.weight_bytes && info.file_bytes < raw.file_bytes);
    trm_model_close(model);
    file_free(&deflated);
}
END_TEST
#endif

static void expect_no_file(const char *path, const char *sentence)
{
    for (uint32_t flags = 0; flags <= TRM_OPEN_READ; flags++) {
        trm_open_options options = TRM_OPEN_OPTIONS_INIT;
        trm_model *model = (trm_model *)(uintptr_t)8;
        options.flags = flags;
        ck_assert_int_eq(trm_model_open(path, &options, &model, &error), TRM_ERROR_FILE);
        ck_assert_ptr_null(model);
        ck_assert_msg(strstr(error.message, sentence) != NULL && strstr(error.message, path) == error.message,
                      "%s", error.message);
    }
}

START_TEST(test_no_file)
{
    char missing[128];
    snprintf(missing, sizeof missing, "cannot be opened: %s", strerror(ENOENT));
    expect_no_file(inside_directory(directory, "missing"), missing);
    expect_no_file(directory, "expected a file, found a directory");
    expect_no_file("/dev/null", "expected a file, found a device");
    const char *pipe = inside_directory(directory, "pipe");
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    expect_no_file(pipe, "expected a file, found a pipe");
}
END_TEST

/* Linux's own files tell a size that reading does not give, and cannot be mapped. */
START_TEST(test_files_that_are_not_what_they_say)
{
    const char *path = "/sys/devices/system/cpu/online";
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    trm_model *model;
    struct stat about;
    if (stat(path, &about) != 0 || about.st_size == 0)
        return;
    ck_assert_int_eq(trm_model_open(path, NULL, &model, &error), TRM_ERROR_FILE);
    ck_assert_msg(strstr(error.message, "cannot be mapped: ") != NULL, "%s", error.message);
    options.flags = TRM_OPEN_READ;
    ck_assert_int_eq(trm_model_open(path, &options, &model, &error), TRM_ERROR_FILE);
    ck_assert_msg(strstr(error.message, "the file shrank while it was read") != NULL, "%s", error.message);
}
END_TEST

START_TEST(test_wrong_files)
{
    const char *path = inside_directory(directory, "wrong");
    trm_model *model;
    write_whole(path, "", 0);
    ck_assert_int_eq(trm_model_open(path, NULL, &model, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "at least 64 bytes, found 0"));
    ck_assert_ptr_eq(strstr(error.message, path), error.message);
    ck_assert_ptr_null(model);
    write_whole(path, tiny.bytes, 100);
    ck_assert_int_eq(trm_model_open(path, NULL, &model, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "found 100"));
    ck_assert_ptr_eq(strstr(error.message, path), error.message);
    ck_assert_int_eq(trm_model_open_memory(tiny.bytes, 0, NULL, &model, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "found 0"));
    ck_assert_int_eq(trm_model_open(path, NULL, &model, NULL),
                     TRM_ERROR_FORMAT); /* without a place for the sentence */
}
END_TEST

START_TEST(test_arguments)
{
    trm_model *model = (trm_model *)(uintptr_t)8;
    ck_assert_int_eq(trm_model_open(NULL, NULL, &model, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL for the path"));
    ck_assert_int_eq(trm_model_open("x", NULL, NULL, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL for the model"));
    ck_assert_int_eq(trm_model_open_memory(NULL, 64, NULL, &model, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL for the bytes"));
    ck_assert_int_eq(trm_model_open_memory(tiny.bytes, tiny.size, NULL, NULL, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "NULL for the model"));
    trm_model_close(NULL);
}
END_TEST

static void expect_options(const void *options, trm_status status, const char *sentence)
{
    trm_model *model = NULL;
    ck_assert_int_eq(trm_model_open_memory(tiny.bytes, tiny.size, options, &model, &error), status);
    ck_assert((model != NULL) == (status == TRM_OK));
    ck_assert_msg(status == TRM_OK || strstr(error.message, sentence) != NULL, "%s", error.message);
    trm_model_close(model);
}

START_TEST(test_options)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    struct {
        trm_open_options known;
        uint64_t later[2];
    } longer = { TRM_OPEN_OPTIONS_INIT, { 0, 0 } };
    expect_options(&options, TRM_OK, "");
    options.flags = 4;
    expect_options(&options, TRM_ERROR_ARGUMENT, "found 0x4 and 0");
    options.size = sizeof(size_t); /* an older header: the flags are not there */
    expect_options(&options, TRM_OK, "");
    options.size = sizeof(size_t) - 1;
    expect_options(&options, TRM_ERROR_ARGUMENT, "trm_open_options.size is 7");
    options.size = 0;
    expect_options(&options, TRM_ERROR_ARGUMENT, "trm_open_options.size is 0");
    options = (trm_open_options)TRM_OPEN_OPTIONS_INIT;
    options.reserved = 5;
    expect_options(&options, TRM_ERROR_ARGUMENT, "found 0 and 5");
    longer.known.size = sizeof longer;
    expect_options(&longer, TRM_OK, "");
    longer.later[1] = 1;
    expect_options(&longer, TRM_ERROR_ARGUMENT, "trm_open_options has a field at byte");
    trm_allocator allocator = TRM_ALLOCATOR_INIT;
    options = (trm_open_options)TRM_OPEN_OPTIONS_INIT;
    options.allocator = &allocator;
    expect_options(&options, TRM_ERROR_ARGUMENT, "trm_allocator.allocate is NULL");
}
END_TEST

/* ------------------------------------------------------------------------------------------- memory */

/* Fails allocation 0, 1, ... until opening succeeds; each failure gives everything back. Returns the count.
 */
static uint64_t fail_each(const trm_file *file, uint32_t flags, bool forever)
{
    for (uint64_t fail_at = 0;; fail_at++) {
        failing_memory memory = { .fail_at = fail_at, .forever = forever };
        const trm_allocator allocator = failing_allocator(&memory);
        const trm_open_options options = { .size = sizeof options, .flags = flags, .allocator = &allocator };
        trm_model *model = NULL;
        const trm_status status = trm_model_open_memory(file->bytes, file->size, &options, &model, &error);
        trm_model_close(model);
        ck_assert_int_eq(memory.alive, 0);
        if (status == TRM_OK)
            return fail_at;
        ck_assert_int_eq(status, TRM_ERROR_MEMORY);
        ck_assert_ptr_nonnull(strstr(error.message, "no memory for"));
        ck_assert_ptr_null(model);
    }
}

START_TEST(test_memory_runs_out)
{
    for (int forever = 0; forever <= 1; forever++) {
        ck_assert_uint_eq(fail_each(&ragged, 0, forever), 3); /* model, directory, tables */
        ck_assert_uint_eq(fail_each(&ragged, TRM_OPEN_READ, forever), 4);
#ifdef TRMI_HAVE_ZLIB
        trm_file deflated = ragged_file(true);
        ck_assert_uint_gt(fail_each(&deflated, 0, forever), 20);
        file_free(&deflated);
#endif
    }
}
END_TEST

START_TEST(test_memory_runs_out_over_a_path)
{
    const char *path = inside_directory(directory, "ragged.trm");
    write_whole(path, ragged.bytes, ragged.size);
    for (uint32_t flags = 0; flags <= TRM_OPEN_READ; flags++) {
        trm_status status = TRM_ERROR_MEMORY;
        for (uint64_t fail_at = 0; status != TRM_OK; fail_at++) {
            failing_memory memory = { .fail_at = fail_at };
            const trm_allocator allocator = failing_allocator(&memory);
            const trm_open_options options = { .size = sizeof options,
                                               .flags = flags,
                                               .allocator = &allocator };
            trm_model *model = NULL;
            status = trm_model_open(path, &options, &model, &error);
            ck_assert(status == TRM_OK || status == TRM_ERROR_MEMORY);
            trm_model_close(model);
            ck_assert_int_eq(memory.alive, 0);
        }
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("model");
    TCase *t = tcase_create("model");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_open_path);
    tcase_add_test(t, test_close_gives_everything_back);
    tcase_add_test(t, test_open_memory);
    tcase_add_test(t, test_open_misaligned);
#ifdef TRMI_HAVE_ZLIB
    tcase_add_test(t, test_open_deflated);
#endif
    tcase_add_test(t, test_no_file);
    tcase_add_test(t, test_files_that_are_not_what_they_say);
    tcase_add_test(t, test_wrong_files);
    tcase_add_test(t, test_arguments);
    tcase_add_test(t, test_options);
    tcase_add_test(t, test_memory_runs_out);
    tcase_add_test(t, test_memory_runs_out_over_a_path);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
