/* trm train: reads or makes puzzles, begins a run or goes on with one, and keeps it safe: the checkpoint is
 * written every few minutes and when the user stops the run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bindings/cli/configuration.h"
#include "bindings/cli/proposal.h"
#include "bindings/cli/report.h"
#include "bindings/cli/rules_file.h"
#include "bindings/cli/team.h"
#include "bindings/cli/train_begin.h"
#include "bindings/cli/train_lock.h"
#include "bindings/cli/train_log.h"
#include "bindings/cli/train_rows.h"
#include "bindings/cli/trial.h"
#include "bindings/cli/validation.h"

enum { PATH_BYTES = 4096 };

typedef struct train_run {
    team team;
    bool lost, proposed; /* lost: a process of the team */
    train_settings settings;
    train_proposal proposal;
    trial trial;
    char rules[RULES_BYTES];
    char checkpoint[PATH_BYTES], log_path[PATH_BYTES], configuration[CONFIGURATION_BYTES];
    train_data data;
    trm_pool *pool;
    trm_trainer *trainer;
    uint64_t step, examined; /* so far, and when the exam was held */
    bool stopped;            /* before its end, by the user or the clock */
    train_log log;
    train_window window, shown; /* for the log, for the terminal */
    exam_result exam;
    double begin, saved;
    train_lock lock;
    bool has_checkpoint; /* that this run wrote, or began with */
    progress progress;
} train_run;

/* ------------------------------------------------------------------------------------------- settings */

static bool put_path(char *to, const char *given, const char *base, const char *ending)
{
    const int length = given != NULL ? snprintf(to, PATH_BYTES, "%s", given)
                                     : snprintf(to, PATH_BYTES, "%s%s", base, ending);
    if (length < PATH_BYTES)
        return true;
    report_error("train: a file name is longer than %d bytes", PATH_BYTES - 1);
    return false;
}

/* Before any time is spent. */
static bool may_begin(const train_run *run)
{
    const train_settings *s = &run->settings;
    const bool checkpoint = access(run->checkpoint, F_OK) == 0;
    if (s->restart || (checkpoint && s->resume))
        return true;
    if (checkpoint)
        report_error(
            "train: %s exists: --resume goes on with that run, --restart begins anew and replaces it",
            run->checkpoint);
    else if (access(s->output, F_OK) == 0)
        report_error("train: %s exists, and no checkpoint of its run: --restart replaces it", s->output);
    else
        return true;
    return false;
}

static bool trial_agrees(const train_run *run)
{
    if (run->settings.trial == 0 || (run->proposed && run->team.given.count == 1))
        return true;
    report_error(run->proposed
                     ? "train: --trial: expected one process, found several"
                     : "train: --trial: expected --data without --task, --rules and --start: what is "
                       "tried is the proposal, and others");
    return false;
}

static int settle(train_run *run, const train_settings *given, char **operands, int count)
{
    train_settings *s = &run->settings;
    *s = *given;
    const int status = count > 0 ? read_configuration(&train_command, operands[0], s) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    report_be_quiet(s->quiet || !team_leads(&run->team));
    run->proposed = proposal_is_wanted(s);
    if (run->proposed) {
        const int looked = proposal_make(&run->proposal, s);
        if (looked != STATUS_OK)
            return looked;
    }
    if (s->kind.rules != NULL && !rules_settle(s))
        return STATUS_USAGE;
    if (!train_settings_agree(s) || !rules_load("train", &s->kind, run->rules))
        return STATUS_USAGE;
    if (!trial_agrees(run))
        return STATUS_USAGE;
    if (s->dry_run)
        return STATUS_OK;
    if (!put_path(run->checkpoint, s->checkpoint, s->output, ".checkpoint") ||
        !put_path(run->log_path, s->log, s->output, ".jsonl"))
        return STATUS_USAGE;
    if (team_leads(&run->team) && !lock_take(&run->lock, s->output))
        return STATUS_DATA;
    return may_begin(run) ? STATUS_OK : STATUS_USAGE;
}

/* ------------------------------------------------------------------------------------------- beginning */

static trm_train_options options_of(const train_run *run)
{
    trm_train_options options = run->settings.options;
    options.maximum_steps = (uint32_t)run->settings.shape.maximum_steps;
    options.executor = trm_pool_executor(run->pool);
    options.team = &run->team.given;
    return options;
}

/* Random weights pass through a file beside the checkpoint, of each process of the team its own: whether that
 * can be written shows before any time is spent. */
