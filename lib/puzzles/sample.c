#include "lib/puzzles/sample.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/core/checksum.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"

enum { FIRST_ROWS = 256, FIRST_BYTES = 1 << 16, MOST_CELLS = 65536 };

static trm_status fail_memory(trm_error *error)
{
    return trmi_no_memory(error, "looking at puzzles");
}

trm_status trmi_sample_fail(const trmi_sample *sample, uint64_t row, trm_error *error)
{
    char where[256];
    const trmi_sample_row *r = &sample->row[row];
    snprintf(where, sizeof where, "%.200s: line %" PRIu64, sample->paths[r->list], r->line);
    return trmi_fail_within(error, TRM_ERROR_PUZZLE, where);
}

/* -- room -- */

/* Twice as much, until `needed` fits. */
static bool grow(const trm_allocator *allocator, void **memory, uint64_t *room, uint64_t used,
                 uint64_t needed, size_t element, uint64_t first)
{
    uint64_t more = *room > 0 ? *room : first;
    if (needed <= *room)
        return true;
    while (more < needed)
        more *= 2;
    void *larger = trmi_allocate(allocator, more * element);
    if (larger == NULL)
        return false;
    if (used > 0)
        memcpy(larger, *memory, (size_t)(used * element));
    trmi_release(allocator, *memory);
    *memory = larger;
    *room = more;
    return true;
}

static bool make_room(trmi_sample *s, uint32_t cells)
{
    void *rows = s->row, *text = s->text;
    const bool good =
        grow(&s->allocator, &rows, &s->room, s->count, s->count + 1, sizeof *s->row, FIRST_ROWS) &&
        grow(&s->allocator, &text, &s->text_room, s->used, s->used + 2 * (uint64_t)cells, 1, FIRST_BYTES);
    s->row = rows;
    s->text = text;
    return good;
}

void trmi_sample_clear(trmi_sample *sample)
{
    trmi_release(&sample->allocator, sample->row);
    trmi_release(&sample->allocator, sample->text);
    sample->row = NULL;
    sample->text = NULL;
}

/* -- rows -- */

/* A puzzle of the list, as it comes. */
typedef struct arrival {
    const trm_csv *csv;
    trm_questions question;
    const int32_t *answer; /* NULL: text */
    uint32_t cells;
} arrival;

/* Numbers become the usual characters. */
static bool take_cells(uint8_t *to, const arrival *a, trm_csv_field field, const int32_t *numbers)
{
    static const char usual[] = ".123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (numbers == NULL) {
        memcpy(to, trm_csv_text(a->csv, field, NULL, NULL), a->cells);
        return true;
    }
    for (uint32_t i = 0; i < a->cells; i++) {
        if (numbers[i] < 0 || numbers[i] >= (int32_t)sizeof usual - 1)
            return false;
        to[i] = (uint8_t)usual[numbers[i]];
    }
    return true;
}

static trm_status measure(arrival *a, trm_error *error)
{
    size_t question, answer, column;
    const trm_shape *s = a->question.shape_count > 0 ? a->question.shapes : NULL;
    (void)trm_csv_text(a->csv, TRM_CSV_QUESTION, &question, NULL);
    (void)trm_csv_text(a->csv, TRM_CSV_ANSWER, &answer, &column);
    if (a->question.tokens != NULL && s != NULL)
        question = s->rows != 0 ? (size_t)s->rows * s->columns : s->positions;
    if (a->answer != NULL)
        answer = question;
    else if (column == 0)
        return trmi_fail(
            error, TRM_ERROR_PUZZLE,
            "expected an answer with the question, such as a column answer (or solution), found none");
    if (answer != question)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "expected an answer as long as its question, %zu cells, found %zu", question,
                         answer);
    if (s != NULL && s->rows != 0 && (uint64_t)s->rows * s->columns != question)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "expected %" PRIu32 " x %" PRIu32 " cells, as the row says, found %zu", s->rows,
                         s->columns, question);
    if (question == 0 || question > MOST_CELLS)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected 1 to %d cells, found %zu", MOST_CELLS, question);
    a->cells = (uint32_t)question;
    return TRM_OK;
}

