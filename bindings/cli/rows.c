#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/rows.h"

#include <string.h>
#include <unistd.h>

#include "bindings/cli/model_task.h"
#include "bindings/cli/report.h"

static bool is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *rows_name(const char *path)
{
    return is_standard_input(path) ? "standard input" : path;
}

/* The model's puzzles, and their size where all have the same. */
static trm_status read_task(model_task *task, const rows_wanted *wanted, trm_error *error)
{
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_status status = model_task_read(task, wanted->model, error);
    if (status == TRM_OK)
        status = trm_model_describe(wanted->model, &info, error);
    if (wanted->grid.rows > 0) {
        task->task.grid_rows = wanted->grid.rows;
        task->task.grid_columns = wanted->grid.columns;
    } else if (info.most_rows > info.least_rows || info.most_columns > info.least_columns) {
        task->task.grid_rows = task->task.grid_columns = 0;
    }
    return status;
}

/* The options' texts are in *task. */
static trm_status options_of(trm_csv_options *options, model_task *task, const rows_wanted *wanted,
                             trm_error *error)
{
    const trm_csv_options defaults = TRM_CSV_OPTIONS_INIT;
    const trm_status status = read_task(task, wanted, error);
    *options = defaults;
    options->flags = wanted->flags;
    options->task = task->alphabet[0] != '\0' ? &task->task : NULL;
    options->question = wanted->question;
    options->answer = wanted->answer;
    return status;
}

/* The library names options as C does; here they have dashes. */
static void tell(const char *sentence)
{
    static const char *const names[][2] = { { "question=NAME", "--question NAME" },
                                            { "answer=NAME", "--answer NAME" } };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = strstr(sentence, names[i][0]);
        if (at == NULL)
            continue;
        report_error("%.*s%s%s", (int)(at - sentence), sentence, names[i][1], at + strlen(names[i][0]));
        return;
    }
    report_error("%s", sentence);
}

bool rows_open(trm_csv **rows, const char *path, const rows_wanted *wanted)
{
    trm_error error = TRM_ERROR_INIT;
    trm_csv_options options;
    model_task task;
    trm_status status = options_of(&options, &task, wanted, &error);
    if (status == TRM_OK)
        status = is_standard_input(path)
                     ? trm_csv_open_descriptor(STDIN_FILENO, rows_name(path), &options, rows, &error)
                     : trm_csv_open(path, &options, rows, &error);
    if (status != TRM_OK && !was_interrupted())
        tell(error.message);
    return status == TRM_OK;
}

trm_status rows_open_memory(trm_csv **rows, const char *bytes, size_t size, const char *name,
                            const rows_wanted *wanted, trm_error *error)
{
    trm_csv_options options;
    model_task task;
    const trm_status status = options_of(&options, &task, wanted, error);
    return status == TRM_OK ? trm_csv_open_memory(bytes, size, name, &options, rows, error) : status;
}

trm_status rows_read(trm_csv *rows, row_fields *row, trm_error *error)
{
    const trm_questions none = TRM_QUESTIONS_INIT;
    const trm_status status = trm_csv_next(rows, &row->line, error);
    if (status != TRM_OK)
        return status;
    for (uint32_t i = 0; i < ROW_FIELDS; i++)
        row->text[i] = trm_csv_text(rows, i, &row->length[i], &row->column[i]);
    row->question = none;
    return row->line > 0 ? trm_csv_question(rows, &row->question, &row->answer, &row->features, error)
                         : TRM_OK;
}

int rows_next(trm_csv *rows, row_fields *row)
{
    trm_error error = TRM_ERROR_INIT;
    if (rows_read(rows, row, &error) == TRM_OK)
        return row->line > 0;
    if (was_interrupted()) /* the signal ended the read */
        return 0;
    report_error("%s", error.message);
    return -1;
}

row_fields row_of_text(const char *text, size_t length)
{
    row_fields row = { .question = TRM_QUESTIONS_INIT };
    for (uint32_t i = 0; i < ROW_FIELDS; i++)
        row.text[i] = "";
    row.text[TRM_CSV_QUESTION] = text;
    row.length[TRM_CSV_QUESTION] = length;
    row.column[TRM_CSV_QUESTION] = 1;
    return row;
}

size_t row_cells(const row_fields *row)
{
    const trm_shape *s = row->question.shapes;
    if (row->question.tokens == NULL)
        return row->length[TRM_CSV_QUESTION];
    return s->rows > 0 ? (size_t)s->rows * s->columns : s->positions;
}

size_t rows_zero_byte(const row_fields *row)
{
    for (size_t i = 0; i < sizeof row->text / sizeof *row->text; i++) {
        const char *zero = memchr(row->text[i], '\0', row->length[i]);
        if (zero != NULL)
            return row->column[i] + (size_t)(zero - row->text[i]);
    }
    return 0;
}
