/* Puzzles of a described task, made up: an answer first, then what holds of it, then as few givens as
 * leave it alone. */
#ifndef TRMI_PUZZLES_DESCRIBED_H
#define TRMI_PUZZLES_DESCRIBED_H

#include "lib/puzzles/constraint_lists.h"
#include "lib/puzzles/constraint_search.h"
#include "lib/puzzles/routes.h"

enum {
    TRMI_GRID_LEAST = 4,
    TRMI_GRID_MOST = 6,
    TRMI_LIST_LEAST = 6,
    TRMI_LIST_MOST = 12
}; /* where nobody says */

/* A graph as lists, and room to measure ways on it. */
typedef struct trmi_described_map {
    trmi_relation_table edges;
    uint32_t first[TRMI_DESCRIBED_VARIABLES + 1], heard[2 * TRMI_CONSTRAINTS];
    uint32_t queue[TRMI_DESCRIBED_VARIABLES], distance[TRMI_DESCRIBED_VARIABLES];
    float worth[TRMI_DESCRIBED_VARIABLES], best[TRMI_DESCRIBED_VARIABLES];
} trmi_described_map;

/* What the vertices of a shortest way are, beside TRMI_NO_VALUE: as values. */
enum { TRMI_ROUTE_START, TRMI_ROUTE_GOAL, TRMI_ROUTE_STEP };

typedef struct trmi_described {
    trm_allocator allocator;
    const trmi_description *description;
    trmi_constraint_search *search;
    trmi_constraint_lists *lists; /* what the last puzzle brings */
    trmi_constraints constraints;
    uint8_t answer[TRMI_DESCRIBED_VARIABLES],
        given[TRMI_DESCRIBED_VARIABLES]; /* values from 0, TRMI_NO_VALUE */
    uint8_t other[TRMI_DESCRIBED_VARIABLES];
    uint16_t allowed[TRMI_DESCRIBED_VARIABLES];
    uint8_t joined[TRMI_DESCRIBED_VARIABLES][TRMI_DESCRIBED_VARIABLES];
    trmi_described_map map;
} trmi_described;

/* The description is borrowed. TRM_ERROR_MEMORY. */
trm_status trmi_described_create(const trm_allocator *allocator, const trmi_description *description,
                                 trmi_described **described, trm_error *error);
void trmi_described_free(trmi_described *described);

/* The next puzzle, of size N. TRM_ERROR_ARGUMENT where many attempts found none, TRM_ERROR_MEMORY. */
trm_status trmi_described_draw(trmi_described *described, uint32_t size, trmi_generator *generator,
                               trm_error *error);

/* Adds what the puzzle brings of a rule that holds of the answer, except clauses and edges. False where there
 * is no room. */
bool trmi_described_bring(trmi_described *described, const trmi_described_rule *rule,
                          trmi_generator *generator);

/* Makes a puzzle of shortest ways of the size that was begun: edges, its start and goal as givens, and a
 * shortest way of perhaps several, or none. False where there is no room. */
bool trmi_described_route(trmi_described *described, const trmi_described_rule *rule,
                          trmi_generator *generator);

#endif
