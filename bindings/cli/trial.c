#include "bindings/cli/trial.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bindings/cli/train_open.h"

enum { PATH_BYTES = 4096 + 32, FEWEST_MEASURED = 20, FEWEST_STEPS = 10, MOST_STEPS = 4000 };

typedef struct trying {
    trial *t;
    train_data *data;
    const trm_executor *executor;
    char path[PATH_BYTES]; /* of random weights */
    progress progress;
    double done, total; /* work */
} trying;

int trial_make(trial *t, const trm_survey *survey, const train_settings *proposed)
{
    t->count = alternatives_make(survey, proposed, t->tried);
    t->chosen = 0;
    if (t->count > 1)
        return STATUS_OK;
    report_error("train: --trial: the options given leave nothing to try");
    return STATUS_USAGE;
}

/* -- how many steps are as much work -- */

/* An alternative that cannot be made, or cannot learn these puzzles, ends nothing: its steps are no work. */
static int leave_out(trying *r, size_t i, const char *why)
{
    report_talk("trial: left out, %s: %s", r->t->tried[i].said, why);
    r->total -= (double)r->t->entries[i].steps * r->t->entries[i].work;
    r->t->entries[i].work = 0.0;
    return STATUS_OK;
}

static int find_work(trying *r, size_t i)
{
    const model_shape *shape = &r->t->tried[i].settings.shape;
    trm_error error = TRM_ERROR_INIT;
    trm_model_info info = TRM_MODEL_INFO_INIT;
    trm_model *model = NULL;
    const int made = train_weights(r->data, &r->t->tried[i].settings, r->path, i > 0 ? &error : NULL);
    if (made != STATUS_OK)
        return made == STATUS_USAGE && i > 0 ? leave_out(r, i, error.message) : made;
    trm_status status = trm_model_open(r->path, NULL, &model, &error);
    if (status == TRM_OK)
        status = trm_model_describe(model, &info, &error);
    trm_model_close(model);
    remove(r->path);
    if (status != TRM_OK)
        return report_error("%s", error.message);
    /* Each node sees all weights in each evaluation; those with a gradient cost three times as much. */
    const double nodes = shape->fields > 1 ? (double)shape->fields : 1.0;
    const double evaluations = ((double)shape->cycles + 2.0) * ((double)shape->updates + 1.0);
    r->t->entries[i].work =
        nodes * (double)info.parameters * evaluations * r->t->tried[i].settings.options.batch;
    return STATUS_OK;
}

/* As many steps as are the work of so many of the proposal. */
static uint64_t steps_of(const trial *t, size_t i, uint64_t steps)
{
    const double as_many = round((double)steps * t->entries[0].work / t->entries[i].work);
    return as_many < FEWEST_STEPS ? FEWEST_STEPS : (uint64_t)as_many;
}

static int plan(trying *r)
{
    int status = STATUS_OK;
    for (size_t i = 0; i < r->t->count && status == STATUS_OK; i++)
        status = find_work(r, i);
    for (size_t i = 0; i < r->t->count && status == STATUS_OK; i++) {
        if (r->t->entries[i].work == 0.0)
            continue;
        r->t->entries[i].steps = steps_of(r->t, i, r->t->tried[i].settings.trial);
        r->total += (double)r->t->entries[i].steps * r->t->entries[i].work;
    }
    return status;
}

/* -- one of them -- */

static void show(trying *r, size_t i, uint64_t step, double begin)
{
    char what[160];
    const trial_entry *e = &r->t->entries[i];
    const double passed = seconds_now() - begin;
    snprintf(what, sizeof what,
             "trial %zu of %zu, %s, step %" PRIu64 " of %" PRIu64 ", %.1f puzzles a second", i + 1,
             r->t->count, r->t->tried[i].said, step, e->steps,
             (double)(step * r->t->tried[i].settings.options.batch) / (passed > 0.0 ? passed : 1e-9));
    progress_show(&r->progress, r->done, r->total, what);
}

