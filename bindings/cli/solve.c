/* trm solve: puzzles from the command line, a file or standard input; grids on a terminal, one answer a line
 * elsewhere. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bindings/cli/argument.h"
#include "bindings/cli/asking.h"
#include "bindings/cli/grid.h"
#include "bindings/cli/mend.h"
#include "bindings/cli/regions.h"
#include "bindings/cli/report.h"
#include "bindings/cli/rows.h"
#include "bindings/cli/session.h"
#include "bindings/cli/several.h"
#include "bindings/cli/watch.h"

static const solve_settings defaults = { .threads = 1, .batch = 1 };
/* clang-format off */
static const option options[] = {
    TEXT_ROW(solve_settings, file, "file", "FILE",
             "puzzles from FILE, one a line, drawn, or the questions of a table; - is standard input"),
    TEXT_ROW(solve_settings, regions, "regions", "FILE",
             "the regions of jigsaw Sudokus, a picture of letters, in place of the boxes; - is standard input"),
    POSITIVE_ROW(solve_settings, budget, "budget", "MS", 1000000000,
             "stop after MS milliseconds with the best answers so far (all puzzles of a batch together)"),
    FLAG_ROW(solve_settings, repair, "repair",
             "where no answer has the givens, the one that changes fewest of them, and which; one puzzle at a time"),
    NUMBER_ROW(solve_settings, candidates, "candidates", "K", 1, 65536,
               "up to K answers of each puzzle, best with --search or --runs: those that the rules call right, or else each with its confidence"),
    FLAG_ROW(solve_settings, watch, "watch", "show every step of every run on a terminal, one puzzle after the other"),
    SOLVE_ROWS("1"),
    LAST_ROW,
};
/* clang-format on */

/* The run: what is collected, and what was made of it. */
typedef struct solve_run {
    session session;
    batch batch;
    several several;
    trm_repaired repaired;
    bool drawing, colours, json;
    bool typing;          /* puzzles come from a terminal */
    trm_relation regions; /* of jigsaws */
    char blank;           /* of a question, 0: unknown */
    char *text;           /* room for one puzzle's question and answer */
    trm_model_info shown; /* of the model, with the grid of the batch */
    unsigned long puzzles, abstained;
    const solve_settings *settings;
    double begin;
} solve_run;

static bool print_json(const solve_run *run, size_t i, char *answer)
{
    printf(run->puzzles == 0 ? "{\"puzzles\": [" : ", ");
    record r = record_begin(stdout);
    asking_record_answer(&r, &run->session, &run->batch, i, answer);
    if (run->settings->repair)
        mend_record(&r, &run->session, &run->batch, &run->repaired);
    const bool good = run->settings->candidates == 0 ||
                      several_record(&run->several, &r, &run->session, &run->batch, answer);
    record_end(&r);
    return good;
}

/* Nobody can take it for an answer. */
static void print_nothing(const solve_run *run)
{
    for (size_t n = 0; n < run->batch.positions; n++)
        putchar('?');
    putchar('\n');
}

/* What the rules say, and how it was found where that took more than one run. */
static void describe_finding(char *to, size_t size, const batch *b, size_t i)
{
    *to = '\0';
    if (b->verdicts[i] != TRM_VERDICT_UNVERIFIED || b->runs[i] > 1)
        snprintf(to, size, ", %s", verdict_name(b->verdicts[i]));
    const size_t used = strlen(to);
    if (b->runs[i] > 1)
        snprintf(to + used, size - used, ", by %s: %u runs, %llu steps", how_name(b->hows[i]),
                 (unsigned)b->runs[i], (unsigned long long)b->total_steps[i]);
}

static bool print_puzzle(solve_run *run, size_t i)
{
    const session *s = &run->session;
    const size_t positions = run->batch.positions;
    char *question = run->text, *answer = run->text + positions + 1, finding[96];
    trm_error error = TRM_ERROR_INIT;
    if (trm_model_decode(s->model, &run->batch.shape, run->batch.questions + i * positions, positions,
                         question, &error) != TRM_OK ||
        trm_model_decode(s->model, &run->batch.shape, run->batch.answers + i * positions, positions, answer,
                         &error) != TRM_OK) {
        report_error("%s", error.message);
        return false;
    }
    if (run->settings->candidates > 0 && !several_fetch(&run->several, i))
        return false;
    if (run->json)
        return print_json(run, i, answer);
    if (run->settings->candidates > 0 && !run->drawing)
        return several_print(&run->several, &run->session, &run->batch, answer);
    if (is_withheld(s, &run->batch, i)) {
        print_nothing(run);
    } else if (run->drawing) {
        const drawing d = { &run->shown, question,    answer, run->batch.probabilities + i * positions,
                            run->blank,  run->colours };
        draw_grid(&d);
        describe_finding(finding, sizeof finding, &run->batch, i);
        draw_verdict(&d, run->batch.stops[i], run->batch.steps[i], run->batch.halt_probabilities[i], finding);
        if (run->settings->repair) {
            mend_print(&run->session, &run->batch);
            putchar('\n');
        }
        return run->settings->candidates == 0 ||
               several_print(&run->several, &run->session, &run->batch, answer);
    } else {
        fwrite(answer, 1, positions, stdout);
        if (run->settings->repair)
            mend_print(&run->session, &run->batch);
        putchar('\n');
        if (run->batch.stops[i] == TRM_STOP_OVERFLOW)
            report_warning("puzzle %lu: a number became too large for a float, so it has no answer",
                           run->puzzles + 1);
    }
    return true;
}

