/* A breadth-first search from a start tells the distance of every cell, and whether one shortest path leads
 * there or several. Two passes over the starts: the first counts for each length the pairs with one path, the
 * second finds the pair that was drawn. Open maps take any goal, and any start that it can be reached from,
 * or cannot. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "lib/core/error.h"
#include "lib/core/memory.h"
#include "lib/puzzles/path.h"

enum {
    PATH_SIDE = TRMI_PATH_SIDE,
    PATH_CELLS = PATH_SIDE * PATH_SIDE,
    PATH_LEAST_MOVES = 4,
    PATH_NEAREST = 2,     /* moves on an open map */
    PATH_STARTS = 128,    /* tried in one grid: all of a small one */
    PATH_ATTEMPTS = 1000, /* grids for one puzzle */
    PATH_FAR = UINT16_MAX /* the distance of what is not reached */
};

struct trmi_path {
    trm_allocator allocator;
    uint32_t rows, columns, cells;
    uint16_t order[PATH_CELLS];    /* cells in random order: walls first, then starts */
    uint16_t distance[PATH_CELLS]; /* from the start of the last search */
    bool several[PATH_CELLS];      /* shortest paths lead there */
    uint16_t queue[PATH_CELLS];
    uint32_t queued;
    uint32_t pairs[PATH_CELLS]; /* of each length */
};

trm_status trmi_path_create(const trmi_task *task, const trm_allocator *allocator, trmi_path **path,
                            trm_error *error)
{
    trmi_path *p = *path = trmi_allocate(allocator, sizeof *p);
    if (p == NULL)
        return trmi_no_memory(error, "looking for paths");
    p->allocator = *allocator;
    p->rows = task->shape.rows;
    p->columns = task->shape.columns;
    p->cells = task->shape.positions;
    return TRM_OK;
}

void trmi_path_free(trmi_path *path)
{
    if (path == NULL)
        return;
    const trm_allocator allocator = path->allocator;
    trmi_release(&allocator, path);
}

/* -- search -- */

/* The cells beside `cell`; returns their number. */
static uint32_t neighbours(const trmi_path *p, uint32_t cell, uint32_t beside[4])
{
    assert(cell < p->cells);
    const uint32_t row = cell / p->columns, column = cell % p->columns;
    uint32_t count = 0;
    if (row > 0)
        beside[count++] = cell - p->columns;
    if (column > 0)
        beside[count++] = cell - 1;
    if (column + 1 < p->columns)
        beside[count++] = cell + 1;
    if (row + 1 < p->rows)
        beside[count++] = cell + p->columns;
    return count;
}

/* Sets distance and several of every cell that is reached, which are those in the queue. */
static void search_from(trmi_path *p, const uint8_t *grid, uint32_t start)
{
    uint32_t beside[4];
    memset(p->distance, 0xff, p->cells * sizeof p->distance[0]); /* PATH_FAR */
    assert(start < p->cells && grid[start] != TRMI_PATH_WALL);
    p->queue[0] = (uint16_t)start;
    p->queued = 1;
    p->distance[start] = 0;
    p->several[start] = false;
    for (uint32_t at = 0; at < p->queued; at++) {
        const uint32_t cell = p->queue[at], next = p->distance[cell] + 1u;
        const uint32_t count = neighbours(p, cell, beside);
        for (uint32_t i = 0; i < count; i++) {
            const uint32_t to = beside[i];
            if (p->distance[to] == PATH_FAR && grid[to] != TRMI_PATH_WALL) {
                p->distance[to] = (uint16_t)next;
                p->several[to] = p->several[cell];
                p->queue[p->queued++] = (uint16_t)to;
            } else if (p->distance[to] == next) {
                p->several[to] = true;
            }
        }
    }
}

/* -- generating -- */

/* How many walls; one cell at least is free. */
static uint32_t draw_wall_count(const trmi_path *p, uint32_t least, uint32_t most, trmi_generator *generator)
{
    const uint32_t fewest = (p->cells * least + 99) / 100, range = p->cells * most / 100;
    const uint32_t walls = fewest + trmi_generator_below(generator, range >= fewest ? range - fewest + 1 : 1);
    return walls < p->cells ? walls : p->cells - 1;
}

