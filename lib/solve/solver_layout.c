/* The memory of a solver: the function that lays it out also measures it. */
#include <assert.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/solve/candidates.h"
#include "lib/solve/demands.h"
#include "lib/solve/judging.h"
#include "lib/solve/solver.h"

static void layout_run(trmi_run *run, const trmi_config *config, const trmi_solve_settings *settings,
                       const trmi_extent *most, uint32_t values, trmi_arena *arena)
{
    const uint64_t state = (uint64_t)trmi_padded(config->channels) * most->rows;
    *run = (trmi_run) {
        .x = most->anew ? NULL : trmi_arena_take(arena, state, sizeof(float)),
        .y = trmi_arena_take(arena, state, sizeof(float)),
        .z = trmi_arena_take(arena, state, sizeof(float)),
        .logits = trmi_arena_take(arena, (uint64_t)most->positions * config->vocabulary, sizeof(float)),
        .tokens = trmi_arena_take(arena, most->positions, sizeof(int32_t)),
        .number = TRMI_NO_RUN,
    };
    run->answer = run->tokens;
    if (!trmi_halts_by_head(config))
        run->cells = trmi_arena_take(arena, most->positions, sizeof(float));
    if (most->anew && (trmi_view_count(&settings->options) > 0 || trmi_searches(&settings->options)))
        run->seen = trmi_arena_take(arena, most->positions, sizeof(int32_t));
    if (trmi_view_count(&settings->options) > 0)
        run->answer = trmi_arena_take(arena, most->positions, sizeof(int32_t));
    if (trmi_searches(&settings->options))
        run->mean = trmi_arena_take(arena, (uint64_t)most->positions * values, sizeof(float));
}

static void layout_puzzle(trmi_puzzle *puzzle, const trmi_config *config, const trmi_solve_settings *settings,
                          const trmi_extent *most, uint32_t values, trmi_arena *arena)
{
    const uint64_t places = (uint64_t)most->positions + most->helpers;
    *puzzle = (trmi_puzzle) { .tokens = trmi_arena_take(arena, most->positions, sizeof(int32_t)) };
    if (most->helpers > 0)
        puzzle->helper_tokens = trmi_arena_take(arena, most->helpers, sizeof(int32_t));
    if (config->features > 0)
        puzzle->features = trmi_arena_take(arena, places * config->features, sizeof(float));
    if (trmi_searches(&settings->options))
        puzzle->rounds.guide = trmi_arena_take(arena, (uint64_t)most->positions * values, sizeof(float));
    if (TRMI_HAS_GIVEN && (settings->options.heard > 0 || trmi_given_needed(config)))
        trmi_given_layout(&puzzle->given, config, most, settings->options.heard, arena);
    trmi_candidates_layout(&puzzle->candidates, &settings->options, most, arena);
}

static void layout_worker(trmi_worker *worker, const trm_model *model, const trmi_extent *most,
                          trmi_arena *arena)
{
    trmi_activations_layout(&worker->activations, &model->config, most, arena);
    const uint64_t head = TRMI_KIND(model->kind)->head_size(&model->config, most);
    worker->head = head <= worker->activations.idle_numbers ? worker->activations.idle
                                                            : trmi_arena_take(arena, head, sizeof(float));
}

/* What comes in batches. */
static void layout_puzzles(trm_solver *solver, const trm_model *model, const trmi_solve_settings *settings,
                           const trmi_extent *most, uint32_t values, trmi_arena *arena)
{
    const uint32_t batch = trmi_batch(&settings->options), seats = trmi_demands_seats(&settings->options);
    const uint64_t all = (uint64_t)batch * seats;
    trmi_puzzle *puzzles = trmi_arena_take(arena, batch, TRMI_BYTES_OF(arena, trmi_puzzle));
    trmi_run *runs = trmi_arena_take(arena, all, TRMI_BYTES_OF(arena, trmi_run));
    uint32_t *running = trmi_arena_take(arena, all, sizeof *running);
    for (uint32_t i = 0; i < batch; i++) {
        trmi_puzzle puzzle;
        layout_puzzle(&puzzle, &model->config, settings, most, values, arena);
        puzzle.runs = runs != NULL ? runs + (size_t)i * seats : NULL;
        for (uint32_t r = 0; r < seats; r++) {
            trmi_run run;
            layout_run(&run, &model->config, settings, most, values, arena);
            if (puzzle.runs != NULL)
                puzzle.runs[r] = run;
        }
        if (puzzles != NULL)
            puzzles[i] = puzzle;
    }
    if (solver == NULL)
        return;
    solver->seats = seats;
    solver->puzzles = puzzles;
    solver->runs = runs;
    solver->running = running;
}

