/* T times: z <- net(z + y + x) n times, then y <- net(y + z); then logits and halt logit.   doc/model.md
 * section 1. HRM (arXiv 2506.21734) makes the same updates in the same order, with a network of its own for
 * y. */
#include "lib/solve/step.h"

#include <assert.h>
#include <math.h>

void trmi_step_evaluate(const trm_solver *solver, trmi_run *run, trmi_worker *worker, trmi_scratch *scratch,
                        const trm_executor *executor, bool high)
{
    assert(run->x != run->y && run->y != run->z && run->z != run->x);
    trmi_evaluate(&(trmi_evaluation) {
        .model = solver->model,
        .network = &solver->model->network[high ? TRMI_NETWORK_HIGH : TRMI_NETWORK_LOW],
        .question = &run->question,
        .a = high ? run->y : run->z,
        .b = high ? run->z : run->y,
        .c = high ? NULL : run->x,
        .asked = !high && run->question.extent.anew,
        .to = high ? run->y : run->z,
        .activations = &worker->activations,
        .executor = executor,
        .scratch = scratch,
    });
}

/* False when a number overflowed anywhere in the step. */
static bool read_heads(const trm_model *model, trmi_run *run, float *head)
{
    trmi_reading reading = { .logits = run->logits, .cells = run->cells };
    const bool finite = TRMI_KIND(model->kind)->read(model, &run->question, run->y, head, &reading);
    run->halt_logit = reading.halt_logit;
    run->continue_logit = reading.continue_logit;
    run->decides = model->config.halting == TRMI_HALTING_DIFFERENCE
                       ? reading.halt_logit - reading.continue_logit
                       : reading.halt_logit;
    return finite;
}

/* What overflowed has no answer: token 0 everywhere, and no logit above another. */
static void void_answer(const trmi_config *config, trmi_run *run)
{
    for (size_t i = 0; i < (size_t)run->question.extent.positions * config->vocabulary; i++)
        run->logits[i] = -INFINITY;
    for (uint32_t n = 0; n < run->question.extent.positions; n++) {
        run->tokens[n] = 0;
        if (run->cells != NULL)
            run->cells[n] = -INFINITY;
    }
    run->halt_logit = run->continue_logit = run->decides = -INFINITY;
    run->stop = TRM_STOP_OVERFLOW;
}

/* The likeliest tokens; counts how many are others than before, and for how many steps none was. */
static void read_tokens(const trmi_config *config, trmi_run *run)
{
    assert(config->vocabulary > 0);
    run->moved = 0;
    for (uint32_t n = 0; n < run->question.extent.positions; n++) {
        const float *logits = run->logits + (size_t)n * config->vocabulary;
        int32_t best = 0;
        for (uint32_t t = 1; t < config->vocabulary; t++)
            if (logits[t] > logits[best])
                best = (int32_t)t;
        run->moved += run->steps == 0 || run->tokens[n] != best;
        run->tokens[n] = best;
    }
    run->stable = run->moved == 0 ? run->stable + 1 : 1;
}

void trmi_step(const trm_solver *solver, trmi_run *run, trmi_worker *worker, trmi_scratch *scratch,
               const trm_executor *executor)
{
    const trmi_config *config = &solver->model->config;
    assert(run->stop == TRM_STOP_RUNNING && run->number != TRMI_NO_RUN && run->steps < run->limit);
    for (uint32_t cycle = 0; cycle < config->cycles; cycle++) {
        for (uint32_t update = 0; update < config->updates; update++)
            trmi_step_evaluate(solver, run, worker, scratch, executor, false);
        trmi_step_evaluate(solver, run, worker, scratch, executor, true);
    }
    const bool finite = read_heads(solver->model, run, worker->head);
    if (finite)
        read_tokens(config, run);
    run->steps++;
    if (!finite)
        void_answer(config, run);
}