static int make_steps(trying *r, size_t i, trm_trainer *trainer)
{
    trm_train_report report = TRM_TRAIN_REPORT_INIT;
    trm_error error = TRM_ERROR_INIT;
    const double begin = seconds_now();
    for (uint64_t step = 1; step <= r->t->entries[i].steps; step++) {
        if (was_interrupted())
            return STATUS_INTERRUPTED;
        const trm_status stepped = trm_trainer_step(trainer, &report, &error);
        if (stepped != TRM_OK)
            return i > 0 && stepped != TRM_ERROR_MEMORY ? leave_out(r, i, error.message)
                                                        : report_error("%s", error.message);
        r->done += r->t->entries[i].work;
        show(r, i, step, begin);
    }
    return STATUS_OK;
}

/* A whole training, if a short one: the rates fall to zero at its end. */
static trm_train_options options_of(const trying *r, size_t i)
{
    trm_train_options options = r->t->tried[i].settings.options;
    const uint64_t tenth = r->t->entries[i].steps / 10;
    options.steps = r->t->entries[i].steps;
    options.warm_up = options.warm_up < tenth ? options.warm_up : tenth;
    options.maximum_steps = (uint32_t)r->t->tried[i].settings.shape.maximum_steps;
    options.executor = r->executor;
    return options;
}

static int try_one(trying *r, size_t i)
{
    trm_error error = TRM_ERROR_INIT;
    trm_trainer *trainer = NULL;
    trial_entry *e = &r->t->entries[i];
    const trm_train_options options = options_of(r, i);
    const double begin = seconds_now();
    int status = e->work > 0.0 ? train_weights(r->data, &r->t->tried[i].settings, r->path, NULL) : STATUS_OK;
    if (status != STATUS_OK || e->work == 0.0)
        return status;
    const trm_status created = trm_trainer_create(r->path, r->data->lessons, &options, &trainer, &error);
    remove(r->path);
    if (created != TRM_OK && created != TRM_ERROR_MEMORY && i > 0)
        return leave_out(r, i, error.message);
    status = created == TRM_OK ? train_mix_add(&r->data->mix, trainer)
                               : report_failure("train: --trial", created, &error);
    if (status == STATUS_OK)
        status = make_steps(r, i, trainer);
    if (status == STATUS_OK && e->work > 0.0 &&
        !examine(trm_trainer_model(trainer), r->data->exam, r->executor, &e->exam))
        status = was_interrupted() ? STATUS_INTERRUPTED : STATUS_DATA;
    e->seconds = seconds_now() - begin;
    trm_trainer_free(trainer);
    return status;
}

/* -- all of them -- */

/* More puzzles right than the proposal, by twice what chance would make of it. */
static bool beats(const exam_result *e, const exam_result *proposal)
{
    const double puzzles = (double)proposal->puzzles, more = (double)e->exact - (double)proposal->exact;
    const double share = (double)(e->exact + proposal->exact) / (2.0 * puzzles);
    return more > 2.0 * sqrt(2.0 * puzzles * share * (1.0 - share));
}

static void choose(trial *t)
{
    for (size_t i = 1; i < t->count; i++)
        if (beats(&t->entries[i].exam, &t->entries[0].exam) &&
            t->entries[i].exam.exact > t->entries[t->chosen].exam.exact)
            t->chosen = i;
}

/* What was tried would be trained for as much work as the proposal, or as many steps as any proposal has. */
static void scale_steps(trial *t)
{
    for (size_t i = 1; i < t->count; i++) {
        if (t->entries[i].work == 0.0)
            continue;
        trm_train_options *options = &t->tried[i].settings.options;
        const uint64_t least = options->warm_up + 1, as_many = steps_of(t, i, options->steps);
        const uint64_t enough = as_many > least ? as_many : least;
        open_number("steps", &options->steps, enough < MOST_STEPS ? enough : MOST_STEPS);
        alternative_write(&t->tried[i]);
    }
}

