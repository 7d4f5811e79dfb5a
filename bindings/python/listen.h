/* Hearing control-C during a solve: a watcher that lets Python run for a moment now and then, which is when
 * Python looks at signals. declare.py reads this file, so that it has no more than declarations. */
#ifndef TRM_PYTHON_LISTEN_H
#define TRM_PYTHON_LISTEN_H

#include <stdint.h>
#include <trm/trm.h>

typedef struct listener {
    trm_watcher watcher;            /* for the options of a solve */
    const trm_watcher *next;        /* somebody else who looks on, or NULL */
    trm_status (*hear)(void *user); /* a function of Python's, called at most twenty times a second */
    uint64_t heard;                 /* when it was, in nanoseconds */
} listener;

/* It stays where it is as long as the options are used. */
void listener_begin(listener *l, const trm_watcher *next, trm_status (*hear)(void *user));

#endif
