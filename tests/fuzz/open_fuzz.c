/* Any bytes as a .trm file: opened, described, and solved with when that is cheap. The input's last byte
 * chooses how it is opened. */
#include <stdlib.h>
#include <string.h>

#include <trm/trm.h>

#include "tests/fuzz/target.h"

enum { CHEAP_OPERATIONS = 20000000 };

static void look_at_everything(const trm_model *model, const trm_model_info *info)
{
    for (uint32_t i = 0; i <= info->metadata_count; i++) {
        trm_metadata metadata = TRM_METADATA_INIT;
        if (trm_model_metadata(model, i, &metadata, NULL) == TRM_OK && metadata.bytes != NULL &&
            metadata.bytes[metadata.length] != 0)
            abort();
    }
    for (uint32_t i = 0; i <= info->tensor_count; i++) {
        trm_tensor_info tensor = TRM_TENSOR_INFO_INIT;
        if (trm_model_tensor(model, i, &tensor, NULL) == TRM_OK && strlen(tensor.name) == 0)
            abort();
    }
}

static void solve_zeros(const trm_model *model, const trm_model_info *info)
{
    trm_questions questions = TRM_QUESTIONS_INIT;
    trm_answers answers = TRM_ANSWERS_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    int32_t *tokens = calloc(info->positions, sizeof *tokens);
    if (tokens == NULL)
        return;
    questions.count = 1;
    questions.tokens = answers.tokens = tokens;
    options.maximum_steps = 1;
    if (trm_solve(model, &questions, &answers, &options, NULL) == TRM_OK)
        for (uint32_t i = 0; i < info->positions; i++)
            if (tokens[i] < 0 || (uint32_t)tokens[i] >= info->vocabulary)
                abort();
    free(tokens);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trm_error error = TRM_ERROR_INIT;
    trm_open_options options = TRM_OPEN_OPTIONS_INIT;
    trm_model *model = NULL;
    void *exact = malloc(size > 0 ? size : 1); /* so that a read beyond it is seen */
    if (exact == NULL)
        return 0;
    if (size > 0) {
        memcpy(exact, data, size);
        options.flags = (data[size - 1] & 1 ? TRM_OPEN_READ : 0) | (data[size - 1] & 2 ? TRM_OPEN_INT8 : 0);
    }
    if (trm_model_open_memory(exact, size, &options, &model, &error) == TRM_OK) {
        trm_model_info info = TRM_MODEL_INFO_INIT;
        if (trm_model_describe(model, &info, &error) != TRM_OK)
            abort();
        look_at_everything(model, &info);
        if (info.step_operations < CHEAP_OPERATIONS)
            solve_zeros(model, &info);
        trm_model_close(model);
    } else if (error.message[0] == 0 || model != NULL) {
        abort(); /* a failure without a sentence, or with an object */
    }
    free(exact);
    return 0;
}
