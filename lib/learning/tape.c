#include "lib/learning/tape.h"

#include <assert.h>
#include <string.h>

trmi_mark trmi_tape_mark(const trmi_tape *tape)
{
    return (trmi_mark) { tape->arena.used, tape->entry_count, tape->value_count };
}

void trmi_tape_rewind(trmi_tape *tape, trmi_mark mark)
{
    assert(mark.entries <= tape->entry_count && mark.values <= tape->value_count);
    tape->arena.used = mark.used;
    tape->entry_count = mark.entries;
    tape->value_count = mark.values;
}

static float *take(trmi_tape *tape, uint64_t count)
{
    float *numbers = trmi_arena_take(&tape->arena, count, sizeof(float));
    if (tape->arena.used > tape->most)
        tape->most = tape->arena.used;
    return numbers;
}

static trmi_value *next_value(trmi_tape *tape)
{
    assert(tape->value_count < tape->value_capacity);
    return &tape->values[tape->value_count++];
}

trmi_value *trmi_tape_value(trmi_tape *tape, uint32_t rows, uint32_t width, bool with_gradient)
{
    trmi_value *value = next_value(tape);
    *value = (trmi_value) { .panel = (size_t)rows * TRMI_PANEL, .rows = rows, .width = width };
    value->data = take(tape, trmi_value_count(value));
    if (with_gradient)
        value->gradient = take(tape, trmi_value_count(value));
    return value;
}

trmi_value *trmi_tape_rows(trmi_tape *tape, const trmi_value *whole, uint32_t begin, uint32_t rows)
{
    trmi_value *part = next_value(tape);
    assert(begin + rows <= whole->rows);
    *part = *whole;
    part->rows = rows;
    part->reached = true;
    if (trmi_tape_measures(tape))
        return part;
    part->data += (size_t)begin * TRMI_PANEL;
    part->gradient += (size_t)begin * TRMI_PANEL;
    return part;
}

void trmi_tape_note(trmi_tape *tape, trmi_entry entry)
{
    assert(tape->entry_count < tape->entry_capacity);
    tape->entries[tape->entry_count++] = entry;
}

float *trmi_tape_scratch(trmi_tape *tape, uint64_t count)
{
    if (trmi_tape_measures(tape) && count > tape->scratch_most)
        tape->scratch_most = count;
    assert(trmi_tape_measures(tape) || count <= tape->scratch_most);
    return tape->scratch;
}

void trmi_tape_back(trmi_tape *tape, trmi_mark mark)
{
    assert(!trmi_tape_measures(tape) && mark.entries <= tape->entry_count);
    for (uint32_t i = tape->entry_count; i > mark.entries; i--)
        tape->entries[i - 1].backward(tape, &tape->entries[i - 1]);
}

void trmi_value_add(const trmi_tape *tape, trmi_value *value, const float *from)
{
    if (value->gradient == NULL)
        return;
    if (value->reached)
        tape->gradients->accumulate(value->gradient, from, trmi_value_count(value));
    else
        memcpy(value->gradient, from, trmi_value_count(value) * sizeof(float));
    value->reached = true;
}

void trmi_value_clear(trmi_value *value)
{
    assert(value->gradient != NULL && !value->reached);
    memset(value->gradient, 0, trmi_value_count(value) * sizeof(float));
    value->reached = true;
}
