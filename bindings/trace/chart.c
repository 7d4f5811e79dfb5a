#include "bindings/trace/chart.h"

#include <math.h>
#include <string.h>

enum { MOST_TICKS = 16 };
static const char grid_colour[] = "#e7eaee", axis_colour[] = "#8c959f";

/* ------------------------------------------------------------------------------------------- text */

/* Bytes of the UTF-8 character at `text`; 0: it is none, or one that XML does not allow. */
static size_t character_bytes(const unsigned char *text)
{
    static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const size_t bytes = text[0] < 0x80   ? 1
                         : text[0] < 0xc0 ? 0
                         : text[0] < 0xe0 ? 2
                         : text[0] < 0xf0 ? 3
                                          : 4;
    unsigned code = bytes < 2 ? text[0] : text[0] & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3f);
    }
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool wrong =
        code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || code == 0xfffe || code == 0xffff;
    return bytes == 0 || code < least[bytes] || control || wrong ? 0 : bytes;
}

static void write_escaped(FILE *to, const char *text)
{
    static const char special[] = "&<>\"";
    static const char *const names[] = { "&amp;", "&lt;", "&gt;", "&quot;" };
    while (*text != '\0') {
        const size_t bytes = character_bytes((const unsigned char *)text);
        const char *found = strchr(special, *text);
        if (found != NULL)
            fputs(names[found - special], to);
        else if (bytes == 0)
            fputc('?', to);
        else
            fwrite(text, 1, bytes, to);
        text += bytes > 0 ? bytes : 1;
    }
}

void chart_begin(FILE *to, double width, double height, const char *name)
{
    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%.0f\" height=\"%.0f\" "
            "viewBox=\"0 0 %.0f %.0f\" role=\"img\" font-family=\"system-ui, -apple-system, 'Segoe UI', "
            "Roboto, Helvetica, Arial, sans-serif\">\n<title>",
            width, height, width, height);
    write_escaped(to, name);
    fprintf(to,
            "</title>\n<rect x=\"0.5\" y=\"0.5\" width=\"%.0f\" height=\"%.0f\" rx=\"8\" fill=\"#ffffff\" "
            "stroke=\"#d0d7de\"/>\n",
            width - 1.0, height - 1.0);
}

void chart_end(FILE *to)
{
    fputs("</svg>\n", to);
}

void chart_text(FILE *to, double x, double y, text_style style, const char *text)
{
    fprintf(to, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\" fill=\"%s\"", x, y, style.size, style.colour);
    if (strcmp(style.anchor, "start") != 0)
        fprintf(to, " text-anchor=\"%s\"", style.anchor);
    fputs(style.bold ? " font-weight=\"600\">" : ">", to);
    write_escaped(to, text);
    fputs("</text>\n", to);
}

/* ------------------------------------------------------------------------------------------- places */

static double share_of_x(const panel *p, double x)
{
    return (x - p->x_low) / (p->x_high - p->x_low);
}

static double chart_x(const panel *p, double x)
{
    return p->left + p->width * share_of_x(p, x);
}

double chart_y(const panel *p, double y)
{
    const double share = p->logarithmic && y <= 0.0 ? 0.0
                         : p->logarithmic           ? log(y / p->y_low) / log(p->y_high / p->y_low)
                                                    : (y - p->y_low) / (p->y_high - p->y_low);
    return p->top + p->height * (1.0 - fmax(0.0, fmin(1.0, share)));
}

static void draw_line(FILE *to, double x, double y, double x_end, double y_end, const char *colour)
{
    fprintf(to, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x, y, x_end, y_end,
            colour);
}

/* ------------------------------------------------------------------------------------------- axes */

/* The smallest of 1, 2, 5, 10, ... times a power of ten that cuts `range` in at most `most` parts. */
static double round_distance(double range, double most)
{
    const double rough = range / most, power = pow(10.0, floor(log10(rough)));
    const double factor = rough / power;
    return power * (factor <= 1.0 ? 1.0 : factor <= 2.0 ? 2.0 : factor <= 5.0 ? 5.0 : 10.0);
}

static double x_distance(const panel *p, double factor)
{
    const double distance = round_distance((p->x_high - p->x_low) * factor, 8.0);
    return factor == 1.0 ? fmax(1.0, distance) : distance;
}

/* The multiples of `distance` from low to high. */
static int round_places(double low, double high, double distance, double *places)
{
    int count = 0;
    const double first = ceil(low / distance - 1e-9), slack = 1e-9 * distance;
    while (count < MOST_TICKS && (first + count) * distance <= high + slack) {
        places[count] = (first + count) * distance;
        count++;
    }
    return count;
}

static void draw_y_tick(FILE *to, const panel *p, double y, bool per_cent)
{
    char text[32];
    const double at = chart_y(p, y);
    if (per_cent)
        snprintf(text, sizeof text, "%.0f %%", 100.0 * y);
    else
        snprintf(text, sizeof text, "%.4g", y);
    draw_line(to, p->left, at, p->left + p->width, at, grid_colour);
    chart_text(to, p->left - 8.0, at + 4.0, (text_style) { CHART_FAINT, "end", 12.0, false }, text);
}

/* 1, 2, 5, 10, ...; over many decades the powers of ten alone. */
static void draw_logarithmic_ticks(FILE *to, const panel *p)
{
    static const double digits[] = { 1.0, 2.0, 5.0 };
    const double decades = log10(p->y_high / p->y_low);
    for (double e = floor(log10(p->y_low)); e <= ceil(log10(p->y_high)); e++)
        for (int i = 0; i < (decades > 3.0 ? 1 : 3); i++) {
            const double y = digits[i] * pow(10.0, e);
            if (y >= p->y_low * 0.999 && y <= p->y_high * 1.001)
                draw_y_tick(to, p, y, false);
        }
}

