/* Vertices get colours first, each of them one at least; edges join different ones, at random or between
 * neighbours on a plane, as many as make colouring hard; then colours are taken away in random order as long
 * as a search finds no other answer. */
#include "lib/puzzles/colouring.h"

#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"

enum {
    N = TRMI_COLOURING_VERTICES,
    NODES = 2000, /* of a search: what it has not shown by then is not taken away */
    PLANE = 1024  /* sides of the plane that vertices lie on */
};

/* Mean degrees in tenths, near where colourings become scarce, by colours. */
static const struct {
    uint32_t least, most;
} degrees[TRMI_COLOURING_COLOURS + 1] = {
    { 0, 0 },     { 0, 0 },     { 14, 20 },   { 36, 52 },   { 65, 95 },
    { 100, 130 }, { 132, 187 }, { 170, 240 }, { 210, 296 }, { 250, 350 }
};

struct trmi_colouring {
    trm_allocator allocator;
    uint32_t vertices, colours;
    uint8_t answer[N], given[N];
    uint32_t x[N], y[N];
    uint8_t joined[N][N];
    uint32_t first[N + 1], heard[N * (N - 1)];
    uint16_t choices[N + 1][N]; /* of each level of a search, a bit for each colour */
    uint32_t tried[N + 1];      /* of each level the vertex that has lost a colour; N: none */
    uint32_t pairs[N * (N - 1) / 2], keys[N * (N - 1) / 2];
};

trm_status trmi_colouring_create(const trm_allocator *allocator, trmi_colouring **colouring, trm_error *error)
{
    *colouring = trmi_allocate(allocator, sizeof **colouring);
    if (*colouring == NULL)
        return trmi_no_memory(error, "making up graphs");
    (*colouring)->allocator = *allocator;
    return TRM_OK;
}

void trmi_colouring_free(trmi_colouring *colouring)
{
    if (colouring == NULL)
        return;
    const trm_allocator allocator = colouring->allocator;
    trmi_release(&allocator, colouring);
}

/* ------------------------------------------------------------------------------------------- the graph */

static uint32_t square(uint32_t a, uint32_t b)
{
    const uint32_t d = a > b ? a - b : b - a;
    return d * d;
}

/* All pairs of different colours, with a random key, or their distance and a random number behind it. */
static uint32_t list_pairs(trmi_colouring *c, bool plane, trmi_generator *g)
{
    uint32_t count = 0;
    for (uint32_t a = 0; a < c->vertices; a++)
        for (uint32_t b = a + 1; b < c->vertices; b++) {
            if (c->answer[a] == c->answer[b])
                continue;
            const uint32_t random = (uint32_t)(trmi_generator_next(g) >> 32);
            c->keys[count] =
                plane ? (square(c->x[a], c->x[b]) + square(c->y[a], c->y[b])) << 8 | random >> 24 : random;
            c->pairs[count++] = a << 16 | b;
        }
    return count;
}

static void swap(trmi_colouring *c, uint32_t i, uint32_t k)
{
    const uint32_t pair = c->pairs[i], key = c->keys[i];
    c->pairs[i] = c->pairs[k];
    c->keys[i] = c->keys[k];
    c->pairs[k] = pair;
    c->keys[k] = key;
}

/* Lets the largest of a heap sink to its place. */
static void sink(trmi_colouring *c, uint32_t at, uint32_t end)
{
    for (uint32_t child = 2 * at + 1; child < end; child = 2 * at + 1) {
        if (child + 1 < end && c->keys[child + 1] > c->keys[child])
            child++;
        if (c->keys[at] >= c->keys[child])
            return;
        swap(c, at, child);
        at = child;
    }
}

static void sort_pairs(trmi_colouring *c, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sink(c, i, count);
    for (uint32_t end = count; end > 1; end--) {
        swap(c, 0, end - 1);
        sink(c, 0, end - 1);
    }
}

static void join(trmi_colouring *c, trmi_generator *g)
{
    const uint32_t least = degrees[c->colours].least, most = degrees[c->colours].most;
    const uint32_t degree = least + trmi_generator_below(g, most - least + 1);
    const uint32_t pairs = list_pairs(c, trmi_generator_below(g, 2) == 1, g),
                   wanted = c->vertices * degree / 20;
    sort_pairs(c, pairs);
    for (uint32_t a = 0; a < c->vertices; a++)
        memset(c->joined[a], 0, c->vertices);
    for (uint32_t i = 0; i < pairs && i < wanted; i++) {
        const uint32_t a = c->pairs[i] >> 16, b = c->pairs[i] & 0xffff;
        c->joined[a][b] = c->joined[b][a] = 1;
    }
    uint32_t used = 0;
    for (uint32_t a = 0; a < c->vertices; a++) {
        c->first[a] = used;
        for (uint32_t b = 0; b < c->vertices; b++)
            if (c->joined[a][b] != 0)
                c->heard[used++] = b;
    }
    c->first[c->vertices] = used;
}

/* ------------------------------------------------------------------------------------------- searching */

