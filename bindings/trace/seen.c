#include "bindings/trace/seen.h"

#include <stdbool.h>
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

static bool make_room(seen_steps *s)
{
    const size_t room = s->room == 0 ? FIRST_ROOM : 2 * s->room, cells = room * s->positions;
    if (s->count < s->room)
        return true;
    if (room > SIZE_MAX / s->positions || !enlarge(&s->steps, room, sizeof *s->steps) ||
        !enlarge(&s->tokens, cells, sizeof *s->tokens) ||
        !enlarge(&s->probabilities, cells, sizeof *s->probabilities) ||
        !enlarge(&s->asked, cells, sizeof *s->asked))
        return false;
    s->room = room;
    return true;
}

static trm_status keep_step(void *user, const trm_run_step *saw, trm_error *error)
{
    seen_steps *s = user;
    if (!make_room(s)) {
        snprintf(error->message, sizeof error->message,
                 "not enough memory for a trace of more than %zu steps", s->count);
        return TRM_ERROR_MEMORY;
    }
    const size_t cell = s->count * s->positions;
    memcpy(s->tokens + cell, saw->tokens, s->positions * sizeof *s->tokens);
    memcpy(s->probabilities + cell, saw->probabilities, s->positions * sizeof *s->probabilities);
    memcpy(s->asked + cell, saw->asked, s->positions * sizeof *s->asked);
    s->steps[s->count] = (seen_step) { .run = saw->run,
                                       .how = saw->how,
                                       .view = saw->view,
                                       .step = saw->step,
                                       .stop = saw->stop,
                                       .verdict = saw->verdict,
                                       .changed = saw->changed,
                                       .halt_logit = saw->halt_logit,
                                       .halt_probability = saw->halt_probability,
                                       .place = s->count };
    s->count++;
    return s->next != NULL ? s->next->step(s->next->user, saw, error) : TRM_OK;
}

void seen_begin(seen_steps *s, size_t positions, const trm_watcher *next)
{
    *s = (seen_steps) { .watcher = TRM_WATCHER_INIT, .next = next, .positions = positions };
    s->watcher.user = s;
    s->watcher.step = keep_step;
}

void seen_end(seen_steps *s)
{
    free(s->steps);
    free(s->tokens);
    free(s->probabilities);
    free(s->asked);
}

static int by_run(const void *a, const void *b)
{
    const seen_step *left = a, *right = b;
    if (left->run != right->run)
        return left->run < right->run ? -1 : 1;
    return left->step < right->step ? -1 : left->step > right->step;
}

void seen_sort(seen_steps *s)
{
    if (s->count > 0)
        qsort(s->steps, s->count, sizeof *s->steps, by_run);
}

size_t seen_run_end(const seen_steps *s, size_t begin)
{
    size_t end = begin;
    while (end < s->count && s->steps[end].run == s->steps[begin].run)
        end++;
    return end;
}
