#include "lib/puzzles/sheet.h"

#include <string.h>

#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/task/verify.h"

/* ------------------------------------------------------------------------------------------- copying */

/* Where the lists of question `index` begin, and how many it has. */
typedef struct span {
    const uint32_t *first;
    uint32_t lists;
} span;

static span lists_of(const trm_relation *relation, size_t index, size_t count, uint32_t positions)
{
    const uint32_t told =
        relation->lists != 0 && relation->shared == 0 ? relation->lists / (uint32_t)count : relation->lists;
    const uint32_t lists = told != 0 ? told : positions;
    return (span) { relation->first + (relation->shared != 0 ? 0 : index * lists), lists };
}

static void copy_relation(trm_relation *to, const trm_relation *from, span s, trmi_arena *arena)
{
    const size_t name = strlen(from->name) + 1;
    const uint32_t count = s.first[s.lists] - s.first[0];
    char *names = trmi_arena_take(arena, name, 1);
    uint32_t *first = trmi_arena_take(arena, (uint64_t)s.lists + 1, sizeof *first);
    uint32_t *heard = trmi_arena_take(arena, count, sizeof *heard);
    if (arena->base == NULL)
        return;
    memcpy(names, from->name, name);
    for (uint32_t i = 0; i <= s.lists; i++)
        first[i] = s.first[i] - s.first[0];
    if (count > 0)
        memcpy(heard, from->heard + s.first[0], count * sizeof *heard);
    *to = (trm_relation) { sizeof *to, names, first, heard, count, 1, s.lists };
}

static trm_relation relation_at(const trm_questions *questions, size_t index)
{
    trm_relation relation = TRM_RELATION_INIT;
    (void)!trmi_read_element(&relation, sizeof relation, questions->relations, index,
                             "trm_questions.relations", NULL); /* it has been read before */
    return relation;
}

static trmi_sheet *carve(const trm_questions *questions, size_t index, const trmi_sheet *as, bool own,
                         trmi_arena *arena)
{
    const uint32_t nodes = as->positions + as->shape.helpers;
    trmi_sheet *sheet = trmi_arena_take(arena, 1, sizeof *sheet), local = *as;
    local.question = own ? trmi_arena_take(arena, as->positions, 1) : NULL;
    local.answer = own ? trmi_arena_take(arena, as->positions, 1) : NULL;
    local.helper_tokens = trmi_arena_take(arena, as->shape.helpers, sizeof(int32_t));
    local.numbers = trmi_arena_take(arena, (uint64_t)nodes * as->features, sizeof(float));
    local.relations = trmi_arena_take(arena, as->relation_count, sizeof *local.relations);
    for (size_t r = 0; r < as->relation_count; r++) {
        const trm_relation from = relation_at(questions, r);
        copy_relation(local.relations != NULL ? &local.relations[r] : NULL, &from,
                      lists_of(&from, index, questions->count, as->positions), arena);
    }
    if (sheet == NULL)
        return NULL;
    if (as->shape.helpers > 0)
        memcpy(local.helper_tokens, questions->helper_tokens + index * as->shape.helpers,
               as->shape.helpers * sizeof(int32_t));
    if (as->features > 0)
        memcpy(local.numbers, questions->features + index * nodes * as->features,
               (size_t)nodes * as->features * sizeof(float));
    *sheet = local;
    return sheet;
}

trm_status trmi_sheet_make(trmi_sheet **sheet, const trm_questions *questions, size_t index,
                           const trm_shape *shape, uint32_t positions, uint32_t features, bool own,
                           const trm_allocator *allocator, trm_error *error)
{
    const trmi_sheet as = { .shape = *shape,
                            .positions = positions,
                            .features = features,
                            .relation_count = questions->relation_count };
    trmi_arena arena = { .base = NULL };
    (void)carve(questions, index, &as, own, &arena);
    void *memory = arena.overflow ? NULL : trmi_allocate(allocator, arena.used);
    if (memory == NULL)
        return trmi_no_memory(error, "what a puzzle brings, %llu bytes", (unsigned long long)arena.used);
    arena = (trmi_arena) { .base = memory };
    *sheet = carve(questions, index, &as, own, &arena);
    (*sheet)->bytes = arena.used;
    return TRM_OK;
}

void trmi_sheet_free(trmi_sheet *sheet, const trm_allocator *allocator)
{
    if (sheet != NULL)
        trmi_arena_release(sheet, sheet->bytes);
    trmi_release(allocator, sheet);
}

