/* Every puzzle has a stream of random numbers of its own, so that it depends on its number and not on those
 * before it. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/core/error.h"
#include "lib/puzzles/colouring.h"
#include "lib/puzzles/described.h"
#include "lib/puzzles/jigsaws.h"
#include "lib/puzzles/path.h"
#include "lib/puzzles/sudoku_generator.h"

typedef struct generation {
    trm_puzzles *puzzles;
    trm_generate_options options;
    trmi_sudoku *sudoku; /* that of the task; the others are NULL */
    trmi_path *path;
    trmi_colouring *colouring;
    trmi_described *described;
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

static bool colours(const trmi_task *task)
{
    return trmi_task_is(task, TRMI_COLOURING) && task->shape.positions == 0;
}

/* Graphs of so many vertices and colours, which the alphabet has. */
static trm_status read_graphs(const trmi_task *task, uint32_t features, trm_generate_options *o,
                              trm_error *error)
{
    const uint32_t values = task->values < TRMI_COLOURING_COLOURS ? task->values : TRMI_COLOURING_COLOURS;
    if (o->least_positions == 0 && o->most_positions == 0) {
        o->least_positions = TRMI_COLOURING_LEAST_VERTICES;
        o->most_positions = TRMI_COLOURING_MOST_VERTICES;
    }
    if (o->least_fields == 0 && o->most_fields == 0) {
        o->least_fields = values < 3 ? values : 3;
        o->most_fields = values;
    }
    if (o->least_givens != 0 || o->most_givens != 0 || o->least_walls != 0 || o->most_walls != 0 ||
        o->open != 0 || o->unreachable != 0 || o->minimal != 0 || o->reserved != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_generate_options: puzzles of the task %s have no givens and no walls",
                         task->name);
    if (task->blank == TRMI_NO_TOKEN || features != 0)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "a graph is made up with a blank, '.' or '_', in its alphabet and no features, found %s",
            features != 0 ? "features" : "no blank");
    TRMI_TRY(
        check_range("positions", o->least_positions, o->most_positions, 4, TRMI_COLOURING_VERTICES, error));
    return check_range("fields", o->least_fields, o->most_fields, 2, values, error);
}

static bool is_described(const trm_puzzles *puzzles)
{
    return puzzles->text.rules[0] != '\0';
}

/* Whether everything that only other tasks have is left out. */
static bool asks_for_sizes_alone(const trm_generate_options *o)
{
    const uint32_t others[] = { o->least_givens,   o->most_givens, o->least_walls,
                                o->most_walls,     o->open,        o->unreachable,
                                o->least_fields,   o->most_fields, o->least_positions,
                                o->most_positions, o->minimal,     o->reserved };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] != 0)
            return false;
    return true;
}

static trm_status read_described_sizes(const trm_puzzles *puzzles, trm_generate_options *o, trm_error *error)
{
    const bool grid = puzzles->text.description.grid;
    if (!asks_for_sizes_alone(o))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_generate_options: a described task such as %s has sizes alone",
                         puzzles->task.name);
    if (puzzles->features != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "puzzles of %s are made up without features",
                         puzzles->task.name);
    if (o->least_size == 0 && o->most_size == 0) {
        o->least_size = grid ? TRMI_GRID_LEAST : TRMI_LIST_LEAST;
        o->most_size = grid ? TRMI_GRID_MOST : TRMI_LIST_MOST;
    }
    return check_range("sizes", o->least_size, o->most_size, 2,
                       grid ? TRMI_DESCRIBED_SIDE : TRMI_DESCRIBED_VARIABLES, error);
}

static bool has_givens(const trmi_task *task)
{
    return trmi_task_is(task, TRMI_SUDOKU) || trmi_task_is(task, TRMI_JIGSAW);
}

/* Of Sudokus and jigsaws. */
static trm_status read_givens(const trmi_task *task, trm_generate_options *options, trm_error *error)
{
    if (options->minimal > 1)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_generate_options: minimal must be 0 or 1, found %" PRIu32, options->minimal);
    if (options->least_givens == 0 && options->most_givens == 0) {
        trmi_sudoku_givens(task, &options->least_givens, &options->most_givens);
        if (options->minimal != 0)
            options->least_givens = 0;
    }
    return check_range("givens", options->least_givens, options->most_givens, 0, task->shape.positions,
                       error);
}

static trm_status read_walls(trm_generate_options *options, trm_error *error)
{
    if (options->open > 1 || options->unreachable > 100)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_generate_options: open must be 0 or 1 and unreachable 0 to 100; found %" PRIu32
                         ", %" PRIu32,
                         options->open, options->unreachable);
    if (options->least_walls == 0 && options->most_walls == 0 && options->open == 0) {
        options->least_walls = TRMI_PATH_LEAST_WALLS;
        options->most_walls = TRMI_PATH_MOST_WALLS;
    }
    return check_range("per cent of walls", options->least_walls, options->most_walls, 0, 90, error);
}

