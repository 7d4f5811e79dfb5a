#define _XOPEN_SOURCE 700

#include "bindings/cli/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bindings/cli/report.h"

enum { MOST_NAMES = 100, SUFFIX_BYTES = 40 };

static bool fail(const char *output, const char *why)
{
    report_error("%s: %s", output, why);
    return false;
}

/* A link that leads nowhere yet is not followed: nobody could be sure where. */
static bool find_target(new_file *f, struct stat *old, bool *replaces)
{
    struct stat named;
    *replaces = stat(f->output, old) == 0;
    if (*replaces && !S_ISREG(old->st_mode))
        return fail(f->output, "the output must be a regular file or not exist yet");
    if (!*replaces && errno == ENOENT && lstat(f->output, &named) == 0)
        return fail(f->output, "the output is a link to a file that does not exist");
    f->target = *replaces ? realpath(f->output, NULL) : strdup(f->output);
    return f->target != NULL || fail(f->output, strerror(errno));
}

/* Nobody may read more of the new file than of the old one. */
static FILE *create(new_file *f, const struct stat *old, bool replaces)
{
    const size_t room = strlen(f->target) + SUFFIX_BYTES;
    int file = -1;
    f->beside = malloc(room);
    for (int i = 0; f->beside != NULL && file < 0 && i < MOST_NAMES; i++) {
        snprintf(f->beside, room, "%s.tmp-%ld.%d", f->target, (long)getpid(), i);
        file =
            open(f->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, replaces ? old->st_mode & 0600 : 0666);
        if (file < 0 && errno != EEXIST)
            return NULL;
    }
    if (file < 0)
        return NULL;
    FILE *stream = !replaces || fchmod(file, old->st_mode & 0777) == 0 ? fdopen(file, "w") : NULL;
    if (stream == NULL) {
        const int why = errno;
        close(file);
        unlink(f->beside);
        errno = why;
    }
    return stream;
}

static void forget(new_file *f)
{
    free(f->target);
    free(f->beside);
    *f = (new_file) { .to = NULL };
}

bool new_file_begin(new_file *f, const char *output)
{
    struct stat old;
    bool replaces;
    *f = (new_file) { .output = output };
    if (find_target(f, &old, &replaces) && (f->to = create(f, &old, replaces)) == NULL)
        fail(output, strerror(errno));
    if (f->to == NULL)
        forget(f);
    return f->to != NULL;
}

bool new_file_end(new_file *f, bool good)
{
    if (f->to == NULL)
        return good;
    errno = 0;
    bool whole = good && fflush(f->to) == 0 && ferror(f->to) == 0 && fsync(fileno(f->to)) == 0;
    whole = fclose(f->to) == 0 && whole;
    whole = whole && rename(f->beside, f->target) == 0;
    if (!whole && good)
        fail(f->output, errno != 0 ? strerror(errno) : "it could not be written");
    if (!whole)
        unlink(f->beside);
    forget(f);
    return whole;
}
