#include "lib/model/stored.h"

#include <assert.h>

#include "lib/core/bytes.h"
#include "lib/core/error.h"
#include "lib/format/layout.h"

static trm_status check_type(const trmi_tensor_entry *entry, const trmi_tensor *wanted,
                             trmi_accepted accepted, trm_error *error)
{
#ifdef TRM_WITHOUT_FP32
    if (entry->type == TRMI_TYPE_F32 && trmi_tensor_in_block(wanted))
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "tensor %s: expected i8, as this build has no fp32, found f32", wanted->name);
#endif
#ifdef TRM_WITHOUT_INT8
    if (entry->type == TRMI_TYPE_I8)
        return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                         "tensor %s: expected f32, as this build has no int8, found i8", wanted->name);
#endif
    if (entry->type == TRMI_TYPE_F32)
        return TRM_OK;
    if (entry->type != TRMI_TYPE_I8)
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s: expected f32, found type %u", wanted->name,
                         (unsigned)entry->type);
    if (accepted == TRMI_ACCEPT_NUMBERS)
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s: expected f32, found i8", wanted->name);
    if (!trmi_tensor_quantises(wanted))
        return trmi_fail(
            error, TRM_ERROR_FORMAT,
            "tensor %s: expected f32, found i8, which only matrices of blocks can be, with at most "
            "131072 columns",
            wanted->name);
    return TRM_OK;
}

static trm_status check_shape(const trmi_tensor_entry *entry, const trmi_tensor *wanted, trm_error *error)
{
    const uint64_t rows = trmi_tensor_rows(wanted), columns = entry->type == TRMI_TYPE_I8
                                                                  ? trmi_code_columns(wanted)
                                                                  : trmi_tensor_columns(wanted);
    if (entry->rows != rows || entry->columns != columns)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %s: expected %llu x %llu numbers, found %llu x %llu", wanted->name,
                         (unsigned long long)rows, (unsigned long long)columns,
                         (unsigned long long)entry->rows, (unsigned long long)entry->columns);
    if (entry->layout != (uint32_t)wanted->layout)
        return trmi_fail(error, TRM_ERROR_FORMAT, "tensor %s: expected layout %u, found %u", wanted->name,
                         (unsigned)wanted->layout, (unsigned)entry->layout);
    return TRM_OK;
}

/* Of a checked tensor. */
static void describe(trmi_stored *stored, const trm_model *model, const trmi_tensor_entry *entry)
{
    const bool in_place = entry->encoding == TRMI_ENCODING_RAW && !TRMI_BIG_ENDIAN;
    const char *file = model->source.bytes;
    uint64_t bytes;
    *stored = (trmi_stored) { .entry = entry,
                              .file = file,
                              .in_place = in_place ? file + entry->offset : NULL,
                              .bytes = entry->bytes,
                              .quantised = entry->type == TRMI_TYPE_I8 };
    if (stored->quantised) /* its bytes were found to fit when the directory was read */
        (void)trmi_i8_bytes(entry->rows, entry->columns, &stored->scales_at, &bytes);
}

trm_status trmi_stored_find(trmi_stored *stored, const trm_model *model, const trmi_tensor *wanted,
                            trmi_accepted accepted, trm_error *error)
{
    const trmi_tensor_entry *entry = trmi_container_tensor(&model->container, wanted->name);
    if (entry == NULL)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "tensor %s: expected %llu x %llu numbers, found no such tensor", wanted->name,
                         (unsigned long long)trmi_tensor_rows(wanted),
                         (unsigned long long)trmi_tensor_columns(wanted));
    TRMI_TRY(check_type(entry, wanted, accepted, error));
    TRMI_TRY(check_shape(entry, wanted, error));
    describe(stored, model, entry);
    return TRM_OK;
}

trm_status trmi_stored_load(const trmi_stored *stored, void *to, const trm_allocator *allocator,
                            trm_error *error)
{
    assert(to != NULL || stored->in_place != NULL);
    return trmi_container_load(stored->entry, stored->file, to, allocator, error);
}
