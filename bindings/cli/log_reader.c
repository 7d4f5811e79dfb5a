#include "bindings/cli/log_reader.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "bindings/cli/report.h"

enum { LINE_BYTES = 1048576 };
static const uint64_t most_whole = 9007199254740992; /* 2^53: up to here a double has every whole number */

typedef struct log_reader {
    training_log *log;
    const char *path;
    FILE *file;
    char *text; /* LINE_BYTES */
    size_t length, line;
    bool last;      /* nothing follows this line */
    bool ended;     /* it ends with a newline */
    bool begun;     /* a line told where the log begins */
    double session; /* seconds of this process of the run */
} log_reader;

/* ------------------------------------------------------------------------------------------- lines */

static bool fail_line(const log_reader *reader, const char *what)
{
    report_error("%s: line %zu: %s", reader->path, reader->line, what);
    return false;
}

/* Reads on to the end of the line, which is not kept. False after telling what is wrong. */
static bool take_line(log_reader *reader)
{
    int c;
    reader->length = 0;
    reader->line++;
    while ((c = getc(reader->file)) != EOF && c != '\n') {
        if (reader->length == LINE_BYTES)
            return fail_line(reader, "expected a line of a log, found one beyond 1 MiB");
        reader->text[reader->length++] = (char)c;
    }
    const int next = c == EOF ? EOF : getc(reader->file);
    reader->last = next == EOF;
    reader->ended = c == '\n';
    if (ferror(reader->file)) {
        report_error("%s: %s", reader->path, strerror(errno));
        return false;
    }
    ungetc(next, reader->file); /* which EOF leaves as it is */
    return true;
}

static bool is_blank(const log_reader *reader)
{
    size_t i = 0;
    while (i < reader->length && strchr(" \t\r", reader->text[i]) != NULL && reader->text[i] != '\0')
        i++;
    return i == reader->length;
}

/* ------------------------------------------------------------------------------------------- fields */

/* A number that may be left out: false for anything but a number, null or nothing. */
static bool take_number(const log_reader *reader, const json_t *object, const char *key, double *number)
{
    char what[96];
    const json_t *value = json_object_get(object, key);
    *number = json_is_number(value) ? json_number_value(value) : (double)NAN;
    if (value == NULL || json_is_null(value) || json_is_number(value))
        return true;
    snprintf(what, sizeof what, "expected a number for \"%s\"", key);
    return fail_line(reader, what);
}

/* The same for a whole number, which must be there. */
static bool take_whole(const log_reader *reader, const json_t *object, const char *key, uint64_t *number)
{
    char what[96];
    const json_t *value = json_object_get(object, key);
    const uint64_t whole = (uint64_t)json_integer_value(value); /* below 0: beyond 2^63 */
    if (json_is_integer(value) && whole <= most_whole) {
        *number = whole;
        return true;
    }
    snprintf(what, sizeof what, "expected a whole number from 0 to 2^53 for \"%s\"", key);
    return fail_line(reader, what);
}

static bool take_whole_if_any(const log_reader *reader, const json_t *object, const char *key,
                              uint64_t *number)
{
    return json_object_get(object, key) == NULL || take_whole(reader, object, key, number);
}

/* ------------------------------------------------------------------------------------------- events */

static bool add_entry(log_entries *entries, const log_entry *entry)
{
    if (entries->count == entries->room) {
        const size_t room = entries->room == 0 ? 1024 : 2 * entries->room;
        log_entry *list = room > SIZE_MAX / sizeof *list ? NULL : realloc(entries->list, room * sizeof *list);
        if (list == NULL) {
            report_error("not enough memory");
            return false;
        }
        entries->list = list;
        entries->room = room;
    }
    entries->list[entries->count++] = *entry;
    return true;
}

static bool take_begin(log_reader *reader, const json_t *object)
{
    training_log *log = reader->log;
    uint64_t step = 0;
    if (!take_whole_if_any(reader, object, "step", &step) ||
        !take_whole_if_any(reader, object, "steps", &log->planned) ||
        !take_whole_if_any(reader, object, "batch", &log->batch))
        return false;
    log->first = reader->begun && log->first < step ? log->first : step;
    log->seconds += reader->session;
    log->ending[0] = '\0';
    reader->begun = true;
    reader->session = 0.0;
    return true;
}

