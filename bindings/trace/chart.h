/* Charts as SVG 1.1 that needs nothing else: no style sheet, script or font. */
#ifndef TRM_TRACE_CHART_H
#define TRM_TRACE_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Colours of Okabe and Ito, which colour-blind people can tell apart; light ones for what lies behind. */
#define CHART_BLUE "#0072b2"
#define CHART_LIGHT_BLUE "#a6cee3"
#define CHART_VERMILION "#d55e00"
#define CHART_GREEN "#009e73"
#define CHART_TEXT "#24292f"
#define CHART_FAINT "#6a737d"

/* x ascends; y is NaN where there is a gap. */
typedef struct curve {
    size_t count;
    double *x, *y;
} curve;

/* A rectangle of the picture and what its edges stand for. */
typedef struct panel {
    double left, top, width, height; /* pixels */
    double x_low, x_high, y_low, y_high;
    bool logarithmic; /* y; then above 0 */
} panel;

/* Begins a picture; the name is for those who cannot see it. */
void chart_begin(FILE *to, double width, double height, const char *name);
void chart_end(FILE *to);

/* anchor: start, middle or end. Text is UTF-8, what is not becomes '?'. */
typedef struct text_style {
    const char *colour, *anchor;
    double size;
    bool bold;
} text_style;
void chart_text(FILE *to, double x, double y, text_style style, const char *text);

/* Lines at round values, and beside them these values, as numbers or in per cent. */
void chart_y_axis(FILE *to, const panel *p, bool per_cent);

/* The same for x, without labels. */
void chart_x_grid(FILE *to, const panel *p);

/* Labels at round values of x times `factor`, `below` pixels under the panel, and what they count. */
void chart_x_labels(FILE *to, const panel *p, double below, double factor, const char *name);

/* A line across the panel with a label at its upper end, or NULL. */
void chart_mark(FILE *to, const panel *p, double x, const char *label);

void chart_curve(FILE *to, const panel *p, const curve *c, const char *colour, double width);
void chart_dots(FILE *to, const panel *p, const curve *c, const char *colour);

/* An entry of a legend whose right end is at x; returns where the next one may end. */
double chart_legend(FILE *to, double x, double y, const char *colour, double width, bool dot,
                    const char *text);

/* Where a value lies; what is outside the panel lies on its edge. */
double chart_y(const panel *p, double y);

#endif
