#include "lib/puzzles/described.h"

#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"

enum {
    ATTEMPTS = 100,      /* to make one puzzle */
    ANSWER_TRIES = 5000, /* of a search for a random answer */
    PROOF_TRIES = 2000 /* of one that shows that there is no other: what it has not shown is not taken away */
};

trm_status trmi_described_create(const trm_allocator *allocator, const trmi_description *description,
                                 trmi_described **described, trm_error *error)
{
    trmi_described *d = *described = trmi_allocate(allocator, sizeof *d);
    if (d == NULL)
        return trmi_no_memory(error, "making up puzzles");
    d->allocator = *allocator;
    d->description = description;
    d->lists = trmi_allocate(allocator, sizeof *d->lists);
    if (d->lists == NULL)
        return trmi_no_memory(error, "what puzzles bring");
    d->lists->allocator = *allocator;
    return trmi_constraint_search_create(allocator, &d->search, error);
}

void trmi_described_free(trmi_described *d)
{
    if (d == NULL)
        return;
    const trm_allocator allocator = d->allocator;
    if (d->lists != NULL)
        trmi_constraint_lists_clear(d->lists);
    trmi_release(&allocator, d->lists);
    trmi_constraint_search_free(d->search);
    trmi_release(&allocator, d);
}

/* ------------------------------------------------------------------------------------------- searching */

static void allow_all(trmi_described *d)
{
    for (uint32_t cell = 0; cell < d->constraints.cells; cell++)
        d->allowed[cell] = (uint16_t)((1u << d->constraints.values) - 1);
}

/* Whether there is an answer, to what is given, with another value for the cell. */
static trmi_found find_other(trmi_described *d, uint32_t cell)
{
    allow_all(d);
    for (uint32_t i = 0; i < d->constraints.cells; i++)
        if (d->given[i] != TRMI_NO_VALUE && i != cell)
            d->allowed[i] = (uint16_t)(1u << d->given[i]);
    d->allowed[cell] &= (uint16_t) ~(1u << d->answer[cell]);
    return trmi_constraint_search_run(d->search, d->allowed, PROOF_TRIES, NULL, d->other);
}

static void shuffle(uint32_t *numbers, uint32_t count, trmi_generator *g)
{
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = i;
    for (uint32_t i = count; i > 1; i--) {
        const uint32_t k = trmi_generator_below(g, i), number = numbers[k];
        numbers[k] = numbers[i - 1];
        numbers[i - 1] = number;
    }
}

/* ------------------------------------------------------------------------------------------- steps */

/* Where nothing holds between all cells, every value occurs: one that does not could stand in for others. */
static bool draw_answer(trmi_described *d, trmi_generator *g)
{
    const uint32_t cells = d->constraints.cells, values = d->constraints.values;
    uint32_t order[TRMI_DESCRIBED_VARIABLES];
    if (d->constraints.count > 0) {
        allow_all(d);
        return trmi_constraint_search_take(d->search, &d->constraints) &&
               trmi_constraint_search_run(d->search, d->allowed, ANSWER_TRIES, g, d->answer) ==
                   TRMI_FOUND_ONE;
    }
    shuffle(order, cells, g);
    for (uint32_t i = 0; i < cells; i++)
        d->answer[order[i]] = (uint8_t)(i < values ? i : trmi_generator_below(g, values));
    return true;
}

static bool bring_rules(trmi_described *d, bool groups, trmi_generator *g)
{
    bool good = true;
    for (uint32_t i = 0; good && i < d->description->count; i++) {
        const trmi_described_rule *rule = &d->description->rule[i];
        if ((rule->kind == TRMI_ALL_DIFFERENT) == groups)
            good = trmi_described_bring(d, rule, g);
    }
    return good;
}

/* A clause that the answer fulfils and the other one does not: it says of a cell where they differ what
 * the answer has, and of more cells what the other one has not. */
static bool add_clause(trmi_described *d, const trmi_described_rule *rule, trmi_generator *g)
{
    const uint32_t cells = d->constraints.cells, values = d->constraints.values;
    const uint32_t drawn = rule->least + trmi_generator_below(g, rule->most - rule->least + 1);
    const uint32_t wanted = drawn < cells ? drawn : cells;
    uint32_t order[TRMI_DESCRIBED_VARIABLES], members[TRMI_DESCRIBED_GROUP], count = 0;
    shuffle(order, cells, g);
    uint32_t first = 0;
    while (d->answer[order[first]] == d->other[order[first]])
        first++;
    members[count++] = order[first] * values + d->answer[order[first]];
    for (uint32_t i = 0; count < wanted; i++) {
        const uint32_t skip = 1 + trmi_generator_below(g, values - 1);
        if (i != first)
            members[count++] = order[i] * values + (d->other[order[i]] + skip) % values;
    }
    return trmi_constraints_add(&d->constraints, TRMI_CLAUSE, members, count, 0);
}

