/* A trace as one picture: the answer after some of the steps of the run that answers, and below them how sure
 * the model was and how much each step changed. The same trace gives the same bytes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/trace/chart.h"
#include "bindings/trace/traced.h"
#include "bindings/trace/words.h"

enum { MULTIPLES = 8, A_ROW = 4, MOST_LETTERS = 30 };

static const double width = 980, margin = 40, gap = 20, grid_side = 210, heading = 70, caption = 30,
                    curves_height = 150;

enum { GIVEN = 0xe7e9ec, WALL = 0x4b5157, LEVELS = 8 };

/* ----------------------------------------------------------------------------------------------------
   colours */

/* From orange, a coin's toss, over yellow to blue, certain, in a few levels: an eye sees no more, and cells
 * of one colour are one shape. Straight from orange to blue goes through the grey of givens. */
static unsigned confidence_colour(float probability)
{
    static const double unsure[] = { 248, 208, 176 }, half[] = { 251, 242, 203 }, sure[] = { 205, 229, 245 };
    const double share = fmin(fmax(2.0 * (double)probability - 1.0, 0.0), 1.0),
                 level = floor(share * LEVELS + 0.5) / LEVELS,
                 far = level < 0.5 ? 2.0 * level : 2.0 * level - 1.0;
    const double *from = level < 0.5 ? unsure : half, *to = level < 0.5 ? half : sure;
    unsigned colour = 0;
    for (int i = 0; i < 3; i++)
        colour = colour << 8 | (unsigned)(from[i] + far * (to[i] - from[i]) + 0.5);
    return colour;
}

static bool is_given(const traced *t, char question)
{
    return t->blank != NO_BLANK && (unsigned char)question != t->blank;
}

static unsigned colour_of(const traced *t, char question, float probability)
{
    return question == '#' ? WALL : is_given(t, question) ? GIVEN : confidence_colour(probability);
}

/* ------------------------------------------------------------------------------------------------------
   places */

typedef struct place {
    double x, y, side; /* middle */
} place;

/* A grid has its cells; what has none lies on a circle, from the top. */
static place place_of(const traced *t, size_t position)
{
    if (t->rows > 0) {
        const double side = grid_side / (double)(t->rows > t->columns ? t->rows : t->columns);
        return (place) { ((double)(position % t->columns) + 0.5) * side,
                         ((double)(position / t->columns) + 0.5) * side, side };
    }
    const double count = (double)t->positions, radius = grid_side * 0.44,
                 angle = 2.0 * acos(-1.0) * (double)position / count;
    return (place) { grid_side / 2 + radius * sin(angle), grid_side / 2 - radius * cos(angle),
                     fmin(22.0, fmax(5.0, 4.0 * radius / count)) };
}

static bool is_of_positions(const traced *t, const traced_relation *relation)
{
    return relation->lists == t->positions;
}

static void draw_edges(FILE *to, const traced *t)
{
    for (size_t r = 0; t->rows == 0 && r < t->relation_count; r++)
        for (size_t i = 0; is_of_positions(t, &t->relations[r]) && i < t->positions; i++)
            for (size_t k = t->relations[r].first[i]; k < t->relations[r].first[i + 1]; k++) {
                const size_t other = t->relations[r].heard[k];
                const place a = place_of(t, i), b = place_of(t, other < t->positions ? other : i);
                if (other > i && other < t->positions)
                    fprintf(to, "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#c8ccd1'/>\n", a.x,
                            a.y, b.x, b.y);
            }
}

/* Lines between cells of different regions: boxes, or the groups of the relation "box" that the question
   brought. */
static size_t region_of(const traced *t, const traced_relation *box, size_t position)
{
    if (box != NULL)
        return box->first[position] < box->first[position + 1] && box->heard[box->first[position]] < position
                   ? box->heard[box->first[position]]
                   : position;
    if (t->box_rows == 0)
        return 0;
    return position / t->columns / t->box_rows * t->columns + position % t->columns / t->box_columns;
}

