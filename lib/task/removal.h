/* Which givens a question has to lose so that it has an answer, found by plain rules. */
#ifndef TRMI_TASK_REMOVAL_H
#define TRMI_TASK_REMOVAL_H

#include "lib/task/deduction.h"

enum {
    TRMI_REMOVED = 8,          /* givens that are left out together, at most */
    TRMI_REMOVALS = 8,         /* sets of them that are kept */
    TRMI_REMOVAL_TRIES = 20000 /* sets that are tried, of all sizes */
};

typedef struct trmi_removal {
    trmi_deduction *deduction;
    const int32_t *question; /* S */
    uint8_t *without;        /* S: 1 for what is left out */
    uint8_t *kept;           /* S: not 0 for what is not to be left out, on this way */
    int32_t *answer;         /* S: of the first set kept that the rules' own search found one for */
    uint32_t answered;       /* its number, or TRMI_REMOVALS */
    uint32_t tries;          /* made so far */
    uint32_t size, count;
    uint32_t set[TRMI_REMOVALS][TRMI_REMOVED];
    bool doubtful; /* not every set that is not kept was shown to have no answer */
} trmi_removal;

/* Carves its room beside a deduction's. */
void trmi_removal_lay(trmi_removal *removal, trmi_deduction *deduction, trmi_arena *arena);

/* Finds the sets of `size` givens without which there may be an answer. */
void trmi_removal_find(trmi_removal *removal, uint32_t size);

#endif
