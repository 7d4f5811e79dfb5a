/* Families of puzzles: what holds for all puzzles of a kind, whatever their size and whoever answers them. A
 * file for each; families.c has the table. */
#ifndef TRMI_TASK_FAMILY_H
#define TRMI_TASK_FAMILY_H

#include "lib/core/export.h"
#include "lib/task/shape.h"

/* Transformations that turn questions into questions and their answers into those questions' answers: a set
   of these. */
typedef enum trmi_symmetry_name {
    TRMI_DIGITS = 1,     /* interchangeable values change places */
    TRMI_BANDS = 2,      /* rows of boxes change places */
    TRMI_STACKS = 4,     /* columns of boxes */
    TRMI_ROWS = 8,       /* rows, within their band where there are boxes */
    TRMI_COLUMNS = 16,   /* columns, within their stack */
    TRMI_MIRROR = 32,    /* upside down, and left to right */
    TRMI_TRANSPOSE = 64, /* rows become columns */
} trmi_symmetry_name;

typedef enum trmi_family_kind {
    TRMI_SUDOKU,
    TRMI_LATIN,
    TRMI_PATH,
    TRMI_GRID,
    TRMI_GRAPH,
    TRMI_COLOURING,
    TRMI_JIGSAW
} trmi_family_kind;

/* Firmware makes no models. */
#ifdef TRM_FREESTANDING
#define TRMI_OF_NEW_MODELS(text) NULL
#else
#define TRMI_OF_NEW_MODELS(text) text
#endif

typedef struct trmi_family {
    uint32_t kind;            /* trmi_family_kind */
    const char *const *names; /* metadata task.name; the first is the family's own, NULL behind the last */
    const char *alphabet;     /* characters from token 1 on; NULL: each task has its own */
    const char *blanks;       /* characters of an empty cell, the usual one first */
    uint32_t side;            /* the most rows and columns; 0: positions alone are bounded */
    bool values_of_side;   /* squares; as many values as rows, and the alphabet ends with the last of them */
    bool interchangeable;  /* values that are no blank may change places */
    bool either_case;      /* a letter may be typed small where the alphabet has the capital */
    bool has_boxes;        /* where nobody names other ones */
    bool keeps_givens;     /* what a question gives is in its answer */
    const char *relations; /* of a new relational model: metadata model.relations */
    const char *rules;     /* metadata task.rules, when a file does not say */
    uint32_t (*symmetries)(const trmi_shape *shape); /* a set of trmi_symmetry_name */
} trmi_family;

/* Their rows, for the table. */
extern const trmi_family trmi_sudoku_family, trmi_latin_family, trmi_path_family, trmi_grid_family,
    trmi_graph_family, trmi_colouring_family, trmi_jigsaw_family;

/* The family of a task with that name. `exact` tells whether it is one of the family's names; a name that
 * goes on behind one ("sudoku-extreme") looks like the family, but nobody knows whether it has its rules and
 * symmetries. Names of no family: grids, or graphs where there are none. */
TRMI_EXPORT const trmi_family *trmi_family_of(const char *name, bool grid, bool *exact);

/* The family of that kind (trmi_family_kind), NULL behind the last. */
TRMI_EXPORT const trmi_family *trmi_family_at(uint32_t kind);

#endif
