/* Rules over lists. A Sudoku of any regions, a Latin square and a coloured graph differ in their lists
 * alone. Lists over positions say it of values; lists over nodes, of helpers, say which values at which
 * positions go together. */
#include "lib/task/verify.h"

#include <assert.h>
#include <string.h>

#include "lib/core/parts.h"
#include "lib/task/named_relations.h"

/* Of ways, in a grid or on a graph. */
static bool is_of_ways(uint32_t kind)
{
    return kind == TRMI_RULE_PATH || kind == TRMI_RULE_ROUTE;
}

static bool needs_paths(const trmi_task *task)
{
    for (uint32_t i = 0; i < task->rules.count; i++)
        if (is_of_ways(task->rules.rule[i].kind))
            return true;
    return false;
}

/* A relation that this shape lacks, such as boxes, may still come with the question. */
static void lay_relation(const trmi_rule *rule, const trmi_shape *shape, trmi_arena *arena,
                         trmi_relation_table *table)
{
    if (rule->kind == TRMI_RULE_PATH ||
        !trmi_named_relation_lay(rule->relation, TRMI_LEVEL_POSITIONS, shape, arena, table))
        *table = (trmi_relation_table) { .first = NULL };
}

void trmi_verification_lay(trmi_verification *v, const trmi_task *task, const trmi_shape *shape,
                           trmi_arena *arena)
{
    *v = (trmi_verification) { .task = task, .shape = *shape };
    for (uint32_t i = 0; i < task->rules.count; i++)
        lay_relation(&task->rules.rule[i], shape, arena, &v->table[i]);
    if (needs_paths(task)) {
        v->room.queue = trmi_arena_take(arena, shape->positions, sizeof *v->room.queue);
        v->room.seen = trmi_arena_take(arena, shape->positions, sizeof *v->room.seen);
    }
}

void trmi_verification_give(trmi_verification *v, const char *name, const trmi_relation_table *table)
{
    for (uint32_t i = 0; i < v->task->rules.count; i++)
        if (strcmp(v->task->rules.rule[i].relation, name) == 0)
            v->table[i] = *table;
}

/* -- lists -- */

typedef struct values {
    int32_t first;
    uint32_t count;
} values;

/* Those of the question's size, where the size tells them: a model of any size may be asked for more than its
   own has. */
static values values_of_shape(const trmi_task *task, const trmi_shape *shape)
{
    const uint32_t first = task->first_value, most = task->vocabulary - first;
    if (shape->fields > 1)
        return (values) { (int32_t)first, shape->fields < most ? shape->fields : most };
    const uint32_t told = task->values_of_side ? shape->rows : task->values;
    return (values) { (int32_t)first, told < task->values ? told : task->values };
}

static values values_of(const trmi_verification *v)
{
    return values_of_shape(v->task, &v->shape);
}

uint32_t trmi_task_values(const trmi_task *task, const trmi_shape *shape, int32_t *first)
{
    const values all = values_of_shape(task, shape);
    *first = all.first;
    return all.count;
}

static bool is_value(const values *all, int32_t token)
{
    return token >= all->first && (uint32_t)(token - all->first) < all->count;
}

static trmi_ruling refute(uint32_t reason, uint32_t position, uint32_t other)
{
    return (trmi_ruling) { TRMI_REFUTED, reason, position, other };
}

static const trmi_ruling nothing_wrong = { TRMI_VERIFIED, TRMI_REASON_NONE, 0, 0 };

static trmi_ruling check_filled(const trmi_verification *v, const values *all, const int32_t *answer)
{
    for (uint32_t p = 0; p < v->shape.positions; p++)
        if (!is_value(all, answer[p]))
            return refute(TRMI_REASON_EMPTY, p, p);
    return nothing_wrong;
}

/* Who of a list's first `end` has that token. */
static uint32_t find_token(const int32_t *answer, const uint32_t *list, uint32_t end, int32_t token)
{
    uint32_t i = 0;
    while (i < end && answer[list[i]] != token)
        i++;
    assert(i < end);
    return list[i];
}

/* No value twice, of which there are at most 256; what has none yet is left out. */
static trmi_ruling check_distinct(const values *all, const int32_t *answer, const uint32_t *list,
                                  uint32_t length)
{
    uint32_t seen[TRMI_MAXIMUM_FIELDS / 32] = { 0 };
    assert(all->count <= TRMI_MAXIMUM_FIELDS);
    for (uint32_t i = 0; i < length; i++) {
        if (!is_value(all, answer[list[i]]))
            continue;
        const uint32_t value = (uint32_t)(answer[list[i]] - all->first), bit = (uint32_t)1 << value % 32;
        if ((seen[value / 32] & bit) != 0)
            return refute(TRMI_REASON_TWICE, list[i], find_token(answer, list, i, answer[list[i]]));
        seen[value / 32] |= bit;
    }
    return nothing_wrong;
}

