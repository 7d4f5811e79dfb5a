#include "bindings/cli/model_task.h"

#include <stdio.h>
#include <string.h>

/* Tokens without a character come first, if there are some. */
static void read_alphabet(model_task *to, const trm_metadata *entry)
{
    for (uint32_t c = 0, used = 0; c < entry->length && used < sizeof to->alphabet - 1; c++)
        if (entry->bytes[c] != '\0')
            to->alphabet[used++] = entry->bytes[c];
        else
            to->task.alphabet_first = used == 0 ? c + 1 : to->task.alphabet_first;
}

trm_status model_task_read(model_task *to, const trm_model *model, trm_error *error)
{
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_metadata entry = TRM_METADATA_INIT;
    const trm_task none = TRM_TASK_INIT;
    *to = (model_task) { .task = none };
    trm_status status = trm_model_describe(model, &info, error);
    for (uint32_t i = 0; i < info.metadata_count && status == TRM_OK; i++) {
        status = trm_model_metadata(model, i, &entry, error);
        if (status == TRM_OK && strcmp(entry.key, "task.alphabet") == 0 && entry.length < sizeof to->alphabet)
            read_alphabet(to, &entry);
    }
    if (status == TRM_OK)
        snprintf(to->name, sizeof to->name, "%s", info.task);
    to->task.name = to->name;
    to->task.alphabet = to->alphabet;
    to->task.grid_rows = info.grid_rows > 0 ? info.grid_rows : 1;
    to->task.grid_columns = info.grid_rows > 0 ? info.grid_columns : info.positions;
    return status;
}
