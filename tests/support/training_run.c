#include "tests/support/training_run.h"

#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/files.h"

void training_run_place(training_run *run)
{
    run->directory = make_directory();
    strcpy(run->model, inside_directory(run->directory, "model.trm"));
    strcpy(run->checkpoint, inside_directory(run->directory, "run.trm"));
    run->puzzles = make_sudokus(8, 1, 2, 2);
    make_mixer(run->model, 1);
}

void training_run_clear(training_run *run)
{
    trm_puzzles_free(run->puzzles);
    remove_directory(run->directory);
}

trm_puzzles *make_sudokus(uint64_t count, uint64_t seed, uint32_t box_rows, uint32_t box_columns)
{
    trm_puzzles *made;
    trm_task task = TRM_TASK_INIT;
    task.name = "sudoku";
    task.box_rows = box_rows;
    task.box_columns = box_columns;
    ck_assert_int_eq(trm_puzzles_create(&task, NULL, &made, NULL), TRM_OK);
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    options.count = count;
    options.seed = seed;
    ck_assert_int_eq(trm_puzzles_generate(made, &options, NULL), TRM_OK);
    return made;
}

void make_mixer(const char *path, uint32_t updates)
{
    trm_init_options options = TRM_INIT_OPTIONS_INIT;
    options.channels = 16;
    options.positions = 16;
    options.prefix = 1;
    options.vocabulary = 6;
    options.token_hidden = 20;
    options.channel_hidden = 24;
    options.cycles = 1;
    options.updates = updates;
    ck_assert_int_eq(trm_init(path, &options, NULL), TRM_OK);
}

trm_train_options run_options(uint64_t steps)
{
    trm_train_options options = TRM_TRAIN_OPTIONS_INIT;
    options.batch = 4;
    options.shards = 2;
    options.steps = steps;
    options.maximum_steps = 2;
    return options;
}

trm_train_options steady_options(uint64_t steps)
{
    trm_train_options options = run_options(steps);
    options.cosine = 0;
    return options;
}

trm_trainer *begin_run(const training_run *run, const trm_train_options *options)
{
    trm_trainer *trainer;
    ck_assert_int_eq(trm_trainer_create(run->model, run->puzzles, options, &trainer, NULL), TRM_OK);
    return trainer;
}

trm_trainer *begin_saved_run(const training_run *run, const trm_train_options *options)
{
    trm_trainer *trainer = begin_run(run, options);
    take_steps(trainer, 1);
    ck_assert_int_eq(trm_trainer_save(trainer, run->checkpoint, NULL), TRM_OK);
    return trainer;
}

trm_trainer *begin_saved_steps(const training_run *run, uint64_t steps)
{
    const trm_train_options options = steady_options(steps);
    return begin_saved_run(run, &options);
}

void take_steps(trm_trainer *trainer, int steps)
{
    trm_error error = TRM_ERROR_INIT;
    for (int i = 0; i < steps; i++)
        ck_assert_msg(trm_trainer_step(trainer, NULL, &error) == TRM_OK, "%s", error.message);
}

/* What a run of all its steps saves; it can make no more. */
static void save_whole(const char *model, const trm_puzzles *puzzles, const trm_train_options *options,
                       const char *path)
{
    trm_trainer *trainer;
    ck_assert_int_eq(trm_trainer_create(model, puzzles, options, &trainer, NULL), TRM_OK);
    take_steps(trainer, (int)options->steps);
    ck_assert_int_eq(trm_trainer_step(trainer, NULL, NULL), TRM_ERROR_ARGUMENT);
    ck_assert_int_eq(trm_trainer_save(trainer, path, NULL), TRM_OK);
    trm_trainer_free(trainer);
}

void go_on_bit_for_bit(const char *directory, const char *model, const trm_puzzles *puzzles,
                       const trm_puzzles *others, trm_train_options options)
{
    const char *whole = inside_directory(directory, "whole.trm"),
               *halves = inside_directory(directory, "halves.trm"),
               *saved = inside_directory(directory, SAVED);
    const int steps = (int)options.steps;
    trm_pool *pool = NULL;
    trm_trainer *trainer;
    save_whole(model, puzzles, &options, whole);
#ifdef TRMI_HAVE_THREADS
    ck_assert_int_eq(trm_pool_create(2, NULL, &pool, NULL), TRM_OK);
    options.executor = trm_pool_executor(pool);
#endif
    ck_assert_int_eq(trm_trainer_create(model, puzzles, &options, &trainer, NULL), TRM_OK);
    take_steps(trainer, steps / 2);
    ck_assert_int_eq(trm_trainer_save(trainer, saved, NULL), TRM_OK);
    trm_trainer_free(trainer);
    ck_assert_int_eq(trm_trainer_resume(saved, others, &options, &trainer, NULL), TRM_OK);
    take_steps(trainer, steps - steps / 2);
    ck_assert_int_eq(trm_trainer_save(trainer, halves, NULL), TRM_OK);
    trm_trainer_free(trainer);
    trm_pool_free(pool);
    same_files(whole, halves);
}

void same_files(const char *a, const char *b)
{
    size_t a_bytes, b_bytes;
    uint8_t *first = read_whole(a, &a_bytes), *second = read_whole(b, &b_bytes);
    ck_assert_uint_eq(a_bytes, b_bytes);
    ck_assert_mem_eq(first, second, a_bytes);
    free(first);
    free(second);
}

void expect_sentence(trm_status status, trm_status expected, const trm_error *error, const char *sentence)
{
    ck_assert_msg(status == expected, "%s: %s", trm_status_name(status), error->message);
    ck_assert_msg(strstr(error->message, sentence) != NULL, "%s", error->message);
}
