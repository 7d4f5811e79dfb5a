#include "lib/puzzles/constraint_search.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"

enum { CELLS = TRMI_DESCRIBED_VARIABLES };

struct trmi_constraint_search {
    trm_allocator allocator;
    const trmi_constraints *of;
    uint32_t first[CELLS + 1], concerned[TRMI_CONSTRAINT_MEMBERS]; /* constraints of each cell */
    uint16_t level[CELLS + 1][CELLS];                              /* values that are left, a bit for each */
    uint32_t tried[CELLS + 1];                                     /* the cell that a level tries */
    uint32_t queue[TRMI_CONSTRAINTS]; /* constraints to look at, round and round */
    uint8_t queued[TRMI_CONSTRAINTS];
    uint32_t head, waiting;
    const float *preferences; /* cells x values, or NULL */
};

trm_status trmi_constraint_search_create(const trm_allocator *allocator, trmi_constraint_search **search,
                                         trm_error *error)
{
    *search = trmi_allocate(allocator, sizeof **search);
    if (*search == NULL)
        return trmi_no_memory(error, "searching for answers");
    (*search)->allocator = *allocator;
    return TRM_OK;
}

void trmi_constraint_search_free(trmi_constraint_search *search)
{
    if (search == NULL)
        return;
    const trm_allocator allocator = search->allocator;
    trmi_release(&allocator, search);
}

static uint32_t cell_of(const trmi_constraints *c, const trmi_constraint *k, uint32_t member)
{
    const bool node = k->kind == TRMI_CLAUSE || k->kind == TRMI_WAYS || k->kind == TRMI_BARRED;
    return node ? member / c->values : member;
}

void trmi_constraint_search_prefer(trmi_constraint_search *search, const float *preferences)
{
    search->preferences = preferences;
}

bool trmi_constraint_search_take(trmi_constraint_search *s, const trmi_constraints *c)
{
    s->of = c;
    memset(s->first, 0, (c->cells + 1) * sizeof *s->first);
    for (uint32_t i = 0; i < c->count; i++)
        for (uint32_t m = 0; m < c->constraint[i].count; m++)
            s->first[cell_of(c, &c->constraint[i], trmi_constraint_members(c, i)[m])]++;
    uint32_t sum = 0;
    for (uint32_t cell = 0; cell <= c->cells; cell++) { /* where each list ends */
        sum += s->first[cell];
        s->first[cell] = sum;
    }
    for (uint32_t i = c->count; i-- > 0;)
        for (uint32_t m = 0; m < c->constraint[i].count; m++)
            s->concerned[--s->first[cell_of(c, &c->constraint[i], trmi_constraint_members(c, i)[m])]] = i;
    return sum <= TRMI_CONSTRAINT_MEMBERS;
}

/* ------------------------------------------------------------------------------------------- narrowing */

static uint32_t bits(uint32_t set)
{
    uint32_t count = 0;
    for (; set != 0; set &= set - 1)
        count++;
    return count;
}

static uint32_t lowest(uint32_t set)
{
    uint32_t value = 0;
    assert(set != 0);
    while ((set >> value & 1) == 0)
        value++;
    return value;
}

static uint32_t highest(uint32_t set)
{
    uint32_t value = 0;
    while (set >> value > 1)
        value++;
    return value;
}

static bool is_single(uint32_t set)
{
    return set != 0 && (set & (set - 1)) == 0;
}

static void wake(trmi_constraint_search *s, uint32_t constraint)
{
    if (s->queued[constraint] != 0)
        return;
    assert(constraint < s->of->count && s->waiting < TRMI_CONSTRAINTS);
    s->queued[constraint] = 1;
    s->queue[(s->head + s->waiting++) % TRMI_CONSTRAINTS] = constraint;
}

static void wake_all_of(trmi_constraint_search *s, uint32_t cell)
{
    for (uint32_t i = s->first[cell]; i < s->first[cell + 1]; i++)
        wake(s, s->concerned[i]);
}

/* Leaves the cell those values; false when none are left. */
static bool narrow(trmi_constraint_search *s, uint16_t *domain, uint32_t cell, uint32_t to)
{
    assert(cell < s->of->cells);
    const uint32_t left = domain[cell] & to;
    if (left == domain[cell])
        return left != 0;
    domain[cell] = (uint16_t)left;
    wake_all_of(s, cell);
    return left != 0;
}

/* Cells that have their value take it from the others. */
static bool narrow_different(trmi_constraint_search *s, uint16_t *domain, const uint32_t *cells,
                             uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; is_single(domain[cells[i]]) && k < count; k++)
            if (k != i && !narrow(s, domain, cells[k], ~(uint32_t)domain[cells[i]]))
                return false;
    return true;
}

