/* The places of Windows: the user's local data, and the folder that the program was installed into, with a
 * folder bin. */
#include "lib/host/places.h"

#include <windows.h>

#include <stdio.h>
#include <string.h>

#include "lib/host/windows_path.h"

const char trmi_list_separator = ';';

bool trmi_is_file(const char *path)
{
    wchar_t wide[TRMI_WIDE_PATH];
    const DWORD about = trmi_wide_path(path, wide) ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
    return about != INVALID_FILE_ATTRIBUTES &&
           (about & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE)) == 0;
}

/* The C library has the environment in the code page of the system, which lacks most letters. */
const char *trmi_variable(const char *name, char room[TRMI_VARIABLE_BYTES])
{
    wchar_t wide_name[64], wide[TRMI_WIDE_PATH];
    if (MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, 64) == 0)
        return NULL;
    const DWORD length = GetEnvironmentVariableW(wide_name, wide, TRMI_WIDE_PATH);
    const bool fits = length > 0 && length < TRMI_WIDE_PATH;
    return fits && trmi_narrow_path(wide, room, TRMI_VARIABLE_BYTES) ? room : NULL;
}

bool trmi_user_models(char path[TRMI_PLACE_BYTES])
{
    char room[TRMI_VARIABLE_BYTES];
    const char *data = trmi_variable("LOCALAPPDATA", room);
    const int length = data != NULL ? snprintf(path, TRMI_PLACE_BYTES, "%s\\trm\\models", data) : -1;
    return length > 0 && length < TRMI_PLACE_BYTES;
}

bool trmi_installed_models(uint32_t index, char path[TRMI_PLACE_BYTES])
{
    wchar_t wide[TRMI_WIDE_PATH];
    char program[TRMI_PLACE_BYTES];
    const DWORD length = GetModuleFileNameW(NULL, wide, TRMI_WIDE_PATH);
    if (index > 0 || length == 0 || length >= TRMI_WIDE_PATH ||
        !trmi_narrow_path(wide, program, sizeof program))
        return false;
    for (int parts = 0; parts < 2; parts++) { /* bin\trm.exe */
        char *last = strrchr(program, '\\');
        if (last == NULL)
            return false;
        *last = '\0';
    }
    const int bytes = snprintf(path, TRMI_PLACE_BYTES, "%s\\share\\trm\\models", program);
    return bytes > 0 && bytes < TRMI_PLACE_BYTES;
}