static uint32_t bits(uint16_t set)
{
    uint32_t count = 0;
    for (; set != 0; set &= (uint16_t)(set - 1))
        count++;
    return count;
}

/* The vertex has one colour left: its neighbours lose it, and theirs in turn. False when one has none
   left. */
static bool settle(const trmi_colouring *c, uint16_t *choices, uint32_t vertex)
{
    uint32_t waiting[N], count = 0;
    waiting[count++] = vertex;
    while (count > 0) {
        const uint32_t v = waiting[--count];
        for (uint32_t i = c->first[v]; i < c->first[v + 1]; i++) {
            uint16_t *other = &choices[c->heard[i]];
            if ((*other & choices[v]) == 0)
                continue;
            *other &= (uint16_t)~choices[v];
            if (*other == 0)
                return false;
            if (bits(*other) == 1)
                waiting[count++] = c->heard[i]; /* each only once: it never has one left again */
        }
    }
    return true;
}

/* A vertex with the fewest colours left, but more than one; the number of vertices when there is none. */
static uint32_t narrowest(const trmi_colouring *c, const uint16_t *choices)
{
    uint32_t best = c->vertices, least = UINT32_MAX;
    for (uint32_t v = 0; v < c->vertices; v++) {
        const uint32_t count = bits(choices[v]);
        if (count > 1 && count < least) {
            least = count;
            best = v;
        }
    }
    return best;
}

/* Whether a search from the first level comes to an answer; true, too, when it takes too long. The level
 * below has the lowest colour of a vertex, the level itself keeps the others for later. */
static bool may_be_coloured(trmi_colouring *c)
{
    uint32_t depth = 1, nodes = 0;
    c->tried[0] = N;
    while (depth > 0 && nodes < NODES) {
        uint16_t *here = c->choices[depth - 1], *below = c->choices[depth];
        uint32_t v = c->tried[depth - 1];
        if (v != N && bits(here[v]) == 1 && !settle(c, here, v)) {
            depth--;
            continue;
        }
        v = narrowest(c, here);
        if (v == c->vertices)
            return true;
        memcpy(below, here, c->vertices * sizeof *here);
        below[v] = (uint16_t)(here[v] & (0u - here[v]));
        here[v] &= (uint16_t)~below[v];
        c->tried[depth - 1] = v;
        nodes++;
        if (settle(c, below, v))
            c->tried[depth++] = N;
    }
    return depth > 0;
}

/* Whether the answer stays the only one without what is given of a vertex. */
static bool stays_alone(trmi_colouring *c, uint32_t without)
{
    uint16_t *choices = c->choices[0];
    const uint16_t all = (uint16_t)((1u << c->colours) - 1);
    for (uint32_t v = 0; v < c->vertices; v++)
        choices[v] = all;
    for (uint32_t v = 0; v < c->vertices; v++) {
        if (v == without || c->given[v] == TRMI_NO_COLOUR)
            continue;
        choices[v] = (uint16_t)(1u << c->given[v]);
        if (!settle(c, choices, v))
            return true; /* cannot be: the answer keeps to it */
    }
    choices[without] &= (uint16_t) ~(1u << c->answer[without]);
    if (choices[without] == 0 || (bits(choices[without]) == 1 && !settle(c, choices, without)))
        return true;
    return !may_be_coloured(c);
}

/* ------------------------------------------------------------------------------------------- all of it */

static void take_away(trmi_colouring *c, trmi_generator *g)
{
    uint32_t order[N];
    for (uint32_t v = 0; v < c->vertices; v++)
        order[v] = v;
    for (uint32_t i = c->vertices; i > 0; i--) {
        const uint32_t k = trmi_generator_below(g, i), v = order[k];
        order[k] = order[i - 1];
        if (stays_alone(c, v))
            c->given[v] = TRMI_NO_COLOUR;
    }
}

void trmi_colouring_generate(trmi_colouring *c, uint32_t vertices, uint32_t colours, trmi_generator *g)
{
    c->vertices = vertices;
    c->colours = colours;
    /* Every colour occurs: what has one that does not may be coloured in other ways, whatever is given. */
    for (uint32_t v = 0; v < vertices; v++) {
        c->answer[v] = c->given[v] = (uint8_t)(v < colours ? v : trmi_generator_below(g, colours));
        c->x[v] = trmi_generator_below(g, PLANE);
        c->y[v] = trmi_generator_below(g, PLANE);
    }
    join(c, g);
    take_away(c, g);
}

trm_relation trmi_colouring_edges(const trmi_colouring *c)
{
    trm_relation edges = TRM_RELATION_INIT;
    edges.name = "edge";
    edges.first = c->first;
    edges.heard = c->heard;
    edges.heard_count = c->first[c->vertices];
    edges.shared = 1;
    edges.lists = c->vertices;
    return edges;
}

const uint8_t *trmi_colouring_given(const trmi_colouring *c)
{
    return c->given;
}

const uint8_t *trmi_colouring_answer(const trmi_colouring *c)
{
    return c->answer;
}
