/* trm calibrate: when a model should stop, chosen on puzzles that it has not learnt from, and written into
   its file. */
#include <stdlib.h>
#include <string.h>

#include <trm/train.h>

#include "bindings/cli/asking.h"
#include "bindings/cli/report.h"
#include "bindings/cli/rows.h"
#include "bindings/cli/selectors.h"
#include "bindings/cli/session.h"
#include "bindings/cli/sweep.h"
#include "bindings/trace/file_name.h"

typedef struct calibrate_settings {
    solve_settings solve;
    double wrong, lost; /* per cent */
    double threshold;   /* given; 0: to be chosen */
    bool deflate;
} calibrate_settings;

static const calibrate_settings defaults = {
    .solve = { .steps = 64, .threads = 1, .batch = BATCH_BY_THREADS }, .wrong = 0.5, .lost = 0.25
};
/* clang-format off */
#define SOLVE(field) solve.field
static const option options[] = {
    REAL_ROW(calibrate_settings, wrong, "wrong", "P", 100,
             "of what stops above the threshold at most so many per cent are wrong, in each file (default 0.5)"),
    REAL_ROW(calibrate_settings, lost, "lost", "P", 100,
             "per cent of each file's right answers that the limit of steps may cost (default 0.25)"),
    POSITIVE_ROW(calibrate_settings, threshold, "threshold", "P", 1,
                 "keep to this halt probability instead of choosing one, for what was chosen on more puzzles"),
    NUMBER_ROW(calibrate_settings, SOLVE(steps), "steps", "N", 1, 65536, "steps to watch each puzzle for (default 64)"),
    NUMBER_ROW(calibrate_settings, SOLVE(runs), "runs", "N", 2, 65536,
               "also try which ways to choose among N runs can be trusted, on the same puzzles: trm info shows them"),
    NUMBER_ROW(calibrate_settings, SOLVE(seed), "seed", "N", 0, UINT64_MAX, "of random starts (default 0)"),
    NUMBER_ROW(calibrate_settings, SOLVE(limit), "limit", "N", 1, UINT64_MAX, "only the first N puzzles of each file"),
    GRID_ROW(calibrate_settings, SOLVE(grid), "grid",
             "the puzzles' rows and columns, for models of any size (default: the model's own, or a square)"),
    NUMBER_ROW(calibrate_settings, SOLVE(threads), "threads", "N", 0, 1024,
               "use N threads (default 1; 0: all that the process may use)"),
    NUMBER_ROW(calibrate_settings, SOLVE(batch), "batch", "N", 1, 65536, "solve N puzzles at once (default 8 for each thread)"),
    FLAG_ROW(calibrate_settings, deflate, "deflate", "compress the weights, for shipping"),
    FLAG_ROW(calibrate_settings, SOLVE(json), "json", "results as one JSON object on the last line"),
    OPTION_ROW(calibrate_settings, "quiet", 'q', NULL, "no progress and no talk on standard error", OPTION_FLAG,
               SOLVE(quiet), 0, 0, NULL),
    LAST_ROW,
};
/* clang-format on */

typedef struct calibrate_run calibrate_run;
struct calibrate_run {
    const calibrate_settings *settings;
    bool (*ask)(calibrate_run *run); /* what is done with a batch of puzzles */
    session session;
    trm_solver *solver;
    batch batch;
    int32_t *expected;  /* capacity x S */
    uint32_t *verdicts; /* capacity */
    sweep sweep;
    size_t class; /* whose puzzles are read */
    selector_scores selectors;
    double threshold; /* as chosen, as the limit */
    uint32_t limit;
    progress progress;
};

/* -------------------------------------------------------------------------------------------- watching */

static bool is_right(const calibrate_run *run, size_t puzzle)
{
    const size_t positions = run->batch.positions, at = puzzle * positions;
    return run->verdicts[puzzle] == TRM_VERDICT_VERIFIED ||
           memcmp(run->batch.answers + at, run->expected + at, positions * sizeof(int32_t)) == 0;
}