static trm_status read_ranges(const trm_puzzles *puzzles, trm_generate_options *options, trm_error *error)
{
    const trmi_task *task = &puzzles->task;
    if (is_described(puzzles))
        return read_described_sizes(puzzles, options, error);
    if (options->least_size != 0 || options->most_size != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_generate_options: only described tasks have a range of sizes, not %s",
                         task->name);
    if (colours(task))
        return read_graphs(task, puzzles->features, options, error);
    if (options->least_positions != 0 || options->most_positions != 0 || options->least_fields != 0 ||
        options->most_fields != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_generate_options: only graphs have a range of positions and fields, not %s",
                         task->name);
    const bool givens = options->least_givens != 0 || options->most_givens != 0 || options->minimal != 0,
               walls = options->least_walls != 0 || options->most_walls != 0,
               maps = options->open != 0 || options->unreachable != 0, sudoku = has_givens(task);
    if (!sudoku && !trmi_task_is(task, TRMI_PATH))
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "puzzles of the tasks sudoku, jigsaw and path, and colouring without a grid, can be "
                         "generated, not of %s",
                         task->name);
    if (options->reserved != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_generate_options: reserved must be 0, found %" PRIu32, options->reserved);
    if (sudoku ? walls || maps : givens)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_generate_options: puzzles of the task %s have no %s",
                         task->name,
                         walls    ? "walls"
                         : sudoku ? "ways"
                                  : "givens");
    return sudoku ? read_givens(task, options, error) : read_walls(options, error);
}

static trm_status begin_generation(generation *run, trm_error *error)
{
    const trmi_task *task = &run->puzzles->task;
    TRMI_TRY(read_ranges(run->puzzles, &run->options, error));
    if (run->options.count > UINT64_MAX - run->options.first)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_generate_options: first + count must be below 2^64");
    TRMI_TRY(trmi_puzzles_reserve(run->puzzles, run->options.count, error));
    if (has_givens(task))
        TRMI_TRY(trmi_sudoku_create(task, &run->puzzles->allocator, &run->sudoku, error));
    if (colours(task))
        TRMI_TRY(trmi_colouring_create(&run->puzzles->allocator, &run->colouring, error));
    if (is_described(run->puzzles))
        TRMI_TRY(trmi_described_create(&run->puzzles->allocator, &run->puzzles->text.description,
                                       &run->described, error));
    if (trmi_task_is(task, TRMI_PATH))
        TRMI_TRY(trmi_path_create(task, &run->puzzles->allocator, &run->path, error));
    return TRM_OK;
}

/* The stream of the puzzle with this number. */
static trmi_generator stream_of(const generation *run, uint64_t number)
{
    const trmi_task *task = &run->puzzles->task;
    char name[80];
    trmi_generator generator;
    snprintf(name, sizeof name, "%s %" PRIu32 "x%" PRIu32 " %" PRIu32 "x%" PRIu32, task->name,
             task->shape.rows, task->shape.columns, task->shape.box_rows, task->shape.box_columns);
    trmi_generator_begin(&generator, run->options.seed, name);
    trmi_generator_begin(&generator, trmi_generator_next(&generator) ^ number, name);
    return generator;
}

/* Its sheet has the edges; the rating counts the vertices to be coloured. */
static trm_status generate_graph(const generation *run, uint64_t index, trmi_generator *generator,
                                 trm_error *error)
{
    const trm_generate_options *o = &run->options;
    const uint32_t vertices = o->least_positions +
                              trmi_generator_below(generator, o->most_positions - o->least_positions + 1),
                   fields = o->least_fields +
                            trmi_generator_below(generator, o->most_fields - o->least_fields + 1);
    trmi_colouring_generate(run->colouring, vertices, fields, generator);
    const trm_relation edges = trmi_colouring_edges(run->colouring);
    trm_questions brought = TRM_QUESTIONS_INIT;
    trm_shape shape = TRM_SHAPE_INIT;
    shape.positions = vertices;
    shape.fields = fields;
    brought.count = brought.relation_count = 1;
    brought.relations = &edges;
    TRMI_TRY(trmi_puzzles_bring(run->puzzles, index, &brought, 0, &shape, vertices, run->puzzles->features,
                                error));
    const trmi_task *task = &run->puzzles->task;
    const uint8_t *given = trmi_colouring_given(run->colouring),
                  *answered = trmi_colouring_answer(run->colouring);
    uint8_t *question, *answer;
    trmi_puzzles_places(run->puzzles, index, &question, &answer);
    run->puzzles->ratings[index] = 0;
    for (uint32_t v = 0; v < vertices; v++) {
        answer[v] = (uint8_t)(task->first_value + answered[v]);
        question[v] = given[v] == TRMI_NO_COLOUR ? (uint8_t)task->blank : answer[v];
        run->puzzles->ratings[index] += given[v] == TRMI_NO_COLOUR;
    }
    return TRM_OK;
}

