/* What can go wrong with a run that has begun well: numbers that overflow, a full disk. Each time a sentence,
 * and the last good checkpoint still goes on. */
#define _XOPEN_SOURCE 700

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <trm/train.h>

#include "lib/learning/trainer.h"
#include "tests/support/files.h"
#include "tests/support/run.h"
#include "tests/support/training_run.h"

enum { STEPS = 60 };

static training_run run;

/* ---------------------------------------------------------------------------------------------- fixture */

static void set_up(void)
{
    training_run_place(&run);
}

static void tear_down(void)
{
    training_run_clear(&run);
}

static bool is_content(const char *path, const uint8_t *data, size_t bytes)
{
    size_t found_bytes;
    uint8_t *found = read_whole(path, &found_bytes);
    const bool same = found_bytes == bytes && memcmp(found, data, bytes) == 0;
    free(found);
    return same;
}

/* That the checkpoint goes on, and from where. */
static uint64_t resumed_steps(void)
{
    trm_trainer *trainer;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_msg(trm_trainer_resume(run.checkpoint, run.puzzles, NULL, &trainer, &error) == TRM_OK, "%s",
                  error.message);
    const uint64_t steps = trm_trainer_steps(trainer);
    trm_trainer_free(trainer);
    return steps;
}

/* --------------------------------------------------------------------------------------------- numbers */

/* Each step multiplies the weights by about -1000, until sums of them overflow. */
static trm_train_options exploding_options(uint32_t optimiser)
{
    trm_train_options options = steady_options(STEPS);
    options.optimiser = optimiser;
    options.learning_rate = options.muon_learning_rate = 10.0;
    options.weight_decay = options.muon_weight_decay = 100.0;
    return options;
}

/* Steps, and saves every step as long as that goes well, as a careful host does. */
static trm_status run_to_the_end(trm_trainer *trainer, uint64_t *saved, trm_error *error)
{
    trm_status status = TRM_OK;
    *saved = 0;
    while (status == TRM_OK && trm_trainer_steps(trainer) < STEPS) {
        status = trm_trainer_step(trainer, NULL, error);
        if (status == TRM_OK)
            status = trm_trainer_save(trainer, run.checkpoint, error);
        if (status == TRM_OK)
            *saved = trm_trainer_steps(trainer);
    }
    return status;
}

/* The failed step left weights and moments as they are in the checkpoint. */
static void same_weights(const trm_trainer *trainer)
{
    trm_trainer *saved;
    ck_assert_int_eq(trm_trainer_resume(run.checkpoint, run.puzzles, NULL, &saved, NULL), TRM_OK);
    const trmi_parameters *parameters = &trainer->parameters;
    for (uint32_t i = 0; i < parameters->count; i++) {
        const trmi_parameter *p = &parameters->list[i];
        ck_assert_mem_eq(p->values, saved->parameters.list[i].values, p->count * sizeof(float));
    }
    const size_t moments = parameters->flat_count * sizeof(float);
    ck_assert_mem_eq(trainer->optimiser.first, saved->optimiser.first, moments);
    ck_assert_mem_eq(trainer->optimiser.second, saved->optimiser.second, moments);
    trm_trainer_free(saved);
}

START_TEST(numbers_that_overflow)
{
    const trm_train_options options = exploding_options((uint32_t)_i);
    trm_trainer *trainer = begin_run(&run, &options);
    trm_error error = TRM_ERROR_INIT;
    uint64_t saved;
    expect_sentence(run_to_the_end(trainer, &saved, &error), TRM_ERROR_UNSUPPORTED, &error,
                    "not a finite number");
    ck_assert_uint_gt(saved, 0);
    same_weights(trainer);
    size_t bytes;
    uint8_t *good = read_whole(run.checkpoint, &bytes);
    expect_sentence(trm_trainer_step(trainer, NULL, &error), TRM_ERROR_UNSUPPORTED, &error,
                    "not a finite number");
    expect_sentence(trm_trainer_save(trainer, run.checkpoint, &error), TRM_ERROR_FORMAT, &error, "finite");
    ck_assert(is_content(run.checkpoint, good, bytes));
    ck_assert_uint_eq(count_files(run.directory), 2);
    ck_assert_uint_eq(resumed_steps(), saved);
    free(good);
    trm_trainer_free(trainer);
}
END_TEST

