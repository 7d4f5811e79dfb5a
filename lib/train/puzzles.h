/* A set of puzzles in memory, as tokens. */
#ifndef TRMI_TRAIN_PUZZLES_H
#define TRMI_TRAIN_PUZZLES_H

#include "lib/train/task.h"

struct trm_puzzles {
    trm_allocator allocator;
    trmi_task task;
    uint64_t count, capacity;
    uint8_t *tokens;   /* capacity x 2 x cells: question, then answer */
    uint32_t *ratings; /* capacity */
};

static inline uint8_t *trmi_puzzles_pair(const trm_puzzles *puzzles, uint64_t index)
{
    return puzzles->tokens + index * 2 * puzzles->task.cells;
}

/* cells tokens each, below task.vocabulary; valid until puzzles are added. */
static inline const uint8_t *trmi_puzzles_question(const trm_puzzles *puzzles, uint64_t index)
{
    return trmi_puzzles_pair(puzzles, index);
}
static inline const uint8_t *trmi_puzzles_answer(const trm_puzzles *puzzles, uint64_t index)
{
    return trmi_puzzles_pair(puzzles, index) + puzzles->task.cells;
}

/* Makes room for `more` puzzles behind the last one. */
trm_status trmi_puzzles_reserve(trm_puzzles *puzzles, uint64_t more, trm_error *error);

#endif
