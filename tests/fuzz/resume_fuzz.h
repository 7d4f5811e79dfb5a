/* What the target has seen, and the puzzles that its checkpoints learn from. */
#ifndef TRM_TESTS_FUZZ_RESUME_FUZZ_H
#define TRM_TESTS_FUZZ_RESUME_FUZZ_H

#include <trm/train.h>

/* Refused; resumed; of those: no step, because numbers overflow; a step, and nothing saved, for the same
 * reason; a step, saved, and resumed again. The rest takes long for a step. */
enum { REFUSED, RESUMED, NO_STEP, UNSAVED, SAVED, OUTCOMES };
const uint64_t *resume_outcomes(void);

const trm_puzzles *resume_puzzles(void);

#endif
