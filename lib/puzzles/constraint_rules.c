#include "lib/puzzles/constraint_rules.h"

#include <string.h>

bool trmi_rules_are_constraints(const trmi_rules *rules)
{
    for (uint32_t i = 0; i < rules->count; i++)
        if (rules->rule[i].kind == TRMI_RULE_PATH || rules->rule[i].kind == TRMI_RULE_ROUTE)
            return false;
    return rules->count > 0 && !rules->unknown;
}

static bool add_groups(trmi_constraints *c, const trmi_relation_table *t)
{
    for (uint32_t i = 0; i < t->lists; i++)
        if (!trmi_constraints_add(c, TRMI_ALL_DIFFERENT, t->heard + t->first[i],
                                  t->first[i + 1] - t->first[i], 0))
            return false;
    return true;
}

static bool hears(const trmi_relation_table *t, uint32_t who, uint32_t whom)
{
    for (uint32_t i = t->first[who]; i < t->first[who + 1]; i++)
        if (t->heard[i] == whom)
            return true;
    return false;
}

/* Each pair once, whoever of the two hears the other. */
static bool add_pairs(trmi_constraints *c, const trmi_relation_table *t, uint32_t kind)
{
    for (uint32_t p = 0; p < c->cells; p++)
        for (uint32_t i = t->first[p]; i < t->first[p + 1]; i++) {
            const uint32_t other = t->heard[i];
            const bool again = kind == TRMI_CONFLICT && other < p && hears(t, other, p);
            if (other != p && !again && !trmi_constraints_add(c, kind, (uint32_t[]) { p, other }, 2, 0))
                return false;
        }
    return true;
}

/* Lists that positions share are groups; of others each position has its own. */
static bool add_different(trmi_constraints *c, const trmi_relation_table *t)
{
    return t->list_of != NULL ? add_groups(c, t) : add_pairs(c, t, TRMI_CONFLICT);
}

static bool add_clauses(trmi_constraints *c, const trmi_relation_table *t)
{
    for (uint32_t h = c->cells * c->values; h < t->lists; h++) {
        const uint32_t count = t->first[h + 1] - t->first[h];
        if (count > 0 && !trmi_constraints_add(c, TRMI_CLAUSE, t->heard + t->first[h], count, 0))
            return false;
    }
    return true;
}

static bool same_cells(const trmi_constraints *c, const trmi_relation_table *t, uint32_t a, uint32_t b)
{
    const uint32_t count = t->first[a + 1] - t->first[a];
    bool same = t->first[b + 1] - t->first[b] == count;
    for (uint32_t i = 0; same && i < count; i++)
        same = t->heard[t->first[a] + i] / c->values == t->heard[t->first[b] + i] / c->values;
    return same;
}

/* Helpers that follow one another and hear the same cells. */
static bool add_ways(trmi_constraints *c, const trmi_relation_table *t)
{
    for (uint32_t h = c->cells * c->values, end; h < t->lists; h = end) {
        const uint32_t count = t->first[h + 1] - t->first[h];
        end = h + 1;
        if (count == 0)
            continue;
        while (end < t->lists && same_cells(c, t, h, end))
            end++;
        if (count > TRMI_WAY_CELLS ||
            !trmi_constraints_add(c, TRMI_WAYS, t->heard + t->first[h], t->first[end] - t->first[h], count))
            return false;
    }
    return true;
}

/* The next position of which nodes are heard; the number of cells behind the last. */
static uint32_t next_heard(const trmi_constraints *c, const trmi_relation_table *t, uint32_t p,
                           const uint32_t *at)
{
    uint32_t next = c->cells;
    for (uint32_t value = 0; value < c->values; value++)
        if (at[value] < t->first[p * c->values + value + 1] && t->heard[at[value]] / c->values < next)
            next = t->heard[at[value]] / c->values;
    return next;
}

/* Values of two positions, each pair once, whoever hears the other; `at` moves behind them. */
static bool add_barred(trmi_constraints *c, const trmi_relation_table *t, uint32_t p, uint32_t other,
                       uint32_t *at)
{
    uint32_t members[2 * TRMI_DESCRIBED_VALUES * TRMI_DESCRIBED_VALUES], count = 0;
    for (uint32_t value = 0; value < c->values; value++) {
        const uint32_t node = p * c->values + value;
        for (; at[value] < t->first[node + 1] && t->heard[at[value]] / c->values == other; at[value]++) {
            const uint32_t heard = t->heard[at[value]];
            if (other == p || (other < p && hears(t, heard, node)))
                continue;
            members[count++] = node;
            members[count++] = heard;
        }
    }
    return count == 0 || trmi_constraints_add(c, TRMI_BARRED, members, count, 2);
}

/* Nodes ascend in lists, and with them positions. */
static bool add_apart(trmi_constraints *c, const trmi_relation_table *t)
{
    uint32_t at[TRMI_DESCRIBED_VALUES], other;
    for (uint32_t p = 0; p < c->cells; p++) {
        memcpy(at, t->first + p * c->values, c->values * sizeof *at);
        while ((other = next_heard(c, t, p, at)) < c->cells)
            if (!add_barred(c, t, p, other, at))
                return false;
    }
    return true;
}

static bool add_rule(trmi_constraints *c, uint32_t kind, const trmi_relation_table *t)
{
    switch (kind) {
    case TRMI_RULE_COMPLETE:
        return add_groups(c, t);
    case TRMI_RULE_DIFFERENT:
        return add_different(c, t);
    case TRMI_RULE_LESS:
        return t->list_of == NULL && add_pairs(c, t, TRMI_LESS);
    case TRMI_RULE_ANY:
        return add_clauses(c, t);
    case TRMI_RULE_APART:
        return t->list_of == NULL && add_apart(c, t);
    default:
        return add_ways(c, t);
    }
}

bool trmi_constraints_of_rules(trmi_constraints *c, const trmi_ruled *ruled)
{
    bool good = ruled->positions <= TRMI_DESCRIBED_VARIABLES && ruled->values <= TRMI_DESCRIBED_VALUES;
    c->cells = ruled->positions;
    c->values = ruled->values;
    c->side = c->count = c->members = 0;
    for (uint32_t i = 0; good && i < ruled->rules->count; i++) {
        const uint32_t kind = ruled->rules->rule[i].kind, level = ruled->table[i]->level;
        const bool nodes = trmi_rule_is_of_nodes(kind);
        good =
            level == (nodes ? TRMI_LEVEL_NODES : TRMI_LEVEL_POSITIONS) && add_rule(c, kind, ruled->table[i]);
    }
    return good;
}
