/* A short trial: the proposal and what it may be wrong about, each trained for the same work and measured on
 * puzzles held back. */
#ifndef TRM_CLI_TRIAL_H
#define TRM_CLI_TRIAL_H

#include "bindings/cli/alternatives.h"
#include "bindings/cli/report.h"
#include "bindings/cli/validation.h"

typedef struct trial_entry {
    uint64_t steps; /* as many as are that work */
    double work;    /* of a step, in any unit */
    double seconds;
    exam_result exam;
} trial_entry;

/* What was chosen has its settings in its alternative, for as much work as the proposal was to be. */
typedef struct trial {
    size_t count, chosen; /* count 0: there was none */
    alternative tried[MOST_TRIED];
    trial_entry entries[MOST_TRIED];
} trial;

/* What there is to try. Returns a STATUS, after telling why there is nothing. */
int trial_make(trial *t, const trm_survey *survey, const train_settings *proposed);

/* Tries all, and chooses the one that is right on most puzzles; the proposal, unless chance would hardly make
 * such a difference. `base` is where random weights may lie for a moment. Returns a STATUS, after telling
 * about an error. */
int trial_hold(trial *t, train_data *data, const trm_pool *pool, const char *base);

/* Chooses the one that a run with this configuration began with; false where it is none of them. */
bool trial_find(trial *t, const char *configuration);

/* A table for people, or an array under the key "trial". */
void trial_tell(const trial *t, void (*say)(const char *format, ...));
void trial_record(const trial *t, record *r);

#endif
