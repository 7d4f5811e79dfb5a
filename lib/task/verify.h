/* Whether an answer is right, by the rules of its task. The rule of a path finds a shortest way by itself.
 *
 * Nothing here allocates: what a verification works in is carved from an arena. One thread at a time. */
#ifndef TRMI_TASK_VERIFY_H
#define TRMI_TASK_VERIFY_H

#include "lib/core/export.h"
#include "lib/task/path_rule.h"

typedef struct trmi_verification {
    const trmi_task *task;
    trmi_shape shape;
    trmi_relation_table table[TRMI_RULES]; /* of each rule's relation; first NULL: not known */
    trmi_search_room room;                 /* of paths */
} trmi_verification;

/* Prepares to verify answers to questions of this shape, which was checked; relations that the shape has are
 * worked out. Without a base it measures. The task must outlive it. */
TRMI_EXPORT void trmi_verification_lay(trmi_verification *verification, const trmi_task *task,
                                       const trmi_shape *shape, trmi_arena *arena);

/* Takes lists of the question or of the model's file, which were checked, for the relation of that name, also
 * in place of those of the shape; they are borrowed. Rules that do not need it ignore them. */
TRMI_EXPORT void trmi_verification_give(trmi_verification *verification, const char *name,
                                        const trmi_relation_table *table);

/* Judges an answer; both have the shape's positions. `ruling` may be NULL. */
TRMI_EXPORT trmi_verdict trmi_task_verify(const trmi_verification *verification, const int32_t *question,
                                          const int32_t *answer, trmi_ruling *ruling);

/* Whether the rules are about values in lists alone, which are there, and answers keep what the question
   gives. */
bool trmi_task_has_lists(const trmi_verification *verification);

/* Whether no answer can be right: the rules refute what the question gives already, as where two givens of
 * one list have the same value. That others are hopeless, too, takes a search to see. */
bool trmi_task_hopeless(const trmi_verification *verification, const int32_t *question);

/* How many values a position of this shape may have, from token *first on; 0: its task has none. */
uint32_t trmi_task_values(const trmi_task *task, const trmi_shape *shape, int32_t *first);

/* Whether a position may have this token beside what the others have: nobody in a list of its has it
   already. */
bool trmi_task_allows(const trmi_verification *verification, const int32_t *tokens, uint32_t position,
                      int32_t token);

#endif
