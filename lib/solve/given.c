#include "lib/solve/given.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/name.h"
#include "lib/core/parts.h"
#include "lib/task/relations.h"

bool trmi_given_needed(const trmi_config *config)
{
    for (uint32_t r = 0; r < config->relations.count; r++)
        if (config->relations.relation[r].source == TRMI_RELATION_QUESTION)
            return true;
    return false;
}

/* ------------------------------------------------------------------------------------------- checking */

/* Element `index` of the caller's array. */
static trm_status read_relation(trm_relation *to, const trm_questions *questions, size_t index,
                                trm_error *error)
{
    const trm_relation defaults = TRM_RELATION_INIT;
    *to = defaults;
    TRMI_TRY(
        trmi_read_element(to, sizeof *to, questions->relations, index, "trm_questions.relations", error));
    if (to->name == NULL || to->first == NULL || (to->heard == NULL && to->heard_count > 0))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_questions.relations[%zu]: expected a name, first and heard, found NULL for the %s", index,
            to->name == NULL    ? "name"
            : to->first == NULL ? "first"
                                : "heard");
    if (to->shared > 1)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions.relations[%zu]: expected shared 0 or 1, found %u", index,
                         (unsigned)to->shared);
    return TRM_OK;
}

/* The model's relation of that name, or NULL. */
static const trmi_relation *find_of_model(const trmi_config *config, const char *name)
{
    for (uint32_t r = 0; r < config->relations.count; r++)
        if (strcmp(config->relations.relation[r].name, name) == 0)
            return &config->relations.relation[r];
    return NULL;
}

/* A name that the model does not know: those that it does. */
static trm_status fail_name(const trmi_config *config, const char *name, trm_error *error)
{
    char known[160] = "it has none";
    size_t used = 0;
    for (uint32_t r = 0; r < config->relations.count; r++) {
        trmi_write_name(known + used, sizeof known - used, "%s%s", r > 0 ? ", " : "",
                        config->relations.relation[r].name);
        used += strlen(known + used);
    }
    return trmi_fail(error, TRM_ERROR_PUZZLE,
                     "relations: expected the name of a relation of the model (%s), found %.40s", known,
                     name);
}

/* The lists that questions bring for a relation of the model; false when they bring none. They have been read
   before. */
static bool find_given(trm_relation *to, const trm_questions *questions, const char *name)
{
    for (size_t i = 0; i < questions->relation_count; i++)
        if (read_relation(to, questions, i, NULL) == TRM_OK && strcmp(to->name, name) == 0)
            return true;
    return false;
}

static trm_status check_relation(const trm_model *model, const trm_questions *questions, size_t index,
                                 const trmi_shape *shape, trm_error *error)
{
    trm_relation given, other;
    trm_status status = read_relation(&given, questions, index, error);
    if (status != TRM_OK)
        return status;
    const trmi_relation *relation = find_of_model(&model->config, given.name);
    if (relation == NULL)
        return fail_name(&model->config, given.name, error);
    for (size_t i = 0; i < index && status == TRM_OK; i++) {
        status = read_relation(&other, questions, i, error);
        if (status == TRM_OK && strcmp(other.name, given.name) == 0)
            return trmi_fail(error, TRM_ERROR_PUZZLE, "relation %.40s: expected once, found twice",
                             given.name);
    }
    const uint32_t elements = trmi_relation_elements(relation->level, shape);
    const uint64_t lists = given.shared != 0 ? elements : (uint64_t)elements * questions->count;
    if (status == TRM_OK && given.lists != 0 && given.lists != lists)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "relation %s: expected %llu lists, found %u",
                         relation->name, (unsigned long long)lists, (unsigned)given.lists);
    if (status == TRM_OK && given.heard_count > (uint64_t)UINT32_MAX)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "relation %s: expected at most %u numbers, found %llu",
                         relation->name, (unsigned)UINT32_MAX, (unsigned long long)given.heard_count);
    return status != TRM_OK ? status
                            : trmi_relation_check(relation, given.first, given.heard, given.heard_count,
                                                  lists, elements, error);
}

static trm_status check_relations(const trm_model *model, const trm_questions *questions,
                                  const trmi_shape *shape, trm_error *error)
{
    if ((questions->relations == NULL) != (questions->relation_count == 0))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions: expected relations and relation_count together, found %s and %zu",
                         questions->relations == NULL ? "NULL" : "relations", questions->relation_count);
    for (size_t i = 0; i < questions->relation_count; i++)
        TRMI_TRY(check_relation(model, questions, i, shape, error));
    for (uint32_t r = 0; r < model->config.relations.count; r++) {
        const trmi_relation *relation = &model->config.relations.relation[r];
        trm_relation given;
        if (find_given(&given, questions, relation->name))
            continue;
        if (relation->source == TRMI_RELATION_SHAPE)
            TRMI_TRY(trmi_relation_check_shape(relation, shape, error));
        else if (relation->source == TRMI_RELATION_QUESTION)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "relation %s: expected lists with the question, found none", relation->name);
    }
    return TRM_OK;
}

