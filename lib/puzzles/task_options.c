/* Sudokus, jigsaws and paths have the tokens of the published data; any other task has the alphabet that it
 * is given. What that means for rules and symmetries is worked out by lib/task. */
#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/puzzles/task_options.h"

/* -- reading a description -- */

static trm_status read_name(trmi_task_text *text, const char *name, trm_error *error)
{
    const size_t length = name != NULL ? strlen(name) : 0;
    if (length == 0 || length >= TRMI_TASK_NAME_BYTES)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: name must be \"sudoku\", \"path\" or another word of up to %d bytes",
                         TRMI_TASK_NAME_BYTES - 1);
    memcpy(text->name, name, length + 1);
    return TRM_OK;
}

static trm_status read_boxes(trmi_shape *shape, const trm_task *given, trm_error *error)
{
    const bool boxes = given->box_rows != 0 || given->box_columns != 0;
    const uint32_t most = TRMI_SUDOKU_SIDE;
    shape->box_rows = given->box_rows;
    shape->box_columns = given->box_columns;
    if (!boxes && (given->grid_rows > most ||
                   !trmi_default_boxes(given->grid_rows, &shape->box_rows, &shape->box_columns)))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_task: a Sudoku needs boxes, such as 3 x 3, or a grid that has some, up to %" PRIu32
            " x %" PRIu32 "; found a grid of %" PRIu32 " x %" PRIu32,
            most, most, given->grid_rows, given->grid_columns);
    if (shape->box_rows == 0 || shape->box_rows > most || shape->box_columns == 0 ||
        shape->box_columns > most / shape->box_rows)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: the boxes of a Sudoku must have 1 to %" PRIu32 " cells, found %" PRIu32
                         " x %" PRIu32,
                         most, shape->box_rows, shape->box_columns);
    shape->rows = shape->columns = shape->box_rows * shape->box_columns;
    if ((given->grid_rows != 0 || given->grid_columns != 0) &&
        (given->grid_rows != shape->rows || given->grid_columns != shape->columns))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: boxes of %" PRIu32 " x %" PRIu32 " make a grid of %" PRIu32 " x %" PRIu32
                         ", found %" PRIu32 " x %" PRIu32,
                         shape->box_rows, shape->box_columns, shape->rows, shape->columns, given->grid_rows,
                         given->grid_columns);
    return TRM_OK;
}

static trm_status read_grid(trmi_shape *shape, const trmi_family *family, const trm_task *given,
                            trm_error *error)
{
    const bool known = family->names != NULL;
    const uint32_t most = family->side > 0 ? family->side : TRMI_TASK_CELLS;
    if (given->box_rows != 0 || given->box_columns != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: only a Sudoku has boxes, found %" PRIu32 " x %" PRIu32 " for %s",
                         given->box_rows, given->box_columns, given->name);
    if (given->grid_rows == 0 && given->grid_columns == 0 && !known)
        return TRM_OK; /* each puzzle has a shape of its own */
    if (given->grid_rows == 0 || given->grid_columns == 0 || given->grid_rows > most ||
        given->grid_columns > most || given->grid_rows > TRMI_TASK_CELLS / given->grid_columns)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: the grid of %s must have 1 to %" PRIu32
                         " rows and columns and at most %d cells, "
                         "found %" PRIu32 " x %" PRIu32,
                         given->name, most, TRMI_TASK_CELLS, given->grid_rows, given->grid_columns);
    if (family->values_of_side && given->grid_rows != given->grid_columns)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: the grid of %s must have as many rows as columns, found %" PRIu32
                         " x %" PRIu32,
                         given->name, given->grid_rows, given->grid_columns);
    shape->rows = given->grid_rows;
    shape->columns = given->grid_columns;
    return TRM_OK;
}

/* `length` characters are those of the tokens from `first` on. */
static trm_status set_characters(trmi_task_text *text, const char *characters, size_t length, uint32_t first,
                                 trm_error *error)
{
    if (length == 0 || first >= TRMI_TASK_VOCABULARY || length > TRMI_TASK_VOCABULARY - first)
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_task: the alphabet of %s must have at least one character, and its last token be at "
            "most %d; found %zu characters from token %" PRIu32 " on",
            text->name, TRMI_TASK_VOCABULARY - 1, length, first);
    for (size_t i = 0; i < length; i++) {
        const uint8_t character = (uint8_t)characters[i];
        if (memchr(characters + i + 1, character, length - i - 1) != NULL)
            return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_task: the alphabet has byte 0x%02x twice",
                             (unsigned)character);
        if (character == ',' || character == '\n' || character == '\r')
            return trmi_fail(error, TRM_ERROR_ARGUMENT,
                             "trm_task: the alphabet has byte 0x%02x, which a CSV file cannot hold",
                             (unsigned)character);
    }
    memset(text->characters, 0, sizeof text->characters);
    memcpy(text->characters + first, characters, length);
    return TRM_OK;
}

