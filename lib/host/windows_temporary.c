/* A temporary file of Windows. Who writes it has it open; one that nobody has open was left by a process that
 * was killed, and the next file of that name removes it. */
#include "lib/host/temporary.h"
#include "lib/host/windows_posix.h"

#include <windows.h>

#include <errno.h>

#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/host/temporary_name.h"
#include "lib/host/windows_path.h"

enum {
    TEMPORARY_NAMES = 1000, /* tried before giving up */
};

/* The last part of the path may be a link. */
static bool follow_links(const wchar_t *wide, char target[TRMI_PATH_BYTES])
{
    wchar_t found[TRMI_WIDE_PATH];
    const HANDLE opened = CreateFileW(wide, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                      OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    bool good = opened != INVALID_HANDLE_VALUE;
    if (!good)
        trmi_windows_errno();
    else if ((good = trmi_final_path(opened, found)) && !trmi_narrow_path(found, target, TRMI_PATH_BYTES)) {
        errno = ENAMETOOLONG;
        good = false;
    }
    if (opened != INVALID_HANDLE_VALUE)
        CloseHandle(opened);
    return good;
}

static trm_status find_target(trmi_temporary *t, const char *path, trm_error *error)
{
    wchar_t wide[TRMI_WIDE_PATH];
    if (strlen(path) >= sizeof t->target)
        errno = ENAMETOOLONG;
    if (strlen(path) >= sizeof t->target || !trmi_wide_path(path, wide))
        return trmi_fail_system(error, path, "cannot create the file");
    strcpy(t->target, path);
    const DWORD about = GetFileAttributesW(wide);
    if (about == INVALID_FILE_ATTRIBUTES)
        return TRM_OK; /* it is new; what else may be wrong is found when it is opened */
    if (about & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE))
        return trmi_fail(error, TRM_ERROR_FILE, "%s: the output must be a regular file or not exist yet",
                         path);
    if ((about & FILE_ATTRIBUTE_REPARSE_POINT) == 0 || follow_links(wide, t->target))
        return TRM_OK;
    return trmi_fail_system(error, path, "cannot create the file");
}

/* Opened for nobody else, it is one that nobody has open. */
static void remove_if_left(const wchar_t *wide)
{
    const HANDLE opened = CreateFileW(wide, DELETE, 0, NULL, OPEN_EXISTING,
                                      FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (opened != INVALID_HANDLE_VALUE)
        CloseHandle(opened);
}

static size_t name_of(const char *path)
{
    size_t begin = strlen(path);
    while (begin > 0 && strchr("/\\:", path[begin - 1]) == NULL)
        begin--;
    return begin;
}

static void remove_those_left(trmi_temporary *t)
{
    wchar_t pattern[TRMI_WIDE_PATH], wide[TRMI_WIDE_PATH];
    WIN32_FIND_DATAW found;
    const size_t kept = name_of(t->target);
    snprintf(t->name, sizeof t->name, "%s%s*", t->target, trmi_temporary_infix);
    const HANDLE search =
        trmi_wide_path(t->name, pattern) ? FindFirstFileW(pattern, &found) : INVALID_HANDLE_VALUE;
    if (search == INVALID_HANDLE_VALUE)
        return;
    memcpy(t->name, t->target, kept);
    do {
        if (trmi_narrow_path(found.cFileName, t->link, sizeof t->link) &&
            trmi_is_temporary(t->link, t->target + kept) &&
            snprintf(t->name + kept, sizeof t->name - kept, "%s", t->link) < (int)(sizeof t->name - kept) &&
            trmi_wide_path(t->name, wide))
            remove_if_left(wide);
    } while (FindNextFileW(search, &found));
    FindClose(search);
}

trm_status trmi_temporary_create(trmi_temporary *t, const char *path, int *file, trm_error *error)
{
    *file = -1;
    TRMI_TRY(find_target(t, path, error));
    remove_those_left(t);
    for (unsigned number = 0; number < TEMPORARY_NAMES && *file < 0; number++) {
        snprintf(t->name, sizeof t->name, "%s%s%lu-%u", t->target, trmi_temporary_infix,
                 GetCurrentProcessId(), number);
        *file = trmi_above_streams(open(t->name, O_WRONLY | O_CREAT | O_EXCL));
        if (*file < 0 && errno != EEXIST)
            break;
    }
    return *file >= 0
               ? TRM_OK
               : trmi_fail_system(error, path, "cannot create the file"); /* the name that the user knows */
}
