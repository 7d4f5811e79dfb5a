/* trm plot: the curves of a training run as a picture. Above the loss, below how many answers are right, both
 * over the optimiser steps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/curve.h"
#include "bindings/cli/log_reader.h"
#include "bindings/cli/new_file.h"
#include "bindings/cli/options.h"
#include "bindings/cli/report.h"
#include "bindings/trace/chart.h"
#include "bindings/trace/file_name.h"

typedef struct plot_settings {
    bool json, quiet;
} plot_settings;

static const plot_settings defaults = { 0 };
static const option options[] = {
    JSON_ROW(plot_settings),
    QUIET_ROW(plot_settings, "no warnings and no talk on standard error"),
    LAST_ROW,
};

enum { MOST_POINTS = 1000 };

static const panel loss_panel = { .left = 72, .top = 112, .width = 734, .height = 240 };
static const panel accuracy_panel = { .left = 72, .top = 412, .width = 734, .height = 200 };
static const double picture_width = 960, picture_height = 684;
static const double most_drawn = 1e30;
static const double room_for_labels = 0.1; /* above the loss, as a share of its range */

/* What is drawn, ready for it. */
typedef struct picture {
    curve loss, smooth_loss, exact, cell, exams; /* exact and cell: smooth */
} picture;

/* ------------------------------------------------------------------------------------------- curves */

/* What is beyond all bounds is a gap, too: it would leave nothing else to be seen. */
static bool take_curve(curve *c, const log_entries *from, size_t offset)
{
    if (!curve_make(c, from->count))
        return false;
    for (size_t i = 0; i < from->count; i++) {
        c->x[i] = (double)from->list[i].step;
        memcpy(&c->y[i], (const char *)&from->list[i] + offset, sizeof c->y[i]);
        if (fabs(c->y[i]) > most_drawn)
            c->y[i] = (double)NAN;
    }
    return true;
}

static bool smooth_curves(picture *made, const training_log *log, double *halted, double *depths)
{
    const log_entry *list = log->steps.list;
    const size_t count = log->steps.count;
    for (size_t i = 0; i < count; i++) {
        halted[i] = list[i].halted;
        depths[i] = list[i].cycles * 65536.0 + list[i].updates;
        if (isnan(depths[i]))
            depths[i] = 0.0;
    }
    const double reach = fmax(1.0, (double)(list[count - 1].step - log->first) / 100.0);
    return curve_smooth(&made->smooth_loss, NULL, depths, reach) &&
           curve_smooth(&made->exact, halted, depths, reach) &&
           curve_smooth(&made->cell, NULL, depths, reach);
}

static bool make_curves(picture *made, const training_log *log)
{
    const size_t count = log->steps.count;
    double *memory = count > SIZE_MAX / 2 / sizeof *memory ? NULL : malloc(2 * count * sizeof *memory);
    const bool good = memory != NULL &&
                      take_curve(&made->loss, &log->steps, offsetof(log_entry, answer_loss)) &&
                      take_curve(&made->smooth_loss, &log->steps, offsetof(log_entry, answer_loss)) &&
                      take_curve(&made->exact, &log->steps, offsetof(log_entry, exact)) &&
                      take_curve(&made->cell, &log->steps, offsetof(log_entry, cell)) &&
                      take_curve(&made->exams, &log->exams, offsetof(log_entry, exact)) &&
                      smooth_curves(made, log, memory, memory + count);
    free(memory);
    return good;
}

static void thin_curves(picture *made)
{
    curve_thin(&made->loss, MOST_POINTS);
    curve_thin(&made->smooth_loss, MOST_POINTS);
    curve_thin(&made->exact, MOST_POINTS);
    curve_thin(&made->cell, MOST_POINTS);
    curve_thin(&made->exams, MOST_POINTS);
}

static void free_curves(picture *made)
{
    curve_free(&made->loss);
    curve_free(&made->smooth_loss);
    curve_free(&made->exact);
    curve_free(&made->cell);
    curve_free(&made->exams);
}

/* ------------------------------------------------------------------------------------------- title */

/* 8,388,608 */
static const char *grouped(uint64_t number, char *to, size_t size)
{
    char digits[32];
    const int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    size_t used = 0;
    for (int i = 0; i < count && used + 2 < size; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            to[used++] = ',';
        to[used++] = digits[i];
    }
    to[used] = '\0';
    return to;
}

static void format_time(double seconds, char *to, size_t size)
{
    const unsigned long minutes = (unsigned long)(fmin(seconds, 1e9) / 60.0);
    if (minutes >= 60)
        snprintf(to, size, "%lu h %lu min", minutes / 60, minutes % 60);
    else if (minutes >= 1)
        snprintf(to, size, "%lu min", minutes);
    else
        snprintf(to, size, "%.1f s", seconds);
}

