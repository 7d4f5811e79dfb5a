/* The door to lists of puzzles: opens a file, finds out its format, hands out rows. What a format is:
   list.h. */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "lib/puzzles/csv.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/core/error.h"
#include "lib/core/host.h"
#include "lib/core/memory.h"
#include "lib/puzzles/list.h"
#include "lib/puzzles/list_mistaken.h"

/* -- opening -- */

static trm_status fail_first_line(const trm_csv *list, trm_error *error)
{
    if (list->column_name[0] != NULL)
        return trmi_list_fail(list, error,
                              "expected a header with a column %.60s, as was asked for, found '%.60s'",
                              list->column_name[0], list->line);
    return trmi_list_fail(
        list, error,
        "expected a header with a column question (or puzzle, quizzes), such as '%s', found '%.60s'; "
        "question=NAME names another",
        TRMI_CSV_HEADER, list->line);
}

/* What stands before a list: empty lines, comments, the separator that a spreadsheet is told. */
static bool is_before(const trm_csv *list)
{
    return list->task.known && (list->length == 0 || (list->line[0] == '#' && !list->task.cell['#']) ||
                                strncmp(list->line, "sep=", 4) == 0);
}

/* The first line that says something, kept. */
static trm_status read_first_line(trm_csv *list, bool *found, trm_error *error)
{
    trm_status status;
    do
        status = trmi_list_line(list, found, error);
    while (status == TRM_OK && *found && is_before(list));
    list->kept = status == TRM_OK && *found;
    return status;
}

/* *found is false for a list without a line; a folder has none, and is a list. */
static trm_status begin_reading(trm_csv *list, bool *found, trm_error *error)
{
    *found = list->folder;
    if (list->folder)
        return TRM_OK;
    TRMI_TRY(trmi_list_bytes_begin(&list->bytes, error));
    TRMI_TRY(trmi_list_check_kind(list, error));
    return read_first_line(list, found, error);
}

static trm_status find_format(trm_csv *list, trm_error *error)
{
    bool found = false;
    TRMI_TRY(begin_reading(list, &found, error));
    if (!found && (list->flags & TRM_CSV_LINES) == 0)
        return trmi_fail(error, TRM_ERROR_FORMAT, "%.200s: expected a first line '%s', found an empty file",
                         list->name, TRMI_CSV_HEADER);
    if (!found)
        return TRM_OK; /* without a row */
    for (size_t i = 0; trmi_list_formats[i] != NULL && list->format == NULL; i++)
        if (trmi_list_formats[i]->knows(list))
            list->format = trmi_list_formats[i];
    if (list->format == NULL)
        return fail_first_line(list, error);
    return list->format->begin != NULL ? list->format->begin(list, error) : TRM_OK;
}

static trm_status look_at_file(trm_csv *list, trm_error *error)
{
    struct stat about;
    if (fstat(list->bytes.descriptor, &about) != 0)
        return trmi_fail_system(error, list->name, "cannot be read");
    list->folder = S_ISDIR(about.st_mode);
    list->bytes.size = S_ISREG(about.st_mode) && about.st_size > 0 ? (uint64_t)about.st_size : 0;
    return TRM_OK;
}

static trm_status read_options(trm_csv_options *options, const trm_csv_options *given,
                               trm_allocator *allocator, trm_error *error)
{
    *options = (trm_csv_options)TRM_CSV_OPTIONS_INIT;
    if (given != NULL) {
        const trm_status status = trmi_read_struct(
            options, sizeof *options, given, offsetof(trm_csv_options, flags), "trm_csv_options", error);
        if (status != TRM_OK)
            return status;
    }
    if ((options->flags & ~(TRM_CSV_LINES | TRM_CSV_ANSWERS)) != 0 || options->reserved != 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_csv_options: flags must be TRM_CSV_* or 0, reserved 0; found flags 0x%" PRIx32
                         ", reserved %" PRIu32,
                         options->flags, options->reserved);
    return trmi_allocator_read(allocator, options->allocator, error);
}

