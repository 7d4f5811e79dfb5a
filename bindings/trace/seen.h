/* What a watcher saw of the solve of one puzzle: every step of every run. */
#ifndef TRM_TRACE_SEEN_H
#define TRM_TRACE_SEEN_H

#include <trm/trm.h>

typedef struct seen_step {
    uint32_t run, how, view, step, stop, verdict, changed;
    float halt_logit, halt_probability;
    size_t place; /* its number in the order in which steps were made */
} seen_step;

typedef struct seen_steps {
    trm_watcher watcher;     /* for the options of the solve */
    const trm_watcher *next; /* somebody else who looks on, or NULL */
    size_t positions;        /* S */
    seen_step *steps;        /* by run, then by step, once seen_sort() was called */
    size_t count, room;
    int32_t *tokens;      /* count x S, in the order of `place` */
    float *probabilities; /* the same */
    int32_t *asked;       /* the same: the question with the guesses */
} seen_steps;

/* Begins to watch a puzzle of that many positions; end it in any case. */
void seen_begin(seen_steps *s, size_t positions, const trm_watcher *next);
void seen_end(seen_steps *s);

void seen_sort(seen_steps *s);

/* The end of the run whose steps begin at `begin`, after seen_sort(). */
size_t seen_run_end(const seen_steps *s, size_t begin);

#endif
