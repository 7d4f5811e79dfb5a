/* Sets of puzzles to learn from: of each its shape, who hears whom in it, and its tokens as the model knows
   them. */
#ifndef TRMI_LEARNING_SETS_H
#define TRMI_LEARNING_SETS_H

#include "lib/net/question.h"
#include "lib/puzzles/puzzles.h"

enum { TRMI_SETS = 64 }; /* of a run */

/* Puzzles of a set that have a shape in common, and bring lists for the same relations. */
typedef struct trmi_variety {
    trmi_shape shape;
    uint32_t own;           /* which of the model's relations the puzzles bring, a bit each */
    trmi_question question; /* extent and relations; relations that puzzles bring have no lists here */
} trmi_variety;

typedef struct trmi_set {
    const trm_puzzles *puzzles;
    double share; /* of the puzzles that are drawn */
    trmi_variety *varieties;
    uint32_t variety_count;
    uint32_t *variety_of;                /* the variety of each puzzle; NULL: there is only one */
    int32_t token[TRMI_TASK_VOCABULARY]; /* the model's token for each token of the set */
    const trm_allocator *allocator;
    void *memory; /* the relations' lists */
    uint64_t bytes;
} trmi_set;

/* Puzzles that the model can learn: its shape or one within its bounds, its alphabet. TRM_ERROR_ARGUMENT,
 * TRM_ERROR_PUZZLE, TRM_ERROR_MEMORY. */
trm_status trmi_set_begin(trmi_set *set, const trm_model *model, const trm_puzzles *puzzles, double share,
                          const trm_allocator *allocator, trm_error *error);
void trmi_set_end(trmi_set *set);

/* A puzzle as a question without tokens. `relations`, of the model's number, gets its lists where it brings
   some. */
void trmi_set_question(const trmi_set *set, const trmi_relations *model, uint64_t index,
                       trmi_relation_table *relations, trmi_question *question);

#endif
