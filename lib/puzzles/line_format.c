/* Lists without a header. A puzzle is a line; what follows its cells is its answer, or a note. Or it is
 * drawn: its cells lie on several lines. Which it is a line tells by how many cells it begins with. Where
 * nobody says what cells are, every line is a question as it stands. */
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/drawing.h"
#include "lib/puzzles/list.h"

typedef struct lines {
    bool elsewhere; /* in a section that has no puzzles, such as [State] of .sdk files */
    trmi_drawing drawing;
} lines;

static bool is_blank(const trm_csv *list, char c)
{
    return (c == ' ' || c == '\t') && !list->task.cell[(uint8_t)c];
}

static bool is_separator(char c)
{
    return c == ',' || c == ';' || c == '|' || c == '\t';
}

/* -- a puzzle on one line -- */

/* The cells that text begins with. */
static size_t count_cells(const trm_csv *list, const char *text)
{
    size_t count = 0;
    while (text[count] != '\0' && list->task.cell[(uint8_t)text[count]])
        count++;
    return count;
}

/* Of puzzles of any size, whether so many cells are a square that the task knows; a way also has its two
   ends. */
static bool is_square(const trm_csv *list, size_t count)
{
    size_t side = 1;
    while (side * side < count)
        side++;
    if (side * side != count || side < 2 || (list->task.box && !trmi_drawing_has_boxes(side)))
        return false;
    if (list->task.path)
        return memchr(list->line, 'S', count) != NULL && memchr(list->line, 'G', count) != NULL;
    return strspn(list->line, "-") < count; /* a ruler */
}

/* The cells of the puzzle that the line begins with; 0: it is none. */
static size_t whole_puzzle(const trm_csv *list)
{
    const size_t count = count_cells(list, list->line), known = (size_t)list->task.rows * list->task.columns;
    const size_t taken = known > 0 && count > known ? known : count;
    const char next = list->line[taken];
    if (taken < list->length && next != ' ' && next != '\t' && !is_separator(next))
        return 0;
    return known > 0 ? (taken == known ? known : 0) : is_square(list, taken) ? taken : 0;
}

/* An answer may stand behind the question: as many cells, behind a separator or blanks. */
static void find_answer(trm_csv *list, size_t count)
{
    size_t at = count;
    while (is_blank(list, list->line[at]))
        at++;
    at += is_separator(list->line[at]);
    while (is_blank(list, list->line[at]))
        at++;
    if (at == count || count_cells(list, list->line + at) < count)
        return;
    const char end = list->line[at + count];
    if (end != '\0' && end != ' ' && !is_separator(end))
        return;
    list->line[at + count] = '\0';
    list->field[TRM_CSV_ANSWER] = (trmi_list_field) { list->line + at, count, at + 1 };
}

static void take_line(trm_csv *list, size_t count)
{
    if (count < list->length)
        find_answer(list, count);
    list->line[count] = '\0';
    list->row_line = list->number;
    list->field[TRM_CSV_QUESTION] = (trmi_list_field) { list->line, count, 1 };
}

/* -- lines that are passed over -- */

static bool is_empty(const trm_csv *list)
{
    size_t i = 0;
    while (i < list->length && is_blank(list, list->line[i]))
        i++;
    return i == list->length;
}

/* Comments, and sections of .sdk files: the first one has the puzzle. */
static bool is_talk(const trm_csv *list)
{
    const char first = list->line[0];
    return !list->task.cell[(uint8_t)first] && (first == '#' || first == '%' || first == '[' ||
                                                first == ';' || strncmp(list->line, "//", 2) == 0);
}

static bool pass_over(trm_csv *list)
{
    lines *own = list->own;
    if (is_talk(list) && list->line[0] == '[')
        own->elsewhere = strncmp(list->line, "[Puzzle]", strlen("[Puzzle]")) != 0;
    return is_talk(list) || own->elsewhere;
}

/* -- the list -- */

static bool knows_lines(const trm_csv *list)
{
    return (list->flags & TRM_CSV_LINES) != 0 ||
           (list->task.known &&
            (is_talk(list) || whole_puzzle(list) > 0 || trmi_drawing_row(list, NULL) != TRMI_NO_ROW));
}

static trm_status begin_lines(trm_csv *list, trm_error *error)
{
    list->own = list->task.known ? trmi_allocate(&list->allocator, sizeof(lines)) : NULL;
    return list->own != NULL || !list->task.known ? TRM_OK
                                                  : trmi_no_memory(error, "reading %.200s", list->name);
}

static void end_lines(trm_csv *list)
{
    trmi_release(&list->allocator, list->own);
}

/* Whether the puzzle that the line belongs to is there. */
static trm_status take_some(trm_csv *list, bool *done, trm_error *error)
{
    trmi_drawing *drawing = &((lines *)list->own)->drawing;
    *done = false;
    if (is_empty(list)) {
        *done = trmi_drawing_end(list, drawing);
        return TRM_OK;
    }
    if (pass_over(list))
        return TRM_OK;
    const size_t count = drawing->rows == 0 ? whole_puzzle(list) : 0;
    const trmi_drawing_line kind = count > 0 ? TRMI_NO_ROW : trmi_drawing_row(list, drawing);
    if (kind != TRMI_NO_ROW)
        return trmi_drawing_add(list, drawing, kind, done, error);
    if (drawing->rows > 0)
        return trmi_drawing_fail(list, drawing, error);
    take_line(list, count > 0 ? count : list->length);
    *done = true;
    return TRM_OK;
}

static trm_status next_puzzle(trm_csv *list, bool *found, trm_error *error)
{
    trmi_drawing *drawing = &((lines *)list->own)->drawing;
    bool done = false;
    trm_status status = TRM_OK;
    trmi_drawing_begin(drawing);
    while (status == TRM_OK && !done) {
        status = trmi_list_line(list, found, error);
        if (status != TRM_OK || !*found)
            break;
        status = take_some(list, &done, error);
    }
    if (status != TRM_OK || done)
        return status;
    *found = trmi_drawing_end(list, drawing); /* the file has ended */
    return *found || drawing->rows == 0 ? TRM_OK : trmi_drawing_fail(list, drawing, error);
}

static trm_status next_line(trm_csv *list, bool *found, trm_error *error)
{
    if (list->task.known)
        return next_puzzle(list, found, error);
    TRMI_TRY(trmi_list_line(list, found, error));
    if (*found)
        take_line(list, list->length);
    return TRM_OK;
}

const trmi_list_format trmi_line_format = { "lines", knows_lines, begin_lines, next_line, end_lines, NULL };
