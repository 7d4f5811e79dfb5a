/* What tests look at inside a solver: the state of a puzzle's first run, and single evaluations. Panels:
 * lib/net/evaluate.h. */
#ifndef TRM_TESTS_SOLVER_STATE_H
#define TRM_TESTS_SOLVER_STATE_H

#include "lib/solve/solver.h"
#include "lib/solve/step.h"

static inline const float *trmi_solver_x(const trm_solver *solver, size_t puzzle)
{
    return solver->puzzles[puzzle].runs->x;
}

static inline const float *trmi_solver_y(const trm_solver *solver, size_t puzzle)
{
    return solver->puzzles[puzzle].runs->y;
}

static inline const float *trmi_solver_z(const trm_solver *solver, size_t puzzle)
{
    return solver->puzzles[puzzle].runs->z;
}

/* z <- net(z + (y + x)), or y <- net(y + z) when `high`, for every loaded puzzle. */
static inline void trmi_solver_evaluate(trm_solver *solver, bool high)
{
    for (uint32_t i = 0; i < solver->loaded; i++)
        trmi_step_evaluate(solver, solver->puzzles[i].runs, &solver->workers[0], solver->scratch,
                           &solver->settings.executor, high);
}

#endif
