/* Any bytes as a checkpoint (safetensors, or .trm): converted; what comes out must open. */
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trm_error error = TRM_ERROR_INIT;
    trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
    trm_model *model = NULL;
    void *exact = malloc(size > 0 ? size : 1), *output = NULL; /* so that a read beyond it is seen */
    size_t bytes = 0;
    if (exact == NULL)
        return 0;
    if (size > 0) {
        memcpy(exact, data, size);
        options.format = data[size - 1] & 1 ? TRM_FORMAT_SAFETENSORS : TRM_FORMAT_TRM;
        options.precision = data[size - 1] & 1 ? 0u : (data[size - 1] >> 1) % 3u;
    }
    if (trm_convert_memory(exact, size, &options, &output, &bytes, &error) == TRM_OK) {
        if (options.format == TRM_FORMAT_TRM &&
            trm_model_open_memory(output, bytes, NULL, &model, &error) != TRM_OK)
            abort();
        trm_model_close(model);
        trm_convert_free(output, NULL);
    } else if (error.message[0] == 0) {
        abort(); /* a failure without a sentence */
    }
    free(exact);
    return 0;
}
