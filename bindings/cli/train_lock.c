#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/train_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bindings/cli/report.h"

static const struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

/* Another process may have removed the file between opening and locking it. */
static bool is_named(const train_lock *lock)
{
    struct stat opened, named;
    return fstat(lock->file, &opened) == 0 && stat(lock->path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

static void tell_owner(const train_lock *lock, const char *output)
{
    struct flock other = whole;
    if (fcntl(lock->file, F_GETLK, &other) == 0 && other.l_type != F_UNLCK && other.l_pid > 0)
        report_error("train: %s is being trained by process %ld", output, (long)other.l_pid);
    else
        report_error("train: %s is being trained by another process", output);
}

bool lock_take(train_lock *lock, const char *output)
{
    *lock = (train_lock) { .file = -1 };
    if (snprintf(lock->path, sizeof lock->path, "%s.lock", output) >= (int)sizeof lock->path)
        return true;
    while ((lock->file = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)) >= 0) {
        const int taken = fcntl(lock->file, F_SETLK, &whole);
        const bool held = taken < 0 && (errno == EACCES || errno == EAGAIN);
        if (held)
            tell_owner(lock, output);
        if (held || taken < 0 || is_named(lock)) {
            if (taken < 0) /* held, or a file system without locks */
                close(lock->file), lock->file = -1;
            return !held;
        }
        close(lock->file);
    }
    return true;
}

void lock_release(train_lock *lock)
{
    if (lock->file < 0)
        return;
    unlink(lock->path); /* while it is locked */
    close(lock->file);
    lock->file = -1;
}
