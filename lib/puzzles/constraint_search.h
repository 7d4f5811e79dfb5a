/* Exact search, depth first: what values cells may still have is narrowed by every constraint that is
 * concerned, then the cell with the fewest is tried. */
#ifndef TRMI_PUZZLES_CONSTRAINT_SEARCH_H
#define TRMI_PUZZLES_CONSTRAINT_SEARCH_H

#include "lib/core/generator.h"
#include "lib/puzzles/constraints.h"

typedef enum trmi_found { TRMI_FOUND_NONE, TRMI_FOUND_ONE, TRMI_FOUND_TIRED /* nobody knows */ } trmi_found;

typedef struct trmi_constraint_search trmi_constraint_search;

trm_status trmi_constraint_search_create(const trm_allocator *allocator, trmi_constraint_search **search,
                                         trm_error *error);
void trmi_constraint_search_free(trmi_constraint_search *search);

/* Learns which constraints concern which cells; to be called again when some were added. False where
 * there are too many. */
bool trmi_constraint_search_take(trmi_constraint_search *search, const trmi_constraints *constraints);

/* What is tried first from now on: the cell whose value is preferred most clearly, with that value.
 * `preferences` has cells x values numbers, none NaN, and is borrowed. NULL: no preference. */
void trmi_constraint_search_prefer(trmi_constraint_search *search, const float *preferences);

/* Looks for an answer with values from `allowed`, a bit for each of a cell, in at most `nodes` tries.
 * Values are tried from the lowest, or at random. `answer` receives it. */
trmi_found trmi_constraint_search_run(trmi_constraint_search *search, const uint16_t *allowed, uint32_t nodes,
                                      trmi_generator *random, uint8_t *answer);

#endif