/* A random order of the cells, and walls in the first of them. */
static void draw_walls(trmi_path *p, uint32_t walls, trmi_generator *generator, uint8_t *grid)
{
    for (uint32_t i = 0; i < p->cells; i++)
        p->order[i] = (uint16_t)i;
    for (uint32_t i = 0; i + 1 < p->cells; i++) {
        const uint32_t j = i + trmi_generator_below(generator, p->cells - i);
        const uint16_t moved = p->order[i];
        p->order[i] = p->order[j];
        p->order[j] = moved;
    }
    for (uint32_t i = 0; i < p->cells; i++)
        grid[p->order[i]] = i < walls ? TRMI_PATH_WALL : TRMI_PATH_FREE;
}

static bool is_goal(const trmi_path *p, uint32_t cell)
{
    return p->distance[cell] >= PATH_LEAST_MOVES && !p->several[cell];
}

/* Counts the pairs of each length; tells the number of lengths that there are. */
static uint32_t count_pairs(trmi_path *p, const uint8_t *grid, const uint16_t *starts, uint32_t count)
{
    uint32_t lengths = 0;
    memset(p->pairs, 0, sizeof p->pairs);
    for (uint32_t i = 0; i < count; i++) {
        search_from(p, grid, starts[i]);
        for (uint32_t at = 0; at < p->queued; at++)
            if (is_goal(p, p->queue[at]))
                lengths += p->pairs[p->distance[p->queue[at]]]++ == 0;
    }
    return lengths;
}

/* The length that stands at `place` among those that there are. */
static uint32_t length_at(const trmi_path *p, uint32_t place)
{
    uint32_t length = PATH_LEAST_MOVES;
    while (p->pairs[length] == 0 || place-- > 0)
        length++;
    assert(length < sizeof p->pairs / sizeof p->pairs[0]);
    return length;
}

/* The goal of the pair of this length at `place`; its start is that of the last search. */
static uint32_t find_pair(trmi_path *p, const uint8_t *grid, const uint16_t *starts, uint32_t length,
                          uint32_t place)
{
    for (uint32_t i = 0;; i++) {
        search_from(p, grid, starts[i]);
        for (uint32_t at = 0; at < p->queued; at++)
            if (p->distance[p->queue[at]] == length && is_goal(p, p->queue[at]) && place-- == 0)
                return p->queue[at];
    }
}

/* Marks the start, the goal and, in the answer, the cells between them. */
static void mark_path(const trmi_path *p, uint32_t goal, uint8_t *question, uint8_t *answer)
{
    uint32_t beside[4], cell = goal;
    question[p->queue[0]] = TRMI_PATH_START;
    question[goal] = TRMI_PATH_GOAL;
    memcpy(answer, question, p->cells);
    for (uint32_t left = p->distance[goal]; left > 1; left--) {
        const uint32_t count = neighbours(p, cell, beside);
        for (uint32_t i = 0; i < count; i++)
            if (p->distance[beside[i]] == left - 1)
                cell = beside[i];
        answer[cell] = TRMI_PATH_STEP;
    }
}

trm_status trmi_path_generate(trmi_path *path, uint32_t least, uint32_t most, trmi_generator *generator,
                              uint8_t *question, uint8_t *answer, uint32_t *moves, trm_error *error)
{
    for (uint32_t attempt = 0; attempt < PATH_ATTEMPTS; attempt++) {
        const uint32_t walls = draw_wall_count(path, least, most, generator);
        const uint32_t space = path->cells - walls, starts = space < PATH_STARTS ? space : PATH_STARTS;
        draw_walls(path, walls, generator, question);
        const uint32_t lengths = count_pairs(path, question, path->order + walls, starts);
        if (lengths == 0)
            continue;
        *moves = length_at(path, trmi_generator_below(generator, lengths));
        const uint32_t place = trmi_generator_below(generator, path->pairs[*moves]);
        mark_path(path, find_pair(path, question, path->order + walls, *moves, place), question, answer);
        return TRM_OK;
    }
    return trmi_fail(error, TRM_ERROR_ARGUMENT,
                     "expected a grid and walls that leave room for paths, found %" PRIu32 " x %" PRIu32
                     " with %" PRIu32 " to %" PRIu32
                     " %% walls: none of %d random grids had a shortest path of at "
                     "least %d moves that is the only one",
                     path->rows, path->columns, least, most, PATH_ATTEMPTS, PATH_LEAST_MOVES);
}

/* -- open maps -- */