static trm_status check_helpers(const trm_model *model, const trm_questions *questions,
                                const trmi_shape *shape, trm_error *error)
{
    if ((questions->helper_tokens == NULL) != (shape->helpers == 0))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions.helper_tokens: expected %s, as the shape has %u helpers, found %s",
                         shape->helpers == 0 ? "NULL" : "their tokens", (unsigned)shape->helpers,
                         shape->helpers == 0 ? "some" : "NULL");
    for (size_t i = 0; i < questions->count * shape->helpers; i++)
        if (questions->helper_tokens[i] < 0 ||
            (uint32_t)questions->helper_tokens[i] >= model->config.helper_tokens)
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "puzzle %zu, helper %zu: expected a token below %u, found %ld",
                             (size_t)(i / shape->helpers), (size_t)(i % shape->helpers),
                             (unsigned)model->config.helper_tokens, (long)questions->helper_tokens[i]);
    return TRM_OK;
}

static trm_status check_features(const trm_model *model, const trm_questions *questions,
                                 const trmi_shape *shape, trm_error *error)
{
    const uint32_t features = model->config.features;
    if ((questions->features == NULL) != (features == 0))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT, "trm_questions.features: expected %s, as the model has %u, found %s",
            features == 0 ? "NULL" : "numbers", (unsigned)features, features == 0 ? "some" : "NULL");
    const size_t each = (size_t)(shape->positions + shape->helpers) * features;
    for (size_t i = 0; i < questions->count * each; i++)
        if (!isfinite(questions->features[i]))
            return trmi_fail(error, TRM_ERROR_PUZZLE,
                             "puzzle %zu, feature %zu: expected a finite number, found %g", i / each,
                             i % each, (double)questions->features[i]);
    return TRM_OK;
}

/* A build without them: tables.c has refused models that need any. */
static trm_status check_none(const trm_model *model, const trm_questions *questions, const trmi_shape *shape,
                             trm_error *error)
{
    if (questions->relations != NULL || questions->relation_count > 0 || questions->helper_tokens != NULL ||
        questions->features != NULL)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "trm_questions: expected tokens alone, as this build was made without what else "
                         "questions may bring, found relations, helpers or features");
    for (uint32_t r = 0; r < model->config.relations.count; r++)
        TRMI_TRY(trmi_relation_check_shape(&model->config.relations.relation[r], shape, error));
    return TRM_OK;
}

trm_status trmi_given_check(const trm_model *model, const trm_questions *questions, const trmi_shape *shape,
                            trm_error *error)
{
    if (!TRMI_HAS_GIVEN)
        return check_none(model, questions, shape, error);
    TRMI_TRY(check_relations(model, questions, shape, error));
    TRMI_TRY(check_helpers(model, questions, shape, error));
    return check_features(model, questions, shape, error);
}

/* ------------------------------------------------------------------------------------------- using */

/* Where the lists of question `index` begin in `first`. */
static const uint32_t *first_of(const trm_relation *given, size_t index, uint32_t elements)
{
    return given->first + (given->shared != 0 ? 0 : index * elements);
}

uint64_t trmi_given_heard(const trm_model *model, const trm_questions *questions, const trmi_shape *shape)
{
    uint64_t most = 0;
    for (size_t q = 0; questions->relation_count > 0 && q < questions->count; q++) {
        uint64_t heard = 0;
        for (size_t i = 0; i < questions->relation_count; i++) {
            trm_relation given;
            if (read_relation(&given, questions, i, NULL) != TRM_OK)
                continue;
            const uint32_t level = find_of_model(&model->config, given.name)->level,
                           elements = trmi_relation_elements(level, shape);
            const uint32_t *first = first_of(&given, q, elements);
            heard += first[elements] - first[0];
        }
        most = heard > most ? heard : most;
    }
    return most;
}

void trmi_given_layout(trmi_given *given, const trmi_config *config, const trmi_extent *most, uint64_t heard,
                       trmi_arena *arena)
{
    const uint64_t offsets = (uint64_t)config->relations.count * ((uint64_t)most->rows + 1);
    given->relations =
        trmi_arena_take(arena, config->relations.count, TRMI_BYTES_OF(arena, trmi_relation_table));
    given->first = trmi_arena_take(arena, offsets, sizeof *given->first);
    given->heard = trmi_arena_take(arena, heard, sizeof *given->heard);
}

void trmi_given_copy(trmi_given *given, const trm_model *model, const trm_questions *questions, size_t index,
                     const trmi_shape *shape, const trmi_relation_table *shared)
{
    const trmi_relations *relations = &model->config.relations;
    uint32_t *first = given->first, *heard = given->heard;
    assert(index < questions->count && (relations->count == 0 || given->relations != NULL));
    for (uint32_t r = 0; r < relations->count; r++) {
        const trmi_relation *relation = &relations->relation[r];
        trm_relation lists;
        given->relations[r] = shared[r];
        if (!find_given(&lists, questions, relation->name))
            continue;
        const uint32_t elements = trmi_relation_elements(relation->level, shape);
        const uint32_t *from = first_of(&lists, index, elements);
        const uint32_t count = from[elements] - from[0];
        for (uint32_t i = 0; i <= elements; i++)
            first[i] = from[i] - from[0];
        if (count > 0)
            memcpy(heard, lists.heard + from[0], count * sizeof *heard);
        given->relations[r] = (trmi_relation_table) {
            .level = relation->level, .lists = elements, .first = first, .heard = heard
        };
        first += elements + 1;
        heard += count;
    }
}
