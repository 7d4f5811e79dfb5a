/* A run without memory: training, and going on from a checkpoint, with the n-th allocation failing, n = 0, 1,
 * 2, ..., until none fails; once with only that one failing, once with all that follow. Each time
 * TRM_ERROR_MEMORY, a sentence, nothing leaked, no file that was not there, the checkpoint as it was; and
 * when memory is back, the trainer goes on to the same bits. */
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "tests/support/files.h"
#include "tests/support/run.h"
#include "tests/support/training_run.h"

enum { MOST_ALLOCATIONS = 5000 };

static training_run run;
static char shipped_path[96];

/* A file as it should be. */
typedef struct content {
    uint8_t *data;
    size_t bytes;
} content;

static content old_checkpoint, new_checkpoint, shipped; /* after one step, two and two */
static unsigned files;                                  /* in the directory */

static content read_content(const char *path)
{
    content c;
    c.data = read_whole(path, &c.bytes);
    return c;
}

static bool is_content(const char *path, const content *expected)
{
    content found = read_content(path);
    const bool same = found.bytes == expected->bytes && memcmp(found.data, expected->data, found.bytes) == 0;
    free(found.data);
    return same;
}

/* ---------------------------------------------------------------------------------------------- fixture */

static trm_train_options make_options(const trm_allocator *allocator)
{
    trm_train_options options = run_options(4);
    options.precision = TRM_PRECISION_INT8; /* which needs the most memory */
    options.allocator = allocator;
    return options;
}

/* What a run with all the memory that it wants writes. */
static void make_contents(void)
{
    trm_trainer *trainer;
    const trm_train_options options = make_options(NULL);
    ck_assert_int_eq(trm_trainer_create(run.model, run.puzzles, &options, &trainer, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_describe(trainer, "training.command", "none", NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_save(trainer, run.checkpoint, NULL), TRM_OK);
    old_checkpoint = read_content(run.checkpoint);
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_OK);
    ck_assert_int_eq(trm_trainer_save(trainer, run.checkpoint, NULL), TRM_OK);
    new_checkpoint = read_content(run.checkpoint);
    ck_assert_int_eq(trm_trainer_write(trainer, shipped_path, 0, NULL), TRM_OK);
    shipped = read_content(shipped_path);
    ck_assert_int_eq(remove(shipped_path), 0);
    trm_trainer_free(trainer);
}

static void set_up(void)
{
    training_run_place(&run);
    strcpy(shipped_path, inside_directory(run.directory, "shipped.trm"));
    make_contents();
    files = count_files(run.directory);
}

static void tear_down(void)
{
    free(old_checkpoint.data);
    free(new_checkpoint.data);
    free(shipped.data);
    training_run_clear(&run);
}

/* -------------------------------------------------------------------------------------------- scenarios */

/* Runs with little memory. */
typedef trm_status scenario(failing_memory *memory, trm_error *error);

static trm_status take_first_step(trm_trainer *trainer, trm_error *error)
{
    const trm_status status = trm_trainer_describe(trainer, "training.command", "none", error);
    if (status != TRM_OK || trm_trainer_steps(trainer) > 0)
        return status;
    return trm_trainer_step(trainer, NULL, error);
}

static trm_status take_second_step(trm_trainer *trainer, trm_error *error)
{
    const trm_status status =
        trm_trainer_steps(trainer) < 2 ? trm_trainer_step(trainer, NULL, error) : TRM_OK;
    return status == TRM_OK ? trm_trainer_save(trainer, run.checkpoint, error) : status;
}

/* Up to the second step and its checkpoint. */
static trm_status go_on(trm_trainer *trainer, trm_error *error)
{
    trm_status status = take_first_step(trainer, error);
    if (status == TRM_OK)
        status = take_second_step(trainer, error);
    ck_assert(is_content(run.checkpoint, status == TRM_OK ? &new_checkpoint : &old_checkpoint));
    return status;
}

/* After a single failure the trainer can do it again, to the same bits. */
static trm_status go_on_twice(trm_trainer *trainer, const failing_memory *memory, trm_error *error)
{
    trm_status status = go_on(trainer, error);
    if (status == TRM_OK)
        status = trm_trainer_write(trainer, shipped_path, 0, error);
    if (status == TRM_OK) {
        ck_assert(is_content(shipped_path, &shipped));
        ck_assert_int_eq(remove(shipped_path), 0);
    } else if (!memory->forever) {
        ck_assert_uint_eq(count_files(run.directory), files);
        write_whole(run.checkpoint, old_checkpoint.data, old_checkpoint.bytes);
        ck_assert_int_eq(go_on(trainer, NULL), TRM_OK);
    }
    return status;
}

static trm_status train(failing_memory *memory, trm_error *error)
{
    const trm_allocator allocator = failing_allocator(memory);
    const trm_train_options options = make_options(&allocator);
    trm_trainer *trainer;
    trm_status status = trm_trainer_create(run.model, run.puzzles, &options, &trainer, error);
    ck_assert_int_eq(status == TRM_OK, trainer != NULL);
    if (status == TRM_OK)
        status = go_on_twice(trainer, memory, error);
    trm_trainer_free(trainer);
    return status;
}

static trm_status resume(failing_memory *memory, trm_error *error)
{
    const trm_allocator allocator = failing_allocator(memory);
    const trm_train_options options = make_options(&allocator);
    trm_trainer *trainer;
    trm_status status = trm_trainer_resume(run.checkpoint, run.puzzles, &options, &trainer, error);
    ck_assert_int_eq(status == TRM_OK, trainer != NULL);
    if (status == TRM_OK)
        status = go_on_twice(trainer, memory, error);
    trm_trainer_free(trainer);
    return status;
}

/* ------------------------------------------------------------------------------------------------ tests */

static void run_failing(scenario *tried, bool forever)
{
    for (uint64_t n = 0; n < MOST_ALLOCATIONS; n++) {
        write_whole(run.checkpoint, old_checkpoint.data, old_checkpoint.bytes);
        failing_memory memory = { .fail_at = n, .forever = forever };
        trm_error error = TRM_ERROR_INIT;
        const trm_status status = tried(&memory, &error);
        ck_assert_msg(memory.alive == 0, "%lld blocks leaked when allocation %llu failed",
                      (long long)memory.alive, (unsigned long long)n);
        ck_assert_uint_eq(count_files(run.directory), files);
        if (status == TRM_OK) {
            ck_assert_msg(memory.calls <= n, "allocation %llu failed and nobody said so",
                          (unsigned long long)n);
            ck_assert_uint_gt(n, 20);
            return;
        }
        ck_assert_msg(status == TRM_ERROR_MEMORY, "allocation %llu failed: %s: %s", (unsigned long long)n,
                      trm_status_name(status), error.message);
        ck_assert_uint_gt(strlen(error.message), 5);
    }
    ck_abort_msg("more than %d allocations", MOST_ALLOCATIONS);
}

START_TEST(training)
{
    run_failing(train, _i != 0);
}
END_TEST

START_TEST(going_on)
{
    run_failing(resume, _i != 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trainer allocation");
    TCase *tests = tcase_create("failing");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, training, 0, 2);
    tcase_add_loop_test(tests, going_on, 0, 2);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