/* One more step of all puzzles of the batch, and what it says of each. */
static bool watch_step(calibrate_run *run, sweep_step *const *to, uint32_t step, trm_error *error)
{
    const trm_questions questions = batch_questions(&run->batch);
    const trm_answers answers = batch_answers(&run->batch);
    uint32_t running;
    if (trm_solver_step(run->solver, &running, error) != TRM_OK ||
        trm_solver_read(run->solver, &answers, error) != TRM_OK ||
        trm_model_verify(run->session.model, &questions, run->batch.answers, run->verdicts, error) != TRM_OK)
        return false;
    for (size_t i = 0; i < run->batch.count; i++)
        to[i][step] =
            (sweep_step) { .probability = run->batch.halt_probabilities[i], .right = is_right(run, i) };
    return true;
}

/* False after telling what is wrong, or when the user wants to stop. */
static bool watch_batch(calibrate_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    const size_t count = run->batch.count;
    sweep_class *class = &run->sweep.classes[run->class];
    sweep_step **to = calloc(count + 1, sizeof *to);
    const trm_questions questions = batch_questions(&run->batch);
    const size_t before = class->count;
    bool good = to != NULL;
    for (size_t i = 0; i < count && good; i++)
        good = sweep_take(&run->sweep, class);
    if (!good)
        report_error("not enough memory");
    for (size_t i = 0; i < count && good; i++) /* now that nothing moves any more */
        to[i] = class->steps + (before + i) * run->sweep.steps;
    bool solves =
        good && (count == 0 || (batch_find_solver(&run->batch, &run->session, &run->solver, &error) &&
                                trm_solver_load(run->solver, &questions, &error) == TRM_OK));
    for (uint32_t step = 0; step < run->sweep.steps && solves && count > 0 && !was_interrupted(); step++)
        solves = watch_step(run, to, step, &error);
    if (good && !solves)
        report_error("%s", error.message);
    free(to);
    batch_clear(&run->batch);
    return solves && !was_interrupted();
}

/* -------------------------------------------------------------------------------------------- selecting */

/* The batch, chosen so; what came of it. */
static bool try_selector(calibrate_run *run, int selector, trm_error *error)
{
    const session *s = &run->session;
    selector_score *score = &run->selectors.score[run->class][selector];
    const trm_questions questions = batch_questions(&run->batch);
    const trm_answers answers = batch_answers(&run->batch);
    trm_solve_options how =
        selector_options(&s->options, selector, (uint32_t)run->settings->solve.runs, run->threshold);
    how.maximum_steps = run->limit;
    if (trm_solve(s->model, &questions, &answers, &how, error) != TRM_OK ||
        trm_model_verify(s->model, &questions, run->batch.answers, run->verdicts, error) != TRM_OK)
        return false;
    for (size_t i = 0; i < run->batch.count; i++) {
        const bool sure = run->batch.stops[i] == TRM_STOP_SIGNAL ||
                          run->batch.stops[i] == TRM_STOP_VERIFIED ||
                          (double)run->batch.halt_probabilities[i] > run->threshold,
                   right = is_right(run, i);
        score->puzzles++;
        score->right += right;
        score->sure += sure;
        score->mistaken += sure && !right;
        score->steps += run->batch.total_steps[i];
    }
    return true;
}

/* False after telling what is wrong, or when the user wants to stop. */
static bool select_batch(calibrate_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    bool good = true;
    asking_views(&run->session, &run->batch, &run->settings->solve);
    run->session.options.heard = 0;
    for (int i = 0; i < SELECTORS - !run->selectors.has_rules && good && run->batch.count > 0; i++)
        good = !was_interrupted() && try_selector(run, i, &error);
    if (!good && !was_interrupted())
        report_error("%s", error.message);
    run->session.options.views = NULL; /* puzzles of another shape may have others */
    run->session.options.view_count = 0;
    batch_clear(&run->batch);
    return good && !was_interrupted();
}

/* -------------------------------------------------------------------------------------------- reading */

static bool create_solver(calibrate_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    trm_solver_free(run->solver);
    free(run->expected);
    run->solver = NULL;
    run->session.options.shape = &run->batch.shape;
    run->expected = calloc(run->batch.capacity * run->batch.positions, sizeof *run->expected);
    if (run->expected != NULL &&
        trm_solver_create(run->session.model, &run->session.options, &run->solver, &error) == TRM_OK)
        return true;
    report_error("%s", run->expected != NULL ? error.message : "not enough memory");
    return false;
}