static void draw_borders(FILE *to, const traced *t)
{
    const traced_relation *box = NULL;
    for (size_t r = 0; r < t->relation_count; r++)
        if (strcmp(t->relations[r].name, "box") == 0 && is_of_positions(t, &t->relations[r]))
            box = &t->relations[r];
    fputs("<path fill='none' stroke='#24292f' stroke-width='1.4' d='", to);
    for (size_t i = 0; i < t->positions; i++) {
        const place p = place_of(t, i);
        const double half = p.side / 2;
        if ((i + 1) % t->columns != 0 && region_of(t, box, i) != region_of(t, box, i + 1))
            fprintf(to, "M%.1f %.1fv%.1f", p.x + half, p.y - half, p.side);
        if (i + t->columns < t->positions && region_of(t, box, i) != region_of(t, box, i + t->columns))
            fprintf(to, "M%.1f %.1fh%.1f", p.x - half, p.y + half, p.side);
    }
    fprintf(to, "'/>\n<rect width='%.1f' height='%.1f' fill='none' stroke='#24292f' stroke-width='1.4'/>\n",
            place_of(t, 0).side * t->columns, place_of(t, 0).side * t->rows);
}

/* ------------------------------------------------------------------------------------------- one step */

/* Of large grids the ends of the way alone have letters; the way is dots. */
static void draw_letter(FILE *to, const traced *t, size_t i, char question, char now)
{
    const place p = place_of(t, i);
    char text[] = { now, '\0', '\0' };
    const bool many = t->rows > MOST_LETTERS || t->columns > MOST_LETTERS, given = is_given(t, question);
    if (now == ' ' || now == '#')
        return;
    if ((unsigned char)now > 0x7f) { /* of Latin-1, as UTF-8 */
        text[0] = (char)(0xc0 | (unsigned char)now >> 6);
        text[1] = (char)(0x80 | (now & 0x3f));
    }
    if (now == 'o' || (many && now != 'S' && now != 'G')) {
        fprintf(to, "<circle cx='%.1f' cy='%.1f' r='%.1f' fill='" CHART_BLUE "'/>\n", p.x, p.y,
                0.22 * p.side);
        return;
    }
    const text_style style = { given && now != question ? CHART_VERMILION
                               : given                  ? CHART_TEXT
                                                        : CHART_BLUE,
                               "middle", fmax(4.0, 0.62 * p.side), given };
    chart_text(to, p.x, p.y + 0.22 * p.side, style, text);
}

/* Neighbours of one colour are one rectangle; lines between cells come over them. */
static void draw_grid_cells(FILE *to, const traced *t, const char *question, const float *probabilities)
{
    const double side = place_of(t, 0).side;
    for (size_t row = 0; row < t->rows; row++)
        for (size_t column = 0, end; column < t->columns; column = end) {
            const size_t i = row * t->columns;
            const unsigned colour = colour_of(t, question[i + column], probabilities[i + column]);
            for (end = column + 1; end < t->columns; end++)
                if (colour_of(t, question[i + end], probabilities[i + end]) != colour)
                    break;
            fprintf(to, "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='#%06x'/>\n",
                    (double)column * side, (double)row * side, (double)(end - column) * side, side, colour);
        }
    fputs("<path stroke='#b9bec4' stroke-width='0.4' d='", to);
    for (size_t column = 1; column < t->columns; column++)
        fprintf(to, "M%.1f 0v%.1f", (double)column * side, side * (double)t->rows);
    for (size_t row = 1; row < t->rows; row++)
        fprintf(to, "M0 %.1fh%.1f", (double)row * side, side * (double)t->columns);
    fputs("'/>\n", to);
}

static void draw_vertices(FILE *to, const traced *t, const char *question, const float *probabilities)
{
    for (size_t i = 0; i < t->positions; i++) {
        const place p = place_of(t, i);
        fprintf(to,
                "<circle cx='%.1f' cy='%.1f' r='%.1f' stroke='#6a737d' stroke-width='0.6' fill='#%06x'/>\n",
                p.x, p.y, p.side / 2, colour_of(t, question[i], probabilities[i]));
    }
}

static void draw_step(FILE *to, const traced *t, const traced_step *step)
{
    char text[96];
    const char *question = t->question, *now = traced_text(t, step);
    const float *probabilities = traced_probabilities(t, step);
    draw_edges(to, t);
    if (t->rows > 0)
        draw_grid_cells(to, t, question, probabilities);
    else
        draw_vertices(to, t, question, probabilities);
    for (size_t i = 0; i < t->positions; i++)
        draw_letter(to, t, i, question[i], now[i]);
    if (t->rows > 0)
        draw_borders(to, t);
    snprintf(text, sizeof text, "step %u, %u changed%s%s", (unsigned)step->step, (unsigned)step->changed,
             step->verdict == TRM_VERDICT_UNVERIFIED ? "" : ", ",
             step->verdict == TRM_VERDICT_UNVERIFIED ? "" : verdict_name(step->verdict));
    chart_text(to, 0, grid_side + 18, (text_style) { CHART_FAINT, "start", 12, false }, text);
}

