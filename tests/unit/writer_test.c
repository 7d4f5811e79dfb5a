/* The .trm writer and the outputs it writes to. */
#define _DEFAULT_SOURCE /* flock */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

#include "lib/core/bytes.h"
#include "lib/core/memory.h"
#include "lib/format/layout.h"
#include "lib/interchange/writer.h"
#include "lib/model/model.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

static trm_allocator allocator;
static char *directory;

static void set_up(void)
{
    ck_assert_int_eq(trmi_allocator_read(&allocator, NULL, NULL), TRM_OK);
    directory = make_directory();
}

static void tear_down(void)
{
    remove_directory(directory);
}

/* Attention with heads of 12 channels and every ragged edge: each group of rows and of columns is padded. */
static trmi_config ragged(void)
{
    return (trmi_config) { .fields = 1,
                           .halting = TRMI_HALTING_LOGIT,
                           .architecture = TRM_ARCHITECTURE_HRM,
                           .block = TRM_BLOCK_ATTENTION,
                           .position_encoding = TRM_POSITION_LEARNED,
                           .gate = TRM_GATE_NORMED,
                           .likelihood = TRM_LIKELIHOOD_SOFTMAX,
                           .channels = 36,
                           .positions = 5,
                           .prefix = 3,
                           .vocabulary = 7,
                           .identifiers = 4,
                           .puzzle_width = 50,
                           .head_bias = true,
                           .blocks = 1,
                           .high_blocks = 2,
                           .heads = 3,
                           .channel_hidden = 21,
                           .cycles = 2,
                           .updates = 1,
                           .maximum_steps = 4,
                           .rotary_base = 10000.0,
                           .norm_epsilon = 1e-5 };
}

/* A number that tells where it belongs. */
static float place(const trmi_tensor *tensor, uint64_t row, uint64_t column)
{
    return (float)(1 + tensor->role + 20 * tensor->block + 100 * tensor->network) +
           (float)(row * 64 + column) / 16384.0f;
}

static trm_status supply_places(void *user, const trmi_tensor *tensor, float *to, trm_error *error)
{
    (void)user, (void)error;
    for (uint64_t row = 0; row < trmi_logical_rows(tensor); row++)
        for (uint64_t column = 0; column < trmi_logical_columns(tensor); column++)
            *to++ = place(tensor, row, column);
    return TRM_OK;
}

static trmi_weights some_weights(void)
{
    return (trmi_weights) { .config = ragged(), .supply = supply_places };
}

static trm_model *open_output(const trmi_output *output)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = NULL;
    ck_assert_msg(trm_model_open_memory(output->bytes, (size_t)output->size, NULL, &model, &error) == TRM_OK,
                  "%s", error.message);
    return model;
}

/* Every number where it belongs, and as many zeros as there is padding. */
static trm_status check_places(void *user, const trmi_tensor *tensor, trm_error *error)
{
    const trm_model *model = user;
    const trmi_tensor_entry *entry = trmi_container_tensor(&model->container, tensor->name);
    ck_assert_msg(entry != NULL, "no tensor %s", tensor->name);
    ck_assert_uint_eq(entry->offset % TRMI_TENSOR_ALIGNMENT, 0);
    ck_assert_uint_eq(entry->rows, trmi_tensor_rows(tensor));
    ck_assert_uint_eq(entry->columns, trmi_tensor_columns(tensor));
    const uint64_t count = entry->rows * entry->columns;
    float *numbers = malloc(entry->bytes);
    ck_assert_int_eq(trmi_container_load(entry, model->source.bytes, numbers, &allocator, error), TRM_OK);
    for (uint64_t row = 0; row < trmi_logical_rows(tensor); row++)
        for (uint64_t column = 0; column < trmi_logical_columns(tensor); column++)
            ck_assert(numbers[trmi_tensor_index(tensor, row, column)] == place(tensor, row, column));
    uint64_t zeros = 0;
    for (uint64_t i = 0; i < count; i++)
        zeros += numbers[i] == 0.0f;
    ck_assert_uint_eq(zeros, count - trmi_logical_rows(tensor) * trmi_logical_columns(tensor));
    free(numbers);
    return TRM_OK;
}

