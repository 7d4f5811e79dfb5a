/* Every puzzle has a stream of random numbers of its own, so that it depends on its number and not on those
 * before it. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/core/error.h"
#include "lib/train/path.h"
#include "lib/train/puzzles.h"
#include "lib/train/sudoku.h"

typedef struct generation {
    trm_puzzles *puzzles;
    trm_generate_options options;
    trmi_sudoku *sudoku; /* that of the task; the other one is NULL */
    trmi_path *path;
} generation;

static trm_status check_range(const char *what, uint32_t least, uint32_t most, uint32_t lowest,
                              uint32_t highest, trm_error *error)
{
    if (least >= lowest && least <= most && most <= highest)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_ARGUMENT,
                     "trm_generate_options: expected a range of %s within %" PRIu32 " to %" PRIu32
                     ", found %" PRIu32 " to %" PRIu32,
                     what, lowest, highest, least, most);
}

static trm_status read_ranges(const trmi_task *task, trm_generate_options *options, trm_error *error)
{
    const bool givens = options->least_givens != 0 || options->most_givens != 0,
               walls = options->least_walls != 0 || options->most_walls != 0;
    if (task->kind == TRMI_TASK_OTHER)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "puzzles of the tasks sudoku and path can be generated, not of %s", task->name);
    if (task->kind == TRMI_TASK_SUDOKU ? walls : givens)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_generate_options: puzzles of the task %s have no %s",
                         task->name, walls ? "walls" : "givens");
    if (task->kind == TRMI_TASK_SUDOKU && !givens)
        trmi_sudoku_givens(task, &options->least_givens, &options->most_givens);
    if (task->kind == TRMI_TASK_SUDOKU)
        return check_range("givens", options->least_givens, options->most_givens, 0, task->cells, error);
    if (!walls) {
        options->least_walls = TRMI_PATH_LEAST_WALLS;
        options->most_walls = TRMI_PATH_MOST_WALLS;
    }
    return check_range("per cent of walls", options->least_walls, options->most_walls, 0, 90, error);
}

static trm_status begin_generation(generation *run, trm_error *error)
{
    const trmi_task *task = &run->puzzles->task;
    trm_status status = read_ranges(task, &run->options, error);
    if (status == TRM_OK && run->options.count > UINT64_MAX - run->options.first)
        status =
            trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_generate_options: first + count must be below 2^64");
    if (status == TRM_OK)
        status = trmi_puzzles_reserve(run->puzzles, run->options.count, error);
    if (status == TRM_OK && task->kind == TRMI_TASK_SUDOKU)
        status = trmi_sudoku_create(task, &run->puzzles->allocator, &run->sudoku, error);
    if (status == TRM_OK && task->kind == TRMI_TASK_PATH)
        status = trmi_path_create(task, &run->puzzles->allocator, &run->path, error);
    return status;
}

/* The stream of the puzzle with this number. */
static trmi_generator stream_of(const generation *run, uint64_t number)
{
    const trmi_task *task = &run->puzzles->task;
    char name[80];
    trmi_generator generator;
    snprintf(name, sizeof name, "%s %" PRIu32 "x%" PRIu32 " %" PRIu32 "x%" PRIu32, task->name, task->rows,
             task->columns, task->box_rows, task->box_columns);
    trmi_generator_begin(&generator, run->options.seed, name);
    trmi_generator_begin(&generator, trmi_generator_next(&generator) ^ number, name);
    return generator;
}

static trm_status generate_one(const generation *run, uint64_t number, trm_error *error)
{
    trm_puzzles *puzzles = run->puzzles;
    const trm_generate_options *o = &run->options;
    const uint64_t index = puzzles->count + number;
    uint8_t *question = trmi_puzzles_pair(puzzles, index), *answer = question + puzzles->task.cells;
    trmi_generator generator = stream_of(run, o->first + number);
    if (run->sudoku != NULL)
        return trmi_sudoku_generate(run->sudoku, o->least_givens, o->most_givens, &generator, question,
                                    answer, &puzzles->ratings[index], error);
    return trmi_path_generate(run->path, o->least_walls, o->most_walls, &generator, question, answer,
                              &puzzles->ratings[index], error);
}

TRM_API trm_status trm_puzzles_generate(trm_puzzles *puzzles, const trm_generate_options *options,
                                        trm_error *error)
{
    generation run = { .puzzles = puzzles, .options = TRM_GENERATE_OPTIONS_INIT };
    if (puzzles == NULL || options == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_puzzles_generate: puzzles and options must not be NULL");
    trm_status status =
        trmi_read_struct(&run.options, sizeof run.options, options, offsetof(trm_generate_options, first),
                         "trm_generate_options", error);
    if (status == TRM_OK)
        status = begin_generation(&run, error);
    for (uint64_t number = 0; status == TRM_OK && number < run.options.count; number++)
        status = generate_one(&run, number, error);
    if (status == TRM_OK)
        puzzles->count += run.options.count;
    trmi_sudoku_free(run.sudoku);
    trmi_path_free(run.path);
    return status;
}
