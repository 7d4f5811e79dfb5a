#include "bindings/cli/train_mix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/alphabet_option.h"
#include "bindings/cli/options.h"
#include "bindings/cli/report.h"

enum { PATH_BYTES = 4096 };

/* One of the list. */
typedef struct mixed {
    char path[PATH_BYTES];
    uint32_t rows, columns; /* 0: the task's own */
    double share;
} mixed;

static int fail_item(const char *item, size_t length)
{
    report_error("train: --mix: expected FILE[@ROWSxCOLUMNS][=SHARE] with commas between, a share above 0, "
                 "found '%.*s'",
                 (int)(length < 200 ? length : 200), item);
    return STATUS_USAGE;
}

/* What stands behind the last such character, which then ends the text; NULL where there is none. */
static char *cut(char *text, char at)
{
    char *found = strrchr(text, at);
    if (found != NULL)
        *found++ = '\0';
    return found;
}

static bool read_size(const char *text, mixed *to)
{
    char end;
    unsigned rows, columns;
    if (sscanf(text, "%ux%u%c", &rows, &columns, &end) != 2 || rows == 0 || columns == 0)
        return false;
    to->rows = rows;
    to->columns = columns;
    return true;
}

static int read_item(const char *item, size_t length, mixed *to)
{
    char *end = NULL;
    *to = (mixed) { .share = 1.0 };
    if (length == 0 || length >= PATH_BYTES)
        return fail_item(item, length);
    memcpy(to->path, item, length);
    const char *share = cut(to->path, '='), *size = cut(to->path, '@');
    if (share != NULL)
        to->share = strtod(share, &end);
    if ((share != NULL && (end == share || *end != '\0' || !(to->share > 0.0))) ||
        (size != NULL && !read_size(size, to)) || to->path[0] == '\0')
        return fail_item(item, length);
    return STATUS_OK;
}

static int load(train_mix *mix, const mixed *item, const train_settings *settings)
{
    trm_error error = TRM_ERROR_INIT;
    trm_task task = TRM_TASK_INIT;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    options.question = settings->question;
    options.answer = settings->answer;
    task.name = settings->task;
    task.grid_rows = item->rows;
    task.grid_columns = item->columns;
    if (settings->alphabet != NULL &&
        !alphabet_of("train", settings->alphabet, &task.alphabet, &task.alphabet_first))
        return STATUS_USAGE;
    trm_status status = trm_puzzles_create(&task, NULL, &mix->sets[mix->count], &error);
    if (status != TRM_OK)
        return report_failure("train: --mix", status, &error);
    mix->shares[mix->count] = item->share;
    trm_puzzles *set = mix->sets[mix->count++];
    return trm_puzzles_read_list(set, item->path, &options, 0, &error) == TRM_OK
               ? STATUS_OK
               : report_error("%s", error.message);
}

int train_mix_load(train_mix *mix, const train_settings *settings)
{
    const char *list = settings->mix;
    int status = STATUS_OK;
    mixed item;
    *mix = (train_mix) { .count = 0 };
    while (list != NULL && status == STATUS_OK) {
        const size_t length = strcspn(list, ",");
        if (mix->count == MOST_MIXED) {
            report_error("train: --mix: expected at most %d sets", MOST_MIXED);
            return STATUS_USAGE;
        }
        status = read_item(list, length, &item);
        if (status == STATUS_OK)
            status = was_interrupted() ? STATUS_INTERRUPTED : load(mix, &item, settings);
        list = list[length] == ',' ? list + length + 1 : NULL;
    }
    return status;
}

void train_mix_free(train_mix *mix)
{
    for (size_t i = 0; i < mix->count; i++)
        trm_puzzles_free(mix->sets[i]);
    mix->count = 0;
}

int train_mix_add(const train_mix *mix, trm_trainer *trainer)
{
    trm_error error = TRM_ERROR_INIT;
    for (size_t i = 0; i < mix->count; i++) {
        const trm_status status = trm_trainer_add(trainer, mix->sets[i], mix->shares[i], &error);
        if (status != TRM_OK)
            return report_failure("train: --mix", status, &error);
    }
    return STATUS_OK;
}