/* -- relations -- */

static trmi_sample_relation *find_relation(trmi_sample *s, const char *name)
{
    for (uint32_t i = 0; i < s->relation_count; i++)
        if (strcmp(s->relation[i].name, name) == 0)
            return &s->relation[i];
    if (s->relation_count == TRMI_RELATIONS)
        return NULL;
    trmi_sample_relation *made = &s->relation[s->relation_count++];
    snprintf(made->name, sizeof made->name, "%s", name);
    return made;
}

static void count_pairs(trmi_sample_relation *to, const trm_relation *r, const uint8_t *answer,
                        uint32_t cells)
{
    for (uint32_t p = 0; p < cells; p++)
        for (uint32_t i = r->first[p]; i < r->first[p + 1]; i++) {
            const uint32_t other = r->heard[i];
            if (other == p || other >= cells)
                continue;
            to->pairs++;
            to->equal += answer[p] == answer[other];
            to->greater += answer[p] > answer[other];
        }
}

/* Returns a checksum of all of them. */
static uint32_t take_relations(trmi_sample *s, const arrival *a, const uint8_t *answer)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < a->question.relation_count; i++) {
        const trm_relation *r = &a->question.relations[i];
        trmi_sample_relation *to = find_relation(s, r->name);
        const uint32_t lists = r->lists != 0 ? r->lists : a->cells;
        sum = trmi_crc32c(sum, r->first, (lists + (size_t)1) * sizeof *r->first);
        if (r->heard_count > 0)
            sum = trmi_crc32c(sum, r->heard, (size_t)r->heard_count * sizeof *r->heard);
        if (to == NULL)
            continue;
        to->rows++;
        to->nodes = to->nodes || lists != a->cells;
        if (!to->nodes)
            count_pairs(to, r, answer, a->cells);
    }
    return sum;
}

/* -- reading -- */

/* The shape that all rows name. */
static void take_shape(trmi_sample *s, const arrival *a, trmi_sample_row *row)
{
    const trm_shape *shape = a->question.shape_count > 0 ? a->question.shapes : NULL;
    const uint32_t rows = shape != NULL ? shape->rows : 0, columns = shape != NULL ? shape->columns : 0;
    const bool first = s->count == 0;
    row->fields = shape != NULL ? shape->fields : 0;
    for (uint32_t h = 0; shape != NULL && h < shape->helpers; h++)
        if (a->question.helper_tokens[h] >= (int32_t)s->helper_tokens)
            s->helper_tokens = (uint32_t)a->question.helper_tokens[h] + 1;
    s->cells = first || s->cells == a->cells ? a->cells : 0;
    s->most_cells = a->cells > s->most_cells ? a->cells : s->most_cells;
    s->rows = first || (s->rows == rows && s->columns == columns) ? rows : 0;
    s->columns = s->rows > 0 ? columns : 0;
}

static trm_status take_row(trmi_sample *s, const trm_csv *csv, size_t list, uint64_t line, trm_error *error)
{
    arrival a = { .csv = csv, .question = TRM_QUESTIONS_INIT };
    trm_status status = trm_csv_question(csv, &a.question, &a.answer, NULL, error);
    if (status == TRM_OK)
        status = measure(&a, error);
    if (status == TRM_OK && !make_room(s, a.cells))
        return fail_memory(error);
    trmi_sample_row *row = s->row != NULL ? &s->row[s->count] : NULL;
    if (row != NULL)
        *row = (trmi_sample_row) { .begin = s->used, .cells = a.cells, .list = list, .line = line };
    if (status == TRM_OK && (!take_cells(s->text + s->used, &a, TRM_CSV_QUESTION, a.question.tokens) ||
                             !take_cells(s->text + s->used + a.cells, &a, TRM_CSV_ANSWER, a.answer)))
        status = trmi_fail(error, TRM_ERROR_PUZZLE, "expected numbers from 0 to 35, found others");
    if (status != TRM_OK) {
        char where[256];
        snprintf(where, sizeof where, "%.200s: line %" PRIu64, s->paths[list], line);
        return trmi_fail_within(error, status, where);
    }
    take_shape(s, &a, row);
    row->brings = take_relations(s, &a, s->text + s->used + a.cells);
    s->used += 2 * (uint64_t)a.cells;
    s->count++;
    return TRM_OK;
}

