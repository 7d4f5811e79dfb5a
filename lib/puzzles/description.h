/* A task as a text says it, a statement on each line: doc/rules.md. What a file of a model carries of it
 * are relations and rules over them. */
#ifndef TRMI_PUZZLES_DESCRIPTION_H
#define TRMI_PUZZLES_DESCRIPTION_H

#include <stdbool.h>

#include <trm/train.h>

#include "lib/task/relations.h"
#include "lib/task/rules.h"

enum {
    TRMI_DESCRIPTION_BYTES = 4096, /* of the text, with its zero */
    TRMI_DESCRIPTION_NAME_BYTES = 64,
    TRMI_DESCRIBED_RULES = 16,
    TRMI_DESCRIBED_VALUES = 16,     /* of a variable */
    TRMI_DESCRIBED_SIDE = 16,       /* rows and columns */
    TRMI_DESCRIBED_VARIABLES = 512, /* of a puzzle; rows and columns have fewer */
    TRMI_DESCRIBED_GROUP = 8        /* cells of a sum, variables of a clause */
};

typedef enum trmi_described_kind {
    TRMI_ALL_DIFFERENT,
    TRMI_CONFLICT,
    TRMI_LESS,
    TRMI_SUM,
    TRMI_CLAUSE,
    TRMI_ROUTE, /* alone, and without values: a shortest way along its pairs */
    TRMI_BARRED /* conflict of given pairs of values */
} trmi_described_kind;

/* Between whom. Every puzzle has the first four, by its size; the others it brings. */
typedef enum trmi_described_scope {
    TRMI_SCOPE_ROW,
    TRMI_SCOPE_COLUMN,
    TRMI_SCOPE_BOX,
    TRMI_SCOPE_DIAGONALS, /* both, from corner to corner */
    TRMI_SCOPE_REGIONS, /* connected, which cover the grid: of a sum with least to most cells, else with N */
    TRMI_SCOPE_NEIGHBOURS, /* least to most per cent of the pairs of cells that touch */
    TRMI_SCOPE_PAIRS,      /* each variable is in least to most tenths of a pair on average */
    TRMI_SCOPE_GROUPS      /* least to most variables, as often as it takes */
} trmi_described_scope;

typedef struct trmi_described_rule {
    uint32_t kind, scope, least, most;
} trmi_described_rule;

typedef struct trmi_description {
    char name[TRMI_DESCRIPTION_NAME_BYTES];
    char characters[TRMI_DESCRIBED_VALUES + 2]; /* the blank's, then each value's */
    bool grid;                                  /* N x N variables; else N */
    uint32_t least_values, most_values;         /* both 0: N; both 1: of ways, which have none */
    bool several; /* several answers may be right; false: as few variables are given as leave one answer */
    uint32_t least_givens, most_givens; /* several: per cent of the variables that are given */
    /* Pairs of values: of each one of the first variable a bit for each one of the second. */
    uint16_t barred[TRMI_DESCRIBED_VALUES];
    uint32_t count;
    trmi_described_rule rule[TRMI_DESCRIBED_RULES];
} trmi_description;

/* Reads the text. TRM_ERROR_FORMAT; the sentence names line and column. */
trm_status trmi_description_read(trmi_description *description, const char *text, trm_error *error);

/* The description's rule of that kind which each puzzle brings, or NULL. */
const trmi_described_rule *trmi_description_brought(const trmi_description *description, uint32_t kind);

/* Whether no two of so many values may stand side by side, in conflicts of given pairs: no puzzle is made. */
bool trmi_description_bars_all(const trmi_description *description, uint32_t values);

/* The most values that a variable has. */
static inline uint32_t trmi_description_values(const trmi_description *description)
{
    return description->most_values > 0 ? description->most_values : TRMI_DESCRIBED_VALUES;
}

/* Tokens of the task: a blank, and each value or what else its characters are. */
uint32_t trmi_description_vocabulary(const trmi_description *description);

/* Kinds of helpers: those of sums come first. */
uint32_t trmi_description_helper_tokens(const trmi_description *description);

/* What a model of the task hears: metadata model.relations. */
void trmi_description_relations(const trmi_description *description, trmi_relations *relations);

/* What a right answer is: metadata task.rules. */
void trmi_description_rules(const trmi_description *description, trmi_rules *rules);

#endif
