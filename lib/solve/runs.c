/* Runs differ by what they see, a view of the question or pins in it, and by the random numbers that they
 * start from, which belong to the seed and the run's number alone. */
#include "lib/solve/runs.h"

#include <assert.h>
#include <string.h>

#include "lib/net/embed.h"
#include "lib/solve/demands.h"

const trmi_view *trmi_run_view(const trm_solver *solver, const trmi_run *run)
{
    if (!TRMI_HAS_RUNS || run->view == 0)
        return NULL;
    assert(solver->view != NULL);
    trmi_view_open(solver->view, &solver->model->task, &solver->shape, run->view);
    return solver->view;
}

void trmi_run_view_back(const trm_solver *solver, trmi_run *run)
{
    if (!TRMI_HAS_RUNS || run->answer == run->tokens)
        return;
    const trmi_view *view = trmi_run_view(solver, run);
    for (uint32_t place = 0; place < solver->extent.positions; place++)
        run->answer[trmi_view_source(view, place)] = trmi_view_token_back(view, run->tokens[place]);
}

/* -- beginning -- */

/* The question as the run sees it. */
static const int32_t *tokens_seen(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run)
{
    if ((!TRMI_HAS_RUNS && !TRMI_HAS_SEARCH) || (run->view == 0 && run->pin_count == 0))
        return puzzle->tokens;
    const trmi_view *view = trmi_run_view(solver, run);
    int32_t *seen = run->seen != NULL ? run->seen : solver->seen;
    for (uint32_t place = 0; place < solver->extent.positions; place++)
        seen[place] = trmi_view_token(view, puzzle->tokens[trmi_view_source(view, place)]);
    assert(run->pin_count <= TRMI_PINS);
    for (uint32_t i = 0; i < run->pin_count; i++)
        seen[run->pins[i].position] = run->pins[i].token;
    return seen;
}

static void forget(trmi_run *run)
{
    run->steps = run->stable = run->moved = run->judged = run->summed = 0;
    run->stop = TRM_STOP_RUNNING;
    run->verdict = TRM_VERDICT_UNVERIFIED;
    run->changes = false;
    run->sure_before = 1.0f;
}

void trmi_run_resume(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run)
{
    const trm_model *model = solver->model;
    run->question = (trmi_question) { .extent = solver->extent,
                                      .tokens = tokens_seen(solver, puzzle, run),
                                      .identifier = puzzle->identifier,
                                      .relations = puzzle->relations,
                                      .helper_tokens = puzzle->helper_tokens,
                                      .features = puzzle->features };
    if (run->x != NULL)
        TRMI_KIND(model->kind)->embed(model, &run->question, run->x);
    trmi_fill(model, model->state_y, solver->extent.rows, run->y);
    forget(run);
}

void trmi_run_begin(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run, uint32_t number)
{
    const trm_model *model = solver->model;
    const trm_solve_options *options = &solver->settings.options;
    const uint32_t rows = solver->extent.rows;
    assert(number != TRMI_NO_RUN && run->limit > 0);
    run->number = number;
    trmi_run_resume(solver, puzzle, run);
    if (trmi_starts_at_random(model, options))
        trmi_fill_noisy(model, model->state_z, rows, options->seed, number, run->z);
    else
        trmi_fill(model, model->state_z, rows, run->z);
}

void trmi_runs_begin(const trm_solver *solver, trmi_puzzle *puzzle)
{
    const trm_solve_options *options = &solver->settings.options;
    for (uint32_t r = 0; r < trmi_seats(solver); r++) {
        trmi_run *run = &puzzle->runs[r];
        run->view = trmi_view_count(options) > 0 ? options->views[r % trmi_view_count(options)] : 0;
        run->how = run->view != 0 ? TRM_HOW_VIEW : r > 0 ? TRM_HOW_RESTART : TRM_HOW_RUN;
        run->limit = options->maximum_steps;
        run->pin_count = 0;
        trmi_run_begin(solver, puzzle, run, r);
    }
    puzzle->begun = trmi_seats(solver);
}
