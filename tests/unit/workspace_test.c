/* Models in a caller's workspace: nothing is allocated, the promised size is enough and a byte less is
   not. */
#define _POSIX_C_SOURCE 200809L
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/model/model.h"
#include "tests/support/files.h"
#include "tests/support/run.h"
#include "tests/support/trm_builder.h"

static trm_file tiny, ragged;
static trm_error error;

static void set_up(void)
{
    const trmi_config config = ragged_config();
    error = (trm_error)TRM_ERROR_INIT;
    tiny = tiny_file();
    ragged = builder_model_file(&config);
}

static void tear_down(void)
{
    file_free(&tiny);
    file_free(&ragged);
}

static size_t measure(const trm_file *file)
{
    size_t bytes = 0;
    ck_assert_msg(trm_model_measure(file->bytes, file->size, &bytes, &error) == TRM_OK, "%s", error.message);
    return bytes;
}

static trm_status open_at(const trm_file *file, void *workspace, size_t bytes, trm_model **model)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.workspace = workspace;
    options.workspace_size = bytes;
    return trm_model_open_memory(file->bytes, file->size, &options, model, &error);
}

/* Behind a block that ends `shift` bytes past an aligned place stands a guard. */
static void open_exactly(const trm_file *file, size_t shift)
{
    enum { GUARD = 64 };
    const size_t bytes = measure(file);
    uint8_t *room = aligned_alloc(64, (bytes + shift + GUARD + 63) / 64 * 64);
    trm_model *model = NULL;
    memset(room, 0xa5, bytes + shift + GUARD);
    ck_assert_int_eq(open_at(file, room + shift, bytes - 1, &model), TRM_ERROR_WORKSPACE);
    ck_assert_ptr_null(model);
    ck_assert_ptr_nonnull(strstr(error.message, "trm_open_options.workspace_size: expected at least"));
    ck_assert_msg(open_at(file, room + shift, bytes, &model) == TRM_OK, "%s", error.message);
    ck_assert((uint8_t *)model >= room + shift && (uint8_t *)model < room + shift + bytes);
    ck_assert_ptr_eq(model->source.bytes, file->bytes);
    for (uint32_t i = 0; i < model->container.tensor_count; i++) /* the directory is where it was */
        ck_assert((uint8_t *)(uintptr_t)model->container.tensors[i].name > file->bytes &&
                  (uint8_t *)(uintptr_t)model->container.tensors[i].name < file->bytes + file->size);
    trm_model_close(model);
    for (size_t i = 0; i < shift; i++)
        ck_assert_uint_eq(room[i], 0xa5);
    for (size_t i = 0; i < GUARD; i++)
        ck_assert_uint_eq(room[shift + bytes + i], 0xa5);
    free(room);
}

START_TEST(test_exact_size)
{
    static const size_t shifts[] = { 0, 1, 7, 8, 33 };
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        open_exactly(&tiny, shifts[i]);
        open_exactly(&ragged, shifts[i]); /* attention, rotary tables, two networks */
    }
}
END_TEST

/* The shipped models: the bound is near what is used. */
START_TEST(test_shipped_models)
{
    static const char *const names[] = { "sudoku-small-int8", "sudoku-small", "path-int8", "sudoku-int8" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        trm_file file = { 0 };
        snprintf(path, sizeof path, "%s/models/%s.trm", getenv("TRM_SOURCE_ROOT"), names[i]);
        file.bytes = read_whole(path, &file.size);
        if (file.bytes == NULL)
            continue;
        uint8_t *aligned = aligned_alloc(64, (file.size + 63) / 64 * 64);
        memcpy(aligned, file.bytes, file.size);
        free(file.bytes);
        file.bytes = aligned;
        open_exactly(&file, 5);
        const size_t bytes = measure(&file);
        void *room = malloc(bytes);
        trm_model *model = NULL;
        ck_assert_msg(open_at(&file, room, bytes, &model) == TRM_OK, "%s", error.message);
        const uint64_t used = sizeof *model + model->container.memory_bytes + model->memory_bytes;
        ck_assert_msg(bytes < used + 1024, "%s: %zu bytes, of which %llu are used", names[i], bytes,
                      (unsigned long long)used);
        trm_model_close(model);
        free(room);
        free(aligned);
    }
}
END_TEST

