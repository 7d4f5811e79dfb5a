/* trm trace: one puzzle, and everything that the network thought about it, as numbers, as a page or as a picture. */
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/asking.h"
#include "bindings/cli/new_file.h"
#include "bindings/cli/regions.h"
#include "bindings/cli/report.h"
#include "bindings/cli/rows.h"
#include "bindings/cli/traced.h"

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

/* ----------------------------------------------------------------------------------------- the kinds of output */

typedef struct kind {
    const char *ending;
    bool (*write)(const traced *t, FILE *to);
} kind;

static const kind kinds[] = { { ".json", traced_write_json },
                              { ".html", traced_write_page },
                              { ".svg", traced_write_picture } };

static const kind *kind_of(const char *output)
{
    const size_t length = strlen(output);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const size_t ending = strlen(kinds[i].ending);
        if (length > ending && strcmp(output + length - ending, kinds[i].ending) == 0)
            return &kinds[i];
    }
    return NULL;
}

/* ----------------------------------------------------------------------------------------------- the puzzle */

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
    const row_fields row = row_of_text(puzzle, strlen(puzzle));
    return take_row(in, &row, "the puzzle");
}

/* ------------------------------------------------------------------------------------------------ the picture */

/* The grid as people draw it. Boxes belong to Sudokus whose regions nobody brought. */
static void look_at_shape(traced *t)
{
    const trm_model_info *info = &t->session->info;
    const trm_shape *shape = &t->batch->shape;
    const bool own = shape->rows == 0;
    if (own && shape->positions > 0)
        return;
    t->rows = own ? info->grid_rows : shape->rows;
    t->columns = own ? info->grid_columns : shape->columns;
    if (t->batch->relation != NULL || t->batch->brought.relation_count > 0)
        return;
    t->box_rows = shape->box_rows > 0 ? shape->box_rows : own ? info->box_rows : 0;
    t->box_columns = shape->box_rows > 0 ? shape->box_columns : own ? info->box_columns : 0;
    if (t->box_rows == 0 && strcmp(info->task, "sudoku") == 0 && t->rows == t->columns)
        trm_default_boxes(t->rows, &t->box_rows, &t->box_columns);
}

/* The run whose last step is the answer: a vote has several, the first of them is shown. */
static void find_answering(traced *t)
{
    const batch *b = t->batch;
    const trace *seen = &t->trace;
    t->answering = seen->count;
    for (size_t begin = 0; begin < seen->count && t->answering == seen->count;) {
        const size_t end = trace_run_end(seen, begin);
        const trace_step *last = &seen->steps[end - 1];
        if (last->how == b->hows[0] && last->step == b->steps[0] &&
            memcmp(trace_tokens(seen, last), b->answers, b->positions * sizeof *b->answers) == 0)
            t->answering = begin;
        begin = end;
    }
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static int solve_watched(traced *t, const solve_settings *settings, session *s, batch *b)
{
    trm_error error = TRM_ERROR_INIT;
    asking_views(s, b, settings);
    trm_solve_options how = s->options;
    const trm_questions questions = batch_questions(b);
    const trm_answers answers = batch_answers(b);
    trace_begin(&t->trace, b->positions);
    how.watcher = &t->trace.watcher;
    const trm_status status = trm_solve(s->model, &questions, &answers, &how, &error);
    if (status != TRM_OK)
        return report_failure("trace", status, &error);
    trace_sort(&t->trace);
    look_at_shape(t);
    find_answering(t);
    return STATUS_OK;
}

static int write_output(const traced *t, const solve_settings *settings)
{
    new_file file;
    if (!new_file_begin(&file, settings->output))
        return STATUS_DATA;
    const bool good = kind_of(settings->output)->write(t, file.to);
    if (!new_file_end(&file, good))
        return STATUS_DATA;
    if (settings->json) {
        record r = record_begin(stdout);
        record_text(&r, "output", settings->output);
        record_integer(&r, "steps", t->trace.count);
        asking_record(&r, t->batch, 0);
        record_end(&r);
        putchar('\n');
    } else {
        report_talk("%s: %zu steps of %u run%s, %s", settings->output, t->trace.count,
                    (unsigned)t->batch->runs[0], t->batch->runs[0] == 1 ? "" : "s",
                    verdict_name(t->batch->verdicts[0]));
    }
    return is_withheld(t->session, t->batch, 0) ? STATUS_ABSTAINED : STATUS_OK;
}

/* ------------------------------------------------------------------------------------------------ the command */

static bool settings_agree(const solve_settings *settings, int count)
{
    if (settings->output == NULL || kind_of(settings->output) == NULL)
        report_error("trace: expected -o FILE whose name ends in .json, .html or .svg, found %s%s%s",
                     settings->output == NULL ? "none" : "'",
                     settings->output == NULL ? "" : settings->output, settings->output == NULL ? "" : "'");
    else if (count > 1 && settings->file != NULL)
        report_error("trace: expected a puzzle as argument or --file, found both");
    else
        return session_agree("trace", settings);
    return false;
}

static int run_trace(const void *given, char **operands, int count)
{
    const solve_settings *settings = given;
    session s = { 0 };
    batch b = { 0 };
    trm_relation regions = { 0 };
    traced t = { .model = name_of(operands[0]), .session = &s, .batch = &b };
    if (!settings_agree(settings, count))
        return STATUS_USAGE;
    report_be_quiet(settings->quiet);
    catch_interrupts();
    int status = STATUS_DATA;
    if (session_open(&s, operands[0], settings) && batch_create(&b, &s)) {
        b.relation = settings->regions != NULL ? &regions : NULL;
        t.blank = session_blank(&s);
        if (take_puzzle(&(intake) { settings, &s, &b, &regions }, count > 1 ? operands[1] : NULL))
            status = solve_watched(&t, settings, &s, &b);
        if (status == STATUS_OK)
            status = write_output(&t, settings);
        trace_end(&t.trace);
        regions_free(&regions);
    }
    batch_free(&b);
    session_close(&s);
    return status;
}

const cli_command trace_command = {
    "trace",
    "[OPTIONS] -o FILE MODEL [PUZZLE]",
    "Solves one puzzle and writes every step of every run: as numbers (doc/trace.md), as a page that plays "
    "them, or as "
    "one picture.",
    options,
    sizeof(solve_settings),
    &defaults,
    1,
    2,
    run_trace,
};
