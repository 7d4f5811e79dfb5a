/* trm generate: puzzles made up at random, as a CSV file. They are made in parts that take a moment each, so
 * that progress and control-C have their turn; the parts change nothing about the puzzles. */
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "bindings/cli/options.h"
#include "bindings/cli/report.h"

typedef struct generate_settings {
    uint64_t count, seed;
    grid_size boxes, grid;
    number_range givens, walls;
    const char *output;
    bool json, quiet;
} generate_settings;

static const generate_settings defaults = { .count = 1000 };

/* clang-format off */
static const option options[] = {
    NUMBER_ROW(generate_settings, count, "count", "N", 1, 1000000000, "how many puzzles (default 1000)"),
    NUMBER_ROW(generate_settings, seed, "seed", "N", 0, UINT64_MAX, "seed of the random numbers (default 0)"),
    TEXT_ROW(generate_settings, output, "output", "FILE",
             "write to FILE, gzipped when its name ends in .gz (default: standard output)"),
    GRID_ROW(generate_settings, boxes, "boxes", "sudoku: rows and columns of a box (default 3x3)"),
    RANGE_ROW(generate_settings, givens, "givens", 1, 256,
              "sudoku: givens (default: 24-45 with boxes of 3x3)"),
    GRID_ROW(generate_settings, grid, "grid", "path: rows and columns (default 10x10)"),
    RANGE_ROW(generate_settings, walls, "walls", 1, 90, "path: per cent of walls (default 20-35)"),
    JSON_ROW(generate_settings),
    QUIET_ROW(generate_settings, "no progress and no talk on standard error"),
    LAST_ROW,
};
/* clang-format on */

typedef struct generate_run {
    const generate_settings *settings;
    trm_puzzles *puzzles;
    trm_generate_options options;
    char *text; /* two puzzles */
    uint32_t cells;
    progress progress;
} generate_run;

/* False after telling which option belongs to another task. */
static bool options_agree(const generate_settings *s, const char *task)
{
    const bool sudoku = strcmp(task, "sudoku") == 0, path = strcmp(task, "path") == 0;
    const char *stray = !sudoku && s->boxes.rows > 0 ? "boxes"
                        : !sudoku && s->givens.given ? "givens"
                        : !path && s->grid.rows > 0  ? "grid"
                        : !path && s->walls.given    ? "walls"
                                                     : NULL;
    if (!sudoku && !path)
        report_error("generate: expected sudoku or path, found '%s'", task);
    else if (stray != NULL)
        report_error("generate: --%s is not an option of the task %s", stray, task);
    return (sudoku || path) && stray == NULL;
}

static trm_task task_of(const generate_settings *s, const char *name)
{
    trm_task task = TRM_TASK_INIT;
    task.name = name;
    if (strcmp(name, "sudoku") == 0) {
        task.box_rows = s->boxes.rows > 0 ? s->boxes.rows : 3;
        task.box_columns = s->boxes.rows > 0 ? s->boxes.columns : 3;
    } else {
        task.grid_rows = s->grid.rows > 0 ? s->grid.rows : 10;
        task.grid_columns = s->grid.rows > 0 ? s->grid.columns : 10;
    }
    return task;
}

/* A range that was not given is 0-0, which means the default to the library. */
static trm_generate_options wanted_of(const generate_settings *s)
{
    trm_generate_options o = TRM_GENERATE_OPTIONS_INIT;
    o.seed = s->seed;
    o.least_givens = s->givens.least;
    o.most_givens = s->givens.most;
    o.least_walls = s->walls.least;
    o.most_walls = s->walls.most;
    return o;
}

static void print_puzzles(const generate_run *run, uint64_t from)
{
    trm_error error = TRM_ERROR_INIT;
    uint32_t rating;
    const uint64_t count = trm_puzzles_count(run->puzzles);
    char *question = run->text, *answer = run->text + run->cells;
    if (from == 0)
        printf("source,question,answer,rating\n");
    for (uint64_t i = from; i < count; i++)
        if (trm_puzzles_get(run->puzzles, i, question, answer, &rating, &error) == TRM_OK)
            printf("generated,%.*s,%.*s,%lu\n", (int)run->cells, question, (int)run->cells, answer,
                   (unsigned long)rating);
}

