/* The puzzles on their way: each keeps its state from one supervision step to the next, until it halts and
 * another takes its slot. Which one depends on the seed and on how many were drawn before. */
#ifndef TRMI_LEARNING_SLOTS_H
#define TRMI_LEARNING_SLOTS_H

#include "lib/learning/lesson.h"
#include "lib/learning/sets.h"

typedef struct trmi_slot {
    uint64_t number;                /* of the draw */
    uint32_t steps;                 /* supervision steps made */
    uint32_t least;                 /* steps before which it may not halt */
    const trmi_set *set;            /* the set that the puzzle is from */
    trmi_question question;         /* the puzzle */
    trmi_relation_table *relations; /* room for its tables */
    int32_t *tokens, *labels;       /* S */
    int32_t *nearest;               /* S: room for a step's labels, where `several` */
    bool several;                   /* other answers than the set's may be right, too */
    uint32_t
        identifier; /* its row of puzzle embeddings: always 0, as puzzles of a set have none of their own */
    float *y, *z;   /* options.states times N x D, each with room for the largest puzzle's */
    float *puzzle_gradient; /* puzzle_width, or NULL */
    trmi_loss loss;         /* of the last step */
    float halt_logit;
} trmi_slot;

typedef struct trmi_slots {
    const trm_model *model;
    const trmi_set *sets;
    uint32_t set_count;
    const trm_train_options *options;
    const trm_allocator *allocator;
    trmi_slot *slots;         /* options.batch */
    float *states;            /* y, z and puzzle_gradient, slot after slot */
    size_t slot_numbers;      /* numbers of one slot in `states` */
    float *start_y, *start_z; /* states x D: where puzzles begin */
    uint64_t drawn;           /* puzzles so far */
    trmi_nearest *search;     /* for other right answers, or NULL */
    void *memory;
    uint64_t bytes;
} trmi_slots;

/* Empty slots; trmi_slots_fill() or trmi_slots_restore() follows. */
trm_status trmi_slots_begin(trmi_slots *slots, const trm_model *model, const trmi_set *sets,
                            uint32_t set_count, const trm_train_options *options,
                            const trm_allocator *allocator, trm_error *error);
void trmi_slots_end(trmi_slots *slots);

/* Every slot gets its first puzzle. */
void trmi_slots_fill(trmi_slots *slots);

/* The puzzle of the slot's number, its state untouched. */
void trmi_slots_restore(const trmi_slots *slots, trmi_slot *slot);

/* Counts the step that the slot made; returns whether its puzzle halts. */
bool trmi_slots_halts(const trmi_slots *slots, trmi_slot *slot);

/* The next puzzle for a slot. */
void trmi_slots_replace(trmi_slots *slots, trmi_slot *slot);

/* Rows that a state has room for: N of the largest puzzle. */
uint32_t trmi_slots_rows(const trmi_slots *slots);

/* Numbers of such a state. */
size_t trmi_slots_state(const trmi_slots *slots);

#endif
