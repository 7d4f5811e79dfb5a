/* Puzzles as people look at them. */
#ifndef TRM_CLI_GRID_H
#define TRM_CLI_GRID_H

#include <stdbool.h>
#include <trm/trm.h>

/* Draws question and answer (S characters each) as the model's grid on standard output: givens bold, cells
 * that the model is less sure of in another colour. `probabilities` has S numbers. */
void draw_grid(const trm_model_info *info, const char *question, const char *answer,
               const float *probabilities, bool colours);

/* A line under it: why it stopped, after how many steps, and how sure the model is. */
void draw_verdict(uint32_t stop, uint32_t steps, float halt_probability, bool colours);

/* "signal", "stable", "limit", "deadline" */
const char *stop_name(uint32_t stop);

#endif
