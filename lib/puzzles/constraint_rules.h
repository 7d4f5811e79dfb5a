/* The rules by which answers are verified, as constraints of one question. */
#ifndef TRMI_PUZZLES_CONSTRAINT_RULES_H
#define TRMI_PUZZLES_CONSTRAINT_RULES_H

#include "lib/puzzles/constraints.h"

/* What the rules speak of. */
typedef struct trmi_ruled {
    const trmi_rules *rules;
    const trmi_relation_table *table[TRMI_RULES]; /* of each rule's relation */
    uint32_t positions, values;
} trmi_ruled;

/* Whether all of the rules are about values in lists. */
bool trmi_rules_are_constraints(const trmi_rules *rules);

/* False where there is no room for them, or a list does not suit its rule. */
bool trmi_constraints_of_rules(trmi_constraints *constraints, const trmi_ruled *ruled);

#endif
