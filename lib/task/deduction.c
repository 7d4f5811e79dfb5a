#include "lib/task/deduction.h"

#include <assert.h>
#include <string.h>

enum { DEEPEST = 64 }; /* guesses upon guesses */

void trmi_deduction_lay(trmi_deduction *d, const trmi_verification *rules, trmi_arena *arena)
{
    const uint64_t positions = rules->shape.positions;
    *d = (trmi_deduction) { .rules = rules };
    d->values = trmi_task_values(rules->task, &rules->shape, &d->first);
    d->tokens = trmi_arena_take(arena, positions, sizeof *d->tokens);
    d->may = trmi_arena_take(arena, positions * d->values, sizeof *d->may);
    d->left = trmi_arena_take(arena, positions, sizeof *d->left);
    d->trail = trmi_arena_take(arena, positions * (d->values + (uint64_t)1), sizeof *d->trail);
}

/* -- changes -- */

static bool is_open(const trmi_deduction *d, uint32_t position)
{
    return d->tokens[position] == d->rules->task->blank;
}

/* Behind the numbers of all values of all positions come the positions themselves. */
static uint64_t value_change(const trmi_deduction *d, uint32_t position, uint32_t value)
{
    assert(position < d->rules->shape.positions && value < d->values);
    return (uint64_t)position * d->values + value;
}

static void undo(trmi_deduction *d, uint64_t changes)
{
    const uint64_t all = (uint64_t)d->rules->shape.positions * d->values;
    assert(changes <= d->changes);
    while (d->changes > changes) {
        const uint64_t change = d->trail[--d->changes];
        if (change >= all) {
            d->tokens[change - all] = d->rules->task->blank;
            d->open++;
        } else {
            d->may[change] = 1;
            d->left[change / d->values]++;
        }
    }
    d->broken = false;
}

static void break_at(trmi_deduction *d, uint32_t a, uint32_t b)
{
    if (!d->broken) {
        d->clash[0] = a;
        d->clash[1] = b;
    }
    d->broken = true;
}

static void exclude(trmi_deduction *d, uint32_t position, uint32_t value)
{
    const uint64_t change = value_change(d, position, value);
    if (d->may[change] == 0)
        return;
    assert(d->left[position] > 0);
    d->may[change] = 0;
    d->trail[d->changes++] = change;
    if (--d->left[position] == 0 && is_open(d, position))
        break_at(d, position, position);
}

/* Nobody else in a list of the position's has its value. */
static void exclude_from_list(trmi_deduction *d, const trmi_relation_table *t, uint32_t position)
{
    const uint32_t list = trmi_relation_list(t, position), value = (uint32_t)(d->tokens[position] - d->first);
    for (uint32_t i = t->first[list]; i < t->first[list + 1]; i++) {
        const uint32_t other = t->heard[i];
        if (other == position)
            continue;
        if (d->tokens[other] == d->tokens[position])
            break_at(d, other, position);
        else if (is_open(d, other))
            exclude(d, other, value);
    }
}

/* Other rules are about nodes; what they say of values is left to the verifier. */
static bool tells_apart(const trmi_rule *rule)
{
    return rule->kind == TRMI_RULE_COMPLETE || rule->kind == TRMI_RULE_DIFFERENT ||
           rule->kind == TRMI_RULE_LESS;
}

void trmi_deduction_put(trmi_deduction *d, uint32_t position, int32_t token)
{
    const trmi_rules *rules = &d->rules->task->rules;
    assert(position < d->rules->shape.positions && is_open(d, position) && d->open > 0);
    assert(token >= d->first && (uint32_t)(token - d->first) < d->values);
    assert(d->changes < (uint64_t)d->rules->shape.positions * (d->values + (uint64_t)1));
    d->tokens[position] = token;
    d->trail[d->changes++] = (uint64_t)d->rules->shape.positions * d->values + position;
    d->open--;
    for (uint32_t i = 0; i < rules->count; i++)
        if (tells_apart(&rules->rule[i]))
            exclude_from_list(d, &d->rules->table[i], position);
}

void trmi_deduction_begin(trmi_deduction *d, const int32_t *question, const uint8_t *without)
{
    const uint32_t positions = d->rules->shape.positions;
    const int32_t blank = d->rules->task->blank;
    assert(trmi_task_has_lists(d->rules));
    memset(d->may, 1, (size_t)positions * d->values);
    for (uint32_t p = 0; p < positions; p++) {
        d->tokens[p] = blank;
        d->left[p] = d->values;
    }
    d->open = positions;
    d->changes = 0;
    d->broken = false;
    for (uint32_t p = 0; p < positions; p++) {
        if (question[p] == blank || (without != NULL && without[p] != 0))
            continue;
        if (question[p] < d->first || (uint32_t)(question[p] - d->first) >= d->values)
            break_at(d, p, p);
        else
            trmi_deduction_put(d, p, question[p]);
    }
}

/* -- force -- */

static bool force(trmi_forced *forced, uint32_t why, uint32_t position, int32_t token, uint32_t rule)
{
    *forced = (trmi_forced) { why, position, rule, token };
    return true;
}

