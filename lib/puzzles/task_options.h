/* A task as callers describe it, the text of its puzzles, and when a question contradicts its answer. */
#ifndef TRMI_PUZZLES_TASK_OPTIONS_H
#define TRMI_PUZZLES_TASK_OPTIONS_H

#include <trm/train.h>

#include "lib/puzzles/description.h"
#include "lib/task/task.h"

enum {
    TRMI_TASK_NAME_BYTES = 64,  /* with its zero */
    TRMI_TASK_VOCABULARY = 256, /* a token is a byte in a set of puzzles */
    TRMI_TASK_CELLS = 65536,    /* of any task */
    TRMI_TASK_FEATURES = 256    /* of each position */
};

/* The published tokens; 0 is padding and has no character. */
enum { TRMI_SUDOKU_BLANK = 1 }; /* digit d is token 1 + d */
enum { TRMI_PATH_WALL = 1, TRMI_PATH_FREE = 2, TRMI_PATH_START = 3, TRMI_PATH_GOAL = 4, TRMI_PATH_STEP = 5 };

/* What a task names, for as long as it is used: it must not be moved. */
typedef struct trmi_task_text {
    char name[TRMI_TASK_NAME_BYTES];
    char characters[TRMI_TASK_VOCABULARY + 1]; /* of each token, 0: none; behind the last one 0 */
    uint32_t features;                         /* numbers of each position, 0: as the first puzzle has */
    char rules[TRMI_DESCRIPTION_BYTES];        /* a description, which then is read below; "": none */
    trmi_description description;
    char judged[TRMI_RULES_BYTES]; /* its rules, as metadata task.rules */
    trmi_relations relations;      /* what a model of it hears, and the same for callers */
    trm_relation_info heard[TRMI_RELATIONS];
} trmi_task_text;

/* Checks what a caller says of a task, and fills in the defaults. */
trm_status trmi_task_read(trmi_task *task, trmi_task_text *text, const trm_task *given, trm_error *error);

/* Whether it is the known task of that family, with the published tokens. */
bool trmi_task_is(const trmi_task *task, uint32_t kind);

/* The token of a number in a list: 0 for a blank, v for the v-th value, where the task has these; else the
 * token of that number, if it has a character. -1 for none. */
int32_t trmi_task_token(const trmi_task *task, int32_t number);

/* Turns text into tokens; `length` must be the task's cells, where it has a shape. On failure *offset is the
 * character that is wrong (0 for a wrong length) and the sentence does not say where. TRM_ERROR_PUZZLE. */
trm_status trmi_task_encode(const trmi_task *task, const char *text, size_t length, uint8_t *tokens,
                            size_t *offset, trm_error *error);

/* The characters of `count` tokens, '?' for one that has none. No zero behind them. */
void trmi_task_decode(const trmi_task *task, const uint8_t *tokens, uint32_t count, char *text);

/* Whether the answer answers the question: Sudoku: every given is in the answer, which is full; path: the
 * answer is the question with some free cells on the path. *offset is the cell that contradicts.
 * TRM_ERROR_PUZZLE. */
trm_status trmi_task_agree(const trmi_task *task, const uint8_t *question, const uint8_t *answer,
                           size_t *offset, trm_error *error);

#endif