/* As many as leave one answer. A value that no other answer denies stays so when there are more clauses. */
static bool bring_clauses(trmi_described *d, trmi_generator *g)
{
    const trmi_described_rule *rule = trmi_description_brought(d->description, TRMI_CLAUSE);
    uint32_t order[TRMI_DESCRIBED_VARIABLES];
    bool good = true;
    if (rule == NULL)
        return true;
    memset(d->given, TRMI_NO_VALUE, d->constraints.cells);
    shuffle(order, d->constraints.cells, g);
    for (uint32_t i = 0; i < d->constraints.cells; i++)
        while (good && find_other(d, order[i]) == TRMI_FOUND_ONE)
            good = add_clause(d, rule, g) && trmi_constraint_search_take(d->search, &d->constraints);
    return good;
}

/* Everything is given at first. A given without which there may be another answer stays. */
static void take_away(trmi_described *d, trmi_generator *g)
{
    uint32_t order[TRMI_DESCRIBED_VARIABLES];
    memcpy(d->given, d->answer, d->constraints.cells);
    shuffle(order, d->constraints.cells, g);
    for (uint32_t i = 0; i < d->constraints.cells; i++)
        if (find_other(d, order[i]) == TRMI_FOUND_NONE)
            d->given[order[i]] = TRMI_NO_VALUE;
}

/* So many are given, whatever other answers that leaves. */
static void give_some(trmi_described *d, trmi_generator *g)
{
    const trmi_description *of = d->description;
    const uint32_t cells = d->constraints.cells,
                   share = of->least_givens + trmi_generator_below(g, of->most_givens - of->least_givens + 1);
    uint32_t order[TRMI_DESCRIBED_VARIABLES];
    memset(d->given, TRMI_NO_VALUE, cells);
    shuffle(order, cells, g);
    for (uint32_t i = 0; i < cells * share / 100; i++)
        d->given[order[i]] = d->answer[order[i]];
}

static bool attempt(trmi_described *d, trmi_generator *g)
{
    const trmi_described_rule *route = trmi_description_brought(d->description, TRMI_ROUTE);
    if (route != NULL)
        return trmi_described_route(d, route, g);
    if (!bring_rules(d, true, g) || !draw_answer(d, g) || !bring_rules(d, false, g) ||
        !trmi_constraint_search_take(d->search, &d->constraints) || !bring_clauses(d, g))
        return false;
    if (d->description->several)
        give_some(d, g);
    else
        take_away(d, g);
    return true;
}

static trm_status fail_draw(const trmi_described *d, uint32_t size, trm_error *error)
{
    if (d->constraints.full)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "%s: a puzzle of size %" PRIu32
            " needs more room than there is, for %d constraints of %d variables or values in all: "
            "expected a smaller size, fewer pairs, or fewer values in their list",
            d->description->name, size, TRMI_CONSTRAINTS, TRMI_CONSTRAINT_MEMBERS);
    return trmi_fail(error, TRM_ERROR_ARGUMENT,
                     "%s: %d attempts found no puzzle of size %" PRIu32
                     ": its rules may contradict each other",
                     d->description->name, ATTEMPTS, size);
}

trm_status trmi_described_draw(trmi_described *d, uint32_t size, trmi_generator *g, trm_error *error)
{
    const trmi_description *of = d->description;
    trm_status status = TRM_OK;
    bool found = false;
    for (uint32_t i = 0; status == TRM_OK && !found && i < ATTEMPTS; i++) {
        const uint32_t values =
            of->most_values == 0
                ? size
                : of->least_values + trmi_generator_below(g, of->most_values - of->least_values + 1);
        status = trmi_constraints_begin(&d->constraints, of, size, values, error);
        found = status == TRM_OK && attempt(d, g);
    }
    if (status == TRM_OK && !found)
        return fail_draw(d, size, error);
    trmi_constraint_lists_clear(d->lists);
    return status == TRM_OK ? trmi_constraint_lists_make(d->lists, of, &d->constraints, error) : status;
}
