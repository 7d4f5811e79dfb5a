/* Graphs with a colouring that is the only one. */
#ifndef TRMI_PUZZLES_COLOURING_H
#define TRMI_PUZZLES_COLOURING_H

#include "lib/core/generator.h"
#include "lib/puzzles/task_options.h"

enum {
    TRMI_COLOURING_VERTICES = 512, /* of a graph that is made up */
    TRMI_COLOURING_COLOURS = 9,
    TRMI_COLOURING_LEAST_VERTICES = 10, /* where nobody says how many */
    TRMI_COLOURING_MOST_VERTICES = 24
};

typedef struct trmi_colouring trmi_colouring;

trm_status trmi_colouring_create(const trm_allocator *allocator, trmi_colouring **colouring,
                                 trm_error *error);
void trmi_colouring_free(trmi_colouring *colouring);

/* A graph of so many vertices, which has to be coloured with so many colours. */
void trmi_colouring_generate(trmi_colouring *colouring, uint32_t vertices, uint32_t colours,
                             trmi_generator *generator);

/* The last graph: who hears whom, what is given, the answer. Colours count from 0; TRMI_NO_COLOUR: none. */
enum { TRMI_NO_COLOUR = 255 };
trm_relation trmi_colouring_edges(const trmi_colouring *colouring);
const uint8_t *trmi_colouring_given(const trmi_colouring *colouring);
const uint8_t *trmi_colouring_answer(const trmi_colouring *colouring);

#endif