static bool solve_unseen(const solve_run *run, const trm_solve_options *how)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = batch_questions(&run->batch);
    const trm_answers answers = batch_answers(&run->batch);
    if (trm_solve(run->session.model, &questions, &answers, how, &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}

static bool solve_watched(const solve_run *run)
{
    watch w;
    trm_solve_options watched = run->session.options;
    const bool good = watch_begin(&w, &run->session, &run->batch, &run->shown, run->blank, run->colours);
    watched.watcher = &w.watcher;
    const bool solved = good && solve_unseen(run, &watched);
    watch_end(&w);
    return solved;
}

static bool solve_batch(solve_run *run)
{
    asking_views(&run->session, &run->batch, run->settings);
    if (run->batch.count == 0)
        return true;
    if (run->settings->repair)
        return mend_solve(&run->session, &run->batch, &run->repaired);
    if (run->settings->candidates > 0)
        return several_solve(&run->several, &run->session, &run->batch);
    return run->settings->watch ? solve_watched(run) : solve_unseen(run, &run->session.options);
}

/* Solves and prints what was collected. False also when nobody can read it any more. */
static bool flush_batch(solve_run *run)
{
    bool good = solve_batch(run);
    for (size_t i = 0; good && i < run->batch.count; i++) {
        good = print_puzzle(run, i);
        run->puzzles += good;
        run->abstained += is_withheld(&run->session, &run->batch, i);
    }
    batch_clear(&run->batch);
    return report_written() && good;
}

/* A puzzle that cannot be read is told after the answers to those before it. It ends the run, unless someone
 * is typing, who will do better next time. */
static bool refuse_puzzle(solve_run *run, const char *where, const char *sentence)
{
    const bool good = flush_batch(run);
    if (good)
        report_error("%s: %s", where, sentence);
    return good && run->typing;
}

/* The grid that the batch has from now on. */
static bool take_shape(solve_run *run, const row_fields *row)
{
    batch *b = &run->batch;
    several_free(&run->several);
    if (!batch_take_shape_of(b, &run->session, row))
        return false;
    run->shown = run->session.info;
    if (b->shape.rows == 0 && b->shape.positions > 0) {
        run->shown.positions = (uint32_t)b->positions;
        run->shown.grid_rows = run->shown.grid_columns = 0;
    }
    if (b->shape.rows > 0) {
        run->shown.positions = (uint32_t)b->positions;
        run->shown.grid_rows = b->shape.rows;
        run->shown.grid_columns = b->shape.columns;
    }
    if (b->shape.rows > 0 || b->relation != NULL)
        run->shown.box_rows = run->shown.box_columns = 0;
    free(run->text);
    run->text = calloc(2, b->positions + 1);
    if (run->text == NULL)
        report_error("not enough memory for a puzzle of %zu characters", b->positions);
    return run->text != NULL;
}

static bool take_puzzle(solve_run *run, const row_fields *row, const char *where)
{
    trm_error error = TRM_ERROR_INIT;
    if (run->batch.count == run->batch.capacity && !flush_batch(run))
        return false;
    if (!batch_fits(&run->batch, &run->session, row) && (!flush_batch(run) || !take_shape(run, row)))
        return false;
    return batch_add(&run->batch, &run->session, row, &error) || refuse_puzzle(run, where, error.message);
}

/* A puzzle of the command line, or several that were pasted below each other. */
static bool take_operand(solve_run *run, const char *puzzle, const char *where)
{
    const rows_wanted wanted = { run->session.model, run->session.grid, NULL, NULL, TRM_CSV_LINES };
    argument a;
    row_fields row;
    int got = 0;
    bool good = argument_open(&a, puzzle, where, &wanted) && argument_first(&a, &row);
    do
        good = good && take_puzzle(run, &row, where);
    while (good && (got = argument_next(&a, &row)) == 1);
    argument_close(&a);
    return good && got == 0;
}

static bool take_operands(solve_run *run, char **puzzles, int count)
{
    char where[32];
    bool good = true;
    for (int i = 0; good && i < count && !was_interrupted(); i++) {
        snprintf(where, sizeof where, "puzzle %d", i + 1);
        good = take_operand(run, puzzles[i], where);
    }
    return good;
}

/* The question of a row, which is a whole line when it has no other column. */
static bool take_row(solve_run *run, const char *name, const row_fields *row)
{
    char where[512];
    const int used = snprintf(where, sizeof where, "%s: line %llu", name, (unsigned long long)row->line);
    const size_t zero = rows_zero_byte(row);
    if (zero > 0) {
        char sentence[64];
        snprintf(sentence, sizeof sentence, "expected text, found byte 0x00 at column %zu", zero);
        return refuse_puzzle(run, where, sentence);
    }
    if (row->column[TRM_CSV_ANSWER] > 0 && used > 0 && (size_t)used < sizeof where)
        snprintf(where + used, sizeof where - (size_t)used, ", column %zu (question)",
                 row->column[TRM_CSV_QUESTION]);
    return take_puzzle(run, row, where);
}

static bool take_rows(solve_run *run, const char *name, trm_csv *rows)
{
    row_fields row;
    bool good = true;
    int got = 0;
    while (good && !was_interrupted() && (got = rows_next(rows, &row)) == 1) {
        good = take_row(run, name, &row);
        if (good && trm_csv_waiting(rows) == 0) /* whoever types wants to see the answer */
            good = flush_batch(run);
    }
    return good && got >= 0;
}

static bool take_file(solve_run *run, const char *path, const char *question)
{
    const rows_wanted wanted = { run->session.model, run->session.grid, question, NULL, TRM_CSV_LINES };
    trm_csv *rows = NULL;
    run->typing = strcmp(path, "-") == 0 && isatty(STDIN_FILENO);
    if (run->typing)
        report_talk("puzzles of %u characters, one a line; ctrl-D ends",
                    (unsigned)run->session.info.positions);
    const bool good = rows_open(&rows, path, &wanted) && take_rows(run, rows_name(path), rows);
    trm_csv_close(rows);
    return good;
}

static int solve_all(solve_run *run, const solve_settings *settings, char **operands, int count)
{
    bool good = count > 1 ? take_operands(run, operands + 1, count - 1)
                          : take_file(run, settings->file != NULL ? settings->file : "-", settings->question);
    if (!flush_batch(run))
        good = false;
    if (run->json) {
        printf(run->puzzles == 0 ? "{\"puzzles\": []" : "]");
        printf(", \"count\": %lu, \"seconds\": %.6g}\n", run->puzzles, seconds_now() - run->begin);
    }
    return was_interrupted()    ? STATUS_INTERRUPTED
           : !good              ? STATUS_DATA
           : run->abstained > 0 ? STATUS_ABSTAINED
                                : STATUS_OK;
}

static int run_solve(const void *given, char **operands, int count)
{
    const solve_settings *settings = given;
    solve_run run = { .settings = settings, .json = settings->json, .begin = seconds_now() };
    if (count > 1 && settings->file != NULL) {
        report_error("solve: expected puzzles as arguments or --file, found both");
        return STATUS_USAGE;
    }
    if (!session_agree("solve", settings))
        return STATUS_USAGE;
    if (settings->watch && (settings->json || settings->batch > 1 || !isatty(STDOUT_FILENO))) {
        report_error("solve: --watch: expected a terminal, no --json and --batch 1");
        return STATUS_USAGE;
    }
    if (settings->candidates > 0 && (settings->watch || settings->budget > 0.0)) {
        report_error("solve: expected --candidates or %s, found both",
                     settings->watch ? "--watch" : "--budget");
        return STATUS_USAGE;
    }
    if (settings->repair && (settings->candidates > 0 || settings->watch || settings->batch > 1)) {
        report_error("solve: expected --repair or %s, found both", settings->candidates > 0 ? "--candidates"
                                                                   : settings->watch        ? "--watch"
                                                                                     : "--batch above 1");
        return STATUS_USAGE;
    }
    report_be_quiet(settings->quiet);
    catch_interrupts();
    int status = STATUS_DATA;
    const bool jigsaw = settings->regions != NULL;
    if (session_open(&run.session, operands[0], settings) && batch_create(&run.batch, &run.session)) {
        if (settings->repair)
            run.session.options.require_verified = 1; /* what was not repaired has no answer */
        run.batch.relation = jigsaw ? &run.regions : NULL;
        run.drawing = !settings->json && isatty(STDOUT_FILENO);
        run.colours = has_colours(stdout);
        run.blank = session_blank(&run.session);
        const row_fields usual = row_of_text("", run.session.info.positions);
        if (take_shape(&run, &usual) &&
            (!jigsaw || regions_read(&run.regions, settings->regions, (uint32_t)run.batch.positions)))
            status = solve_all(&run, settings, operands, count);
        regions_free(&run.regions);
    }
    free(run.text);
    several_free(&run.several);
    batch_free(&run.batch);
    session_close(&run.session);
    return status;
}

const cli_command solve_command = {
    "solve",
    "[OPTIONS] MODEL [PUZZLE...]",
    "Solves puzzles in the model's alphabet: those given, those of --file, or those of standard input, one a "
    "line. Draws grids on a terminal and writes one answer a line elsewhere.",
    options,
    sizeof(solve_settings),
    &defaults,
    1,
    1 << 20,
    run_solve,
};
