/* Writes a set of puzzles as the file that lib/puzzles/csv.c reads: rows, or objects in JSON. They are
 * collected in one block; a gzipped file deflates the block whenever it is full. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#ifdef TRMI_HAVE_ZLIB
#include <zlib.h>
#endif

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/core/output.h"
#include "lib/puzzles/csv.h"
#include "lib/puzzles/jigsaws.h"
#include "lib/puzzles/regions.h"

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
    return output->gzip ? TRM_OK : trmi_no_memory(error, "deflating");
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
    const uint32_t cells = puzzles->task.shape.positions;
    char rating[RATING_BYTES];
    add_text(output, source, strlen(source));
    add_text(output, ",", 1);
    trmi_task_decode(&puzzles->task, trmi_puzzles_question(puzzles, index), cells,
                     (char *)output->rows + output->used);
    output->used += cells;
    add_text(output, ",", 1);
    trmi_task_decode(&puzzles->task, trmi_puzzles_answer(puzzles, index), cells,
                     (char *)output->rows + output->used);
    output->used += cells;
    add_text(output, rating, (size_t)snprintf(rating, sizeof rating, ",%" PRIu32, puzzles->ratings[index]));
    if (puzzles->sheets != NULL) {
        uint8_t region[TRMI_SUDOKU_SIDE * TRMI_SUDOKU_SIDE] = { 0 };
        (void)trmi_jigsaw_regions(puzzles, index, region);
        add_text(output, ",", 1);
        trmi_regions_print(region, cells, (char *)output->rows + output->used);
        output->used += cells;
    }
    add_text(output, "\n", 1);
}

static trm_status write_rows(csv_output *output, const trm_puzzles *puzzles, const char *source,
                             trm_error *error)
{
    const bool jigsaws = puzzles->sheets != NULL;
    const size_t row =
        strlen(source) + (jigsaws ? 3 : 2) * ((size_t)puzzles->task.shape.positions + 1) + RATING_BYTES;
    const char *header = jigsaws ? TRMI_CSV_HEADER ",regions\n" : TRMI_CSV_HEADER "\n";
    add_text(output, header, strlen(header));
    for (uint64_t i = 0; i < puzzles->count; i++) {
        if (output->used + row > ROWS_BYTES)
            TRMI_TRY(flush_rows(output, false, error));
        add_row(output, puzzles, i, source);
    }
    TRMI_TRY(flush_rows(output, true, error));
    return trmi_output_commit(&output->file, error);
}

/* -- objects -- */

/* A piece of a line, however long that is. */
static void put(csv_output *output, const char *text, size_t length, trm_status *status, trm_error *error)
{
    if (*status == TRM_OK && output->used + length > ROWS_BYTES)
        *status = flush_rows(output, false, error);
    if (*status == TRM_OK)
        add_text(output, text, length);
}

/* A line that is being written. */
typedef struct line {
    csv_output *output;
    trm_status status;
    trm_error *error;
} line;

static void put_text(line *l, const char *text)
{
    put(l->output, text, strlen(text), &l->status, l->error);
}

static void put_number(line *l, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    put_text(l, text);
}

static void put_member(line *l, const char *name, uint64_t number)
{
    if (number == 0)
        return;
    put_text(l, ", \"");
    put_text(l, name);
    put_text(l, "\": ");
    put_number(l, number);
}

/* Bytes beyond ASCII are written as they came. */
static void put_quoted(line *l, const char *text, size_t length)
{
    char escape[8];
    put_text(l, "\"");
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\' || byte < 0x20)
            put(l->output, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)byte),
                &l->status, l->error);
        else
            put(l->output, text + i, 1, &l->status, l->error);
    }
    put_text(l, "\"");
}

static void put_cells(line *l, const trmi_task *task, const char *name, const uint8_t *tokens, uint32_t count)
{
    char cell;
    put_text(l, name);
    put_text(l, "\"");
    for (uint32_t i = 0; i < count; i++) {
        trmi_task_decode(task, tokens + i, 1, &cell);
        if (cell == '"' || cell == '\\')
            put_text(l, "\\");
        put(l->output, &cell, 1, &l->status, l->error);
    }
    put_text(l, "\"");
}

static void put_relation(line *l, const trm_relation *r)
{
    put_quoted(l, r->name, strlen(r->name));
    put_text(l, ": [");
    for (uint32_t i = 0; i < r->lists; i++) {
        put_text(l, i > 0 ? ",[" : "[");
        for (uint32_t k = r->first[i]; k < r->first[i + 1]; k++) {
            if (k > r->first[i])
                put_text(l, ",");
            put_number(l, r->heard[k]);
        }
        put_text(l, "]");
    }
    put_text(l, "]");
}

