/* A temporary file is locked as long as someone writes it. One that is not was left by a process that was
 * killed: the next file of that name removes it. */
#define _DEFAULT_SOURCE /* flock */
#define _FILE_OFFSET_BITS 64

#include "lib/host/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/host/temporary_name.h"

enum {
    TEMPORARY_NAMES = 1000, /* tried before giving up */
    MOST_LINKS = 40,        /* as Linux follows */
};

static trm_status fail_errno(int number, const char *path, const char *what, trm_error *error)
{
    errno = number;
    return trmi_fail_system(error, path, what);
}

/* -- where the file goes -- */

/* The last part of the path may be a link, to another directory, or to nothing yet. */
static trm_status follow_links(trmi_temporary *t, const char *path, trm_error *error)
{
    if (strlen(path) >= sizeof t->target)
        return fail_errno(ENAMETOOLONG, path, "cannot create the file", error);
    strcpy(t->target, path);
    for (int links = 0; links < MOST_LINKS; links++) {
        const ssize_t length = readlink(t->target, t->link, sizeof t->link);
        if (length < 0)
            return TRM_OK; /* no link; what else may be wrong is found when it is opened */
        const char *slash = t->link[0] == '/' ? NULL : strrchr(t->target, '/');
        const size_t kept = slash != NULL ? (size_t)(slash + 1 - t->target) : 0;
        if (kept + (size_t)length >= sizeof t->target)
            return fail_errno(ENAMETOOLONG, path, "cannot create the file", error);
        memcpy(t->target + kept, t->link, (size_t)length);
        t->target[kept + (size_t)length] = 0;
    }
    return fail_errno(ELOOP, path, "cannot create the file", error);
}

/* -- what others left -- */

static void remove_if_left(int directory, const char *name)
{
    struct stat opened, named;
    const int file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return;
    if (flock(file, LOCK_EX | LOCK_NB) == 0 && fstat(file, &opened) == 0 &&
        fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(named.st_mode) &&
        opened.st_dev == named.st_dev && opened.st_ino == named.st_ino)
        unlinkat(directory, name, 0);
    close(file);
}

static void remove_those_left(trmi_temporary *t)
{
    const char *slash = strrchr(t->target, '/'), *base = slash != NULL ? slash + 1 : t->target;
    const size_t kept = (size_t)(base - t->target);
    memcpy(t->link, t->target, kept);
    t->link[kept] = 0;
    DIR *listing = opendir(kept > 0 ? t->link : ".");
    if (listing == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (trmi_is_temporary(entry->d_name, base))
            remove_if_left(dirfd(listing), entry->d_name);
    closedir(listing);
}

/* -- the new file -- */

/* Whoever may read the old file may read the new one, and nobody else. */
static bool take_after(int file, const struct stat *old)
{
    struct stat now;
    mode_t mode = old->st_mode & 0777;
    if (fstat(file, &now) != 0)
        return false;
    if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
        fchown(file, old->st_uid, old->st_gid) != 0 && fchown(file, (uid_t)-1, old->st_gid) != 0)
        mode &= 0707 | (mode & 07) << 3; /* another group: no more than others have */
    return fchmod(file, mode) == 0;
}

/* Locked, unless another process took it for one that was left, between two lines here. */
static bool lock(int file)
{
    struct stat about;
    return (flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) && fstat(file, &about) == 0 &&
           about.st_nlink > 0;
}

trm_status trmi_temporary_create(trmi_temporary *t, const char *path, int *file, trm_error *error)
{
    TRMI_TRY(follow_links(t, path, error));
    struct stat old;
    const bool replaces = stat(t->target, &old) == 0;
    if (replaces && !S_ISREG(old.st_mode))
        return trmi_fail(error, TRM_ERROR_FILE, "%s: the output must be a regular file or not exist yet",
                         path);
    remove_those_left(t);
    for (unsigned number = 0; number < TEMPORARY_NAMES; number++) {
        snprintf(t->name, sizeof t->name, "%s%s%ld-%u", t->target, trmi_temporary_infix, (long)getpid(),
                 number);
        *file = open(t->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, replaces ? old.st_mode & 0600 : 0666);
        if (*file < 0 && errno != EEXIST)
            break;
        if (*file < 0)
            continue;
        *file = trmi_above_streams(*file);
        if (*file >= 0 && lock(*file) && (!replaces || take_after(*file, &old)))
            return TRM_OK;
        const int reason = errno;
        unlink(t->name);
        if (*file >= 0)
            close(*file);
        errno = reason;
    }
    *file = -1;
    return trmi_fail_system(error, path, "cannot create the file"); /* the name that the user knows */
}