static void check_written(bool deflated)
{
    const trmi_weights weights = some_weights();
    trmi_output output;
    trmi_output_memory(&output, &allocator);
    ck_assert_int_eq(trmi_write_model(&output, &weights, deflated, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_commit(&output, NULL), TRM_OK);
    trm_model *model = open_output(&output);
    ck_assert_int_eq(trmi_tensors(&weights.config, check_places, model, NULL), TRM_OK);
    ck_assert_uint_eq(model->container.tensors[0].encoding,
                      deflated ? TRMI_ENCODING_DEFLATE : TRMI_ENCODING_RAW);
    ck_assert_uint_eq(model->config.puzzle_width, 50);
    ck_assert_uint_eq(model->config.high_blocks, 2);
    trm_model_close(model);
    trmi_output_close(&output);
}

START_TEST(packs_raw)
{
    check_written(false);
}
END_TEST

START_TEST(packs_deflated)
{
#ifdef TRMI_HAVE_ZLIB
    check_written(true);
#else
    const trmi_weights weights = some_weights();
    trmi_output output;
    trmi_output_memory(&output, &allocator);
    ck_assert_int_eq(trmi_write_model(&output, &weights, true, NULL), TRM_ERROR_UNSUPPORTED);
    trmi_output_close(&output);
#endif
}
END_TEST

START_TEST(writes_metadata_once)
{
    const trmi_metadata_entry entries[] = {
        { .key = "notes.text", .type = TRM_METADATA_TEXT, .length = 3, .bytes = "abc" },
        { .key = "model.channels", .type = TRM_METADATA_INTEGER, .integer = 1 }, /* the configuration's own */
        { .key = "notes.empty", .type = TRM_METADATA_BYTES, .length = 0, .bytes = "" },
        { .key = "notes.real", .type = TRM_METADATA_REAL, .real = -1.25 },
        { .key = "notes.integer", .type = TRM_METADATA_INTEGER, .integer = UINT64_MAX },
    };
    trmi_weights weights = some_weights();
    weights.metadata = entries;
    weights.metadata_count = sizeof entries / sizeof entries[0];
    trmi_output output;
    trmi_output_memory(&output, &allocator);
    ck_assert_int_eq(trmi_write_model(&output, &weights, false, NULL), TRM_OK);
    trm_model *model = open_output(&output);
    ck_assert_uint_eq(model->config.channels, 36);
    const trmi_metadata_entry *text = trmi_container_metadata(&model->container, "notes.text");
    ck_assert(text != NULL && text->length == 3 && memcmp(text->bytes, "abc", 4) == 0);
    const trmi_metadata_entry *empty = trmi_container_metadata(&model->container, "notes.empty");
    ck_assert(empty != NULL && empty->length == 0 && empty->type == TRM_METADATA_BYTES);
    const trmi_metadata_entry *real = trmi_container_metadata(&model->container, "notes.real");
    ck_assert(real != NULL && real->real == -1.25);
    const trmi_metadata_entry *integer = trmi_container_metadata(&model->container, "notes.integer");
    ck_assert(integer != NULL && integer->integer == UINT64_MAX);
    trm_model_close(model);
    trmi_output_close(&output);
}
END_TEST

START_TEST(refuses_long_keys)
{
    char key[TRMI_MAXIMUM_KEY_BYTES + 2];
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = 0;
    const trmi_metadata_entry entry = { .key = key, .type = TRM_METADATA_INTEGER };
    trmi_weights weights = some_weights();
    weights.metadata = &entry;
    weights.metadata_count = 1;
    trmi_output output;
    trmi_output_memory(&output, &allocator);
    ck_assert_int_eq(trmi_write_model(&output, &weights, false, NULL), TRM_ERROR_ARGUMENT);
    key[TRMI_MAXIMUM_KEY_BYTES] = 0;
    ck_assert_int_eq(trmi_write_model(&output, &weights, false, NULL), TRM_OK);
    trmi_output_close(&output);
}
END_TEST

static trm_status supply_not_a_number(void *user, const trmi_tensor *tensor, float *to, trm_error *error)
{
    const trm_status status = supply_places(user, tensor, to, error);
    if (trmi_tensor_in_block(tensor) && tensor->slot == TRMI_SLOT_CHANNELS_DOWN)
        to[22] = NAN; /* row 1, column 1 */
    return status;
}

START_TEST(refuses_numbers_that_are_none)
{
    trmi_weights weights = some_weights();
    weights.supply = supply_not_a_number;
    trmi_output output;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trmi_output_file(&output, inside_directory(directory, "model.trm"), &allocator, NULL),
                     TRM_OK);
    ck_assert_int_eq(trmi_write_model(&output, &weights, false, &error), TRM_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "low.0.channels.down: row 1, column 1"));
    trmi_output_close(&output);
    ck_assert_uint_eq(count_files(directory), 0);
}
END_TEST

