#include "lib/puzzles/json_row.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/json_cursor.h"

enum { FIRST_NUMBERS = 256 };

/* ------------------------------------------------------------------------------------------- numbers */

/* Room for one more number of four bytes, of at most `most`; NULL after the sentence. */
static void *grow(trmi_json_row *row, trmi_json_numbers *to, size_t most, const trmi_json_cursor *c)
{
    if (to->count >= most) {
        trmi_fail(c->error, TRM_ERROR_FORMAT, "column %zu: expected at most %zu numbers, found more",
                  (size_t)(c->at - c->begin) + 1, most);
        return NULL;
    }
    if (to->count == to->capacity) {
        const size_t capacity = to->capacity > 0 ? 2 * to->capacity : FIRST_NUMBERS;
        void *at = trmi_allocate(&row->memory, (uint64_t)capacity * 4);
        if (at == NULL) {
            trmi_no_memory(c->error, "%zu numbers", capacity);
            return NULL;
        }
        if (to->count > 0)
            memcpy(at, to->at, to->count * 4);
        trmi_release(&row->memory, to->at);
        to->at = at;
        to->capacity = capacity;
    }
    return (char *)to->at + 4 * to->count++;
}

static trm_status failed(const trmi_json_cursor *c)
{
    return c->error != NULL ? c->error->status : TRM_ERROR_FORMAT;
}

/* Behind its bracket, to the one that ends it. */
typedef struct list {
    trmi_json_numbers *to;
    size_t most;          /* numbers */
    int64_t least, limit; /* of each */
    bool real;
} list;

static trm_status read_list(trmi_json_row *row, trmi_json_cursor *c, const list *l)
{
    trm_status status = trmi_json_expect(c, '[');
    if (status != TRM_OK || trmi_json_take(c, ']'))
        return status;
    do {
        int64_t whole = 0;
        float real = 0.0f;
        status = l->real ? trmi_json_real(c, &real) : trmi_json_whole(c, l->least, l->limit, &whole);
        void *at = status == TRM_OK ? grow(row, l->to, l->most, c) : NULL;
        if (at == NULL)
            return status != TRM_OK ? status : failed(c);
        const uint32_t bits = (uint32_t)whole;
        memcpy(at, l->real ? (const void *)&real : (const void *)&bits, 4);
    } while (trmi_json_take(c, ','));
    return trmi_json_expect(c, ']');
}

/* ------------------------------------------------------------------------------------------- questions */

static void note_text(trmi_json_text *to, const trmi_json_cursor *c, const char *value, const char *text,
                      size_t length)
{
    *to = (trmi_json_text) { (size_t)(text - c->begin), length, (size_t)(value - c->begin) + 1 };
}

static trm_status read_text(trmi_json_cursor *c, trmi_json_text *to)
{
    char *text;
    size_t length;
    (void)trmi_json_next(c);
    const char *value = c->at + 1; /* the first character */
    TRMI_TRY(trmi_json_string(c, &text, &length));
    note_text(to, c, value, text, length);
    return TRM_OK;
}

/* Text, or numbers. */
static trm_status read_cells(trmi_json_row *row, trmi_json_cursor *c, trmi_json_text *text,
                             trmi_json_numbers *numbers)
{
    const char first = trmi_json_next(c);
    if (first == '"')
        return read_text(c, text);
    if (first != '[')
        return trmi_json_fail(c, "text or a list of numbers");
    note_text(text, c, c->at, c->end, 0);
    return read_list(row, c, &(list) { numbers, TRMI_MAXIMUM_SHAPE_POSITIONS, 0, INT32_MAX, false });
}

/* As in tables: a whole number, a fraction, which is rounded when it is taken, or none. */
static trm_status read_rating(trmi_json_cursor *c, trmi_json_text *to)
{
    static const char digits[] = "0123456789";
    int64_t number;
    (void)trmi_json_next(c);
    const char *begin = c->at;
    const size_t whole = strspn(begin, digits),
                 part = begin[whole] == '.' ? strspn(begin + whole + 1, digits) : 0;
    if (strncmp(begin, "null", 4) == 0) {
        c->at += 4;
        return TRM_OK;
    }
    if (whole > 0 && part > 0)
        c->at += whole + 1 + part;
    else
        TRMI_TRY(trmi_json_whole(c, 0, UINT32_MAX, &number));
    note_text(to, c, begin, begin, (size_t)(c->at - begin));
    return TRM_OK;
}

