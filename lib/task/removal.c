/* Two givens that exclude each other cannot both stay: where there are such, only they are tried. A given
 * that was tried stays while those after it are, so that no set is tried twice. */
#include "lib/task/removal.h"

#include <assert.h>
#include <string.h>

enum { GUESSES = 200 }; /* of the search for an answer to what is left of a question */

void trmi_removal_lay(trmi_removal *r, trmi_deduction *deduction, trmi_arena *arena)
{
    const uint32_t positions = deduction->rules->shape.positions;
    *r = (trmi_removal) { .deduction = deduction };
    r->without = trmi_arena_take(arena, positions, sizeof *r->without);
    r->kept = trmi_arena_take(arena, positions, sizeof *r->kept);
    r->answer = trmi_arena_take(arena, positions, sizeof *r->answer);
}

static void keep_set(trmi_removal *r, trmi_verdict verdict)
{
    const uint32_t positions = r->deduction->rules->shape.positions;
    uint32_t size = 0;
    if (r->count == TRMI_REMOVALS)
        return;
    for (uint32_t p = 0; p < positions; p++)
        if (r->without[p] != 0)
            r->set[r->count][size++] = p;
    assert(size == r->size);
    if (verdict == TRMI_VERIFIED && r->answered == TRMI_REMOVALS &&
        !trmi_task_hopeless(r->deduction->rules, r->deduction->tokens)) {
        memcpy(r->answer, r->deduction->tokens, positions * sizeof *r->answer);
        r->answered = r->count;
    }
    r->count++;
}

static bool may_leave(const trmi_removal *r, uint32_t position)
{
    return r->without[position] == 0 && r->kept[position] == 0 &&
           trmi_task_gives(r->deduction->rules->task, r->question[position]);
}

static void explore(trmi_removal *r, uint32_t left);

static void leave(trmi_removal *r, uint32_t position, uint32_t left)
{
    if (!may_leave(r, position))
        return;
    r->without[position] = 1;
    explore(r, left - 1);
    r->without[position] = 0;
    r->kept[position] = (uint8_t)left; /* a level has its own mark */
}

static void explore(trmi_removal *r, uint32_t left)
{
    trmi_deduction *d = r->deduction;
    assert(left <= r->size);
    if (r->tries == TRMI_REMOVAL_TRIES) {
        r->doubtful = true;
        return;
    }
    r->tries++;
    trmi_deduction_begin(d, r->question, r->without);
    const uint32_t a = d->clash[0], b = d->clash[1];
    const bool clash = d->broken && trmi_task_gives(d->rules->task, r->question[a]) && r->without[a] == 0;
    if (left == 0) {
        const trmi_verdict verdict = trmi_deduction_solve(d, GUESSES);
        if (verdict != TRMI_REFUTED)
            keep_set(r, verdict);
        return;
    }
    for (uint32_t p = 0; p < d->rules->shape.positions; p++)
        if (!clash || p == a || p == b)
            leave(r, p, left);
    for (uint32_t p = 0; p < d->rules->shape.positions; p++)
        if (r->kept[p] == left)
            r->kept[p] = 0;
}

void trmi_removal_find(trmi_removal *r, uint32_t size)
{
    const uint32_t positions = r->deduction->rules->shape.positions;
    assert(size <= TRMI_REMOVED && r->question != NULL);
    memset(r->without, 0, positions);
    memset(r->kept, 0, positions);
    r->answered = TRMI_REMOVALS;
    r->size = size;
    r->count = 0;
    explore(r, size);
}
