/* One supervision step of one puzzle: thinking without gradient, then the last recursion with it.
 * doc/model.md, "Training". */
#ifndef TRMI_LEARNING_LESSON_H
#define TRMI_LEARNING_LESSON_H

#include "lib/core/executor.h"
#include "lib/learning/loss.h"
#include "lib/learning/nearest.h"
#include "lib/learning/network.h"
#include "lib/net/evaluate.h"
#include "lib/net/rotary.h"

/* What all lessons of an optimiser step have in common. */
typedef struct trmi_lesson_plan {
    uint32_t cycles, updates; /* T and n, which a curriculum lowers */
    bool recompute;           /* keep one state an evaluation and compute the rest again on the way back */
    double smoothing;         /* of the labels */
    double halt_weight, cell_weight;
} trmi_lesson_plan;

typedef struct trmi_lesson {
    trmi_question question;
    const int32_t *labels; /* S, negative: not counted */
    /* S: receives the right answer nearest to the model's, which then is the label; NULL: none is looked for
       */
    int32_t *nearest;
    float *y, *z;           /* the state, N x D in panels; becomes the next one */
    float *sums;            /* gradients are added here (lib/learning/parameters.h) */
    float *puzzle_gradient; /* that of the puzzle's embedding, stored; NULL without a table */
    trmi_loss loss;
    float halt_logit;
} trmi_lesson;

/* What one thread needs to teach. */
typedef struct trmi_desk {
    const trm_model *model;
    const trmi_parameters *parameters;
    const trm_allocator *allocator;
    trmi_lesson_plan plan;
    trmi_gradients gradients;
    trm_executor executor; /* this thread */
    trmi_activations activations;
    trmi_scratch scratch;
    trmi_tape tape;
    trmi_value **evaluations; /* recompute: a, b, c and result of each */
    uint32_t evaluation_count;
    trmi_rotary rotary;
    float *rotary_back;
    float *spare;         /* two states, for the caller */
    trmi_nearest *search; /* for right answers, or NULL */
    void *memory, *tape_memory;
    uint64_t memory_bytes, tape_bytes; /* tape_bytes: what a lesson takes */
} trmi_desk;

/* Prepares for lessons of at most the plan's updates, about questions with the extents and relations of
   these. */
trm_status trmi_desk_begin(trmi_desk *desk, const trm_model *model, const trmi_parameters *parameters,
                           const trmi_lesson_plan *plan, const trmi_question *const *questions,
                           uint32_t count, const trm_allocator *allocator, trm_error *error);
void trmi_desk_end(trmi_desk *desk);

/* The first T - 1 cycles of a supervision step. */
void trmi_lesson_think(trmi_desk *desk, trmi_lesson *lesson);

/* The last cycle: loss, gradients, the next state. */
void trmi_lesson_learn(trmi_desk *desk, trmi_lesson *lesson);

/* The last cycle without gradients. */
void trmi_lesson_try(trmi_desk *desk, trmi_lesson *lesson);

#endif