void chart_y_axis(FILE *to, const panel *p, bool per_cent)
{
    double places[MOST_TICKS];
    if (p->logarithmic) {
        draw_logarithmic_ticks(to, p);
        return;
    }
    const int count = round_places(p->y_low, p->y_high, round_distance(p->y_high - p->y_low, 6.0), places);
    for (int i = 0; i < count; i++)
        draw_y_tick(to, p, places[i] + 0.0, per_cent); /* no -0 */
}

void chart_x_grid(FILE *to, const panel *p)
{
    double places[MOST_TICKS];
    const double bottom = p->top + p->height;
    const int count = round_places(p->x_low, p->x_high, x_distance(p, 1.0), places);
    for (int i = 0; i < count; i++)
        draw_line(to, chart_x(p, places[i]), p->top, chart_x(p, places[i]), bottom, grid_colour);
    draw_line(to, p->left, bottom, p->left + p->width, bottom, axis_colour);
}

/* In the unit that suits the largest label of the axis. */
static void format_count(double count, double most, char *to, size_t size)
{
    const double unit = most >= 1e9 ? 1e9 : most >= 1e6 ? 1e6 : most >= 1e5 ? 1e3 : 1.0;
    const char *name = unit == 1e9 ? "G" : unit == 1e6 ? "M" : unit == 1e3 ? "k" : "";
    if (unit == 1.0 && count >= 1e3)
        snprintf(to, size, "%.0f,%03.0f", floor(count / 1e3), fmod(count, 1e3));
    else
        snprintf(to, size, "%.6g%s", count / unit, count > 0.0 ? name : "");
}

void chart_x_labels(FILE *to, const panel *p, double below, double factor, const char *name)
{
    char text[32];
    double places[MOST_TICKS];
    const double y = p->top + p->height + below, low = p->x_low * factor, high = p->x_high * factor;
    const int count = round_places(low, high, x_distance(p, factor), places);
    for (int i = 0; i < count; i++) {
        const double x = chart_x(p, places[i] / factor);
        format_count(places[i], high, text, sizeof text);
        draw_line(to, x, y - 16.0, x, y - 12.0, axis_colour);
        chart_text(to, x, y, (text_style) { CHART_FAINT, "middle", 12.0, false }, text);
    }
    chart_text(to, p->left + p->width + 34.0, y, (text_style) { CHART_FAINT, "start", 12.0, false }, name);
}

void chart_mark(FILE *to, const panel *p, double x, const char *label)
{
    const double at = chart_x(p, x);
    fprintf(
        to,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-dasharray=\"3 3\"/>\n",
        at, p->top, at, p->top + p->height, axis_colour);
    if (label != NULL)
        chart_text(to, at + 5.0, p->top + 12.0, (text_style) { CHART_FAINT, "start", 11.0, false }, label);
}

/* ------------------------------------------------------------------------------------------- curves */

static void draw_dot(FILE *to, double x, double y, double radius)
{
    fprintf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n", x, y, radius);
}

static bool is_gap(const curve *c, size_t i)
{
    return i >= c->count || isnan(c->y[i]);
}

static void draw_path(FILE *to, const panel *p, const curve *c)
{
    fputs("<path fill=\"none\" stroke-linejoin=\"round\" d=\"", to);
    for (size_t i = 0, points = 0; i < c->count; i++)
        if (!is_gap(c, i))
            fprintf(to, "%s%s%.1f %.1f", points++ % 16 == 15 ? "\n" : " ", is_gap(c, i - 1) ? "M" : "L",
                    chart_x(p, c->x[i]), chart_y(p, c->y[i]));
    fputs("\"/>\n", to);
}

/* Points between gaps are dots. */
void chart_curve(FILE *to, const panel *p, const curve *c, const char *colour, double width)
{
    fprintf(to, "<g fill=\"%s\" stroke=\"%s\" stroke-width=\"%.1f\">\n", colour, colour, width);
    draw_path(to, p, c);
    for (size_t i = 0; i < c->count; i++)
        if (!is_gap(c, i) && is_gap(c, i - 1) && is_gap(c, i + 1))
            draw_dot(to, chart_x(p, c->x[i]), chart_y(p, c->y[i]), 1.5);
    fputs("</g>\n", to);
}

void chart_dots(FILE *to, const panel *p, const curve *c, const char *colour)
{
    const double radius = c->count > 60 ? 2.5 : 4.0;
    fprintf(to, "<g fill=\"%s\" stroke=\"#ffffff\">\n", colour);
    for (size_t i = 0; i < c->count; i++)
        if (!is_gap(c, i))
            draw_dot(to, chart_x(p, c->x[i]), chart_y(p, c->y[i]), radius);
    fputs("</g>\n", to);
}

/* In pixels at size 12, roughly: fonts differ. */
static double text_width(const char *text)
{
    double width = 0.0;
    for (; *text != '\0'; text++)
        width += strchr(" ,()fijlrt", *text) != NULL ? 4.3 : 7.2;
    return width;
}

double chart_legend(FILE *to, double x, double y, const char *colour, double width, bool dot,
                    const char *text)
{
    const double begin = x - text_width(text) - 26.0;
    fprintf(to, "<g fill=\"%s\" stroke-width=\"%.1f\">\n", colour, width);
    draw_line(to, begin, y - 4.0, begin + 20.0, y - 4.0, colour);
    if (dot)
        draw_dot(to, begin + 10.0, y - 4.0, 4.0);
    fputs("</g>\n", to);
    chart_text(to, begin + 26.0, y, (text_style) { CHART_TEXT, "start", 12.0, false }, text);
    return begin - 20.0;
}
