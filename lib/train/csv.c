/* Three layers: stored bytes from the system, plain bytes out of them (inflated, when the file begins as gzip
 * does), lines out of those. Each has a buffer of its own; only the line grows, up to a limit. */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/core/system.h"
#include "lib/train/csv.h"

enum { BLOCK_BYTES = 65536, FIRST_LINE_BYTES = 4096 };

typedef struct byte_block {
    size_t at, filled;
    uint8_t bytes[BLOCK_BYTES];
} byte_block;

struct trm_csv {
    trm_allocator allocator;
    char *name;
    int descriptor;
    bool borrowed;                      /* the descriptor is the caller's */
    bool lines;                         /* one question a line, without a header */
    bool kept;                          /* the first line is such a question, and has not been taken */
    uint64_t size;                      /* of the stored file, 0: unknown */
    uint64_t stored_bytes, plain_bytes; /* that came so far */
    uint64_t number;                    /* of the last line, from 1 */
    char *line;
    size_t length, capacity;
    byte_block stored, plain; /* plain is used for gzip alone */
    bool gzip;
#ifdef TRMI_HAVE_ZLIB
    bool ended; /* a gzip member has ended; perhaps another follows */
    z_stream stream;
#endif
};

static trm_status fail_line(const trm_csv *csv, trm_error *error)
{
    return trmi_fail(error, TRM_ERROR_MEMORY, "%.200s: line %" PRIu64 ": no memory to read it", csv->name,
                     csv->number + 1);
}

/* -- stored bytes -- */

/* Reads more behind the first `kept` bytes of the block; nothing came when the file has ended. */
static trm_status read_stored(trm_csv *csv, size_t kept, trm_error *error)
{
    const ssize_t got = read(csv->descriptor, csv->stored.bytes + kept, BLOCK_BYTES - kept);
    csv->stored.at = 0;
    csv->stored.filled = kept + (got > 0 ? (size_t)got : 0);
    if (got < 0)
        return trmi_fail_system(error, csv->name, "cannot be read");
    csv->stored_bytes += (uint64_t)got;
    return TRM_OK;
}

/* The first block has the two bytes by which gzip is known, if the file has them. */
static trm_status read_first_block(trm_csv *csv, trm_error *error)
{
    trm_status status = read_stored(csv, 0, error);
    if (status == TRM_OK && csv->stored.filled == 1)
        status = read_stored(csv, 1, error);
    return status;
}

/* -- plain bytes -- */

#ifdef TRMI_HAVE_ZLIB

static voidpf allocate_for_inflate(voidpf csv, uInt items, uInt size)
{
    return trmi_allocate(&((trm_csv *)csv)->allocator, (uint64_t)items * size);
}

static void release_for_inflate(voidpf csv, voidpf memory)
{
    trmi_release(&((trm_csv *)csv)->allocator, memory);
}

enum { GZIP_WINDOW = 15 + 16 }; /* zlib: the largest window, and gzip around it */

static trm_status begin_gzip(trm_csv *csv, trm_error *error)
{
    csv->stream = (z_stream) { .zalloc = allocate_for_inflate, .zfree = release_for_inflate, .opaque = csv };
    if (inflateInit2(&csv->stream, GZIP_WINDOW) != Z_OK)
        return trmi_fail(error, TRM_ERROR_MEMORY, "%.200s: no memory to inflate it", csv->name);
    csv->gzip = true;
    return TRM_OK;
}

static void end_gzip(trm_csv *csv)
{
    if (csv->gzip)
        inflateEnd(&csv->stream);
}

static trm_status fail_gzip(const trm_csv *csv, const char *what, trm_error *error)
{
    return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: line %" PRIu64 ": the gzip data is damaged: %s",
                     csv->name, csv->number + 1, what);
}

/* One call of zlib: some stored bytes for some plain ones. */
static trm_status inflate_some(trm_csv *csv, trm_error *error)
{
    byte_block *from = &csv->stored, *to = &csv->plain;
    csv->stream.next_in = from->bytes + from->at;
    csv->stream.avail_in = (uInt)(from->filled - from->at);
    csv->stream.next_out = to->bytes;
    csv->stream.avail_out = BLOCK_BYTES;
    const int code = inflate(&csv->stream, Z_NO_FLUSH);
    from->at = from->filled - csv->stream.avail_in;
    to->filled = BLOCK_BYTES - csv->stream.avail_out;
    csv->ended = code == Z_STREAM_END;
    if (code == Z_MEM_ERROR)
        return fail_line(csv, error);
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR)
        return TRM_OK;
    return fail_gzip(csv, csv->stream.msg != NULL ? csv->stream.msg : "it is not what zlib expects", error);
}

