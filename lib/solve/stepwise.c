/* The step-wise solver: loading, stepping. */
#include <assert.h>
#include <string.h>

#include "lib/core/environment.h"
#include "lib/core/error.h"
#include "lib/solve/candidates.h"
#include "lib/solve/demands.h"
#include "lib/solve/judging.h"
#include "lib/solve/policy.h"
#include "lib/solve/runs.h"
#include "lib/solve/search.h"
#include "lib/solve/step.h"
#include "lib/solve/stopping.h"
#include "lib/solve/watching.h"

/* ------------------------------------------------------------------------------------------- questions */

/* What a search keeps of each position: as many numbers as it has values, which need not grow with the
   shape. */
static uint64_t guide_numbers(const trm_solver *solver, const trmi_shape *shape)
{
    int32_t first;
    return !trmi_searches(&solver->settings.options)
               ? 0
               : (uint64_t)shape->positions * trmi_task_values(&solver->model->task, shape, &first);
}

/* Whether questions of that size, with that many entries in their lists, fit in the solver. */
static trm_status check_room(const trm_solver *solver, const trmi_extent *extent, uint64_t table_bytes,
                             const trm_questions *questions, const trmi_shape *shape, trm_error *error)
{
    const trmi_extent *most = &solver->most;
    if (extent->rows > most->rows || extent->positions > most->positions || extent->fields > most->fields ||
        extent->helpers > most->helpers || extent->group_rows > most->group_rows ||
        table_bytes > solver->table_bytes || (most->in_place && !extent->in_place) ||
        (most->banded && extent->band_rows > most->band_rows) ||
        guide_numbers(solver, shape) > guide_numbers(solver, &solver->settings.shape))
        return trmi_fail(
            error, TRM_ERROR_WORKSPACE,
            "the questions: expected at most the %u positions of %u values and %u helpers that the solver "
            "was made for (trm_solve_options.shape), found %u of %u and %u in another shape",
            (unsigned)most->positions, (unsigned)most->fields, (unsigned)most->helpers,
            (unsigned)extent->positions, (unsigned)extent->fields, (unsigned)extent->helpers);
    if (!TRMI_HAS_GIVEN)
        return TRM_OK;
    const uint64_t heard = trmi_given_heard(solver->model, questions, shape);
    const uint64_t room = solver->puzzles[0].given.relations != NULL ? solver->settings.options.heard : 0;
    if (heard > room || (questions->relation_count > 0 && solver->puzzles[0].given.relations == NULL))
        return trmi_fail(error, TRM_ERROR_WORKSPACE,
                         "the questions' relations: expected at most %llu entries a question "
                         "(trm_solve_options.heard), found %llu",
                         (unsigned long long)room, (unsigned long long)heard);
    return TRM_OK;
}

trm_status trmi_solver_take_shape(trm_solver *solver, const trm_questions *questions, const trmi_shape *shape,
                                  trm_error *error)
{
    trmi_arena measure = { .base = NULL }, lists = { .base = solver->tables };
    trmi_extent extent;
    trm_status status = trmi_judging_lay(solver->model, shape, &measure, NULL, &extent, NULL, error);
    if (status != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_PUZZLE, "trm_questions.shapes");
    status = check_room(solver, &extent, measure.used, questions, shape, error);
    if (status == TRM_OK)
        status = trmi_views_check(solver->model, &solver->settings.options, shape, questions, error);
    if (status != TRM_OK)
        return status;
    trmi_arena_release(solver->tables, solver->table_bytes);
    status = trmi_judging_lay(solver->model, shape, &lists, solver->relations, &solver->extent, solver->rules,
                              error);
    solver->extent.in_place = solver->extent.in_place && solver->most.in_place;
    solver->extent.banded = solver->extent.in_place && solver->most.banded;
    solver->shape = *shape;
    return status;
}

/* The question's own `count` items; what models do not have, questions may leave out. */
static void copy_own(void *to, const void *from, size_t index, size_t count, size_t bytes)
{
    if (count > 0)
        memcpy(to, (const char *)from + index * count * bytes, count * bytes);
}

