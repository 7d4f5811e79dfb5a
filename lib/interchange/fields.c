#include "lib/interchange/fields.h"

#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"

const json_t *trmi_field(const trmi_fields *job, const char *name)
{
    const json_t *value = json_object_get(job->inner, name);
    return value != NULL ? value : json_object_get(job->outer, name);
}

trm_status trmi_field_integer(const trmi_fields *job, const char *name, uint32_t *value)
{
    const json_t *found = trmi_field(job, name);
    if (found == NULL)
        return TRM_OK;
    if (!json_is_integer(found) || json_integer_value(found) < 0 || json_integer_value(found) > UINT32_MAX)
        return trmi_fail(job->error, TRM_ERROR_FORMAT,
                         "configuration: %s must be a whole number from 0 to %" PRIu32, name, UINT32_MAX);
    *value = (uint32_t)json_integer_value(found);
    return TRM_OK;
}

trm_status trmi_field_required(const trmi_fields *job, const char *name, uint32_t *value)
{
    if (trmi_field(job, name) == NULL)
        return trmi_fail(job->error, TRM_ERROR_FORMAT,
                         "configuration: %s is missing, and the tensors do not tell it", name);
    return trmi_field_integer(job, name, value);
}

trm_status trmi_field_agrees(const trmi_fields *job, const char *name, uint32_t told)
{
    uint32_t value = told;
    TRMI_TRY(trmi_field_integer(job, name, &value));
    if (value != told)
        return trmi_fail(job->error, TRM_ERROR_FORMAT,
                         "configuration: %s is %" PRIu32 ", but the tensors say %" PRIu32, name, value, told);
    return TRM_OK;
}

trm_status trmi_field_real(const trmi_fields *job, const char *name, double *value)
{
    const json_t *found = trmi_field(job, name);
    if (found == NULL)
        return TRM_OK;
    if (!json_is_number(found))
        return trmi_fail(job->error, TRM_ERROR_FORMAT, "configuration: %s must be a number", name);
    *value = json_number_value(found);
    return TRM_OK;
}

trm_status trmi_field_word(const trmi_fields *job, const char *name, const char *const *words,
                           const char *expected, uint32_t first, uint32_t *value)
{
    const json_t *found = trmi_field(job, name);
    if (found == NULL)
        return TRM_OK;
    const char *text = json_string_value(found);
    for (uint32_t i = 0; text != NULL && words[i] != NULL; i++)
        if (strcmp(text, words[i]) == 0) {
            *value = first + i;
            return TRM_OK;
        }
    return trmi_fail(job->error, TRM_ERROR_FORMAT, "configuration: %s must be %s, found %.40s", name,
                     expected, text != NULL ? text : "a value that is no text");
}
