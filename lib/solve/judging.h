/* What the rules, or the host's own, say of a run's answer. */
#ifndef TRMI_SOLVE_JUDGING_H
#define TRMI_SOLVE_JUDGING_H

#include "lib/solve/solver.h"

/* Carves the model's relations (lib/solve/tables.h) and what the rules of its task need, for a shape that was
 * checked. `relations` and `verification` may be NULL where the arena only measures. */
trm_status trmi_judging_lay(const trm_model *model, const trmi_shape *shape, trmi_arena *arena,
                            trmi_relation_table *relations, trmi_extent *extent,
                            trmi_verification *verification, trm_error *error);

/* Rules speak of the relations that the network hears: these tables, one for each of the model's. */
void trmi_judging_give(trmi_verification *verification, const trm_model *model,
                       const trmi_relation_table *relations);

/* Finds out whether the answer of a run after its last step changes givens, and with `rules` what these say
 * of it: then run->verdict is that of step run->judged. Returns what the host's verifier returned. */
trm_status trmi_run_judge(trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run, bool rules,
                          trm_error *error);

/* The verdict of a run, by the task's rules where it was not asked for before. */
trm_verdict trmi_run_verdict(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run);

/* The run's trust in its own answer: 0 for one that overflowed, or changes what the question gives. */
float trmi_run_halt_probability(const trmi_run *run);

#endif
