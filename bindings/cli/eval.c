/* trm eval: how often a model is right on a file of puzzles with answers. */
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/report.h"
#include "bindings/cli/rows.h"
#include "bindings/cli/session.h"

static const solve_settings defaults = { .threads = 1, .batch = BATCH_BY_THREADS };
/* clang-format off */
static const option options[] = {
    NUMBER_ROW(solve_settings, limit, "limit", "N", 1, UINT64_MAX, "only the first N puzzles"),
    SOLVE_ROWS("8 for each thread"),
    LAST_ROW,
};
/* clang-format on */

/* Counts of one source, or of all. */
typedef struct score {
    char name[64];
    uint64_t puzzles, exact, cells, steps;
} score;

enum { NAME_WIDTH = 32, MOST_SOURCES = 32 }; /* further ones share the last line */

typedef struct eval_run {
    session session;
    trm_solver *solver;
    batch batch;
    const char *name; /* of the file, for messages */
    trm_csv *rows;
    uint64_t limit;    /* 0: none */
    int32_t *expected; /* capacity x S */
    unsigned *source;  /* capacity */
    score total, sources[MOST_SOURCES];
    unsigned source_count;
    double seconds; /* spent solving what the scores count */
    progress progress;
} eval_run;

static unsigned source_of(eval_run *run, const char *name)
{
    char cut[sizeof run->sources[0].name];
    snprintf(cut, sizeof cut, "%s", name);
    for (unsigned i = 0; i < run->source_count; i++)
        if (strcmp(run->sources[i].name, cut) == 0)
            return i;
    if (run->source_count == MOST_SOURCES) {
        snprintf(run->sources[MOST_SOURCES - 1].name, sizeof cut, "(others)");
        return MOST_SOURCES - 1;
    }
    memcpy(run->sources[run->source_count].name, cut, sizeof cut);
    return run->source_count++;
}

static void add_to_score(score *s, uint64_t right, uint64_t positions, uint32_t steps)
{
    s->puzzles++;
    s->exact += right == positions;
    s->cells += right;
    s->steps += steps;
}

/* `share` of what was taken from the file is done. */
static void show_file_progress(eval_run *run, double share, const char *what)
{
    uint64_t taken, whole;
    trm_csv_progress(run->rows, &taken, &whole);
    progress_show(&run->progress, share * (double)taken, (double)whole, what);
}

/* `stopped` puzzles of the batch in work are done, too. */
static void show_progress(eval_run *run, uint64_t stopped)
{
    char what[96];
    const score *t = &run->total;
    const double done = (double)(t->puzzles + stopped), taken = (double)(t->puzzles + run->batch.count);
    const double passed = seconds_now() - run->progress.begin;
    int used = snprintf(what, sizeof what, "%.0f puzzles, %.1f a second", done,
                        done / (passed > 0.0 ? passed : 1e-9));
    if (t->puzzles > 0 && used > 0)
        snprintf(what + used, sizeof what - (size_t)used, ", %.2f %% exact",
                 100.0 * (double)t->exact / (double)t->puzzles);
    if (run->limit > 0)
        progress_show(&run->progress, done, (double)run->limit, what);
    else
        show_file_progress(run, done / taken, what);
}

