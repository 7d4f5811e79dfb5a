/* trm eval: how often a model is right on a file of puzzles with answers. */
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/asking.h"
#include "bindings/cli/corrupt.h"
#include "bindings/cli/reliability.h"
#include "bindings/cli/report.h"
#include "bindings/cli/rows.h"
#include "bindings/cli/session.h"
#include "bindings/cli/trust.h"

static const solve_settings defaults = { .threads = 1, .batch = BATCH_BY_THREADS };
/* clang-format off */
static const option options[] = {
    NUMBER_ROW(solve_settings, limit, "limit", "N", 1, UINT64_MAX, "only the first N puzzles"),
    CHOICE_ROW(solve_settings, fault, "corrupt", "KIND", faults_of_questions,
               "give each question a fault first; then only what the rules call right is"),
    TEXT_ROW(solve_settings, predictions, "predictions", "FILE",
             "write each question and answer to FILE, with question,answer,right,verified,how,steps,halt_probability"),
    TEXT_ROW(solve_settings, reliability, "reliability", "FILE.svg",
             "draw how often answers and cells are right beside what the model says of them"),
    FLAG_ROW(solve_settings, mistakes, "mistakes", "only those that are not right; with --predictions"),
    SOLVE_ROWS("8 for each thread"),
    TEXT_ROW(solve_settings, answer, "answer", "NAME",
             "the column of answers in tables (default: answer, solution, ...)"),
    LAST_ROW,
};
/* clang-format on */

/* Counts of one source, or of all. */
typedef struct score {
    char name[64];
    uint64_t puzzles, exact, cells, right, steps;
} score;

enum { NO_TOKEN = -1, NAME_WIDTH = 32, MOST_SOURCES = 32 }; /* further ones share the last line */