static bool narrow_less(trmi_constraint_search *s, uint16_t *domain, const uint32_t *cells)
{
    if (!narrow(s, domain, cells[0], (1u << highest(domain[cells[1]])) - 1))
        return false;
    return narrow(s, domain, cells[1], ~((2u << lowest(domain[cells[0]])) - 1));
}

/* A cell has no more than what the others leave at their least, and no less than at their most. */
static bool narrow_sum(trmi_constraint_search *s, uint16_t *domain, const uint32_t *cells, uint32_t count,
                       uint32_t total)
{
    uint32_t least = 0, most = 0;
    for (uint32_t i = 0; i < count; i++) {
        least += lowest(domain[cells[i]]);
        most += highest(domain[cells[i]]);
    }
    if (total < count + least || total > count + most)
        return false;
    const uint32_t above_least = total - count - least, below_most = count + most - total;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t low = lowest(domain[cells[i]]), high = highest(domain[cells[i]]);
        const uint32_t top = low + above_least, bottom = high > below_most ? high - below_most : 0;
        if (!narrow(s, domain, cells[i],
                    (top < TRMI_DESCRIBED_VALUES ? (2u << top) - 1 : ~0u) & ~0u << bottom))
            return false;
    }
    return true;
}

static bool narrow_clause(trmi_constraint_search *s, uint16_t *domain, const uint32_t *members,
                          uint32_t count)
{
    const uint32_t values = s->of->values;
    uint32_t open = 0, last = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t bit = 1u << members[i] % values, left = domain[members[i] / values];
        if (left == bit)
            return true;
        if ((left & bit) != 0) {
            open++;
            last = members[i];
        }
    }
    return open > 1 || (open == 1 && narrow(s, domain, last / values, 1u << last % values));
}

static bool may_be(const trmi_constraint_search *s, const uint16_t *domain, const uint32_t *way,
                   uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if ((domain[way[i] / s->of->values] >> way[i] % s->of->values & 1) == 0)
            return false;
    return true;
}

/* A cell has no more than the values of the ways that may still be. */
static bool narrow_ways(trmi_constraint_search *s, uint16_t *domain, const trmi_constraint *k,
                        const uint32_t *members)
{
    uint32_t left[TRMI_WAY_CELLS] = { 0 };
    for (uint32_t at = 0; at < k->count; at += k->total)
        for (uint32_t i = 0; may_be(s, domain, members + at, k->total) && i < k->total; i++)
            left[i] |= 1u << members[at + i] % s->of->values;
    for (uint32_t i = 0; i < k->total; i++)
        if (!narrow(s, domain, members[i] / s->of->values, left[i]))
            return false;
    return true;
}

/* A value goes that no value of the other cell may be beside. */
static bool narrow_barred(trmi_constraint_search *s, uint16_t *domain, const uint32_t *members,
                          uint32_t count)
{
    const uint32_t values = s->of->values, a = members[0] / values, b = members[1] / values;
    uint32_t beside_a[TRMI_DESCRIBED_VALUES] = { 0 }, beside_b[TRMI_DESCRIBED_VALUES] = { 0 };
    uint32_t left_a = 0, left_b = 0;
    for (uint32_t i = 0; i < count; i += 2) {
        beside_a[members[i] % values] |= 1u << members[i + 1] % values;
        beside_b[members[i + 1] % values] |= 1u << members[i] % values;
    }
    for (uint32_t value = 0; value < values; value++) {
        left_a |= (domain[b] & ~beside_a[value]) != 0 ? 1u << value : 0;
        left_b |= (domain[a] & ~beside_b[value]) != 0 ? 1u << value : 0;
    }
    return narrow(s, domain, a, left_a) && narrow(s, domain, b, left_b);
}

static bool narrow_by(trmi_constraint_search *s, uint16_t *domain, uint32_t constraint)
{
    const trmi_constraint *k = &s->of->constraint[constraint];
    const uint32_t *members = trmi_constraint_members(s->of, constraint);
    switch (k->kind) {
    case TRMI_LESS:
        return narrow_less(s, domain, members);
    case TRMI_SUM:
        return narrow_sum(s, domain, members, k->count, k->total);
    case TRMI_CLAUSE:
        return narrow_clause(s, domain, members, k->count);
    case TRMI_BARRED:
        return narrow_barred(s, domain, members, k->count);
    case TRMI_WAYS:
        return narrow_ways(s, domain, k, members);
    default:
        return narrow_different(s, domain, members, k->count);
    }
}

/* Until nothing changes any more, and nothing waits; false when a cell has no value left. */
static bool settle(trmi_constraint_search *s, uint16_t *domain)
{
    bool good = true;
    while (s->waiting > 0) {
        const uint32_t constraint = s->queue[s->head];
        s->head = (s->head + 1) % TRMI_CONSTRAINTS;
        s->waiting--;
        s->queued[constraint] = 0;
        good = good && narrow_by(s, domain, constraint);
    }
    return good;
}

/* ------------------------------------------------------------------------------------------- trying */

