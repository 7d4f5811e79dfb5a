/* Shortest ways on graphs, and of several the one that is preferred. */
#ifndef TRMI_PUZZLES_ROUTES_H
#define TRMI_PUZZLES_ROUTES_H

#include "lib/task/relations.h"

enum { TRMI_FAR = INT32_MAX }; /* the distance of what is not reached */

/* A graph, and what is worked in, of which each has a number for each vertex. */
typedef struct trmi_routes {
    const trmi_relation_table *edges; /* a list for each vertex, in which each edge is twice */
    uint32_t vertices;
    uint32_t *queue, *distance; /* who was reached, the nearer ones first, and how far away they are */
    float *worth;               /* how much each vertex is preferred to be passed: the caller's */
    float *best;                /* of the shortest ways from each vertex to where distances begin */
} trmi_routes;

/* Measures how far every vertex is from that one. Returns how many were reached. */
uint32_t trmi_routes_measure(const trmi_routes *routes, uint32_t from);

/* Sets which vertices are between the ends on a shortest way, of those whose vertices are worth most
 * together; none where there is no way, which is false. */
bool trmi_routes_choose(const trmi_routes *routes, uint32_t start, uint32_t goal, uint8_t *between);

#endif
