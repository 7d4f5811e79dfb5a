/* The other processes of a run. Each works through its shards of every batch; then the results go to all, and
 * all go on alike. */
#ifndef TRMI_LEARNING_TEAM_H
#define TRMI_LEARNING_TEAM_H

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

#endif
