/* trm trace: one puzzle, and everything that the network thought about it, as numbers, as a page or as a
   picture. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/argument.h"
#include "bindings/cli/asking.h"
#include "bindings/cli/new_file.h"
#include "bindings/cli/regions.h"
#include "bindings/cli/report.h"
#include "bindings/cli/rows.h"
#include "bindings/trace/traced.h"

static const solve_settings defaults = { .threads = 1, .batch = 1 };
/* clang-format off */
static const option options[] = {
    OPTION_ROW(solve_settings, "output", 'o', "FILE",
               "where to write (required): .json numbers, .html a page that plays them, .svg one picture",
               OPTION_TEXT, output, 0, 0, NULL),
    TEXT_ROW(solve_settings, file, "file", "FILE",
             "the first puzzle of FILE: a line, drawn, or of a table; - is standard input"),
    TEXT_ROW(solve_settings, regions, "regions", "FILE",
             "the regions of a jigsaw Sudoku, a picture of letters, in place of the boxes; - is standard input"),
    SOLVE_ROWS("1"),
    LAST_ROW,
};
/* clang-format on */

/* -------------------------------------------------------------------------------- the kinds of output */

static bool ends_in(const char *name, const char *ending)
{
    const size_t length = strlen(name), wanted = strlen(ending);
    return length > wanted && strcmp(name + length - wanted, ending) == 0;
}

static bool find_kind(const char *output, trace_kind *kind)
{
    static const char *const endings[] = {
        [TRACE_JSON] = ".json", [TRACE_PAGE] = ".html", [TRACE_PICTURE] = ".svg"
    };
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        *kind = (trace_kind)i;
        if (ends_in(output, endings[i]))
            return true;
    }
    return false;
}

/* ----------------------------------------------------------------------------------------- the puzzle */

/* Where a puzzle comes from, and where it goes. */
typedef struct intake {
    const solve_settings *settings;
    session *session;
    batch *batch;
    trm_relation *regions;
} intake;

static bool take_row(const intake *in, const row_fields *row, const char *where)
{
    trm_error error = TRM_ERROR_INIT;
    const char *regions = in->settings->regions;
    batch *b = in->batch;
    if (!batch_take_shape_of(b, in->session, row) ||
        (regions != NULL && !regions_read(in->regions, regions, (uint32_t)b->positions)))
        return false;
    if (batch_add(b, in->session, row, &error))
        return true;
    report_error("%s: %s", where, error.message);
    return false;
}

/* The first puzzle of a file or of standard input. */
static bool take_first(const intake *in)
{
    const char *path = in->settings->file != NULL ? in->settings->file : "-";
    const rows_wanted wanted = { in->session->model, in->session->grid, in->settings->question, NULL,
                                 TRM_CSV_LINES };
    trm_csv *rows = NULL;
    row_fields row;
    bool good = false;
    if (rows_open(&rows, path, &wanted)) {
        const int got = rows_next(rows, &row);
        if (got == 0)
            report_error("%s: expected a puzzle, found none", rows_name(path));
        good = got == 1 && take_row(in, &row, rows_name(path));
    }
    trm_csv_close(rows);
    return good;
}

static bool take_puzzle(const intake *in, const char *puzzle)
{
    if (puzzle == NULL)
        return take_first(in);
    const rows_wanted wanted = { in->session->model, in->session->grid, NULL, NULL, TRM_CSV_LINES };
    argument a;
    row_fields row;
    const bool good = argument_open(&a, puzzle, "the puzzle", &wanted) && argument_first(&a, &row) &&
                      take_row(in, &row, "the puzzle") && argument_ends(&a);
    argument_close(&a);
    return good;
}

/* -------------------------------------------------------------------------------------------- a solve */

/* The file that the operand leads to: a model may be named by less. */
static const char *file_of(const char *model, char found[MODEL_PATH_BYTES])
{
    return trm_model_find(model, found, MODEL_PATH_BYTES, NULL) == TRM_OK ? found : model;
}

static int solve_watched(traced **t, const char *model, const solve_settings *settings, session *s, batch *b)
{
    trm_error error = TRM_ERROR_INIT;
    asking_views(s, b, settings);
    const trm_questions questions = batch_questions(b);
    char found[MODEL_PATH_BYTES];
    const trm_status status =
        trace_solve(s->model, file_of(model, found), &questions, &s->options, t, &error);
    return status == TRM_OK ? STATUS_OK : report_failure("trace", status, &error);
}

static int trace_puzzle(traced **t, const solve_settings *settings, char **operands, int count)
{
    session s = { 0 };
    batch b = { 0 };
    trm_relation regions = { 0 };
    int status = STATUS_DATA;
    if (session_open(&s, operands[0], settings) && batch_create(&b, &s)) {
        b.relation = settings->regions != NULL ? &regions : NULL;
        if (take_puzzle(&(intake) { settings, &s, &b, &regions }, count > 1 ? operands[1] : NULL))
            status = solve_watched(t, operands[0], settings, &s, &b);
        regions_free(&regions);
    }
    batch_free(&b);
    session_close(&s);
    return status;
}