/* ------------------------------------------------------------------------------------------- checking */

static trm_status check_relation(const trm_questions *questions, size_t index, uint32_t positions,
                                 trm_error *error)
{
    trm_relation r = TRM_RELATION_INIT;
    TRMI_TRY(trmi_read_element(&r, sizeof r, questions->relations, index, "trm_questions.relations", error));
    if (r.name == NULL || r.first == NULL || (r.heard == NULL && r.heard_count > 0) || r.shared > 1 ||
        strlen(r.name) >= TRMI_RELATION_NAME_BYTES || *r.name == '\0')
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions.relations[%zu]: expected a name of 1 to 31 bytes, first, heard, and "
                         "shared 0 or 1",
                         index);
    for (size_t i = 0; i < index; i++)
        if (strcmp(relation_at(questions, i).name, r.name) == 0)
            return trmi_fail(error, TRM_ERROR_PUZZLE, "relation %s: expected once, found twice", r.name);
    const size_t count = r.shared != 0 ? 1 : questions->count;
    if (r.lists % count != 0)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "relation %s: expected as many lists for each of %zu puzzles, found %u", r.name,
                         count, (unsigned)r.lists);
    const uint32_t lists = r.lists != 0 ? (uint32_t)(r.lists / count) : positions;
    trmi_relation relation = { .aggregates = TRMI_AGGREGATE_SUM };
    memcpy(relation.name, r.name, strlen(r.name) + 1);
    return trmi_relation_check(&relation, r.first, r.heard, r.heard_count, (uint64_t)lists * count, lists,
                               error);
}

trm_status trmi_sheet_check(const trm_questions *questions, uint32_t positions, trm_error *error)
{
    if ((questions->relations == NULL) != (questions->relation_count == 0) ||
        questions->relation_count > TRMI_RELATIONS)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_questions: expected at most %d relations, NULL for none, found %zu of them%s",
                         TRMI_RELATIONS, questions->relation_count,
                         questions->relations == NULL ? " at NULL" : "");
    for (size_t i = 0; i < questions->relation_count; i++)
        TRMI_TRY(check_relation(questions, i, positions, error));
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- shape */

trm_status trmi_sheet_shape(trmi_shape *to, const trmi_task *task, const trm_shape *shape, uint32_t positions,
                            trm_error *error)
{
    *to = task->shape;
    if (shape->rows != 0) {
        to->rows = shape->rows;
        to->columns = shape->columns;
    }
    if (shape->box_rows != 0) {
        to->box_rows = shape->box_rows;
        to->box_columns = shape->box_columns;
    }
    to->positions = positions;
    to->fields = shape->fields != 0 ? shape->fields : 1;
    to->helpers = shape->helpers;
    if (task->values != 0 && shape->fields > task->values)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected at most %u fields, as %s has values, found %u",
                         (unsigned)task->values, task->name, (unsigned)shape->fields);
    return trmi_shape_check(to, error) == TRM_OK ? TRM_OK
                                                 : trmi_fail_within(error, TRM_ERROR_PUZZLE, "a puzzle");
}

/* ------------------------------------------------------------------------------------------- rules */

static trm_status fail_ruling(const trmi_ruling *ruling, const trmi_task *task, trm_error *error)
{
    static const char *const reasons[] = {
        [TRMI_REASON_NONE] = "is wrong",
        [TRMI_REASON_QUESTION] = "cannot be right, as the question is none",
        [TRMI_REASON_GIVEN] = "has another token than the question gives",
        [TRMI_REASON_EMPTY] = "has no value here",
        [TRMI_REASON_TWICE] = "has the value of a position that it hears",
        [TRMI_REASON_LIST] = "cannot have every value once here: the list has another length",
        [TRMI_REASON_APART] = "has a path that does not reach the goal",
        [TRMI_REASON_LONG] = "has a path that is longer than it need be",
        [TRMI_REASON_ORDER] = "has a value that is not less than the one that it must be less than",
        [TRMI_REASON_EDGE] = "cannot be right, as an edge is a loop or is in the list of one end alone",
        [TRMI_REASON_CHOICE] = "has no values that a sum or a clause allows",
        [TRMI_REASON_CLASH] = "has a value that may not be beside the other one",
    };
    return trmi_fail(error, TRM_ERROR_PUZZLE, "by the rules of %s the answer %s (position %u, and %u)",
                     task->name, reasons[ruling->reason], (unsigned)ruling->position,
                     (unsigned)ruling->other);
}

