#include "bindings/cli/reliability.h"

#include "bindings/cli/new_file.h"
#include "bindings/trace/chart.h"

/* Pixels. */
static const double picture_width = 760, picture_height = 430, side = 300, left = 58, top = 64, apart = 366;
static const text_style heading = { CHART_TEXT, "start", 14, true },
                        small = { CHART_FAINT, "start", 11, false },
                        centred = { CHART_FAINT, "middle", 12, false };

static uint64_t count_of(const calibration *c)
{
    uint64_t count = 0;
    for (int i = 0; i < TRUST_BINS; i++)
        count += c->count[i];
    return count;
}

/* How many of all were said in each bin: bars from the bottom, which ends where all would be. */
static void draw_counts(FILE *to, const panel *p, const calibration *c)
{
    const double all = (double)count_of(c), width = p->width / TRUST_BINS;
    for (int i = 0; i < TRUST_BINS && all > 0.0; i++) {
        const double y = chart_y(p, (double)c->count[i] / all);
        fprintf(to,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" "
                "fill-opacity=\"0.45\"/>\n",
                p->left + i * width + 1.0, y, width - 2.0, p->top + p->height - y, CHART_LIGHT_BLUE);
    }
}

/* Where what is said is what is. */
static void draw_diagonal(FILE *to, const panel *p)
{
    fprintf(
        to,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-dasharray=\"4 4\"/>\n",
        p->left, p->top + p->height, p->left + p->width, p->top, CHART_FAINT);
}

static void draw_bins(FILE *to, const panel *p, const calibration *c)
{
    for (int i = 0; i < TRUST_BINS; i++) {
        const double count = (double)c->count[i];
        if (c->count[i] > 0)
            fprintf(to,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>said %.1f %%, right %.1f %%, "
                    "of %llu</title></circle>\n",
                    p->left + c->said[i] / count * p->width, chart_y(p, (double)c->right[i] / count),
                    CHART_VERMILION, 100.0 * c->said[i] / count, 100.0 * (double)c->right[i] / count,
                    (unsigned long long)c->count[i]);
    }
}

static void draw_diagram(FILE *to, double x, const calibration *c, const char *name, const char *said)
{
    const panel p = { .left = x, .top = top, .width = side, .height = side, .x_high = 1.0, .y_high = 1.0 };
    char text[96];
    chart_text(to, x, top - 30, heading, name);
    snprintf(text, sizeof text, "%llu, expected calibration error %.2f points",
             (unsigned long long)count_of(c), 100.0 * calibration_error(c));
    chart_text(to, x, top - 12, small, text);
    chart_y_axis(to, &p, true);
    chart_x_grid(to, &p);
    draw_counts(to, &p, c);
    draw_diagonal(to, &p);
    draw_bins(to, &p, c);
    chart_x_labels(to, &p, 18, 100.0, "");
    chart_text(to, x + side / 2, top + side + 42, centred, said);
}

bool reliability_write(const trust *t, const char *model, const char *output)
{
    new_file file;
    char name[512];
    if (!new_file_begin(&file, output))
        return false;
    snprintf(name, sizeof name, "Reliability of %s", model);
    chart_begin(file.to, picture_width, picture_height, name);
    draw_diagram(file.to, left, &t->answers, "Answers: how many are right", "halt probability, per cent");
    draw_diagram(file.to, left + apart, &t->cells, "Cells: how many are right", "confidence, per cent");
    chart_end(file.to);
    return new_file_end(&file, true);
}