static trmi_ruling check_complete(const values *all, const trmi_relation_table *t, const int32_t *answer)
{
    trmi_ruling ruling = nothing_wrong;
    for (uint32_t i = 0; i < t->lists && ruling.verdict == TRMI_VERIFIED; i++) {
        const uint32_t *list = t->heard + t->first[i], length = t->first[i + 1] - t->first[i];
        ruling = length != all->count ? refute(TRMI_REASON_LIST, length > 0 ? list[0] : i, i)
                                      : check_distinct(all, answer, list, length);
    }
    return ruling;
}

/* Lists that positions share are groups, whose members hear one another. */
static trmi_ruling check_different(const trmi_verification *v, const values *all,
                                   const trmi_relation_table *t, const int32_t *answer)
{
    trmi_ruling ruling = nothing_wrong;
    if (t->list_of != NULL) {
        for (uint32_t i = 0; i < t->lists && ruling.verdict == TRMI_VERIFIED; i++)
            ruling = check_distinct(all, answer, t->heard + t->first[i], t->first[i + 1] - t->first[i]);
        return ruling;
    }
    assert(t->lists == v->shape.positions);
    for (uint32_t p = 0; p < v->shape.positions; p++)
        for (uint32_t i = t->first[p]; i < t->first[p + 1]; i++)
            if (t->heard[i] != p && answer[t->heard[i]] == answer[p] && is_value(all, answer[p]))
                return refute(TRMI_REASON_TWICE, p, t->heard[i]);
    return nothing_wrong;
}

static trmi_ruling check_less(const trmi_verification *v, const values *all, const trmi_relation_table *t,
                              const int32_t *answer)
{
    for (uint32_t p = 0; p < v->shape.positions; p++) {
        const uint32_t list = trmi_relation_list(t, p);
        for (uint32_t i = t->first[list]; is_value(all, answer[p]) && i < t->first[list + 1]; i++)
            if (answer[p] >= answer[t->heard[i]] && is_value(all, answer[t->heard[i]]))
                return refute(TRMI_REASON_ORDER, p, t->heard[i]);
    }
    return nothing_wrong;
}

/* Of positions that have a value the node that is chosen, held to those that it hears. */
static trmi_ruling check_apart(const trmi_verification *v, const values *all, const trmi_relation_table *t,
                               const int32_t *answer)
{
    const uint32_t fields = v->shape.fields, nodes = v->shape.positions * fields;
    for (uint32_t p = 0; p < v->shape.positions; p++) {
        if (!is_value(all, answer[p]))
            continue;
        const uint32_t list = trmi_relation_list(t, p * fields + (uint32_t)(answer[p] - all->first));
        for (uint32_t i = t->first[list]; i < t->first[list + 1]; i++) {
            const uint32_t node = t->heard[i], other = node / fields;
            if (node < nodes && other != p && answer[other] == all->first + (int32_t)(node % fields))
                return refute(TRMI_REASON_CLASH, p, other);
        }
    }
    return nothing_wrong;
}

/* -- helpers -- */

/* What one helper hears. */
typedef struct heard_list {
    const uint32_t *node;
    uint32_t count;
} heard_list;

static heard_list list_of(const trmi_relation_table *t, uint32_t helper)
{
    assert(helper < t->lists && t->list_of == NULL);
    return (heard_list) { t->heard + t->first[helper], t->first[helper + 1] - t->first[helper] };
}

/* Of those among the nodes that are values of a position: how many the answer has, or may have where it
 * is open. */
static uint32_t count_chosen(const trmi_verification *v, const values *all, const int32_t *answer,
                             heard_list l)
{
    const uint32_t fields = v->shape.fields, nodes = v->shape.positions * fields;
    uint32_t count = 0;
    for (uint32_t i = 0; i < l.count; i++) {
        const uint32_t node = l.node[i], p = node / fields;
        count +=
            node < nodes && (!is_value(all, answer[p]) || answer[p] == all->first + (int32_t)(node % fields));
    }
    return count;
}

