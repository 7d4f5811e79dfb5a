/* Calls of POSIX on files, by those of Windows: paths are UTF-8, bytes stay what they are, an open file may
 * be renamed and removed. */
#include "lib/host/windows_posix.h"

#include <windows.h>

#include <errno.h>
#include <stdarg.h>

#include "lib/host/windows_path.h"

#undef scandir /* below are the functions */

enum { LARGEST_PIECE = 1 << 30, NAMES_TRIED = 1000 };

static HANDLE handle_of(int file)
{
    return (HANDLE)_get_osfhandle(file);
}

/* 0, or -1 and errno. */
static int result(BOOL good)
{
    if (!good)
        trmi_windows_errno();
    return good ? 0 : -1;
}

/* -- opening -- */

static DWORD creation_of(int flags)
{
    if ((flags & O_CREAT) == 0)
        return flags & O_TRUNC ? TRUNCATE_EXISTING : OPEN_EXISTING;
    return flags & O_EXCL ? CREATE_NEW : flags & O_TRUNC ? CREATE_ALWAYS : OPEN_ALWAYS;
}

static DWORD rights_of(int flags)
{
    const int way = flags & (O_RDONLY | O_WRONLY | O_RDWR);
    return way == O_RDWR ? GENERIC_READ | GENERIC_WRITE : way == O_WRONLY ? GENERIC_WRITE : GENERIC_READ;
}

/* A descriptor, which then owns what was opened. */
static int descriptor_of(HANDLE opened, int flags)
{
    if (opened == INVALID_HANDLE_VALUE)
        return result(FALSE);
    const int file = _open_osfhandle((intptr_t)opened, (flags & O_APPEND) | O_BINARY);
    if (file < 0)
        CloseHandle(opened);
    return file;
}

static int open_wide(const wchar_t *wide, int flags)
{
    const DWORD all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    return descriptor_of(CreateFileW(wide, rights_of(flags), all, NULL, creation_of(flags),
                                     FILE_ATTRIBUTE_NORMAL | FILE_FLAG_BACKUP_SEMANTICS, NULL),
                         flags);
}

int trmi_posix_open(const char *path, int flags, ...)
{
    wchar_t wide[TRMI_WIDE_PATH];
    const bool nothing = strcmp(path, "/dev/null") == 0;
    return trmi_wide_path(nothing ? "NUL" : path, wide) ? open_wide(wide, flags) : -1;
}

static bool join(int folder, const char *path, wchar_t whole[TRMI_WIDE_PATH])
{
    wchar_t wide[TRMI_WIDE_PATH];
    if (!trmi_wide_path(path, wide) || !trmi_final_path(handle_of(folder), whole))
        return false;
    const bool fits = wcslen(whole) + wcslen(wide) + 2 <= TRMI_WIDE_PATH;
    if (fits)
        wcscat(wcscat(whole, L"\\"), wide);
    else
        errno = ENAMETOOLONG;
    return fits;
}

int trmi_posix_openat(int folder, const char *path, int flags)
{
    wchar_t whole[TRMI_WIDE_PATH];
    return join(folder, path, whole) ? open_wide(whole, flags) : -1;
}

bool trmi_posix_is_in(int folder, const char *path)
{
    wchar_t whole[TRMI_WIDE_PATH];
    return join(folder, path, whole) && GetFileAttributesW(whole) != INVALID_FILE_ATTRIBUTES;
}

FILE *trmi_posix_fopen(const char *path, const char *mode)
{
    const bool both = strchr(mode, '+') != NULL;
    const int way = both ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
    const int more = *mode == 'r' ? 0 : O_CREAT | (*mode == 'a' ? O_APPEND : O_TRUNC);
    const char binary[] = { *mode, 'b', both ? '+' : '\0', '\0' };
    const int file = trmi_posix_open(path, way | more);
    FILE *stream = file >= 0 ? _fdopen(file, binary) : NULL;
    if (stream == NULL && file >= 0)
        _close(file);
    return stream;
}

