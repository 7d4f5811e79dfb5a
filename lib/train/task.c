/* Two tasks are known by name and have the tokens of the published data; any other has the alphabet that it
 * is given. Rules are checked once, when a puzzle comes in. */
#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/train/task.h"

static const char sudoku_alphabet[] = ".123456789ABCDEFG", path_alphabet[] = "# SGo";

/* -- reading a description -- */

static trm_status read_name(trmi_task *task, const char *name, trm_error *error)
{
    const size_t length = name != NULL ? strlen(name) : 0;
    if (length == 0 || length >= TRMI_TASK_NAME_BYTES)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: name must be \"sudoku\", \"path\" or another word of up to %d bytes",
                         TRMI_TASK_NAME_BYTES - 1);
    memcpy(task->name, name, length + 1);
    task->kind = strcmp(name, "sudoku") == 0 ? TRMI_TASK_SUDOKU
                 : strcmp(name, "path") == 0 ? TRMI_TASK_PATH
                                             : TRMI_TASK_OTHER;
    return TRM_OK;
}

/* The flattest boxes of `digits` cells that are not rows; false for a prime number of digits. */
static bool default_boxes(trmi_task *task, uint32_t digits)
{
    uint32_t rows = 0;
    for (uint32_t r = 2; r * r <= digits; r++)
        if (digits % r == 0)
            rows = r;
    task->box_rows = rows;
    task->box_columns = rows > 0 ? digits / rows : 0;
    return rows > 0;
}

static trm_status read_sudoku(trmi_task *task, const trm_task *given, trm_error *error)
{
    const bool boxes = given->box_rows != 0 || given->box_columns != 0;
    const uint32_t most = TRMI_TASK_SUDOKU_DIGITS;
    task->box_rows = given->box_rows;
    task->box_columns = given->box_columns;
    if (!boxes && (given->grid_rows > most || !default_boxes(task, given->grid_rows)))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_task: a Sudoku needs boxes, such as 3 x 3, or a grid that has some, up to %" PRIu32
            " x %" PRIu32 "; found a grid of %" PRIu32 " x %" PRIu32,
            most, most, given->grid_rows, given->grid_columns);
    if (task->box_rows == 0 || task->box_rows > most || task->box_columns == 0 ||
        task->box_columns > most / task->box_rows)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: the boxes of a Sudoku must have 1 to %" PRIu32 " cells, found %" PRIu32
                         " x %" PRIu32,
                         most, task->box_rows, task->box_columns);
    task->rows = task->columns = task->box_rows * task->box_columns;
    if ((given->grid_rows != 0 || given->grid_columns != 0) &&
        (given->grid_rows != task->rows || given->grid_columns != task->columns))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: boxes of %" PRIu32 " x %" PRIu32 " make a grid of %" PRIu32 " x %" PRIu32
                         ", found %" PRIu32 " x %" PRIu32,
                         task->box_rows, task->box_columns, task->rows, task->columns, given->grid_rows,
                         given->grid_columns);
    return TRM_OK;
}

static trm_status read_grid(trmi_task *task, const trm_task *given, trm_error *error)
{
    const bool path = task->kind == TRMI_TASK_PATH;
    const uint32_t most = path ? TRMI_TASK_PATH_SIDE : TRMI_TASK_CELLS;
    if (given->box_rows != 0 || given->box_columns != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: only a Sudoku has boxes, found %" PRIu32 " x %" PRIu32 " for %s",
                         given->box_rows, given->box_columns, task->name);
    if (given->grid_rows == 0 || given->grid_columns == 0 || given->grid_rows > most ||
        given->grid_columns > most || given->grid_rows > TRMI_TASK_CELLS / given->grid_columns)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: the grid of %s must have 1 to %" PRIu32
                         " rows and columns and at most %d cells, "
                         "found %" PRIu32 " x %" PRIu32,
                         task->name, most, TRMI_TASK_CELLS, given->grid_rows, given->grid_columns);
    task->rows = given->grid_rows;
    task->columns = given->grid_columns;
    return TRM_OK;
}

/* `length` characters are those of the tokens from `first` on. */
static trm_status set_characters(trmi_task *task, const char *characters, size_t length, uint32_t first,
                                 trm_error *error)
{
    memset(task->token, -1, sizeof task->token);
    if (length == 0 || first >= TRMI_TASK_VOCABULARY || length > TRMI_TASK_VOCABULARY - first)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_task: the alphabet of %s must have at least one character, and its last token be at "
            "most %d; found %zu characters from token %" PRIu32 " on",
            task->name, TRMI_TASK_VOCABULARY - 1, length, first);
    for (size_t i = 0; i < length; i++) {
        const uint8_t character = (uint8_t)characters[i];
        if (task->token[character] >= 0)
            return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_task: the alphabet has byte 0x%02x twice",
                             (unsigned)character);
        if (character == ',' || character == '\n' || character == '\r')
            return trmi_fail(error, TRM_ERROR_ARGUMENT,
                             "trm_task: the alphabet has byte 0x%02x, which a CSV file cannot hold",
                             (unsigned)character);
        task->token[character] = (int16_t)(first + i);
        task->character[first + i] = character;
    }
    task->vocabulary = first + (uint32_t)length;
    return TRM_OK;
}

static trm_status read_alphabet(trmi_task *task, const trm_task *given, trm_error *error)
{
    const size_t length = given->alphabet != NULL ? strlen(given->alphabet) : 0;
    if (task->kind == TRMI_TASK_OTHER)
        return set_characters(task, given->alphabet, length, given->alphabet_first, error);
    const char *own = task->kind == TRMI_TASK_SUDOKU ? sudoku_alphabet : path_alphabet;
    const size_t own_length = task->kind == TRMI_TASK_SUDOKU ? 1 + task->rows : strlen(path_alphabet);
    if (given->alphabet != NULL &&
        (length != own_length || memcmp(given->alphabet, own, length) != 0 || given->alphabet_first != 1))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: the alphabet of %s is '%.*s' from token 1 on; expected that one or none",
                         task->name, (int)own_length, own);
    return set_characters(task, own, own_length, 1, error);
}

