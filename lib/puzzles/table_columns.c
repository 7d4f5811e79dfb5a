/* Columns are known by the names that people give them, in any order; of several for one thing the usual one
   counts. */
#include "lib/puzzles/table_columns.h"

#include <string.h>

#include "lib/puzzles/csv.h"

/* The names of each kind, the most telling ones first. */
static const char *const source_names[] = { "source", "dataset", "collection", NULL },
                         *const question_names[] = { "question", "questions", "quiz",  "quizzes", "puzzle",
                                                     "puzzles",  "problem",   "board", "sudoku",  "maze",
                                                     "input",    "inputs",    NULL },
                         *const answer_names[] = { "answer", "answers", "solution", "solutions",
                                                   "solved", "output",  "outputs",  "label",
                                                   "labels", "target",  NULL },
                         *const rating_names[] = { "rating", "ratings", "difficulty", "level", NULL },
                         *const rows_names[] = { "rows", NULL }, *const columns_names[] = { "columns", NULL },
                         *const regions_names[] = { "regions", NULL };
static const char *const *const names_of[TRMI_LIST_FIELDS] = { source_names, question_names, answer_names,
                                                               rating_names, rows_names,     columns_names,
                                                               regions_names };

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether a field is that name, in either case, whatever blanks stand around it. */
static bool is_name(const char *text, size_t length, const char *name)
{
    while (length > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    size_t i = 0;
    while (i < length && name[i] != '\0' && small(text[i]) == small(name[i]))
        i++;
    return i == length && name[i] == '\0';
}

/* How much a name tells of the kind: 1 is the most, 0 nothing. */
static size_t rank_of(const trm_csv *list, size_t kind, const char *text, size_t length)
{
    const char *own = kind == TRM_CSV_QUESTION ? list->column_name[0]
                      : kind == TRM_CSV_ANSWER ? list->column_name[1]
                                               : NULL;
    if (own != NULL)
        return is_name(text, length, own);
    for (size_t i = 0; names_of[kind][i] != NULL; i++)
        if (is_name(text, length, names_of[kind][i]))
            return i + 1;
    return 0;
}

bool trmi_table_cut_field(trmi_table_cut *cut, char **text, size_t *length, bool *stray)
{
    if (!cut->more)
        return false;
    char *at = cut->at, *const end = cut->end;
    if (cut->spaced && !cut->first && at < end && *at == ' ')
        at++;
    char *look = at;
    while (cut->quotes && look < end && *look == ' ')
        look++;
    char *to = at;
    *text = at;
    cut->first = false;
    if (cut->quotes && look < end && *look == '"') {
        for (look++; look < end && (*look != '"' || (look + 1 < end && look[1] == '"')); look++) {
            look += *look == '"';
            *to++ = *look;
        }
        look += look < end;
        while (look < end && *look == ' ')
            look++;
        *stray = look < end && *look != cut->separator;
        if (*stray)
            return false;
    } else {
        look = memchr(at, cut->separator, (size_t)(end - at));
        look = to = look != NULL ? look : end;
    }
    cut->more = look < end;
    cut->at = look + 1;
    *to = '\0';
    *length = (size_t)(to - *text);
    return true;
}

/* Cuts a copy of the header, as the line is kept. */
static bool read_names(trmi_table_header *header, const trm_csv *list, char separator, char *copy)
{
    memcpy(copy, list->line, list->length + 1);
    trmi_table_cut cut = { copy, copy + list->length, separator, true, false, true, true };
    size_t length, best[TRMI_LIST_FIELDS] = { 0 };
    bool stray = false, spaced = true;
    char *text;
    *header = (trmi_table_header) { .separator = separator };
    while (trmi_table_cut_field(&cut, &text, &length, &stray)) {
        header->columns++;
        spaced = spaced && (header->columns == 1 || (length > 0 && *text == ' '));
        for (size_t kind = 0; kind < TRMI_LIST_FIELDS; kind++) {
            const size_t rank = rank_of(list, kind, text, length);
            if (rank == 0 || (best[kind] != 0 && best[kind] <= rank))
                continue;
            best[kind] = rank;
            header->place[kind] = header->columns;
        }
    }
    header->spaced = spaced && header->columns > 1;
    header->words = best[TRM_CSV_RATING] > 1;
    return header->place[TRM_CSV_QUESTION] != 0 && !stray;
}

/* As csv_writer.c does it; further columns may follow. */
static bool begins_as_written(const trm_csv *list)
{
    const size_t usual = strlen(TRMI_CSV_HEADER);
    return strncmp(list->line, TRMI_CSV_HEADER, usual) == 0 && strchr(list->line, '"') == NULL &&
           (list->line[usual] == ',' || list->line[usual] == '\0');
}

enum { LONGEST_HEADER = 4096 };

bool trmi_table_header_read(trmi_table_header *header, const trm_csv *list)
{
    static const char separators[] = { ',', '\t', ';', '|' };
    char copy[LONGEST_HEADER];
    if (list->length >= sizeof copy || memchr(list->line, '\0', list->length) != NULL)
        return false;
    for (size_t i = 0; i < sizeof separators; i++)
        if (read_names(header, list, separators[i], copy)) {
            header->exact =
                begins_as_written(list) && list->column_name[0] == NULL && list->column_name[1] == NULL;
            return true;
        }
    return false;
}