static bool take_row(calibrate_run *run, const char *path, const row_fields *row)
{
    trm_error error = TRM_ERROR_INIT;
    if (!batch_fits(&run->batch, &run->session, row) &&
        (!run->ask(run) || !batch_take_shape_of(&run->batch, &run->session, row) || !create_solver(run)))
        return false;
    int32_t *expected = run->expected + run->batch.count * run->batch.positions;
    if (batch_read_answer(&run->batch, &run->session, row, expected, &error) &&
        batch_add(&run->batch, &run->session, row, &error))
        return true;
    report_error("%s: line %llu: %s", path, (unsigned long long)row->line, error.message);
    return false;
}

static int ask_rows(calibrate_run *run, const char *path, trm_csv *rows)
{
    row_fields row;
    int got = 1;
    uint64_t taken = 0;
    char what[96];
    const uint64_t limit = run->settings->solve.limit;
    while (!was_interrupted() && (limit == 0 || taken < limit) && (got = rows_next(rows, &row)) == 1) {
        if (!take_row(run, path, &row))
            return was_interrupted() ? STATUS_INTERRUPTED : STATUS_DATA;
        taken++;
        snprintf(what, sizeof what, "%llu puzzles", (unsigned long long)taken);
        progress_show(&run->progress, (double)taken, (double)limit, what);
        if (run->batch.count == run->batch.capacity && !run->ask(run))
            return was_interrupted() ? STATUS_INTERRUPTED : STATUS_DATA;
    }
    if (got < 0 || (!was_interrupted() && !run->ask(run)))
        return was_interrupted() ? STATUS_INTERRUPTED : STATUS_DATA;
    if (taken == 0 && !was_interrupted())
        return report_error("%s: expected puzzles behind the header, found none", path);
    return was_interrupted() ? STATUS_INTERRUPTED : STATUS_OK;
}

static int ask_file(calibrate_run *run, const char *path)
{
    trm_csv *rows = NULL;
    const rows_wanted wanted = { .model = run->session.model, .grid = run->session.grid };
    if (!rows_open(&rows, path, &wanted))
        return was_interrupted() ? STATUS_INTERRUPTED : STATUS_DATA;
    const int status = ask_rows(run, path, rows);
    trm_csv_close(rows);
    return status;
}

static int ask_files(calibrate_run *run, char **paths, size_t count)
{
    int status = STATUS_OK;
    run->progress = progress_begin();
    for (run->class = 0; run->class < count && status == STATUS_OK; run->class ++)
        status = ask_file(run, paths[run->class]);
    progress_end(&run->progress);
    return status;
}

static void name_classes(calibrate_run *run, char **paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        run->sweep.classes[i] = (sweep_class) { .name = file_name(paths[i]) };
    run->sweep.class_count = count;
}

/* -------------------------------------------------------------------------------------------- choosing */

static bool asks_runs(const calibrate_run *run)
{
    return run->settings->solve.runs > 1;
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0.0;
}

static void print_result(const char *name, double threshold, const sweep_result *r)
{
    char said[24];
    snprintf(said, sizeof said, "%g", threshold);
    printf("%-28.28s %9s %8llu %9.2f %% %9.2f %% %9.2f %% %9.2f\n", name, said,
           (unsigned long long)r->puzzles, percent(r->right, r->puzzles), percent(r->sure, r->puzzles),
           percent(r->mistaken, r->sure), r->puzzles > 0 ? (double)r->steps / (double)r->puzzles : 0.0);
}

static void print_choice(const calibrate_run *run)
{
    const sweep *s = &run->sweep;
    printf("%-28s %9s %8s %11s %11s %11s %9s\n", "", "threshold", "puzzles", "exact", "called right",
           "of it wrong", "steps");
    for (int i = 0; i < SWEEP_THRESHOLDS; i++) {
        const sweep_result r = sweep_whole(s, sweep_threshold(i), s->steps);
        print_result("all", sweep_threshold(i), &r);
    }
    for (size_t c = 0; run->threshold > 0.0 && c < s->class_count; c++) {
        const sweep_result r = sweep_class_result(s, &s->classes[c], run->threshold, run->limit);
        print_result(s->classes[c].name, run->threshold, &r);
    }
    if (run->threshold > 0.0)
        printf("%s: a halt probability above %g, at most %lu steps\n",
               run->settings->threshold > 0.0 ? "kept" : "chosen", run->threshold, (unsigned long)run->limit);
}

