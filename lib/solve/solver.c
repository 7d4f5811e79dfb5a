/* The step-wise solver: memory, loading, stepping. */
#include "lib/solve/solver.h"

#include <assert.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/solve/embed.h"
#include "lib/solve/step.h"

static void layout_puzzle(trmi_puzzle *puzzle, const trmi_config *config, trmi_arena *arena)
{
    const uint64_t state = (uint64_t)trmi_padded(config->channels) * trmi_rows(config);
    *puzzle = (trmi_puzzle) {
        .x = trmi_arena_take(arena, state, sizeof(float)),
        .y = trmi_arena_take(arena, state, sizeof(float)),
        .z = trmi_arena_take(arena, state, sizeof(float)),
        .logits = trmi_arena_take(arena, (uint64_t)config->positions * config->vocabulary, sizeof(float)),
        .tokens = trmi_arena_take(arena, config->positions, sizeof(int32_t)),
    };
}

static void layout_worker(trmi_worker *worker, const trmi_config *config, trmi_arena *arena)
{
    trmi_activations_layout(&worker->activations, config, arena);
    worker->head =
        trmi_arena_take(arena, (uint64_t)trmi_padded(config->vocabulary) * config->positions, sizeof(float));
}

/* Lays a solver out in the arena, or only measures when the arena has no base (then there is none to return).
 */
static trm_solver *layout(const trm_model *model, const trmi_solve_settings *settings, trmi_arena *arena)
{
    const uint32_t width = settings->executor.width, batch = settings->options.batch;
    trm_solver *solver = trmi_arena_take(arena, 1, sizeof *solver);
    trmi_puzzle *puzzles = trmi_arena_take(arena, batch, sizeof *puzzles);
    uint32_t *running = trmi_arena_take(arena, batch, sizeof *running);
    trmi_worker *workers = trmi_arena_take(arena, width, sizeof *workers);
    trmi_scratch *scratch = trmi_arena_take(arena, width, sizeof *scratch);
    for (uint32_t i = 0; i < batch; i++) {
        trmi_puzzle puzzle;
        layout_puzzle(&puzzle, &model->config, arena);
        if (puzzles != NULL)
            puzzles[i] = puzzle;
    }
    for (uint32_t i = 0; i < width; i++) {
        trmi_worker worker;
        trmi_scratch own;
        layout_worker(&worker, &model->config, arena);
        trmi_scratch_layout(&own, &model->config, arena);
        if (workers != NULL && scratch != NULL) {
            workers[i] = worker;
            scratch[i] = own;
        }
    }
    if (solver != NULL)
        *solver = (trm_solver) { .model = model,
                                 .settings = *settings,
                                 .puzzles = puzzles,
                                 .running = running,
                                 .workers = workers,
                                 .scratch = scratch };
    return solver;
}

/* Bytes of the laid-out solver; false when they do not fit in memory's size. */
static bool measure(const trm_model *model, const trmi_solve_settings *settings, uint64_t *bytes)
{
    trmi_arena arena = { .base = NULL };
    layout(model, settings, &arena);
    *bytes = arena.used;
    return !arena.overflow && arena.used <= SIZE_MAX - TRMI_ALIGNMENT;
}

static trm_status measure_or_fail(const trm_model *model, const trmi_solve_settings *settings,
                                  uint64_t *bytes, trm_error *error)
{
    if (measure(model, settings, bytes))
        return TRM_OK;
    return trmi_fail(
        error, TRM_ERROR_MEMORY,
        "a solver for batches of %u on %u threads needs more memory than this machine can address",
        (unsigned)settings->options.batch, (unsigned)settings->executor.width);
}

trm_status trm_solver_measure(const trm_model *model, const trm_solve_options *options, size_t *bytes,
                              trm_error *error)
{
    trmi_solve_settings settings;
    uint64_t needed = 0;
    if (bytes == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "bytes: expected where to put the size, found NULL");
    trm_status status = trmi_solve_settings_read(&settings, model, options, error);
    if (status == TRM_OK)
        status = measure_or_fail(model, &settings, &needed, error);
    if (status == TRM_OK)
        *bytes = (size_t)needed + TRMI_ALIGNMENT; /* the workspace may begin anywhere */
    return status;
}