/* Steps until every puzzle has stopped, or the user has asked to. */
static bool step_batch(eval_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = batch_questions(&run->batch);
    const trm_answers answers = batch_answers(&run->batch);
    uint32_t running = 0;
    bool good = trm_solver_load(run->solver, &questions, &error) == TRM_OK;
    do {
        good = good && trm_solver_step(run->solver, &running, &error) == TRM_OK;
        show_progress(run, run->batch.count - running);
    } while (good && running > 0 && !was_interrupted());
    if (good && trm_solver_read(run->solver, &answers, &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}

static uint64_t count_right(const eval_run *run, size_t puzzle)
{
    const size_t positions = run->session.info.positions;
    const int32_t *answer = run->batch.answers + puzzle * positions,
                  *expected = run->expected + puzzle * positions;
    uint64_t right = 0;
    for (size_t n = 0; n < positions; n++)
        right += answer[n] == expected[n];
    return right;
}

/* Solves what was collected and counts what is right. Of a batch that was interrupted, the puzzles that had
 * stopped count. */
static bool score_batch(eval_run *run)
{
    const double begin = seconds_now();
    if (run->batch.count > 0 && !step_batch(run))
        return false;
    run->seconds += seconds_now() - begin;
    for (size_t i = 0; i < run->batch.count; i++) {
        if (run->batch.stops[i] == TRM_STOP_RUNNING)
            continue;
        const uint64_t right = count_right(run, i), positions = run->session.info.positions;
        add_to_score(&run->total, right, positions, run->batch.steps[i]);
        add_to_score(&run->sources[run->source[i]], right, positions, run->batch.steps[i]);
    }
    run->batch.count = 0;
    return true;
}

static void fail_field(const eval_run *run, const trm_csv_row *row, trm_csv_field field, const char *sentence)
{
    report_error("%s: line %llu, column %zu (%s): %s", run->name, (unsigned long long)row->line,
                 row->column[field], field == TRM_CSV_ANSWER ? "answer" : "question", sentence);
}

/* What a question has for a cell to be filled in; 0 where the task has none that we know. */
static char blank_of(const eval_run *run)
{
    return strcmp(run->session.info.task, "sudoku") == 0 ? '.'
           : strcmp(run->session.info.task, "path") == 0 ? ' '
                                                         : 0;
}

/* The answer keeps what the question gives: else the file is wrong, not the model. */
static bool agree(const eval_run *run, const trm_csv_row *row)
{
    const char *question = row->text[TRM_CSV_QUESTION], *answer = row->text[TRM_CSV_ANSWER],
               blank = blank_of(run);
    for (size_t i = 0; blank != 0 && i < run->session.info.positions; i++)
        if (question[i] != blank && answer[i] != question[i]) {
            report_error("%s: line %llu, column %zu (answer): expected '%c' as in the question, found '%c'",
                         run->name, (unsigned long long)row->line, row->column[TRM_CSV_ANSWER] + i,
                         question[i], answer[i]);
            return false;
        }
    return true;
}

static bool take_row(eval_run *run, const trm_csv_row *row)
{
    trm_error error = TRM_ERROR_INIT;
    const size_t at = run->batch.count;
    int32_t *expected = run->expected + at * run->session.info.positions;
    const size_t zero = rows_zero_byte(row);
    if (zero > 0) {
        report_error("%s: line %llu: expected text, found byte 0x00 at column %zu", run->name,
                     (unsigned long long)row->line, zero);
        return false;
    }
    if (!batch_add(&run->batch, &run->session, row->text[TRM_CSV_QUESTION], row->length[TRM_CSV_QUESTION],
                   &error)) {
        fail_field(run, row, TRM_CSV_QUESTION, error.message);
        return false;
    }
    if (row->length[TRM_CSV_ANSWER] != row->length[TRM_CSV_QUESTION]) {
        snprintf(error.message, sizeof error.message, "expected %zu characters as in the question, found %zu",
                 row->length[TRM_CSV_QUESTION], row->length[TRM_CSV_ANSWER]);
        fail_field(run, row, TRM_CSV_ANSWER, error.message);
        return false;
    }
    if (trm_model_encode(run->session.model, row->text[TRM_CSV_ANSWER], row->length[TRM_CSV_ANSWER], expected,
                         &error) != TRM_OK) {
        fail_field(run, row, TRM_CSV_ANSWER, error.message);
        return false;
    }
    run->source[at] = source_of(run, row->text[TRM_CSV_SOURCE]);
    return agree(run, row);
}

/* STATUS_OK when the file was read to its end, or to the limit. */
static int eval_rows(eval_run *run)
{
    trm_csv_row row = TRM_CSV_ROW_INIT;
    int got = 1;
    uint64_t taken = 0;
    while (!was_interrupted() && (run->limit == 0 || taken < run->limit) &&
           (got = rows_next(run->rows, &row)) == 1) {
        if (!take_row(run, &row))
            return STATUS_DATA;
        taken++;
        if (run->batch.count == run->batch.capacity && !score_batch(run))
            return STATUS_DATA;
    }
    if (got < 0 || (!was_interrupted() && !score_batch(run)))
        return STATUS_DATA;
    if (taken == 0 && !was_interrupted())
        return report_error("%s: expected puzzles behind the header, found none", run->name);
    return was_interrupted() ? STATUS_INTERRUPTED : STATUS_OK;
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0.0;
}

static void print_score(const score *s, uint64_t positions)
{
    const size_t length = strlen(s->name);
    write_plain(stdout, s->name, length);
    printf("%*s %9llu %8.2f %% %8.2f %% %11.2f\n", length < NAME_WIDTH ? (int)(NAME_WIDTH - length) : 0, "",
           (unsigned long long)s->puzzles, 100.0 * share(s->exact, s->puzzles),
           100.0 * share(s->cells, s->puzzles * positions), share(s->steps, s->puzzles));
}

static void print_report(const eval_run *run)
{
    const uint64_t positions = run->session.info.positions;
    printf("%-*s %9s %10s %10s %11s\n", NAME_WIDTH, "source", "puzzles", "exact", "cells", "mean steps");
    for (unsigned i = 0; run->source_count > 1 && i < run->source_count; i++)
        print_score(&run->sources[i], positions);
    print_score(&run->total, positions);
    printf("%.1f puzzles a second\n",
           (double)run->total.puzzles / (run->seconds > 0.0 ? run->seconds : 1e-9));
}

static void print_json(const eval_run *run)
{
    const score *t = &run->total;
    record r = record_begin(stdout);
    record_integer(&r, "puzzles", t->puzzles);
    record_number(&r, "exact", share(t->exact, t->puzzles));
    record_number(&r, "cell", share(t->cells, t->puzzles * run->session.info.positions));
    record_number(&r, "mean_steps", share(t->steps, t->puzzles));
    record_number(&r, "puzzles_per_second", (double)t->puzzles / (run->seconds > 0.0 ? run->seconds : 1e-9));
    record_end(&r);
    putchar('\n');
}

static bool create_run(eval_run *run, const char *model, const solve_settings *settings)
{
    snprintf(run->total.name, sizeof run->total.name, "all");
    if (!session_open(&run->session, model, settings) || !batch_create(&run->batch, &run->session))
        return false;
    run->expected = calloc(run->batch.capacity * run->session.info.positions, sizeof *run->expected);
    run->source = calloc(run->batch.capacity, sizeof *run->source);
    trm_error error = TRM_ERROR_INIT;
    if (run->expected != NULL && run->source != NULL &&
        trm_solver_create(run->session.model, &run->session.options, &run->solver, &error) == TRM_OK)
        return true;
    report_error("%s", run->expected == NULL || run->source == NULL ? "not enough memory" : error.message);
    return false;
}

static int run_eval(const void *given, char **operands, int count)
{
    (void)count;
    const solve_settings *settings = given;
    if (!session_agree("eval", settings))
        return STATUS_USAGE;
    eval_run run = { .name = rows_name(operands[1]), .limit = settings->limit };
    int status = STATUS_DATA;
    report_be_quiet(settings->quiet);
    catch_interrupts();
    if (create_run(&run, operands[0], settings)) {
        run.progress = progress_begin();
        if (rows_open(&run.rows, operands[1], 0))
            status = eval_rows(&run);
        else if (was_interrupted())
            status = STATUS_INTERRUPTED;
        progress_end(&run.progress);
        if (status != STATUS_DATA && settings->json)
            print_json(&run);
        else if (status != STATUS_DATA)
            print_report(&run);
    }
    trm_csv_close(run.rows);
    trm_solver_free(run.solver);
    free(run.expected);
    free(run.source);
    batch_free(&run.batch);
    session_close(&run.session);
    return status;
}

const cli_command eval_command = {
    "eval",
    "[OPTIONS] MODEL DATA.csv[.gz]",
    "Solves the questions of a CSV file (source,question,answer,rating) and compares with its answers: how "
    "many are exactly right, how many cells are, and how many steps and seconds that took. - is standard "
    "input.",
    options,
    sizeof(solve_settings),
    &defaults,
    2,
    2,
    run_eval,
};
