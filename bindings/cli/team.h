/* The processes that mpirun started together; one alone without it. */
#ifndef TRM_CLI_TEAM_H
#define TRM_CLI_TEAM_H

#include <stdbool.h>
#include <trm/train.h>

typedef struct team {
    trm_team given; /* for trm_train_options; count 1: alone */
} team;

/* False after telling why the processes cannot work together. */
bool team_begin(team *t);

/* Waits for the others: not when one of them may be lost. */
void team_end(const team *t);

/* Whether one of the processes wants to stop; all call it. False and a sentence when another one is
 * lost. */
bool team_agree(const team *t, bool *stop, trm_error *error);

/* Whether this process is the one that talks and writes. */
static inline bool team_leads(const team *t)
{
    return t->given.rank == 0;
}

#endif
