/* After each step of each run the picture is drawn over the one before. What is larger than the terminal
 * would scroll away: then the line under it is all that is shown. */
#define _DEFAULT_SOURCE

#include "bindings/cli/watch.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifndef _WIN32
#include <sys/ioctl.h>
#endif

#include "bindings/cli/asking.h"

/* Lines and columns of the picture. */
static void measure(const trm_model_info *info, unsigned long *lines, unsigned long *columns)
{
    const bool boxes = info->box_rows > 0;
    const unsigned long rows = info->grid_rows > 0 ? info->grid_rows : 1,
                        width = info->grid_rows > 0 ? info->grid_columns : info->positions;
    *lines = rows + (boxes ? rows / info->box_rows + 1 : 0);
    *columns = 2 + (boxes ? 2 * width + 2 * (width / info->box_columns) + 1 : width);
}

static bool fits(const trm_model_info *info, unsigned long *lines)
{
    struct winsize size;
    unsigned long columns;
    measure(info, lines, &columns);
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
           (*lines + 1 < size.ws_row && columns <= size.ws_col);
}

static void draw(watch *w, const trm_run_step *seen)
{
    unsigned long lines;
    if (w->drawn > 0)
        printf("\033[%luA", w->drawn);
    if (fits(w->drawing.info, &lines))
        draw_grid(&w->drawing);
    else
        lines = 0;
    printf("\033[2K  step %u of %s %u, cells changed: %u, halt probability %.1f %%%s%s\n",
           (unsigned)seen->step, how_name(seen->how), (unsigned)seen->run + 1, (unsigned)seen->changed,
           100.0 * (double)seen->halt_probability, seen->verdict == TRM_VERDICT_UNVERIFIED ? "" : ", ",
           seen->verdict == TRM_VERDICT_UNVERIFIED ? "" : verdict_name(seen->verdict));
    w->drawn = lines + 1;
    fflush(stdout);
}

static trm_status show_step(void *user, const trm_run_step *seen, trm_error *error)
{
    const struct timespec moment = { 0, 40000000 }; /* slow enough to be seen */
    watch *w = user;
    const trm_status status = trm_model_decode(w->session->model, &w->batch->shape, seen->tokens,
                                               w->batch->positions, w->answer, error);
    if (status != TRM_OK)
        return status;
    w->drawing.probabilities = seen->probabilities;
    draw(w, seen);
    nanosleep(&moment, NULL);
    return TRM_OK;
}

bool watch_begin(watch *w, const session *s, const batch *b, const trm_model_info *shown, char blank,
                 bool colours)
{
    trm_error error = TRM_ERROR_INIT;
    *w = (watch) { .watcher = TRM_WATCHER_INIT,
                   .session = s,
                   .batch = b,
                   .question = malloc(b->positions),
                   .answer = malloc(b->positions) };
    w->watcher.user = w;
    w->watcher.step = show_step;
    w->drawing = (drawing) { shown, w->question, w->answer, NULL, blank, colours };
    if (w->question == NULL || w->answer == NULL)
        report_error("not enough memory for a puzzle of %zu characters", b->positions);
    else if (trm_model_decode(s->model, &b->shape, b->questions, b->positions, w->question, &error) == TRM_OK)
        return true;
    else
        report_error("%s", error.message);
    return false;
}

void watch_end(watch *w)
{
    if (w->drawn > 0)
        printf("\033[%luA\033[J", w->drawn); /* the answer comes in its place */
    free(w->question);
    free(w->answer);
}
