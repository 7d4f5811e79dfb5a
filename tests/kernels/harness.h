/* The kernel harness: random numbers, twin buffers, questions, and the cases that every variant is put to. */
#ifndef TRM_TESTS_HARNESS_H
#define TRM_TESTS_HARNESS_H

#include <stdbool.h>

#include "lib/kernels/gradients.h"

/* -- random numbers -- */

extern uint64_t harness_state;
extern bool overflowing; /* rounds with numbers that overflow, infinities, and what is no number */

uint64_t next(void);

uint32_t between(uint32_t least, uint32_t most);

/* Mostly ordinary; sometimes a zero of either sign, a subnormal, or a number that drives exp to its limits.
 */
float number(void);

/* -- buffers -- */

enum { CANARY = 32, POISON = 0x7fa5a5a5 }; /* a NaN that no kernel makes */

/* Twin buffers: the same content for reference and variant, canaries before and behind, any 4-byte alignment.
 */
typedef struct twin {
    float *memory[2], *data[2];
    size_t count;
    bool codes; /* not of numbers */
} twin;

extern bool aligned; /* to cache lines, as in the library: for timing */

twin twin_new(size_t count, bool filled);

/* The same bits inside, and canaries alive; frees both. */
bool twin_same(twin t);

/* Lanes beyond the width of the last panel are zero, as everywhere in the library. */
void zero_spare_lanes(twin t, uint32_t rows, uint32_t width, size_t panel);

/* Codes of either sign in a buffer of numbers. */
twin codes_new(size_t count);

/* -- relations -- */

enum { MOST_LISTS = 24, MOST_HEARD = 12 };

/* A random relation over so many elements: lists of 0 .. 12 ascending numbers, shared or one for each. */
typedef struct relation {
    trmi_relation_table table;
    uint32_t list_of[MOST_LISTS], first[MOST_LISTS + 1], heard[MOST_LISTS * MOST_HEARD];
} relation;

/* Positions with fields, and helpers behind them. */
typedef struct question {
    uint32_t positions, fields, answering, nodes, panels;
} question;

void relation_make(relation *r, uint32_t level, uint32_t elements);

question question_make(void);

uint32_t elements_of(const question *q, uint32_t level);

uint32_t units_of(const question *q, const trmi_relation_table *table);

/* -- cases -- */

/* The tables of one instruction set. */
typedef struct variant {
    trmi_kernels kernels;
    trmi_gradients gradients;
} variant;

/* libtrm-train has the backward passes; a build without it has no other kernels than the core's. */
#ifdef WITH_GRADIENTS
#define GRADIENTS(code) code
#else
#define GRADIENTS(code)
#endif

/* One random case of one kernel: v[0] is the reference, v[1] the variant. */
typedef bool kernel_case(const variant *v);

typedef struct named_case {
    const char *name;
    kernel_case *run;
    bool overflows; /* what is infinite or no number has to stay one of the two, alike in all variants */
} named_case;

/* Of the core's kernels, of those for relations, and of the backward passes; each list ends with a name that
   is NULL. */
extern const named_case forward_cases[], relation_cases[], backward_cases[];

/* The speed of what passed. */
void bench_kernels(const trmi_kernels *k);
void bench_gradients(const trmi_gradients *g);

#endif
