/* A set of puzzles in memory, as tokens. */
#ifndef TRMI_PUZZLES_PUZZLES_H
#define TRMI_PUZZLES_PUZZLES_H

#include "lib/puzzles/sheet.h"

struct trm_puzzles {
    trm_allocator allocator;
    trmi_task task;
    trmi_task_text text; /* of the task */
    uint64_t count, capacity;
    uint8_t *tokens;     /* capacity x 2 x cells: question, then answer */
    uint32_t *ratings;   /* capacity */
    trmi_sheet **sheets; /* capacity, NULL for puzzles that bring nothing; NULL: none does */
    uint32_t features;   /* numbers of each position and helper, the same in all puzzles */
};

/* Whether each puzzle has a shape of its own: then each has a sheet, and its tokens are there. */
static inline bool trmi_puzzles_vary(const trm_puzzles *puzzles)
{
    return puzzles->task.shape.positions == 0;
}

static inline const trmi_sheet *trmi_puzzles_sheet(const trm_puzzles *puzzles, uint64_t index)
{
    return puzzles->sheets != NULL ? puzzles->sheets[index] : NULL;
}

static inline uint8_t *trmi_puzzles_pair(const trm_puzzles *puzzles, uint64_t index)
{
    return puzzles->tokens + index * 2 * puzzles->task.shape.positions;
}

/* Tokens below task.vocabulary, as many as trmi_puzzles_positions(); valid until puzzles are added. */
static inline const uint8_t *trmi_puzzles_question(const trm_puzzles *puzzles, uint64_t index)
{
    return trmi_puzzles_vary(puzzles) ? puzzles->sheets[index]->question : trmi_puzzles_pair(puzzles, index);
}
static inline const uint8_t *trmi_puzzles_answer(const trm_puzzles *puzzles, uint64_t index)
{
    return trmi_puzzles_vary(puzzles) ? puzzles->sheets[index]->answer
                                      : trmi_puzzles_pair(puzzles, index) + puzzles->task.shape.positions;
}
static inline uint32_t trmi_puzzles_positions(const trm_puzzles *puzzles, uint64_t index)
{
    return trmi_puzzles_vary(puzzles) ? puzzles->sheets[index]->positions : puzzles->task.shape.positions;
}

/* Makes room for `more` puzzles behind the last one. */
trm_status trmi_puzzles_reserve(trm_puzzles *puzzles, uint64_t more, trm_error *error);

/* Keeps what question number `in` of `questions` brings as that of puzzle `index`, for which there is room:
 * `positions` cells, and `features` numbers for each. A puzzle that brings nothing and has the set's shape
 * gets no sheet. TRM_ERROR_MEMORY, TRM_ERROR_PUZZLE. */
trm_status trmi_puzzles_bring(trm_puzzles *puzzles, uint64_t index, const trm_questions *questions, size_t in,
                              const trm_shape *shape, uint32_t positions, uint32_t features,
                              trm_error *error);

/* Where the question's tokens go, then the answer's. */
void trmi_puzzles_places(const trm_puzzles *puzzles, uint64_t index, uint8_t **question, uint8_t **answer);

/* Whether the answer fits its question, by the task, or by its rules for what the puzzle brings. */
trm_status trmi_puzzles_agree(const trm_puzzles *puzzles, uint64_t index, size_t *offset, trm_error *error);

/* Works out what a model of a described task hears. The text must stay where it is. */
void trmi_described_hear(trmi_task_text *text);

/* Forgets the sheets of puzzles behind the last. */
void trmi_puzzles_forget(trm_puzzles *puzzles);

#endif