/* What runs that begin later, and those who judge their answers, need of question number `index`. */
static void take_question(const trm_solver *solver, trmi_puzzle *puzzle, const trm_questions *questions,
                          size_t index)
{
    const uint32_t positions = solver->extent.positions, helpers = solver->extent.helpers;
    const size_t features = ((size_t)positions + helpers) * solver->model->config.features;
    assert(index < questions->count);
    puzzle->index = index;
    puzzle->identifier = questions->identifiers != NULL ? questions->identifiers[index] : 0;
    copy_own(puzzle->tokens, questions->tokens, index, positions, sizeof *puzzle->tokens);
    puzzle->relations = solver->relations;
    if (!TRMI_HAS_GIVEN)
        return;
    copy_own(puzzle->helper_tokens, questions->helper_tokens, index, helpers, sizeof *puzzle->helper_tokens);
    copy_own(puzzle->features, questions->features, index, features, sizeof *puzzle->features);
    if (questions->relation_count == 0)
        return;
    trmi_given_copy(&puzzle->given, solver->model, questions, index, &solver->shape, solver->relations);
    puzzle->relations = puzzle->given.relations;
}

/* The same for a question that nothing has been answered of yet. */
static void take_anew(const trm_solver *solver, trmi_puzzle *puzzle, const trm_questions *questions,
                      size_t index)
{
    take_question(solver, puzzle, questions, index);
    puzzle->decided = false;
    puzzle->winner = TRMI_NO_RUN;
    puzzle->total_steps = 0;
    trmi_candidates_clear(puzzle);
}

/* Question number `index` of those that have been checked. */
static void load_puzzle(const trm_solver *solver, trmi_puzzle *puzzle, const trm_questions *questions,
                        size_t index)
{
    take_anew(solver, puzzle, questions, index);
    if (trmi_searches(&solver->settings.options))
        trmi_search_begin(solver, puzzle);
    else
        trmi_runs_begin(solver, puzzle);
}

void trmi_solver_take(trm_solver *solver, const trm_questions *questions, size_t begin, uint32_t count)
{
    const trmi_environment host = trmi_environment_enter();
    assert(count <= solver->settings.options.batch && begin + count <= questions->count);
    for (uint32_t i = 0; i < count; i++)
        load_puzzle(solver, &solver->puzzles[i], questions, begin + i);
    trmi_environment_leave(host);
    solver->loaded = count;
}

trm_status trm_solver_load(trm_solver *solver, const trm_questions *questions, trm_error *error)
{
    trm_questions checked;
    trmi_shape shape;
    if (solver == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "solver: expected a solver, found NULL");
    TRMI_TRY(trmi_questions_read(&checked, &shape, solver->model, questions,
                                 trmi_batch(&solver->settings.options), error));
    TRMI_TRY(trmi_solver_take_shape(solver, &checked, &shape, error));
    trmi_solver_take(solver, &checked, 0, (uint32_t)checked.count);
    return TRM_OK;
}

/* -- questions that change -- */

/* An overflow would go on for ever: such a run begins anew. A vote may have taken a run's seat. */
static void resume_run(const trm_solver *solver, const trmi_puzzle *puzzle, uint32_t seat)
{
    trmi_run *run = &puzzle->runs[seat];
    assert(seat < trmi_seats(solver));
    run->number = seat;
    if (run->stop == TRM_STOP_OVERFLOW)
        trmi_run_begin(solver, puzzle, run, seat);
    else
        trmi_run_resume(solver, puzzle, run);
}

static void resume_puzzles(trm_solver *solver, const trm_questions *questions)
{
    const trmi_environment host = trmi_environment_enter();
    for (uint32_t i = 0; i < solver->loaded; i++) {
        trmi_puzzle *puzzle = &solver->puzzles[i];
        take_anew(solver, puzzle, questions, i);
        for (uint32_t r = 0; r < trmi_seats(solver); r++)
            resume_run(solver, puzzle, r);
    }
    trmi_environment_leave(host);
}