/* ------------------------------------------------------------------------------------------- relations */

/* The list that was read last has each number once, in order: what it says besides may be a mistake. */
static trm_status check_order(const trmi_json_cursor *c, const trmi_json_relation *r, uint32_t begin)
{
    const uint32_t *heard = r->heard.at;
    for (size_t i = (size_t)begin + 1; i < r->heard.count; i++)
        if (heard[i] <= heard[i - 1])
            return trmi_fail(
                c->error, TRM_ERROR_FORMAT,
                "column %zu: relation %s: expected numbers that ascend, found %u after %u in the "
                "list of node %zu",
                (size_t)(c->at - c->begin), r->name, (unsigned)heard[i], (unsigned)heard[i - 1],
                r->first.count - 1);
    return TRM_OK;
}

static trm_status read_lists(trmi_json_row *row, trmi_json_cursor *c, trmi_json_relation *r)
{
    const list heard = { &r->heard, TRMI_MAXIMUM_HEARD, 0, TRMI_MAXIMUM_NODES - 1, false };
    r->first.count = r->heard.count = 0;
    trm_status status = trmi_json_expect(c, '[');
    if (status == TRM_OK && trmi_json_next(c) == ']') /* 0 lists would say: as many as there must be */
        status = trmi_json_fail(c, "a list for each element");
    bool more = status == TRM_OK;
    while (status == TRM_OK) {
        const uint32_t begin = (uint32_t)r->heard.count;
        uint32_t *offset = grow(row, &r->first, TRMI_MAXIMUM_NODES + (size_t)1, c);
        if (offset == NULL)
            return failed(c);
        *offset = begin;
        if (!more)
            break;
        status = read_list(row, c, &heard);
        if (status == TRM_OK)
            status = check_order(c, r, begin);
        more = status == TRM_OK && trmi_json_take(c, ',');
    }
    return status == TRM_OK ? trmi_json_expect(c, ']') : status;
}

static trm_status read_relation(trmi_json_row *row, trmi_json_cursor *c)
{
    char *name;
    size_t length;
    const size_t count = row->question.relation_count;
    const trmi_json_cursor begin = *c;
    TRMI_TRY(trmi_json_string(c, &name, &length));
    if (length == 0 || length >= TRMI_RELATION_NAME_BYTES || count == TRMI_RELATIONS)
        return trmi_json_fail(&begin,
                              count == TRMI_RELATIONS ? "at most 32 relations" : "a name of 1 to 31 bytes");
    for (size_t i = 0; i < count; i++)
        if (strcmp(row->relations[i].name, name) == 0)
            return trmi_json_fail(&begin, "each relation once");
    trmi_json_relation *r = &row->relations[count];
    memcpy(r->name, name, length + 1);
    TRMI_TRY(trmi_json_expect(c, ':'));
    TRMI_TRY(read_lists(row, c, r));
    const trm_relation none = TRM_RELATION_INIT;
    trm_relation *given = &row->given[row->question.relation_count++];
    *given = none;
    given->name = r->name;
    given->first = r->first.at;
    given->heard = r->heard.count > 0 ? r->heard.at : NULL;
    given->heard_count = r->heard.count;
    given->lists = (uint32_t)r->first.count - 1;
    return TRM_OK;
}

static trm_status read_relations(trmi_json_row *row, trmi_json_cursor *c)
{
    trm_status status = trmi_json_expect(c, '{');
    if (status != TRM_OK || trmi_json_take(c, '}'))
        return status;
    do
        status = read_relation(row, c);
    while (status == TRM_OK && trmi_json_take(c, ','));
    return status == TRM_OK ? trmi_json_expect(c, '}') : status;
}

/* ------------------------------------------------------------------------------------------- the rest */

/* In one list, or one list for each position and helper. */
static trm_status read_features(trmi_json_row *row, trmi_json_cursor *c)
{
    const list numbers = { &row->features, TRMI_MAXIMUM_HEARD, 0, 0, true };
    const trmi_json_cursor begin = *c;
    trm_status status = trmi_json_expect(c, '[');
    const bool nested = status == TRM_OK && trmi_json_next(c) == '[';
    if (!nested) {
        *c = begin;
        return read_list(row, c, &numbers);
    }
    size_t each = 0, before;
    do {
        before = row->features.count;
        status = read_list(row, c, &numbers);
        each = row->feature_lists++ == 0 ? row->features.count : each;
        if (status == TRM_OK && row->features.count - before != each)
            return trmi_json_fail(c, "lists of one length");
    } while (status == TRM_OK && trmi_json_take(c, ','));
    return status == TRM_OK ? trmi_json_expect(c, ']') : status;
}

