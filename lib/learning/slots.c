#include "lib/learning/slots.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <trm/train.h>

#include "lib/core/error.h"
#include "lib/net/embed.h"
#include "lib/puzzles/symmetry.h"

enum { NO_LABEL = -1 };

/* Of all questions that there may be. */
static uint32_t largest(const trmi_slots *slots, size_t offset)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < slots->set_count; i++)
        for (uint32_t v = 0; v < slots->sets[i].variety_count; v++) {
            const trmi_extent *extent = &slots->sets[i].varieties[v].question.extent;
            const uint32_t number = *(const uint32_t *)((const char *)extent + offset);
            most = number > most ? number : most;
        }
    return most;
}

uint32_t trmi_slots_rows(const trmi_slots *slots)
{
    return largest(slots, offsetof(trmi_extent, rows));
}

static uint32_t most_positions(const trmi_slots *slots)
{
    return largest(slots, offsetof(trmi_extent, positions));
}

size_t trmi_slots_state(const trmi_slots *slots)
{
    return (size_t)trmi_slots_rows(slots) * trmi_padded(slots->model->config.channels);
}

/* ------------------------------------------------------------------------------------------- memory */

static void carve(trmi_slots *slots, trmi_arena *arena)
{
    const trmi_config *config = &slots->model->config;
    const uint32_t batch = slots->options->batch, states = slots->options->states,
                   positions = most_positions(slots);
    const size_t state = states * trmi_slots_state(slots);
    slots->slot_numbers = 2 * state + trmi_padded(config->puzzle_width);
    slots->slots = trmi_arena_take(arena, batch, sizeof *slots->slots);
    slots->start_y = trmi_arena_take(arena, (uint64_t)states * config->channels, sizeof(float));
    slots->start_z = trmi_arena_take(arena, (uint64_t)states * config->channels, sizeof(float));
    slots->states = trmi_arena_take(arena, batch, slots->slot_numbers * sizeof(float));
    for (uint32_t i = 0; i < batch; i++) {
        int32_t *tokens = trmi_arena_take(arena, positions, sizeof(int32_t));
        int32_t *labels = trmi_arena_take(arena, positions, sizeof(int32_t));
        int32_t *nearest = trmi_arena_take(arena, positions, sizeof(int32_t));
        trmi_relation_table *relations = trmi_arena_take(arena, config->relations.count, sizeof *relations);
        if (slots->slots == NULL)
            continue; /* only measured */
        trmi_slot *slot = &slots->slots[i];
        float *numbers = slots->states + i * slots->slot_numbers;
        *slot = (trmi_slot) { .tokens = tokens,
                              .labels = labels,
                              .nearest = nearest,
                              .relations = relations,
                              .y = numbers,
                              .z = numbers + state };
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

trm_status trmi_slots_begin(trmi_slots *slots, const trm_model *model, const trmi_set *sets,
                            uint32_t set_count, const trm_train_options *options,
                            const trm_allocator *allocator, trm_error *error)
{
    *slots = (trmi_slots) {
        .model = model, .sets = sets, .set_count = set_count, .options = options, .allocator = allocator
    };
    trmi_arena arena = { .base = NULL };
    carve(slots, &arena);
    slots->bytes = arena.used;
    slots->memory = arena.overflow ? NULL : trmi_allocate(allocator, arena.used);
    if (slots->memory == NULL)
        return trmi_no_memory(error, "the states of %u puzzles, %llu bytes", options->batch,
                              (unsigned long long)arena.used);
    arena = (trmi_arena) { .base = slots->memory };
    carve(slots, &arena);
    draw_starts(slots);
    return trmi_nearest_create(model, allocator, &slots->search, error);
}

void trmi_slots_end(trmi_slots *slots)
{
    if (slots->memory == NULL)
        return;
    trmi_nearest_free(slots->search);
    trmi_arena_release(slots->memory, slots->bytes);
    trmi_release(slots->allocator, slots->memory);
    *slots = (trmi_slots) { 0 };
}

/* ------------------------------------------------------------------------------------------- drawing */

/* One of the sets, by their shares. */
static const trmi_set *draw_set(const trmi_slots *slots, trmi_generator *generator)
{
    double sum = 0.0, at;
    if (slots->set_count == 1)
        return slots->sets;
    for (uint32_t i = 0; i < slots->set_count; i++)
        sum += slots->sets[i].share;
    at = sum * (double)(trmi_generator_next(generator) >> 11) * 0x1p-53;
    for (uint32_t i = 0; i + 1 < slots->set_count; i++) {
        if (at < slots->sets[i].share)
            return &slots->sets[i];
        at -= slots->sets[i].share;
    }
    return &slots->sets[slots->set_count - 1];
}

/* A puzzle of the set, under a symmetry of its task where it brings nothing that would have to move, too;
   everything follows from the seed and the number. */
static void draw_puzzle(const trmi_slots *slots, trmi_slot *slot, trmi_generator *generator)
{
    slot->set = draw_set(slots, generator);
    const trm_puzzles *puzzles = slot->set->puzzles;
    assert(puzzles->count > 0);
    uint8_t question[TRMI_SYMMETRY_CELLS], answer[TRMI_SYMMETRY_CELLS];
    const uint64_t index = trmi_generator_next(generator) % puzzles->count;
    const uint8_t *from = trmi_puzzles_question(puzzles, index), *to = trmi_puzzles_answer(puzzles, index);
    trmi_symmetry symmetry;
    symmetry.moves = false;
    if (slots->options->plain == 0 && trmi_puzzles_sheet(puzzles, index) == NULL)
        trmi_symmetry_draw(&symmetry, &puzzles->task, generator);
    if (symmetry.moves) {
        trmi_symmetry_apply(&symmetry, from, question);
        trmi_symmetry_apply(&symmetry, to, answer);
        from = question;
        to = answer;
    }
    trmi_set_question(slot->set, &slots->model->config.relations, index, slot->relations, &slot->question);
    for (uint32_t i = 0; i < slot->question.extent.positions; i++) {
        slot->tokens[i] = slot->set->token[from[i]];
        slot->labels[i] = slot->set->token[to[i]];
    }
}

/* Whether one of several right answers is the set's. */
static bool has_several(const trmi_slots *slots, const trmi_slot *slot)
{
    trmi_question question = slot->question;
    question.tokens = slot->tokens;
    return slots->search != NULL && trmi_nearest_has_other(slots->search, &question, slot->labels);
}

/* Whether no answer is right any more, as far as rules can tell: a search that gives up tells nothing, and
 * where there are no rules, or the question is too large to be searched, every change of a given counts. */
static bool has_none(const trmi_slots *slots, const trmi_slot *slot)
{
    trmi_question question = slot->question;
    question.tokens = slot->tokens;
    return slots->search == NULL || trmi_nearest_has_none(slots->search, &question);
}

/* The position of the given of that number. */
static uint32_t given_at(const trmi_slot *slot, int32_t first, uint32_t number)
{
    uint32_t at = 0;
    while (slot->tokens[at] < first || number-- > 0)
        at++;
    return at;
}

/* A given becomes another value, so that no answer is right, and none is learnt; where a few of such changes
 * all leave an answer, the puzzle stays as it is. */
static void spoil(const trmi_slots *slots, trmi_slot *slot, trmi_generator *generator)
{
    enum { TRIES = 16 };
    const uint32_t fields = slot->question.extent.fields, positions = slot->question.extent.positions;
    const int32_t first = (int32_t)slots->model->config.first_value;
    uint32_t givens = 0;
    bool none = false;
    for (uint32_t i = 0; i < positions; i++)
        givens += slot->tokens[i] >= first;
    for (uint32_t tries = 0; fields > 1 && givens > 0 && !none && tries < TRIES; tries++) {
        const uint32_t at = given_at(slot, first, trmi_generator_below(generator, givens));
        const int32_t old = slot->tokens[at];
        slot->tokens[at] =
            first +
            (int32_t)(((uint32_t)(old - first) + 1 + trmi_generator_below(generator, fields - 1)) % fields);
        none = has_none(slots, slot);
        if (!none)
            slot->tokens[at] = old;
    }
    for (uint32_t i = 0; none && i < positions; i++)
        slot->labels[i] = NO_LABEL;
    slot->several = slot->several && !none;
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
    slot->several = has_several(slots, slot);
    const double wrong = (double)(float)slots->options->wrong_givens; /* as a checkpoint keeps it */
    if (wrong > 0.0 && trmi_generator_below(&generator, 1000000) < wrong * 1e6)
        spoil(slots, slot, &generator);
}

/* Where the slot's puzzle begins. A model with start noise begins anywhere around its z0. */
static void begin_states(const trmi_slots *slots, const trmi_slot *slot)
{
    const uint32_t channels = slots->model->config.channels, rows = slot->question.extent.rows,
                   states = slots->options->states;
    for (uint32_t k = 0; k < states; k++) {
        const size_t at = k * trmi_slots_state(slots);
        trmi_fill(slots->model, slots->start_y + (size_t)k * channels, rows, slot->y + at);
        trmi_fill_noisy(slots->model, slots->start_z + (size_t)k * channels, rows, slots->options->seed,
                        (uint32_t)(slot->number * states + k), slot->z + at);
    }
}

void trmi_slots_replace(trmi_slots *slots, trmi_slot *slot)
{
    assert(slots->memory != NULL);
    slot->number = slots->drawn++;
    slot->steps = 0;
    trmi_slots_restore(slots, slot);
    begin_states(slots, slot);
}

/* What is drawn for a puzzle beside the puzzle itself. */
static trmi_generator stream_of(const trmi_slots *slots, const trmi_slot *slot, const char *what,
                                uint32_t step)
{
    char name[64];
    trmi_generator generator;
    snprintf(name, sizeof name, "%s-%llu-%u", what, (unsigned long long)slot->number, (unsigned)step);
    trmi_generator_begin(&generator, slots->options->seed, name);
    return generator;
}

void trmi_slots_fill(trmi_slots *slots)
{
    for (uint32_t i = 0; i < slots->options->batch; i++) {
        trmi_slot *slot = &slots->slots[i];
        trmi_slots_replace(slots, slot);
        if (slots->options->staggered != 0) {
            trmi_generator generator = stream_of(slots, slot, "age", 0);
            slot->steps = trmi_generator_below(&generator, slots->options->maximum_steps);
        }
    }
}

/* Whether chance replaces the slot's puzzle, once its answer is right. */
static bool is_replaced(const trmi_slots *slots, const trmi_slot *slot)
{
    trmi_generator generator = stream_of(slots, slot, "replacement", slot->steps);
    return slot->loss.exact && trmi_generator_below(&generator, 1000000) < slots->options->replacement * 1e6;
}

bool trmi_slots_halts(const trmi_slots *slots, trmi_slot *slot)
{
    assert(slot->steps < slots->options->maximum_steps);
    slot->steps++;
    if (slot->steps >= slots->options->maximum_steps)
        return true;
    if (slots->options->replacement > 0.0)
        return is_replaced(slots, slot);
    return slot->halt_logit > 0.0f && slot->steps >= slot->least;
}
