/* Lists that a file or a caller brings: nothing is used before it was checked. */
#include <assert.h>
#include <string.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"
#include "lib/task/relations.h"

uint32_t trmi_relation_elements(uint32_t level, const trmi_shape *shape)
{
    return level == TRMI_LEVEL_POSITIONS ? shape->positions
           : level == TRMI_LEVEL_FIELDS  ? shape->fields
                                         : trmi_shape_nodes(shape);
}

/* Numbers that lie as they came, or in the byte order of a file at any alignment. */
typedef struct numbers {
    const void *at;
    bool stored;
} numbers;

static uint32_t number_at(numbers from, uint64_t index)
{
    return from.stored ? trmi_load32((const uint8_t *)from.at + 4 * index)
                       : ((const uint32_t *)from.at)[index];
}

typedef struct given_lists {
    const trmi_relation *relation;
    numbers first, heard;
    uint64_t heard_count, lists;
    uint32_t elements;
    trm_status status; /* of a failure */
    trm_error *error;
} given_lists;

static trm_status check_offsets(const given_lists *g)
{
    uint32_t before = 0;
    for (uint64_t list = 0; list <= g->lists; list++) {
        const uint32_t offset = number_at(g->first, list);
        if (offset < before || offset > g->heard_count || (list == 0 && offset != 0))
            return trmi_fail(
                g->error, g->status,
                "relation %s: expected offsets that begin at 0, never fall and end at %llu, found %u "
                "after %u for list %llu",
                g->relation->name, (unsigned long long)g->heard_count, (unsigned)offset, (unsigned)before,
                (unsigned long long)list);
        before = offset;
    }
    if (before != g->heard_count)
        return trmi_fail(g->error, g->status,
                         "relation %s: expected offsets that end at %llu, found %u at the end",
                         g->relation->name, (unsigned long long)g->heard_count, (unsigned)before);
    return TRM_OK;
}

static trm_status check_list(const given_lists *g, uint64_t list)
{
    assert(list < g->lists && number_at(g->first, list + 1) <= g->heard_count);
    const uint32_t begin = number_at(g->first, list), end = number_at(g->first, list + 1);
    if (g->relation->aggregates == TRMI_AGGREGATE_NODE && end - begin > 1)
        return trmi_fail(g->error, g->status,
                         "relation %s: expected at most one in a list, found %u in list %llu",
                         g->relation->name, (unsigned)(end - begin), (unsigned long long)list);
    for (uint32_t i = begin; i < end; i++) {
        const uint32_t number = number_at(g->heard, i);
        if (number >= g->elements)
            return trmi_fail(
                g->error, g->status, "relation %s: expected numbers below %u, found %u in list %llu",
                g->relation->name, (unsigned)g->elements, (unsigned)number, (unsigned long long)list);
        if (i > begin && number <= number_at(g->heard, i - 1))
            return trmi_fail(g->error, g->status,
                             "relation %s: expected numbers that ascend, found %u after %u in list %llu",
                             g->relation->name, (unsigned)number, (unsigned)number_at(g->heard, i - 1),
                             (unsigned long long)list);
    }
    return TRM_OK;
}

static trm_status check_lists(const given_lists *g)
{
    TRMI_TRY(check_offsets(g));
    for (uint64_t list = 0; list < g->lists; list++)
        TRMI_TRY(check_list(g, list));
    return TRM_OK;
}

trm_status trmi_relation_check(const trmi_relation *relation, const uint32_t *first, const uint32_t *heard,
                               uint64_t heard_count, uint64_t lists, uint32_t elements, trm_error *error)
{
    return check_lists(&(given_lists) { relation,
                                        { first, false },
                                        { heard, false },
                                        heard_count,
                                        lists,
                                        elements,
                                        TRM_ERROR_PUZZLE,
                                        error });
}

static const uint32_t *copy_numbers(trmi_arena *arena, numbers from, uint64_t count)
{
    uint32_t *to = trmi_arena_take(arena, count, sizeof *to);
    for (uint64_t i = 0; to != NULL && i < count; i++)
        to[i] = number_at(from, i);
    return to;
}

trm_status trmi_relation_of_file(const trmi_relation *relation, const void *bytes, size_t length,
                                 uint32_t elements, trmi_arena *arena, trmi_relation_table *table,
                                 trm_error *error)
{
    const uint8_t *at = bytes;
    const uint64_t fixed = 4 * ((uint64_t)elements + 2), most = TRMI_MAXIMUM_HEARD;
    if (length < fixed || length % 4 != 0 || (length - fixed) / 4 > most || trmi_load32(at) != elements)
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "relation.%s: expected the number of lists, %u, offsets and at most %u numbers, 4 bytes "
            "each, found %zu bytes and %u lists",
            relation->name, (unsigned)elements, (unsigned)most, length,
            length < 4 ? 0u : (unsigned)trmi_load32(at));
    const given_lists given = { relation, { at + 4, true }, { at + fixed, true }, (length - fixed) / 4,
                                elements, elements,         TRM_ERROR_FORMAT,     error };
    TRMI_TRY(check_lists(&given));
    *table = (trmi_relation_table) { .level = relation->level, .lists = elements };
    table->first = copy_numbers(arena, given.first, (uint64_t)elements + 1);
    table->heard = copy_numbers(arena, given.heard, given.heard_count);
    return TRM_OK;
}
