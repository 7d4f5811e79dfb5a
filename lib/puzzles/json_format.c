/* An object in JSON on each line: json_row.h. */
#include "lib/puzzles/json_row.h"

#include <inttypes.h>
#include <stdio.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/list.h"

static bool knows_objects(const trm_csv *list)
{
    return list->length > 0 && list->line[0] == '{';
}

static trm_status begin(trm_csv *list, trm_error *error)
{
    trmi_json_row *row = trmi_allocate(&list->allocator, sizeof *row);
    if (row == NULL)
        return trmi_no_memory(error, "reading %.200s", list->name);
    trmi_json_row_begin(row, &list->allocator);
    list->own = row;
    return TRM_OK;
}

static trm_status next(trm_csv *list, bool *found, trm_error *error)
{
    trmi_json_row *row = list->own;
    trm_status status;
    do /* empty lines are nothing */
        status = trmi_list_line(list, found, error);
    while (status == TRM_OK && *found && list->length == 0);
    if (status != TRM_OK || !*found)
        return status;
    list->row_line = list->number;
    status = trmi_json_row_read(row, list->line, list->length, error);
    if (status != TRM_OK) {
        char place[256];
        snprintf(place, sizeof place, "%.200s: line %" PRIu64, list->name, list->number);
        return trmi_fail_within(error, status, place);
    }
    for (size_t i = 0; i < TRMI_JSON_TEXTS; i++)
        if (row->text[i].column > 0)
            list->field[i] = (trmi_list_field) { list->line + row->text[i].begin, row->text[i].length,
                                                 row->text[i].column };
    return TRM_OK;
}

static void end(trm_csv *list)
{
    if (list->own != NULL)
        trmi_json_row_end(list->own);
    trmi_release(&list->allocator, list->own);
}

static void question(const trm_csv *list, trm_questions *to, const int32_t **answer, uint32_t *features)
{
    const trmi_json_row *row = list->own;
    *to = row->question;
    *answer = row->answer;
    *features = row->each;
}

const trmi_list_format trmi_json_format = { "json", knows_objects, begin, next, end, question };