static void print_json(const calibrate_run *run, const char *selectors)
{
    const sweep_result whole = sweep_whole(&run->sweep, run->threshold, run->limit);
    record r = record_begin(stdout);
    record_number(&r, "halt_threshold", run->threshold);
    record_integer(&r, "maximum_steps", run->limit);
    record_integer(&r, "puzzles", whole.puzzles);
    record_integer(&r, "exact", whole.right);
    record_integer(&r, "called_right", whole.sure);
    record_integer(&r, "called_right_wrongly", whole.mistaken);
    record_number(&r, "mean_steps", (double)whole.steps / (double)whole.puzzles);
    if (selectors != NULL)
        record_text(&r, "selectors", selectors);
    record_end(&r);
    putchar('\n');
}

/* For provenance.calibration: which puzzles, and what they said. */
static void describe(const calibrate_run *run, char *to, size_t size)
{
    const sweep *s = &run->sweep;
    char runs[32] = "", kept[40] = "";
    if (run->settings->threshold > 0.0)
        snprintf(kept, sizeof kept, " --threshold %g", run->settings->threshold);
    if (asks_runs(run))
        snprintf(runs, sizeof runs, " --runs %llu", (unsigned long long)run->settings->solve.runs);
    int used = snprintf(to, size, "trm calibrate --wrong %g --lost %g --steps %lu%s%s:", run->settings->wrong,
                        run->settings->lost, (unsigned long)s->steps, kept, runs);
    for (size_t c = 0; c < s->class_count && used > 0 && (size_t)used < size; c++) {
        const sweep_result r = sweep_class_result(s, &s->classes[c], run->threshold, run->limit);
        used +=
            snprintf(to + used, size - (size_t)used, "%s %s %llu puzzles, %llu called right, %llu wrongly",
                     c > 0 ? ";" : "", s->classes[c].name, (unsigned long long)r.puzzles,
                     (unsigned long long)r.sure, (unsigned long long)r.mistaken);
    }
    make_utf8(to);
}

static int write_model(const calibrate_run *run, const char *input, const char *output, const char *selectors)
{
    char text[2048];
    trm_error error = TRM_ERROR_INIT;
    trm_convert_options wanted = TRM_CONVERT_OPTIONS_INIT;
    describe(run, text, sizeof text);
    wanted.format = TRM_FORMAT_TRM;
    wanted.deflate = run->settings->deflate;
    wanted.halt_threshold = run->threshold;
    wanted.maximum_steps = run->limit;
    wanted.calibration = text;
    wanted.selectors = selectors;
    const trm_status status = trm_convert(input, output, &wanted, &error);
    return status == TRM_OK ? STATUS_OK : report_failure("calibrate", status, &error);
}

/* When the model stops; false after telling that no threshold will do. */
static bool choose(calibrate_run *run, const char *input)
{
    const calibrate_settings *settings = run->settings;
    const int chosen = sweep_choose_threshold(&run->sweep, settings->wrong / 100.0);
    run->threshold = settings->threshold > 0.0 ? settings->threshold
                     : chosen >= 0             ? sweep_threshold(chosen)
                                               : 0.0;
    const bool found = run->threshold > 0.0;
    if (found)
        run->limit = sweep_choose_limit(&run->sweep, run->threshold, settings->lost / 100.0);
    if (!settings->solve.json)
        print_choice(run);
    if (!found)
        report_error("%s: no threshold up to %g lets puzzles stop and leaves at most %g %% of them "
                     "wrong in each file: nothing is written",
                     input, sweep_threshold(SWEEP_THRESHOLDS - 1), settings->wrong);
    return found;
}

/* Rules make a policy of their own possible; what else speaks against so many runs is said once they are
   asked. */
static bool has_rules(const session *s)
{
    size_t bytes;
    trm_solve_options wanted = TRM_SOLVE_OPTIONS_INIT;
    wanted.policy = TRM_POLICY_FIRST_VERIFIED;
    return trm_solver_measure(s->model, &wanted, &bytes, NULL) == TRM_OK;
}

