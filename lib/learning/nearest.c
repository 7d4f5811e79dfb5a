#include "lib/learning/nearest.h"

#include <assert.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/constraint_rules.h"
#include "lib/puzzles/constraint_search.h"
#include "lib/puzzles/routes.h"
#include "lib/task/path_rule.h"

enum { TRIES = 300 };

struct trmi_nearest {
    trm_allocator allocator;
    const trm_model *model;
    trmi_constraint_search *search; /* NULL: the rule is of shortest ways */
    uint32_t relation[TRMI_RULES];  /* of each rule among the model's */
    trmi_constraints constraints;
    float preferences[TRMI_DESCRIBED_VARIABLES * TRMI_DESCRIBED_VALUES];
    uint16_t allowed[TRMI_DESCRIBED_VARIABLES];
    uint8_t found[TRMI_DESCRIBED_VARIABLES];
    uint32_t queue[TRMI_DESCRIBED_VARIABLES], distance[TRMI_DESCRIBED_VARIABLES];
    float worth[TRMI_DESCRIBED_VARIABLES], best[TRMI_DESCRIBED_VARIABLES];
};

/* What each rule is about must be heard: its lists then lie with the question. */
static bool find_relations(const trm_model *model, uint32_t *relation)
{
    const trmi_relations *known = &model->config.relations;
    for (uint32_t i = 0; i < model->task.rules.count; i++) {
        relation[i] = 0;
        while (relation[i] < known->count &&
               strcmp(known->relation[relation[i]].name, model->task.rules.rule[i].relation) != 0)
            relation[i]++;
        if (relation[i] == known->count)
            return false;
    }
    return true;
}

/* Shortest ways alone. */
static bool is_of_ways(const trm_model *model)
{
    const trmi_rules *rules = &model->task.rules;
    return rules->count == 1 && !rules->unknown && rules->rule[0].kind == TRMI_RULE_ROUTE &&
           !trmi_has_fields(&model->config) && model->config.vocabulary <= TRMI_DESCRIBED_VALUES &&
           trmi_path_spelt(&model->task, true);
}

static bool is_of_values(const trm_model *model)
{
    return trmi_has_fields(&model->config) && trmi_rules_are_constraints(&model->task.rules);
}

trm_status trmi_nearest_create(const trm_model *model, const trm_allocator *allocator, trmi_nearest **nearest,
                               trm_error *error)
{
    uint32_t relation[TRMI_RULES];
    *nearest = NULL;
    if (!(is_of_values(model) || is_of_ways(model)) || !model->task.keeps_givens ||
        !find_relations(model, relation))
        return TRM_OK;
    trmi_nearest *made = trmi_allocate(allocator, sizeof *made);
    if (made == NULL)
        return trmi_no_memory(error, "looking for right answers");
    made->allocator = *allocator;
    made->model = model;
    made->search = NULL;
    memcpy(made->relation, relation, sizeof relation);
    const trm_status status =
        is_of_ways(model) ? TRM_OK : trmi_constraint_search_create(allocator, &made->search, error);
    if (status == TRM_OK)
        *nearest = made;
    else
        trmi_release(allocator, made);
    return status;
}

void trmi_nearest_free(trmi_nearest *nearest)
{
    if (nearest == NULL)
        return;
    const trm_allocator allocator = nearest->allocator;
    trmi_constraint_search_free(nearest->search);
    trmi_release(&allocator, nearest);
}

/* Tokens, or the values that tokens from `first` on stand for. */
static uint32_t first_of(const trmi_nearest *n)
{
    return n->search == NULL ? 0 : n->model->config.first_value;
}

uint32_t trmi_nearest_choices(const trmi_nearest *n, const trmi_question *question)
{
    return n->search == NULL ? n->model->config.vocabulary : question->extent.fields;
}

float *trmi_nearest_preferences(trmi_nearest *nearest, const trmi_question *question)
{
    return question->extent.positions <= TRMI_DESCRIBED_VARIABLES &&
                   trmi_nearest_choices(nearest, question) <= TRMI_DESCRIBED_VALUES
               ? nearest->preferences
               : NULL;
}

/* Givens keep their value, all others may have any. */
static void allow(trmi_nearest *n, const trmi_question *question)
{
    const int32_t first = (int32_t)n->model->config.first_value, fields = (int32_t)question->extent.fields;
    for (uint32_t p = 0; p < question->extent.positions; p++) {
        const int32_t value = question->tokens[p] - first;
        n->allowed[p] = (uint16_t)(value >= 0 && value < fields ? 1u << value : (1u << fields) - 1);
    }
}