/* What comes in threads. */
static void layout_threads(trm_solver *solver, const trm_model *model, const trmi_solve_settings *settings,
                           const trmi_extent *most, trmi_arena *arena)
{
    const uint32_t width = trmi_width(&settings->executor);
    trmi_worker *workers = trmi_arena_take(arena, width, TRMI_BYTES_OF(arena, trmi_worker));
    trmi_scratch *scratch = trmi_arena_take(arena, width, TRMI_BYTES_OF(arena, trmi_scratch));
    for (uint32_t i = 0; i < width; i++) {
        trmi_worker worker;
        trmi_scratch own;
        layout_worker(&worker, model, most, arena);
        trmi_scratch_layout(&own, &model->config, most, arena);
        if (workers != NULL && scratch != NULL) {
            workers[i] = worker;
            scratch[i] = own;
        }
    }
    if (solver == NULL)
        return;
    solver->workers = workers;
    solver->scratch = scratch;
}

/* What is there once, where the options need it. */
static void layout_callbacks(trm_solver *solver, const trmi_config *config, const trm_solve_options *options,
                             const trmi_extent *most, trmi_arena *arena)
{
    int32_t *seen = trmi_searches(options) || trmi_view_count(options) > 0
                        ? trmi_arena_take(arena, most->positions, sizeof *seen)
                        : NULL;
    trmi_view *view = trmi_view_count(options) > 0 ? trmi_arena_take(arena, 1, sizeof *view) : NULL;
    float *probabilities = trmi_watcher_of(options) != NULL
                               ? trmi_arena_take(arena, most->positions, sizeof *probabilities)
                               : NULL;
    trm_relation *given =
        trmi_verifier_of(options) != NULL
            ? trmi_arena_take(arena, config->relations.count, TRMI_BYTES_OF(arena, trm_relation))
            : NULL;
    if (solver == NULL)
        return;
    solver->seen = seen;
    solver->view = view;
    solver->probabilities = probabilities;
    solver->given = given;
}

static void keep_views(trm_solver *solver, uint32_t *views)
{
    trm_solve_options *options = &solver->settings.options;
    if (views == NULL)
        return;
    memcpy(views, options->views, trmi_view_count(options) * sizeof *views);
    options->views = views;
}

/* Lays a solver out in the arena, or only measures when the arena has no base (then there is none to
   return). */
static trm_status layout(const trm_model *model, const trmi_solve_settings *settings, trmi_arena *arena,
                         trm_solver **made, trm_error *error)
{
    const trm_solve_options *options = &settings->options;
    trmi_arena tables = { .firmware = arena->firmware };
    trmi_extent most;
    int32_t first;
    TRMI_TRY(trmi_judging_lay(model, &settings->shape, &tables, NULL, &most, NULL, error));
    most.in_place = most.in_place && options->heard == 0;
    most.banded = most.in_place && trmi_width(&settings->executor) == 1;
    trm_solver *solver = *made = trmi_arena_take(arena, 1, TRMI_BYTES_OF(arena, trm_solver));
    trmi_relation_table *relations =
        trmi_arena_take(arena, model->config.relations.count, TRMI_BYTES_OF(arena, trmi_relation_table));
    trmi_verification *rules = trmi_arena_take(arena, 1, TRMI_BYTES_OF(arena, trmi_verification));
    uint32_t *views =
        trmi_view_count(options) > 0 ? trmi_arena_take(arena, trmi_view_count(options), sizeof *views) : NULL;
    void *lists = trmi_arena_take(arena, tables.used, 1);
    if (solver != NULL) {
        solver->model = model;
        solver->settings = *settings;
        solver->most = most;
        solver->relations = relations;
        solver->rules = rules;
        solver->tables = lists;
        solver->table_bytes = tables.used;
        solver->judged_halts = trmi_demands_rules(model, options);
        solver->judging = solver->judged_halts || trmi_watcher_of(options) != NULL;
        keep_views(solver, views);
    }
    layout_puzzles(solver, model, settings, &most, trmi_task_values(&model->task, &settings->shape, &first),
                   arena);
    layout_callbacks(solver, &model->config, options, &most, arena);
    layout_threads(solver, model, settings, &most, arena);
    return TRM_OK;
}

