#define _POSIX_C_SOURCE 200809L

#include "bindings/cli/train_log.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bindings/cli/report.h"

void window_begin(train_window *window)
{
    *window = (train_window) { .begin = seconds_now() };
}

void window_add(train_window *window, const trm_train_report *report)
{
    window->last = *report;
    window->steps++;
    window->halted += report->halted;
    window->exact += report->exact;
    window->halted_steps += report->halted_steps;
    window->loss += report->loss;
    window->answer_loss += report->answer_loss;
    window->halt_loss += report->halt_loss;
    window->cell += report->cell_accuracy;
    window->gradient_norm += report->gradient_norm;
}

/* A process that was killed may have left half a line, which would spoil the next one. */
static void cut_half_line(const char *path)
{
    FILE *file = fopen(path, "r+b");
    if (file == NULL)
        return;
    long end = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
    while (end > 0 && fseek(file, end - 1, SEEK_SET) == 0 && getc(file) != '\n')
        end--;
    if (end >= 0 && ftruncate(fileno(file), (off_t)end) != 0)
        report_warning("%s: %s", path, strerror(errno));
    fclose(file);
}

bool log_open(train_log *log, const char *path, bool resumed)
{
    if (resumed)
        cut_half_line(path);
    *log = (train_log) { .file = fopen(path, resumed ? "a" : "w"), .path = path, .begin = seconds_now() };
    if (log->file == NULL)
        report_error("%s: %s", path, strerror(errno));
    return log->file != NULL;
}

void log_close(train_log *log)
{
    if (log->file != NULL)
        fclose(log->file);
    log->file = NULL;
}

static record begin_line(train_log *log, const char *event, uint64_t step)
{
    record r = record_begin(log->file);
    record_text(&r, "event", event);
    record_integer(&r, "step", step);
    record_number(&r, "seconds", seconds_now() - log->begin);
    return r;
}

/* Whoever follows the log sees whole lines. */
static void end_line(train_log *log, record *r)
{
    record_end(r);
    fputc('\n', log->file);
    if (fflush(log->file) == 0 && !ferror(log->file))
        return;
    report_warning("%s: %s; the run goes on without its log", log->path, strerror(errno));
    log_close(log);
}

void log_begin(train_log *log, const train_settings *settings, uint64_t step, const char *data,
               const char *configuration)
{
    if (log->file == NULL)
        return;
    record r = begin_line(log, "begin", step);
    record_integer(&r, "time", (uint64_t)time(NULL));
    record_integer(&r, "steps", settings->options.steps);
    record_integer(&r, "batch", settings->options.batch);
    record_text(&r, "output", settings->output);
    record_text(&r, "resumed", step > 0 ? "yes" : "no");
    record_text(&r, "version", trm_version_text());
    record_text(&r, "data", data);
    record_text(&r, "configuration", configuration);
    end_line(log, &r);
}

/* Of halted puzzles; null when none did. */
static double share_of(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

void log_steps(train_log *log, const train_window *window, uint64_t batch)
{
    const trm_train_report *last = &window->last;
    const double steps = (double)window->steps, passed = seconds_now() - window->begin;
    if (log->file == NULL || window->steps == 0)
        return;
    record r = begin_line(log, "step", last->step);
    record_integer(&r, "steps", last->steps);
    record_number(&r, "loss", window->loss / steps);
    record_number(&r, "answer_loss", window->answer_loss / steps);
    record_number(&r, "halt_loss", window->halt_loss / steps);
    record_number(&r, "cell", window->cell / steps);
    record_number(&r, "gradient_norm", window->gradient_norm / steps);
    record_number(&r, "rate_share", last->rate_share);
    record_integer(&r, "cycles", last->cycles);
    record_integer(&r, "updates", last->updates);
    record_integer(&r, "halted", window->halted);
    record_number(&r, "exact", share_of(window->exact, window->halted));
    record_number(&r, "mean_steps", share_of(window->halted_steps, window->halted));
    record_number(&r, "puzzles_per_second", steps * (double)batch / (passed > 0.0 ? passed : 1e-9));
    end_line(log, &r);
}

void log_validation(train_log *log, uint64_t step, const exam_result *result)
{
    if (log->file == NULL)
        return;
    record r = begin_line(log, "validation", step);
    record_integer(&r, "puzzles", result->puzzles);
    record_number(&r, "exact", share_of(result->exact, result->puzzles));
    record_number(&r, "cell", share_of(result->right, result->cells));
    record_number(&r, "mean_steps", share_of(result->steps, result->puzzles));
    record_number(&r, "duration", result->seconds);
    end_line(log, &r);
}

void log_end(train_log *log, uint64_t step, const char *reason)
{
    if (log->file == NULL)
        return;
    record r = begin_line(log, "end", step);
    record_text(&r, "reason", reason);
    end_line(log, &r);
}