/* One start, one goal, and beside them only what is open. */
static bool find_ends(const trmi_task *task, const trmi_question *question, uint32_t *start, uint32_t *goal)
{
    uint32_t starts = 0, goals = 0;
    for (uint32_t p = 0; p < question->extent.positions; p++) {
        if (question->tokens[p] == task->token['S']) {
            *start = p;
            starts++;
        } else if (question->tokens[p] == task->token['G']) {
            *goal = p;
            goals++;
        } else if (question->tokens[p] != task->blank) {
            return false;
        }
    }
    return starts == 1 && goals == 1;
}

/* All shortest ways are looked at: nothing is bounded. The puzzles' own task may have no rules, so edges may
 * be of any kind here. */
static trmi_found search_ways(trmi_nearest *n, const trmi_question *question)
{
    const trmi_task *task = &n->model->task;
    const uint32_t choices = n->model->config.vocabulary, positions = question->extent.positions;
    const trmi_relation_table *edges = &question->relations[n->relation[0]];
    const int32_t step = task->token['o'], open = task->blank;
    uint32_t start = 0, goal = 0;
    if (edges->level != TRMI_LEVEL_POSITIONS || edges->list_of != NULL ||
        !find_ends(task, question, &start, &goal) ||
        trmi_verify_edges(edges, positions).verdict != TRMI_VERIFIED)
        return TRMI_FOUND_NONE;
    for (uint32_t p = 0; p < positions; p++)
        n->worth[p] =
            n->preferences[p * choices + (uint32_t)step] - n->preferences[p * choices + (uint32_t)open];
    (void)trmi_routes_choose(&(trmi_routes) { edges, positions, n->queue, n->distance, n->worth, n->best },
                             start, goal, n->found);
    for (uint32_t p = 0; p < positions; p++)
        n->found[p] = (uint8_t)(n->found[p] != 0 ? step : question->tokens[p]);
    return TRMI_FOUND_ONE;
}

/* False where there is no room for them. */
static bool lay_constraints(trmi_nearest *n, const trmi_question *question)
{
    trmi_ruled ruled = { .rules = &n->model->task.rules,
                         .positions = question->extent.positions,
                         .values = question->extent.fields };
    for (uint32_t i = 0; i < ruled.rules->count; i++)
        ruled.table[i] = &question->relations[n->relation[i]];
    return trmi_constraints_of_rules(&n->constraints, &ruled) &&
           trmi_constraint_search_take(n->search, &n->constraints);
}

static trmi_found search(trmi_nearest *n, const trmi_question *question)
{
    assert(trmi_nearest_preferences(n, question) != NULL);
    if (n->search == NULL)
        return search_ways(n, question);
    if (!lay_constraints(n, question))
        return TRMI_FOUND_TIRED;
    allow(n, question);
    trmi_constraint_search_prefer(n->search, n->preferences);
    return trmi_constraint_search_run(n->search, n->allowed, TRIES, NULL, n->found);
}

/* Where every value but the label's is tried first, and the labels are found all the same, there is nothing
 * else. A search that gives up is of a question with one answer, as a rule: others are found soon where there
 * are many. */
bool trmi_nearest_has_other(trmi_nearest *n, const trmi_question *question, const int32_t *labels)
{
    const uint32_t choices = trmi_nearest_choices(n, question), first = first_of(n);
    float *preferences = trmi_nearest_preferences(n, question);
    if (preferences == NULL)
        return false;
    for (uint32_t p = 0; p < question->extent.positions; p++)
        for (uint32_t v = 0; v < choices; v++)
            preferences[p * choices + v] = labels[p] == (int32_t)(first + v) ? 0.0f : 1.0f;
    const trmi_found found = search(n, question);
    for (uint32_t p = 0; found == TRMI_FOUND_ONE && p < question->extent.positions; p++)
        if (labels[p] != (int32_t)(first + n->found[p]))
            return true;
    return false;
}

bool trmi_nearest_has_none(trmi_nearest *n, const trmi_question *question)
{
    float *preferences = trmi_nearest_preferences(n, question);
    if (preferences == NULL || (n->search != NULL && !lay_constraints(n, question)))
        return true;
    memset(preferences, 0,
           (size_t)question->extent.positions * trmi_nearest_choices(n, question) * sizeof *preferences);
    return search(n, question) == TRMI_FOUND_NONE;
}

bool trmi_nearest_find(trmi_nearest *n, const trmi_question *question, int32_t *answer)
{
    const int32_t first = (int32_t)first_of(n);
    if (search(n, question) != TRMI_FOUND_ONE)
        return false;
    for (uint32_t p = 0; p < question->extent.positions; p++)
        answer[p] = first + n->found[p];
    return true;
}