static trm_status check_change(const trm_solver *solver, const trm_questions *changed,
                               const trmi_shape *shape, trm_error *error)
{
    if (changed->count != solver->loaded)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions.count: expected the %u questions that were loaded, found %zu",
                         (unsigned)solver->loaded, changed->count);
    if (memcmp(shape, &solver->shape, sizeof *shape) != 0)
        return trmi_fail(
            error, TRM_ERROR_PUZZLE,
            "trm_questions.shapes: expected the shape of the questions that were loaded, found another");
    if (trmi_searches(&solver->settings.options))
        return trmi_fail(
            error, TRM_ERROR_UNSUPPORTED,
            "trm_solver_change: expected a solver without search, which begins from its guesses");
    return TRM_OK;
}

trm_status trm_solver_change(trm_solver *solver, const trm_questions *questions, trm_error *error)
{
    trm_questions checked;
    trmi_shape shape;
    if (solver == NULL || solver->loaded == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "solver: expected one with questions loaded, found %s",
                         solver == NULL ? "NULL" : "none loaded");
    TRMI_TRY(trmi_questions_read(&checked, &shape, solver->model, questions,
                                 trmi_batch(&solver->settings.options), error));
    TRMI_TRY(check_change(solver, &checked, &shape, error));
    TRMI_TRY(trmi_solver_take_shape(solver, &checked, &shape, error));
    resume_puzzles(solver, &checked);
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- steps */

/* Steps that the budget leaves to a puzzle's runs. Search keeps its own books. */
static uint64_t steps_left(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    const trm_solve_options *options = &solver->settings.options;
    assert(options->step_budget == 0 || puzzle->total_steps <= options->step_budget);
    return options->step_budget == 0 || trmi_searches(options) ? UINT64_MAX
                                                               : options->step_budget - puzzle->total_steps;
}

/* The runs that make the next step: where the budget does not reach for all of a puzzle, the first of
   them. */
static uint32_t list_running(trm_solver *solver)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < solver->loaded; i++) {
        const trmi_puzzle *puzzle = &solver->puzzles[i];
        uint64_t left = puzzle->decided ? 0 : steps_left(solver, puzzle);
        for (uint32_t r = 0; left > 0 && r < trmi_seats(solver); r++)
            if (puzzle->runs[r].number != TRMI_NO_RUN && puzzle->runs[r].stop == TRM_STOP_RUNNING) {
                solver->running[count++] = i * trmi_seats(solver) + r;
                left--;
            }
    }
    return count;
}

/* Whole runs, one thread each. */
typedef struct whole_runs {
    trm_solver *solver;
    uint32_t count;
} whole_runs;

static const trm_executor calling_thread = { sizeof(trm_executor), 1, NULL, NULL };

static void step_whole(void *argument, uint32_t index)
{
    const whole_runs *work = argument;
    trm_solver *solver = work->solver;
    for (uint32_t i = index; i < work->count; i += trmi_width(&solver->settings.executor))
        trmi_step(solver, &solver->runs[solver->running[i]], &solver->workers[index], &solver->scratch[index],
                  &calling_thread);
}

/* As many runs as keep every thread busy go one a thread; all threads share each of the rest. */
static void step_running(trm_solver *solver, uint32_t count)
{
    const trm_executor *executor = &solver->settings.executor;
    const uint32_t shared = count % trmi_width(executor);
    whole_runs work = { solver, count - shared };
    if (work.count > 0)
        trmi_execute(executor, step_whole, &work, trmi_width(executor));
    for (uint32_t i = work.count; i < count; i++)
        trmi_step(solver, &solver->runs[solver->running[i]], &solver->workers[0], solver->scratch, executor);
}

/* Where rules decide between runs, they are asked when a run ends, too. */
static bool asks_at_the_end(const trm_solver *solver, const trmi_run *run)
{
    return !solver->judging && trmi_seats(solver) > 1 && run->stop != TRM_STOP_RUNNING;
}

/* Search keeps its own books. */
static trmi_puzzle *count_step(trm_solver *solver, uint32_t running)
{
    trmi_puzzle *puzzle = &solver->puzzles[running / trmi_seats(solver)];
    assert(running < solver->loaded * trmi_seats(solver));
    puzzle->total_steps += !trmi_searches(&solver->settings.options);
    return puzzle;
}

