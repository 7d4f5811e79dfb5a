#include "bindings/cli/making.h"

#include <string.h>

#include "bindings/cli/report.h"

static bool is_colouring(const char *task)
{
    return strcmp(task, "colouring") == 0;
}

bool kind_is_made(const char *task)
{
    return strcmp(task, "sudoku") == 0 || strcmp(task, "jigsaw") == 0 || strcmp(task, "path") == 0 ||
           is_colouring(task);
}

/* Of a described task only sizes are drawn. */
static bool described_agrees(const char *command, const puzzle_kind *kind)
{
    const char *stray = kind->boxes.rows > 0    ? "boxes"
                        : kind->givens.given    ? "givens"
                        : kind->minimal         ? "minimal"
                        : kind->grid.rows > 0   ? "grid"
                        : kind->walls.given     ? "walls"
                        : kind->open            ? "open"
                        : kind->unreachable > 0 ? "unreachable"
                        : kind->positions.given ? "positions"
                        : kind->colours.given   ? "colours"
                                                : NULL;
    if (stray != NULL)
        report_error("%s: --%s is not an option of tasks that --rules describes", command, stray);
    return stray == NULL;
}

bool kind_agrees(const char *command, const puzzle_kind *kind, const char *task)
{
    if (kind->rules != NULL)
        return described_agrees(command, kind);
    const bool sudoku = strcmp(task, "sudoku") == 0, path = strcmp(task, "path") == 0,
               colouring = is_colouring(task), digits = sudoku || strcmp(task, "jigsaw") == 0;
    const char *stray = !sudoku && kind->boxes.rows > 0       ? "boxes"
                        : !digits && kind->givens.given       ? "givens"
                        : !digits && kind->minimal            ? "minimal"
                        : colouring && kind->grid.rows > 0    ? "grid"
                        : !path && kind->walls.given          ? "walls"
                        : !path && kind->open                 ? "open"
                        : !path && kind->unreachable > 0      ? "unreachable"
                        : !colouring && kind->positions.given ? "positions"
                        : !colouring && kind->colours.given   ? "colours"
                                                              : NULL;
    if (stray != NULL)
        report_error("%s: --%s is not an option of the task %s", command, stray, task);
    return stray == NULL;
}

/* A blank, and the usual digits for so many colours. */
static const char *alphabet_of_colours(uint32_t most)
{
    static const char *const alphabets[] = { ".12",     ".123",     ".1234",     ".12345",
                                             ".123456", ".1234567", ".12345678", ".123456789" };
    return alphabets[most - 2];
}

static trm_task named_task(const puzzle_kind *kind, const char *name)
{
    const bool boxes = kind->boxes.rows > 0, grid = kind->grid.rows > 0;
    const uint32_t side = boxes ? 0 : strcmp(name, "path") == 0 ? 10 : 9;
    trm_task task = TRM_TASK_INIT;
    task.name = name;
    task.box_rows = kind->boxes.rows;
    task.box_columns = kind->boxes.columns;
    if (is_colouring(name))
        task.alphabet = alphabet_of_colours(kind->colours.given ? kind->colours.most : 4);
    else if (grid || kind_is_made(name)) {
        task.grid_rows = grid ? kind->grid.rows : side;
        task.grid_columns = grid ? kind->grid.columns : side;
    }
    return task;
}

trm_task kind_task(const puzzle_kind *kind, const char *name)
{
    trm_task described = TRM_TASK_INIT;
    described.rules = kind->rules_text;
    return described.rules != NULL ? described : named_task(kind, name);
}

enum { MOST_OPEN_WALLS = 35 }; /* per cent, when nothing else is asked for */

/* A range that was not given is 0-0, which means the default to the library. */
static trm_generate_options wanted_of(const puzzle_kind *kind, uint64_t seed)
{
    trm_generate_options o = TRM_GENERATE_OPTIONS_INIT;
    o.seed = seed;
    o.least_givens = kind->givens.least;
    o.most_givens = kind->givens.most;
    o.least_walls = kind->walls.least;
    o.most_walls = kind->open && !kind->walls.given ? MOST_OPEN_WALLS : kind->walls.most;
    o.open = kind->open;
    o.unreachable = (uint32_t)kind->unreachable;
    o.least_positions = kind->positions.least;
    o.most_positions = kind->positions.most;
    o.least_fields = kind->colours.least;
    o.most_fields = kind->colours.most;
    o.minimal = kind->minimal;
    o.least_size = kind->sizes.least;
    o.most_size = kind->sizes.most;
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
