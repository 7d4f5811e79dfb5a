/* From a description to what a model hears, and to the rules that judge its answers: one row for each
 * pair of kind and scope. */
#include <string.h>

#include "lib/puzzles/description.h"

typedef struct meaning {
    uint32_t kind, scope;
    uint32_t rule;         /* trmi_rule_kind */
    const char *judged;    /* the relation that the rule is about */
    const char *relations; /* as metadata model.relations */
} meaning;

#define LISTS(name) name "=question/positions/sum+max"
#define NODES(name) name "=question/nodes/sum+max"
#define FIELDS(name) name "=shape/fields/sum+max"
static const char conflict[] = LISTS("conflict");
static const char order[] = LISTS("greater") " " LISTS("smaller") " " FIELDS("above") " " FIELDS("below");
static const char barred[] = NODES("barred");
static const char cell[] = FIELDS("cell");

static const meaning meanings[] = {
    { TRMI_ALL_DIFFERENT, TRMI_SCOPE_ROW, TRMI_RULE_DIFFERENT, "row", "row=shape/positions/sum+max" },
    { TRMI_ALL_DIFFERENT, TRMI_SCOPE_COLUMN, TRMI_RULE_DIFFERENT, "column",
      "column=shape/positions/sum+max" },
    { TRMI_ALL_DIFFERENT, TRMI_SCOPE_BOX, TRMI_RULE_DIFFERENT, "box", "box=shape/positions/sum+max" },
    { TRMI_ALL_DIFFERENT, TRMI_SCOPE_DIAGONALS, TRMI_RULE_DIFFERENT, "diagonal", LISTS("diagonal") },
    { TRMI_ALL_DIFFERENT, TRMI_SCOPE_REGIONS, TRMI_RULE_DIFFERENT, "region", LISTS("region") },
    { TRMI_CONFLICT, TRMI_SCOPE_NEIGHBOURS, TRMI_RULE_DIFFERENT, "conflict", conflict },
    { TRMI_CONFLICT, TRMI_SCOPE_PAIRS, TRMI_RULE_DIFFERENT, "conflict", conflict },
    { TRMI_BARRED, TRMI_SCOPE_NEIGHBOURS, TRMI_RULE_APART, "barred", barred },
    { TRMI_BARRED, TRMI_SCOPE_PAIRS, TRMI_RULE_APART, "barred", barred },
    { TRMI_LESS, TRMI_SCOPE_NEIGHBOURS, TRMI_RULE_LESS, "greater", order },
    { TRMI_LESS, TRMI_SCOPE_PAIRS, TRMI_RULE_LESS, "greater", order },
    { TRMI_SUM, TRMI_SCOPE_REGIONS, TRMI_RULE_WAY, "parts", NODES("ways") " " NODES("parts") },
    { TRMI_ROUTE, TRMI_SCOPE_PAIRS, TRMI_RULE_ROUTE, "edge", LISTS("edge") },
    { TRMI_CLAUSE, TRMI_SCOPE_GROUPS, TRMI_RULE_ANY, "literals", NODES("clauses") " " NODES("literals") },
};
enum { MEANINGS = sizeof meanings / sizeof *meanings };

static const meaning *meaning_of(const trmi_described_rule *rule)
{
    const meaning *m = meanings;
    while (m->kind != rule->kind || m->scope != rule->scope)
        m++; /* the parser lets no other pair through */
    return m;
}

uint32_t trmi_description_vocabulary(const trmi_description *d)
{
    return (uint32_t)strlen(d->characters);
}

uint32_t trmi_description_helper_tokens(const trmi_description *d)
{
    return (trmi_description_brought(d, TRMI_SUM) != NULL ? 1u : 0u) +
           (trmi_description_brought(d, TRMI_CLAUSE) != NULL ? 1u : 0u);
}

static void add_relations(trmi_relations *to, const char *text)
{
    trmi_relations more;
    (void)!trmi_relations_parse(text, strlen(text), &more, NULL);
    for (uint32_t i = 0; i < more.count; i++)
        to->relation[to->count++] = more.relation[i];
}

void trmi_description_relations(const trmi_description *d, trmi_relations *relations)
{
    relations->count = 0;
    if (d->most_values != 1)
        add_relations(relations, cell);
    for (uint32_t i = 0; i < d->count; i++)
        add_relations(relations, meaning_of(&d->rule[i])->relations);
}

void trmi_description_rules(const trmi_description *d, trmi_rules *rules)
{
    memset(rules, 0, sizeof *rules);
    for (uint32_t i = 0; i < d->count; i++) {
        const meaning *m = meaning_of(&d->rule[i]);
        trmi_rule *to = &rules->rule[rules->count++];
        to->kind = m->rule;
        memcpy(to->relation, m->judged, strlen(m->judged) + 1);
    }
}