static void show_rate(generate_run *run)
{
    char what[96];
    const double done = (double)trm_puzzles_count(run->puzzles), passed = seconds_now() - run->progress.begin;
    snprintf(what, sizeof what, "%.0f puzzles, %.1f a second", done, done / (passed > 0.0 ? passed : 1e-9));
    progress_show(&run->progress, done, (double)run->settings->count, what);
}

/* Grows the parts until each takes long enough for its beginning not to matter. */
static int make_puzzles(generate_run *run)
{
    const double worth_showing = 0.05;
    trm_error error = TRM_ERROR_INIT;
    uint64_t part = 1;
    for (uint64_t done = 0; done < run->settings->count; done += run->options.count) {
        const double begin = seconds_now();
        const uint64_t left = run->settings->count - done;
        run->options.first = done;
        run->options.count = part < left ? part : left;
        const trm_status status = trm_puzzles_generate(run->puzzles, &run->options, &error);
        if (status != TRM_OK)
            return report_failure("generate", status, &error);
        if (run->settings->output == NULL)
            print_puzzles(run, done);
        show_rate(run);
        if (was_interrupted())
            return STATUS_INTERRUPTED;
        if (!report_written())
            return STATUS_DATA;
        part = seconds_now() - begin < worth_showing ? 2 * part : part;
    }
    return STATUS_OK;
}

static int write_puzzles(const generate_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    const char *output = run->settings->output;
    if (output == NULL || trm_puzzles_write(run->puzzles, output, "generated", &error) == TRM_OK)
        return STATUS_OK;
    return report_error("%s", error.message);
}

static void print_summary(const generate_run *run, double seconds)
{
    const uint64_t count = trm_puzzles_count(run->puzzles);
    const double rate = (double)count / (seconds > 0.0 ? seconds : 1e-9);
    report_talk("%llu puzzles in %.2f s, %.1f a second", (unsigned long long)count, seconds, rate);
    if (!run->settings->json)
        return;
    record r = record_begin(stdout);
    record_integer(&r, "puzzles", count);
    record_number(&r, "seconds", seconds);
    record_number(&r, "puzzles_per_second", rate);
    record_end(&r);
    putchar('\n');
}

static int run_generate(const void *given, char **operands, int count)
{
    (void)count;
    const generate_settings *settings = given;
    generate_run run = { .settings = settings, .options = wanted_of(settings) };
    trm_error error = TRM_ERROR_INIT;
    report_be_quiet(settings->quiet);
    if (!options_agree(settings, operands[0]))
        return STATUS_USAGE;
    const trm_task task = task_of(settings, operands[0]);
    const trm_status status = trm_puzzles_create(&task, NULL, &run.puzzles, &error);
    if (status != TRM_OK)
        return report_failure("generate", status, &error);
    run.cells = task.box_rows > 0 ? task.box_rows * task.box_columns * task.box_rows * task.box_columns
                                  : task.grid_rows * task.grid_columns;
    run.text = malloc(2 * (size_t)run.cells);
    catch_interrupts();
    run.progress = progress_begin();
    int result = run.text != NULL ? make_puzzles(&run) : report_error("not enough memory");
    progress_end(&run.progress);
    if (result == STATUS_OK)
        result = write_puzzles(&run);
    if (result == STATUS_OK)
        print_summary(&run, seconds_now() - run.progress.begin);
    free(run.text);
    trm_puzzles_free(run.puzzles);
    return result;
}

const cli_command generate_command = {
    "generate",
    "[OPTIONS] sudoku|path",
    "Makes up Sudokus with one solution, or grids with obstacles and one shortest path, as a CSV file "
    "(source,question,answer,rating), the same for the same options on every machine.",
    options,
    sizeof(generate_settings),
    &defaults,
    1,
    1,
    run_generate,
};