/* What becomes of a run that has made a step. */
static trm_status look_at(trm_solver *solver, uint32_t running, trm_error *error)
{
    trmi_run *run = &solver->runs[running];
    trmi_puzzle *puzzle = count_step(solver, running);
    assert(run->number != TRMI_NO_RUN);
    trmi_run_view_back(solver, run);
    trm_status status = trmi_run_judge(solver, puzzle, run, solver->judging, error);
    if (status != TRM_OK)
        return status;
    trmi_run_halt(solver, run);
    if (asks_at_the_end(solver, run))
        status = trmi_run_judge(solver, puzzle, run, true, error);
    if (trmi_searches(&solver->settings.options))
        trmi_search_look(solver, puzzle, run);
    else if (run->stop != TRM_STOP_RUNNING)
        trmi_candidates_add(solver, puzzle, run);
    return status == TRM_OK && trmi_watcher_of(&solver->settings.options) != NULL
               ? trmi_watch(solver, puzzle, run, error)
               : status;
}

static void stop_runs(const trm_solver *solver, trmi_puzzle *puzzle, trm_stop reason)
{
    for (uint32_t r = 0; r < trmi_seats(solver); r++) {
        trmi_run *run = &puzzle->runs[r];
        if (run->number == TRMI_NO_RUN || run->stop != TRM_STOP_RUNNING)
            continue;
        run->stop = (uint32_t)reason;
        if (!trmi_searches(&solver->settings.options))
            trmi_candidates_add(solver, puzzle, run);
    }
}

static uint32_t decide_all(trm_solver *solver)
{
    uint32_t undecided = 0;
    for (uint32_t i = 0; i < solver->loaded; i++) {
        trmi_puzzle *puzzle = &solver->puzzles[i];
        if (puzzle->decided)
            continue;
        if (steps_left(solver, puzzle) == 0)
            stop_runs(solver, puzzle, TRM_STOP_BUDGET);
        if (trmi_searches(&solver->settings.options))
            trmi_search_advance(solver, puzzle);
        else
            trmi_policy_decide(solver, puzzle);
        undecided += !puzzle->decided;
    }
    return undecided;
}

/* A run that has made a step and is not looked at, as a callback has failed. It goes on with the next step,
 * but not beyond its limit. */
static void pass_over(trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run)
{
    trmi_run_view_back(solver, run);
    (void)trmi_run_judge(solver, puzzle, run, false, NULL); /* asks nobody */
    if (run->stop == TRM_STOP_RUNNING && run->steps >= run->limit)
        run->stop = TRM_STOP_LIMIT;
}

/* A callback that fails ends the step, and nobody is asked of the runs behind. */
static trm_status step_all(trm_solver *solver, uint32_t *undecided, trm_error *error)
{
    const uint32_t count = list_running(solver);
    trm_status status = TRM_OK;
    uint32_t i = 0;
    step_running(solver, count);
    while (i < count && status == TRM_OK)
        status = look_at(solver, solver->running[i++], error);
    if (status == TRM_OK) {
        *undecided = decide_all(solver);
        return TRM_OK;
    }
    const uint32_t failed = solver->running[i - 1];
    pass_over(solver, &solver->puzzles[failed / trmi_seats(solver)], &solver->runs[failed]);
    for (; i < count; i++)
        pass_over(solver, count_step(solver, solver->running[i]), &solver->runs[solver->running[i]]);
    return status;
}

trm_status trm_solver_step(trm_solver *solver, uint32_t *running, trm_error *error)
{
    if (solver == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "solver: expected a solver, found NULL");
    if (solver->loaded == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "solver: expected puzzles loaded by trm_solver_load(), found none");
    uint32_t undecided = 0;
    const trmi_environment host = trmi_environment_enter();
    const trm_status status = step_all(solver, &undecided, error);
    trmi_environment_leave(host);
    if (status == TRM_OK && running != NULL)
        *running = undecided;
    return status;
}

void trmi_solver_stop(trm_solver *solver, trm_stop reason)
{
    const trmi_environment host = trmi_environment_enter();
    for (uint32_t i = 0; i < solver->loaded; i++) {
        trmi_puzzle *puzzle = &solver->puzzles[i];
        if (puzzle->decided)
            continue;
        if (trmi_searches(&solver->settings.options))
            trmi_search_cut(solver, puzzle);
        stop_runs(solver, puzzle, reason);
        trmi_policy_settle(solver, puzzle);
    }
    trmi_environment_leave(host);
}