trm_status trmi_task_read(trmi_task *task, const trm_task *given, trm_error *error)
{
    trm_task known = TRM_TASK_INIT;
    *task = (trmi_task) { 0 };
    if (given == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected a trm_task, found NULL");
    trm_status status =
        trmi_read_struct(&known, sizeof known, given, offsetof(trm_task, grid_rows), "trm_task", error);
    if (status == TRM_OK && known.reserved != 0)
        status = trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_task: reserved must be 0");
    if (status == TRM_OK)
        status = read_name(task, known.name, error);
    if (status == TRM_OK)
        status = task->kind == TRMI_TASK_SUDOKU ? read_sudoku(task, &known, error)
                                                : read_grid(task, &known, error);
    if (status == TRM_OK)
        status = read_alphabet(task, &known, error);
    task->cells = task->rows * task->columns;
    return status;
}

/* -- text and tokens -- */

static trm_status fail_character(const trmi_task *task, uint8_t character, trm_error *error)
{
    char known[TRMI_TASK_VOCABULARY + 1] = { 0 };
    size_t count = 0;
    for (uint32_t token = 0; token < task->vocabulary; token++)
        if (task->character[token] != 0)
            known[count++] = (char)task->character[token];
    if (character < 0x20 || character > 0x7e)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected one of '%.80s', found byte 0x%02x", known,
                         (unsigned)character);
    return trmi_fail(error, TRM_ERROR_PUZZLE, "expected one of '%.80s', found '%c'", known, character);
}

trm_status trmi_task_encode(const trmi_task *task, const char *text, size_t length, uint8_t *tokens,
                            size_t *offset, trm_error *error)
{
    *offset = 0;
    if (length != task->cells)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "expected %" PRIu32 " characters, a grid of %" PRIu32 " x %" PRIu32 ", found %zu",
                         task->cells, task->rows, task->columns, length);
    for (size_t i = 0; i < length; i++) {
        const int16_t token = task->token[(uint8_t)text[i]];
        if (token < 0) {
            *offset = i;
            return fail_character(task, (uint8_t)text[i], error);
        }
        tokens[i] = (uint8_t)token;
    }
    return TRM_OK;
}

void trmi_task_decode(const trmi_task *task, const uint8_t *tokens, char *text)
{
    for (uint32_t i = 0; i < task->cells; i++) {
        const uint8_t character = task->character[tokens[i]];
        text[i] = (char)(character != 0 ? character : '?');
    }
}

/* -- rules -- */

static trm_status check_digit(const trmi_task *task, uint8_t question, uint8_t answer, uint32_t used,
                              trm_error *error)
{
    if (answer == TRMI_SUDOKU_BLANK)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "expected a digit in every cell of the answer, found a blank");
    if (question != TRMI_SUDOKU_BLANK && question != answer)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "the question gives %c here, the answer has %c",
                         task->character[question], task->character[answer]);
    if ((used >> answer & 1) != 0)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "the answer has %c a second time in a row, a column or a box of %" PRIu32
                         " x %" PRIu32,
                         task->character[answer], task->box_rows, task->box_columns);
    return TRM_OK;
}

static trm_status agree_sudoku(const trmi_task *task, const uint8_t *question, const uint8_t *answer,
                               size_t *offset, trm_error *error)
{
    uint32_t rows[TRMI_TASK_SUDOKU_DIGITS] = { 0 }, columns[TRMI_TASK_SUDOKU_DIGITS] = { 0 },
             boxes[TRMI_TASK_SUDOKU_DIGITS] = { 0 };
    for (uint32_t i = 0; i < task->cells; i++) {
        const uint32_t row = i / task->columns, column = i % task->columns;
        uint32_t *box = &boxes[row / task->box_rows * task->box_rows + column / task->box_columns];
        const trm_status status =
            check_digit(task, question[i], answer[i], rows[row] | columns[column] | *box, error);
        if (status != TRM_OK) {
            *offset = i;
            return status;
        }
        const uint32_t digit = (uint32_t)1 << answer[i];
        rows[row] |= digit;
        columns[column] |= digit;
        *box |= digit;
    }
    return TRM_OK;
}

static trm_status agree_path(const trmi_task *task, const uint8_t *question, const uint8_t *answer,
                             size_t *offset, trm_error *error)
{
    for (uint32_t i = 0; i < task->cells; i++) {
        const bool same = question[i] == answer[i] && question[i] != TRMI_PATH_STEP;
        if (same || (question[i] == TRMI_PATH_FREE && answer[i] == TRMI_PATH_STEP))
            continue;
        *offset = i;
        if (question[i] == TRMI_PATH_STEP)
            return trmi_fail(error, TRM_ERROR_PUZZLE, "expected a question without a path, found '%c'",
                             task->character[question[i]]);
        return trmi_fail(error, TRM_ERROR_PUZZLE, "the question has '%c' here, the answer '%c'",
                         task->character[question[i]], task->character[answer[i]]);
    }
    return TRM_OK;
}

trm_status trmi_task_agree(const trmi_task *task, const uint8_t *question, const uint8_t *answer,
                           size_t *offset, trm_error *error)
{
    *offset = 0;
    if (task->kind == TRMI_TASK_SUDOKU)
        return agree_sudoku(task, question, answer, offset, error);
    if (task->kind == TRMI_TASK_PATH)
        return agree_path(task, question, answer, offset, error);
    return TRM_OK;
}