/* A copy, or NULL without a text or memory. */
static char *copy_text(const trm_allocator *allocator, const char *text)
{
    const size_t bytes = text != NULL ? strlen(text) + 1 : 0;
    char *copy = text != NULL ? trmi_allocate(allocator, bytes) : NULL;
    return copy != NULL ? memcpy(copy, text, bytes) : NULL;
}

static trm_status create_reader(const char *name, const trm_csv_options *options,
                                const trm_allocator *allocator, trm_csv **list, trm_error *error)
{
    trm_csv *made = trmi_allocate(allocator, sizeof *made);
    if (made != NULL) {
        made->allocator = *allocator;
        made->bytes.descriptor = -1;
        made->name = copy_text(allocator, name);
        made->column_name[0] = copy_text(allocator, options->question);
        made->column_name[1] = copy_text(allocator, options->answer);
        made->flags = options->flags;
        made->bytes.allocator = &made->allocator;
        made->bytes.name = made->name;
        made->bytes.line = &made->number;
    }
    *list = made;
    if (made == NULL || made->name == NULL || (options->question != NULL && made->column_name[0] == NULL) ||
        (options->answer != NULL && made->column_name[1] == NULL))
        return trmi_no_memory(error, "reading %.200s", name);
    return trmi_list_task_read(&made->task, options->task, error);
}

/* Where a list comes from: memory, a descriptor that is lent, or the file of its name. */
typedef struct origin {
    const void *memory;
    size_t size;
    int descriptor;
} origin;

/* Takes what the bytes come from. */
static trm_status take_origin(trm_csv *list, const origin *from, trm_error *error)
{
    list->bytes.memory = from->memory;
    list->bytes.memory_left = list->bytes.size = from->size;
    if (from->memory != NULL)
        return TRM_OK;
    list->borrowed = from->descriptor >= 0;
    list->bytes.descriptor = list->borrowed ? from->descriptor : open(list->name, O_RDONLY | O_CLOEXEC);
    return list->bytes.descriptor >= 0 ? look_at_file(list, error)
                                       : trmi_fail_system(error, list->name, "cannot be opened");
}

static trm_status open_reader(const char *name, const origin *from, const trm_csv_options *given,
                              trm_csv **csv, trm_error *error)
{
    trm_csv *made = NULL;
    trm_csv_options options;
    trm_allocator allocator;
    trm_status status = read_options(&options, given, &allocator, error);
    if (status == TRM_OK)
        status = create_reader(name, &options, &allocator, &made, error);
    if (status == TRM_OK)
        status = take_origin(made, from, error);
    if (status == TRM_OK)
        status = find_format(made, error);
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
    return open_reader(path, &(origin) { .descriptor = -1 }, options, csv, error);
}

TRM_API trm_status trm_csv_open_descriptor(int descriptor, const char *name, const trm_csv_options *options,
                                           trm_csv **csv, trm_error *error)
{
    if (csv == NULL || name == NULL || descriptor < 0)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_csv_open_descriptor: name and csv must not be NULL, descriptor not below 0");
    *csv = NULL;
    return open_reader(name, &(origin) { .descriptor = descriptor }, options, csv, error);
}

TRM_API trm_status trm_csv_open_memory(const void *bytes, size_t size, const char *name,
                                       const trm_csv_options *options, trm_csv **csv, trm_error *error)
{
    if (csv == NULL || name == NULL || (bytes == NULL && size > 0))
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_csv_open_memory: bytes, name and csv must not be NULL");
    *csv = NULL;
    return open_reader(name,
                       &(origin) { .memory = bytes != NULL ? bytes : "", .size = size, .descriptor = -1 },
                       options, csv, error);
}

TRM_API void trm_csv_close(trm_csv *csv)
{
    if (csv == NULL)
        return;
    const trm_allocator allocator = csv->allocator;
    if (csv->format != NULL && csv->format->end != NULL)
        csv->format->end(csv);
    trmi_list_bytes_end(&csv->bytes);
    if (!csv->borrowed && csv->bytes.descriptor >= 0)
        close(csv->bytes.descriptor);
    trmi_release(&allocator, csv->line);
    trmi_release(&allocator, csv->column_name[0]);
    trmi_release(&allocator, csv->column_name[1]);
    trmi_release(&allocator, csv->name);
    trmi_release(&allocator, csv);
}

