#include "bindings/cli/train_begin.h"

#include <string.h>

#include "bindings/cli/report.h"

const char configuration_key[] = "provenance.configuration";

int train_weights(train_data *data, const train_settings *settings, const char *path, trm_error *wrong)
{
    trm_error error = TRM_ERROR_INIT;
    trm_init_options model = TRM_INIT_OPTIONS_INIT;
    const int made = train_data_model(data, settings, &model);
    if (made != STATUS_OK)
        return made;
    const trm_status status = trm_init(path, &model, &error);
    if (status == TRM_ERROR_FILE)
        return report_error("%s: random weights cannot be written there: %s", path, error.message);
    if (status != TRM_ERROR_ARGUMENT || wrong == NULL)
        return status == TRM_OK ? STATUS_OK : report_failure("train", status, &error);
    *wrong = error;
    return STATUS_USAGE;
}

static trm_status find_stored(const char *path, char *to, size_t size, trm_error *error)
{
    trm_error end = TRM_ERROR_INIT;
    trm_model *model = NULL;
    trm_metadata entry = TRM_METADATA_INIT;
    *to = '\0';
    const trm_status status = trm_model_open(path, NULL, &model, error);
    if (status != TRM_OK)
        return status;
    for (uint32_t i = 0; *to == '\0' && trm_model_metadata(model, i, &entry, &end) == TRM_OK; i++)
        if (strcmp(entry.key, configuration_key) == 0 && entry.length < size)
            snprintf(to, size, "%.*s", (int)entry.length, (const char *)entry.bytes);
    trm_model_close(model);
    return TRM_OK;
}

int train_stored(const char *checkpoint, char *to, size_t size)
{
    trm_error error = TRM_ERROR_INIT;
    if (find_stored(checkpoint, to, size, &error) != TRM_OK)
        return report_error("%s", error.message);
    return *to != '\0' ? STATUS_OK
                       : report_error("train: %s: expected a checkpoint of trm train", checkpoint);
}

/* The first line of a that b has not. */
static bool differing_line(const char *a, const char *b, char *to, size_t size)
{
    while (*a != '\0') {
        const size_t length = strcspn(a, "\n") + 1;
        snprintf(to, size, "%.*s", (int)length - 1, a);
        const char *at = b;
        while (*at != '\0' && strncmp(at, a, length) != 0)
            at += strcspn(at, "\n") + 1;
        if (*at == '\0')
            return true;
        a += length;
    }
    return false;
}

int train_same(const char *checkpoint, const char *configuration)
{
    char stored[CONFIGURATION_BYTES], line[256];
    const int status = train_stored(checkpoint, stored, sizeof stored);
    if (status != STATUS_OK)
        return status;
    if (differing_line(configuration, stored, line, sizeof line))
        report_error("train: the run of %s began without '%s': its options cannot change on the way",
                     checkpoint, line);
    else if (differing_line(stored, configuration, line, sizeof line))
        report_error("train: the run of %s began with '%s': its options cannot change on the way", checkpoint,
                     line);
    else
        return STATUS_OK;
    return STATUS_USAGE;
}