/* ---------------------------------------------------------------------------------------- the picture */

/* The first and the last step, and others evenly between. */
static size_t chosen_step(size_t steps, size_t multiples, size_t i)
{
    return multiples < 2 ? 0 : (i * (steps - 1) + (multiples - 1) / 2) / (multiples - 1);
}

static void draw_multiples(FILE *to, const traced *t, const traced_run *run, size_t multiples)
{
    const size_t steps = run->steps_end - run->steps;
    for (size_t i = 0; i < multiples; i++) {
        fprintf(to, "<g transform='translate(%.1f %.1f)'>\n",
                margin + (double)(i % A_ROW) * (grid_side + gap),
                heading + (double)(i / A_ROW) * (grid_side + caption + gap));
        draw_step(to, t, &t->steps[run->steps + chosen_step(steps, multiples, i)]);
        fputs("</g>\n", to);
    }
}

static bool draw_curves(FILE *to, const traced *t, const traced_run *run, double top)
{
    const size_t steps = run->steps_end - run->steps;
    double *values = malloc(3 * steps * sizeof *values);
    if (values == NULL)
        return false;
    curve sure = { .x = values, .y = values + steps, .count = steps },
          moved = { .x = values, .y = values + 2 * steps, .count = steps };
    for (size_t i = 0; i < steps; i++) {
        const traced_step *step = &t->steps[run->steps + i];
        sure.x[i] = step->step;
        sure.y[i] = (double)step->halt_probability;
        moved.y[i] = (double)step->changed / (double)t->positions;
    }
    const panel p = { .left = margin + 30,
                      .top = top,
                      .width = width - 2 * margin - 80,
                      .height = curves_height,
                      .x_low = 1.0,
                      .x_high = steps > 1 ? (double)steps : 2.0,
                      .y_low = 0.0,
                      .y_high = 1.0 };
    chart_x_grid(to, &p);
    chart_y_axis(to, &p, true);
    chart_curve(to, &p, &moved, CHART_VERMILION, 1.2);
    chart_curve(to, &p, &sure, CHART_BLUE, 2.0);
    chart_dots(to, &p, &sure, CHART_BLUE);
    const double next =
        chart_legend(to, p.left + p.width, p.top - 12, CHART_BLUE, 2.0, true, "halt probability");
    chart_legend(to, next, p.top - 12, CHART_VERMILION, 1.2, false, "positions changed");
    chart_x_labels(to, &p, 20, 1.0, "steps");
    free(values);
    return true;
}

static void draw_title(FILE *to, const traced *t, const traced_run *run)
{
    char text[256];
    const finding *found = &t->answer.found;
    chart_text(to, margin, 34, (text_style) { CHART_TEXT, "start", 18, true }, t->model);
    snprintf(text, sizeof text, "%s %llu of %u, %llu steps in all; the answer: %s, halt probability %.1f %%",
             how_name(run->how), (unsigned long long)run->run + 1, (unsigned)found->runs,
             (unsigned long long)found->total_steps, verdict_name(found->verdict),
             100.0 * (double)t->answer.halt_probability);
    chart_text(to, margin, 54, (text_style) { CHART_FAINT, "start", 13, false }, text);
}

bool traced_write_picture(const traced *t, FILE *to)
{
    const traced_run *run = &t->runs[traced_answering(t)];
    const size_t steps = run->steps_end - run->steps, multiples = steps < MULTIPLES ? steps : MULTIPLES,
                 rows = (multiples + A_ROW - 1) / A_ROW;
    const double below = heading + (double)rows * (grid_side + caption + gap) + 20;
    chart_begin(to, width, below + curves_height + 50,
                "How a Tiny Recursive Model solved a puzzle, step by step");
    draw_title(to, t, run);
    draw_multiples(to, t, run, multiples);
    const bool good = draw_curves(to, t, run, below);
    chart_end(to);
    return good;
}