/* -- rows -- */

TRM_API trm_status trm_csv_next(trm_csv *csv, uint64_t *line, trm_error *error)
{
    bool found = false;
    if (csv == NULL || line == NULL)
        return trmi_fail(error, TRM_ERROR_ARGUMENT, "trm_csv_next: csv and line must not be NULL");
    csv->has_row = false;
    memset(csv->field, 0, sizeof csv->field);
    const trm_status status = csv->format != NULL ? csv->format->next(csv, &found, error) : TRM_OK;
    csv->has_row = status == TRM_OK && found;
    if (status == TRM_OK)
        *line = found ? csv->row_line : 0;
    return status;
}

TRM_API const char *trm_csv_text(const trm_csv *csv, uint32_t field, size_t *length, size_t *column)
{
    const bool there = csv != NULL && csv->has_row && field < TRMI_LIST_FIELDS;
    const trmi_list_field none = { NULL, 0, 0 }, *const f = there ? &csv->field[field] : &none;
    if (length != NULL)
        *length = f->length;
    if (column != NULL)
        *column = f->column;
    return !there ? NULL : f->text != NULL ? f->text : "";
}

TRM_API trm_status trm_csv_question(const trm_csv *csv, trm_questions *question, const int32_t **answer,
                                    uint32_t *features, trm_error *error)
{
    trm_questions found = TRM_QUESTIONS_INIT;
    const int32_t *numbers = NULL;
    uint32_t each = 0;
    if (csv == NULL || question == NULL || !csv->has_row)
        return trmi_fail(error, TRM_ERROR_ARGUMENT,
                         "trm_csv_question: expected a reader at a row and a question, found NULL or no row");
    if (csv->format->question != NULL)
        csv->format->question(csv, &found, &numbers, &each);
    TRMI_TRY(
        trmi_write_struct(question, &found, sizeof found, sizeof question->size, "trm_questions", error));
    if (answer != NULL)
        *answer = numbers;
    if (features != NULL)
        *features = each;
    return TRM_OK;
}

TRM_API uint32_t trm_csv_waiting(const trm_csv *csv)
{
    return csv != NULL && (csv->kept || csv->folder || csv->bytes.stored.at < csv->bytes.stored.filled ||
                           csv->bytes.plain.at < csv->bytes.plain.filled);
}

TRM_API void trm_csv_progress(const trm_csv *csv, uint64_t *taken, uint64_t *whole)
{
    const trmi_list_bytes *b = csv != NULL ? &csv->bytes : NULL;
    const uint64_t stored = b != NULL ? b->stored_bytes - (b->stored.filled - b->stored.at) : 0;
    const bool inflated = b != NULL && b->plain_bytes > 0;
    const uint64_t unread = inflated ? b->plain.filled - b->plain.at : 0;
    if (taken != NULL)
        *taken = inflated
                     ? (uint64_t)((double)stored * (double)(b->plain_bytes - unread) / (double)b->plain_bytes)
                     : stored;
    if (whole != NULL)
        *whole = b != NULL ? b->size : 0;
}

const char *trmi_csv_name(const trm_csv *csv)
{
    return csv->name;
}

trm_status trmi_csv_fail(const trm_csv *csv, trm_csv_field field, size_t offset, trm_status status,
                         trm_error *error)
{
    static const char *const names[TRMI_LIST_FIELDS] = { "source", "question", "answer", "rating",
                                                         "rows",   "columns",  "regions" };
    char place[288];
    snprintf(place, sizeof place, "%.200s: line %" PRIu64 ", column %zu (%s)", csv->name, csv->row_line,
             csv->field[field].column + offset, names[field]);
    return trmi_fail_within(error, status, place);
}

bool trmi_csv_loose_ratings(const trm_csv *csv)
{
    return csv->loose_ratings;
}
