/* A vertex is one step farther than those that its ways go on to, so what its best way is worth is known once
 * those that are nearer are. */
#include "lib/puzzles/routes.h"

#include <string.h>

uint32_t trmi_routes_measure(const trmi_routes *r, uint32_t from)
{
    const trmi_relation_table *t = r->edges;
    uint32_t queued = 1;
    for (uint32_t v = 0; v < r->vertices; v++)
        r->distance[v] = TRMI_FAR;
    r->queue[0] = from;
    r->distance[from] = 0;
    for (uint32_t taken = 0; taken < queued; taken++) {
        const uint32_t v = r->queue[taken];
        for (uint32_t i = t->first[v]; i < t->first[v + 1]; i++) {
            if (r->distance[t->heard[i]] != TRMI_FAR)
                continue;
            r->distance[t->heard[i]] = r->distance[v] + 1;
            r->queue[queued++] = t->heard[i];
        }
    }
    return queued;
}

/* The best of the neighbours that are one step nearer; the first of equals. */
static uint32_t best_nearer(const trmi_routes *r, uint32_t vertex)
{
    const trmi_relation_table *t = r->edges;
    uint32_t best = vertex;
    for (uint32_t i = t->first[vertex]; i < t->first[vertex + 1]; i++) {
        const uint32_t to = t->heard[i];
        if (r->distance[to] < r->distance[vertex] && (best == vertex || r->best[to] > r->best[best]))
            best = to;
    }
    return best;
}

bool trmi_routes_choose(const trmi_routes *r, uint32_t start, uint32_t goal, uint8_t *between)
{
    memset(between, 0, r->vertices);
    const uint32_t reached = trmi_routes_measure(r, goal);
    if (r->distance[start] == TRMI_FAR)
        return false;
    r->best[goal] = 0.0f;
    for (uint32_t i = 1; i < reached; i++) {
        const uint32_t v = r->queue[i];
        r->best[v] = r->worth[v] + r->best[best_nearer(r, v)];
    }
    for (uint32_t v = best_nearer(r, start); v != goal && v != start; v = best_nearer(r, v))
        between[v] = 1;
    return true;
}