/* -------------------------------------------------------------------------------------------- full disk */

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk)
{
    trm_trainer *trainer = begin_saved_steps(&run, STEPS);
    trm_error error = TRM_ERROR_INIT;
    size_t bytes;
    uint8_t *good = read_whole(run.checkpoint, &bytes);
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t limit = 0; limit < bytes; limit += bytes / 5) {
        limit_files(limit);
        const trm_status saved = trm_trainer_save(trainer, run.checkpoint, &error);
        const trm_status written =
            trm_trainer_write(trainer, inside_directory(run.directory, "model2.trm"), 0, NULL);
        limit_files(RLIM_INFINITY);
        expect_sentence(saved, TRM_ERROR_FILE, &error, "run.trm");
        ck_assert(limit > bytes / 4 || written == TRM_ERROR_FILE);
        remove(inside_directory(run.directory, "model2.trm"));
        ck_assert_uint_eq(count_files(run.directory), 2);
        ck_assert(is_content(run.checkpoint, good, bytes));
    }
    ck_assert_uint_eq(resumed_steps(), 1);
    ck_assert_int_eq(trm_trainer_save(trainer, run.checkpoint, NULL), TRM_OK); /* there is room again */
    ck_assert_uint_eq(resumed_steps(), 2);
    free(good);
    trm_trainer_free(trainer);
}
END_TEST

START_TEST(places_that_cannot_be_written)
{
    trm_trainer *trainer = begin_saved_steps(&run, STEPS);
    trm_error error = TRM_ERROR_INIT;
    expect_sentence(trm_trainer_save(trainer, inside_directory(run.directory, "none/run.trm"), &error),
                    TRM_ERROR_FILE, &error, "none/run.trm");
    expect_sentence(trm_trainer_save(trainer, run.directory, &error), TRM_ERROR_FILE, &error, "regular file");
    ck_assert_uint_eq(count_files(run.directory), 2);
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    trm_trainer_free(trainer);
}
END_TEST

/* ---------------------------------------------------------------------------------- what does not fit */

START_TEST(puzzles_of_another_size)
{
    trm_trainer_free(begin_saved_steps(&run, STEPS));
    trm_puzzles *larger = make_sudokus(8, 1, 2, 3);
    trm_trainer *trainer;
    trm_error error = TRM_ERROR_INIT;
    expect_sentence(trm_trainer_create(run.model, larger, NULL, &trainer, &error), TRM_ERROR_PUZZLE, &error,
                    "36 cells");
    expect_sentence(trm_trainer_resume(run.checkpoint, larger, NULL, &trainer, &error), TRM_ERROR_PUZZLE,
                    &error, "other puzzles");
    ck_assert_ptr_null(trainer);
    trm_puzzles_free(larger);
}
END_TEST

/* A number that costs memory, and nothing in the file. */
START_TEST(more_updates_than_can_be_kept)
{
    const char *path = inside_directory(run.directory, "deep.trm");
    trm_trainer *trainer;
    trm_error error = TRM_ERROR_INIT;
    for (uint32_t updates = 256; updates <= 257; updates++) {
        make_mixer(path, updates);
        const trm_status status = trm_trainer_create(path, run.puzzles, NULL, &trainer, &error);
        if (updates == 257)
            expect_sentence(status, TRM_ERROR_UNSUPPORTED, &error, "more than 256 updates");
        else
            ck_assert_int_eq(status, TRM_OK);
        trm_trainer_free(trainer);
    }
}
END_TEST

START_TEST(another_architecture)
{
    const char *path = inside_directory(run.directory, "hrm.trm");
    trm_trainer *trainer;
    trm_error error = TRM_ERROR_INIT;
    ck_assert_int_eq(trm_convert(golden_path("hrm"), path, NULL, NULL), TRM_OK);
    expect_sentence(trm_trainer_create(path, run.puzzles, NULL, &trainer, &error), TRM_ERROR_UNSUPPORTED,
                    &error, "HRM");
    expect_sentence(trm_trainer_resume(path, run.puzzles, NULL, &trainer, &error), TRM_ERROR_FORMAT, &error,
                    "not a checkpoint");
    ck_assert_ptr_null(trainer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trainer failure");
    TCase *tests = tcase_create("failures");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, numbers_that_overflow, TRM_OPTIMISER_ADAMW, TRM_OPTIMISER_MUON + 1);
    tcase_add_test(tests, a_full_disk);
    tcase_add_test(tests, places_that_cannot_be_written);
    tcase_add_test(tests, puzzles_of_another_size);
    tcase_add_test(tests, more_updates_than_can_be_kept);
    tcase_add_test(tests, another_architecture);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
