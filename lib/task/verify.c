/* Rules over lists: complete and different. A Sudoku of any regions, a Latin square and a coloured graph differ in
 * their lists alone. */
#include "lib/task/verify.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/task/named_relations.h"

static bool needs_paths(const trmi_task *task)
{
    for (uint32_t i = 0; i < task->rules.count; i++)
        if (task->rules.rule[i].kind == TRMI_RULE_PATH)
            return true;
    return false;
}

/* A relation that this shape lacks, such as boxes, may still come with the question. */
static bool shape_has(const trmi_rule *rule, const trmi_shape *shape, trmi_relation *relation)
{
    bool single;
    *relation = (trmi_relation) { .source = TRMI_RELATION_SHAPE };
    memcpy(relation->name, rule->relation, sizeof relation->name);
    if (rule->kind == TRMI_RULE_PATH ||
        !trmi_named_relation_find(rule->relation, &relation->level, &single) ||
        relation->level != TRMI_LEVEL_POSITIONS)
        return false;
    trmi_arena measure = { .base = NULL };
    trmi_relation_table table;
    return trmi_relation_of_shape(relation, shape, &measure, &table, NULL) == TRM_OK;
}

trm_status trmi_verification_lay(trmi_verification *v, const trmi_task *task, const trmi_shape *shape,
                                 trmi_arena *arena, trm_error *error)
{
    *v = (trmi_verification) { .task = task, .shape = *shape };
    for (uint32_t i = 0; i < task->rules.count; i++) {
        trmi_relation relation;
        if (!shape_has(&task->rules.rule[i], shape, &relation))
            continue;
        const trm_status status = trmi_relation_of_shape(&relation, shape, arena, &v->table[i], error);
        if (status != TRM_OK)
            return status;
    }
    if (needs_paths(task)) {
        v->room.queue = trmi_arena_take(arena, shape->positions, sizeof *v->room.queue);
        v->room.seen = trmi_arena_take(arena, shape->positions, sizeof *v->room.seen);
    }
    return TRM_OK;
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

/* Those of the question's size, where the size tells them. */
static values values_of_shape(const trmi_task *task, const trmi_shape *shape)
{
    const uint32_t told = shape->fields > 1              ? shape->fields
                          : task->family->values_of_side ? shape->rows
                                                         : task->values;
    return (values) { (int32_t)task->first_value, told < task->values ? told : task->values };
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
    return list[i];
}

/* No value twice, of which there are at most 256; what has none yet is left out. */
static trmi_ruling check_distinct(const values *all, const int32_t *answer, const uint32_t *list,
                                  uint32_t length)
{
    uint32_t seen[TRMI_MAXIMUM_FIELDS / 32] = { 0 };
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
    for (uint32_t p = 0; p < v->shape.positions; p++)
        for (uint32_t i = t->first[p]; i < t->first[p + 1]; i++)
            if (t->heard[i] != p && answer[t->heard[i]] == answer[p] && is_value(all, answer[p]))
                return refute(TRMI_REASON_TWICE, p, t->heard[i]);
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

/* What the rules speak of is there: lists over positions, values, the characters of a path. */
static bool can_judge(const trmi_verification *v)
{
    const trmi_task *task = v->task;
    const values all = values_of(v);
    if (task->rules.count == 0 || task->rules.unknown || (task->keeps_givens && task->blank == TRMI_NO_TOKEN))
        return false;
    for (uint32_t i = 0; i < task->rules.count; i++) {
        const trmi_relation_table *t = &v->table[i];
        if (task->rules.rule[i].kind != TRMI_RULE_PATH) {
            if (t->first == NULL || t->level != TRMI_LEVEL_POSITIONS || all.count == 0 ||
                all.count > TRMI_MAXIMUM_FIELDS)
                return false;
            continue;
        }
        for (const char *c = trmi_path_family.alphabet; *c != '\0'; c++)
            if (task->token[(unsigned char)*c] == TRMI_NO_TOKEN)
                return false;
        if (v->shape.rows == 0)
            return false;
    }
    return true;
}

static trmi_ruling check_lists(const trmi_verification *v, const values *all, uint32_t rule,
                               const int32_t *tokens)
{
    return v->task->rules.rule[rule].kind == TRMI_RULE_COMPLETE
               ? check_complete(all, &v->table[rule], tokens)
               : check_different(v, all, &v->table[rule], tokens);
}

static trmi_ruling check_rule(const trmi_verification *v, uint32_t rule, const int32_t *question,
                              const int32_t *answer)
{
    const uint32_t kind = v->task->rules.rule[rule].kind;
    if (kind == TRMI_RULE_PATH)
        return trmi_verify_path(v->task, &v->shape, &v->room, question, answer);
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
    for (uint32_t i = 0; i < v->task->rules.count; i++)
        if (v->task->rules.rule[i].kind == TRMI_RULE_PATH)
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
    for (uint32_t i = t->first[list]; i < t->first[list + 1]; i++)
        if (t->heard[i] != position && tokens[t->heard[i]] == token)
            return true;
    return false;
}

/* Lists are those of a group that the position is in, or its own. */
static bool rule_allows(const trmi_relation_table *t, uint32_t position, const int32_t *tokens, int32_t token)
{
    return t->first == NULL || !list_has(t, trmi_relation_list(t, position), position, tokens, token);
}

bool trmi_task_allows(const trmi_verification *v, const int32_t *tokens, uint32_t position, int32_t token)
{
    for (uint32_t i = 0; i < v->task->rules.count; i++)
        if (v->task->rules.rule[i].kind != TRMI_RULE_PATH &&
            !rule_allows(&v->table[i], position, tokens, token))
            return false;
    return true;
}
