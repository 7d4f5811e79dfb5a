/* Out of memory, everywhere: each scenario runs with its n-th allocation failing, n = 0, 1, 2, ..., until
 * none fails, once with only that one failing and once with all that follow. Each time: TRM_ERROR_MEMORY, a
 * sentence, nothing leaked, no half-written file. */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trm/train.h>

#include "config.h"
#include "tests/support/random.h"
#include "tests/support/run.h"

enum { MOST_ALLOCATIONS = 5000, OWN_FILES = 4 };

/* ---------------------------------------------------------------------------------- a failing allocator */

typedef struct rationed {
    size_t allowed; /* allocations before the failure */
    bool for_good;  /* all that follow fail, too */
    size_t calls, failures, live;
} rationed;

static void *rationed_allocate(void *user, size_t bytes)
{
    rationed *r = user;
    const size_t call = r->calls++;
    if (call == r->allowed || (r->for_good && call > r->allowed)) {
        r->failures++;
        return NULL;
    }
    r->live++;
    return malloc(bytes);
}

static void rationed_release(void *user, void *pointer)
{
    ck_assert_ptr_nonnull(pointer);
    ((rationed *)user)->live--;
    free(pointer);
}

/* Does something with the allocator and releases what it made. */
typedef trm_status scenario(const trm_allocator *allocator, trm_error *error);

/* What must hold after a failure and after the success, beside the allocator's own books. */
typedef void inspection(trm_status status);

static void run_rationed(scenario *run, inspection *inspect, bool for_good)
{
    for (size_t allowed = 0; allowed < MOST_ALLOCATIONS; allowed++) {
        rationed ration = { allowed, for_good, 0, 0, 0 };
        const trm_allocator allocator = { sizeof allocator, &ration, rationed_allocate, rationed_release };
        trm_error error = TRM_ERROR_INIT;
        const trm_status status = run(&allocator, &error);
        ck_assert_msg(ration.live == 0, "%zu blocks leaked when allocation %zu failed", ration.live, allowed);
        if (inspect != NULL)
            inspect(status);
        if (ration.failures == 0) {
            ck_assert_msg(status == TRM_OK, "%s: %s", trm_status_name(status), error.message);
            ck_assert_uint_gt(allowed, 0);
            return;
        }
        ck_assert_msg(status == TRM_ERROR_MEMORY, "allocation %zu failed: %s: %s", allowed,
                      trm_status_name(status), error.message);
        ck_assert_uint_gt(strlen(error.message), 5);
    }
    ck_abort_msg("more than %d allocations", MOST_ALLOCATIONS);
}

static void check_scenario(scenario *run, inspection *inspect)
{
    run_rationed(run, inspect, false);
    run_rationed(run, inspect, true);
}

/* -------------------------------------------------------------------------------------------- fixture */

static char directory[64], input_path[96], output_path[96], model_path[96], deflated_path[96],
    config_path[96];
static const char settings[] = "{\"seq_len\":9,\"H_cycles\":2,\"L_cycles\":2,\"puzzle_emb_len\":2}";
static trmi_config config;
static random_file checkpoint, raw, deflated, labelled, /* safetensors with a task and an alphabet */
    integers;                                           /* of 8 bits */
static trm_model *model;
static bool old_output; /* there is an older file at output_path */

static void write_file(const char *path, const void *data, size_t bytes)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, bytes, file), bytes);
    ck_assert_int_eq(fclose(file), 0);
}

static random_file label(const random_file *from)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.format = TRM_FORMAT_SAFETENSORS;
    options.task = "sudoku";
    options.alphabet = "abcdefg";
    random_file to = { NULL, 0 };
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_convert_memory(from->data, from->bytes, &options, &to.data, &to.bytes, &error) ==
                      TRM_OK,
                  "%s", error.message);
    return to;
}

static random_file quantise(const random_file *from)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.precision = TRM_PRECISION_INT8;
    random_file to = { NULL, 0 };
    ck_assert_int_eq(trm_convert_memory(from->data, from->bytes, &options, &to.data, &to.bytes, NULL),
                     TRM_OK);
    return to;
}

