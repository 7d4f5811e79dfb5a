/* trm eval: how often a model is right on a file of puzzles with answers. */
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/asking.h"
#include "bindings/cli/corrupt.h"
#include "bindings/cli/gather.h"
#include "bindings/cli/reliability.h"
#include "bindings/cli/report.h"
#include "bindings/cli/rows.h"
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
    gather gather;
    const char *name; /* of the file, for messages */
    trm_csv *rows;
    uint64_t limit;  /* 0: none */
    uint32_t fault;  /* a trm_fault, or 0 */
    uint64_t solved; /* puzzles, with those that wait for their turn */
    score total, sources[MOST_SOURCES];
    unsigned source_count;
    trust trust;
    predictions predictions;
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
    const double done = (double)(run->solved + stopped), taken = (double)run->gather.next;
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
static bool step_batch(eval_run *run, gathered *of)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_questions questions = batch_questions(&of->batch);
    const trm_answers answers = batch_answers(&of->batch);
    uint32_t running = 0;
    bool good =
        gather_solver(&run->gather, of, &error) && trm_solver_load(of->solver, &questions, &error) == TRM_OK;
    do {
        good = good && trm_solver_step(of->solver, &running, &error) == TRM_OK;
        show_progress(run, of->batch.count - running);
    } while (good && running > 0 && !was_interrupted());
    /* By the rules of the model's task, where it has some, too: of a path there may be several. */
    if (good && trm_solver_read(of->solver, &answers, &error) == TRM_OK &&
        trm_model_verify(run->session.model, &questions, of->batch.answers, of->verdicts, &error) == TRM_OK)
        return true;
    report_error("%s", error.message);
    return false;
}

static uint64_t count_right(const outcome *o)
{
    const size_t positions = o->alone.positions;
    uint64_t right = 0;
    for (size_t n = 0; n < positions; n++)
        right += o->alone.answers[n] == o->expected[n];
    return o->verdict == TRM_VERDICT_VERIFIED ? positions : right;
}

/* What the model said of its answer, and of each cell: those of another right answer are right, too. */
static void weigh(eval_run *run, const outcome *o, bool right)
{
    const batch *b = &o->alone;
    trust_add(&run->trust, b->stops[0], (double)b->halt_probabilities[0], right);
    for (size_t n = 0; n < b->positions; n++)
        calibration_add(&run->trust.cells, (double)b->confidences[n],
                        right || b->answers[n] == o->expected[n]);
}

/* Counts what was solved, in the order of the file. With `all` those too that wait for some that nobody
   solves any more. */
static bool count_outcomes(eval_run *run, bool all)
{
    const outcome *o;
    while ((o = gather_next(&run->gather, all)) != NULL) {
        const uint64_t positions = o->alone.positions, right = count_right(o),
                       steps = o->alone.total_steps[0];
        add_to_score(&run->total, right, positions, steps);
        add_to_score(&run->sources[o->source], right, positions, steps);
        run->verified += o->alone.verdicts[0] == TRM_VERDICT_VERIFIED;
        if (!predictions_add(&run->predictions, &run->session, &o->alone, 0, right == positions))
            return false;
        weigh(run, o, right == positions);
    }
    return true;
}

/* Solves what was gathered of one shape. Of a batch that was interrupted, the puzzles that had stopped
   count. */
static bool score_batch(eval_run *run, gathered *of)
{
    const double begin = seconds_now();
    const size_t count = of->batch.count;
    const bool good = step_batch(run, of);
    run->seconds += seconds_now() - begin;
    run->solved += count;
    return good && gather_settle(&run->gather, of) && count_outcomes(run, false);
}

/* Solves all that is left. */
static bool score_rest(eval_run *run)
{
    gathered *of = NULL;
    while (!was_interrupted() && (of = gather_oldest(&run->gather)) != NULL)
        if (!score_batch(run, of))
            return false;
    return count_outcomes(run, true);
}

static void fail_field(const eval_run *run, const row_fields *row, trm_csv_field field, const char *sentence)
{
    report_error("%s: line %llu, column %zu (%s): %s", run->name, (unsigned long long)row->line,
                 row->column[field], field == TRM_CSV_ANSWER ? "answer" : "question", sentence);
}