static int begin_anew(train_run *run)
{
    char path[PATH_BYTES + 24];
    trm_error error = TRM_ERROR_INIT;
    const trm_train_options options = options_of(run);
    const char *start = run->settings.start != NULL ? run->settings.start : path;
    int status = STATUS_OK;
    snprintf(path, sizeof path, "%s.start.%u", run->checkpoint, (unsigned)run->team.given.rank);
    if (start == path)
        status = train_weights(&run->data, &run->settings, path, NULL);
    if (status != STATUS_OK)
        return status;
    const trm_status created = trm_trainer_create(start, run->data.lessons, &options, &run->trainer, &error);
    if (start == path)
        remove(path);
    return created == TRM_OK ? train_mix_add(&run->data.mix, run->trainer)
                             : report_failure("train", created, &error);
}

static int begin_again(train_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    const trm_train_options options = options_of(run);
    const int same = train_same(run->checkpoint, run->configuration);
    if (same != STATUS_OK)
        return same;
    const trm_status status =
        trm_trainer_resume(run->checkpoint, run->data.lessons, &options, &run->trainer, &error);
    return status == TRM_OK ? train_mix_add(&run->data.mix, run->trainer)
                            : report_failure("train", status, &error);
}

static int begin_trainer(train_run *run)
{
    const train_settings *s = &run->settings;
    trm_error error = TRM_ERROR_INIT;
    const bool there = access(run->checkpoint, F_OK) == 0;
    run->has_checkpoint = there && s->resume;
    const int status = run->has_checkpoint ? begin_again(run) : begin_anew(run);
    if (status != STATUS_OK)
        return status;
    run->step = trm_trainer_steps(run->trainer);
    if (trm_trainer_describe(run->trainer, configuration_key, run->configuration, &error) == TRM_OK &&
        trm_trainer_describe(run->trainer, "provenance.data", run->data.summary, &error) == TRM_OK &&
        (run->data.sizes[0] == '\0' ||
         trm_trainer_describe(run->trainer, "task.sizes", run->data.sizes, &error) == TRM_OK))
        return STATUS_OK;
    return report_error("%s", error.message);
}

static int load(train_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    if (run->pool != NULL)
        return STATUS_OK;
    if (trm_pool_create((uint32_t)run->settings.threads, NULL, &run->pool, &error) != TRM_OK)
        return report_error("--threads %u: %s", (unsigned)run->settings.threads, error.message);
    return train_data_load(&run->data, &run->settings);
}

static int begin_run(train_run *run)
{
    int status = load(run);
    if (status == STATUS_OK)
        status = begin_trainer(run);
    if (status != STATUS_OK)
        return status;
    if (team_leads(&run->team) && !log_open(&run->log, run->log_path, run->step > 0))
        return STATUS_DATA;
    log_begin(&run->log, &run->settings, run->step, run->data.summary, run->configuration);
    report_talk("learning from %s", run->data.summary);
    if (run->settings.resume && run->step == 0)
        report_talk("%s: there is no checkpoint yet: a new run begins", run->checkpoint);
    if (run->step > 0)
        report_talk("going on after step %llu of %llu", (unsigned long long)run->step,
                    (unsigned long long)run->settings.options.steps);
    return STATUS_OK;
}

/* ------------------------------------------------------------------------------------------- running */

static void show_step(train_run *run)
{
    char what[160];
    const train_window *w = &run->shown;
    const double passed = seconds_now() - w->begin;
    int used = snprintf(what, sizeof what, "step %llu of %llu, loss %.4f", (unsigned long long)run->step,
                        (unsigned long long)w->last.steps, w->loss / (double)w->steps);
    if (w->halted > 0)
        used += snprintf(what + used, sizeof what - (size_t)used, ", %.1f %% exact after %.1f steps",
                         100.0 * (double)w->exact / (double)w->halted,
                         (double)w->halted_steps / (double)w->halted);
    snprintf(what + used, sizeof what - (size_t)used, ", %.1f puzzles a second",
             (double)(w->steps * run->settings.options.batch) / (passed > 0.0 ? passed : 1e-9));
    progress_show(&run->progress, (double)run->step, (double)w->last.steps, what);
}

static void show_exam(const train_run *run)
{
    const exam_result *e = &run->exam;
    report_talk("step %llu: %.2f %% of %llu puzzles exact, %.2f %% of their cells, %.2f steps (%.1f s)",
                (unsigned long long)run->step, 100.0 * (double)e->exact / (double)e->puzzles,
                (unsigned long long)e->puzzles, 100.0 * (double)e->right / (double)e->cells,
                (double)e->steps / (double)e->puzzles, e->seconds);
}

/* False after telling about an error. */
static bool hold_exam(train_run *run)
{
    if (trm_puzzles_count(run->data.exam) == 0 || !team_leads(&run->team))
        return true;
    exam_result result;
    if (!examine(trm_trainer_model(run->trainer), run->data.exam, trm_pool_executor(run->pool), &result))
        return was_interrupted();
    run->exam = result;
    run->examined = run->step;
    progress_end(&run->progress);
    show_exam(run);
    log_validation(&run->log, run->step, &result);
    return true;
}

