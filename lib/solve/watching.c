#include "lib/solve/watching.h"

#include "lib/solve/judging.h"
#include "lib/solve/reading.h"

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
    };
    return watcher->step(watcher->user, &seen, error != NULL ? error : &own);
}
