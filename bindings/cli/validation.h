/* How often a model that is being trained is right on puzzles that it does not learn from. */
#ifndef TRM_CLI_VALIDATION_H
#define TRM_CLI_VALIDATION_H

#include <stdbool.h>
#include <trm/train.h>

typedef struct exam_result {
    uint64_t puzzles, exact, cells, right, steps; /* cells of all puzzles, those that are right */
    double seconds;
} exam_result;

/* Solves all puzzles, halting by the learned signal. False after telling what is wrong, or when the user
 * wants to stop. */
bool examine(const trm_model *model, const trm_puzzles *puzzles, const trm_executor *executor,
             exam_result *result);

#endif