/* The same bits as of the model that was opened with malloc. */
START_TEST(test_same_answers)
{
    int32_t tokens[64] = { 0 }, answers[2][64];
    float logits[2][4096];
    const size_t bytes = measure(&ragged);
    void *room = malloc(bytes);
    trm_model *models[2];
    ck_assert_int_eq(trm_model_open_memory(ragged.bytes, ragged.size, NULL, &models[0], &error), TRM_OK);
    ck_assert_int_eq(open_at(&ragged, room, bytes, &models[1]), TRM_OK);
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 1;
    questions.tokens = tokens;
    const size_t positions = models[0]->config.positions, count = positions * models[0]->config.vocabulary;
    ck_assert(positions <= 64 && count <= 4096);
    for (int i = 0; i < 2; i++) {
        trm_answers to = TRM_ANSWERS_INIT;
        to.tokens = answers[i];
        to.logits = logits[i];
        ck_assert_msg(trm_solve(models[i], &questions, &to, NULL, &error) == TRM_OK, "%s", error.message);
    }
    ck_assert_mem_eq(answers[0], answers[1], positions * sizeof(int32_t));
    ck_assert_mem_eq(logits[0], logits[1], count * sizeof(float));
    uint32_t verdict;
    ck_assert_int_ne(trm_model_verify(models[1], &questions, answers[1], &verdict, &error),
                     TRM_ERROR_ARGUMENT);
    trm_model_close(models[1]);
    trm_model_close(models[0]);
    free(room);
}
END_TEST

/* Every size that is too small fails in the same way, whatever lies in the file. */
START_TEST(test_truncated)
{
    uint8_t room[8192];
    trm_model *model;
    size_t bytes;
    for (size_t size = 0; size < tiny.size; size += size < 2048 ? 1 : 61) {
        trm_file cut = { aligned_alloc(64, 64 * (size / 64 + 1)), size };
        memcpy(cut.bytes, tiny.bytes, size);
        const trm_status status = trm_model_measure(cut.bytes, size, &bytes, &error);
        ck_assert(status == TRM_ERROR_FORMAT || status == TRM_ERROR_CHECKSUM);
        ck_assert_int_eq(open_at(&cut, room, sizeof room, &model), status);
        ck_assert_ptr_null(model);
        free(cut.bytes);
    }
}
END_TEST

START_TEST(test_damaged)
{
    trm_model *model;
    size_t bytes = measure(&tiny);
    void *room = malloc(bytes);
    for (size_t at = 0; at < tiny.size; at += 3) {
        tiny.bytes[at] ^= 0x40;
        const trm_status status = open_at(&tiny, room, bytes, &model);
        if (status == TRM_OK)
            trm_model_close(model); /* between two regions */
        else
            ck_assert_ptr_null(model);
        tiny.bytes[at] ^= 0x40;
    }
    put16(tiny.bytes + 8, 2);
    file_sign(&tiny);
    ck_assert_int_eq(trm_model_measure(tiny.bytes, tiny.size, &bytes, &error), TRM_ERROR_VERSION);
    free(room);
}
END_TEST

/* A file that claims more blocks than it has tensors for is refused for that, not for want of memory. */
START_TEST(test_missing_tensors)
{
    trmi_config config = tiny_config();
    config.blocks = TRMI_MAXIMUM_BLOCKS;
    trm_builder builder = { .omit = "net.7.tokens.down" };
    builder_model(&builder, &config);
    trm_file file = builder_finish(&builder);
    trm_model *model;
    const size_t bytes = measure(&file);
    void *room = malloc(bytes);
    ck_assert_int_eq(open_at(&file, room, bytes, &model), TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, "net.7.tokens.down") != NULL, "%s", error.message);
    free(room);
    file_free(&file);
}
END_TEST