static trmi_ruling refute_helper(const trmi_verification *v, heard_list l)
{
    assert(l.count > 0);
    const uint32_t fields = v->shape.fields, nodes = v->shape.positions * fields, last = l.node[l.count - 1];
    return refute(TRMI_REASON_CHOICE, l.node[0] < nodes ? l.node[0] / fields : 0,
                  last < nodes ? last / fields : 0);
}

/* A helper that hears nobody belongs to another rule. */
static trmi_ruling check_any(const trmi_verification *v, const values *all, const trmi_relation_table *t,
                             const int32_t *answer)
{
    for (uint32_t h = v->shape.positions * v->shape.fields; h < t->lists; h++) {
        const heard_list l = list_of(t, h);
        if (l.count > 0 && count_chosen(v, all, answer, l) == 0)
            return refute_helper(v, l);
    }
    return nothing_wrong;
}

static bool same_positions(heard_list a, heard_list b, uint32_t fields)
{
    bool same = a.count == b.count;
    for (uint32_t i = 0; same && i < a.count; i++)
        same = a.node[i] / fields == b.node[i] / fields;
    return same;
}

static trmi_ruling check_way(const trmi_verification *v, const values *all, const trmi_relation_table *t,
                             const int32_t *answer)
{
    const uint32_t fields = v->shape.fields;
    bool found = false;
    for (uint32_t h = v->shape.positions * fields; h < t->lists; h++) {
        const heard_list l = list_of(t, h);
        if (l.count == 0)
            continue;
        found = found || count_chosen(v, all, answer, l) == l.count;
        const bool goes_on = h + 1 < t->lists && same_positions(l, list_of(t, h + 1), fields);
        if (!goes_on && !found)
            return refute_helper(v, l);
        found = found && goes_on;
    }
    return nothing_wrong;
}

/* -- all rules -- */

static trmi_ruling check_givens(const trmi_verification *v, const int32_t *question, const int32_t *answer)
{
    for (uint32_t p = 0; p < v->shape.positions; p++)
        if (trmi_task_gives(v->task, question[p]) && answer[p] != question[p])
            return refute(TRMI_REASON_GIVEN, p, p);
    return nothing_wrong;
}

static bool has_lists(const trmi_verification *v, uint32_t rule)
{
    const uint32_t kind = v->task->rules.rule[rule].kind;
    const trmi_relation_table *t = &v->table[rule];
    const bool nodes = trmi_rule_is_of_nodes(kind);
    return t->first != NULL && (TRMI_HAS_GIVEN || !nodes) &&
           t->level == (nodes ? TRMI_LEVEL_NODES : TRMI_LEVEL_POSITIONS) &&
           (!nodes || values_of(v).count == v->shape.fields);
}

/* Edges are lists of single positions. */
static bool has_ways(const trmi_verification *v, uint32_t rule)
{
    const bool graph = v->task->rules.rule[rule].kind == TRMI_RULE_ROUTE;
    if (graph && !TRMI_HAS_GIVEN) /* edges come with questions */
        return false;
    return trmi_path_spelt(v->task, graph) && v->shape.fields <= 1 &&
           (graph ? has_lists(v, rule) && v->table[rule].list_of == NULL : v->shape.rows != 0);
}

/* What the rules speak of is there: lists over positions, values, the characters of a path. */
static bool can_judge(const trmi_verification *v)
{
    const trmi_task *task = v->task;
    const values all = values_of(v);
    const bool few = all.count > 0 && all.count <= TRMI_MAXIMUM_FIELDS;
    if (task->rules.count == 0 || task->rules.unknown || (task->keeps_givens && task->blank == TRMI_NO_TOKEN))
        return false;
    for (uint32_t i = 0; i < task->rules.count; i++)
        if (is_of_ways(task->rules.rule[i].kind) ? !has_ways(v, i) : !few || !has_lists(v, i))
            return false;
    return true;
}

/* Also of a question: what is open breaks no rule. */
static trmi_ruling check_lists(const trmi_verification *v, const values *all, uint32_t rule,
                               const int32_t *tokens)
{
    const trmi_relation_table *t = &v->table[rule];
    switch (v->task->rules.rule[rule].kind) {
    case TRMI_RULE_COMPLETE:
        return check_complete(all, t, tokens);
    case TRMI_RULE_DIFFERENT:
        return check_different(v, all, t, tokens);
    case TRMI_RULE_LESS:
        return check_less(v, all, t, tokens);
    case TRMI_RULE_ANY: /* of nodes, whose lists come with questions, as the next and the last */
        return TRMI_HAS_GIVEN ? check_any(v, all, t, tokens) : nothing_wrong;
    case TRMI_RULE_APART:
        return TRMI_HAS_GIVEN ? check_apart(v, all, t, tokens) : nothing_wrong;
    default:
        return TRMI_HAS_GIVEN ? check_way(v, all, t, tokens) : nothing_wrong;
    }
}