/* False after telling that standard input is gone once it was read. */
static bool can_read_again(const calibrate_run *run, char **paths, size_t count)
{
    for (size_t i = 0; i < count && asks_runs(run); i++)
        if (strcmp(paths[i], "-") == 0) {
            report_error("calibrate: --runs: expected files, which are read twice, found -");
            return false;
        }
    return true;
}

/* The puzzles once more, with several runs each. */
static int try_selectors(calibrate_run *run, char **paths, size_t count)
{
    run->ask = select_batch;
    run->selectors.has_rules = has_rules(&run->session);
    const int status = ask_files(run, paths, count);
    if (status == STATUS_OK && !run->settings->solve.json)
        selectors_print(&run->selectors, &run->sweep, (uint32_t)run->settings->solve.runs);
    return status;
}

static int finish(const calibrate_run *run, const char *input, const char *output)
{
    char words[SELECTOR_WORDS];
    selectors_trusted(&run->selectors, run->sweep.class_count, run->settings->wrong / 100.0, words);
    const int status = write_model(run, input, output, asks_runs(run) ? words : NULL);
    if (status == STATUS_OK && run->settings->solve.json)
        print_json(run, asks_runs(run) ? words : NULL);
    else if (status == STATUS_OK && asks_runs(run))
        printf("trustworthy: %s\n", words);
    return status;
}

/* -------------------------------------------------------------------------------------------- running */

static bool begin(calibrate_run *run, const char *model)
{
    solve_settings solve = run->settings->solve;
    solve.all_steps = true;
    solve.runs = 0;
    run->sweep.steps = (uint32_t)solve.steps;
    if (!session_open(&run->session, model, &solve) || !batch_create(&run->batch, &run->session))
        return false;
    run->verdicts = calloc(run->batch.capacity, sizeof *run->verdicts);
    if (run->verdicts != NULL)
        return create_solver(run);
    report_error("not enough memory");
    return false;
}

/* Said before all puzzles are watched: no file may have such a threshold. */
static bool can_keep(const calibrate_settings *settings)
{
    if (settings->threshold >= 1.0)
        report_error("calibrate: --threshold: expected a number below 1, found %g", settings->threshold);
    return settings->threshold < 1.0;
}

static int run_calibrate(const void *given, char **operands, int count)
{
    calibrate_run run = { .settings = given, .ask = watch_batch };
    char **paths = operands + 2;
    const size_t files = (size_t)count - 2;
    report_be_quiet(run.settings->solve.quiet);
    catch_interrupts();
    if (!can_keep(run.settings) || !can_read_again(&run, paths, files))
        return STATUS_USAGE;
    name_classes(&run, paths, files);
    int status = begin(&run, operands[0]) ? ask_files(&run, paths, files) : STATUS_DATA;
    if (status == STATUS_OK && !choose(&run, operands[0]))
        status = STATUS_DATA;
    if (status == STATUS_OK && asks_runs(&run))
        status = try_selectors(&run, paths, files);
    if (status == STATUS_OK)
        status = finish(&run, operands[0], operands[1]);
    trm_solver_free(run.solver);
    free(run.expected);
    free(run.verdicts);
    batch_free(&run.batch);
    session_close(&run.session);
    sweep_free(&run.sweep);
    return status;
}

const cli_command calibrate_command = {
    "calibrate",
    "[OPTIONS] MODEL OUTPUT DATA.csv[.gz]...",
    "Watches MODEL solve the puzzles of each DATA, which it has not learnt from, and writes OUTPUT: the same "
    "weights with "
    "the halt probability above which it stops and the steps that it makes at most, and with --runs which "
    "ways to choose among "
    "several runs can be trusted. Of the thresholds above "
    "which at most "
    "0.5 % of what stops is wrong, in each DATA, it takes the one that calls most answers right that are; "
    "the limit is the "
    "lowest power of two that costs next to nothing. OUTPUT may be MODEL.",
    options,
    sizeof(calibrate_settings),
    &defaults,
    3,
    2 + MOST_CLASSES,
    run_calibrate,
};