static trm_status read_list(trmi_sample *s, size_t list, const trm_csv_options *options, trm_error *error)
{
    trm_csv *csv = NULL;
    uint64_t line = 1;
    trm_status status = trm_csv_open(s->paths[list], options, &csv, error);
    while (status == TRM_OK && !s->cut) {
        status = trm_csv_next(csv, &line, error);
        if (status != TRM_OK || line == 0)
            break;
        s->cut = s->count == TRMI_SAMPLE_ROWS || s->used >= TRMI_SAMPLE_BYTES;
        if (!s->cut)
            status = take_row(s, csv, list, line, error);
    }
    trm_csv_close(csv);
    return status;
}

trm_status trmi_sample_read(trmi_sample *sample, const char *const *paths, size_t count,
                            const trm_csv_options *options, trm_error *error)
{
    trm_csv_options own = TRM_CSV_OPTIONS_INIT;
    trm_status status = TRM_OK;
    if (options != NULL)
        status = trmi_read_struct(&own, sizeof own, options, sizeof options->size, "trm_csv_options", error);
    if (status == TRM_OK)
        status = trmi_allocator_read(&sample->allocator, own.allocator, error);
    sample->paths = paths;
    for (size_t i = 0; status == TRM_OK && i < count && !sample->cut; i++)
        status = read_list(sample, i, &own, error);
    if (status == TRM_OK && sample->count == 0)
        return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: expected puzzles, found none", paths[0]);
    return status;
}

/* -- repetitions -- */

/* A question by its checksum. */
typedef struct key {
    uint32_t sum, row;
} key;

static int compare_keys(const void *a, const void *b)
{
    const key *x = a, *y = b;
    return x->sum != y->sum ? (x->sum < y->sum ? -1 : 1) : x->row < y->row ? -1 : x->row > y->row;
}

static bool same_question(const trmi_sample *s, uint64_t a, uint64_t b)
{
    const trmi_sample_row *x = &s->row[a], *y = &s->row[b];
    return x->cells == y->cells && x->brings == y->brings && x->fields == y->fields &&
           memcmp(trmi_sample_question(s, a), trmi_sample_question(s, b), x->cells) == 0;
}

static trm_status compare_rows(const trmi_sample *s, const key *keys, uint64_t *repeated, trm_error *error)
{
    for (uint64_t i = 1; i < s->count; i++) {
        const uint64_t before = keys[i - 1].row, row = keys[i].row;
        if (keys[i].sum != keys[i - 1].sum || !same_question(s, before, row))
            continue;
        if (memcmp(trmi_sample_answer(s, before), trmi_sample_answer(s, row), s->row[row].cells) != 0) {
            (void)trmi_fail(error, TRM_ERROR_PUZZLE,
                            "expected one answer to a question, found another one than that of line %" PRIu64
                            " of %.200s to the same question",
                            s->row[before].line, s->paths[s->row[before].list]);
            return trmi_sample_fail(s, row, error);
        }
        (*repeated)++;
    }
    return TRM_OK;
}

trm_status trmi_sample_compare(const trmi_sample *s, uint64_t *repeated, trm_error *error)
{
    *repeated = 0;
    key *keys = trmi_allocate(&s->allocator, s->count * sizeof *keys);
    if (keys == NULL)
        return fail_memory(error);
    for (uint64_t i = 0; i < s->count; i++)
        keys[i] =
            (key) { trmi_crc32c(s->row[i].brings, trmi_sample_question(s, i), s->row[i].cells), (uint32_t)i };
    qsort(keys, (size_t)s->count, sizeof *keys, compare_keys);
    const trm_status status = compare_rows(s, keys, repeated, error);
    trmi_release(&s->allocator, keys);
    return status;
}
