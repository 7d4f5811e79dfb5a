/* Any bytes as the description of a task: read, and, where it is one, puzzles of it made up, and a model for
   them. */
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "tests/fuzz/target.h"

enum { MOST = 5000 }; /* more than a description may have */

/* Small ones: what takes long is no fault. */
static void make_up(trm_puzzles *puzzles)
{
    trm_error error = TRM_ERROR_INIT;
    trm_generate_options options = TRM_GENERATE_OPTIONS_INIT;
    trm_init_options model = TRM_INIT_OPTIONS_INIT;
    options.count = 2;
    options.least_size = 3;
    options.most_size = 4;
    if (trm_puzzles_generate(puzzles, &options, &error) != TRM_OK) {
        if (error.message[0] == '\0' || trm_puzzles_count(puzzles) > 0)
            abort();
        return;
    }
    void *bytes = NULL;
    size_t size;
    if (trm_puzzles_model(puzzles, &model, NULL) != TRM_OK)
        abort();
    model.channels = 4;
    model.channel_hidden = 8;
    if (trm_init_memory(&model, &bytes, &size, NULL) != TRM_OK)
        abort();
    trm_convert_free(bytes, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trm_error error = TRM_ERROR_INIT;
    trm_task task = TRM_TASK_INIT, said = TRM_TASK_INIT;
    trm_puzzles *puzzles = NULL;
    if (size >= MOST)
        return 0;
    char *text = malloc(size + 1);
    if (text == NULL)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    task.rules = text;
    if (trm_puzzles_create(&task, NULL, &puzzles, &error) == TRM_OK) {
        if (trm_puzzles_describe(puzzles, &said, NULL) != TRM_OK || strcmp(said.rules, text) != 0)
            abort();
        make_up(puzzles);
    } else if (error.message[0] == '\0' || puzzles != NULL) {
        abort();
    }
    trm_puzzles_free(puzzles);
    free(text);
    return 0;
}