static trm_status read_size(trmi_json_cursor *c, uint32_t most, uint32_t *to)
{
    int64_t number = 0;
    const trm_status status = trmi_json_whole(c, 1, most, &number);
    *to = (uint32_t)number;
    return status;
}

static trm_status read_box(trmi_json_row *row, trmi_json_cursor *c)
{
    TRMI_TRY(trmi_json_expect(c, '['));
    TRMI_TRY(read_size(c, TRMI_SUDOKU_SIDE, &row->shape.box_rows));
    TRMI_TRY(trmi_json_expect(c, ','));
    TRMI_TRY(read_size(c, TRMI_SUDOKU_SIDE, &row->shape.box_columns));
    return trmi_json_expect(c, ']');
}

/* -- keys -- */

typedef enum key {
    KEY_QUESTION,
    KEY_ANSWER,
    KEY_RELATIONS,
    KEY_HELPERS,
    KEY_FEATURES,
    KEY_ROWS,
    KEY_COLUMNS,
    KEY_BOX,
    KEY_POSITIONS,
    KEY_FIELDS,
    KEY_SOURCE,
    KEY_RATING,
    KEYS
} key;
static const char *const names[KEYS] = { "question", "answer", "relations", "helpers", "features", "rows",
                                         "columns",  "box",    "positions", "fields",  "source",   "rating" };

static trm_status read_value(trmi_json_row *row, trmi_json_cursor *c, unsigned which)
{
    switch ((key)which) {
    case KEY_QUESTION:
        return read_cells(row, c, &row->text[TRMI_JSON_QUESTION], &row->tokens);
    case KEY_ANSWER:
        return read_cells(row, c, &row->text[TRMI_JSON_ANSWER], &row->answers);
    case KEY_RELATIONS:
        return read_relations(row, c);
    case KEY_HELPERS:
        return read_list(row, c, &(list) { &row->helpers, TRMI_MAXIMUM_NODES, 0, INT32_MAX, false });
    case KEY_FEATURES:
        return read_features(row, c);
    case KEY_ROWS:
        return read_size(c, TRMI_MAXIMUM_SHAPE_POSITIONS, &row->shape.rows);
    case KEY_COLUMNS:
        return read_size(c, TRMI_MAXIMUM_SHAPE_POSITIONS, &row->shape.columns);
    case KEY_BOX:
        return read_box(row, c);
    case KEY_POSITIONS:
        return read_size(c, TRMI_MAXIMUM_SHAPE_POSITIONS, &row->shape.positions);
    case KEY_FIELDS:
        return read_size(c, TRMI_MAXIMUM_FIELDS, &row->shape.fields);
    case KEY_SOURCE:
        return read_text(c, &row->text[TRMI_JSON_SOURCE]);
    default:
        return read_rating(c, &row->text[TRMI_JSON_RATING]);
    }
}

static trm_status read_member(trmi_json_row *row, trmi_json_cursor *c, uint32_t *seen)
{
    char *name;
    size_t length;
    unsigned which = 0;
    (void)trmi_json_next(c);
    const size_t column = (size_t)(c->at - c->begin) + 1;
    TRMI_TRY(trmi_json_string(c, &name, &length));
    while (which < KEYS && (strlen(names[which]) != length || memcmp(names[which], name, length) != 0))
        which++;
    if (which == KEYS)
        return trmi_fail(c->error, TRM_ERROR_FORMAT,
                         "column %zu: expected question, answer, relations, helpers, features, rows, "
                         "columns, box, positions, fields, source or rating, found \"%.40s\"",
                         column, name);
    if ((*seen >> which & 1) != 0)
        return trmi_fail(c->error, TRM_ERROR_FORMAT, "column %zu: expected \"%s\" once, found it twice",
                         column, name);
    *seen |= (uint32_t)1 << which;
    TRMI_TRY(trmi_json_expect(c, ':'));
    return read_value(row, c, which);
}

/* -- all of it -- */

