/* The other processes of a run. Each teaches its shards of every batch; then every one learns what all of them
 * found out, and all go on alike. */
#ifndef TRMI_TRAIN_TEAM_H
#define TRMI_TRAIN_TEAM_H

#include <trm/train.h>

#include "lib/core/executor.h"

typedef struct trmi_team {
    trm_team given;    /* count 1: alone */
    trmi_range shards; /* of this process */
    void *before;      /* what the slots held before the step */
    void *marks;       /* of all slots, on their way */
    size_t *bytes;     /* given.count parts, on their way */
    const trm_allocator *allocator;
} trmi_team;

/* The caller's team, or none. Begin, once the slots are there. */
trm_status trmi_team_begin(trm_trainer *trainer, trm_error *error);
void trmi_team_end(trmi_team *team);

/* Before the slots change. */
void trmi_team_keep(trm_trainer *trainer);

/* Afterwards: sums, states and results of all processes. On failure the slots are as they were kept. */
trm_status trmi_team_share(trm_trainer *trainer, trm_error *error);

#endif
