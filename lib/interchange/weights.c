/* What the writers of all formats share: fetching one tensor's numbers, and telling the configuration's
 * metadata from the rest. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "lib/core/checked.h"
#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/interchange/weights.h"
#include "lib/model/metadata.h"

static trm_status check_finite(const trmi_tensor *tensor, const float *numbers, uint64_t count,
                               trm_error *error)
{
    const uint64_t columns = trmi_logical_columns(tensor);
    for (uint64_t i = 0; i < count; i++)
        if (!isfinite(numbers[i]))
            return trmi_fail(error, TRM_ERROR_FORMAT,
                             "tensor %s: row %llu, column %llu is %g, not a finite number", tensor->name,
                             (unsigned long long)(i / columns), (unsigned long long)(i % columns),
                             (double)numbers[i]);
    return TRM_OK;
}

trm_status trmi_weights_fetch(const trmi_weights *weights, const trmi_tensor *tensor,
                              const trm_allocator *allocator, float **numbers, trm_error *error)
{
    assert(weights->supply != NULL);
    *numbers = NULL;
    const uint64_t count = trmi_logical_rows(tensor) * trmi_logical_columns(tensor);
    uint64_t bytes;
    float *memory = trmi_multiply(count, sizeof(float), &bytes) ? trmi_allocate(allocator, bytes) : NULL;
    if (memory == NULL)
        return trmi_no_memory(error, "the %llu numbers of tensor %s", (unsigned long long)count,
                              tensor->name);
    trm_status status = weights->supply(weights->user, tensor, memory, error);
    if (status == TRM_OK)
        status = check_finite(tensor, memory, count, error);
    if (status == TRM_OK)
        *numbers = memory;
    else
        trmi_release(allocator, memory);
    return status;
}

bool trmi_weights_quantise(const trmi_weights *weights, const trmi_tensor *tensor)
{
    if (!trmi_tensor_quantises(tensor) || weights->precision == TRM_PRECISION_FP32)
        return false;
    for (size_t i = 0; i < weights->keep_count; i++)
        if (strcmp(weights->keep[i], tensor->name) == 0)
            return false;
    return weights->precision == TRM_PRECISION_INT8 ||
           (weights->supply_codes != NULL && weights->supply_codes(weights->user, tensor, NULL, NULL, NULL));
}

typedef struct key_search {
    const char *key;
    bool found;
} key_search;

static trm_status compare_key(void *user, const trmi_metadata_entry *entry, trm_error *error)
{
    (void)error;
    key_search *search = user;
    if (strcmp(search->key, entry->key) == 0)
        search->found = true;
    return TRM_OK;
}

trm_status trmi_weights_extras(const trmi_weights *weights, trmi_extra_visit *visit, void *user,
                               trm_error *error)
{
    char text[TRMI_RELATIONS_BYTES];
    for (uint32_t i = 0; i < weights->metadata_count; i++) {
        key_search search = { weights->metadata[i].key, false };
        TRMI_TRY(trmi_config_write(&weights->config, text, compare_key, &search, error));
        if (!search.found)
            TRMI_TRY(visit(user, &weights->metadata[i], error));
    }
    return TRM_OK;
}
