/* A run whose answer changes givens, or is refuted by rules that are asked, does not halt: it goes on to its
   limit. */
#include "lib/solve/stopping.h"

#include "lib/kernels/scalar.h"

/* The published rule looks at the sign, which says more than a probability near a half can. */
static bool signals_halt(const trm_solve_options *options, float logit)
{
    const double least = options->halt_probability;
    return least == 0.0 || least == 0.5 ? logit > 0.0f : (double)trmi_sigmoid(logit) > least;
}

static trm_stop stop_of(const trm_solver *solver, const trmi_run *run)
{
    const trm_solve_options *options = &solver->settings.options;
    const bool refuted = run->changes || (solver->judged_halts && run->verdict == TRM_VERDICT_REFUTED);
    if (solver->judged_halts && run->verdict == TRM_VERDICT_VERIFIED)
        return TRM_STOP_VERIFIED;
    if (!refuted && (options->halt & TRM_HALT_SIGNAL) && signals_halt(options, run->decides))
        return TRM_STOP_SIGNAL;
    if (!refuted && (options->halt & TRM_HALT_STABLE) && run->stable >= options->stable_steps)
        return TRM_STOP_STABLE;
    return run->steps >= run->limit ? TRM_STOP_LIMIT : TRM_STOP_RUNNING;
}

void trmi_run_halt(const trm_solver *solver, trmi_run *run)
{
    if (run->stop == TRM_STOP_RUNNING)
        run->stop = (uint32_t)stop_of(solver, run);
}
