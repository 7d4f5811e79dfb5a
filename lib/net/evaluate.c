/* A network is its blocks, a block is the phases of its kind; between phases all threads meet. */
#include "lib/net/evaluate.h"

#include <assert.h>

#include "lib/net/phase.h"

void trmi_activations_layout(trmi_activations *activations, const trmi_config *config,
                             const trmi_extent *most, trmi_arena *arena)
{
    *activations = (trmi_activations) { .next = NULL };
    TRMI_KIND(trmi_kind_of(config->block))->activations(activations, config, most, arena);
}

void trmi_scratch_layout(trmi_scratch *scratch, const trmi_config *config, const trmi_extent *most,
                         trmi_arena *arena)
{
    *scratch = (trmi_scratch) { .gate = NULL };
    TRMI_KIND(trmi_kind_of(config->block))->scratch(scratch, config, most, arena);
}

void trmi_evaluate(const trmi_evaluation *evaluation)
{
    const trmi_kind *kind = TRMI_KIND(evaluation->model->kind);
    const trmi_network *network = evaluation->network;
    float *next = evaluation->question->extent.in_place ? NULL : evaluation->activations->next;
    assert(network->blocks > 0 && (uintptr_t)evaluation->to % TRMI_ALIGNMENT == 0);
    float *const between[] = { evaluation->to, next != NULL ? next : evaluation->to };
    for (uint32_t i = 0; i < network->blocks; i++) {
        const uint32_t left = network->blocks - i; /* the last block ends in `to` */
        trmi_phase phase = {
            .evaluation = evaluation,
            .weights = &network->block[i],
            .rows = evaluation->question->extent.rows,
            .first = i == 0,
            .from = between[left % 2],
            .to = between[(left - 1) % 2],
            .parts = trmi_width(evaluation->executor),
        };
        for (uint32_t p = 0; p < kind->phase_count; p++)
            trmi_execute(evaluation->executor, kind->phases[p], &phase, trmi_width(evaluation->executor));
    }
}
