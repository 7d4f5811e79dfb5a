/* Road maps: places in a square or nowhere in particular, roads between some of them, and two places. Every
 * length of the shortest way that occurs from a place is as likely as every other, and no way at all as one
 * length. */
#include <string.h>

#include "lib/puzzles/described.h"

enum { VERTICES = TRMI_DESCRIBED_VARIABLES, SIDE = 4096, TRIES = 100 };

/* -- roads -- */

static uint32_t wanted_roads(const trmi_described *d, const trmi_described_rule *rule, trmi_generator *g)
{
    const uint32_t drawn = rule->least + trmi_generator_below(g, rule->most - rule->least + 1);
    return d->constraints.cells * drawn / 20; /* tenths, two ends for each */
}

static bool add_road(trmi_described *d, uint32_t a, uint32_t b)
{
    d->joined[a][b] = d->joined[b][a] = 1;
    return trmi_constraints_add(&d->constraints, TRMI_ROUTE, (uint32_t[]) { a, b }, 2, 0);
}

/* Between any places; until there are enough, or none is found any more. */
static bool draw_anywhere(trmi_described *d, uint32_t wanted, trmi_generator *g)
{
    const uint32_t cells = d->constraints.cells;
    bool good = true;
    for (uint32_t tries = TRIES * (wanted + 1); good && wanted > 0 && tries > 0; tries--) {
        const uint32_t a = trmi_generator_below(g, cells), b = trmi_generator_below(g, cells);
        if (a == b || d->joined[a][b] != 0)
            continue;
        good = add_road(d, a, b);
        wanted--;
    }
    return good;
}

typedef struct place {
    int32_t x, y;
} place;

static int64_t apart(place a, place b)
{
    const int64_t x = a.x - b.x, y = a.y - b.y;
    return x * x + y * y;
}

/* The nearest place, of all of them, that has no road to `from` yet; `from` where there is none. */
static uint32_t nearest_unjoined(const trmi_described *d, const place *places, uint32_t from)
{
    uint32_t nearest = from;
    for (uint32_t to = 0; to < d->constraints.cells; to++)
        if (to != from && d->joined[from][to] == 0 &&
            (nearest == from || apart(places[from], places[to]) < apart(places[from], places[nearest])))
            nearest = to;
    return nearest;
}

/* From random places to what is near: ways are long. */
static bool draw_nearby(trmi_described *d, uint32_t wanted, trmi_generator *g)
{
    const uint32_t cells = d->constraints.cells;
    place places[VERTICES];
    bool good = true;
    for (uint32_t i = 0; i < cells; i++)
        places[i] =
            (place) { (int32_t)trmi_generator_below(g, SIDE), (int32_t)trmi_generator_below(g, SIDE) };
    for (uint32_t tries = TRIES * (wanted + 1); good && wanted > 0 && tries > 0; tries--) {
        const uint32_t from = trmi_generator_below(g, cells), to = nearest_unjoined(d, places, from);
        if (to == from)
            continue;
        good = add_road(d, from, to);
        wanted--;
    }
    return good;
}

/* -- ends -- */

static trmi_routes list_roads(trmi_described *d)
{
    const uint32_t cells = d->constraints.cells;
    trmi_described_map *m = &d->map;
    uint32_t used = 0;
    for (uint32_t a = 0; a < cells; a++) {
        m->first[a] = used;
        for (uint32_t b = 0; b < cells; b++)
            if (d->joined[a][b] != 0)
                m->heard[used++] = b;
    }
    m->first[cells] = used;
    m->edges = (trmi_relation_table) {
        .level = TRMI_LEVEL_POSITIONS, .lists = cells, .first = m->first, .heard = m->heard
    };
    return (trmi_routes) { &m->edges, cells, m->queue, m->distance, m->worth, m->best };
}

/* Another place, as far away as was drawn. */
static uint32_t draw_goal(const trmi_routes *r, uint32_t start, trmi_generator *g)
{
    const uint32_t reached = trmi_routes_measure(r, start), farthest = r->distance[r->queue[reached - 1]];
    const uint32_t drawn = 1 + trmi_generator_below(g, farthest + (reached < r->vertices));
    const uint32_t wanted = drawn > farthest ? TRMI_FAR : drawn;
    uint32_t count = 0, goal = 0;
    for (uint32_t v = 0; v < r->vertices; v++)
        count += r->distance[v] == wanted;
    for (uint32_t left = 1 + trmi_generator_below(g, count); left > 0; goal++)
        left -= r->distance[goal] == wanted;
    return goal - 1;
}

static void draw_way(trmi_described *d, trmi_generator *g)
{
    const trmi_routes routes = list_roads(d);
    const uint32_t start = trmi_generator_below(g, routes.vertices), goal = draw_goal(&routes, start, g);
    for (uint32_t v = 0; v < routes.vertices; v++)
        routes.worth[v] = (float)trmi_generator_below(g, SIDE);
    (void)trmi_routes_choose(&routes, start, goal, d->other);
    memset(d->given, TRMI_NO_VALUE, routes.vertices);
    d->given[start] = TRMI_ROUTE_START;
    d->given[goal] = TRMI_ROUTE_GOAL;
    for (uint32_t v = 0; v < routes.vertices; v++)
        d->answer[v] = d->other[v] != 0 ? TRMI_ROUTE_STEP : d->given[v];
}

bool trmi_described_route(trmi_described *d, const trmi_described_rule *rule, trmi_generator *g)
{
    const uint32_t wanted = wanted_roads(d, rule, g);
    for (uint32_t a = 0; a < d->constraints.cells; a++)
        memset(d->joined[a], 0, d->constraints.cells);
    const bool good =
        trmi_generator_below(g, 2) == 0 ? draw_anywhere(d, wanted, g) : draw_nearby(d, wanted, g);
    if (good)
        draw_way(d, g);
    return good;
}