/* Nine digits bring a float back to the bit; the point is that of JSON, whatever the host's is. */
static void put_float(line *l, float number)
{
    char text[40];
    const char *at = text;
    snprintf(text, sizeof text, "%.8e", (double)number);
    put(l->output, at, *at == '-' ? 2 : 1, &l->status, l->error);
    at += *at == '-' ? 2 : 1;
    at += strcspn(at, "0123456789");
    put_text(l, ".");
    put_text(l, at);
}

static void put_features(line *l, const trmi_sheet *sheet)
{
    const size_t count = (size_t)(sheet->positions + sheet->shape.helpers) * sheet->features;
    for (size_t i = 0; i < count; i++) {
        put_text(l, i > 0 ? "," : ", \"features\": [");
        put_float(l, sheet->numbers[i]);
    }
    if (count > 0)
        put_text(l, "]");
}

static void put_sheet(line *l, const trmi_sheet *sheet)
{
    const trm_shape *s = &sheet->shape;
    put_member(l, "rows", s->rows);
    put_member(l, "columns", s->columns);
    put_member(l, "fields", s->fields);
    if (s->box_rows > 0) {
        put_text(l, ", \"box\": [");
        put_number(l, s->box_rows);
        put_text(l, ",");
        put_number(l, s->box_columns);
        put_text(l, "]");
    }
    for (size_t r = 0; r < sheet->relation_count; r++) {
        put_text(l, r == 0 ? ", \"relations\": {" : ", ");
        put_relation(l, &sheet->relations[r]);
    }
    put_text(l, sheet->relation_count > 0 ? "}" : "");
    for (uint32_t h = 0; h < s->helpers; h++) {
        put_text(l, h == 0 ? ", \"helpers\": [" : ",");
        put_number(l, (uint64_t)sheet->helper_tokens[h]);
    }
    put_text(l, s->helpers > 0 ? "]" : "");
    put_features(l, sheet);
}

static trm_status write_objects(csv_output *output, const trm_puzzles *puzzles, const char *source,
                                trm_error *error)
{
    line l = { output, TRM_OK, error };
    for (uint64_t i = 0; l.status == TRM_OK && i < puzzles->count; i++) {
        const uint32_t cells = trmi_puzzles_positions(puzzles, i);
        const trmi_sheet *sheet = trmi_puzzles_sheet(puzzles, i);
        put_text(&l, "{\"source\": ");
        put_quoted(&l, source, strlen(source));
        put_cells(&l, &puzzles->task, ", \"question\": ", trmi_puzzles_question(puzzles, i), cells);
        put_cells(&l, &puzzles->task, ", \"answer\": ", trmi_puzzles_answer(puzzles, i), cells);
        put_member(&l, "rating", puzzles->ratings[i]);
        if (sheet != NULL)
            put_sheet(&l, sheet);
        put_text(&l, "}\n");
    }
    if (l.status == TRM_OK)
        l.status = flush_rows(output, true, error);
    return l.status == TRM_OK ? trmi_output_commit(&output->file, error) : l.status;
}

static bool is_source(const char *source)
{
    const size_t length = strlen(source);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)source[i] < 0x20 || source[i] == 0x7f || source[i] == ',' || source[i] == '"')
            return false;
    return length < SOURCE_BYTES;
}

/* Rows have room for what all puzzles bring: nothing, or the regions of jigsaws. */
static bool fit_rows(const trm_puzzles *puzzles)
{
    uint8_t region[TRMI_SUDOKU_SIDE * TRMI_SUDOKU_SIDE];
    bool fit = puzzles->sheets == NULL || trmi_task_is(&puzzles->task, TRMI_JIGSAW);
    for (uint64_t i = 0; fit && puzzles->sheets != NULL && i < puzzles->count; i++) {
        const trmi_sheet *s = trmi_puzzles_sheet(puzzles, i);
        fit = trmi_jigsaw_regions(puzzles, i, region) && s->relation_count == 1 && s->features == 0 &&
              s->shape.helpers == 0 && s->shape.fields == 0 && s->shape.box_rows == 0;
    }
    return fit;
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
        status = trmi_no_memory(error, "writing puzzles");
    if (status == TRM_OK && gzip)
        status = begin_deflating(&output, &allocator, error);
    if (status == TRM_OK)
        status = fit_rows(puzzles) ? write_rows(&output, puzzles, source, error)
                                   : write_objects(&output, puzzles, source, error);
    end_deflating(&output, &allocator);
    trmi_release(&allocator, output.rows);
    trmi_output_close(&output.file);
    return status;
}
