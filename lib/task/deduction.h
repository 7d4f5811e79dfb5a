/* What plain rules leave of a question: which values a position may still have, which are forced, and, by
 * guessing and taking back, whether there is an answer at all. For rules about values in lists. */
#ifndef TRMI_TASK_DEDUCTION_H
#define TRMI_TASK_DEDUCTION_H

#include "lib/task/verify.h"

typedef struct trmi_deduction {
    const trmi_verification *rules;
    int32_t first; /* of the values */
    uint32_t values;
    uint32_t open;   /* positions without a value */
    int32_t *tokens; /* S; a value, or the task's blank */
    uint8_t *may;    /* S x values */
    uint32_t *left;  /* S: how many values it may have */
    uint64_t *trail; /* what was taken away and put, to be taken back */
    uint64_t changes;
    bool broken; /* no answer has these tokens */
    /* two positions whose values exclude each other, or twice the position that no value is left for, or
     * that is open in a group where a value has no place left */
    uint32_t clash[2];
} trmi_deduction;

/* Why a value is forced. */
typedef enum trmi_force {
    TRMI_FORCE_LAST,  /* the last open position of a list that has each value once */
    TRMI_FORCE_PLACE, /* the only place for the value in such a list */
    TRMI_FORCE_VALUE  /* the only value that is left to the position */
} trmi_force;

typedef struct trmi_forced {
    uint32_t force, position, rule;
    int32_t token;
} trmi_forced;

/* Carves room for questions of the shape that the rules were laid for; trmi_task_has_lists() says whether
   they serve. */
void trmi_deduction_lay(trmi_deduction *deduction, const trmi_verification *rules, trmi_arena *arena);

/* Puts what the question gives. `without` may be NULL: S bytes, not 0 for what is left out. */
void trmi_deduction_begin(trmi_deduction *deduction, const int32_t *question, const uint8_t *without);

/* Puts a value that the position may have. */
void trmi_deduction_put(trmi_deduction *deduction, uint32_t position, int32_t token);

/* The first value that is forced, to be put; false when there is none, or all is broken. */
bool trmi_deduction_force(trmi_deduction *deduction, trmi_forced *forced);

/* Fills in the rest, by force and else by guessing, with at most so many guesses: then `tokens` is an answer
 * by the rules about different values: an order and helpers are left to the verifier. TRMI_REFUTED where
 * there is none, TRMI_UNVERIFIED when the guesses did not suffice. */
trmi_verdict trmi_deduction_solve(trmi_deduction *deduction, uint32_t guesses);

#endif
