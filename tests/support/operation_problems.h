/* Operations of the tape as problems: what goes in, how the library records it, and the same mathematics in
 * double precision. */
#ifndef TRM_TESTS_OPERATION_PROBLEMS_H
#define TRM_TESTS_OPERATION_PROBLEMS_H

#include "lib/learning/operations.h"
#include "lib/learning/relational_block.h"
#include "tests/support/slopes.h"

enum { INPUTS = 3 };

typedef struct problem problem;

/* The operation on the tape, and the same in double on logical rows. */
typedef trmi_value *recording(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS]);
typedef void mathematics(const problem *p, double *const in[INPUTS], const double *matrix, double *out);

typedef struct hearing hearing;

struct problem {
    recording *record;
    mathematics *model;
    int inputs;
    grid in[INPUTS], out;
    uint32_t outputs; /* of the matrix, whose inputs are in[0]'s columns or, mixing rows, its rows; 0: none */
    bool mixes_rows, over_rows;
    bool adds; /* to gradients that are there already */
    trmi_config config;
    trmi_matrix matrix;
    float *cosines, *sines; /* N x half */
    hearing *heard;
};

enum { RELATIONS = 9, MOST_ELEMENTS = 40 };

/* Some relations among nodes, each by its table and, plainly, by what the list of each node is. */
typedef struct relation {
    trmi_relation_table table;
    uint32_t list_of[MOST_ELEMENTS], first[MOST_ELEMENTS + 1], heard[MOST_ELEMENTS * MOST_ELEMENTS];
    bool sum, max;
    bool hears[MOST_ELEMENTS][MOST_ELEMENTS]; /* nodes */
} relation;

enum { HIDDEN = TRMI_PANEL, MOST_CHANNELS = 20, SLOTS = 2 + 2 * RELATIONS };

/* A relational block whose own matrix and those of all relations are the problem's; that which leads down
 * is constant, and its gradient lies behind the problem's. */
struct hearing {
    uint32_t positions, fields, helpers;
    uint32_t count;
    relation relation[RELATIONS];
    trmi_relation_table tables[RELATIONS];
    trmi_question question;
    float down[HIDDEN * 2 * TRMI_PANEL], transposed[HIDDEN * 2 * TRMI_PANEL]; /* D x H */
    trmi_matrix down_matrix;
    const trmi_matrix *slots[SLOTS];
    trmi_block_matrices matrices;
};

uint32_t matrix_inputs(const problem *p);

/* What lies where: the matrix, and in `sums` its gradient. */
size_t matrix_place(const problem *p, uint32_t row, uint32_t column, bool in_sums);

size_t matrix_room(const problem *p);

size_t transposed_place(const problem *p, uint32_t row, uint32_t column);

/* Channel i of queries or keys, rotated by its position. */
double rotated(const problem *p, const double *head, uint32_t row, uint32_t channel);

void model_sum(const problem *p, double *const in[INPUTS], const double *matrix, double *out);

void model_product(const problem *p, double *const in[INPUTS], const double *matrix, double *out);

void model_gate(const problem *p, double *const in[INPUTS], const double *matrix, double *out);

void model_norm(const problem *p, double *const in[INPUTS], const double *matrix, double *out);

void model_attention(const problem *p, double *const in[INPUTS], const double *matrix, double *out);

uint32_t nodes_of(const hearing *h);

void draw_relation(const hearing *h, relation *r, random_source *source);

/* What is drawn, and the problem's matrix, as the tape wants it. */
void begin_hearing(hearing *h, problem *p, random_source *source);

void model_hearing(const problem *p, double *const in[INPUTS], const double *matrix, double *out);

trmi_value *record_hearing(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS]);

trmi_value *record_sum(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS]);

trmi_value *record_product(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS]);

trmi_value *record_gate(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS]);

trmi_value *record_norm(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS]);

trmi_value *record_attention(trmi_tape *tape, const problem *p, trmi_value *in[INPUTS]);

#endif
