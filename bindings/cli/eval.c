/* trm eval: how often a model is right on a file of puzzles with answers. */
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/csv.h"
#include "bindings/cli/report.h"
#include "bindings/cli/session.h"

static const solve_settings defaults = { .threads = 1, .batch = 64 };
static const option options[] = {
    { "limit", 0, "N", "only the first N puzzles", OPTION_NUMBER, offsetof(solve_settings, limit), 1, UINT64_MAX, NULL },
    SOLVE_OPTIONS,
    { NULL, 0, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL },
};

/* Counts of one source, or of all. */
typedef struct score {
    char name[64];
    uint64_t puzzles, exact, cells, steps;
} score;

enum { MOST_SOURCES = 32 }; /* further ones share the last line */

typedef struct eval_run {
    session session;
    batch batch;
    int32_t *expected;     /* capacity x S */
    unsigned *source;      /* capacity */
    score total, sources[MOST_SOURCES];
    unsigned source_count;
    double seconds;        /* spent solving */
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

/* Solves what was collected and counts what is right. */
static bool score_batch(eval_run *run)
{
    const size_t positions = run->session.info.positions;
    const double begin = seconds_now();
    if (!batch_solve(&run->batch, &run->session))
        return false;
    run->seconds += seconds_now() - begin;
    for (size_t i = 0; i < run->batch.count; i++) {
        uint64_t right = 0;
        for (size_t n = 0; n < positions; n++)
            right += run->batch.answers[i * positions + n] == run->expected[i * positions + n];
        add_to_score(&run->total, right, positions, run->batch.steps[i]);
        add_to_score(&run->sources[run->source[i]], right, positions, run->batch.steps[i]);
    }
    run->batch.count = 0;
    return true;
}

static bool take_row(eval_run *run, const input *in, const csv_row *row)
{
    char where[512];
    trm_error error = TRM_ERROR_INIT;
    const size_t at = run->batch.count;
    snprintf(where, sizeof where, "%s: line %lu, column %zu (question)", in->name, in->number, row->begin[CSV_QUESTION]);
    if (!batch_add(&run->batch, &run->session, row->text[CSV_QUESTION], row->length[CSV_QUESTION], where))
        return false;
    int32_t *expected = run->expected + at * run->session.info.positions;
    if (trm_model_encode(run->session.model, row->text[CSV_ANSWER], row->length[CSV_ANSWER], expected, &error) != TRM_OK) {
        report_error("%s: line %lu, column %zu (answer): %s", in->name, in->number, row->begin[CSV_ANSWER], error.message);
        return false;
    }
    run->source[at] = source_of(run, row->text[CSV_SOURCE]);
    return true;
}

static void show_progress(eval_run *run, const input *in, uint64_t limit)
{
    char what[96];
    const score *t = &run->total;
    if (t->puzzles == 0)
        return;
    snprintf(what, sizeof what, "%llu puzzles, %.2f %% exact, %.1f a second", (unsigned long long)t->puzzles,
             100.0 * (double)t->exact / (double)t->puzzles, (double)t->puzzles / (run->seconds > 0.0 ? run->seconds : 1e-9));
    if (limit > 0)
        progress_show(&run->progress, (double)t->puzzles, (double)limit, what);
    else
        progress_show(&run->progress, in->position, in->size, what);
}

/* STATUS_OK when the file was read to its end, or to the limit. */
static int eval_rows(eval_run *run, input *in, uint64_t limit)
{
    csv_row row;
    int got = 1;
    uint64_t taken = 0;
    if (!csv_header(in))
        return STATUS_DATA;
    while (!was_interrupted() && (limit == 0 || taken < limit) && (got = csv_next(in, &row)) == 1) {
        if (!take_row(run, in, &row))
            return STATUS_DATA;
        taken++;
        if (run->batch.count < run->batch.capacity)
            continue;
        if (!score_batch(run))
            return STATUS_DATA;
        show_progress(run, in, limit);
    }
    if (got < 0 || !score_batch(run))
        return STATUS_DATA;
    if (taken == 0 && !was_interrupted())
        return report_error("%s: expected puzzles behind the header, found none", in->name);
    return was_interrupted() ? STATUS_INTERRUPTED : STATUS_OK;
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0.0;
}

static void print_score(const score *s, uint64_t positions)
{
    printf("%-32s %9llu %8.2f %% %8.2f %% %11.2f\n", s->name, (unsigned long long)s->puzzles, 100.0 * share(s->exact, s->puzzles),
           100.0 * share(s->cells, s->puzzles * positions), share(s->steps, s->puzzles));
}

static void print_report(const eval_run *run)
{
    const uint64_t positions = run->session.info.positions;
    printf("%-32s %9s %10s %10s %11s\n", "source", "puzzles", "exact", "cells", "mean steps");
    for (unsigned i = 0; run->source_count > 1 && i < run->source_count; i++)
        print_score(&run->sources[i], positions);
    print_score(&run->total, positions);
    printf("%.1f puzzles a second\n", (double)run->total.puzzles / (run->seconds > 0.0 ? run->seconds : 1e-9));
}

static void print_json(const eval_run *run)
{
    const score *t = &run->total;
    json j = json_begin(stdout);
    json_integer(&j, "puzzles", t->puzzles);
    json_number(&j, "exact", share(t->exact, t->puzzles));
    json_number(&j, "cell", share(t->cells, t->puzzles * run->session.info.positions));
    json_number(&j, "mean_steps", share(t->steps, t->puzzles));
    json_number(&j, "puzzles_per_second", (double)t->puzzles / (run->seconds > 0.0 ? run->seconds : 1e-9));
    json_end(&j);
}

static bool create_run(eval_run *run, const char *model, const solve_settings *settings)
{
    snprintf(run->total.name, sizeof run->total.name, "all");
    if (!session_open(&run->session, model, settings) || !batch_create(&run->batch, &run->session))
        return false;
    run->expected = calloc(run->batch.capacity * run->session.info.positions, sizeof *run->expected);
    run->source = calloc(run->batch.capacity, sizeof *run->source);
    if (run->expected != NULL && run->source != NULL)
        return true;
    report_error("not enough memory");
    return false;
}

static int run_eval(const void *given, char **operands, int count)
{
    (void)count;
    const solve_settings *settings = given;
    eval_run run = { .source_count = 0 };
    input *in = malloc(sizeof *in);
    int status = STATUS_DATA;
    report_be_quiet(settings->quiet);
    catch_interrupts();
    if (in != NULL && create_run(&run, operands[0], settings)) {
        run.progress = progress_begin();
        status = input_open(in, operands[1]) ? eval_rows(&run, in, settings->limit) : STATUS_DATA;
        progress_end(&run.progress);
        input_close(in);
        if (status != STATUS_DATA && settings->json)
            print_json(&run);
        else if (status != STATUS_DATA)
            print_report(&run);
    }
    free(in);
    free(run.expected);
    free(run.source);
    batch_free(&run.batch);
    session_close(&run.session);
    return status;
}

const cli_command eval_command = {
    "eval", "[OPTIONS] MODEL DATA.csv[.gz]",
    "Solves the questions of a CSV file (source,question,answer,rating) and compares with its answers: how many are\n"
    "exactly right, how many cells are, and how many steps and seconds that took. - is standard input.",
    options, sizeof(solve_settings), &defaults, 2, 2, run_eval,
};