/* The caller's workspace from its first aligned byte, or memory of our own. */
static trm_status take_memory(const trmi_solve_settings *settings, uint64_t bytes, void **memory,
                              trm_error *error)
{
    const trm_solve_options *options = &settings->options;
    if (options->workspace == NULL) {
        *memory = trmi_allocate(&settings->allocator, bytes);
        return *memory != NULL ? TRM_OK
                               : trmi_fail(error, TRM_ERROR_MEMORY,
                                           "the allocator returned NULL for a solver of %llu bytes",
                                           (unsigned long long)bytes);
    }
    if (options->workspace_size < bytes + TRMI_ALIGNMENT)
        return trmi_fail(error, TRM_ERROR_WORKSPACE,
                         "trm_solve_options.workspace_size: expected at least %llu bytes, found %zu",
                         (unsigned long long)bytes + TRMI_ALIGNMENT, options->workspace_size);
    const size_t past = (uintptr_t)options->workspace % TRMI_ALIGNMENT;
    *memory = (char *)options->workspace + (past == 0 ? 0 : TRMI_ALIGNMENT - past);
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
    trm_status status = trmi_solve_settings_read(&settings, model, options, error);
    if (status == TRM_OK)
        status = measure_or_fail(model, &settings, &bytes, error);
    if (status == TRM_OK)
        status = take_memory(&settings, bytes, &memory, error);
    if (status != TRM_OK)
        return status;
    trmi_arena arena = { .base = memory };
    *solver = layout(model, &settings, &arena);
    assert(arena.used == bytes);
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
    if (owned)
        trmi_release(&allocator, memory);
}

static void load_puzzle(const trm_model *model, trmi_puzzle *puzzle, const int32_t *tokens,
                        uint32_t identifier)
{
    trmi_embed(model, tokens, identifier, puzzle->x);
    trmi_fill(model, model->state_y, puzzle->y);
    trmi_fill(model, model->state_z, puzzle->z);
    puzzle->steps = puzzle->stable = 0;
    puzzle->stop = TRM_STOP_RUNNING;
}

trm_status trm_solver_load(trm_solver *solver, const trm_questions *questions, trm_error *error)
{
    trm_questions checked;
    if (solver == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "solver: expected a solver, found NULL");
    const trm_model *model = solver->model;
    const trm_status status =
        trmi_questions_read(&checked, model, questions, solver->settings.options.batch, error);
    if (status != TRM_OK)
        return status;
    for (size_t i = 0; i < checked.count; i++)
        load_puzzle(model, &solver->puzzles[i], checked.tokens + i * model->config.positions,
                    checked.identifiers != NULL ? checked.identifiers[i] : 0);
    solver->loaded = (uint32_t)checked.count;
    return TRM_OK;
}

static uint32_t list_running(trm_solver *solver)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < solver->loaded; i++)
        if (solver->puzzles[i].stop == TRM_STOP_RUNNING)
            solver->running[count++] = i;
    return count;
}

/* Whole puzzles, one thread each. */
typedef struct whole_puzzles {
    trm_solver *solver;
    uint32_t count;
} whole_puzzles;

static const trm_executor calling_thread = { sizeof(trm_executor), 1, NULL, NULL };

static void step_whole(void *argument, uint32_t index)
{
    const whole_puzzles *work = argument;
    trm_solver *solver = work->solver;
    for (uint32_t i = index; i < work->count; i += solver->settings.executor.width)
        trmi_step(solver, &solver->puzzles[solver->running[i]], &solver->workers[index],
                  &solver->scratch[index], &calling_thread);
}

/* As many puzzles as keep every thread busy go one a thread; all threads share each of the rest. */
trm_status trm_solver_step(trm_solver *solver, uint32_t *running, trm_error *error)
{
    if (solver == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "solver: expected a solver, found NULL");
    if (solver->loaded == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "solver: expected puzzles loaded by trm_solver_load(), found none");
    const trm_executor *executor = &solver->settings.executor;
    const uint32_t count = list_running(solver), shared = count % executor->width;
    whole_puzzles work = { solver, count - shared };
    if (work.count > 0)
        trmi_execute(executor, step_whole, &work, executor->width);
    for (uint32_t i = work.count; i < count; i++)
        trmi_step(solver, &solver->puzzles[solver->running[i]], &solver->workers[0], solver->scratch,
                  executor);
    if (running != NULL)
        *running = list_running(solver);
    return TRM_OK;
}

void trmi_solver_stop(trm_solver *solver, trm_stop reason)
{
    for (uint32_t i = 0; i < solver->loaded; i++)
        if (solver->puzzles[i].stop == TRM_STOP_RUNNING)
            solver->puzzles[i].stop = (uint32_t)reason;
}