static void draw_title(FILE *to, const training_log *log, const char *path)
{
    char text[256], step[40], planned[40], spent[40];
    const char *name = file_name(path);
    const uint64_t last = log->steps.list[log->steps.count - 1].step;
    chart_text(to, loss_panel.left, 38, (text_style) { CHART_TEXT, "start", 19, true },
               *name != '\0' ? name : path);
    format_time(log->seconds, spent, sizeof spent);
    int used = snprintf(text, sizeof text, "step %s", grouped(last, step, sizeof step));
    if (log->planned > 0)
        used += snprintf(text + used, sizeof text - (size_t)used, " of %s",
                         grouped(log->planned, planned, sizeof planned));
    if (log->batch > 0)
        used += snprintf(text + used, sizeof text - (size_t)used, " \u00b7 batch %llu",
                         (unsigned long long)log->batch);
    used += snprintf(text + used, sizeof text - (size_t)used, " \u00b7 %s", spent);
    snprintf(text + used, sizeof text - (size_t)used, "%s%s", log->ending[0] != '\0' ? " \u00b7 " : "",
             log->ending);
    chart_text(to, loss_panel.left, 60, (text_style) { CHART_FAINT, "start", 13, false }, text);
}

/* ------------------------------------------------------------------------------------------- panels */

static void draw_heading(FILE *to, const panel *p, const char *text)
{
    chart_text(to, p->left, p->top - 12, (text_style) { CHART_TEXT, "start", 14, true }, text);
}

/* Where the recursion's depth changes: its line begins behind the step before. */
static void draw_depths(FILE *to, const panel *p, const training_log *log, bool labelled)
{
    char label[64];
    bool changes = false;
    for (size_t left = log->steps.count; left > 0; left--) {
        const log_entry *e = &log->steps.list[left - 1], *before = left > 1 ? e - 1 : NULL;
        const bool begins = before == NULL || before->cycles != e->cycles || before->updates != e->updates;
        if (!begins || isnan(e->cycles) || isnan(e->updates) || (before == NULL && !changes))
            continue;
        snprintf(label, sizeof label, "T %.0f n %.0f", e->cycles, e->updates);
        chart_mark(to, p, (double)(before != NULL ? before->step : log->first), labelled ? label : NULL);
        changes = true;
    }
}

static panel place(const panel *base, const training_log *log)
{
    panel p = *base;
    p.x_low = (double)log->first;
    p.x_high = (double)log->steps.list[log->steps.count - 1].step;
    if (p.x_high <= p.x_low)
        p.x_low = p.x_high - 1.0;
    return p;
}

/* Few outliers do not flatten the rest; losses that fall by orders of magnitude have a logarithmic scale. */
static bool scale_loss(panel *p, const picture *made)
{
    double low, high, smooth_low, smooth_high;
    if (!curve_range(&made->loss, 0.003, &low, &high) ||
        !curve_range(&made->smooth_loss, 0.0, &smooth_low, &smooth_high))
        return false;
    low = fmin(low, smooth_low);
    high = fmax(high, smooth_high);
    p->logarithmic = smooth_low > 1e-30 && smooth_high / smooth_low > 10.0;
    if (p->logarithmic) {
        p->y_low = fmax(fmax(low, smooth_low / 10.0), high * 1e-8) / 1.1;
        p->y_high = high * pow(high / p->y_low, room_for_labels);
    } else {
        const double spare = high > low ? high - low : fmax(0.1 * fabs(high), 0.1);
        p->y_low = low >= 0.0 ? fmax(0.0, low - 0.05 * spare) : low - 0.05 * spare;
        p->y_high = high + room_for_labels * spare;
    }
    return true;
}

/* The value at the end of a curve, beside it. */
typedef struct last_value {
    double value, y;
    const char *colour, *name;
} last_value;

/* Moves labels apart that would lie on each other. */
static void spread(last_value *values, size_t count, double bottom)
{
    static const double distance = 16;
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && values[k].y < values[k - 1].y; k--) {
            const last_value swapped = values[k];
            values[k] = values[k - 1];
            values[k - 1] = swapped;
        }
    for (size_t i = 1; i < count; i++)
        values[i].y = fmax(values[i].y, values[i - 1].y + distance);
    for (size_t left = count; left > 0; left--) {
        values[left - 1].y = fmin(values[left - 1].y, bottom);
        bottom = values[left - 1].y - distance;
    }
}

static void draw_loss(FILE *to, const training_log *log, const picture *made)
{
    char text[32];
    double last;
    panel p = place(&loss_panel, log);
    const bool scaled = scale_loss(&p, made);
    draw_heading(to, &p, p.logarithmic ? "Answer loss, logarithmic" : "Answer loss");
    chart_x_grid(to, &p);
    if (!scaled) {
        chart_text(to, p.left + p.width / 2, p.top + p.height / 2,
                   (text_style) { CHART_FAINT, "middle", 13, false }, "the log has no values");
        return;
    }
    chart_y_axis(to, &p, false);
    draw_depths(to, &p, log, true);
    chart_curve(to, &p, &made->loss, CHART_LIGHT_BLUE, 1.0);
    chart_curve(to, &p, &made->smooth_loss, CHART_BLUE, 2.0);
    const double next = chart_legend(to, p.left + p.width, p.top - 12, CHART_BLUE, 2.0, false, "smoothed");
    chart_legend(to, next, p.top - 12, CHART_LIGHT_BLUE, 1.0, false, "as logged");
    if (curve_last(&made->smooth_loss, &last)) {
        snprintf(text, sizeof text, "%.3g", last);
        chart_text(to, p.left + p.width + 10, chart_y(&p, last) + 4,
                   (text_style) { CHART_BLUE, "start", 13, true }, text);
    }
}