/* Members of a gzip file follow each other. */
static trm_status fill_plain(trm_csv *csv, trm_error *error)
{
    trm_status status = TRM_OK;
    csv->plain.at = csv->plain.filled = 0;
    while (status == TRM_OK && csv->plain.filled == 0) {
        if (csv->stored.at == csv->stored.filled)
            status = read_stored(csv, 0, error);
        const bool over = status == TRM_OK && csv->stored.filled == 0;
        if (over && csv->ended)
            break;
        if (over)
            status = fail_gzip(csv, "it ends too early", error);
        if (status == TRM_OK && csv->ended && inflateReset(&csv->stream) != Z_OK)
            status = fail_gzip(csv, "what follows its end cannot be read", error);
        if (status == TRM_OK)
            status = inflate_some(csv, error);
    }
    csv->plain_bytes += csv->plain.filled;
    return status;
}

#else

static trm_status begin_gzip(trm_csv *csv, trm_error *error)
{
    return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                     "%.200s: expected a plain file, as this build has no zlib, found a gzipped one",
                     csv->name);
}

static void end_gzip(trm_csv *csv)
{
    (void)csv;
}

static trm_status fill_plain(trm_csv *csv, trm_error *error)
{
    return begin_gzip(csv, error);
}

#endif

/* The block that lines are cut from, with bytes in it unless the file has ended. */
static trm_status next_block(trm_csv *csv, byte_block **from, trm_error *error)
{
    *from = csv->gzip ? &csv->plain : &csv->stored;
    if ((*from)->at < (*from)->filled)
        return TRM_OK;
    return csv->gzip ? fill_plain(csv, error) : read_stored(csv, 0, error);
}

/* -- lines -- */

static trm_status append_to_line(trm_csv *csv, const uint8_t *bytes, size_t count, trm_error *error)
{
    const size_t needed = csv->length + count + 1;
    if (needed > TRMI_CSV_LINE_BYTES)
        return trmi_fail(error, TRM_ERROR_FORMAT,
                         "%.200s: line %" PRIu64
                         ": expected a line of less than %d bytes, found a longer one",
                         csv->name, csv->number + 1, TRMI_CSV_LINE_BYTES);
    if (needed > csv->capacity) {
        const size_t capacity = 2 * needed > FIRST_LINE_BYTES ? 2 * needed : FIRST_LINE_BYTES;
        char *line = trmi_allocate(&csv->allocator, capacity);
        if (line == NULL)
            return fail_line(csv, error);
        if (csv->length > 0)
            memcpy(line, csv->line, csv->length);
        trmi_release(&csv->allocator, csv->line);
        csv->line = line;
        csv->capacity = capacity;
    }
    memcpy(csv->line + csv->length, bytes, count);
    csv->length += count;
    csv->line[csv->length] = '\0';
    return TRM_OK;
}

/* The next line into csv->line, without its end. */
static trm_status read_line(trm_csv *csv, bool *found, trm_error *error)
{
    bool ended = false;
    *found = false;
    csv->length = 0;
    while (!ended) {
        byte_block *from;
        trm_status status = next_block(csv, &from, error);
        if (status != TRM_OK)
            return status;
        const size_t left = from->filled - from->at;
        if (left == 0)
            break;
        const uint8_t *begin = from->bytes + from->at, *end = memchr(begin, '\n', left);
        const size_t count = end != NULL ? (size_t)(end - begin) : left;
        ended = end != NULL;
        from->at += count + (ended ? 1 : 0);
        *found = true;
        status = append_to_line(csv, begin, count, error);
        if (status != TRM_OK)
            return status;
    }
    if (csv->length > 0 && csv->line[csv->length - 1] == '\r')
        csv->line[--csv->length] = '\0';
    csv->number += *found;
    return TRM_OK;
}

/* -- opening -- */

static trm_status fail_header(const trm_csv *csv, bool found, trm_error *error)
{
    if (!found)
        return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: expected a first line '%s', found an empty file",
                         csv->name, TRMI_CSV_HEADER);
    return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: line 1: expected '%s', found '%.60s'", csv->name,
                     TRMI_CSV_HEADER, csv->line);
}

