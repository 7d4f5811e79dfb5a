/* What is asked of the runs of a question: how many there are, what they see, who judges them. */
#ifndef TRMI_SOLVE_DEMANDS_H
#define TRMI_SOLVE_DEMANDS_H

#include "lib/model/model.h"
#include "lib/task/shape.h"

enum { TRMI_SEARCH_BUDGET = 4096 }; /* steps of a search, where the caller names no budget */

/* What runs, policy, search and rules ask of one another. Options are complete. TRM_ERROR_ARGUMENT. */
trm_status trmi_demands_check(const trm_model *model, const trm_solve_options *options, trm_error *error);

/* Checks that the views exist for that shape, and that no lists of a question or a file would have to be
 * moved with them; questions may be NULL. TRM_ERROR_ARGUMENT. */
trm_status trmi_views_check(const trm_model *model, const trm_solve_options *options, const trmi_shape *shape,
                            const trm_questions *questions, trm_error *error);

/* Runs of a puzzle that there must be room for. */
uint32_t trmi_demands_seats(const trm_solve_options *options);

/* Whether the rules are asked after every step, and end a run when they call its answer right. */
bool trmi_demands_rules(const trm_model *model, const trm_solve_options *options);

/* Whether runs start from random numbers, so that each is another one. */
bool trmi_starts_at_random(const trm_model *model, const trm_solve_options *options);

#endif
