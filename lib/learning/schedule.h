/* What changes in the course of a run. */
#ifndef TRMI_LEARNING_SCHEDULE_H
#define TRMI_LEARNING_SCHEDULE_H

#include <trm/train.h>

#include "lib/model/config.h"

/* The share of the learning rates at a step, counted from 0: warm-up, then a cosine to 0 or a constant. */
double trmi_schedule_rate(const trm_train_options *options, uint64_t step);

/* T and n at a step: the model's own; fewer at first in a curriculum on depth (arXiv 2511.08653). */
void trmi_schedule_depth(const trm_train_options *options, const trmi_config *config, uint64_t step,
                         uint32_t *cycles, uint32_t *updates);

#endif
