/* Questions with a fault, for trm eval --corrupt. */
#ifndef TRM_CLI_CORRUPT_H
#define TRM_CLI_CORRUPT_H

#include <stdbool.h>
#include <trm/train.h>

#include "bindings/cli/rows.h"
#include "bindings/cli/session.h"

/* Names of faults, for an option. */
extern const choice faults_of_questions[];

/* False after telling that the model's task has no such fault. */
bool corrupt_agrees(const session *s, uint32_t fault);

/* Spoils the last question of the batch, which is the row's; `number` is its row in the file. 1, 0 when it
 * cannot have the fault, -1 after telling about an error. */
int corrupt_last(batch *b, const session *s, const row_fields *row, uint32_t fault, uint64_t number);

/* Whether the file's answer is still the one to expect. */
bool corrupt_keeps_answer(uint32_t fault);

#endif
