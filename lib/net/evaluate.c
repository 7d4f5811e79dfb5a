/* A network is its blocks, a block is the phases of its kind; between phases all threads meet. */
#include "lib/net/evaluate.h"

#include "lib/net/phase.h"

void trmi_activations_layout(trmi_activations *activations, const trmi_config *config,
                             const trmi_extent *most, trmi_arena *arena)
{
    *activations = (trmi_activations) { .v = NULL };
    if (!most->in_place)
        activations->v =
            trmi_arena_take(arena, (uint64_t)trmi_padded(config->channels) * most->rows, sizeof(float));
    trmi_kind_of(config->block)->activations(activations, config, most, arena);
}

void trmi_scratch_layout(trmi_scratch *scratch, const trmi_config *config, const trmi_extent *most,
                         trmi_arena *arena)
{
    *scratch = (trmi_scratch) { .gate = NULL };
    trmi_kind_of(config->block)->scratch(scratch, config, most, arena);
}

void trmi_evaluate(const trmi_evaluation *evaluation)
{
    const trmi_kind *kind = evaluation->model->kind;
    const trmi_network *network = evaluation->network;
    const bool in_place = evaluation->question->extent.in_place;
    float *v = in_place ? evaluation->to : evaluation->activations->v,
          *next = in_place ? NULL : evaluation->activations->next;
    float *const between[] = { v, next != NULL ? next : v };
    for (uint32_t i = 0; i < network->blocks; i++) {
        const bool last = i + 1 == network->blocks;
        trmi_phase phase = {
            .evaluation = evaluation,
            .weights = &network->block[i],
            .rows = evaluation->question->extent.rows,
            .first = i == 0,
            .from = between[i % 2],
            .to = last ? evaluation->to : between[(i + 1) % 2],
            .parts = evaluation->executor->width,
        };
        for (uint32_t p = 0; p < kind->phase_count; p++)
            trmi_execute(evaluation->executor, kind->phases[p], &phase, phase.parts);
    }
}
