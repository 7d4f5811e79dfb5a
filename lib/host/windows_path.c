/* Paths are UTF-8 in the library and UTF-16 in Windows; failures have other numbers there. */
#include "lib/host/windows_path.h"

#include <windows.h>

#include <errno.h>

bool trmi_wide_path(const char *path, wchar_t wide[TRMI_WIDE_PATH])
{
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, TRMI_WIDE_PATH) > 0)
        return true;
    errno = GetLastError() == ERROR_INSUFFICIENT_BUFFER ? ENAMETOOLONG : EILSEQ;
    return false;
}

bool trmi_narrow_path(const wchar_t *wide, char *path, size_t room)
{
    return WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, path, (int)room, NULL, NULL) > 0;
}

/* Windows says them in the way that knows no limit: \\?\C:\FILE, \\?\UNC\SERVER\FILE. */
static void shorten(wchar_t *wide)
{
    static const wchar_t longer[] = L"\\\\?\\", server[] = L"\\\\?\\UNC\\";
    const size_t prefix = sizeof longer / sizeof *longer - 1, unc = sizeof server / sizeof *server - 1;
    if (wcsncmp(wide, server, unc) == 0)
        wmemmove(wide + 1, wide + unc - 1, wcslen(wide + unc - 1) + 1);
    else if (wcsncmp(wide, longer, prefix) == 0)
        wmemmove(wide, wide + prefix, wcslen(wide + prefix) + 1);
}

bool trmi_final_path(void *opened, wchar_t wide[TRMI_WIDE_PATH])
{
    const DWORD length = GetFinalPathNameByHandleW(opened, wide, TRMI_WIDE_PATH, FILE_NAME_NORMALIZED);
    if (length == 0)
        trmi_windows_errno();
    else if (length >= TRMI_WIDE_PATH)
        errno = ENAMETOOLONG;
    else
        shorten(wide);
    return length > 0 && length < TRMI_WIDE_PATH;
}

static int number_of(DWORD failure)
{
    switch (failure) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NETPATH:
        return ENOENT;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
        return EPIPE;
    case ERROR_INVALID_HANDLE:
        return EBADF;
    case ERROR_DIRECTORY:
        return ENOTDIR;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
        return EACCES;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        return EEXIST;
    case ERROR_TOO_MANY_OPEN_FILES:
        return EMFILE;
    case ERROR_FILENAME_EXCED_RANGE:
        return ENAMETOOLONG;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
        return ENOSPC;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_COMMITMENT_LIMIT:
        return ENOMEM;
    default:
        return EIO;
    }
}

void trmi_windows_errno(void)
{
    errno = number_of(GetLastError());
}
