/* Tables: a header names the columns, a row a puzzle. Under the header that the library itself writes nothing
 * is quoted and nothing is trimmed, since any character may be a cell; under others fields may stand in
 * quotes, even over several lines. */
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/csv.h"
#include "lib/puzzles/table_columns.h"
#include "lib/puzzles/table_extras.h"

enum { SHOWN_HEADER = 80 };

typedef struct table {
    trmi_table_header header;
    char names[SHOWN_HEADER]; /* the header, for sentences */
    trmi_table_extras extras; /* of the row */
} table;

static bool knows_table(const trm_csv *list)
{
    trmi_table_header header;
    return trmi_table_header_read(&header, list);
}

static trm_status fail_answers(const trm_csv *list, trm_error *error)
{
    const char *names = ((const table *)list->own)->names;
    if (list->column_name[1] != NULL)
        return trmi_list_fail(list, error,
                              "expected a column %.60s of answers, as was asked for, found the columns '%s'",
                              list->column_name[1], names);
    return trmi_list_fail(list, error,
                          "expected a column of answers, such as answer or solution, found the columns '%s'; "
                          "answer=NAME names another",
                          names);
}

static trm_status begin_table(trm_csv *list, trm_error *error)
{
    table *made = trmi_allocate(&list->allocator, sizeof *made);
    list->own = made;
    if (made == NULL)
        return trmi_no_memory(error, "reading %.200s", list->name);
    trmi_table_header_read(&made->header, list);
    list->loose_ratings = made->header.words;
    const size_t shown = list->length < SHOWN_HEADER ? list->length : SHOWN_HEADER - 1;
    memcpy(made->names, list->line, shown);
    list->kept = false;
    const bool wanted = (list->flags & TRM_CSV_ANSWERS) != 0 && made->header.place[TRM_CSV_ANSWER] == 0;
    return wanted ? fail_answers(list, error) : TRM_OK;
}

static void end_table(trm_csv *list)
{
    if (list->own != NULL)
        trmi_table_extras_end(&((table *)list->own)->extras, &list->allocator);
    trmi_release(&list->allocator, list->own);
}

/* -- quotes that go on over several lines -- */

typedef struct quote_state {
    size_t seen; /* bytes of the line */
    bool begins; /* at the beginning of a field */
    bool open, closed;
} quote_state;

static void look_for_quotes(quote_state *q, const trm_csv *list, char separator)
{
    for (; q->seen < list->length; q->seen++) {
        const char c = list->line[q->seen];
        if (c == '"' && (q->open || q->begins || q->closed)) {
            q->closed = q->open;
            q->open = !q->open;
            q->begins = false;
        } else if (!q->open) {
            q->closed = false;
            q->begins = c == separator || (q->begins && c == ' ');
        }
    }
}

static trm_status read_whole_row(trm_csv *list, char separator, trm_error *error)
{
    quote_state q = { .begins = true };
    bool found = true;
    trm_status status = TRM_OK;
    look_for_quotes(&q, list, separator);
    while (status == TRM_OK && q.open && found) {
        status = trmi_list_longer_line(list, &found, error);
        if (status == TRM_OK)
            look_for_quotes(&q, list, separator);
    }
    if (status == TRM_OK && q.open) {
        list->number = list->row_line;
        return trmi_list_fail(list, error, "expected a closing quote, found the end of the file");
    }
    return status;
}

/* -- rows -- */

/* Whether the row has been read as it is, quotes and all, since there were tables. */
static bool is_plain(const trm_csv *list)
{
    size_t commas = 0;
    const char *question = NULL;
    for (size_t i = 0; i < list->length; i++)
        if (list->line[i] == ',' && ++commas == 1)
            question = list->line + i + 1;
    return commas + 1 == ((const table *)list->own)->header.columns &&
           (!list->task.known || list->task.cell['"'] || *question != '"');
}

static bool is_blank(const trm_csv *list, char c)
{
    return (c == ' ' || c == '\t' || c == '\n' || c == '\r') && list->task.known &&
           !list->task.cell[(uint8_t)c];
}

/* Blanks that are no cells are left out: at both ends, or everywhere. */
static trmi_list_field tidy(const trm_csv *list, char *text, size_t length, bool everywhere)
{
    while (length > 0 && is_blank(list, text[length - 1]))
        length--;
    while (length > 0 && is_blank(list, *text)) {
        text++;
        length--;
    }
    size_t kept = 0;
    for (size_t i = 0; i < length; i++)
        if (!everywhere || !is_blank(list, text[i]))
            text[kept++] = text[i];
    text[kept] = '\0';
    return (trmi_list_field) { text, kept, (size_t)(text - list->line) + 1 };
}

static void take_field(trm_csv *list, size_t kind, char *text, size_t length, bool plain)
{
    const bool puzzle = kind == TRM_CSV_QUESTION || kind == TRM_CSV_ANSWER;
    const trmi_list_field field = { text, length, (size_t)(text - list->line) + 1 };
    list->field[kind] = puzzle ? tidy(list, text, length, !plain) : field;
}

static trm_status fail_count(const trm_csv *list, size_t found, trm_error *error)
{
    const table *t = list->own;
    return trmi_list_fail(list, error, "expected %zu columns (%s), found %zu", t->header.columns, t->names,
                          found);
}

static trm_status cut_row(trm_csv *list, bool *empty, trm_error *error)
{
    const trmi_table_header *h = &((const table *)list->own)->header;
    const bool plain = h->exact && is_plain(list);
    trm_status status = plain ? TRM_OK : read_whole_row(list, h->separator, error);
    trmi_table_cut cut = {
        list->line, list->line + list->length, h->separator, !plain, h->spaced, true, true
    };
    size_t fields = 0, length, spare = 0;
    bool stray = false;
    char *text;
    *empty = true;
    while (status == TRM_OK && trmi_table_cut_field(&cut, &text, &length, &stray)) {
        fields++;
        *empty = *empty && length == 0;
        spare = fields > h->columns && length == 0 ? spare + 1 : spare;
        for (size_t kind = 0; kind < TRMI_LIST_FIELDS; kind++)
            if (h->place[kind] == fields)
                take_field(list, kind, text, length, plain);
    }
    if (status == TRM_OK && stray)
        return trmi_list_fail(list, error, "expected '%c' behind a closing quote, found another character",
                              h->separator);
    if (status == TRM_OK && !(*empty && list->task.known) && fields != h->columns + (h->exact ? 0 : spare))
        return fail_count(list, fields, error);
    return status;
}

/* Empty lines are passed over, and so are empty rows where those could be no puzzles. */
static trm_status next_of_table(trm_csv *list, bool *found, trm_error *error)
{
    bool empty = true;
    trm_status status = trmi_list_line(list, found, error);
    while (status == TRM_OK && *found) {
        list->row_line = list->number;
        if (list->length > 0)
            status = cut_row(list, &empty, error);
        if (status != TRM_OK || !empty || (list->length > 0 && !list->task.known))
            break;
        status = trmi_list_line(list, found, error);
    }
    return status == TRM_OK && *found ? trmi_table_extras_read(&((table *)list->own)->extras, list, error)
                                      : status;
}

static void question_of_table(const trm_csv *list, trm_questions *question, const int32_t **answer,
                              uint32_t *features)
{
    (void)answer, (void)features;
    trmi_table_extras_put(&((const table *)list->own)->extras, question);
}

const trmi_list_format trmi_table_format = { "table",       knows_table, begin_table,
                                             next_of_table, end_table,   question_of_table };
