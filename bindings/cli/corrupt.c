#include "bindings/cli/corrupt.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"

const choice faults_of_questions[] = {
    { "clash", TRM_FAULT_CLASH },
    { "wrong", TRM_FAULT_WRONG },
    { "two-wrong", TRM_FAULT_TWO_WRONG },
    { "unsolvable", TRM_FAULT_UNSOLVABLE },
    { "several", TRM_FAULT_SEVERAL },
    { "solved", TRM_FAULT_SOLVED },
    { "one-blank", TRM_FAULT_ONE_BLANK },
    { "walled-in", TRM_FAULT_WALLED_IN },
    { "swapped", TRM_FAULT_SWAPPED },
    { "noise", TRM_FAULT_NOISE },
    { NULL, 0 },
};

static trm_task task_of(const session *s, const batch *b)
{
    trm_task task = TRM_TASK_INIT;
    task.name = s->info.task;
    task.grid_rows = b->shape.rows > 0 ? b->shape.rows : s->info.grid_rows;
    task.grid_columns = b->shape.rows > 0 ? b->shape.columns : s->info.grid_columns;
    return task;
}

bool corrupt_agrees(const session *s, uint32_t fault)
{
    const char *wanted = fault >= TRM_FAULT_WALLED_IN ? "path" : "sudoku";
    if (fault == 0 || (s->info.task != NULL && strcmp(s->info.task, wanted) == 0))
        return true;
    report_error("eval: --corrupt %s: expected a model of the task %s, found %s",
                 choice_name(faults_of_questions, fault), wanted,
                 s->info.task != NULL && *s->info.task != '\0' ? s->info.task : "none");
    return false;
}

static bool add_text(batch *b, const session *s, const char *text, size_t length, trm_error *error)
{
    const row_fields row = row_of_text(text, length);
    return batch_add(b, s, &row, error);
}

/* Faults are made in text, and of what all puzzles of the task are about. */
static bool is_text_alone(const row_fields *row)
{
    return row->question.tokens == NULL && row->answer == NULL && row->question.relation_count == 0;
}

int corrupt_last(batch *b, const session *s, const row_fields *row, uint32_t fault, uint64_t number)
{
    trm_error error = TRM_ERROR_INIT;
    uint32_t made = 0;
    const size_t length = row->length[TRM_CSV_QUESTION];
    const trm_task task = task_of(s, b);
    if (!is_text_alone(row)) {
        report_error(
            "line %llu: --corrupt: expected a question and an answer as text alone, found numbers or "
            "relations",
            (unsigned long long)row->line);
        return -1;
    }
    char *text = malloc(length + 1);
    if (text == NULL) {
        report_error("not enough memory");
        return -1;
    }
    memcpy(text, row->text[TRM_CSV_QUESTION], length);
    trm_status status = trm_spoil(&task, fault, number, row->text[TRM_CSV_ANSWER], text, &made, &error);
    b->count--;
    if (status == TRM_OK && made != 0 && !add_text(b, s, text, length, &error))
        status = TRM_ERROR_PUZZLE;
    free(text);
    if (status != TRM_OK)
        report_error("line %llu: %s", (unsigned long long)row->line, error.message);
    return status == TRM_OK ? (int)made : -1;
}

bool corrupt_keeps_answer(uint32_t fault)
{
    return fault == 0 || fault == TRM_FAULT_SOLVED || fault == TRM_FAULT_ONE_BLANK;
}
