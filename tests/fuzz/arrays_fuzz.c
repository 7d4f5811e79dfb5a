/* Any bytes as a folder of arrays of the published code: its questions, its answers, what stands beside
   them. */
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "tests/fuzz/folder.h"
#include "tests/fuzz/target.h"

static void read_rows(const char *folder, const trm_task *task)
{
    trm_error error = TRM_ERROR_INIT;
    trm_csv_options options = TRM_CSV_OPTIONS_INIT;
    trm_csv *csv = NULL;
    uint64_t line = 0;
    options.task = task;
    trm_status status = trm_csv_open(folder, &options, &csv, &error);
    do {
        if (status == TRM_OK)
            status = trm_csv_next(csv, &line, &error);
        for (uint32_t i = 0; i <= TRM_CSV_REGIONS && status == TRM_OK && line > 0; i++) {
            size_t length;
            const char *text = trm_csv_text(csv, i, &length, NULL);
            if (text == NULL || strlen(text) != length)
                abort();
        }
    } while (status == TRM_OK && line > 0);
    if (status != TRM_OK && error.message[0] == '\0')
        abort(); /* a failure without a sentence */
    trm_csv_close(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[FOLDER_FILES] = { "all__inputs.npy", "all__labels.npy", "dataset.json" };
    static const trm_task tasks[] = {
        { sizeof(trm_task), "sudoku", 0, 0, 0, 0, NULL, 0, 0, NULL },
        { sizeof(trm_task), "path", 0, 0, 0, 0, NULL, 0, 0, NULL },
        { sizeof(trm_task), "own", 0, 0, 0, 0, "abc", 0, 0, NULL },
    };
    const char *folder = folder_of(names, data, size);
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        read_rows(folder, &tasks[i]);
    return 0;
}