/* The last answer taken keeps what its question gives, if the task is like that: else the file is wrong, not
   the model. */
static bool agree(const eval_run *run, const gathered *of, const row_fields *row)
{
    const trm_model_info *info = &run->session.info;
    const size_t positions = of->batch.positions, at = (of->batch.count - 1) * positions;
    const int32_t *question = of->batch.questions + at, *answer = of->expected + at,
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

/* The last row taken gets its fault, or is left out. Where its answer is none any more, the rules alone
   judge. */
static bool spoil_row(eval_run *run, gathered *of, const row_fields *row)
{
    const size_t positions = of->batch.positions;
    int32_t *expected = of->expected + (of->batch.count - 1) * positions;
    const int made = corrupt_last(&of->batch, &run->session, row, run->fault, row->line);
    for (size_t n = 0; made == 1 && !corrupt_keeps_answer(run->fault) && n < positions; n++)
        expected[n] = NO_TOKEN;
    return made >= 0;
}

/* Those of the row's shape, with room for one more: where there is none, those that came first are solved. */
static gathered *make_room(eval_run *run, const row_fields *row)
{
    gathered *of = NULL;
    while (gather_find(&run->gather, row, &of)) {
        if (of != NULL)
            return of;
        if (was_interrupted() || !score_batch(run, gather_oldest(&run->gather)))
            return NULL;
    }
    return NULL;
}

static bool read_row(eval_run *run, gathered *of, const row_fields *row)
{
    trm_error error = TRM_ERROR_INIT;
    int32_t *expected = of->expected + of->batch.count * of->batch.positions;
    const bool question = batch_add(&of->batch, &run->session, row, &error);
    if (question && batch_read_answer(&of->batch, &run->session, row, expected, &error))
        return true;
    fail_field(run, row, question ? TRM_CSV_ANSWER : TRM_CSV_QUESTION, error.message);
    return false;
}

/* Text has no zero byte, and there is an answer. */
static bool check_row(const eval_run *run, const row_fields *row)
{
    const size_t zero = rows_zero_byte(row);
    if (zero > 0)
        report_error("%s: line %llu: expected text, found byte 0x00 at column %zu", run->name,
                     (unsigned long long)row->line, zero);
    else if (row->column[TRM_CSV_ANSWER] == 0)
        report_error("%s: line %llu: expected an answer with the question, found none", run->name,
                     (unsigned long long)row->line);
    else
        return true;
    return false;
}

static bool take_row(eval_run *run, const row_fields *row)
{
    if (!check_row(run, row))
        return false;
    gathered *of = make_room(run, row);
    if (of == NULL)
        return was_interrupted();
    const size_t count = of->batch.count;
    if (!read_row(run, of, row) || !agree(run, of, row) || (run->fault != 0 && !spoil_row(run, of, row)))
        return false;
    if (of->batch.count > count)
        gather_take(&run->gather, of, source_of(run, row->text[TRM_CSV_SOURCE]));
    return of->batch.count < of->batch.capacity || score_batch(run, of);
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
    }
    if (got < 0 || !score_rest(run))
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
    if (!session_open(&run->session, model, settings) || !gather_begin(&run->gather, &run->session, settings))
        return false;
    const double threshold = run->session.options.halt_probability;
    run->trust.threshold = threshold > 0.0 ? threshold : (double)run->session.info.halt_threshold;
    return true;
}

static int run_eval(const void *given, char **operands, int count)
{
    (void)count;
    const solve_settings *settings = given;
    if (!session_agree("eval", settings))
        return STATUS_USAGE;
    eval_run run = { .name = rows_name(operands[1]), .limit = settings->limit, .fault = settings->fault };
    int status = STATUS_DATA;
    report_be_quiet(settings->quiet);
    catch_interrupts();
    if (predictions_open(&run.predictions, settings->predictions, settings->mistakes) &&
        create_run(&run, operands[0], settings) && corrupt_agrees(&run.session, settings->fault)) {
        run.progress = progress_begin();
        const rows_wanted wanted = { run.session.model, settings->grid, settings->question, settings->answer,
                                     TRM_CSV_ANSWERS };
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
    gather_end(&run.gather);
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
