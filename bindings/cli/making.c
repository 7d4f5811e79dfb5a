#include "bindings/cli/making.h"

#include <string.h>

#include "bindings/cli/report.h"

bool kind_agrees(const char *command, const puzzle_kind *kind, const char *task)
{
    const bool sudoku = strcmp(task, "sudoku") == 0, path = strcmp(task, "path") == 0;
    const char *stray = !sudoku && kind->boxes.rows > 0 ? "boxes"
                        : !sudoku && kind->givens.given ? "givens"
                        : sudoku && kind->grid.rows > 0 ? "grid"
                        : !path && kind->walls.given    ? "walls"
                                                        : NULL;
    if (stray != NULL)
        report_error("%s: --%s is not an option of the task %s", command, stray, task);
    return stray == NULL;
}

trm_task kind_task(const puzzle_kind *kind, const char *name)
{
    trm_task task = TRM_TASK_INIT;
    task.name = name;
    if (strcmp(name, "sudoku") == 0) {
        task.box_rows = kind->boxes.rows > 0 ? kind->boxes.rows : 3;
        task.box_columns = kind->boxes.rows > 0 ? kind->boxes.columns : 3;
    } else {
        task.grid_rows = kind->grid.rows > 0 ? kind->grid.rows : 10;
        task.grid_columns = kind->grid.rows > 0 ? kind->grid.columns : 10;
    }
    return task;
}

/* A range that was not given is 0-0, which means the default to the library. */
static trm_generate_options wanted_of(const puzzle_kind *kind, uint64_t seed)
{
    trm_generate_options o = TRM_GENERATE_OPTIONS_INIT;
    o.seed = seed;
    o.least_givens = kind->givens.least;
    o.most_givens = kind->givens.most;
    o.least_walls = kind->walls.least;
    o.most_walls = kind->walls.most;
    return o;
}

/* Grows the parts until each takes long enough for its beginning not to matter. */
int make_puzzles(const char *command, trm_puzzles *puzzles, const puzzle_kind *kind, uint64_t seed,
                 uint64_t first, uint64_t count, making_report *made, void *user)
{
    const double worth_showing = 0.05;
    trm_generate_options options = wanted_of(kind, seed);
    trm_error error = TRM_ERROR_INIT;
    uint64_t part = 1;
    for (uint64_t done = 0; done < count; done += options.count) {
        const double begin = seconds_now();
        options.first = first + done;
        options.count = part < count - done ? part : count - done;
        const trm_status status = trm_puzzles_generate(puzzles, &options, &error);
        if (status != TRM_OK)
            return report_failure(command, status, &error);
        made(user, done + options.count);
        if (was_interrupted())
            return STATUS_INTERRUPTED;
        if (!report_written())
            return STATUS_DATA;
        part = seconds_now() - begin < worth_showing ? 2 * part : part;
    }
    return STATUS_OK;
}
