/* What a puzzle of a set brings along: a shape, lists of who hears whom, helpers, real numbers. One block of
   memory. */
#ifndef TRMI_PUZZLES_SHEET_H
#define TRMI_PUZZLES_SHEET_H

#include "lib/puzzles/task_options.h"

typedef struct trmi_sheet {
    trm_shape shape;            /* what the puzzle says of it; 0: its task's own */
    uint32_t positions;         /* S */
    uint32_t features;          /* numbers of each position and helper */
    uint8_t *question, *answer; /* S tokens each, in sets whose puzzles have shapes of their own; else NULL */
    int32_t *helper_tokens;     /* shape.helpers */
    float *numbers;             /* (S + helpers) x features */
    trm_relation *relations;    /* `lists` is filled in */
    size_t relation_count;
    uint64_t bytes; /* of the block */
} trmi_sheet;

/* A copy of what question `index` brings, its relations' lists filled in; `own` makes room for its tokens.
 * TRM_ERROR_MEMORY. */
trm_status trmi_sheet_make(trmi_sheet **sheet, const trm_questions *questions, size_t index,
                           const trm_shape *shape, uint32_t positions, uint32_t features, bool own,
                           const trm_allocator *allocator, trm_error *error);

/* Accepts NULL. */
void trmi_sheet_free(trmi_sheet *sheet, const trm_allocator *allocator);

/* Checks that offsets begin at 0 and never fall, and that each list ascends and has numbers below `elements`.
   TRM_ERROR_PUZZLE, TRM_ERROR_ARGUMENT. */
trm_status trmi_sheet_check(const trm_questions *questions, uint32_t positions, trm_error *error);

/* Judges the answer by the rules of its task, as far as the lists that they speak of are there; then as
 * trmi_task_agree() does. *offset is the cell that is wrong. TRM_ERROR_PUZZLE, TRM_ERROR_MEMORY. */
trm_status trmi_sheet_agree(const trmi_sheet *sheet, const trmi_task *task, const uint8_t *question,
                            const uint8_t *answer, const trm_allocator *allocator, size_t *offset,
                            trm_error *error);

/* The shape with what its task knows filled in. TRM_ERROR_PUZZLE. */
trm_status trmi_sheet_shape(trmi_shape *to, const trmi_task *task, const trm_shape *shape, uint32_t positions,
                            trm_error *error);

/* A checksum of everything in it, behind another. */
uint32_t trmi_sheet_checksum(const trmi_sheet *sheet, uint32_t before);

#endif
