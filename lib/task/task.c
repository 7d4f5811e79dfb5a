/* From what is said of a task to what it is. */
#include "lib/task/task.h"

#include <string.h>

#include "lib/core/error.h"

/* -- alphabet -- */

/* A letter that is typed in the other case, where the alphabet has no such one of its own. */
static void add_small_letters(trmi_task *task)
{
    for (int letter = 'A'; letter <= 'Z'; letter++) {
        const int small = letter - 'A' + 'a';
        if (task->token[letter] != TRMI_NO_TOKEN && task->token[small] == TRMI_NO_TOKEN)
            task->token[small] = task->token[letter];
        else if (task->token[small] != TRMI_NO_TOKEN && task->token[letter] == TRMI_NO_TOKEN)
            task->token[letter] = task->token[small];
    }
}

static trm_status read_alphabet(trmi_task *task, trm_error *error)
{
    for (size_t i = 0; i < sizeof task->token / sizeof *task->token; i++)
        task->token[i] = TRMI_NO_TOKEN;
    for (uint32_t token = 0; task->characters != NULL && token < task->vocabulary; token++) {
        const unsigned char character = (unsigned char)task->characters[token];
        if (character != 0 && task->token[character] != TRMI_NO_TOKEN)
            return trmi_fail(
                error, TRM_ERROR_FORMAT,
                "metadata task.alphabet: expected each character once, found 0x%02x for tokens %d and %u",
                (unsigned)character, (int)task->token[character], (unsigned)token);
        if (character != 0)
            task->token[character] = (int32_t)token;
    }
    if (task->family->either_case)
        add_small_letters(task);
    return TRM_OK;
}

/* -- blank and values -- */

static trm_status read_blank(trmi_task *task, const trmi_task_words *words, trm_error *error)
{
    task->blank = TRMI_NO_TOKEN;
    if (words->blank == TRMI_UNSAID) {
        for (const char *c = task->family->blanks; *c != '\0' && task->blank == TRMI_NO_TOKEN; c++)
            task->blank = task->token[(unsigned char)*c];
        return TRM_OK;
    }
    if (words->blank > task->vocabulary)
        return trmi_fail(
            error, TRM_ERROR_FORMAT, "metadata task.blank: expected a token from 0 to %u, or %u, found %u",
            (unsigned)(task->vocabulary - 1), (unsigned)task->vocabulary, (unsigned)words->blank);
    if (words->blank < task->vocabulary)
        task->blank = (int32_t)words->blank;
    return TRM_OK;
}

/* The characters that lists of puzzles have for a blank, where the alphabet has no such ones. */
static void add_blanks(trmi_task *task)
{
    for (const char *c = task->family->blanks; task->blank != TRMI_NO_TOKEN && *c != '\0'; c++)
        if (task->token[(unsigned char)*c] == TRMI_NO_TOKEN)
            task->token[(unsigned char)*c] = task->blank;
}

static bool is_value(const trmi_task *task, uint32_t token)
{
    return task->characters != NULL ? task->characters[token] != 0 && (int32_t)token != task->blank
                                    : task->blank != TRMI_NO_TOKEN && (int32_t)token > task->blank;
}

/* Values follow one another; where they do not, they cannot be told by a number. */
static void find_values(trmi_task *task, const trmi_task_words *words)
{
    task->first_value = task->values = 0;
    if (words->shape.fields > 1) {
        task->first_value = words->first_value;
        task->values = words->shape.fields;
        return;
    }
    if (!task->family->interchangeable)
        return;
    uint32_t first = 0;
    while (first < task->vocabulary && !is_value(task, first))
        first++;
    uint32_t end = first;
    while (end < task->vocabulary && is_value(task, end))
        end++;
    for (uint32_t token = end; token < task->vocabulary; token++)
        if (is_value(task, token))
            return;
    task->first_value = first;
    task->values = end - first;
}

/* -- symmetries -- */

static const char *const symmetry_names[] = { "digits",  "bands",  "stacks",   "rows",
                                              "columns", "mirror", "transpose" };
enum { SYMMETRIES = sizeof symmetry_names / sizeof *symmetry_names };

