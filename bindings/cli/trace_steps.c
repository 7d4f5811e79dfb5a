#include "bindings/cli/trace_steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

/* Room for `count` things of `bytes` each; false, and what was there stays, without memory. */
static bool enlarge(void *list, size_t count, size_t bytes)
{
    void *larger, *old;
    memcpy(&old, list, sizeof old);
    if (bytes > 0 && count > SIZE_MAX / bytes)
        return false;
    larger = realloc(old, count * bytes);
    if (larger == NULL)
        return false;
    memcpy(list, &larger, sizeof larger);
    return true;
}

static bool make_room(trace *t)
{
    const size_t room = t->room == 0 ? FIRST_ROOM : 2 * t->room, cells = room * t->positions;
    if (t->count < t->room)
        return true;
    if (room > SIZE_MAX / t->positions || !enlarge(&t->steps, room, sizeof *t->steps) ||
        !enlarge(&t->tokens, cells, sizeof *t->tokens) ||
        !enlarge(&t->probabilities, cells, sizeof *t->probabilities) ||
        !enlarge(&t->asked, cells, sizeof *t->asked))
        return false;
    t->room = room;
    return true;
}

static trm_status keep_step(void *user, const trm_run_step *seen, trm_error *error)
{
    trace *t = user;
    if (!make_room(t)) {
        snprintf(error->message, sizeof error->message,
                 "not enough memory for a trace of more than %zu steps", t->count);
        return TRM_ERROR_MEMORY;
    }
    const size_t cell = t->count * t->positions;
    memcpy(t->tokens + cell, seen->tokens, t->positions * sizeof *t->tokens);
    memcpy(t->probabilities + cell, seen->probabilities, t->positions * sizeof *t->probabilities);
    memcpy(t->asked + cell, seen->asked, t->positions * sizeof *t->asked);
    t->steps[t->count] = (trace_step) { .run = seen->run,
                                        .how = seen->how,
                                        .view = seen->view,
                                        .step = seen->step,
                                        .stop = seen->stop,
                                        .verdict = seen->verdict,
                                        .changed = seen->changed,
                                        .halt_logit = seen->halt_logit,
                                        .halt_probability = seen->halt_probability,
                                        .seen = t->count };
    t->count++;
    return TRM_OK;
}

void trace_begin(trace *t, size_t positions)
{
    *t = (trace) { .watcher = TRM_WATCHER_INIT, .positions = positions };
    t->watcher.user = t;
    t->watcher.step = keep_step;
}

void trace_end(trace *t)
{
    free(t->steps);
    free(t->tokens);
    free(t->probabilities);
    free(t->asked);
}

static int by_run(const void *a, const void *b)
{
    const trace_step *left = a, *right = b;
    if (left->run != right->run)
        return left->run < right->run ? -1 : 1;
    return left->step < right->step ? -1 : left->step > right->step;
}

void trace_sort(trace *t)
{
    if (t->count > 0)
        qsort(t->steps, t->count, sizeof *t->steps, by_run);
}

size_t trace_run_end(const trace *t, size_t begin)
{
    size_t end = begin;
    while (end < t->count && t->steps[end].run == t->steps[begin].run)
        end++;
    return end;
}