static int save(train_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    run->saved = seconds_now();
    if (trm_trainer_save(run->trainer, run->checkpoint, &error) == TRM_OK) {
        run->has_checkpoint = true;
        return STATUS_OK;
    }
    progress_end(&run->progress);
    return report_error("%s", error.message);
}

static bool exam_is_due(const train_run *run)
{
    const train_settings *s = &run->settings;
    const uint64_t tenth = (s->options.steps + 9) / 10;
    const uint64_t every = s->validate_every > 0 ? s->validate_every : tenth;
    return run->step % every == 0 || run->step == s->options.steps;
}

static bool time_is_up(const train_run *run)
{
    const double minutes = run->settings.minutes;
    return minutes > 0.0 && seconds_now() - run->begin >= 60.0 * minutes;
}

/* What is done now and then. A checkpoint that cannot be written is told about, and tried again later. */
static bool keep_books(train_run *run)
{
    show_step(run);
    if (seconds_now() - run->shown.begin > 30.0)
        window_begin(&run->shown);
    if (run->step % run->settings.log_every == 0) {
        log_steps(&run->log, &run->window, run->settings.options.batch);
        window_begin(&run->window);
    }
    if (exam_is_due(run)) {
        if (!hold_exam(run))
            return false;
        window_begin(&run->window); /* the exam's time is not the steps' */
        window_begin(&run->shown);
    }
    if (team_leads(&run->team) && seconds_now() - run->saved >= 60.0 * run->settings.save_every)
        save(run);
    return true;
}

/* The step was not made. When it was for another process, whoever is left keeps the run. */
static int fail_step(train_run *run, trm_status status, const char *sentence)
{
    progress_end(&run->progress);
    run->lost = status != TRM_ERROR_UNSUPPORTED;
    if (run->lost)
        save(run);
    report_error("%s; %s%s", sentence,
                 run->has_checkpoint ? "--resume goes on from the last checkpoint, "
                                     : "there is no checkpoint yet",
                 run->has_checkpoint ? run->checkpoint : "");
    return was_interrupted() ? STATUS_INTERRUPTED : STATUS_DATA;
}

static int run_steps(train_run *run)
{
    trm_train_report report = TRM_TRAIN_REPORT_INIT;
    trm_error error = TRM_ERROR_INIT;
    window_begin(&run->window);
    window_begin(&run->shown);
    while (run->step < run->settings.options.steps) {
        run->stopped = was_interrupted() || time_is_up(run);
        if (!team_agree(&run->team, &run->stopped, &error))
            return fail_step(run, TRM_ERROR_FILE, error.message);
        if (run->stopped)
            return STATUS_OK;
        const trm_status status = trm_trainer_step(run->trainer, &report, &error);
        if (status != TRM_OK)
            return fail_step(run, status, error.message);
        run->step = report.step;
        window_add(&run->window, &report);
        window_add(&run->shown, &report);
        if (!keep_books(run))
            return STATUS_DATA;
    }
    return STATUS_OK;
}

/* ------------------------------------------------------------------------------------------- ending */

static int describe_result(train_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    char text[160];
    const exam_result *e = &run->exam;
    snprintf(text, sizeof text, "step %llu of %llu: %llu of %llu validation puzzles exact",
             (unsigned long long)run->examined, (unsigned long long)run->settings.options.steps,
             (unsigned long long)e->exact, (unsigned long long)e->puzzles);
    trm_status status = trm_trainer_describe(run->trainer, "provenance.version", trm_version_text(), &error);
    if (status == TRM_OK && e->puzzles > 0)
        status = trm_trainer_describe(run->trainer, "provenance.result", text, &error);
    return status == TRM_OK ? STATUS_OK : report_error("%s", error.message);
}

static int write_model(train_run *run)
{
    trm_error error = TRM_ERROR_INIT;
    const uint32_t deflate = run->settings.deflate;
    trm_status status = trm_trainer_write(run->trainer, run->settings.output, deflate, &error);
    if (status == TRM_ERROR_UNSUPPORTED && deflate) /* a build without zlib */
        status = trm_trainer_write(run->trainer, run->settings.output, 0, &error);
    return status == TRM_OK ? STATUS_OK : report_error("%s", error.message);
}

static void print_json(const train_run *run)
{
    const exam_result *e = &run->exam;
    record r = record_begin(stdout);
    record_integer(&r, "step", run->step);
    record_integer(&r, "steps", run->settings.options.steps);
    record_integer(&r, "puzzles", e->puzzles);
    record_number(&r, "exact", e->puzzles > 0 ? (double)e->exact / (double)e->puzzles : 0.0);
    record_number(&r, "cell", e->puzzles > 0 ? (double)e->right / (double)e->cells : 0.0);
    record_number(&r, "seconds", seconds_now() - run->begin);
    record_text(&r, "output", run->settings.output);
    if (run->trial.count > 0)
        trial_record(&run->trial, &r);
    record_end(&r);
    putchar('\n');
}

