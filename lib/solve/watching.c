#include "lib/solve/watching.h"

#include <string.h>

#include "lib/solve/judging.h"
#include "lib/solve/reading.h"

/* The question in its own order, whatever view the run has of it. */
static const int32_t *asked(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run)
{
    if (run->pin_count == 0)
        return puzzle->tokens;
    memcpy(solver->seen, puzzle->tokens, solver->extent.positions * sizeof *solver->seen);
    for (uint32_t i = 0; i < run->pin_count; i++)
        solver->seen[run->pins[i].position] = run->pins[i].token;
    return solver->seen;
}

trm_status trmi_watch(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run,
                      trm_error *error)
{
    const trm_watcher *watcher = solver->settings.options.watcher;
    trm_error own = TRM_ERROR_INIT;
    trmi_read_probabilities(solver, run, solver->probabilities);
    const trm_run_step seen = {
        .size = sizeof seen,
        .question = puzzle->index,
        .run = run->number,
        .how = run->how,
        .step = run->steps,
        .stop = run->stop,
        .verdict = run->verdict,
        .pins = run->pin_count,
        .positions = solver->extent.positions,
        .changed = run->moved,
        .halt_logit = run->halt_logit,
        .halt_probability = trmi_run_halt_probability(run),
        .tokens = run->answer,
        .probabilities = solver->probabilities,
        .asked = asked(solver, puzzle, run),
        .view = run->view,
    };
    return watcher->step(watcher->user, &seen, error != NULL ? error : &own);
}
