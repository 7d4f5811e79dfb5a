/* What a row of a table says beside the puzzle: the columns rows, columns and regions. */
#ifndef TRMI_PUZZLES_TABLE_EXTRAS_H
#define TRMI_PUZZLES_TABLE_EXTRAS_H

#include "lib/puzzles/list.h"

typedef struct trmi_table_extras {
    trm_shape shape;       /* rows 0: the row does not say */
    trm_relation relation; /* "box"; first NULL: the row has no regions */
    uint32_t *numbers;     /* the lists of regions */
    uint64_t room;
} trmi_table_extras;

/* Reads what the row that the list is at says. TRM_ERROR_FORMAT, TRM_ERROR_PUZZLE, TRM_ERROR_MEMORY. */
trm_status trmi_table_extras_read(trmi_table_extras *extras, const trm_csv *list, trm_error *error);
void trmi_table_extras_end(trmi_table_extras *extras, const trm_allocator *allocator);

/* Puts them into a question, which borrows them. */
void trmi_table_extras_put(const trmi_table_extras *extras, trm_questions *question);

#endif