/* Without a header the first line is a question, where these are allowed. */
static trm_status read_header(trm_csv *csv, bool lines_allowed, trm_error *error)
{
    bool found = false;
    trm_status status = read_first_block(csv, error);
    if (status == TRM_OK && csv->stored.filled >= 2 && csv->stored.bytes[0] == 0x1f &&
        csv->stored.bytes[1] == 0x8b)
        status = begin_gzip(csv, error);
    if (status == TRM_OK)
        status = read_line(csv, &found, error);
    if (status != TRM_OK)
        return status;
    const bool header = found && csv->length == strlen(TRMI_CSV_HEADER) &&
                        memcmp(csv->line, TRMI_CSV_HEADER, csv->length) == 0;
    csv->lines = lines_allowed && !header;
    csv->kept = csv->lines && found;
    return header || csv->lines ? TRM_OK : fail_header(csv, found, error);
}

static trm_status look_at_file(trm_csv *csv, trm_error *error)
{
    struct stat about;
    if (fstat(csv->descriptor, &about) != 0)
        return trmi_fail_system(error, csv->name, "cannot be read");
    if (S_ISDIR(about.st_mode))
        return trmi_fail(error, TRM_ERROR_FILE, "%.200s: expected a file, found a directory", csv->name);
    csv->size = S_ISREG(about.st_mode) && about.st_size > 0 ? (uint64_t)about.st_size : 0;
    return TRM_OK;
}

static trm_status read_csv_options(trm_csv_options *options, const trm_csv_options *given,
                                   trm_allocator *allocator, trm_error *error)
{
    *options = (trm_csv_options)TRM_CSV_OPTIONS_INIT;
    if (given != NULL) {
        const trm_status status = trmi_read_struct(
            options, sizeof *options, given, offsetof(trm_csv_options, flags), "trm_csv_options", error);
        if (status != TRM_OK)
            return status;
    }
    if ((options->flags & ~TRM_CSV_LINES) != 0 || options->reserved != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_csv_options: flags must be TRM_CSV_* or 0, reserved 0; found flags 0x%" PRIx32
                         ", reserved %" PRIu32,
                         options->flags, options->reserved);
    return trmi_allocator_read(allocator, options->allocator, error);
}

/* A reader of the descriptor, which is its own unless it is borrowed. */
static trm_status create_reader(const char *name, int descriptor, bool borrowed,
                                const trm_allocator *allocator, trm_csv **csv, trm_error *error)
{
    trm_csv *made = trmi_allocate(allocator, sizeof *made);
    char *copy = trmi_allocate(allocator, (uint64_t)strlen(name) + 1);
    if (made == NULL || copy == NULL) {
        trmi_release(allocator, copy);
        trmi_release(allocator, made);
        return trmi_fail(error, TRM_ERROR_MEMORY, "%.200s: no memory to read it", name);
    }
    memcpy(copy, name, strlen(name) + 1);
    made->allocator = *allocator;
    made->name = copy;
    made->descriptor = descriptor;
    made->borrowed = borrowed;
    *csv = made;
    return TRM_OK;
}

static trm_status open_reader(const char *name, int descriptor, bool borrowed, const trm_csv_options *given,
                              trm_csv **csv, trm_error *error)
{
    trm_csv *made = NULL;
    trm_csv_options options;
    trm_allocator allocator;
    trm_status status = read_csv_options(&options, given, &allocator, error);
    if (status == TRM_OK)
        status = create_reader(name, descriptor, borrowed, &allocator, &made, error);
    if (status == TRM_OK && !borrowed) {
        made->descriptor = open(name, O_RDONLY | O_CLOEXEC);
        if (made->descriptor < 0)
            status = trmi_fail_system(error, name, "cannot be opened");
    }
    if (status == TRM_OK)
        status = look_at_file(made, error);
    if (status == TRM_OK)
        status = read_header(made, (options.flags & TRM_CSV_LINES) != 0, error);
    if (status == TRM_OK)
        *csv = made;
    else
        trm_csv_close(made);
    return status;
}

