/* What a watcher saw of the solve of one puzzle: every step of every run. */
#ifndef TRM_CLI_TRACE_STEPS_H
#define TRM_CLI_TRACE_STEPS_H

#include <stdbool.h>
#include <trm/trm.h>

typedef struct trace_step {
    uint32_t run, how, view, step, stop, verdict, changed;
    float halt_logit, halt_probability;
    size_t seen;      /* its number in the order in which steps were made */
} trace_step;

typedef struct trace {
    trm_watcher watcher; /* for the options of the solve */
    size_t positions;    /* S */
    trace_step *steps;   /* by run, then by step, once trace_sort() was called */
    size_t count, room;
    int32_t *tokens;      /* count x S, in the order of `seen` */
    float *probabilities; /* the same */
    int32_t *asked;       /* the same: the question with the guesses */
} trace;

/* Begins to watch a puzzle of that many positions; end it in any case. */
void trace_begin(trace *t, size_t positions);
void trace_end(trace *t);

void trace_sort(trace *t);

/* The end of the run whose steps begin at `begin`, after trace_sort(). */
size_t trace_run_end(const trace *t, size_t begin);

static inline const int32_t *trace_tokens(const trace *t, const trace_step *step)
{
    return t->tokens + step->seen * t->positions;
}

static inline const int32_t *trace_asked(const trace *t, const trace_step *step)
{
    return t->asked + step->seen * t->positions;
}

static inline const float *trace_probabilities(const trace *t, const trace_step *step)
{
    return t->probabilities + step->seen * t->positions;
}

#endif