/* Tables that opening refuses for so small a file are no size, either. */
START_TEST(test_huge_tables)
{
    trm_builder builder = { .deflate = false };
    size_t bytes = 1;
    builder_integer(&builder, "model.positions", 65000);
    builder_integer(&builder, "model.channels", TRMI_MAXIMUM_CHANNELS);
    builder_integer(&builder, "model.heads", 1);
    builder_text(&builder, "model.block", "attention");
    builder_text(&builder, "model.position_encoding", "rotary");
    trm_file file = builder_finish(&builder);
    ck_assert_int_eq(trm_model_measure(file.bytes, file.size, &bytes, &error), TRM_ERROR_FORMAT);
    ck_assert_msg(strstr(error.message, "attention: expected tables of at most 1032 times") != NULL, "%s",
                  error.message);
    ck_assert_uint_eq(bytes, 1);
    file_free(&file);
}
END_TEST

START_TEST(test_misaligned)
{
    trm_model *model;
    size_t bytes;
    uint8_t room[8192], *shifted = aligned_alloc(64, (tiny.size + 127) / 64 * 64);
    for (size_t shift = 1; shift < 64; shift *= 2) {
        memcpy(shifted + shift, tiny.bytes, tiny.size);
        const trm_file file = { shifted + shift, tiny.size };
        ck_assert_int_eq(trm_model_measure(file.bytes, file.size, &bytes, &error), TRM_ERROR_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(error.message, "bytes past one"));
        ck_assert_int_eq(open_at(&file, room, sizeof room, &model), TRM_ERROR_ARGUMENT);
    }
    free(shifted);
}
END_TEST

#ifdef TRMI_HAVE_ZLIB
START_TEST(test_deflated)
{
    const trmi_config config = tiny_config();
    trm_builder builder = { .deflate = true };
    size_t bytes;
    builder_model(&builder, &config);
    trm_file file = builder_finish(&builder);
    ck_assert_int_eq(trm_model_measure(file.bytes, file.size, &bytes, &error), TRM_ERROR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.message, "expected raw weights"));
    file_free(&file);
}
END_TEST
#endif

START_TEST(test_arguments)
{
    uint8_t room[8192];
    size_t bytes;
    trm_model *model = NULL;
    ck_assert_int_eq(trm_model_measure(NULL, 64, &bytes, &error), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_model_measure(tiny.bytes, tiny.size, NULL, &error), TRM_ERROR_ARGUMENT);
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.workspace_size = sizeof room;
    ck_assert_int_eq(trm_model_open_memory(tiny.bytes, tiny.size, &options, &model, &error),
                     TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "8192 bytes, found NULL"));
    options.workspace = room;
    ck_assert_int_eq(trm_model_open("x.trm", &options, &model, &error), TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "found a path"));
    options.flags = TRM_OPEN_INT8;
    ck_assert_int_eq(trm_model_open_memory(tiny.bytes, tiny.size, &options, &model, &error),
                     TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "found flags 0x2"));
    failing_memory memory = { .fail_at = UINT64_MAX };
    const trm_allocator allocator = failing_allocator(&memory);
    options.flags = 0;
    options.allocator = &allocator;
    ck_assert_int_eq(trm_model_open_memory(tiny.bytes, tiny.size, &options, &model, &error),
                     TRM_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "and an allocator"));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("workspace");
    TCase *t = tcase_create("models");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_exact_size);
    tcase_add_test(t, test_shipped_models);
    tcase_add_test(t, test_same_answers);
    tcase_add_test(t, test_truncated);
    tcase_add_test(t, test_damaged);
    tcase_add_test(t, test_missing_tensors);
    tcase_add_test(t, test_huge_tables);
    tcase_add_test(t, test_misaligned);
#ifdef TRMI_HAVE_ZLIB
    tcase_add_test(t, test_deflated);
#endif
    tcase_add_test(t, test_arguments);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