/* In the folder for temporary files; gone when it is closed. */
FILE *trmi_posix_tmpfile(void)
{
    wchar_t folder[MAX_PATH + 2], name[MAX_PATH + 2];
    if (GetTempPathW(MAX_PATH + 2, folder) == 0 || GetTempFileNameW(folder, L"trm", 0, name) == 0) {
        trmi_windows_errno();
        return NULL;
    }
    const int file =
        descriptor_of(CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                                  FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL),
                      O_RDWR);
    FILE *stream = file >= 0 ? _fdopen(file, "w+b") : NULL;
    if (stream == NULL && file >= 0)
        _close(file);
    return stream;
}

/* The last six characters become a number of the process and of the file. */
int trmi_posix_mkstemp(char *path)
{
    int file = -1;
    char *end = path + strlen(path) - 6;
    for (unsigned i = 0; file < 0 && i < NAMES_TRIED; i++) {
        snprintf(end, 7, "%06u", (unsigned)(GetCurrentProcessId() + i) % 1000000);
        file = trmi_posix_open(path, O_RDWR | O_CREAT | O_EXCL);
        if (file < 0 && errno != EEXIST)
            break;
    }
    return file;
}

/* -- what is there -- */

static unsigned mode_of(DWORD attributes)
{
    return (attributes & FILE_ATTRIBUTE_DIRECTORY ? S_IFDIR : S_IFREG) | 0666;
}

static int examine(HANDLE opened, struct trmi_posix_stat *about)
{
    BY_HANDLE_FILE_INFORMATION found;
    const DWORD kind = GetFileType(opened);
    *about =
        (struct trmi_posix_stat) { .st_mode = kind == FILE_TYPE_PIPE ? S_IFIFO : S_IFCHR, .st_nlink = 1 };
    if (kind != FILE_TYPE_DISK)
        return result(kind != FILE_TYPE_UNKNOWN || GetLastError() == NO_ERROR);
    if (!GetFileInformationByHandle(opened, &found))
        return result(FALSE);
    about->st_ino = (uint64_t)found.nFileIndexHigh << 32 | found.nFileIndexLow;
    about->st_dev = found.dwVolumeSerialNumber;
    about->st_size = (int64_t)((uint64_t)found.nFileSizeHigh << 32 | found.nFileSizeLow);
    about->st_mode = mode_of(found.dwFileAttributes);
    about->st_nlink = found.nNumberOfLinks;
    return 0;
}

int trmi_posix_fstat(int file, struct trmi_posix_stat *about)
{
    return examine(handle_of(file), about);
}

static HANDLE look_at(const char *path)
{
    wchar_t wide[TRMI_WIDE_PATH];
    if (!trmi_wide_path(path, wide))
        return INVALID_HANDLE_VALUE;
    const HANDLE opened = CreateFileW(wide, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                      OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (opened == INVALID_HANDLE_VALUE)
        trmi_windows_errno();
    return opened;
}

int trmi_posix_stat(const char *path, struct trmi_posix_stat *about)
{
    const HANDLE opened = look_at(path);
    if (opened == INVALID_HANDLE_VALUE)
        return -1;
    const int found = examine(opened, about);
    CloseHandle(opened);
    return found;
}

int trmi_posix_access(const char *path)
{
    wchar_t wide[TRMI_WIDE_PATH];
    return trmi_wide_path(path, wide) ? result(GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES) : -1;
}

char *trmi_posix_realpath(const char *path)
{
    wchar_t wide[TRMI_WIDE_PATH];
    const HANDLE opened = look_at(path);
    char *narrow = NULL;
    if (opened == INVALID_HANDLE_VALUE)
        return NULL;
    if (trmi_final_path(opened, wide) && (narrow = malloc(4 * TRMI_WIDE_PATH)) != NULL &&
        !trmi_narrow_path(wide, narrow, 4 * TRMI_WIDE_PATH)) {
        free(narrow);
        narrow = NULL;
        errno = EILSEQ;
    }
    CloseHandle(opened);
    return narrow;
}

/* -- changing -- */

int trmi_posix_unlink(const char *path)
{
    wchar_t wide[TRMI_WIDE_PATH];
    return trmi_wide_path(path, wide) ? result(DeleteFileW(wide)) : -1;
}

int trmi_posix_rename(const char *from, const char *to)
{
    wchar_t wide_from[TRMI_WIDE_PATH], wide_to[TRMI_WIDE_PATH];
    if (!trmi_wide_path(from, wide_from) || !trmi_wide_path(to, wide_to))
        return -1;
    return result(MoveFileExW(wide_from, wide_to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH));
}

ssize_t trmi_posix_read(int file, void *data, size_t bytes)
{
    return _read(file, data, (unsigned)(bytes < LARGEST_PIECE ? bytes : LARGEST_PIECE));
}

ssize_t trmi_posix_pwrite(int file, const void *data, size_t bytes, int64_t offset)
{
    OVERLAPPED place = { .Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32) };
    DWORD written = 0;
    const DWORD piece = (DWORD)(bytes < LARGEST_PIECE ? bytes : LARGEST_PIECE);
    return result(WriteFile(handle_of(file), data, piece, &written, &place)) == 0 ? (ssize_t)written : -1;
}