static bool take_entry(log_reader *reader, const json_t *object, log_entries *entries)
{
    log_entry e = { .line = reader->line };
    return take_whole(reader, object, "step", &e.step) &&
           take_number(reader, object, "answer_loss", &e.answer_loss) &&
           take_number(reader, object, "cell", &e.cell) && take_number(reader, object, "exact", &e.exact) &&
           take_number(reader, object, "halted", &e.halted) &&
           take_number(reader, object, "cycles", &e.cycles) &&
           take_number(reader, object, "updates", &e.updates) && add_entry(entries, &e);
}

static bool take_step(log_reader *reader, const json_t *object)
{
    return take_whole_if_any(reader, object, "steps", &reader->log->planned) &&
           take_entry(reader, object, &reader->log->steps);
}

static bool take_exam(log_reader *reader, const json_t *object)
{
    return take_entry(reader, object, &reader->log->exams);
}

static bool take_end(log_reader *reader, const json_t *object)
{
    const char *reason = json_string_value(json_object_get(object, "reason"));
    snprintf(reader->log->ending, sizeof reader->log->ending, "%s", reason != NULL ? reason : "ended");
    return true;
}

static bool take_event(log_reader *reader, const json_t *object)
{
    static const struct {
        const char *name;
        bool (*take)(log_reader *reader, const json_t *object);
    } events[] = {
        { "begin", take_begin }, { "step", take_step }, { "validation", take_exam }, { "end", take_end }
    };
    double seconds;
    const char *event = json_string_value(json_object_get(object, "event"));
    if (event == NULL)
        return fail_line(reader, "expected an object with a text \"event\", as trm train writes it");
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (strcmp(events[i].name, event) == 0 && !events[i].take(reader, object))
            return false;
    if (!take_number(reader, object, "seconds", &seconds))
        return false;
    reader->session = fmax(reader->session, seconds);
    return true;
}

/* ------------------------------------------------------------------------------------------- the file */

/* A run that was killed leaves half a line. */
static bool parse_line(log_reader *reader)
{
    json_error_t error;
    json_t *object = json_loadb(reader->text, reader->length, JSON_REJECT_DUPLICATES, &error);
    if (object == NULL && !reader->last) {
        report_error("%s: line %zu, column %d: %s", reader->path, reader->line, error.column, error.text);
        return false;
    }
    if (object == NULL)
        report_warning("%s: line %zu, the last one, is %s at column %d: it is left out", reader->path,
                       reader->line, reader->ended ? "no JSON" : "cut short", error.column);
    const bool good = object == NULL || take_event(reader, object);
    json_decref(object);
    return good;
}

static bool read_lines(log_reader *reader)
{
    do {
        if (!take_line(reader) || (!is_blank(reader) && !parse_line(reader)))
            return false;
    } while (!reader->last);
    if (reader->log->steps.count == 0) {
        report_error("%s: expected the log of a training run, found no steps in it", reader->path);
        return false;
    }
    return true;
}

static int by_step(const void *a, const void *b)
{
    const log_entry *x = a, *y = b;
    const int order = (x->step > y->step) - (x->step < y->step);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* A run that was resumed repeats what came after its checkpoint: the later line counts. */
static void put_in_order(log_entries *entries)
{
    size_t kept = 0;
    log_entry *list = entries->list;
    if (entries->count > 0)
        qsort(list, entries->count, sizeof *list, by_step);
    for (size_t i = 0; i < entries->count; i++)
        if (i + 1 == entries->count || list[i + 1].step > list[i].step)
            list[kept++] = list[i];
    entries->count = kept;
}

bool read_training_log(training_log *log, const char *path)
{
    *log = (training_log) { 0 };
    log_reader reader = { .log = log, .path = path, .file = fopen(path, "r"), .text = malloc(LINE_BYTES) };
    if (reader.file == NULL)
        report_error("%s: %s", path, strerror(errno));
    else if (reader.text == NULL)
        report_error("not enough memory");
    const bool good = reader.file != NULL && reader.text != NULL && read_lines(&reader);
    if (reader.file != NULL)
        fclose(reader.file);
    free(reader.text);
    if (!good) {
        free_training_log(log);
        return false;
    }
    put_in_order(&log->steps);
    put_in_order(&log->exams);
    log->seconds += reader.session;
    if (!reader.begun || log->first > log->steps.list[0].step)
        log->first = log->steps.list[0].step;
    return true;
}

void free_training_log(training_log *log)
{
    free(log->steps.list);
    free(log->exams.list);
    *log = (training_log) { 0 };
}