/* Of a family with an alphabet of its own, that one. */
static trm_status read_alphabet(trmi_task_text *text, const trmi_family *family, const trm_task *given,
                                uint32_t rows, uint32_t *vocabulary, trm_error *error)
{
    const char *characters = given->alphabet;
    size_t length = characters != NULL ? strlen(characters) : 0;
    uint32_t first = given->alphabet_first;
    if (family != NULL && family->alphabet != NULL) {
        const size_t own = family->values_of_side ? 1 + rows : strlen(family->alphabet);
        if (characters != NULL &&
            (length != own || memcmp(characters, family->alphabet, length) != 0 || first != 1))
            return trmi_fail(
                error, TRM_ERROR_ARGUMENT,
                "trm_task: the alphabet of %s is '%.*s' from token 1 on; expected that one or none",
                text->name, (int)own, family->alphabet);
        characters = family->alphabet;
        length = own;
        first = 1;
    }
    *vocabulary = first + (uint32_t)length;
    return set_characters(text, characters, length, first, error);
}

bool trmi_task_is(const trmi_task *task, uint32_t kind)
{
    return task->family->kind == kind && strcmp(task->name, task->family->names[0]) == 0;
}

/* Sudokus, jigsaws and paths; of any other task the caller says what it is. */
static const trmi_family *known_family(const char *name)
{
    static const uint32_t known[] = { TRMI_SUDOKU, TRMI_JIGSAW, TRMI_PATH };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, trmi_family_at(known[i])->names[0]) == 0)
            return trmi_family_at(known[i]);
    return NULL;
}

static trm_status read_known(trmi_task *task, trmi_task_text *text, const trm_task *given, trm_error *error)
{
    const trmi_family none = { 0 }, *family = known_family(text->name);
    trmi_task_words words = { .name = text->name,
                              .alphabet = text->characters,
                              .shape = { .fields = 1 },
                              .blank = TRMI_UNSAID,
                              .keeps_givens = TRMI_UNSAID };
    trm_status status = family != NULL && family->has_boxes
                            ? read_boxes(&words.shape, given, error)
                            : read_grid(&words.shape, family != NULL ? family : &none, given, error);
    if (status == TRM_OK)
        status = read_alphabet(text, family, given, words.shape.rows, &words.vocabulary, error);
    words.shape.positions = words.shape.rows * words.shape.columns;
    if (status == TRM_OK && trmi_task_parse(task, &words, error) != TRM_OK)
        status = trmi_fail_within(error, TRM_ERROR_ARGUMENT, "trm_task");
    return status;
}

/* -- described tasks -- */

static bool is_or_none(const char *given, const char *own)
{
    return given == NULL || strcmp(given, own) == 0;
}

static trm_status read_description(trmi_task_text *text, const trm_task *given, trm_error *error)
{
    const trmi_description *d = &text->description;
    if (trmi_description_read(&text->description, given->rules, error) != TRM_OK)
        return trmi_fail_within(error, TRM_ERROR_FORMAT, "rules");
    if (!is_or_none(given->name, d->name) || !is_or_none(given->alphabet, d->characters) ||
        given->alphabet_first != 0 || given->grid_rows != 0 || given->grid_columns != 0 ||
        given->box_rows != 0 || given->box_columns != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_task: the rules of %s say its name, its alphabet '%s' from token 0 on and its "
                         "shape; expected these or none beside them",
                         d->name, d->characters);
    memcpy(text->rules, given->rules, strlen(given->rules) + 1);
    memcpy(text->name, d->name, strlen(d->name) + 1);
    memcpy(text->characters, d->characters, strlen(d->characters) + 1);
    return TRM_OK;
}

static trm_status read_described(trmi_task *task, trmi_task_text *text, const trm_task *given,
                                 trm_error *error)
{
    trmi_rules rules;
    TRMI_TRY(read_description(text, given, error));
    trmi_description_rules(&text->description, &rules);
    trmi_rules_print(&rules, text->judged);
    const uint32_t values = trmi_description_values(&text->description);
    const trmi_task_words words = { .name = text->name,
                                    .alphabet = text->characters,
                                    .vocabulary = trmi_description_vocabulary(&text->description),
                                    .shape = { .fields = values },
                                    .first_value = 1,
                                    .blank = 0,
                                    .keeps_givens = 1,
                                    .rules = text->judged };
    return trmi_task_parse(task, &words, error);
}