TRM_API trm_status trm_csv_open(const char *path, const trm_csv_options *options, trm_csv **csv,
                                trm_error *error)
{
    if (csv == NULL || path == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_csv_open: path and csv must not be NULL");
    *csv = NULL;
    return open_reader(path, -1, false, options, csv, error);
}

TRM_API trm_status trm_csv_open_descriptor(int descriptor, const char *name, const trm_csv_options *options,
                                           trm_csv **csv, trm_error *error)
{
    if (csv == NULL || name == NULL || descriptor < 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_csv_open_descriptor: name and csv must not be NULL, descriptor not below 0");
    *csv = NULL;
    return open_reader(name, descriptor, true, options, csv, error);
}

TRM_API void trm_csv_close(trm_csv *csv)
{
    if (csv == NULL)
        return;
    const trm_allocator allocator = csv->allocator;
    end_gzip(csv);
    if (!csv->borrowed && csv->descriptor >= 0)
        close(csv->descriptor);
    trmi_release(&allocator, csv->line);
    trmi_release(&allocator, csv->name);
    trmi_release(&allocator, csv);
}

/* -- rows -- */

/* Cuts the line at its commas. */
static trm_status cut_line(trm_csv *csv, trm_csv_row *row, trm_error *error)
{
    char *at = csv->line, *const end = csv->line + csv->length;
    size_t fields = 0;
    for (char *stop = at; stop != NULL; at = stop + 1) {
        stop = memchr(at, ',', (size_t)(end - at));
        char *const last = stop != NULL ? stop : end;
        if (fields < TRMI_CSV_FIELDS) {
            row->text[fields] = at;
            row->length[fields] = (size_t)(last - at);
            row->column[fields] = (size_t)(at - csv->line) + 1;
        }
        fields++;
        *last = '\0';
        if (stop == NULL)
            break;
    }
    row->line = csv->number;
    if (fields == TRMI_CSV_FIELDS)
        return TRM_OK;
    return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: line %" PRIu64 ": expected %d columns (%s), found %zu",
                     csv->name, csv->number, TRMI_CSV_FIELDS, TRMI_CSV_HEADER, fields);
}

/* The line is the question, the other fields are empty. */
static void take_line(trm_csv *csv, trm_csv_row *row)
{
    for (size_t i = 0; i < TRMI_CSV_FIELDS; i++)
        row->text[i] = csv->line + csv->length;
    row->text[TRM_CSV_QUESTION] = csv->line;
    row->length[TRM_CSV_QUESTION] = csv->length;
    row->column[TRM_CSV_QUESTION] = 1;
    row->line = csv->number;
}

TRM_API trm_status trm_csv_next(trm_csv *csv, trm_csv_row *row, trm_error *error)
{
    trm_csv_row read = TRM_CSV_ROW_INIT;
    trm_status status = TRM_OK;
    if (csv == NULL || row == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_csv_next: csv and row must not be NULL");
    bool found = csv->kept;
    csv->kept = false;
    if (!found)
        status = read_line(csv, &found, error);
    if (status == TRM_OK && found && csv->lines)
        take_line(csv, &read);
    else if (status == TRM_OK && found)
        status = cut_line(csv, &read, error);
    if (status == TRM_OK)
        status =
            trmi_write_struct(row, &read, sizeof read, offsetof(trm_csv_row, length), "trm_csv_row", error);
    return status;
}

TRM_API uint32_t trm_csv_waiting(const trm_csv *csv)
{
    return csv != NULL &&
           (csv->kept || csv->stored.at < csv->stored.filled || csv->plain.at < csv->plain.filled);
}

TRM_API void trm_csv_progress(const trm_csv *csv, uint64_t *taken, uint64_t *whole)
{
    const uint64_t stored = csv != NULL ? csv->stored_bytes - (csv->stored.filled - csv->stored.at) : 0;
    const bool inflated = csv != NULL && csv->gzip && csv->plain_bytes > 0;
    const uint64_t unread = inflated ? csv->plain.filled - csv->plain.at : 0;
    if (taken != NULL)
        *taken =
            inflated
                ? (uint64_t)((double)stored * (double)(csv->plain_bytes - unread) / (double)csv->plain_bytes)
                : stored;
    if (whole != NULL)
        *whole = csv != NULL ? csv->size : 0;
}

const char *trmi_csv_name(const trm_csv *csv)
{
    return csv->name;
}

trm_status trmi_csv_fail(const trm_csv *csv, const trm_csv_row *row, trm_csv_field field, size_t offset,
                         trm_status status, trm_error *error)
{
    static const char *const names[TRMI_CSV_FIELDS] = { "source", "question", "answer", "rating" };
    char place[288];
    snprintf(place, sizeof place, "%.200s: line %" PRIu64 ", column %zu (%s)", csv->name, row->line,
             row->column[field] + offset, names[field]);
    return trmi_fail_within(error, status, place);
}