typedef struct eval_run {
    session session;
    trm_solver *solver;
    batch batch;
    const char *name; /* of the file, for messages */
    trm_csv *rows;
    uint64_t limit;     /* 0: none */
    uint32_t fault;     /* a trm_fault, or 0 */
    int32_t *expected;  /* capacity x S */
    unsigned *source;   /* capacity */
    uint32_t *verdicts; /* capacity */
    score total, sources[MOST_SOURCES];
    unsigned source_count;
    trust trust;
    predictions predictions;
    const solve_settings *settings;
    uint64_t verified;
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

static void add_to_score(score *s, uint64_t right, uint64_t positions, uint64_t steps)
{
    s->puzzles++;
    s->exact += right == positions;
    s->cells += positions;
    s->right += right;
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
    bool good = batch_find_solver(&run->batch, &run->session, &run->solver, &error) &&
                trm_solver_load(run->solver, &questions, &error) == TRM_OK;
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
    const size_t positions = run->batch.positions;
    const int32_t *answer = run->batch.answers + puzzle * positions,
                  *expected = run->expected + puzzle * positions;
    uint64_t right = 0;
    for (size_t n = 0; n < positions; n++)
        right += answer[n] == expected[n];
    return right;
}

/* By the rules of the model's task, where it has some: of a path there may be several. */
static bool verify_batch(const eval_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = batch_questions(&run->batch);
    if (run->batch.count == 0 ||
        trm_model_verify(run->session.model, &questions, run->batch.answers, run->verdicts, &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}

/* What the model said of its answer, and of each cell: those of another right answer are right, too. */
static void weigh(eval_run *run, size_t puzzle, bool right)
{
    const size_t positions = run->batch.positions, at = puzzle * positions;
    trust_add(&run->trust, run->batch.stops[puzzle], (double)run->batch.halt_probabilities[puzzle], right);
    for (size_t n = at; n < at + positions; n++)
        calibration_add(&run->trust.cells, (double)run->batch.confidences[n],
                        right || run->batch.answers[n] == run->expected[n]);
}

/* Solves what was collected and counts what is right. Of a batch that was interrupted, the puzzles that had
 * stopped count. */
static bool score_batch(eval_run *run)
{
    const double begin = seconds_now();
    if (run->batch.count > 0 && !step_batch(run))
        return false;
    run->seconds += seconds_now() - begin;
    if (!verify_batch(run))
        return false;
    for (size_t i = 0; i < run->batch.count; i++) {
        if (run->batch.stops[i] == TRM_STOP_RUNNING)
            continue;
        const uint64_t positions = run->batch.positions,
                       right = run->verdicts[i] == TRM_VERDICT_VERIFIED ? positions : count_right(run, i);
        add_to_score(&run->total, right, positions, run->batch.total_steps[i]);
        add_to_score(&run->sources[run->source[i]], right, positions, run->batch.total_steps[i]);
        run->verified += run->batch.verdicts[i] == TRM_VERDICT_VERIFIED;
        if (!predictions_add(&run->predictions, &run->session, &run->batch, i, right == positions))
            return false;
        weigh(run, i, right == positions);
    }
    batch_clear(&run->batch);
    return true;
}

static void fail_field(const eval_run *run, const row_fields *row, trm_csv_field field, const char *sentence)
{
    report_error("%s: line %llu, column %zu (%s): %s", run->name, (unsigned long long)row->line,
                 row->column[field], field == TRM_CSV_ANSWER ? "answer" : "question", sentence);
}

/* The last answer taken keeps what its question gives, if the task is like that: else the file is wrong, not the model. */
static bool agree(const eval_run *run, const row_fields *row)
{
    const trm_model_info *info = &run->session.info;
    const size_t positions = run->batch.positions, at = (run->batch.count - 1) * positions;
    const int32_t *question = run->batch.questions + at, *answer = run->expected + at,
                  blank = (int32_t)info->blank;
    const bool known = info->keeps_givens != 0 && info->blank < info->vocabulary &&
                       row->question.tokens == NULL && row->answer == NULL;
    for (size_t i = 0; known && i < positions; i++)
        if (question[i] != blank && answer[i] != question[i]) {
            report_error("%s: line %llu, column %zu (answer): expected '%c' as in the question, found '%c'",
                         run->name, (unsigned long long)row->line, row->column[TRM_CSV_ANSWER] + i,
                         row->text[TRM_CSV_QUESTION][i], row->text[TRM_CSV_ANSWER][i]);
            return false;
        }
    return true;
}

/* Room for what is expected, for puzzles of the batch's shape. */
static bool create_room(eval_run *run)
{
    free(run->expected);
    trm_solver_free(run->solver); /* the next batch makes another */
    run->solver = NULL;
    run->session.options.shape = &run->batch.shape;
    asking_views(&run->session, &run->batch, run->settings);
    run->expected = calloc(run->batch.capacity * run->batch.positions, sizeof *run->expected);
    if (run->expected == NULL)
        report_error("not enough memory");
    return run->expected != NULL;
}

/* The answers to puzzles of another shape come first. */
static bool take_shape(eval_run *run, const row_fields *row)
{
    return batch_fits(&run->batch, &run->session, row) ||
           (score_batch(run) && batch_take_shape_of(&run->batch, &run->session, row) && create_room(run));
}

/* The last row taken gets its fault, or is left out. Where its answer is none any more, the rules alone judge. */
static bool spoil_row(eval_run *run, const row_fields *row)
{
    const size_t positions = run->batch.positions;
    const int made = corrupt_last(&run->batch, &run->session, row, run->fault, row->line);
    int32_t *expected = run->expected + (run->batch.count - 1) * positions;
    for (size_t n = 0; made == 1 && !corrupt_keeps_answer(run->fault) && n < positions; n++)
        expected[n] = NO_TOKEN;
    return made >= 0;
}

static bool take_row(eval_run *run, const row_fields *row)
{
    trm_error error = TRM_ERROR_INIT;
    const size_t zero = rows_zero_byte(row);
    if (zero > 0) {
        report_error("%s: line %llu: expected text, found byte 0x00 at column %zu", run->name,
                     (unsigned long long)row->line, zero);
        return false;
    }
    if (row->column[TRM_CSV_ANSWER] == 0) {
        report_error(
            "%s: line %llu: expected an answer with the question, such as a column answer (or solution, "
            "solutions; other names: --answer NAME), found none",
            run->name, (unsigned long long)row->line);
        return false;
    }
    if (!take_shape(run, row))
        return false;
    const size_t at = run->batch.count;
    int32_t *expected = run->expected + at * run->batch.positions;
    if (!batch_add(&run->batch, &run->session, row, &error)) {
        fail_field(run, row, TRM_CSV_QUESTION, error.message);
        return false;
    }
    if (!batch_read_answer(&run->batch, &run->session, row, expected, &error)) {
        fail_field(run, row, TRM_CSV_ANSWER, error.message);
        return false;
    }
    run->source[at] = source_of(run, row->text[TRM_CSV_SOURCE]);
    return agree(run, row) && (run->fault == 0 || spoil_row(run, row));
}

/* STATUS_OK when the file was read to its end, or to the limit. */
static int eval_rows(eval_run *run)
{
    row_fields row;
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

static void print_score(const score *s)
{
    const size_t length = strlen(s->name);
    write_plain(stdout, s->name, length);
    printf("%*s %9llu %8.2f %% %8.2f %% %11.2f\n", length < NAME_WIDTH ? (int)(NAME_WIDTH - length) : 0, "",
           (unsigned long long)s->puzzles, 100.0 * share(s->exact, s->puzzles),
           100.0 * share(s->right, s->cells), share(s->steps, s->puzzles));
}

static void print_report(const eval_run *run)
{
    printf("%-*s %9s %10s %10s %11s\n", NAME_WIDTH, "source", "puzzles", "exact", "cells", "mean steps");
    for (unsigned i = 0; run->source_count > 1 && i < run->source_count; i++)
        print_score(&run->sources[i]);
    print_score(&run->total);
    if (run->verified > 0)
        printf("verified: %.2f %%\n", 100.0 * share(run->verified, run->total.puzzles));
    trust_print(&run->trust);
    printf("%.1f puzzles a second\n",
           (double)run->total.puzzles / (run->seconds > 0.0 ? run->seconds : 1e-9));
}

static void print_json(const eval_run *run)
{
    const score *t = &run->total;
    record r = record_begin(stdout);
    record_integer(&r, "puzzles", t->puzzles);
    record_number(&r, "exact", share(t->exact, t->puzzles));
    record_number(&r, "cell", share(t->right, t->cells));
    record_number(&r, "mean_steps", share(t->steps, t->puzzles));
    record_number(&r, "verified", share(run->verified, t->puzzles));
    trust_record(&run->trust, &r);
    record_number(&r, "puzzles_per_second", (double)t->puzzles / (run->seconds > 0.0 ? run->seconds : 1e-9));
    record_end(&r);
    putchar('\n');
}

static bool create_run(eval_run *run, const char *model, const solve_settings *settings)
{
    snprintf(run->total.name, sizeof run->total.name, "all");
    if (!session_open(&run->session, model, settings) || !batch_create(&run->batch, &run->session))
        return false;
    const double threshold = run->session.options.halt_probability;
    run->trust.threshold = threshold > 0.0 ? threshold : (double)run->session.info.halt_threshold;
    run->source = calloc(run->batch.capacity, sizeof *run->source);
    run->verdicts = calloc(run->batch.capacity, sizeof *run->verdicts);
    if (run->source != NULL && run->verdicts != NULL)
        return create_room(run);
    report_error("not enough memory");
    return false;
}

static int run_eval(const void *given, char **operands, int count)
{
    (void)count;
    const solve_settings *settings = given;
    if (!session_agree("eval", settings))
        return STATUS_USAGE;
    eval_run run = { .settings = settings,
                     .name = rows_name(operands[1]),
                     .limit = settings->limit,
                     .fault = settings->fault };
    int status = STATUS_DATA;
    report_be_quiet(settings->quiet);
    catch_interrupts();
    if (predictions_open(&run.predictions, settings->predictions, settings->mistakes) &&
        create_run(&run, operands[0], settings) && corrupt_agrees(&run.session, settings->fault)) {
        run.progress = progress_begin();
        const rows_wanted wanted = { run.session.model, settings->grid, settings->question, settings->answer,
                                     0 };
        if (rows_open(&run.rows, operands[1], &wanted))
            status = eval_rows(&run);
        else if (was_interrupted())
            status = STATUS_INTERRUPTED;
        progress_end(&run.progress);
        if (status != STATUS_DATA && settings->json)
            print_json(&run);
        else if (status != STATUS_DATA)
            print_report(&run);
    }
    if (status == STATUS_OK && settings->reliability != NULL &&
        !reliability_write(&run.trust, operands[0], settings->reliability))
        status = STATUS_DATA;
    if (!predictions_close(&run.predictions, status != STATUS_DATA))
        status = STATUS_DATA;
    trm_csv_close(run.rows);
    trm_solver_free(run.solver);
    free(run.expected);
    free(run.source);
    free(run.verdicts);
    batch_free(&run.batch);
    session_close(&run.session);
    return status;
}

const cli_command eval_command = {
    "eval",
    "[OPTIONS] MODEL DATA",
    "Solves the questions of a list of puzzles (CSV with columns question and answer; doc/lists.md) and "
    "compares with its answers: how "
    "many are exactly right, how many cells are, and how many steps and seconds that took. Another answer is "
    "right, "
    "too, when the rules of the model's task say so: there may be several shortest ways. - is standard "
    "input.",
    options,
    sizeof(solve_settings),
    &defaults,
    2,
    2,
    run_eval,
};