/* Bytes of the laid-out solver, which have to fit in memory's size. */
static trm_status measure(const trm_model *model, const trmi_solve_settings *settings, bool firmware,
                          uint64_t *bytes, trm_error *error)
{
    trmi_arena arena = { .firmware = firmware };
    trm_solver *none;
    const trm_status status = layout(model, settings, &arena, &none, error);
    *bytes = arena.used;
    if (status != TRM_OK || (!arena.overflow && arena.used <= SIZE_MAX - TRMI_ALIGNMENT))
        return status;
    return trmi_fail(
        error, TRM_ERROR_MEMORY,
        "a solver for batches of %u on %u threads needs more memory than this machine can address",
        (unsigned)settings->options.batch, (unsigned)settings->executor.width);
}

trm_status trmi_solver_workspace(const trm_model *model, const trm_solve_options *options, bool firmware,
                                 uint64_t *bytes, trm_error *error)
{
    trmi_solve_settings settings;
    TRMI_TRY(trmi_solve_settings_read(&settings, model, options, error));
    TRMI_TRY(measure(model, &settings, firmware, bytes, error));
    *bytes += TRMI_ALIGNMENT; /* the workspace may begin anywhere */
    return TRM_OK;
}

trm_status trm_solver_measure(const trm_model *model, const trm_solve_options *options, size_t *bytes,
                              trm_error *error)
{
    uint64_t needed = 0;
    if (bytes == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "bytes: expected where to put the size, found NULL");
    TRMI_TRY(trmi_solver_workspace(model, options, false, &needed, error));
    *bytes = (size_t)needed;
    return TRM_OK;
}

/* The caller's workspace from its first aligned byte, or memory of our own. */
static trm_status take_memory(const trmi_solve_settings *settings, uint64_t bytes, void **memory,
                              trm_error *error)
{
    const trm_solve_options *options = &settings->options;
    if (options->workspace == NULL && options->workspace_size != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_solve_options.workspace: expected memory of %zu bytes, found NULL",
                         options->workspace_size);
    if (options->workspace == NULL) {
        *memory = TRMI_HAS_CALLBACKS ? trmi_allocate(&settings->allocator, bytes) : NULL;
        return *memory != NULL ? TRM_OK
                               : trmi_no_memory(error, "a solver of %llu bytes", (unsigned long long)bytes);
    }
    if (options->workspace_size < bytes + TRMI_ALIGNMENT)
        return trmi_fail(error, TRM_ERROR_WORKSPACE,
                         "trm_solve_options.workspace_size: expected at least %llu bytes, found %zu",
                         (unsigned long long)bytes + TRMI_ALIGNMENT, options->workspace_size);
    *memory = trmi_aligned(options->workspace);
    memset(*memory, 0, (size_t)bytes);
    return TRM_OK;
}

trm_status trm_solver_create(const trm_model *model, const trm_solve_options *options, trm_solver **solver,
                             trm_error *error)
{
    trmi_solve_settings settings;
    uint64_t bytes = 0;
    void *memory = NULL;
    if (solver == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "solver: expected where to put the solver, found NULL");
    *solver = NULL;
    TRMI_TRY(trmi_solve_settings_read(&settings, model, options, error));
    TRMI_TRY(measure(model, &settings, false, &bytes, error));
    TRMI_TRY(take_memory(&settings, bytes, &memory, error));
    trmi_arena arena = { .base = memory };
    const trm_status status = layout(model, &settings, &arena, solver, error);
    assert(status == TRM_OK && arena.used == bytes);
    (void)status;
    (*solver)->memory = memory;
    (*solver)->bytes = bytes;
    (*solver)->owned = settings.options.workspace == NULL;
    return TRM_OK;
}

void trm_solver_free(trm_solver *solver)
{
    if (solver == NULL)
        return;
    const trm_allocator allocator = solver->settings.allocator;
    void *memory = solver->memory;
    const bool owned = solver->owned;
    trmi_arena_release(memory, solver->bytes);
    if (TRMI_HAS_CALLBACKS && owned)
        trmi_release(&allocator, memory);
}