trm_status trmi_task_read(trmi_task *task, trmi_task_text *text, const trm_task *given, trm_error *error)
{
    trm_task known = TRM_TASK_INIT;
    if (given == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "expected a trm_task, found NULL");
    trm_status status =
        trmi_read_struct(&known, sizeof known, given, offsetof(trm_task, grid_rows), "trm_task", error);
    if (status == TRM_OK && known.features > TRMI_TASK_FEATURES)
        status =
            trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_task: expected at most %d features, found %" PRIu32,
                      TRMI_TASK_FEATURES, known.features);
    text->features = known.features;
    text->rules[0] = '\0';
    if (status == TRM_OK && known.rules != NULL)
        return read_described(task, text, &known, error);
    if (status == TRM_OK)
        status = read_name(text, known.name, error);
    return status == TRM_OK ? read_known(task, text, &known, error) : status;
}

/* -- text and tokens -- */

static trm_status fail_character(const trmi_task *task, uint8_t character, trm_error *error)
{
    char known[TRMI_TASK_VOCABULARY + 1] = { 0 };
    size_t count = 0;
    for (uint32_t token = 0; token < task->vocabulary; token++)
        if (task->characters[token] != 0)
            known[count++] = task->characters[token];
    if (character < 0x20 || character > 0x7e)
        return trmi_fail(error, TRM_ERROR_PUZZLE, "expected one of '%.80s', found byte 0x%02x", known,
                         (unsigned)character);
    return trmi_fail(error, TRM_ERROR_PUZZLE, "expected one of '%.80s', found '%c'", known, character);
}

trm_status trmi_task_encode(const trmi_task *task, const char *text, size_t length, uint8_t *tokens,
                            size_t *offset, trm_error *error)
{
    *offset = 0;
    if (task->shape.positions != 0 && length != task->shape.positions)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "expected %" PRIu32 " characters, a grid of %" PRIu32 " x %" PRIu32 ", found %zu",
                         task->shape.positions, task->shape.rows, task->shape.columns, length);
    for (size_t i = 0; i < length; i++) {
        const int32_t token = task->token[(uint8_t)text[i]];
        if (token < 0) {
            *offset = i;
            return fail_character(task, (uint8_t)text[i], error);
        }
        tokens[i] = (uint8_t)token;
    }
    return TRM_OK;
}

int32_t trmi_task_token(const trmi_task *task, int32_t number)
{
    const bool values = task->values > 0 && task->blank != TRMI_NO_TOKEN;
    if (number < 0 || (uint32_t)number > (values ? task->values : task->vocabulary - 1))
        return -1;
    if (values)
        return number == 0 ? task->blank : (int32_t)task->first_value + number - 1;
    return task->characters[number] != 0 ? number : -1;
}

void trmi_task_decode(const trmi_task *task, const uint8_t *tokens, uint32_t count, char *text)
{
    for (uint32_t i = 0; i < count; i++) {
        const char character = task->characters[tokens[i]];
        text[i] = character != 0 ? character : '?';
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
                         task->characters[question], task->characters[answer]);
    if ((used >> answer & 1) != 0)
        return trmi_fail(error, TRM_ERROR_PUZZLE,
                         "the answer has %c a second time in a row, a column or a box of %" PRIu32
                         " x %" PRIu32,
                         task->characters[answer], task->shape.box_rows, task->shape.box_columns);
    return TRM_OK;
}

static trm_status agree_sudoku(const trmi_task *task, const uint8_t *question, const uint8_t *answer,
                               size_t *offset, trm_error *error)
{
    uint32_t rows[TRMI_SUDOKU_SIDE] = { 0 }, columns[TRMI_SUDOKU_SIDE] = { 0 },
             boxes[TRMI_SUDOKU_SIDE] = { 0 };
    for (uint32_t i = 0; i < task->shape.positions; i++) {
        const uint32_t row = i / task->shape.columns, column = i % task->shape.columns;
        uint32_t *box =
            &boxes[row / task->shape.box_rows * task->shape.box_rows + column / task->shape.box_columns];
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
    for (uint32_t i = 0; i < task->shape.positions; i++) {
        const bool same = question[i] == answer[i] && question[i] != TRMI_PATH_STEP;
        if (same || (question[i] == TRMI_PATH_FREE && answer[i] == TRMI_PATH_STEP))
            continue;
        *offset = i;
        if (question[i] == TRMI_PATH_STEP)
            return trmi_fail(error, TRM_ERROR_PUZZLE, "expected a question without a path, found '%c'",
                             task->characters[question[i]]);
        return trmi_fail(error, TRM_ERROR_PUZZLE, "the question has '%c' here, the answer '%c'",
                         task->characters[question[i]], task->characters[answer[i]]);
    }
    return TRM_OK;
}

trm_status trmi_task_agree(const trmi_task *task, const uint8_t *question, const uint8_t *answer,
                           size_t *offset, trm_error *error)
{
    *offset = 0;
    if (trmi_task_is(task, TRMI_SUDOKU))
        return agree_sudoku(task, question, answer, offset, error);
    if (trmi_task_is(task, TRMI_PATH))
        return agree_path(task, question, answer, offset, error);
    return TRM_OK;
}