/* Where in a list a value that nobody there has yet may go; how many places there are, up to two. */
static uint32_t places_for(const trmi_deduction *d, const uint32_t *list, uint32_t length, uint32_t value,
                           uint32_t *place)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < length && count < 2; i++) {
        const uint32_t p = list[i];
        if (d->tokens[p] == d->first + (int32_t)value)
            return 2; /* it is there */
        if (is_open(d, p) && d->may[value_change(d, p, value)] != 0) {
            *place = p;
            count++;
        }
    }
    return count;
}

/* The first of a list that is open; there is one. */
static uint32_t first_open(const trmi_deduction *d, const uint32_t *list, uint32_t length)
{
    uint32_t i = 0;
    while (i + 1 < length && !is_open(d, list[i]))
        i++;
    assert(i < length && is_open(d, list[i]));
    return list[i];
}

static bool force_in_list(trmi_deduction *d, uint32_t rule, uint32_t list, bool last, trmi_forced *forced)
{
    const trmi_relation_table *t = &d->rules->table[rule];
    const uint32_t *heard = t->heard + t->first[list], length = t->first[list + 1] - t->first[list];
    uint32_t open = 0, place = 0;
    assert(list < t->lists && !d->broken);
    for (uint32_t i = 0; i < length; i++)
        open += is_open(d, heard[i]);
    if (length != d->values || (last ? open != 1 : open == 0))
        return false;
    for (uint32_t value = 0; value < d->values; value++) {
        const uint32_t places = places_for(d, heard, length, value, &place);
        if (places == 0) {
            const uint32_t position = first_open(d, heard, length);
            break_at(d, position, position);
        } else if (places == 1) {
            return force(forced, last ? TRMI_FORCE_LAST : TRMI_FORCE_PLACE, place, d->first + (int32_t)value,
                         rule);
        }
    }
    return false;
}

static bool force_in_lists(trmi_deduction *d, bool last, trmi_forced *forced)
{
    const trmi_rules *rules = &d->rules->task->rules;
    for (uint32_t i = 0; i < rules->count; i++)
        for (uint32_t list = 0; rules->rule[i].kind == TRMI_RULE_COMPLETE && list < d->rules->table[i].lists;
             list++)
            if (force_in_list(d, i, list, last, forced) || d->broken)
                return !d->broken;
    return false;
}

static bool force_value(const trmi_deduction *d, trmi_forced *forced)
{
    for (uint32_t p = 0; p < d->rules->shape.positions; p++)
        for (uint32_t v = 0; is_open(d, p) && d->left[p] == 1 && v < d->values; v++)
            if (d->may[value_change(d, p, v)] != 0)
                return force(forced, TRMI_FORCE_VALUE, p, d->first + (int32_t)v, 0);
    return false;
}

bool trmi_deduction_force(trmi_deduction *d, trmi_forced *forced)
{
    if (d->broken || d->open == 0)
        return false;
    if (force_in_lists(d, true, forced) || (!d->broken && force_in_lists(d, false, forced)))
        return true;
    return !d->broken && force_value(d, forced);
}

/* -- guesses -- */

static void force_all(trmi_deduction *d)
{
    trmi_forced forced;
    while (trmi_deduction_force(d, &forced))
        trmi_deduction_put(d, forced.position, forced.token);
}

/* An open position with the fewest values. */
static uint32_t tightest(const trmi_deduction *d)
{
    uint32_t best = 0, fewest = UINT32_MAX;
    for (uint32_t p = 0; p < d->rules->shape.positions; p++)
        if (is_open(d, p) && d->left[p] < fewest) {
            fewest = d->left[p];
            best = p;
        }
    return best;
}

/* The deepest guess that has another value to try becomes that one; false when there is none. A guess lies on
 * the trail as what it put. */
static bool try_another(trmi_deduction *d, uint64_t *guesses, uint32_t *depth)
{
    const uint64_t all = (uint64_t)d->rules->shape.positions * d->values;
    while (*depth > 0) {
        const uint64_t mark = guesses[--*depth];
        const uint32_t position = (uint32_t)(d->trail[mark] - all);
        const uint32_t value = (uint32_t)(d->tokens[position] - d->first);
        undo(d, mark);
        exclude(d, position, value);
        if (!d->broken)
            return true;
    }
    return false;
}

/* The first value that is left to a position with the fewest. */
static void guess(trmi_deduction *d)
{
    const uint32_t position = tightest(d);
    assert(d->open > 0 && is_open(d, position) && d->left[position] > 1);
    uint32_t value = 0;
    while (d->may[value_change(d, position, value)] == 0)
        value++;
    trmi_deduction_put(d, position, d->first + (int32_t)value);
}

trmi_verdict trmi_deduction_solve(trmi_deduction *d, uint32_t most)
{
    uint64_t guesses[DEEPEST];
    uint32_t depth = 0, made = 0;
    for (;;) {
        force_all(d);
        if (d->broken) {
            assert(depth <= DEEPEST);
            if (!try_another(d, guesses, &depth))
                return TRMI_REFUTED;
        } else if (d->open == 0) {
            return TRMI_VERIFIED;
        } else if (made++ == most || depth == DEEPEST) {
            return TRMI_UNVERIFIED;
        } else {
            guesses[depth++] = d->changes;
            guess(d);
        }
    }
}
