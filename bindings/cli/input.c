#define _POSIX_C_SOURCE 200809L

#include "config.h"

#include "bindings/cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

#include "bindings/cli/report.h"

enum { MOST_LINE = 1 << 24 };

/* ------------------------------------------------------------------------------------------- files */

static bool is_gzip(int descriptor)
{
    unsigned char first[2];
    return pread(descriptor, first, sizeof first, 0) == 2 && first[0] == 0x1f && first[1] == 0x8b;
}

/* The handle takes the descriptor over. */
static bool open_gzip(input *in)
{
#ifdef TRMI_HAVE_ZLIB
    in->gzip = gzdopen(in->descriptor, "rb");
    if (in->gzip != NULL)
        in->descriptor = -1;
    else
        report_error("%s: not enough memory", in->name);
    return in->gzip != NULL;
#else
    report_error("%s: expected a plain file, as this build has no zlib, found a gzipped one", in->name);
    return false;
#endif
}

bool input_open(input *in, const char *path)
{
    memset(in, 0, offsetof(input, block));
    in->name = path;
    if (strcmp(path, "-") == 0) {
        in->name = "standard input";
        in->descriptor = STDIN_FILENO;
        return true;
    }
    struct stat about;
    in->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (in->descriptor < 0 || fstat(in->descriptor, &about) != 0) {
        report_error("%s: %s", path, strerror(errno));
        return false;
    }
    if (S_ISDIR(about.st_mode)) {
        report_error("%s: expected a file, found a directory", path);
        return false;
    }
    if (!S_ISREG(about.st_mode))
        return true;
    in->size = (double)about.st_size;
    return is_gzip(in->descriptor) ? open_gzip(in) : true;
}

void input_close(input *in)
{
#ifdef TRMI_HAVE_ZLIB
    if (in->gzip != NULL)
        gzclose(in->gzip);
#endif
    if (in->descriptor > STDIN_FILENO)
        close(in->descriptor);
    free(in->line);
    memset(in, 0, offsetof(input, block));
}

/* ------------------------------------------------------------------------------------------- bytes */

static int fail_read(input *in, const char *why)
{
    report_error("%s: line %lu: cannot be read: %s", in->name, in->number + 1, why);
    return -1;
}

#ifdef TRMI_HAVE_ZLIB
static int fill_from_gzip(input *in)
{
    int code = Z_OK;
    const int got = gzread(in->gzip, in->block, INPUT_BLOCK);
    in->position = (double)gzoffset(in->gzip);
    if (got > 0)
        return got; /* what is wrong behind these bytes is told when they have been used */
    const char *message = gzerror(in->gzip, &code),
               *sentence = strstr(message, ": "); /* behind a name of zlib's own */
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
        return fail_read(in, code == Z_ERRNO ? strerror(errno) : sentence != NULL ? sentence + 2 : message);
    return 0;
}
#endif

static int fill_from_file(input *in)
{
    ssize_t got;
    do
        got = read(in->descriptor, in->block, INPUT_BLOCK);
    while (got < 0 && errno == EINTR && !was_interrupted());
    if (got < 0 && errno == EINTR)
        return 0;
    if (got < 0)
        return fail_read(in, strerror(errno));
    in->position += (double)got;
    return (int)got;
}

/* The next block: its bytes, 0 at the end, -1 after an error. */
static int fill(input *in)
{
    int got;
#ifdef TRMI_HAVE_ZLIB
    if (in->gzip != NULL)
        got = fill_from_gzip(in);
    else
#endif
        got = fill_from_file(in);
    in->at = 0;
    in->filled = got > 0 ? (size_t)got : 0;
    in->produced += (double)in->filled;
    return got;
}

double input_position(const input *in)
{
    const double unread = (double)(in->filled - in->at);
    return in->produced > 0.0 ? in->position * (in->produced - unread) / in->produced : 0.0;
}

/* ------------------------------------------------------------------------------------------- lines */

static bool append(input *in, const void *bytes, size_t count)
{
    if (in->length + count + 1 > in->capacity) {
        const size_t capacity = 2 * (in->length + count + 1);
        char *line = capacity > MOST_LINE ? NULL : realloc(in->line, capacity);
        if (line == NULL) {
            fail_read(in, "it is too long");
            return false;
        }
        in->line = line;
        in->capacity = capacity;
    }
    memcpy(in->line + in->length, bytes, count);
    in->length += count;
    in->line[in->length] = '\0';
    return true;
}

int input_line(input *in)
{
    bool ended = false, some = false;
    in->length = 0;
    while (!ended) {
        if (in->at == in->filled) {
            const int got = fill(in);
            if (got < 0)
                return -1;
            if (got == 0)
                break;
        }
        const unsigned char *from = in->block + in->at, *end = memchr(from, '\n', in->filled - in->at);
        const size_t count = end != NULL ? (size_t)(end - from) : in->filled - in->at;
        if (!append(in, from, count))
            return -1;
        some = true;
        ended = end != NULL;
        in->at += count + (ended ? 1 : 0);
    }
    if (ended && in->length > 0 && in->line[in->length - 1] == '\r')
        in->line[--in->length] = '\0';
    in->number += some;
    return some;
}
