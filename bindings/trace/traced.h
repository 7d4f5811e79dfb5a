/* A trace in memory: what its JSON says, with texts as bytes of the model's alphabet. */
#ifndef TRM_TRACE_TRACED_H
#define TRM_TRACE_TRACED_H

#include <stdbool.h>
#include <stdio.h>

#include "bindings/trace/record.h"
#include "bindings/trace/trace.h"

enum { TRACE_VERSION = 1, NO_BLANK = -1 };

typedef struct traced_step {
    uint32_t step, stop, verdict, changed;
    float halt_logit, halt_probability;
    size_t place; /* of its text and probabilities among those of all */
} traced_step;

typedef struct traced_pin {
    uint32_t position;
    char text;
} traced_pin;

typedef struct traced_run {
    uint32_t run, how, view;
    size_t steps, steps_end; /* where they are among all */
    size_t pins, pins_end;
} traced_run;

/* `lists` lists as in trm_relation: one for each position, or for each node. */
typedef struct traced_relation {
    char *name;
    size_t lists;
    uint32_t *first, *heard;
} traced_relation;

/* How an answer was found. */
typedef struct finding {
    uint32_t verdict, how, runs, pins;
    uint64_t total_steps;
} finding;

typedef struct traced_answer {
    char *text;   /* S; NULL: withheld */
    bool has_run; /* false: withheld, or there is no single one */
    uint32_t run; /* whose last step it is */
    uint32_t stop, steps;
    float halt_probability;
    finding found;
} traced_answer;

struct traced {
    char *model; /* the name of its file */
    float halt_threshold;
    size_t positions;                              /* S */
    uint32_t rows, columns, box_rows, box_columns; /* 0: none */
    int blank;                                     /* a character, or NO_BLANK */
    char *question;                                /* S */
    traced_answer answer;
    traced_relation *relations; /* that the question brought */
    traced_run *runs;           /* by their numbers; at least one, each of at least one step */
    traced_pin *pins;
    traced_step *steps;
    size_t relation_count, run_count, pin_count, step_count;
    char *texts;          /* step_count x S */
    float *probabilities; /* the same */
};

static inline const char *traced_text(const traced *t, const traced_step *step)
{
    return t->texts + step->place * t->positions;
}

static inline const float *traced_probabilities(const traced *t, const traced_step *step)
{
    return t->probabilities + step->place * t->positions;
}

/* The number of the run that answers, or the first where no single one does, among t->runs. */
size_t traced_answering(const traced *t);

/* The character of what the questions of a model leave open, or NO_BLANK where its task has none that is
   known. */
int blank_of(const trm_model *model);

/* The fields of an answer that tell how it was found. */
void record_finding(record *r, const finding *found);

void traced_write_json(const traced *t, FILE *to);

/* A page around such JSON. */
void traced_write_page(const char *json, size_t size, FILE *to);

/* Some steps of the run that answers, and its curves; false without memory. */
bool traced_write_picture(const traced *t, FILE *to);

#endif
