/* Puzzles as people look at them. */
#ifndef TRM_CLI_GRID_H
#define TRM_CLI_GRID_H

#include <stdbool.h>
#include <trm/trm.h>

/* A question and its answer. A given is a cell that is not blank in the question; without a known blank, one
 * that the answer left as it was. */
typedef struct drawing {
    const trm_model_info *info;
    const char *question, *answer; /* S characters each */
    const float *probabilities;    /* S */
    char blank;                    /* 0: unknown */
    bool colours;
} drawing;

/* Draws the answer as the model's grid on standard output: givens bold, givens that the answer changed
 * reversed, other cells in the colour of how sure the model is. */
void draw_grid(const drawing *d);

/* A line under it: how many givens were changed, why it stopped, after how many steps, and how sure the model
 * is; then the finding. */
void draw_verdict(const drawing *d, uint32_t stop, uint32_t steps, float halt_probability,
                  const char *finding);

#endif