static void set_up(void)
{
    strcpy(directory, "/tmp/trm-allocation-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(input_path, sizeof input_path, "%s/in.safetensors", directory);
    snprintf(output_path, sizeof output_path, "%s/out.trm", directory);
    snprintf(model_path, sizeof model_path, "%s/model.trm", directory);
    snprintf(config_path, sizeof config_path, "%s/config.json", directory);
    snprintf(deflated_path, sizeof deflated_path, "%s/deflated.trm", directory);
    random_source source = random_begin(1), same = source, again = source;
    config = random_config(TRM_BLOCK_MIXER);
    checkpoint = random_checkpoint(&config, &source, 0.5);
    raw = random_model_file(&config, &same, 0.5, false);
    deflated = random_model_file(&config, &again, 0.5, true);
    write_file(input_path, checkpoint.data, checkpoint.bytes);
    write_file(model_path, raw.data, raw.bytes);
    write_file(config_path, settings, sizeof settings - 1);
    write_file(deflated_path, deflated.data, deflated.bytes);
    labelled = label(&raw);
    integers = quantise(&raw);
    model = random_model_open(&raw);
    old_output = false;
}

static void tear_down(void)
{
    trm_model_close(model);
    free(checkpoint.data);
    free(raw.data);
    free(deflated.data);
    trm_convert_free(labelled.data, NULL);
    trm_convert_free(integers.data, NULL);
    remove(input_path);
    remove(model_path);
    remove(deflated_path);
    remove(config_path);
    remove(output_path);
    ck_assert_int_eq(rmdir(directory), 0); /* fails when something else was left there */
}

/* ------------------------------------------------------------------------------------------- scenarios */

static trm_status open_path(const char *path, uint32_t flags, const trm_allocator *allocator,
                            trm_error *error)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.flags = flags;
    options.allocator = allocator;
    trm_model *opened = NULL;
    const trm_status status = trm_model_open(path, &options, &opened, error);
    ck_assert_int_eq(status == TRM_OK, opened != NULL);
    trm_model_close(opened);
    return status;
}

static trm_status open_memory(const void *data, size_t bytes, uint32_t flags, const trm_allocator *allocator,
                              trm_error *error)
{
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    options.flags = flags;
    options.allocator = allocator;
    trm_model *opened = NULL;
    const trm_status status = trm_model_open_memory(data, bytes, &options, &opened, error);
    ck_assert_int_eq(status == TRM_OK, opened != NULL);
    trm_model_close(opened);
    return status;
}

static trm_status open_mapped(const trm_allocator *allocator, trm_error *error)
{
    return open_path(model_path, 0, allocator, error);
}

static trm_status open_read(const trm_allocator *allocator, trm_error *error)
{
    return open_path(model_path, TRM_OPEN_READ, allocator, error);
}

static trm_status open_deflated(const trm_allocator *allocator, trm_error *error)
{
    return open_path(deflated_path, 0, allocator, error);
}

static trm_status open_quantised(const trm_allocator *allocator, trm_error *error)
{
    return open_path(deflated_path, TRM_OPEN_INT8, allocator, error);
}

static trm_status open_in_place(const trm_allocator *allocator, trm_error *error)
{
    return open_memory(raw.data, raw.bytes, 0, allocator, error);
}

static trm_status open_copied(const trm_allocator *allocator, trm_error *error)
{
    return open_memory(raw.data, raw.bytes, TRM_OPEN_READ, allocator, error);
}

static trm_status create_solver(const trm_allocator *allocator, trm_error *error)
{
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.allocator = allocator;
    options.batch = 3;
    trm_solver *solver = NULL;
    const trm_status status = trm_solver_create(model, &options, &solver, error);
    ck_assert_int_eq(status == TRM_OK, solver != NULL);
    trm_solver_free(solver);
    return status;
}

static trm_status solve(const trm_allocator *allocator, trm_error *error)
{
    static const int32_t tokens[3 * RANDOM_POSITIONS] = { 1, 2, 3 };
    int32_t answer[3 * RANDOM_POSITIONS] = { -5 };
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.allocator = allocator;
    options.batch = 2;
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 3;
    questions.tokens = tokens;
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = answer;
    const trm_status status = trm_solve(model, &questions, &answers, &options, error);
    ck_assert_int_eq(status == TRM_OK, answer[0] != -5);
    return status;
}

#ifdef TRMI_HAVE_THREADS
static trm_status create_pool(const trm_allocator *allocator, trm_error *error)
{
    trm_pool *pool = NULL;
    const trm_status status = trm_pool_create(2, allocator, &pool, error);
    ck_assert_int_eq(status == TRM_OK, pool != NULL);
    trm_pool_free(pool);
    return status;
}
#endif

static trm_status convert_as(const random_file *from, trm_convert_options options,
                             const trm_allocator *allocator, trm_error *error)
{
    options.allocator = allocator;
    void *output = NULL;
    size_t bytes = 0;
    const trm_status status = trm_convert_memory(from->data, from->bytes, &options, &output, &bytes, error);
    ck_assert_int_eq(status == TRM_OK, output != NULL && bytes > 0);
    trm_convert_free(output, allocator);
    return status;
}

static trm_status convert_memory(const random_file *from, uint32_t format, uint32_t deflate,
                                 const trm_allocator *allocator, trm_error *error)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.format = format;
    options.deflate = deflate;
    return convert_as(from, options, allocator, error);
}

static trm_status convert_checkpoint(const trm_allocator *allocator, trm_error *error)
{
    return convert_memory(&checkpoint, TRM_FORMAT_TRM, 0, allocator, error);
}

static trm_status convert_deflating(const trm_allocator *allocator, trm_error *error)
{
    return convert_memory(&raw, TRM_FORMAT_TRM, 1, allocator, error);
}

static trm_status convert_to_integers(const trm_allocator *allocator, trm_error *error)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.precision = TRM_PRECISION_INT8;
    return convert_as(&checkpoint, options, allocator, error);
}

