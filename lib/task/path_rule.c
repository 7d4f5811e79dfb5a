/* The steps of a right answer are as many as a search from the start needs, and lead from the start to the
 * goal: then they are one shortest way and nothing beside it, whichever of several it is. */
#include "lib/task/path_rule.h"

#include <assert.h>
#include <string.h>

#include "lib/core/parts.h"

static const uint32_t FAR = UINT32_MAX;

typedef struct maze {
    const trmi_shape *shape;
    const trmi_relation_table *edges;
    const trmi_search_room *room;
    int32_t wall, free, start_token, goal_token, step;
    uint32_t start, goal; /* FAR: none */
} maze;

static const trmi_ruling right = { TRMI_VERIFIED, TRMI_REASON_NONE, 0, 0 };

static trmi_ruling refute(uint32_t reason, uint32_t position)
{
    return (trmi_ruling) { TRMI_REFUTED, reason, position, position };
}

/* One start and one goal, and no step yet. */
static trmi_ruling read_question(maze *m, const int32_t *question)
{
    m->start = m->goal = FAR;
    for (uint32_t p = 0; p < m->shape->positions; p++) {
        uint32_t *end = question[p] == m->start_token  ? &m->start
                        : question[p] == m->goal_token ? &m->goal
                                                       : NULL;
        if (question[p] == m->step || (end != NULL && *end != FAR))
            return refute(TRMI_REASON_QUESTION, p);
        if (end != NULL)
            *end = p;
    }
    return m->start != FAR && m->goal != FAR ? right : refute(TRMI_REASON_QUESTION, 0);
}

/* The answer is the question with steps on free cells. */
static trmi_ruling count_steps(const maze *m, const int32_t *question, const int32_t *answer, uint32_t *steps)
{
    *steps = 0;
    for (uint32_t p = 0; p < m->shape->positions; p++) {
        const bool free = question[p] == m->free, step = answer[p] == m->step;
        if (answer[p] != question[p] && !(free && step))
            return refute(free ? TRMI_REASON_EMPTY : TRMI_REASON_GIVEN, p);
        *steps += step;
    }
    return right;
}

/* -- neighbours -- */

typedef struct neighbourhood {
    const uint32_t *at;
    uint32_t count;
} neighbourhood;

static neighbourhood list_of(const trmi_relation_table *edges, uint32_t position)
{
    assert(position < edges->lists && edges->list_of == NULL);
    return (neighbourhood) { edges->heard + edges->first[position],
                             edges->first[position + 1] - edges->first[position] };
}

/* Lists ascend: where many hear many, halving is what keeps this short. */
static bool hears(const trmi_relation_table *edges, uint32_t who, uint32_t whom)
{
    const neighbourhood n = list_of(edges, who);
    uint32_t begin = 0, end = n.count;
    while (begin < end) {
        const uint32_t middle = begin + (end - begin) / 2;
        if (n.at[middle] < whom)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin < n.count && n.at[begin] == whom;
}

trmi_ruling trmi_verify_edges(const trmi_relation_table *edges, uint32_t positions)
{
    for (uint32_t p = 0; p < positions; p++) {
        const neighbourhood n = list_of(edges, p);
        for (uint32_t i = 0; i < n.count; i++)
            if (n.at[i] == p || !hears(edges, n.at[i], p))
                return (trmi_ruling) { TRMI_REFUTED, TRMI_REASON_EDGE, p, n.at[i] };
    }
    return right;
}

/* Positions beside one; returns their number. */
static uint32_t neighbours(const trmi_shape *s, uint32_t position, uint32_t beside[4])
{
    assert(position < s->positions && s->rows * s->columns == s->positions);
    const uint32_t column = position % s->columns;
    uint32_t count = 0;
    if (position >= s->columns)
        beside[count++] = position - s->columns;
    if (position + s->columns < s->positions)
        beside[count++] = position + s->columns;
    if (column > 0)
        beside[count++] = position - 1;
    if (column + 1 < s->columns)
        beside[count++] = position + 1;
    return count;
}

/* Queues who of these was not seen, and is neither a wall nor `closed`; returns how many are queued then. */
static uint32_t queue_open(const maze *m, const int32_t *grid, int32_t closed, neighbourhood n,
                           uint32_t queued)
{
    for (uint32_t i = 0; i < n.count; i++) {
        const uint32_t to = n.at[i];
        if (m->room->seen[to] != 0 || grid[to] == m->wall || grid[to] == closed)
            continue;
        assert(queued < m->shape->positions);
        m->room->seen[to] = 1;
        m->room->queue[queued++] = to;
    }
    return queued;
}

static uint32_t queue_beside(const maze *m, const int32_t *grid, int32_t closed, uint32_t position,
                             uint32_t queued)
{
    uint32_t beside[4];
    const neighbourhood n = TRMI_HAS_GIVEN && m->edges != NULL
                                ? list_of(m->edges, position)
                                : (neighbourhood) { beside, neighbours(m->shape, position, beside) };
    return queue_open(m, grid, closed, n, queued);
}

/* The fewest moves from start to goal; FAR where there is no way. */
static uint32_t count_moves(const maze *m, const int32_t *grid, int32_t closed)
{
    uint32_t taken = 0, queued = 1;
    assert(m->start < m->shape->positions && m->goal < m->shape->positions);
    memset(m->room->seen, 0, m->shape->positions);
    m->room->queue[0] = m->start;
    m->room->seen[m->start] = 1;
    for (uint32_t moves = 0; taken < queued; moves++)
        for (const uint32_t end = queued; taken < end; taken++) {
            if (m->room->queue[taken] == m->goal)
                return moves;
            queued = queue_beside(m, grid, closed, m->room->queue[taken], queued);
        }
    return FAR;
}

trmi_ruling trmi_verify_path(const trmi_path_ground *ground, const int32_t *question, const int32_t *answer)
{
    const trmi_task *task = ground->task;
    const trmi_relation_table *const edges = TRMI_HAS_GIVEN ? ground->edges : NULL;
    maze m = { .shape = ground->shape,
               .edges = edges,
               .room = ground->room,
               .wall = task->token['#'],
               .free = edges != NULL ? task->blank : task->token[' '],
               .start_token = task->token['S'],
               .goal_token = task->token['G'],
               .step = task->token['o'] };
    uint32_t steps = 0;
    trmi_ruling ruling = edges != NULL ? trmi_verify_edges(edges, ground->shape->positions) : right;
    if (ruling.verdict == TRMI_VERIFIED)
        ruling = read_question(&m, question);
    if (ruling.verdict == TRMI_VERIFIED)
        ruling = count_steps(&m, question, answer, &steps);
    if (ruling.verdict != TRMI_VERIFIED)
        return ruling;
    const uint32_t moves = count_moves(&m, question, m.wall);
    if (moves == FAR)
        return steps == 0 ? right : refute(TRMI_REASON_APART, m.goal);
    if (count_moves(&m, answer, m.free) == FAR)
        return refute(TRMI_REASON_APART, m.goal);
    return steps + 1 == moves ? right : refute(TRMI_REASON_LONG, m.goal);
}