/* Keeps what the drawn puzzle brings. */
static trm_status keep_described(const generation *run, uint64_t index, trm_error *error)
{
    const trmi_described *d = run->described;
    const trmi_constraints *c = &d->constraints;
    const trmi_constraint_lists *lists = d->lists;
    trm_questions brought = TRM_QUESTIONS_INIT;
    trm_shape shape = TRM_SHAPE_INIT;
    shape.rows = shape.columns = c->side;
    shape.positions = c->side > 0 ? 0 : c->cells;
    shape.fields = c->values;
    shape.helpers = lists->helpers.count;
    (void)trmi_constraints_boxes(d->description, c->side, &shape.box_rows, &shape.box_columns);
    brought.count = 1;
    brought.relations = lists->relation_count > 0 ? lists->relations : NULL;
    brought.relation_count = lists->relation_count;
    brought.helper_tokens = shape.helpers > 0 ? lists->helpers.token : NULL;
    return trmi_puzzles_bring(run->puzzles, index, &brought, 0, &shape, c->cells, 0, error);
}

static uint8_t token_of(uint8_t value)
{
    return value == TRMI_NO_VALUE ? 0 : (uint8_t)(1 + value);
}

/* The rating counts the variables to be found. */
static trm_status generate_described(const generation *run, uint64_t index, trmi_generator *generator,
                                     trm_error *error)
{
    const trm_generate_options *o = &run->options;
    trmi_described *d = run->described;
    const uint32_t size = o->least_size + trmi_generator_below(generator, o->most_size - o->least_size + 1);
    TRMI_TRY(trmi_described_draw(d, size, generator, error));
    TRMI_TRY(keep_described(run, index, error));
    uint8_t *question, *answer;
    uint32_t *rating = &run->puzzles->ratings[index];
    trmi_puzzles_places(run->puzzles, index, &question, &answer);
    *rating = 0;
    for (uint32_t cell = 0; cell < d->constraints.cells; cell++) {
        answer[cell] = token_of(d->answer[cell]);
        question[cell] = token_of(d->given[cell]);
        *rating += question[cell] == 0;
    }
    return TRM_OK;
}

static trm_status generate_sudoku(const generation *run, uint64_t index, trmi_generator *generator,
                                  trm_error *error)
{
    trm_puzzles *puzzles = run->puzzles;
    const trm_generate_options *o = &run->options;
    const bool jigsaw = trmi_task_is(&puzzles->task, TRMI_JIGSAW);
    uint8_t region[TRMI_SUDOKU_CELLS], *question = trmi_puzzles_pair(puzzles, index);
    const trmi_sudoku_wish wish = { o->least_givens, o->most_givens, o->minimal != 0 };
    const trmi_sudoku_puzzle puzzle = { question, question + puzzles->task.shape.positions,
                                        jigsaw ? region : NULL, &puzzles->ratings[index] };
    const trm_status status =
        trmi_sudoku_generate(run->sudoku, &puzzles->task, &wish, generator, &puzzle, error);
    return status == TRM_OK && jigsaw ? trmi_jigsaw_bring(puzzles, index, region, error) : status;
}

static trm_status generate_one(const generation *run, uint64_t number, trm_error *error)
{
    trm_puzzles *puzzles = run->puzzles;
    const trm_generate_options *o = &run->options;
    const uint64_t index = puzzles->count + number;
    trmi_generator generator = stream_of(run, o->first + number);
    if (run->colouring != NULL)
        return generate_graph(run, index, &generator, error);
    if (run->described != NULL)
        return generate_described(run, index, &generator, error);
    uint8_t *question = trmi_puzzles_pair(puzzles, index), *answer = question + puzzles->task.shape.positions;
    if (run->sudoku != NULL)
        return generate_sudoku(run, index, &generator, error);
    const trmi_map_kind kind = { o->least_walls, o->most_walls, o->open != 0, o->unreachable };
    if (o->open == 0 && o->unreachable == 0)
        return trmi_path_generate(run->path, o->least_walls, o->most_walls, &generator, question, answer,
                                  &puzzles->ratings[index], error);
    return trmi_path_generate_map(run->path, &kind, &generator, question, answer, &puzzles->ratings[index],
                                  error);
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
    else if (puzzles->sheets != NULL)
        trmi_puzzles_forget(puzzles);
    trmi_described_free(run.described);
    trmi_colouring_free(run.colouring);
    trmi_sudoku_free(run.sudoku);
    trmi_path_free(run.path);
    return status;
}