/* Integers that are there are read as they are, or as numbers. */
static trm_status convert_integers(const trm_allocator *allocator, trm_error *error)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    const trm_status status = convert_as(&integers, options, allocator, error);
    options.format = TRM_FORMAT_SAFETENSORS;
    return status == TRM_OK ? convert_as(&integers, options, allocator, error) : status;
}

static trm_status convert_labelled(const trm_allocator *allocator, trm_error *error)
{
    return convert_memory(&labelled, TRM_FORMAT_TRM, 0, allocator, error);
}

static trm_status convert_to_itself(const trm_allocator *allocator, trm_error *error)
{
    return convert_memory(&labelled, TRM_FORMAT_SAFETENSORS, 0, allocator, error);
}

static trm_status convert_back(const trm_allocator *allocator, trm_error *error)
{
    return convert_memory(&deflated, TRM_FORMAT_SAFETENSORS, 0, allocator, error);
}

static trm_status convert_file(const trm_allocator *allocator, trm_error *error)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.allocator = allocator;
    return trm_convert(input_path, output_path, &options, error);
}

/* With a configuration in a file of its own, and an alphabet. */
static trm_status convert_configured(const trm_allocator *allocator, trm_error *error)
{
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    options.allocator = allocator;
    options.config_path = config_path;
    options.task = "sudoku";
    options.alphabet = "abcdefg";
    return trm_convert(input_path, output_path, &options, error);
}

static trm_status init_file(const trm_allocator *allocator, trm_error *error)
{
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.allocator = allocator;
    options.channels = 20;
    options.positions = 9;
    options.prefix = 1;
    options.token_hidden = options.channel_hidden = 24;
    return trm_init(output_path, &options, error);
}

/* --------------------------------------------------------------------------------------------- files */

static const char old_content[] = "what was there before";

static size_t entries(void)
{
    DIR *open_directory = opendir(directory);
    ck_assert_ptr_nonnull(open_directory);
    size_t count = 0;
    while (readdir(open_directory) != NULL)
        count++;
    closedir(open_directory);
    return count - 2; /* . and .. */
}

/* After a failure the output is as it was, absent or old; after a success it is a model. Then it is put back
 * for the next round. */
static void inspect_output(trm_status status)
{
    const bool present = status == TRM_OK || old_output;
    ck_assert_uint_eq(entries(), present ? OWN_FILES + 1 : OWN_FILES);
    if (status == TRM_OK) {
        trm_model *opened = NULL;
        trm_error error = TRM_ERROR_INIT;
        ck_assert_msg(trm_model_open(output_path, NULL, &opened, &error) == TRM_OK, "%s", error.message);
        trm_model_close(opened);
        ck_assert_int_eq(remove(output_path), 0);
    } else if (old_output) {
        char content[sizeof old_content + 1] = { 0 };
        FILE *file = fopen(output_path, "rb");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fread(content, 1, sizeof content, file), sizeof old_content);
        ck_assert_str_eq(content, old_content);
        fclose(file);
    }
    if (old_output)
        write_file(output_path, old_content, sizeof old_content);
}

static void check_writer(scenario *run)
{
    check_scenario(run, inspect_output);
    old_output = true;
    write_file(output_path, old_content, sizeof old_content);
    check_scenario(run, inspect_output);
    old_output = false;
    ck_assert_int_eq(remove(output_path), 0);
}

/* --------------------------------------------------------------------------------------------- tests */

START_TEST(opening)
{
    check_scenario(open_mapped, NULL);
    check_scenario(open_read, NULL);
    check_scenario(open_in_place, NULL);
    check_scenario(open_copied, NULL);
}
END_TEST

START_TEST(opening_deflated)
{
    if (deflated.data != NULL) {
        check_scenario(open_deflated, NULL);
        check_scenario(open_quantised, NULL);
    }
}
END_TEST

START_TEST(solving)
{
    check_scenario(create_solver, NULL);
    check_scenario(solve, NULL);
}
END_TEST

#ifdef TRMI_HAVE_THREADS
START_TEST(threads)
{
    check_scenario(create_pool, NULL);
}
END_TEST
#endif

START_TEST(converting)
{
    check_scenario(convert_checkpoint, NULL);
    check_scenario(convert_labelled, NULL);
    check_scenario(convert_to_itself, NULL);
    check_scenario(convert_to_integers, NULL);
    check_scenario(convert_integers, NULL);
    if (deflated.data != NULL) {
        check_scenario(convert_deflating, NULL);
        check_scenario(convert_back, NULL);
    }
}
END_TEST

START_TEST(converting_files)
{
    check_writer(convert_file);
    check_writer(convert_configured);
}
END_TEST

START_TEST(making_models)
{
    check_writer(init_file);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("allocation");
    TCase *tests = tcase_create("failing");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, opening);
    tcase_add_test(tests, opening_deflated);
    tcase_add_test(tests, solving);
#ifdef TRMI_HAVE_THREADS
    tcase_add_test(tests, threads);
#endif
    tcase_add_test(tests, converting);
    tcase_add_test(tests, converting_files);
    tcase_add_test(tests, making_models);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