/* ------------------------------------------------------------------------------ a trace that is there */

/* All of a file, or NULL after telling why; one byte more than a trace may have is enough to refuse it. */
static char *read_all(const char *path, size_t *size)
{
    FILE *from = fopen(path, "rb");
    char *text = NULL;
    *size = 0;
    for (size_t room = 1 << 16, got = 1; from != NULL && got > 0 && *size <= TRACE_MOST_BYTES; room *= 2) {
        char *larger = realloc(text, room);
        if (larger == NULL) {
            errno = ENOMEM;
            break;
        }
        text = larger;
        got = fread(text + *size, 1, room - *size, from);
        *size += got;
        if (got == 0 && feof(from) && fclose(from) == 0)
            return text;
    }
    if (*size > TRACE_MOST_BYTES)
        report_error("%s: expected a trace of at most %d bytes, found more", path, TRACE_MOST_BYTES);
    else
        report_error("%s: %s", path, strerror(errno));
    if (from != NULL)
        fclose(from);
    free(text);
    return NULL;
}

static int read_trace(traced **t, const char *path)
{
    trm_error error = TRM_ERROR_INIT;
    size_t size;
    char *json = read_all(path, &size);
    if (json != NULL && trace_read(json, size, t, &error) != TRM_OK)
        report_error("%s: %s", path, error.message);
    free(json);
    return *t != NULL ? STATUS_OK : STATUS_DATA;
}

/* ----------------------------------------------------------------------------------------- the output */

static void tell(const traced *t, const solve_settings *settings)
{
    const finding *found = &t->answer.found;
    if (settings->json) {
        record r = record_begin(stdout);
        record_text(&r, "output", settings->output);
        record_integer(&r, "steps", t->step_count);
        record_finding(&r, found);
        record_end(&r);
        putchar('\n');
    } else {
        report_talk("%s: %zu steps of %u run%s, %s", settings->output, t->step_count, (unsigned)found->runs,
                    found->runs == 1 ? "" : "s", verdict_name(found->verdict));
    }
}

static int write_output(const traced *t, const solve_settings *settings)
{
    trm_error error = TRM_ERROR_INIT;
    new_file file;
    trace_kind kind;
    char *text;
    size_t size;
    find_kind(settings->output, &kind);
    if (trace_write(t, kind, &text, &size, &error) != TRM_OK)
        return report_error("%s: %s", settings->output, error.message);
    bool good = new_file_begin(&file, settings->output);
    if (good) {
        fwrite(text, 1, size, file.to);
        good = new_file_end(&file, true);
    }
    trace_text_free(text);
    if (!good)
        return STATUS_DATA;
    tell(t, settings);
    return t->answer.text == NULL ? STATUS_ABSTAINED : STATUS_OK;
}

/* ---------------------------------------------------------------------------------------- the command */

/* A trace that is there is drawn: nothing is solved. */
static bool nothing_is_solved(int count)
{
    static const char *const of_both[] = { "output", "json", "quiet" };
    if (count > 1)
        report_error("trace: expected a trace alone, found a puzzle, too");
    for (const option *o = options; count == 1 && o->name != NULL; o++) {
        bool drawing = !option_was_given(&trace_command, o);
        for (size_t i = 0; !drawing && i < sizeof of_both / sizeof *of_both; i++)
            drawing = strcmp(o->name, of_both[i]) == 0;
        if (!drawing) {
            report_error("trace: expected -o, --json or --quiet with a trace, found --%s", o->name);
            return false;
        }
    }
    return count == 1;
}

static bool settings_agree(const solve_settings *settings, bool reads, int count)
{
    trace_kind kind;
    if (settings->output == NULL)
        report_error("trace: expected -o FILE whose name ends in .json, .html or .svg, found none");
    else if (!find_kind(settings->output, &kind))
        report_error("trace: expected -o FILE whose name ends in .json, .html or .svg, found '%s'",
                     settings->output);
    else if (reads)
        return nothing_is_solved(count);
    else if (count > 1 && settings->file != NULL)
        report_error("trace: expected a puzzle as argument or --file, found both");
    else
        return session_agree("trace", settings);
    return false;
}

static int run_trace(const void *given, char **operands, int count)
{
    const solve_settings *settings = given;
    const bool reads = ends_in(operands[0], ".json");
    traced *t = NULL;
    if (!settings_agree(settings, reads, count))
        return STATUS_USAGE;
    report_be_quiet(settings->quiet);
    catch_interrupts();
    int status = reads ? read_trace(&t, operands[0]) : trace_puzzle(&t, settings, operands, count);
    if (status == STATUS_OK)
        status = write_output(t, settings);
    trace_free(t);
    return status;
}

const cli_command trace_command = {
    "trace",
    "[OPTIONS] -o FILE MODEL|TRACE.json [PUZZLE]",
    "Solves one puzzle and writes every step of every run: as numbers (doc/trace.md), as a page that plays "
    "them, or as one picture. Numbers that were written before become a page or a picture, too.",
    options,
    sizeof(solve_settings),
    &defaults,
    1,
    2,
    run_trace,
};
