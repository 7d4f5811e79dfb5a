#include "lib/train/slots.h"

#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/error.h"
#include "lib/solve/embed.h"
#include "lib/train/symmetry.h"

size_t trmi_slots_state(const trmi_slots *slots)
{
    return (size_t)trmi_rows(&slots->model->config) * trmi_padded(slots->model->config.channels);
}

/* ------------------------------------------------------------------------------------------- memory */

static void carve(trmi_slots *slots, trmi_arena *arena)
{
    const trmi_config *config = &slots->model->config;
    const uint32_t batch = slots->options->batch, states = slots->options->states;
    const size_t state = states * trmi_slots_state(slots);
    slots->slot_numbers = 2 * state + trmi_padded(config->puzzle_width);
    slots->slots = trmi_arena_take(arena, batch, sizeof *slots->slots);
    slots->start_y = trmi_arena_take(arena, (uint64_t)states * config->channels, sizeof(float));
    slots->start_z = trmi_arena_take(arena, (uint64_t)states * config->channels, sizeof(float));
    slots->states = trmi_arena_take(arena, batch, slots->slot_numbers * sizeof(float));
    for (uint32_t i = 0; i < batch; i++) {
        int32_t *tokens = trmi_arena_take(arena, config->positions, sizeof(int32_t));
        int32_t *labels = trmi_arena_take(arena, config->positions, sizeof(int32_t));
        if (slots->slots == NULL)
            continue; /* only measured */
        trmi_slot *slot = &slots->slots[i];
        float *numbers = slots->states + i * slots->slot_numbers;
        *slot = (trmi_slot) { .tokens = tokens, .labels = labels, .y = numbers, .z = numbers + state };
        slot->puzzle_gradient = config->puzzle_width > 0 ? numbers + 2 * state : NULL;
    }
}

/* The first state is the model's; further ones are drawn. */
static void draw_starts(trmi_slots *slots)
{
    const uint32_t channels = slots->model->config.channels;
    memcpy(slots->start_y, slots->model->state_y, channels * sizeof(float));
    memcpy(slots->start_z, slots->model->state_z, channels * sizeof(float));
    trmi_generator generator;
    trmi_generator_begin(&generator, slots->options->seed, "states");
    for (uint64_t i = channels; i < (uint64_t)slots->options->states * channels; i++) {
        slots->start_y[i] = trmi_generator_normal(&generator);
        slots->start_z[i] = trmi_generator_normal(&generator);
    }
}

trm_status trmi_slots_begin(trmi_slots *slots, const trm_model *model, const trm_puzzles *puzzles,
                            const trm_train_options *options, const trm_allocator *allocator,
                            trm_error *error)
{
    *slots = (trmi_slots) { .model = model, .puzzles = puzzles, .options = options, .allocator = allocator };
    trmi_arena arena = { NULL, 0, false };
    carve(slots, &arena);
    slots->bytes = arena.used;
    slots->memory = arena.overflow ? NULL : trmi_allocate(allocator, arena.used);
    if (slots->memory == NULL)
        return trmi_fail(error, TRM_ERROR_MEMORY, "no memory for the states of %u puzzles, %llu bytes",
                         options->batch, (unsigned long long)arena.used);
    arena = (trmi_arena) { slots->memory, 0, false };
    carve(slots, &arena);
    draw_starts(slots);
    return TRM_OK;
}

void trmi_slots_end(trmi_slots *slots)
{
    if (slots->memory == NULL)
        return;
    trmi_arena_release(slots->memory, slots->bytes);
    trmi_release(slots->allocator, slots->memory);
    *slots = (trmi_slots) { 0 };
}

/* ------------------------------------------------------------------------------------------- drawing */

/* A puzzle of the set, under a symmetry of its task; everything follows from the seed and the number. */
static void draw_puzzle(const trmi_slots *slots, trmi_slot *slot, trmi_generator *generator)
{
    const trm_puzzles *puzzles = slots->puzzles;
    const uint32_t cells = puzzles->task.cells;
    uint8_t question[TRMI_SYMMETRY_CELLS], answer[TRMI_SYMMETRY_CELLS];
    const uint64_t index = trmi_generator_next(generator) % puzzles->count;
    const uint8_t *from = trmi_puzzles_question(puzzles, index), *to = trmi_puzzles_answer(puzzles, index);
    trmi_symmetry symmetry;
    symmetry.moves = false;
    if (slots->options->plain == 0)
        trmi_symmetry_draw(&symmetry, &puzzles->task, generator);
    if (symmetry.moves) {
        trmi_symmetry_apply(&symmetry, from, question);
        trmi_symmetry_apply(&symmetry, to, answer);
        from = question;
        to = answer;
    }
    for (uint32_t i = 0; i < cells; i++) {
        slot->tokens[i] = from[i];
        slot->labels[i] = to[i];
    }
}

static uint32_t draw_least(const trm_train_options *options, trmi_generator *generator)
{
    const bool explores = trmi_generator_below(generator, 1000000) < options->exploration * 1e6;
    const uint32_t least =
        options->maximum_steps > 1 ? 2 + trmi_generator_below(generator, options->maximum_steps - 1) : 1;
    return explores ? least : 1;
}

void trmi_slots_restore(const trmi_slots *slots, trmi_slot *slot)
{
    char name[32];
    snprintf(name, sizeof name, "puzzle-%llu", (unsigned long long)slot->number);
    trmi_generator generator;
    trmi_generator_begin(&generator, slots->options->seed, name);
    slot->least = draw_least(slots->options, &generator);
    draw_puzzle(slots, slot, &generator);
}

void trmi_slots_replace(trmi_slots *slots, trmi_slot *slot)
{
    const uint32_t channels = slots->model->config.channels;
    slot->number = slots->drawn++;
    slot->steps = 0;
    for (uint32_t k = 0; k < slots->options->states; k++) {
        trmi_fill(slots->model, slots->start_y + (size_t)k * channels, slot->y + k * trmi_slots_state(slots));
        trmi_fill(slots->model, slots->start_z + (size_t)k * channels, slot->z + k * trmi_slots_state(slots));
    }
    trmi_slots_restore(slots, slot);
}

void trmi_slots_fill(trmi_slots *slots)
{
    for (uint32_t i = 0; i < slots->options->batch; i++)
        trmi_slots_replace(slots, &slots->slots[i]);
}

bool trmi_slots_halts(const trmi_slots *slots, trmi_slot *slot)
{
    slot->steps++;
    return slot->steps >= slots->options->maximum_steps ||
           (slot->halt_logit > 0.0f && slot->steps >= slot->least);
}
