/* What rows of puzzles have in common: characters, grid, groups, values that are alike. What is certain and
 * what is chance is told apart by how often chance alone would look the same. */
#ifndef TRMI_PUZZLES_STATISTICS_H
#define TRMI_PUZZLES_STATISTICS_H

#include "lib/puzzles/sample.h"

typedef enum trmi_grid_source {
    TRMI_GRID_NONE,
    TRMI_GRID_NAMED,     /* rows say it */
    TRMI_GRID_GROUPS,    /* rows and columns have no value twice */
    TRMI_GRID_NEIGHBOURS /* cells tell most of those that would be beside them */
} trmi_grid_source;

typedef enum trmi_likeness {
    TRMI_ALIKE,
    TRMI_UNLIKE_COUNTS,     /* one value is more frequent than another */
    TRMI_UNLIKE_PLACES,     /* at some cell */
    TRMI_UNLIKE_NEIGHBOURS, /* beside some other value */
    TRMI_UNLIKE_ORDER,      /* where a relation leads */
    TRMI_LIKENESS_UNKNOWN   /* too few rows, or too many values */
} trmi_likeness;

typedef struct trmi_statistics {
    bool in_question[256], in_answer[256];
    uint8_t blanks[8]; /* in questions alone */
    uint32_t blank_count;
    uint32_t value_count;
    uint8_t value[256];     /* of answers, ascending */
    uint8_t number_of[256]; /* of each character among the values */
    bool keeps_givens;
    uint32_t grid, rows, columns; /* trmi_grid_source */
    uint32_t groups;              /* TRM_SURVEY_* */
    uint32_t box_rows, box_columns;
    uint32_t likeness; /* trmi_likeness */
    uint8_t unlike;    /* a character that differs from the others */
    /* pairs of cells that share no group and never have the same value; 0: none, or not looked at */
    uint64_t pairs;
    bool pairs_known;
} trmi_statistics;

/* TRM_ERROR_PUZZLE for rows that contradict what nearly all others have; TRM_ERROR_MEMORY. */
trm_status trmi_statistics_find(trmi_statistics *statistics, const trmi_sample *sample, trm_error *error);

/* The same for likeness alone, of values, grid and groups that are there. */
trm_status trmi_likeness_find(trmi_statistics *statistics, const trmi_sample *sample, trm_error *error);

/* Whether the character, of a question, is given: none of the blanks. */
static inline bool trmi_statistics_gives(const trmi_statistics *s, uint8_t character)
{
    for (uint32_t i = 0; i < s->blank_count; i++)
        if (s->blanks[i] == character)
            return false;
    return true;
}

#endif
