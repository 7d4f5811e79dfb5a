/* POSIX as far as libtrm-train, the command and the tests use it, for the compiler to read in front of their
 * sources: what the C library of Windows lacks, and what it would take in the code page of the system or
 * change on its way. Paths are UTF-8 and files are bytes. */
#ifndef TRMI_HOST_WINDOWS_POSIX_H
#define TRMI_HOST_WINDOWS_POSIX_H

#define tell windows_tell /* a name of ours, too */
#include <io.h>
#undef tell

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* -- files -- */

#define O_CLOEXEC 0  /* all files are */
#define O_NONBLOCK 0 /* nothing that has a name waits when it is opened */
#define O_NOFOLLOW 0

/* A folder, too, can be opened for reading. */
int trmi_posix_open(const char *path, int flags, ...);
int trmi_posix_openat(int folder, const char *path, int flags);
bool trmi_posix_is_in(int folder, const char *path);
FILE *trmi_posix_fopen(const char *path, const char *mode);
FILE *trmi_posix_tmpfile(void);
int trmi_posix_mkstemp(char *path);

struct trmi_posix_stat {
    uint64_t st_ino, st_dev;
    int64_t st_size;
    unsigned st_mode, st_nlink;
};
int trmi_posix_stat(const char *path, struct trmi_posix_stat *about);
int trmi_posix_fstat(int file, struct trmi_posix_stat *about);

int trmi_posix_unlink(const char *path);
int trmi_posix_rename(const char *from, const char *to);
int trmi_posix_access(const char *path);
char *trmi_posix_realpath(const char *path);
ssize_t trmi_posix_read(int file, void *data, size_t bytes);
ssize_t trmi_posix_pwrite(int file, const void *data, size_t bytes, int64_t offset);
int trmi_posix_fsync(int file);

/* Of fcntl(): whether a file is open, a copy whose number is not below the argument, a lock of the whole
 * file. */
enum { F_GETFD, F_DUPFD_CLOEXEC, F_SETLK, F_GETLK };
enum { F_WRLCK, F_UNLCK };
struct flock {
    int l_type, l_whence;
    long l_pid;
};
int trmi_posix_fcntl(int file, int command, ...);

/* The entries that `wanted` takes, by name, each to be freed, as the list is. */
int trmi_posix_scandir(const char *folder, struct dirent ***entries, int (*wanted)(const struct dirent *));

#undef stat
#undef fstat
#define stat trmi_posix_stat /* the struct and the call */
#define lstat(path, about) trmi_posix_stat(path, about)
#define fstat(file, about) trmi_posix_fstat(file, about)
#define fchmod(file, mode) ((void)(mode), 0) /* a file has the rights that its folder gives */
#define open(...) trmi_posix_open(__VA_ARGS__)
#define openat(folder, path, flags) trmi_posix_openat(folder, path, flags)
#define faccessat(folder, path, mode, flags) (trmi_posix_is_in(folder, path) ? 0 : -1)
#define fopen(path, mode) trmi_posix_fopen(path, mode)
#define tmpfile() trmi_posix_tmpfile()
#define mkstemp(path) trmi_posix_mkstemp(path)
#define unlink(path) trmi_posix_unlink(path)
#define remove(path) trmi_posix_unlink(path)
#define rename(from, to) trmi_posix_rename(from, to)
#define access(path, mode) trmi_posix_access(path)
#define realpath(path, room) trmi_posix_realpath(path)
#define read(file, data, bytes) trmi_posix_read(file, data, bytes)
#define pwrite(file, data, bytes, offset) trmi_posix_pwrite(file, data, bytes, offset)
#define fsync(file) trmi_posix_fsync(file)
#define fcntl(...) trmi_posix_fcntl(__VA_ARGS__)
#define scandir(folder, entries, wanted, order) trmi_posix_scandir(folder, entries, wanted)

/* -- the process -- */

/* TMPDIR is the folder for temporary files, if nothing else is set. Good until the next call. */
const char *trmi_posix_getenv(const char *name);
#define getenv(name) trmi_posix_getenv(name)

/* Control-C and control-break are SIGINT; there is no SIGTERM. */
#define SA_RESETHAND 1
struct sigaction {
    void (*sa_handler)(int number);
    int sa_flags, sa_mask;
};
#undef sigemptyset
#define sigemptyset(set) (*(set) = 0)
int trmi_posix_sigaction(int number, const struct sigaction *action);
#define sigaction(number, action, before) trmi_posix_sigaction(number, action)

/* A program that sets no locale has that of C, and nobody else uses this C library. */
typedef struct trmi_posix_locale *locale_t;
#define LC_NUMERIC_MASK 0
#define newlocale(mask, name, base) ((locale_t)NULL)
static inline locale_t uselocale(locale_t locale)
{
    return locale;
}
static inline void freelocale(locale_t locale)
{
    (void)locale;
}

/* -- the console -- */

bool trmi_posix_isatty(int file);
#undef isatty
#define isatty(file) trmi_posix_isatty(file)

#define TIOCGWINSZ 0
struct winsize {
    unsigned short ws_row, ws_col;
};
int trmi_posix_window(int file, struct winsize *size);
#define ioctl(file, what, size) trmi_posix_window(file, size)

#endif
