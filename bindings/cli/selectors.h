/* Which ways to choose among several runs can be trusted: tried on puzzles that the model has not learnt
   from. */
#ifndef TRM_CLI_SELECTORS_H
#define TRM_CLI_SELECTORS_H

#include "bindings/cli/session.h"
#include "bindings/cli/sweep.h"

enum { SELECTORS = 5, SELECTOR_WORDS = 64 }; /* one run, then the policies; bytes of all their names */

/* What came of puzzles of one class. */
typedef struct selector_score {
    uint64_t puzzles, right, sure, mistaken, steps;
} selector_score;

typedef struct selector_scores {
    selector_score score[MOST_CLASSES][SELECTORS];
    bool has_rules; /* or the last one cannot be tried */
} selector_scores;

/* "one run", then the policies' names. */
const char *selector_name(int selector);

/* The options of a solve that stops above the threshold and chooses so, of those that all have in common. */
trm_solve_options selector_options(const trm_solve_options *common, int selector, uint32_t runs,
                                   double threshold);

/* The names of those that can be trusted: of each class at most `wrong` of what they call right is wrong, and
 * they answer as many puzzles rightly as one run does. "none" where there are none. */
void selectors_trusted(const selector_scores *s, size_t classes, double wrong, char to[SELECTOR_WORDS]);

void selectors_print(const selector_scores *s, const sweep *classes, uint32_t runs);

#endif
