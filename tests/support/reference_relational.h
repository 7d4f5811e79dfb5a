/* Relational models in double precision, written from doc/model.md alone, as plainly as it can be written:
 * what the library's answers are compared with. It shares nothing with lib/: its relations are lists that it
 * finds by asking of every pair of nodes whether the one hears the other. One question at a time, matrices
 * row after row, nothing padded. Numbers in parentheses are the formulas of doc/model.md. */
#ifndef TRM_TESTS_REFERENCE_RELATIONAL_H
#define TRM_TESTS_REFERENCE_RELATIONAL_H

#include <stdbool.h>
#include <stdint.h>

enum { REFERENCE_RELATIONS = 32, REFERENCE_BLOCKS = 16 };

typedef enum reference_level { REFERENCE_POSITIONS, REFERENCE_FIELDS, REFERENCE_NODES } reference_level;

/* An element's list is heard[first[element]] .. heard[first[element + 1] - 1]. */
typedef struct reference_lists {
    uint32_t *first, *heard;
} reference_lists;

typedef struct reference_relation {
    const char *name; /* up, cell, offset(1,-2), ...; any where lists are given */
    reference_level level;
    bool sum, maximum;
    bool node; /* the sum has no factor (18) */
} reference_relation;

typedef struct reference_block {
    double *own;                      /* W0: 2H x D */
    double *sum[REFERENCE_RELATIONS]; /* likewise; NULL where the relation has none */
    double *maximum[REFERENCE_RELATIONS];
    double *down; /* D x H */
} reference_block;

typedef struct reference_relational {
    uint32_t channels, hidden, blocks, cycles, updates;
    uint32_t vocabulary, first_value;
    bool with_fields;
    uint32_t features;
    bool product; /* halting by (24) instead of (23) */
    uint32_t relations;
    reference_relation relation[REFERENCE_RELATIONS];
    reference_block block[REFERENCE_BLOCKS];
    double *embed;             /* rows of (14) x D */
    double *feature_embed;     /* features x D */
    double *start_y, *start_z; /* D */
    double *head, *head_bias;  /* 1 or V x D, 1 or V */
    double *halt, halt_bias;   /* D */
} reference_relational;

/* What is asked. What the model does not need may be NULL or 0. */
typedef struct reference_question {
    uint32_t positions, fields, helpers; /* fields: 1 without */
    uint32_t rows, columns, box_rows, box_columns;
    const int32_t *tokens, *helper_tokens;
    const double *feature_values; /* positions, then helpers, x features */
    /* at the relation's level; first is NULL where the name tells */
    reference_lists given[REFERENCE_RELATIONS];
    const double *noisy_z; /* N x D, the start instead of z0 */
} reference_question;

typedef struct reference_thought {
    uint32_t nodes;                             /* helpers included */
    double *x, *y, *z;                          /* nodes x D */
    double *first_z;                            /* z after the last step's first evaluation */
    reference_lists lists[REFERENCE_RELATIONS]; /* of nodes */
} reference_thought;

/* x, the start, and who hears whom. Ends the test program when there is no memory. */
reference_thought *reference_thought_create(const reference_relational *model,
                                            const reference_question *question);
void reference_thought_free(reference_thought *thought);

/* One evaluation of net on v (nodes x D), in place. */
void reference_relational_evaluate(const reference_relational *model, const reference_thought *thought,
                                   double *v);

/* One supervision step (3). */
void reference_relational_step(const reference_relational *model, reference_thought *thought);

/* Any of them may be NULL. logits: positions x fields, or V without fields (21); belief: each answering
 * node's c (22); confidence: the logit of each position's (25). Returns the halt logit. */
double reference_relational_read(const reference_relational *model, const reference_question *question,
                                 const reference_thought *thought, double *logits, double *belief,
                                 double *confidence);

/* Who hears whom by name (doc/model.md, "Relations by name"): whether position, or value, i hears j. Ends the
 * test program for a name that there is not. */
bool reference_hears(const reference_question *question, const char *name, uint32_t i, uint32_t j);

#endif
