#define _POSIX_C_SOURCE 200809L

#include "bindings/python/listen.h"

#include <time.h>

static const uint64_t often = 50000000; /* nanoseconds */

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static trm_status look(void *user, const trm_run_step *seen, trm_error *error)
{
    listener *l = user;
    if (now() - l->heard >= often) {
        const trm_status status = l->hear(NULL);
        l->heard = now();
        if (status != TRM_OK)
            return status;
    }
    return l->next != NULL ? l->next->step(l->next->user, seen, error) : TRM_OK;
}

void listener_begin(listener *l, const trm_watcher *next, trm_status (*hear)(void *user))
{
    const trm_watcher watcher = TRM_WATCHER_INIT;
    l->watcher = watcher;
    l->watcher.user = l;
    l->watcher.step = look;
    l->next = next;
    l->hear = hear;
    l->heard = now();
}
