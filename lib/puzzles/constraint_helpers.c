/* Each clause is a helper, and each way to fill the cells of a sum is one. */
#include "lib/puzzles/constraint_helpers.h"

#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"

enum { MOST_TRIES = 1 << 20 };

typedef struct making {
    trmi_constraint_helpers *to;
    const trmi_description *description;
    const trmi_constraints *of;
    trm_error *error;
} making;

static trm_status add_helper(const making *m, int32_t token, const uint32_t *nodes, uint32_t count)
{
    trmi_constraint_helpers *to = m->to;
    if (to->count == TRMI_CONSTRAINT_HELPERS || count > TRMI_HELPER_NODES - to->node_count)
        return trmi_fail(m->error, TRM_ERROR_PUZZLE, "%s: expected at most %d ways and clauses in a puzzle",
                         m->description->name, TRMI_CONSTRAINT_HELPERS);
    to->token[to->count++] = token;
    memcpy(to->nodes + to->node_count, nodes, count * sizeof *nodes);
    to->node_count += count;
    to->first[to->count] = to->node_count;
    return TRM_OK;
}

/* Whether two cells must differ: both are in something that says so. */
static bool must_differ(const trmi_constraints *c, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const trmi_constraint *k = &c->constraint[i];
        const uint32_t *cells = trmi_constraint_members(c, i);
        uint32_t found = 0;
        if (k->kind != TRMI_ALL_DIFFERENT && k->kind != TRMI_CONFLICT)
            continue;
        for (uint32_t m = 0; m < k->count; m++)
            found += cells[m] == a || cells[m] == b;
        if (found == 2)
            return true;
    }
    return false;
}

/* A sum whose cells are being filled. */
typedef struct filling {
    const uint32_t *cells;
    uint32_t count, total, token;
    uint32_t differ[TRMI_DESCRIBED_GROUP]; /* of each cell a bit for each before it that it differs from */
    uint32_t value[TRMI_DESCRIBED_GROUP];
    uint32_t ways, tries;
} filling;

static bool may_have(const making *m, const filling *f, uint32_t at, uint32_t value, uint32_t sum)
{
    const uint32_t rest = f->count - at - 1, now = sum + value + 1; /* values count from 1 */
    if (now + rest > f->total || now + rest * m->of->values < f->total)
        return false;
    for (uint32_t i = 0; i < at; i++)
        if ((f->differ[at] >> i & 1) != 0 && f->value[i] == value)
            return false;
    return true;
}

static trm_status add_way(const making *m, filling *f)
{
    uint32_t nodes[TRMI_DESCRIBED_GROUP];
    if (f->ways++ == TRMI_SUM_WAYS)
        return trmi_fail(m->error, TRM_ERROR_PUZZLE,
                         "%s: expected a sum that at most %d ways fulfil, found more for %" PRIu32
                         " cells and a sum of %" PRIu32,
                         m->description->name, TRMI_SUM_WAYS, f->count, f->total);
    for (uint32_t i = 0; i < f->count; i++)
        nodes[i] = f->cells[i] * m->of->values + f->value[i];
    return add_helper(m, (int32_t)f->token, nodes, f->count);
}

/* Values are counted up in the last cell first; what cannot be goes no deeper. */
static trm_status add_ways(const making *m, filling *f)
{
    uint32_t at = 0, sums[TRMI_DESCRIBED_GROUP + 1] = { 0 };
    trm_status status = TRM_OK;
    f->value[0] = 0;
    for (f->tries = 0; status == TRM_OK && f->tries < MOST_TRIES; f->tries++) {
        if (f->value[at] == m->of->values) {
            if (at-- == 0)
                return TRM_OK;
            f->value[at]++;
        } else if (!may_have(m, f, at, f->value[at], sums[at])) {
            f->value[at]++;
        } else if (at + 1 == f->count) {
            status = add_way(m, f);
            f->value[at]++;
        } else {
            sums[at + 1] = sums[at] + f->value[at] + 1;
            f->value[++at] = 0;
        }
    }
    return status != TRM_OK ? status
                            : trmi_fail(m->error, TRM_ERROR_PUZZLE,
                                        "%s: a sum of %" PRIu32 " cells has too many ways to count",
                                        m->description->name, f->count);
}

static trm_status add_sum(const making *m, uint32_t index)
{
    const trmi_constraint *k = &m->of->constraint[index];
    filling f = { .cells = trmi_constraint_members(m->of, index), .count = k->count, .total = k->total };
    for (uint32_t i = 0; i < k->count; i++)
        for (uint32_t before = 0; before < i; before++)
            f.differ[i] |= (uint32_t)must_differ(m->of, f.cells[i], f.cells[before]) << before;
    TRMI_TRY(add_ways(m, &f));
    if (f.ways == 0)
        return trmi_fail(m->error, TRM_ERROR_PUZZLE,
                         "%s: expected a sum that some values have, found %" PRIu32 " of %" PRIu32 " cells",
                         m->description->name, k->total, k->count);
    return TRM_OK;
}

static trm_status add_all(const making *m)
{
    const int32_t clause = trmi_clause_token(m->description);
    for (uint32_t i = 0; i < m->of->count; i++) {
        const trmi_constraint *k = &m->of->constraint[i];
        if (k->kind == TRMI_SUM)
            TRMI_TRY(add_sum(m, i));
        else if (k->kind == TRMI_CLAUSE)
            TRMI_TRY(add_helper(m, clause, trmi_constraint_members(m->of, i), k->count));
    }
    return TRM_OK;
}

trm_status trmi_constraint_helpers_make(trmi_constraint_helpers *helpers, const trmi_description *description,
                                        const trmi_constraints *constraints, trm_error *error)
{
    const making m = { helpers, description, constraints, error };
    helpers->count = helpers->node_count = 0;
    helpers->first[0] = 0;
    return add_all(&m);
}
