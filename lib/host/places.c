/* The places of a POSIX system. */
#define _DEFAULT_SOURCE /* S_ISREG */

#include "lib/host/places.h"
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Where meson installs models; a build by other means has no such place. */
#ifndef TRMI_MODELS
#define TRMI_MODELS ""
#endif

const char trmi_list_separator = ':';

bool trmi_is_file(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

const char *trmi_variable(const char *name, char room[TRMI_VARIABLE_BYTES])
{
    (void)room;
    return getenv(name);
}

/* By the rules of the desktop. */
bool trmi_user_models(char path[TRMI_PLACE_BYTES])
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    int length = -1;
    if (data != NULL && *data == '/')
        length = snprintf(path, TRMI_PLACE_BYTES, "%s/trm/models", data);
    else if (home != NULL && *home != '\0')
        length = snprintf(path, TRMI_PLACE_BYTES, "%s/.local/share/trm/models", home);
    return length > 0 && length < TRMI_PLACE_BYTES;
}

bool trmi_installed_models(uint32_t index, char path[TRMI_PLACE_BYTES])
{
    static const char *const usual[] = { TRMI_MODELS, "/usr/local/share/trm/models",
                                         "/usr/share/trm/models" };
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        const bool again = i > 0 && strcmp(usual[i], usual[0]) == 0;
        if (*usual[i] != '\0' && !again && index-- == 0)
            return snprintf(path, TRMI_PLACE_BYTES, "%s", usual[i]) > 0;
    }
    return false;
}