static void print_plan(const train_run *run)
{
    command_print(&run->settings, run->configuration);
    if (!run->settings.json)
        return;
    record r = record_begin(stdout);
    record_text(&r, "configuration", run->configuration);
    if (run->trial.count > 0)
        trial_record(&run->trial, &r);
    record_end(&r);
    putchar('\n');
}

/* The last checkpoint and the model, also of a run that was stopped: its weights so far may be used. */
static int end_run(train_run *run)
{
    progress_end(&run->progress);
    if (!team_leads(&run->team))
        return was_interrupted() ? STATUS_INTERRUPTED : STATUS_OK;
    log_steps(&run->log, &run->window, run->settings.options.batch);
    const int described = describe_result(run), saved = save(run), written = write_model(run);
    log_end(&run->log, run->step, run->stopped ? "stopped" : "finished");
    if (described != STATUS_OK || saved != STATUS_OK || written != STATUS_OK)
        return STATUS_DATA;
    report_talk("%s is written%s", run->settings.output,
                run->stopped ? "; the same command with --resume goes on" : "");
    if (run->settings.json)
        print_json(run);
    return was_interrupted() ? STATUS_INTERRUPTED : STATUS_OK;
}

/* A run that goes on has made its choice. */
static int hold_trial(train_run *run)
{
    char stored[CONFIGURATION_BYTES];
    train_settings *s = &run->settings;
    trial *t = &run->trial;
    int status = trial_make(t, &run->proposal.survey, s);
    if (status == STATUS_OK && s->resume && !s->dry_run && access(run->checkpoint, F_OK) == 0) {
        status = train_stored(run->checkpoint, stored, sizeof stored);
        if (status == STATUS_OK && trial_find(t, stored))
            *s = t->tried[t->chosen].settings;
        t->count = 0;
        return status;
    }
    if (status == STATUS_OK)
        status = load(run);
    if (status == STATUS_OK)
        status = trial_hold(t, &run->data, run->pool, s->output != NULL ? s->output : "trm");
    if (status != STATUS_OK)
        return status;
    *s = t->tried[t->chosen].settings;
    trial_tell(t, s->dry_run ? report_result : report_talk);
    return STATUS_OK;
}

/* What will be trained is certain from here on. */
static int decide(train_run *run)
{
    const train_settings *s = &run->settings;
    if (run->proposed && s->dry_run)
        proposal_print(&run->proposal);
    else if (run->proposed)
        proposal_talk(&run->proposal);
    const int status = s->trial > 0 ? hold_trial(run) : STATUS_OK;
    write_configuration(&train_command, train_run_rows(), s, run->configuration, sizeof run->configuration);
    make_utf8(run->configuration);
    return status;
}

static int train(train_run *run)
{
    int status = decide(run);
    if (run->settings.dry_run && status == STATUS_OK)
        print_plan(run);
    if (run->settings.dry_run || status != STATUS_OK)
        return status;
    run->begin = run->saved = seconds_now();
    status = begin_run(run);
    if (status != STATUS_OK)
        return status;
    run->progress = progress_begin();
    run->progress.before = (double)run->step;
    status = run_steps(run);
    return status == STATUS_OK && !run->lost ? end_run(run) : status;
}

static int run_train(const void *given, char **operands, int count)
{
    train_run *run = calloc(1, sizeof *run);
    if (run == NULL)
        return report_error("not enough memory");
    run->lock.file = -1;
    catch_interrupts();
    int status = team_begin(&run->team) ? settle(run, given, operands, count) : STATUS_USAGE;
    report_be_quiet(run->settings.quiet || !team_leads(&run->team));
    if (status == STATUS_OK)
        status = train(run);
    if ((status == STATUS_OK || status == STATUS_INTERRUPTED) && !run->lost)
        team_end(&run->team);
    log_close(&run->log);
    lock_release(&run->lock);
    trm_trainer_free(run->trainer);
    train_data_free(&run->data);
    trm_pool_free(run->pool);
    free(run);
    return status;
}

const cli_command train_command = {
    "train",
    "[OPTIONS] [CONFIGURATION]",
    "Trains a model on puzzles from files or made up. CONFIGURATION has lines 'key = value', one for each "
    "option below, without dashes in front; options on the command line win. The run can be stopped "
    "(control-C) and goes on with --resume, to the same bits.",
    train_rows,
    sizeof(train_settings),
    &train_defaults,
    0,
    1,
    run_train,
};
