/* What nodes hear of one another. */
#include <stdlib.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "tests/kernels/harness.h"

void relation_make(relation *r, uint32_t level, uint32_t elements)
{
    const bool shared = next() % 2, neighbours = next() % 4 == 0;
    const uint32_t lists = shared ? between(1, elements) : elements, distance = between(0, 2);
    r->first[0] = 0;
    for (uint32_t list = 0; list < lists; list++) {
        uint32_t at = r->first[list];
        for (uint32_t j = 0, many = between(0, 3); j < elements && at - r->first[list] < MOST_HEARD; j++)
            if (neighbours ? j == list + distance + (list > elements / 2) : next() % 4 < many)
                r->heard[at++] = j;
        r->first[list + 1] = at;
    }
    for (uint32_t i = 0; i < elements; i++)
        r->list_of[i] = between(0, lists - 1);
    r->table = (trmi_relation_table) { level, lists, shared ? r->list_of : NULL, r->first, r->heard, 0 };
}

question question_make(void)
{
    question q = { .fields = between(1, 4), .panels = between(1, 4) };
    q.positions = between(1, 5);
    q.answering = q.positions * q.fields;
    q.nodes = q.answering + between(0, 4);
    return q;
}

uint32_t elements_of(const question *q, uint32_t level)
{
    return level == TRMI_LEVEL_NODES ? q->nodes : level == TRMI_LEVEL_POSITIONS ? q->positions : q->fields;
}

uint32_t units_of(const question *q, const trmi_relation_table *table)
{
    return table->level == TRMI_LEVEL_FIELDS ? q->positions : table->lists;
}

static bool case_aggregate(const variant *v)
{
    const question q = question_make();
    const uint32_t level = between(0, 2), wanted = between(1, 3);
    relation r;
    relation_make(&r, level, elements_of(&q, level));
    const uint32_t end = between(1, units_of(&q, &r.table)), begin = between(0, end - 1);
    const size_t rows = (size_t)(end - begin) * trmi_relation_spread(&r.table, q.fields);
    const size_t panel = (q.nodes + between(0, 2)) * TRMI_PANEL,
                 to_panel = (rows + between(0, 2)) * TRMI_PANEL;
    twin nodes = twin_new(q.panels * panel, true), sum = twin_new(q.panels * to_panel, false),
         max = twin_new(q.panels * to_panel, false);
    for (int side = 0; side < 2; side++)
        v[side].kernels.aggregate(&(trmi_aggregate) { &r.table,
                                                      q.fields,
                                                      begin,
                                                      end,
                                                      q.panels,
                                                      { nodes.data[side], panel },
                                                      { wanted & 1 ? sum.data[side] : NULL, to_panel },
                                                      { wanted & 2 ? max.data[side] : NULL, to_panel } });
    return (int)twin_same(nodes) & (int)twin_same(sum) & (int)twin_same(max);
}

enum { MOST_TERMS = 40 };

/* gather_add, or gather_gate: then the panels are gates and their ups. */
static bool gathers(const variant *v, bool gated)
{
    question q = question_make();
    const uint32_t most = gated ? TRMI_TERMS_AT_ONCE : MOST_TERMS,
                   count = between(0, next() % 4 == 0 ? most : 6), end = between(1, q.nodes),
                   begin = between(0, end - 1);
    q.panels += gated && q.panels % 2 != 0;
    const size_t panel = (end - begin + between(0, 2)) * TRMI_PANEL;
    relation r[MOST_TERMS];
    twin rows[MOST_TERMS], to = twin_new(q.panels * panel, true);
    size_t term_panel[MOST_TERMS];
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t level = between(0, 2);
        relation_make(&r[i], level, elements_of(&q, level));
        term_panel[i] = ((size_t)units_of(&q, &r[i].table) * trmi_relation_spread(&r[i].table, q.fields) +
                         between(0, 2)) *
                        TRMI_PANEL;
        rows[i] = twin_new(q.panels * term_panel[i], true);
    }
    for (int side = 0; side < 2; side++) {
        trmi_term terms[MOST_TERMS];
        for (uint32_t i = 0; i < count; i++) {
            /* rows within a position may begin at that of the first node */
            const uint32_t first =
                r[i].table.level == TRMI_LEVEL_FIELDS && begin < q.answering && i % 2 ? begin / q.fields : 0;
            const size_t skipped = (size_t)first * r[i].table.lists * TRMI_PANEL;
            terms[i] = (trmi_term) { &r[i].table, { rows[i].data[side] + skipped, term_panel[i] }, first };
        }
        (gated ? v[side].kernels.gather_gate : v[side].kernels.gather_add)(&(trmi_gathering) {
            { to.data[side], panel }, begin, end, q.panels, q.fields, q.answering, terms, count });
    }
    bool same = twin_same(to);
    for (uint32_t i = 0; i < count; i++)
        same &= twin_same(rows[i]);
    return same;
}

static bool case_gather_add(const variant *v)
{
    return gathers(v, false);
}

static bool case_gather_gate(const variant *v)
{
    return gathers(v, true);
}

const named_case relation_cases[] = {
    { "aggregate", case_aggregate, true },
    { "gather_add", case_gather_add, true },
    { "gather_gate", case_gather_gate, true },
    { NULL, NULL, false },
};
