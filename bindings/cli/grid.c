#include "bindings/cli/grid.h"

#include <stdio.h>
#include <string.h>

#include "bindings/cli/report.h"
#include "bindings/trace/words.h"

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RED "\033[31m"
#define REVERSED_RED "\033[7;31m"
#define PLAIN "\033[0m"

static void draw_rule(const trm_model_info *info, uint32_t box_columns)
{
    fputs("  +", stdout);
    for (uint32_t column = 0; column < info->grid_columns; column++)
        fputs((column + 1) % box_columns == 0 ? "---+" : "--", stdout);
    putchar('\n');
}

static bool is_changed_given(const drawing *d, size_t cell)
{
    return d->blank != '\0' && d->question[cell] != d->blank && d->question[cell] != d->answer[cell];
}

static void draw_cell(const drawing *d, size_t cell)
{
    const float probability = d->probabilities[cell];
    const bool kept = d->question[cell] != d->blank && d->question[cell] == d->answer[cell];
    const char *colour = kept                        ? BOLD
                         : is_changed_given(d, cell) ? REVERSED_RED
                         : probability > 0.9f        ? GREEN
                         : probability > 0.5f        ? YELLOW
                                                     : RED;
    fputs(d->colours ? colour : "", stdout);
    write_plain(stdout, d->answer + cell, 1);
    fputs(d->colours ? PLAIN : "", stdout);
}

void draw_grid(const drawing *d)
{
    const trm_model_info *info = d->info;
    const uint32_t box_rows = info->box_rows, box_columns = info->box_columns;
    uint32_t rows = info->grid_rows, columns = info->grid_columns;
    if (rows == 0) {
        rows = 1;
        columns = info->positions;
    }
    const bool boxes = box_rows > 0;
    for (uint32_t row = 0; row < rows; row++) {
        if (boxes && row % box_rows == 0)
            draw_rule(info, box_columns);
        fputs(boxes ? "  |" : "  ", stdout);
        for (uint32_t column = 0; column < columns; column++) {
            if (boxes)
                putchar(' ');
            draw_cell(d, (size_t)row * columns + column);
            if (boxes && (column + 1) % box_columns == 0)
                fputs(" |", stdout);
        }
        putchar('\n');
    }
    if (boxes)
        draw_rule(info, box_columns);
}

/* Said in words, too, for terminals without colours. */
static void draw_changes(const drawing *d)
{
    size_t changed = 0;
    for (size_t cell = 0; cell < d->info->positions; cell++)
        changed += is_changed_given(d, cell);
    if (changed > 0)
        printf("  %s%zu given%s changed%s\n", d->colours ? RED : "", changed, changed == 1 ? "" : "s",
               d->colours ? PLAIN : "");
}

void draw_verdict(const drawing *d, uint32_t stop, uint32_t steps, float halt_probability,
                  const char *finding)
{
    if (stop != TRM_STOP_OVERFLOW)
        draw_changes(d);
    printf("  %s%u step%s, stopped by %s, halt probability %.1f %%%s%s\n\n", d->colours ? DIM : "",
           (unsigned)steps, steps == 1 ? "" : "s", stop_name(stop), 100.0 * (double)halt_probability, finding,
           d->colours ? PLAIN : "");
}