static trm_status check(trmi_json_row *row, uint32_t seen, trm_error *error)
{
    const trmi_json_text *question = &row->text[TRMI_JSON_QUESTION], *answer = &row->text[TRMI_JSON_ANSWER];
    const size_t asked = row->tokens.count > 0 ? row->tokens.count : question->length,
                 answered = row->answers.count > 0 ? row->answers.count : answer->length;
    if ((seen >> KEY_QUESTION & 1) == 0 || asked == 0)
        return trmi_fail(error, TRM_ERROR_FORMAT, "expected a question, found %s",
                         (seen >> KEY_QUESTION & 1) == 0 ? "none" : "an empty one");
    if ((seen >> KEY_ANSWER & 1) != 0 && asked != answered)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "expected %zu cells of the answer, as in the question, found %zu", asked, answered);
    if ((seen >> KEY_ROWS & 1) != (seen >> KEY_COLUMNS & 1))
        return trmi_fail(error, TRM_ERROR_FORMAT, "expected rows and columns together, found one of them");
    const uint64_t cells = (uint64_t)row->shape.rows * row->shape.columns;
    if ((cells != 0 && cells != asked) || (row->shape.positions != 0 && row->shape.positions != asked))
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "expected a question of %llu cells, as its rows and columns or its positions say, "
                         "found %zu",
                         (unsigned long long)(cells != 0 ? cells : row->shape.positions), asked);
    const size_t nodes = asked + row->helpers.count;
    row->each = (uint32_t)(row->features.count / nodes);
    if (row->feature_lists != 0 && row->feature_lists != nodes)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "expected a list of features for each of %zu cells and helpers, found %zu lists",
                         nodes, row->feature_lists);
    if (row->features.count % nodes != 0)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "expected as many features for each of %zu cells and helpers, found %zu", nodes,
                         row->features.count);
    return TRM_OK;
}

/* What a caller gets to see of it. */
static void finish(trmi_json_row *row, char *line)
{
    trm_questions *q = &row->question;
    const trmi_json_text *rating = &row->text[TRMI_JSON_RATING];
    row->shape.helpers = (uint32_t)row->helpers.count;
    if (row->tokens.count > 0 && row->shape.rows == 0)
        row->shape.positions = (uint32_t)row->tokens.count;
    q->count = q->shape_count = 1;
    q->shapes = &row->shape;
    q->tokens = row->tokens.count > 0 ? row->tokens.at : NULL;
    q->relations = q->relation_count > 0 ? row->given : NULL;
    q->helper_tokens = row->helpers.count > 0 ? row->helpers.at : NULL;
    q->features = row->features.count > 0 ? row->features.at : NULL;
    row->answer = row->answers.count > 0 ? row->answers.at : NULL;
    if (rating->column > 0)
        line[rating->begin + rating->length] = '\0';
}

static void clear(trmi_json_row *row)
{
    const trm_questions none = TRM_QUESTIONS_INIT;
    const trm_shape shape = TRM_SHAPE_INIT;
    memset(row->text, 0, sizeof row->text);
    row->tokens.count = row->answers.count = row->helpers.count = row->features.count = 0;
    row->question = none;
    row->shape = shape;
    row->answer = NULL;
    row->feature_lists = row->each = 0;
}

trm_status trmi_json_row_read(trmi_json_row *row, char *line, size_t length, trm_error *error)
{
    trm_error unseen = TRM_ERROR_INIT;
    trmi_json_cursor c = { line, line, line + length, error != NULL ? error : &unseen };
    uint32_t seen = 0;
    clear(row);
    trm_status status = trmi_json_expect(&c, '{');
    if (status == TRM_OK && !trmi_json_take(&c, '}')) {
        do
            status = read_member(row, &c, &seen);
        while (status == TRM_OK && trmi_json_take(&c, ','));
        if (status == TRM_OK)
            status = trmi_json_expect(&c, '}');
    }
    if (status == TRM_OK && trmi_json_next(&c) != '\0')
        status = trmi_json_fail(&c, "the end of the line");
    if (status == TRM_OK && c.at < c.end)
        status = trmi_json_fail(&c, "the end of the line");
    if (status == TRM_OK)
        status = check(row, seen, error);
    if (status == TRM_OK)
        finish(row, line);
    return status;
}

void trmi_json_row_begin(trmi_json_row *row, const trm_allocator *allocator)
{
    row->memory = *allocator;
}

void trmi_json_row_end(trmi_json_row *row)
{
    trmi_json_numbers *const all[] = { &row->tokens, &row->answers, &row->helpers, &row->features };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        trmi_release(&row->memory, all[i]->at);
    for (size_t i = 0; i < TRMI_RELATIONS; i++) {
        trmi_release(&row->memory, row->relations[i].first.at);
        trmi_release(&row->memory, row->relations[i].heard.at);
    }
}