static void draw_last_values(FILE *to, const panel *p, const picture *made)
{
    char text[48];
    size_t count = 0;
    const struct {
        const curve *curve;
        const char *colour, *name;
    } curves[] = {
        { &made->exams, CHART_VERMILION, "validation" },
        { &made->exact, CHART_BLUE, "training" },
        { &made->cell, CHART_GREEN, "cells" },
    };
    last_value values[3];
    for (size_t i = 0; i < 3; i++) {
        double last;
        if (curve_last(curves[i].curve, &last))
            values[count++] = (last_value) { last, chart_y(p, last) + 4, curves[i].colour, curves[i].name };
    }
    spread(values, count, p->top + p->height + 4);
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%.1f %% %s", 100.0 * values[i].value, values[i].name);
        chart_text(to, p->left + p->width + 10, values[i].y,
                   (text_style) { values[i].colour, "start", 13, true }, text);
    }
}

static void draw_accuracy(FILE *to, const training_log *log, const picture *made)
{
    panel p = place(&accuracy_panel, log);
    p.y_low = 0.0;
    p.y_high = 1.0;
    draw_heading(to, &p, "Accuracy");
    chart_x_grid(to, &p);
    chart_y_axis(to, &p, true);
    draw_depths(to, &p, log, false);
    chart_curve(to, &p, &made->cell, CHART_GREEN, 1.2);
    chart_curve(to, &p, &made->exact, CHART_BLUE, 2.0);
    chart_curve(to, &p, &made->exams, CHART_VERMILION, 1.2);
    chart_dots(to, &p, &made->exams, CHART_VERMILION);
    double next = p.left + p.width;
    const double y = p.top - 12;
    next = chart_legend(to, next, y, CHART_GREEN, 1.2, false, "cells, training");
    next = chart_legend(to, next, y, CHART_BLUE, 2.0, false, "exact, training (halted puzzles)");
    if (made->exams.count > 0)
        chart_legend(to, next, y, CHART_VERMILION, 1.2, true, "exact, validation");
    draw_last_values(to, &p, made);
    chart_x_labels(to, &p, 20, 1.0, "steps");
    if (log->batch > 0)
        chart_x_labels(to, &p, 44, (double)log->batch, "puzzle-steps");
}

static void draw_picture(FILE *to, const training_log *log, const picture *made, const char *path)
{
    char name[128];
    snprintf(name, sizeof name, "Loss and accuracy of a training run, up to step %llu",
             (unsigned long long)log->steps.list[log->steps.count - 1].step);
    chart_begin(to, picture_width, picture_height, name);
    draw_title(to, log, path);
    draw_loss(to, log, made);
    draw_accuracy(to, log, made);
    chart_end(to);
}

/* ------------------------------------------------------------------------------------------- the file */

static bool is_svg(const char *path)
{
    const size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, ".svg") == 0)
        return true;
    report_error("plot: expected an output whose name ends in .svg, found '%s'", path);
    return false;
}

static int write_picture(const training_log *log, const picture *made, const char *input, const char *output)
{
    new_file file;
    if (!new_file_begin(&file, output))
        return STATUS_DATA;
    draw_picture(file.to, log, made, input);
    return new_file_end(&file, true) ? STATUS_OK : STATUS_DATA;
}

static int plot(const training_log *log, const char *input, const char *output)
{
    picture made = { 0 };
    int status;
    if (make_curves(&made, log)) {
        thin_curves(&made);
        status = write_picture(log, &made, input, output);
    } else {
        status = report_error("not enough memory");
    }
    free_curves(&made);
    return status;
}

static void print_json(const training_log *log, const char *output)
{
    record r = record_begin(stdout);
    record_integer(&r, "steps", log->steps.list[log->steps.count - 1].step);
    record_integer(&r, "points", log->steps.count);
    record_text(&r, "output", output);
    record_end(&r);
    putchar('\n');
}

static int run_plot(const void *given, char **operands, int count)
{
    (void)count;
    const plot_settings *settings = given;
    training_log log;
    report_be_quiet(settings->quiet);
    if (!is_svg(operands[1]))
        return STATUS_USAGE;
    if (!read_training_log(&log, operands[0]))
        return STATUS_DATA;
    const int status = plot(&log, operands[0], operands[1]);
    if (status == STATUS_OK && settings->json)
        print_json(&log, operands[1]);
    free_training_log(&log);
    return status;
}

const cli_command plot_command = {
    "plot",
    "[OPTIONS] LOG OUTPUT.svg",
    "Draws the loss and the accuracy in a log of trm train, over its steps, also while the run goes on.",
    options,
    sizeof(plot_settings),
    &defaults,
    2,
    2,
    run_plot,
};