int trmi_posix_fsync(int file)
{
    return result(FlushFileBuffers(handle_of(file)));
}

/* -- descriptors -- */

/* A number that is not below `least`; those on the way there are closed again. */
static int duplicate(int file, int least)
{
    const int copy = _dup(file);
    if (copy >= 0)
        SetHandleInformation(handle_of(copy), HANDLE_FLAG_INHERIT, 0);
    if (copy < 0 || copy >= least)
        return copy;
    const int above = duplicate(file, least);
    _close(copy);
    return above;
}

/* The byte that stands for the file lies behind all that it can have: others may read and write what it
 * has. */
static int lock_whole(int file)
{
    OVERLAPPED place = { .Offset = 0xfffffffe, .OffsetHigh = 0x7fffffff };
    return result(
        LockFileEx(handle_of(file), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &place));
}

int trmi_posix_fcntl(int file, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    const int least = command == F_DUPFD_CLOEXEC ? va_arg(arguments, int) : 0;
    va_end(arguments);
    switch (command) {
    case F_GETFD:
        return _get_osfhandle(file) >= 0 ? 0 : -1;
    case F_DUPFD_CLOEXEC:
        return duplicate(file, least);
    case F_SETLK:
        return lock_whole(file);
    default: /* nobody says whose a lock is */
        errno = EINVAL;
        return -1;
    }
}

/* -- folders -- */

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct dirent *const *)a)->d_name, (*(struct dirent *const *)b)->d_name);
}

/* False without memory. */
static bool add_entry(const WIN32_FIND_DATAW *found, struct dirent ***entries, int *count,
                      int (*wanted)(const struct dirent *))
{
    struct dirent entry = { .d_ino = 0 };
    if (!trmi_narrow_path(found->cFileName, entry.d_name, sizeof entry.d_name) || !wanted(&entry))
        return true;
    struct dirent *copy = malloc(sizeof *copy),
                  **more = realloc(*entries, ((size_t)*count + 1) * sizeof *more);
    if (more != NULL)
        *entries = more;
    if (more == NULL || copy == NULL) {
        free(copy);
        return false;
    }
    *copy = entry;
    more[(*count)++] = copy;
    return true;
}

int trmi_posix_scandir(const char *folder, struct dirent ***entries, int (*wanted)(const struct dirent *))
{
    wchar_t wide[TRMI_WIDE_PATH + 2];
    WIN32_FIND_DATAW found;
    int count = 0;
    *entries = NULL;
    if (!trmi_wide_path(folder, wide))
        return -1;
    const HANDLE search = FindFirstFileW(wcscat(wide, L"\\*"), &found);
    if (search == INVALID_HANDLE_VALUE)
        return result(FALSE);
    bool good = true;
    for (BOOL more = TRUE; more && good; more = FindNextFileW(search, &found))
        good = add_entry(&found, entries, &count, wanted);
    FindClose(search);
    if (!good) {
        while (count > 0)
            free((*entries)[--count]);
        free(*entries);
        errno = ENOMEM;
        return -1;
    }
    if (count > 0)
        qsort(*entries, (size_t)count, sizeof **entries, by_name);
    return count;
}
