/* What a task is: its grid, the character of each token, and when a question contradicts its answer. */
#ifndef TRMI_TRAIN_TASK_H
#define TRMI_TRAIN_TASK_H

#include <stdbool.h>

#include <trm/train.h>

enum {
    TRMI_TASK_NAME_BYTES = 64,    /* with its zero */
    TRMI_TASK_VOCABULARY = 256,   /* a token is a byte in a set of puzzles */
    TRMI_TASK_CELLS = 65536,      /* of any task */
    TRMI_TASK_PATH_SIDE = 64,     /* rows and columns of a path grid */
    TRMI_TASK_SUDOKU_DIGITS = 16, /* rows and columns of a Sudoku */
};

typedef enum trmi_task_kind {
    TRMI_TASK_OTHER, /* no symmetries, no rules */
    TRMI_TASK_SUDOKU,
    TRMI_TASK_PATH
} trmi_task_kind;

/* The published tokens; 0 is padding and has no character. */
enum { TRMI_SUDOKU_BLANK = 1 }; /* digit d is token 1 + d */
enum { TRMI_PATH_WALL = 1, TRMI_PATH_FREE = 2, TRMI_PATH_START = 3, TRMI_PATH_GOAL = 4, TRMI_PATH_STEP = 5 };

typedef struct trmi_task {
    trmi_task_kind kind;
    char name[TRMI_TASK_NAME_BYTES];
    uint32_t rows, columns, cells;               /* of the grid; cells = rows x columns */
    uint32_t box_rows, box_columns;              /* Sudoku; else 0 */
    uint32_t vocabulary;                         /* tokens are below it */
    uint8_t character[TRMI_TASK_VOCABULARY + 1]; /* of each token, 0: none; behind the last one 0 */
    int16_t token[256];                          /* of each character, -1: none */
} trmi_task;

/* Checks what a caller says of a task, and fills in the defaults. */
trm_status trmi_task_read(trmi_task *task, const trm_task *given, trm_error *error);

/* Turns text into tokens; `length` must be the task's cells. On failure *offset is the character that is
 * wrong (0 for a wrong length) and the sentence does not say where. TRM_ERROR_PUZZLE. */
trm_status trmi_task_encode(const trmi_task *task, const char *text, size_t length, uint8_t *tokens,
                            size_t *offset, trm_error *error);

/* The characters of cells tokens, '?' for one that has none. No zero behind them. */
void trmi_task_decode(const trmi_task *task, const uint8_t *tokens, char *text);

/* Whether the answer answers the question: Sudoku: every given is in the answer, which is full; path: the
 * answer is the question with some free cells on the path. *offset is the cell that contradicts.
 * TRM_ERROR_PUZZLE. */
trm_status trmi_task_agree(const trmi_task *task, const uint8_t *question, const uint8_t *answer,
                           size_t *offset, trm_error *error);

#endif
