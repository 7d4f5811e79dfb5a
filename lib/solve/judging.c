/* An answer that has not what the question gives is refuted, whoever is asked. Of all others the host's
 * verifier tells, or else the rules of the task. An overflow left no answer to judge. */
#include "lib/solve/judging.h"

#include <assert.h>

#include "lib/core/error.h"
#include "lib/kernels/scalar.h"

trm_status trmi_judging_lay(const trm_model *model, const trmi_shape *shape, trmi_arena *arena,
                            trmi_relation_table *relations, trmi_extent *extent,
                            trmi_verification *verification, trm_error *error)
{
    trmi_verification measured;
    TRMI_TRY(trmi_tables_lay(model, shape, arena, relations, extent, error));
    trmi_verification_lay(verification != NULL ? verification : &measured, &model->task, shape, arena);
    return TRM_OK;
}

void trmi_judging_give(trmi_verification *verification, const trm_model *model,
                       const trmi_relation_table *tables)
{
    const trmi_relations *relations = &model->config.relations;
    for (uint32_t r = 0; r < relations->count; r++)
        if (relations->relation[r].level != TRMI_LEVEL_FIELDS)
            trmi_verification_give(verification, relations->relation[r].name, &tables[r]);
}

float trmi_run_halt_probability(const trmi_run *run)
{
    return run->stop == TRM_STOP_OVERFLOW || run->changes ? 0.0f : trmi_sigmoid(run->decides);
}

static bool changes_givens(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run)
{
    bool changes = false;
    for (uint32_t p = 0; p < solver->extent.positions; p++)
        changes |=
            trmi_task_gives(&solver->model->task, puzzle->tokens[p]) && run->answer[p] != puzzle->tokens[p];
    return changes;
}

/* -- the host's rules -- */

/* The lists that came with the question, as the caller gave them. */
static size_t list_given(const trm_solver *solver, const trmi_puzzle *puzzle)
{
    const trmi_relations *relations = &solver->model->config.relations;
    size_t count = 0;
    for (uint32_t r = 0; r < relations->count; r++) {
        const trmi_relation_table *table = &puzzle->relations[r];
        if (table->first == solver->relations[r].first)
            continue;
        solver->given[count++] = (trm_relation) {
            .size = sizeof(trm_relation),
            .name = relations->relation[r].name,
            .first = table->first,
            .heard = table->heard,
            .heard_count = table->first[table->lists],
            .shared = 1,
        };
    }
    return count;
}

static trm_shape public_shape(const trmi_shape *shape)
{
    return (trm_shape) { sizeof(trm_shape), shape->rows,        shape->columns,
                         shape->box_rows,   shape->box_columns, shape->fields,
                         shape->positions,  shape->helpers,     0 };
}

static trm_status read_verdict(trmi_run *run, uint32_t verdict, trm_error *error)
{
    if (verdict > TRM_VERDICT_REFUTED)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_verifier.verify: expected a trm_verdict, found %u",
                         (unsigned)verdict);
    run->verdict = verdict;
    return TRM_OK;
}

static trm_status ask_host(const trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run,
                           trm_error *error)
{
    const trm_verifier *host = trmi_verifier_of(&solver->settings.options);
    const trm_shape shape = public_shape(&solver->shape);
    trm_error own = TRM_ERROR_INIT;
    uint32_t verdict = TRM_VERDICT_UNVERIFIED;
    const trm_questions question = {
        .size = sizeof question,
        .count = 1,
        .tokens = puzzle->tokens,
        .identifiers = &puzzle->identifier,
        .shapes = &shape,
        .shape_count = 1,
        .relations = solver->given,
        .relation_count = list_given(solver, puzzle),
        .helper_tokens = puzzle->helper_tokens,
        .features = puzzle->features,
    };
    TRMI_TRY(host->verify(host->user, &question, puzzle->index, run->answer, &verdict,
                          error != NULL ? error : &own));
    return read_verdict(run, verdict, error);
}

/* -- all of them -- */

static uint32_t ask_task(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run)
{
    trmi_judging_give(solver->rules, solver->model, puzzle->relations);
    return trmi_task_verify(solver->rules, puzzle->tokens, run->answer, NULL);
}

trm_status trmi_run_judge(trm_solver *solver, const trmi_puzzle *puzzle, trmi_run *run, bool rules,
                          trm_error *error)
{
    const bool overflow = run->stop == TRM_STOP_OVERFLOW;
    assert(run->steps > 0);
    run->changes = !overflow && changes_givens(solver, puzzle, run);
    if (!rules)
        return TRM_OK;
    run->judged = run->steps;
    run->verdict = run->changes ? TRM_VERDICT_REFUTED : TRM_VERDICT_UNVERIFIED;
    if (overflow || run->changes)
        return TRM_OK;
    if (trmi_verifier_of(&solver->settings.options) != NULL)
        return ask_host(solver, puzzle, run, error);
    run->verdict = ask_task(solver, puzzle, run);
    return TRM_OK;
}

trm_verdict trmi_run_verdict(const trm_solver *solver, const trmi_puzzle *puzzle, const trmi_run *run)
{
    if (run->judged == run->steps)
        return (trm_verdict)run->verdict;
    if (run->stop == TRM_STOP_OVERFLOW)
        return TRM_VERDICT_UNVERIFIED;
    return run->changes ? TRM_VERDICT_REFUTED : (trm_verdict)ask_task(solver, puzzle, run);
}