/* Random walls; tells a cell that is free. */
static uint32_t draw_map(trmi_path *p, uint32_t least, uint32_t most, trmi_generator *generator,
                         uint8_t *grid)
{
    const uint32_t walls = draw_wall_count(p, least, most, generator);
    draw_walls(p, walls, generator, grid);
    return p->order[walls + trmi_generator_below(generator, p->cells - walls)];
}

/* From the start always the first of up, left, right, down that comes nearer to the goal, where the last
 * search began: a rule that reflections do not keep, but one that can be learnt. */
static void mark_way(const trmi_path *p, uint32_t start, uint8_t *question, uint8_t *answer)
{
    uint32_t beside[4], cell = start;
    question[start] = TRMI_PATH_START;
    question[p->queue[0]] = TRMI_PATH_GOAL;
    memcpy(answer, question, p->cells);
    for (uint32_t left = p->distance[start]; left > 1; left--) {
        uint32_t i = 0;
        (void)neighbours(p, cell, beside);
        assert(p->distance[cell] == left);
        while (p->distance[beside[i]] != left - 1)
            i++;
        cell = beside[i];
        answer[cell] = TRMI_PATH_STEP;
    }
}

static bool make_open(trmi_path *path, uint32_t least, uint32_t most, trmi_generator *generator,
                      uint8_t *question, uint8_t *answer, uint32_t *moves)
{
    uint32_t begin = 0;
    search_from(path, question, draw_map(path, least, most, generator, question));
    while (begin < path->queued && path->distance[path->queue[begin]] < PATH_NEAREST)
        begin++;
    if (begin == path->queued)
        return false;
    const uint32_t start = path->queue[begin + trmi_generator_below(generator, path->queued - begin)];
    *moves = path->distance[start];
    mark_way(path, start, question, answer);
    return true;
}

/* Walls around all that is so far from where the search began. */
static void wall_in(trmi_path *p, uint32_t reach, uint8_t *grid)
{
    for (uint32_t at = 0; at < p->queued; at++)
        if (p->distance[p->queue[at]] == reach + 1)
            grid[p->queue[at]] = TRMI_PATH_WALL;
}

static bool make_unreachable(trmi_path *path, uint32_t least, uint32_t most, trmi_generator *generator,
                             uint8_t *question, uint8_t *answer, uint32_t *moves)
{
    static const uint8_t reaches[] = { 0, 1, 2, 4, 8, 14 };
    uint32_t goal = draw_map(path, least, most, generator, question), count = 0;
    search_from(path, question, goal);
    if (trmi_generator_below(generator, 2) != 0)
        wall_in(path, reaches[trmi_generator_below(generator, sizeof reaches)], question);
    search_from(path, question, goal);
    for (uint32_t cell = 0; cell < path->cells; cell++)
        if (question[cell] == TRMI_PATH_FREE && path->distance[cell] == PATH_FAR)
            path->order[count++] = (uint16_t)cell;
    if (count == 0)
        return false;
    const uint32_t start = path->order[trmi_generator_below(generator, count)];
    const bool swapped = trmi_generator_below(generator, 2) != 0;
    question[start] = swapped ? TRMI_PATH_GOAL : TRMI_PATH_START;
    question[goal] = swapped ? TRMI_PATH_START : TRMI_PATH_GOAL;
    memcpy(answer, question, path->cells);
    *moves = 0;
    return true;
}

trm_status trmi_path_generate_map(trmi_path *path, const trmi_map_kind *kind, trmi_generator *generator,
                                  uint8_t *question, uint8_t *answer, uint32_t *moves, trm_error *error)
{
    const bool shut = trmi_generator_below(generator, 100) < kind->unreachable;
    if (!shut && !kind->open)
        return trmi_path_generate(path, kind->least, kind->most, generator, question, answer, moves, error);
    for (uint32_t attempt = 0; attempt < PATH_ATTEMPTS; attempt++)
        if (shut ? make_unreachable(path, kind->least, kind->most, generator, question, answer, moves)
                 : make_open(path, kind->least, kind->most, generator, question, answer, moves))
            return TRM_OK;
    return trmi_fail(error, TRM_ERROR_ARGUMENT,
                     "expected a grid and walls that leave room for a start and a goal%s, found %" PRIu32
                     " x %" PRIu32 " with %" PRIu32 " to %" PRIu32 " %% walls",
                     shut ? " that cannot be reached" : "", path->rows, path->columns, kind->least,
                     kind->most);
}
