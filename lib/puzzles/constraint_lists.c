/* Pairs of who hears whom, sorted, become lists. */
#include "lib/puzzles/constraint_lists.h"

#include <stdlib.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"

/* Who in the upper half, whom in the lower. */
typedef struct pairs {
    uint64_t *at; /* NULL: they are counted */
    size_t count;
} pairs;

static void tell(pairs *p, uint32_t who, uint32_t whom)
{
    if (p->at != NULL)
        p->at[p->count] = (uint64_t)who << 32 | whom;
    p->count++;
}

/* ---------------------------------------------------------------------------------- who hears whom */

typedef struct making {
    const trmi_description *description;
    const trmi_constraints *of;
    const trmi_constraint_helpers *helpers;
} making;

/* Who is in a group hears itself. */
static void tell_groups(const trmi_constraints *c, uint32_t kind, uint32_t lists, pairs *p)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const trmi_constraint *k = &c->constraint[i];
        const uint32_t *cells = trmi_constraint_members(c, i);
        for (uint32_t a = 0; k->kind == kind && k->lists == lists && a < k->count; a++)
            for (uint32_t b = 0; b < k->count; b++)
                if (a != b || kind == TRMI_ALL_DIFFERENT)
                    tell(p, cells[a], cells[b]);
    }
}

/* Nodes, which hear those that may not be beside them. */
static void tell_barred(const trmi_constraints *c, pairs *p)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const uint32_t *nodes = trmi_constraint_members(c, i);
        for (uint32_t m = 0; c->constraint[i].kind == TRMI_BARRED && m < c->constraint[i].count; m += 2) {
            tell(p, nodes[m], nodes[m + 1]);
            tell(p, nodes[m + 1], nodes[m]);
        }
    }
}

static void tell_order(const trmi_constraints *c, bool greater, pairs *p)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const uint32_t *cells = trmi_constraint_members(c, i);
        if (c->constraint[i].kind == TRMI_LESS)
            tell(p, cells[greater ? 0 : 1], cells[greater ? 1 : 0]);
    }
}

static void tell_helpers(const making *m, int32_t token, bool helpers_hear, pairs *p)
{
    const trmi_constraint_helpers *l = m->helpers;
    const uint32_t nodes = m->of->cells * m->of->values;
    for (uint32_t h = 0; h < l->count; h++)
        for (uint32_t i = l->first[h]; l->token[h] == token && i < l->first[h + 1]; i++)
            tell(p, helpers_hear ? nodes + h : l->nodes[i], helpers_hear ? l->nodes[i] : nodes + h);
}

static void tell_pairs(const making *m, const char *name, pairs *p)
{
    if (strcmp(name, "region") == 0)
        tell_groups(m->of, TRMI_ALL_DIFFERENT, TRMI_LISTS_BROUGHT, p);
    else if (strcmp(name, "diagonal") == 0)
        tell_groups(m->of, TRMI_ALL_DIFFERENT, TRMI_LISTS_OF_DIAGONALS, p);
    else if (strcmp(name, "conflict") == 0)
        tell_groups(m->of, TRMI_CONFLICT, TRMI_LISTS_BROUGHT, p);
    else if (strcmp(name, "barred") == 0)
        tell_barred(m->of, p);
    else if (strcmp(name, "edge") == 0)
        tell_groups(m->of, TRMI_ROUTE, TRMI_LISTS_BROUGHT, p);
    else if (strcmp(name, "greater") == 0 || strcmp(name, "smaller") == 0)
        tell_order(m->of, *name == 'g', p);
    else if (strcmp(name, "ways") == 0 || strcmp(name, "parts") == 0)
        tell_helpers(m, 0, *name == 'p', p);
    else
        tell_helpers(m, trmi_clause_token(m->description), *name == 'l', p);
}

/* ------------------------------------------------------------------------------------------- lists */

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Behind first[lists + 1] stands what is heard; who is heard twice is heard once. */
static uint32_t list_pairs(const pairs *p, uint32_t lists, uint32_t *first)
{
    uint32_t *heard = first + lists + 1, used = 0, list = 0;
    first[0] = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (i > 0 && p->at[i] == p->at[i - 1])
            continue;
        while (list < p->at[i] >> 32)
            first[++list] = used;
        heard[used++] = (uint32_t)p->at[i];
    }
    while (list < lists)
        first[++list] = used;
    return used;
}

static trm_status make_relation(trmi_constraint_lists *to, const making *m, const trmi_relation *relation,
                                trm_error *error)
{
    const uint32_t lists =
        relation->level == TRMI_LEVEL_NODES ? m->of->cells * m->of->values + m->helpers->count : m->of->cells;
    pairs counted = { NULL, 0 }, told = { NULL, 0 };
    tell_pairs(m, relation->name, &counted);
    told.at = trmi_allocate(&to->allocator, (counted.count + 1) * sizeof *told.at);
    uint32_t *first = trmi_allocate(&to->allocator, (counted.count + lists + 1) * sizeof *first);
    to->memory[to->relation_count] = first;
    if (told.at != NULL && first != NULL) {
        trm_relation made = TRM_RELATION_INIT;
        tell_pairs(m, relation->name, &told);
        qsort(told.at, told.count, sizeof *told.at, compare);
        memcpy(to->names[to->relation_count], relation->name, sizeof relation->name);
        made.name = to->names[to->relation_count];
        made.first = first;
        made.heard_count = list_pairs(&told, lists, first);
        made.heard = first + lists + 1;
        made.lists = lists;
        made.shared = 1;
        to->relations[to->relation_count] = made;
    }
    to->relation_count++;
    const bool good = told.at != NULL && first != NULL;
    trmi_release(&to->allocator, told.at);
    return good ? TRM_OK : trmi_no_memory(error, "the relation %s", relation->name);
}

trm_status trmi_constraint_lists_make(trmi_constraint_lists *lists, const trmi_description *description,
                                      const trmi_constraints *constraints, trm_error *error)
{
    trmi_relations relations;
    const making m = { description, constraints, &lists->helpers };
    trm_status status = trmi_constraint_helpers_make(&lists->helpers, description, constraints, error);
    trmi_description_relations(description, &relations);
    for (uint32_t i = 0; status == TRM_OK && i < relations.count; i++)
        if (relations.relation[i].source == TRMI_RELATION_QUESTION)
            status = make_relation(lists, &m, &relations.relation[i], error);
    return status;
}

void trmi_constraint_lists_clear(trmi_constraint_lists *lists)
{
    for (uint32_t i = 0; i < lists->relation_count; i++)
        trmi_release(&lists->allocator, lists->memory[i]);
    lists->relation_count = 0;
}