/* Lists over positions or nodes stand in for those of the rules; which of them they are, their number
   tells. */
static void give_lists(trmi_verification *v, const trmi_sheet *sheet)
{
    for (size_t r = 0; r < sheet->relation_count; r++) {
        const trm_relation *from = &sheet->relations[r];
        const bool positions = from->lists == sheet->positions;
        const trmi_relation_table table = { .level = positions ? TRMI_LEVEL_POSITIONS : TRMI_LEVEL_NODES,
                                            .lists = from->lists,
                                            .first = from->first,
                                            .heard = from->heard };
        if (positions || from->lists == trmi_shape_nodes(&v->shape))
            trmi_verification_give(v, from->name, &table);
    }
}

static trm_status verify(const trmi_sheet *sheet, const trmi_task *task, const trmi_shape *shape,
                         const uint8_t *question, const uint8_t *answer, trmi_arena *arena, size_t *offset,
                         trm_error *error)
{
    trmi_verification v;
    trmi_ruling ruling;
    trmi_verification_lay(&v, task, shape, arena);
    int32_t *asked = trmi_arena_take(arena, shape->positions, sizeof *asked),
            *answered = trmi_arena_take(arena, shape->positions, sizeof *answered);
    if (arena->base == NULL)
        return TRM_OK;
    for (uint32_t p = 0; p < shape->positions; p++) {
        asked[p] = question[p];
        answered[p] = answer[p];
        if (*offset == SIZE_MAX && trmi_task_gives(task, asked[p]) && asked[p] != answered[p])
            *offset = p;
    }
    if (*offset != SIZE_MAX)
        return fail_ruling(
            &(trmi_ruling) { TRMI_REFUTED, TRMI_REASON_GIVEN, (uint32_t)*offset, (uint32_t)*offset }, task,
            error);
    give_lists(&v, sheet);
    if (trmi_task_verify(&v, asked, answered, &ruling) != TRMI_REFUTED)
        return TRM_OK;
    *offset = ruling.position;
    return fail_ruling(&ruling, task, error);
}

trm_status trmi_sheet_agree(const trmi_sheet *sheet, const trmi_task *task, const uint8_t *question,
                            const uint8_t *answer, const trm_allocator *allocator, size_t *offset,
                            trm_error *error)
{
    trmi_shape shape;
    trmi_arena arena = { .base = NULL };
    size_t wrong = SIZE_MAX;
    *offset = 0;
    TRMI_TRY(trmi_sheet_shape(&shape, task, &sheet->shape, sheet->positions, error));
    TRMI_TRY(verify(sheet, task, &shape, question, answer, &arena, &wrong, error));
    const uint64_t bytes = arena.used;
    void *memory = arena.overflow ? NULL : trmi_allocate(allocator, bytes);
    if (memory == NULL)
        return trmi_no_memory(error, "verifying a puzzle");
    arena = (trmi_arena) { .base = memory };
    trm_status status = verify(sheet, task, &shape, question, answer, &arena, &wrong, error);
    *offset = wrong != SIZE_MAX ? wrong : 0;
    trmi_arena_release(memory, bytes);
    trmi_release(allocator, memory);
    return status;
}

/* ------------------------------------------------------------------------------------------- checksum */

uint32_t trmi_sheet_checksum(const trmi_sheet *s, uint32_t sum)
{
    const uint32_t numbers[] = { s->shape.rows,        s->shape.columns, s->shape.box_rows,
                                 s->shape.box_columns, s->shape.fields,  s->shape.helpers,
                                 s->positions,         s->features,      (uint32_t)s->relation_count };
    sum = trmi_crc32c(sum, numbers, sizeof numbers);
    if (s->question != NULL) {
        sum = trmi_crc32c(sum, s->question, s->positions);
        sum = trmi_crc32c(sum, s->answer, s->positions);
    }
    sum = trmi_crc32c(sum, s->helper_tokens, s->shape.helpers * sizeof(int32_t));
    sum =
        trmi_crc32c(sum, s->numbers, (size_t)(s->positions + s->shape.helpers) * s->features * sizeof(float));
    for (size_t r = 0; r < s->relation_count; r++) {
        const trm_relation *from = &s->relations[r];
        sum = trmi_crc32c(sum, from->name, strlen(from->name));
        sum = trmi_crc32c(sum, from->first, ((size_t)from->lists + 1) * sizeof *from->first);
        sum = trmi_crc32c(sum, from->heard, (size_t)from->heard_count * sizeof *from->heard);
    }
    return sum;
}