/* -- outputs -- */

START_TEST(appears_when_committed)
{
    const char *path = inside_directory(directory, "file");
    trmi_output output;
    size_t bytes;
    write_whole(path, "old", 3);
    ck_assert_int_eq(trmi_output_file(&output, path, &allocator, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_append(&output, "12345", 5, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_align(&output, 8, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_align(&output, 8, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_append(&output, "x", 1, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_replace(&output, 1, "ab", 2, NULL), TRM_OK);
    uint8_t *before = read_whole(path, &bytes);
    ck_assert(bytes == 3 && memcmp(before, "old", 3) == 0);
    ck_assert_int_eq(trmi_output_commit(&output, NULL), TRM_OK);
    trmi_output_close(&output);
    uint8_t *after = read_whole(path, &bytes);
    ck_assert(bytes == 9 && memcmp(after, "1ab45\0\0\0x", 9) == 0);
    ck_assert_uint_eq(count_files(directory), 1);
    free(before);
    free(after);
}
END_TEST

START_TEST(disappears_when_not_committed)
{
    const char *path = inside_directory(directory, "file");
    trmi_output first, second;
    write_whole(path, "old", 3);
    ck_assert_int_eq(trmi_output_file(&first, path, &allocator, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_file(&second, path, &allocator, NULL),
                     TRM_OK); /* two at once get two names */
    ck_assert_uint_eq(count_files(directory), 3);
    trmi_output_close(&first);
    trmi_output_close(&second);
    size_t bytes;
    uint8_t *after = read_whole(path, &bytes);
    ck_assert(bytes == 3 && count_files(directory) == 1);
    free(after);
}
END_TEST

START_TEST(survives_a_full_disk)
{
    static const uint8_t data[8192];
    const char *path = inside_directory(directory, "file");
    const struct rlimit limit = { 4096, RLIM_INFINITY };
    trm_error error = TRM_ERROR_INIT;
    trmi_output output;
    write_whole(path, "old", 3);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(trmi_output_file(&output, path, &allocator, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_append(&output, data, sizeof data, &error), TRM_ERROR_FILE);
    ck_assert_ptr_nonnull(strstr(error.message, "cannot write: File too large"));
    trmi_output_close(&output);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit) { RLIM_INFINITY, RLIM_INFINITY }), 0);
    size_t bytes;
    uint8_t *after = read_whole(path, &bytes);
    ck_assert(bytes == 3 && count_files(directory) == 1);
    free(after);
}
END_TEST

START_TEST(refuses_places_without_files)
{
    trm_error error = TRM_ERROR_INIT;
    trmi_output output;
    ck_assert_int_eq(
        trmi_output_file(&output, inside_directory(directory, "missing/file"), &allocator, &error),
        TRM_ERROR_FILE);
    ck_assert_ptr_nonnull(strstr(error.message, "No such file or directory"));
    ck_assert_int_eq(trmi_output_file(&output, directory, &allocator, &error), TRM_ERROR_FILE);
    ck_assert_ptr_nonnull(strstr(error.message, "must be a regular file"));
    ck_assert_int_eq(trmi_output_file(&output, "/dev/null", &allocator, &error), TRM_ERROR_FILE);
    ck_assert_uint_eq(count_files(directory), 0);
}
END_TEST

/* Locked files are someone's. */
START_TEST(leaves_other_temporaries_alone)
{
    char name[64];
    for (unsigned number = 0; number < 1000; number++) {
        snprintf(name, sizeof name, "file.tmp-%ld-%u", (long)getpid(), number);
        const int other = open(inside_directory(directory, name), O_WRONLY | O_CREAT, 0666);
        ck_assert_int_eq(flock(other, LOCK_EX), 0);
    }
    trmi_output output;
    ck_assert_int_eq(trmi_output_file(&output, inside_directory(directory, "file"), &allocator, NULL),
                     TRM_ERROR_FILE);
    ck_assert_uint_eq(count_files(directory), 1000);
}
END_TEST

/* A process that was killed unlocks what it wrote. */
START_TEST(removes_what_was_left)
{
    static const char *const others[] = { "file.tmp-1-", "file.tmp-1-0x", "file.tmp--1-0", "other.tmp-1-0",
                                          "file.tmp-1" };
    const size_t count = sizeof others / sizeof *others;
    for (size_t i = 0; i < count; i++)
        write_whole(inside_directory(directory, others[i]), "", 0);
    write_whole(inside_directory(directory, "file.tmp-1-0"), "", 0);
    write_whole(inside_directory(directory, "file.tmp-99999999-12"), "", 0);
    trmi_output output;
    ck_assert_int_eq(trmi_output_file(&output, inside_directory(directory, "file"), &allocator, NULL),
                     TRM_OK);
    ck_assert_uint_eq(count_files(directory), count + 1);
    trmi_output_close(&output);
    ck_assert_uint_eq(count_files(directory), count);
}
END_TEST

static void write_word(const char *path)
{
    trmi_output output;
    ck_assert_int_eq(trmi_output_file(&output, path, &allocator, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_append(&output, "new", 3, NULL), TRM_OK);
    ck_assert_int_eq(trmi_output_commit(&output, NULL), TRM_OK);
    trmi_output_close(&output);
}

START_TEST(follows_symbolic_links)
{
    const char *place = inside_directory(directory, "place"),
               *file = inside_directory(directory, "place/file");
    const char *link_to = inside_directory(directory, "link"), *again = inside_directory(directory, "again");
    ck_assert_int_eq(mkdir(place, 0777), 0);
    ck_assert_int_eq(symlink("place/file", link_to), 0); /* there is none yet */
    ck_assert_int_eq(symlink(link_to, again), 0);
    for (int round = 0; round < 2; round++) {
        struct stat about;
        size_t bytes;
        write_word(again);
        ck_assert(lstat(again, &about) == 0 && S_ISLNK(about.st_mode));
        ck_assert(lstat(link_to, &about) == 0 && S_ISLNK(about.st_mode));
        uint8_t *data = read_whole(file, &bytes);
        ck_assert(bytes == 3 && memcmp(data, "new", 3) == 0);
        free(data);
        write_whole(file, "old", 3);
    }
    trmi_output output;
    trm_error error = TRM_ERROR_INIT;
    ck_assert(unlink(again) == 0 && symlink("again", again) == 0);
    ck_assert_int_eq(trmi_output_file(&output, again, &allocator, &error), TRM_ERROR_FILE);
    ck_assert_ptr_nonnull(strstr(error.message, "symbolic links"));
    ck_assert(unlink(again) == 0 && unlink(link_to) == 0 && unlink(file) == 0 && rmdir(place) == 0);
}
END_TEST

START_TEST(keeps_the_mode)
{
    static const mode_t modes[] = { 0600, 0640, 0444, 0666 };
    const char *path = inside_directory(directory, "file");
    struct stat about;
    umask(022);
    write_word(path);
    ck_assert(stat(path, &about) == 0 && (about.st_mode & 0777) == 0644);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        ck_assert_int_eq(chmod(path, modes[i]), 0);
        write_word(path);
        ck_assert(stat(path, &about) == 0 && (about.st_mode & 0777) == modes[i]);
    }
}
END_TEST

/* What is written to a closed standard stream does not land in the file. */
START_TEST(is_no_standard_stream)
{
    trmi_output output;
    const int kept = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    const trm_status status =
        trmi_output_file(&output, inside_directory(directory, "file"), &allocator, NULL);
    const ssize_t written = write(STDERR_FILENO, "talk", 4);
    dup2(kept, STDERR_FILENO);
    ck_assert_int_eq(status, TRM_OK);
    ck_assert(written < 0 && output.file > STDERR_FILENO);
    trmi_output_close(&output);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("writer");
    TCase *model = tcase_create("model"), *output = tcase_create("output");
    tcase_add_checked_fixture(model, set_up, tear_down);
    tcase_add_test(model, packs_raw);
    tcase_add_test(model, packs_deflated);
    tcase_add_test(model, writes_metadata_once);
    tcase_add_test(model, refuses_long_keys);
    tcase_add_test(model, refuses_numbers_that_are_none);
    suite_add_tcase(all, model);
    tcase_add_checked_fixture(output, set_up, tear_down);
    tcase_add_test(output, appears_when_committed);
    tcase_add_test(output, disappears_when_not_committed);
    tcase_add_test(output, survives_a_full_disk);
    tcase_add_test(output, refuses_places_without_files);
    tcase_add_test(output, leaves_other_temporaries_alone);
    tcase_add_test(output, removes_what_was_left);
    tcase_add_test(output, follows_symbolic_links);
    tcase_add_test(output, keeps_the_mode);
    tcase_add_test(output, is_no_standard_stream);
    suite_add_tcase(all, output);
    return all;
}

int main(void)
{
    return run_suite(suite());
}