/* A cell with the fewest values left, but more than one; the number of cells when there is none. */
static uint32_t narrowest(const trmi_constraints *c, const uint16_t *domain)
{
    uint32_t best = c->cells, least = UINT32_MAX;
    for (uint32_t cell = 0; cell < c->cells && least > 2; cell++) {
        const uint32_t count = bits(domain[cell]);
        if (count > 1 && count < least) {
            least = count;
            best = cell;
        }
    }
    return best;
}

static uint32_t pick(uint32_t set, trmi_generator *random)
{
    uint32_t skipped = random != NULL ? trmi_generator_below(random, bits(set)) : 0;
    for (; skipped > 0; skipped--)
        set &= set - 1;
    return set & (0u - set);
}

/* How far the best of the values is preferred to the next one. */
static float lead(const float *preference, uint32_t set, uint32_t *best)
{
    float first = -INFINITY, second = -INFINITY;
    for (uint32_t value = 0; set >> value != 0; value++) {
        if ((set >> value & 1) == 0)
            continue;
        const bool better = preference[value] > first || first == -INFINITY;
        if (better)
            *best = value;
        second = better ? first : preference[value] > second ? preference[value] : second;
        first = better ? preference[value] : first;
    }
    return first - second;
}

/* The cell whose value is preferred most clearly, of those with more than one; the number of cells when there
   is none. */
static uint32_t clearest(const trmi_constraint_search *s, const uint16_t *domain)
{
    uint32_t best = s->of->cells, value = 0;
    float most = -1.0f;
    for (uint32_t cell = 0; cell < s->of->cells; cell++) {
        if (domain[cell] == 0 || is_single(domain[cell]))
            continue;
        const float clear = lead(s->preferences + (size_t)cell * s->of->values, domain[cell], &value);
        if (best == s->of->cells || clear > most) {
            most = clear;
            best = cell;
        }
    }
    return best;
}

static uint32_t choose_cell(const trmi_constraint_search *s, const uint16_t *domain)
{
    return s->preferences != NULL ? clearest(s, domain) : narrowest(s->of, domain);
}

static uint32_t choose_value(const trmi_constraint_search *s, uint32_t cell, uint32_t set,
                             trmi_generator *random)
{
    uint32_t best = 0;
    if (s->preferences == NULL)
        return pick(set, random);
    (void)lead(s->preferences + (size_t)cell * s->of->values, set, &best);
    return 1u << best;
}

/* The level below has one value of the cell, the level itself keeps the others for later. */
static bool descend(trmi_constraint_search *s, uint32_t depth, trmi_generator *random)
{
    assert(depth > 0 && depth <= s->of->cells && s->waiting == 0);
    uint16_t *here = s->level[depth - 1], *below = s->level[depth];
    const uint32_t cell = s->tried[depth - 1], value = choose_value(s, cell, here[cell], random);
    memcpy(below, here, s->of->cells * sizeof *here);
    here[cell] &= (uint16_t)~value;
    below[cell] =
        (uint16_t)value; /* also where it was the last one: what that means nobody has looked at yet */
    wake_all_of(s, cell);
    return settle(s, below);
}

static void copy_answer(const trmi_constraint_search *s, const uint16_t *domain, uint8_t *answer)
{
    for (uint32_t cell = 0; cell < s->of->cells; cell++)
        answer[cell] = (uint8_t)lowest(domain[cell]);
}

static trmi_found search_below(trmi_constraint_search *s, uint32_t nodes, trmi_generator *random,
                               uint8_t *answer)
{
    uint32_t depth = 1;
    s->tried[0] = choose_cell(s, s->level[0]);
    while (depth > 0) {
        const uint32_t cell = s->tried[depth - 1];
        if (cell == s->of->cells) {
            copy_answer(s, s->level[depth - 1], answer);
            return TRMI_FOUND_ONE;
        }
        if (s->level[depth - 1][cell] == 0) {
            depth--;
            continue;
        }
        if (nodes-- == 0)
            return TRMI_FOUND_TIRED;
        if (descend(s, depth, random)) {
            s->tried[depth] = choose_cell(s, s->level[depth]);
            depth++;
        }
    }
    return TRMI_FOUND_NONE;
}

trmi_found trmi_constraint_search_run(trmi_constraint_search *s, const uint16_t *allowed, uint32_t nodes,
                                      trmi_generator *random, uint8_t *answer)
{
    assert(s->of->cells <= CELLS && s->waiting == 0);
    memcpy(s->level[0], allowed, s->of->cells * sizeof *allowed);
    for (uint32_t cell = 0; cell < s->of->cells; cell++)
        if (allowed[cell] == 0)
            return TRMI_FOUND_NONE;
    for (uint32_t i = 0; i < s->of->count; i++)
        wake(s, i);
    return settle(s, s->level[0]) ? search_below(s, nodes, random, answer) : TRMI_FOUND_NONE;
}
