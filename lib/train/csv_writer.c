/* Writes a set of puzzles as the CSV file that lib/train/csv.c reads. Rows are collected in one block; a
 * gzipped file deflates the block whenever it is full. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/interchange/output.h"
#include "lib/train/csv.h"
#include "lib/train/puzzles.h"

enum {
    ROWS_BYTES = 524288, /* holds the longest row, too */
    RATING_BYTES = 16,   /* comma, rating, end of line, zero */
    SOURCE_BYTES = 256,  /* the longest source */
    GZIP_PIECE = 65536
};

typedef struct csv_output {
    trmi_output file;
    uint8_t *rows; /* ROWS_BYTES */
    size_t used;
    bool gzip;
#ifdef TRMI_HAVE_ZLIB
    z_stream stream;
    uint8_t *piece; /* GZIP_PIECE */
#endif
} csv_output;

/* -- gzip -- */

#ifdef TRMI_HAVE_ZLIB

static voidpf allocate_for_gzip(voidpf allocator, uInt items, uInt size)
{
    return trmi_allocate(allocator, (uint64_t)items * size);
}

static void release_for_gzip(voidpf allocator, voidpf memory)
{
    trmi_release(allocator, memory);
}

static trm_status begin_deflating(csv_output *output, trm_allocator *allocator, trm_error *error)
{
    enum {
        GZIP_WINDOW = 15 + 16,
        MEMORY_LEVEL = 8
    }; /* zlib: the largest window and gzip around it; its default */
    output->stream =
        (z_stream) { .zalloc = allocate_for_gzip, .zfree = release_for_gzip, .opaque = allocator };
    output->piece = trmi_allocate(allocator, GZIP_PIECE);
    output->gzip =
        output->piece != NULL && deflateInit2(&output->stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
                                              MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK;
    return output->gzip ? TRM_OK : trmi_fail(error, TRM_ERROR_MEMORY, "no memory to deflate with");
}

static trm_status deflate_rows(csv_output *output, bool last, trm_error *error)
{
    trm_status status;
    output->stream.next_in = output->rows;
    output->stream.avail_in = (uInt)output->used;
    do {
        output->stream.next_out = output->piece;
        output->stream.avail_out = GZIP_PIECE;
        (void)deflate(&output->stream, last ? Z_FINISH : Z_NO_FLUSH); /* cannot fail: there is room */
        status =
            trmi_output_append(&output->file, output->piece, GZIP_PIECE - output->stream.avail_out, error);
    } while (status == TRM_OK && output->stream.avail_out == 0);
    return status;
}

static void end_deflating(csv_output *output, const trm_allocator *allocator)
{
    if (output->gzip)
        deflateEnd(&output->stream);
    trmi_release(allocator, output->piece);
}

#else

static trm_status begin_deflating(csv_output *output, trm_allocator *allocator, trm_error *error)
{
    (void)output, (void)allocator;
    return trmi_fail(error, TRM_ERROR_UNSUPPORTED,
                     "a file .gz needs a build with zlib; write it without .gz");
}

static trm_status deflate_rows(csv_output *output, bool last, trm_error *error)
{
    (void)last;
    return begin_deflating(output, NULL, error);
}

static void end_deflating(csv_output *output, const trm_allocator *allocator)
{
    (void)output, (void)allocator;
}

#endif

/* -- rows -- */

static trm_status flush_rows(csv_output *output, bool last, trm_error *error)
{
    const trm_status status = output->gzip
                                  ? deflate_rows(output, last, error)
                                  : trmi_output_append(&output->file, output->rows, output->used, error);
    output->used = 0;
    return status;
}

static void add_text(csv_output *output, const char *text, size_t length)
{
    memcpy(output->rows + output->used, text, length);
    output->used += length;
}

/* There is room for the row. */
static void add_row(csv_output *output, const trm_puzzles *puzzles, uint64_t index, const char *source)
{
    const uint32_t cells = puzzles->task.cells;
    char rating[RATING_BYTES];
    add_text(output, source, strlen(source));
    add_text(output, ",", 1);
    trmi_task_decode(&puzzles->task, trmi_puzzles_question(puzzles, index),
                     (char *)output->rows + output->used);
    output->used += cells;
    add_text(output, ",", 1);
    trmi_task_decode(&puzzles->task, trmi_puzzles_answer(puzzles, index),
                     (char *)output->rows + output->used);
    output->used += cells;
    add_text(output, rating,
             (size_t)snprintf(rating, sizeof rating, ",%" PRIu32 "\n", puzzles->ratings[index]));
}

static trm_status write_rows(csv_output *output, const trm_puzzles *puzzles, const char *source,
                             trm_error *error)
{
    const size_t row = strlen(source) + 2 * (size_t)puzzles->task.cells + 2 + RATING_BYTES;
    trm_status status = TRM_OK;
    add_text(output, TRMI_CSV_HEADER "\n", sizeof TRMI_CSV_HEADER);
    for (uint64_t i = 0; status == TRM_OK && i < puzzles->count; i++) {
        if (output->used + row > ROWS_BYTES)
            status = flush_rows(output, false, error);
        if (status == TRM_OK)
            add_row(output, puzzles, i, source);
    }
    if (status == TRM_OK)
        status = flush_rows(output, true, error);
    return status == TRM_OK ? trmi_output_commit(&output->file, error) : status;
}

static bool is_source(const char *source)
{
    const size_t length = strlen(source);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)source[i] < 0x20 || source[i] == 0x7f || source[i] == ',' || source[i] == '"')
            return false;
    return length < SOURCE_BYTES;
}

TRM_API trm_status trm_puzzles_write(const trm_puzzles *puzzles, const char *output_path, const char *source,
                                     trm_error *error)
{
    if (puzzles == NULL || output_path == NULL || source == NULL || !is_source(source))
        return trmi_fail(
            error, TRM_ERROR_ARGUMENT,
            "trm_puzzles_write: expected puzzles, a path, and a source of less than %d bytes without "
            "commas, quotes and control characters",
            SOURCE_BYTES);
    const size_t length = strlen(output_path);
    const bool gzip = length >= 3 && strcmp(output_path + length - 3, ".gz") == 0;
    trm_allocator allocator = puzzles->allocator;
    csv_output output = { 0 };
    trm_status status = trmi_output_file(&output.file, output_path, &allocator, error);
    if (status != TRM_OK)
        return status;
    output.rows = trmi_allocate(&allocator, ROWS_BYTES);
    if (output.rows == NULL)
        status = trmi_fail(error, TRM_ERROR_MEMORY, "no memory to write puzzles with");
    if (status == TRM_OK && gzip)
        status = begin_deflating(&output, &allocator, error);
    if (status == TRM_OK)
        status = write_rows(&output, puzzles, source, error);
    end_deflating(&output, &allocator);
    trmi_release(&allocator, output.rows);
    trmi_output_close(&output.file);
    return status;
}
