/* A training run: what belongs together, and what its checkpoints see of it. */
#ifndef TRMI_LEARNING_TRAINER_H
#define TRMI_LEARNING_TRAINER_H

#include "lib/interchange/labels.h"
#include "lib/learning/optimiser.h"
#include "lib/learning/slots.h"
#include "lib/learning/team.h"

struct trm_trainer {
    trm_allocator allocator;
    trm_train_options options;
    trm_executor executor;
    void *image, *average_image; /* .trm files in memory, whose weights change */
    size_t image_bytes;
    trm_model *model, *average; /* opened in place over them */
    trmi_parameters parameters;
    trmi_optimiser optimiser;
    trmi_set *sets;
    uint32_t set_count;
    trmi_slots slots;
    trmi_team team;
    trmi_desk *desks; /* executor.width */
    float *sums;      /* of `held` shards, parameters.sums_count numbers each */
    uint32_t held;    /* shards whose sums are in memory: options.shards, or fewer, added up round by round */
    trmi_labels labels; /* metadata for the files that the run writes */
    uint64_t step;      /* made */
    uint32_t
        awaited;    /* sets of the checkpoint that the run goes on from, while not all of them are given; else
                    0 */
    char *awaiting; /* its path */
};

/* A run at its first step, its slots empty; options have been checked. The model's file is `image`, which
 * becomes the trainer's even after a failure. */
trm_status trmi_trainer_begin(trm_trainer **trainer, const trm_train_options *options,
                              const trm_allocator *allocator, void *image, size_t bytes,
                              const trm_puzzles *puzzles, trm_error *error);

/* Whether the run has all of its sets. TRM_ERROR_ARGUMENT. */
trm_status trmi_trainer_ready(const trm_trainer *trainer, trm_error *error);

/* The caller's options, or the defaults, within their bounds. */
trm_status trmi_train_options_read(trm_train_options *to, const trm_train_options *from, trm_error *error);
trm_status trmi_train_options_check(const trm_train_options *options, trm_error *error);

/* Only nodes say of single positions whether they are right. */
static inline double trmi_trainer_cell_weight(const trm_trainer *trainer)
{
    return trmi_halts_by_head(&trainer->model->config) ? 0.0 : trainer->options.cell_weight;
}

/* Where a parameter lies in the averaged model. */
static inline float *trmi_trainer_average(const trm_trainer *trainer, const trmi_parameter *parameter)
{
    return (float *)((char *)trainer->average_image +
                     ((const char *)parameter->used - (const char *)trainer->image));
}

#endif
