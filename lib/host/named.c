/* Models by their names: NAME.trm in the folders where models are installed. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/host/places.h"

enum { PATH_BYTES = TRMI_PLACE_BYTES, LONGEST_NAME = 64 };

/* -- folders -- */

/* Part `index` of a list with separators; empty parts do not count. Goes down to what is left of the
   index. */
static bool part_of(const char *list, uint32_t *index, char path[PATH_BYTES])
{
    while (list != NULL && *list != '\0') {
        const char *end = strchr(list, trmi_list_separator);
        const size_t length = end != NULL ? (size_t)(end - list) : strlen(list);
        if (length > 0 && length < PATH_BYTES && (*index)-- == 0) {
            memcpy(path, list, length);
            path[length] = '\0';
            return true;
        }
        list = end != NULL ? end + 1 : NULL;
    }
    return false;
}

static bool folder_at(uint32_t index, char path[PATH_BYTES])
{
    char room[TRMI_VARIABLE_BYTES];
    if (part_of(trmi_variable("TRM_MODELS", room), &index, path))
        return true;
    /* one folder, whatever characters it has */
    if (trmi_user_models(path) && index-- == 0)
        return true;
    return trmi_installed_models(index, path);
}

static trm_status give(const char *found, char *path, size_t room, trm_error *error)
{
    const size_t bytes = strlen(found) + 1;
    if (bytes > room)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "the path of a model: expected room for %zu bytes, found %zu", bytes, room);
    memcpy(path, found, bytes);
    return TRM_OK;
}

TRM_API trm_status trm_model_folder(uint32_t index, char *path, size_t room, trm_error *error)
{
    char found[PATH_BYTES];
    if (path == NULL || room == 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_model_folder: path must not be NULL, room not 0");
    return give(folder_at(index, found) ? found : "", path, room, error);
}

/* -- models -- */

/* A name, as it stands in front of .trm; anything else is a path. */
static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const size_t length = strlen(name);
    const bool ends = length > 4 && strcmp(name + length - 4, ".trm") == 0;
    return length > 0 && length <= LONGEST_NAME && !ends && name[0] != '.' && strspn(name, letters) == length;
}

static trm_status fail_name(const char *name, trm_error *error)
{
    char folders[320] = "", path[PATH_BYTES];
    size_t used = 0;
    for (uint32_t i = 0; i < 4 && used + 1 < sizeof folders && folder_at(i, path); i++) {
        const int length = snprintf(folders + used, sizeof folders - used, "%s%s", i > 0 ? ", " : "", path);
        used += length > 0 ? (size_t)length : 0;
    }
    return trmi_fail(error, TRM_ERROR_FILE,
                     "%s: expected a file, or the name of a model in %s, found neither", name, folders);
}

TRM_API trm_status trm_model_find(const char *name, char *path, size_t room, trm_error *error)
{
    char folder[PATH_BYTES], found[PATH_BYTES + LONGEST_NAME + 8];
    if (name == NULL || path == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_model_find: name and path must not be NULL");
    if (!is_name(name) || trmi_is_file(name))
        return give(name, path, room, error);
    for (uint32_t i = 0; folder_at(i, folder); i++) {
        snprintf(found, sizeof found, "%s/%s.trm", folder, name);
        if (trmi_is_file(found))
            return give(found, path, room, error);
    }
    return fail_name(name, error);
}
