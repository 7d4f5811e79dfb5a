/* What rules say of an answer. */
#ifndef TRMI_TASK_RULING_H
#define TRMI_TASK_RULING_H

#include <stdint.h>

/* As the public trm_verdict counts. */
typedef enum trmi_verdict {
    TRMI_UNVERIFIED, /* the task has no rules, or lists that they need are not there */
    TRMI_VERIFIED,
    TRMI_REFUTED
} trmi_verdict;

typedef enum trmi_reason {
    TRMI_REASON_NONE,
    TRMI_REASON_QUESTION, /* no answer is right: the question has no start, or two, or steps of a path */
    TRMI_REASON_GIVEN,    /* `position` differs from what the question gives */
    TRMI_REASON_EMPTY,    /* `position` has no value */
    TRMI_REASON_TWICE,    /* `position` has the value of `other`, which lies in its list or comes before it
                          there */
    TRMI_REASON_LIST,     /* the list of `position` has fewer or more positions than there are values */
    TRMI_REASON_APART,    /* a path that does not reach the goal, or steps where there is no way */
    TRMI_REASON_LONG,     /* a path with more steps than it takes */
    TRMI_REASON_ORDER,    /* the value of `position` is not less than that of `other` */
    TRMI_REASON_EDGE, /* no answer is right: `position` hears `other`, which is itself or does not hear it */
    TRMI_REASON_CHOICE, /* the answer has no node that a helper hears; `position` and `other` are two of
                           what it hears */
    TRMI_REASON_CLASH   /* the value of `position` may not be beside that of `other` */
} trmi_reason;

/* The first thing that is wrong. */
typedef struct trmi_ruling {
    uint32_t verdict, reason, position, other;
} trmi_ruling;

#endif