int trial_hold(trial *t, train_data *data, const trm_pool *pool, const char *base)
{
    trying r = { .t = t, .data = data, .executor = trm_pool_executor(pool) };
    const uint64_t measured = trm_puzzles_count(data->exam);
    if (measured < FEWEST_MEASURED)
        return report_error("train: --trial: expected at least %d puzzles to measure on, found %" PRIu64
                            "; --hold-back P sets more of each hundred aside",
                            FEWEST_MEASURED, measured);
    snprintf(r.path, sizeof r.path, "%s.trial.%ld", base, (long)getpid());
    int status = plan(&r);
    r.progress = progress_begin();
    for (size_t i = 0; i < t->count && status == STATUS_OK; i++)
        status = try_one(&r, i);
    progress_end(&r.progress);
    if (status != STATUS_OK)
        return status;
    choose(t);
    scale_steps(t);
    return STATUS_OK;
}

/* -- found again -- */

/* Behind the line of steps, which are as many as are the work; NULL where there is none. */
static const char *steps_line(const char *configuration)
{
    const char *at = strstr(configuration, "\nsteps = ");
    return at != NULL ? at + 1 : NULL;
}

static bool same_but_steps(const char *a, const char *b)
{
    const char *in_a = steps_line(a), *in_b = steps_line(b);
    return in_a != NULL && in_b != NULL && in_a - a == in_b - b && memcmp(a, b, (size_t)(in_a - a)) == 0 &&
           strcmp(in_a + strcspn(in_a, "\n"), in_b + strcspn(in_b, "\n")) == 0;
}

bool trial_find(trial *t, const char *configuration)
{
    for (size_t i = 0; i < t->count; i++)
        if (same_but_steps(t->tried[i].configuration, configuration)) {
            t->chosen = i;
            open_number("steps", &t->tried[i].settings.options.steps,
                        strtoull(steps_line(configuration) + strlen("steps = "), NULL, 10));
            return true;
        }
    return false;
}

/* -- told -- */

void trial_tell(const trial *t, void (*say)(const char *format, ...))
{
    const exam_result *first = &t->entries[0].exam;
    say("trial: %" PRIu64 " steps of the proposal and as much work of others, on %" PRIu64
        " puzzles held back",
        t->entries[0].steps, first->puzzles);
    say("   exact     cells   steps  seconds");
    for (size_t i = 0; i < t->count; i++) {
        const trial_entry *e = &t->entries[i];
        if (e->exam.puzzles == 0) /* left out */
            continue;
        say("%6.1f %%  %6.2f %%  %6" PRIu64 "  %7.1f  %s",
            100.0 * (double)e->exam.exact / (double)first->puzzles,
            100.0 * (double)e->exam.right / (double)first->cells, e->steps, e->seconds, t->tried[i].said);
    }
    say(t->chosen > 0 ? "taken in place of the proposal: %s"
                      : "taken: %s, as nothing beats it by more than chance",
        t->tried[t->chosen].said);
}

static void record_entry(const trial *t, size_t i, FILE *to)
{
    const trial_entry *e = &t->entries[i];
    record r = record_begin(to);
    record_text(&r, "what", t->tried[i].said);
    record_text(&r, "configuration", t->tried[i].configuration);
    record_integer(&r, "steps", e->steps);
    record_integer(&r, "puzzles", e->exam.puzzles);
    record_number(&r, "exact", (double)e->exam.exact / (double)e->exam.puzzles);
    record_number(&r, "cell", (double)e->exam.right / (double)e->exam.cells);
    record_number(&r, "seconds", e->seconds);
    record_key(&r, "taken");
    fputs(i == t->chosen ? "true" : "false", to);
    record_end(&r);
}

void trial_record(const trial *t, record *r)
{
    record_key(r, "trial");
    fputc('[', r->to);
    for (size_t i = 0; i < t->count; i++)
        if (t->entries[i].exam.puzzles > 0) {
            fputs(i > 0 ? ", " : "", r->to);
            record_entry(t, i, r->to);
        }
    fputc(']', r->to);
}