static trmi_ruling check_rule(const trmi_verification *v, uint32_t rule, const int32_t *question,
                              const int32_t *answer)
{
    const uint32_t kind = v->task->rules.rule[rule].kind;
    if (is_of_ways(kind))
        return trmi_verify_path(
            &(trmi_path_ground) { v->task, &v->shape,
                                  TRMI_HAS_GIVEN && kind == TRMI_RULE_ROUTE ? &v->table[rule] : NULL,
                                  &v->room },
            question, answer);
    const values all = values_of(v);
    const trmi_ruling filled = check_filled(v, &all, answer);
    if (filled.verdict == TRMI_REFUTED)
        return filled;
    return check_lists(v, &all, rule, answer);
}

trmi_verdict trmi_task_verify(const trmi_verification *v, const int32_t *question, const int32_t *answer,
                              trmi_ruling *ruling)
{
    trmi_ruling found = { TRMI_UNVERIFIED, TRMI_REASON_NONE, 0, 0 };
    assert(question != NULL && answer != NULL);
    if (can_judge(v)) {
        found = check_givens(v, question, answer);
        for (uint32_t i = 0; i < v->task->rules.count && found.verdict == TRMI_VERIFIED; i++)
            found = check_rule(v, i, question, answer);
    }
    if (ruling != NULL)
        *ruling = found;
    return (trmi_verdict)found.verdict;
}

/* -- questions -- */

bool trmi_task_has_lists(const trmi_verification *v)
{
    const values all = values_of(v);
    if (needs_paths(v->task))
        return false;
    return can_judge(v) && v->task->keeps_givens && !is_value(&all, v->task->blank);
}

bool trmi_task_hopeless(const trmi_verification *v, const int32_t *question)
{
    const values all = values_of(v);
    if (!trmi_task_has_lists(v))
        return false;
    for (uint32_t p = 0; p < v->shape.positions; p++)
        if (trmi_task_gives(v->task, question[p]) && !is_value(&all, question[p]))
            return true;
    for (uint32_t i = 0; i < v->task->rules.count; i++)
        if (check_lists(v, &all, i, question).verdict == TRMI_REFUTED)
            return true;
    return false;
}

/* -- single values -- */

/* Whether somebody of the list other than the position has that token. */
static bool list_has(const trmi_relation_table *t, uint32_t list, uint32_t position, const int32_t *tokens,
                     int32_t token)
{
    assert(list < t->lists);
    for (uint32_t i = t->first[list]; i < t->first[list + 1]; i++)
        if (t->heard[i] != position && tokens[t->heard[i]] == token)
            return true;
    return false;
}

/* Whether somebody of the position's list has a value that is not larger than that token. */
static bool list_bounds(const trmi_verification *v, const trmi_relation_table *t, uint32_t position,
                        const int32_t *tokens, int32_t token)
{
    const values all = values_of(v);
    const uint32_t list = trmi_relation_list(t, position);
    for (uint32_t i = t->first[list]; i < t->first[list + 1]; i++)
        if (is_value(&all, tokens[t->heard[i]]) && tokens[t->heard[i]] <= token)
            return true;
    return false;
}

/* Lists are those of a group that the position is in, or its own. Paths, and rules about nodes, are left to
 * the verifier. */
static bool rule_allows(const trmi_verification *v, uint32_t rule, uint32_t position, const int32_t *tokens,
                        int32_t token)
{
    const uint32_t kind = v->task->rules.rule[rule].kind;
    const trmi_relation_table *t = &v->table[rule];
    if (t->first == NULL || t->level != TRMI_LEVEL_POSITIONS || is_of_ways(kind))
        return true;
    return kind == TRMI_RULE_LESS ? !list_bounds(v, t, position, tokens, token)
                                  : !list_has(t, trmi_relation_list(t, position), position, tokens, token);
}

bool trmi_task_allows(const trmi_verification *v, const int32_t *tokens, uint32_t position, int32_t token)
{
    for (uint32_t i = 0; i < v->task->rules.count; i++)
        if (!rule_allows(v, i, position, tokens, token))
            return false;
    return true;
}