size_t trmi_symmetries_print(uint32_t symmetries, char text[TRMI_SYMMETRIES_BYTES])
{
    size_t used = 0;
    for (uint32_t i = 0; i < SYMMETRIES; i++)
        if ((symmetries >> i & 1) != 0) {
            const size_t length = strlen(symmetry_names[i]);
            if (used > 0)
                text[used++] = ' ';
            memcpy(text + used, symmetry_names[i], length);
            used += length;
        }
    text[used] = '\0';
    return used;
}

/* Names that this version does not know are skipped: they are symmetries, too, but nothing depends on
   them. */
static uint32_t parse_symmetries(const char *text)
{
    uint32_t symmetries = 0;
    while (*text != '\0') {
        size_t length = 0;
        while (text[length] != '\0' && text[length] != ' ')
            length++;
        for (uint32_t i = 0; i < SYMMETRIES; i++)
            if (strlen(symmetry_names[i]) == length && memcmp(symmetry_names[i], text, length) == 0)
                symmetries |= (uint32_t)1 << i;
        text += length + (text[length] == ' ');
    }
    return symmetries;
}

/* Of what a file names, the shape must have it: a transposition of 6 x 7 cells is none. */
static uint32_t possible_symmetries(const trmi_shape *s)
{
    const bool grid = s->rows > 0, square = s->rows == s->columns && s->box_rows == s->box_columns;
    return TRMI_DIGITS | (s->box_rows > 0 ? TRMI_BANDS | TRMI_STACKS : 0u) |
           (grid ? TRMI_ROWS | TRMI_COLUMNS | TRMI_MIRROR : 0u) | (grid && square ? TRMI_TRANSPOSE : 0u);
}

/* -- all of it -- */

/* Values that may change places may be written in any characters; what a path is made of may not. */
static bool has_alphabet(const trmi_task *task)
{
    if (task->characters == NULL || task->family->alphabet == NULL || task->family->interchangeable)
        return true;
    for (const char *c = task->family->alphabet; *c != '\0'; c++)
        if (task->token[(unsigned char)*c] == TRMI_NO_TOKEN)
            return false;
    return true;
}

static void find_boxes(trmi_task *task)
{
    trmi_shape *s = &task->shape;
    if (task->family->has_boxes && s->box_rows == 0 && s->box_columns == 0 && s->rows == s->columns)
        trmi_default_boxes(s->rows, &s->box_rows, &s->box_columns);
}

static trm_status read_words(trmi_task *task, const trmi_task_words *words, bool exact, trm_error *error)
{
    TRMI_TRY(read_alphabet(task, error));
    TRMI_TRY(read_blank(task, words, error));
    add_blanks(task);
    find_values(task, words);
    task->known = exact && has_alphabet(task);
    if (words->keeps_givens != TRMI_UNSAID && words->keeps_givens > 1)
        return trmi_fail(error, TRM_ERROR_FORMAT, "metadata task.keeps_givens: expected 0 or 1, found %u",
                         (unsigned)words->keeps_givens);
    task->keeps_givens =
        words->keeps_givens == TRMI_UNSAID ? task->family->keeps_givens : words->keeps_givens == 1;
    task->symmetries = words->symmetries != NULL ? parse_symmetries(words->symmetries)
                       : task->known             ? task->family->symmetries(&task->shape)
                                                 : 0;
    task->symmetries &= possible_symmetries(&task->shape);
    const char *rules = words->rules != NULL ? words->rules : task->known ? task->family->rules : "none";
    trm_status status = trmi_rules_parse(rules, &task->rules, error);
    return status == TRM_OK && words->sizes != NULL ? trmi_sizes_parse(words->sizes, &task->sizes, error)
                                                    : status;
}

trm_status trmi_task_parse(trmi_task *task, const trmi_task_words *words, trm_error *error)
{
    bool exact;
    memset(task, 0, sizeof *task);
    task->name = words->name != NULL ? words->name : "";
    task->family = trmi_family_of(task->name, words->shape.rows > 0, &exact);
    task->values_of_side = task->family->values_of_side;
    task->shape = words->shape;
    task->characters = words->alphabet;
    task->vocabulary = words->vocabulary;
    const bool boxes = words->shape.box_rows != 0 || words->shape.box_columns != 0;
    if (boxes && trmi_shape_check(&words->shape, error) != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_FORMAT, "metadata task.box_rows and task.box_columns");
    find_boxes(task);
    return read_words(task, words, exact, error);
}
