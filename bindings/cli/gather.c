#include "bindings/cli/gather.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/cli/asking.h"
#include "bindings/cli/report.h"

/* Enough that sizes which are mixed evenly fill their batches; not so many that large puzzles need much
   memory. */
enum { WAITING_A_PLACE = 16, MOST_WAITING = 4096 };

static bool no_memory(void)
{
    report_error("not enough memory");
    return false;
}

/* -- shapes -- */

static bool create_shape(gather *g, gathered *of)
{
    if (!batch_create(&of->batch, g->session))
        return false;
    const size_t n = of->batch.capacity;
    of->source = calloc(n, sizeof *of->source);
    of->number = calloc(n, sizeof *of->number);
    of->verdicts = calloc(n, sizeof *of->verdicts);
    return (of->source != NULL && of->number != NULL && of->verdicts != NULL) || no_memory();
}

static void free_shape(gathered *of)
{
    trm_solver_free(of->solver);
    batch_free(&of->batch);
    free(of->expected);
    free(of->source);
    free(of->number);
    free(of->verdicts);
}

/* An empty one becomes that of the row. */
static bool take_shape(gather *g, gathered *of, const row_fields *row)
{
    trm_solver_free(of->solver);
    of->solver = NULL;
    of->heard = 0;
    if (!batch_take_shape_of(&of->batch, g->session, row))
        return false;
    if (of->expected != NULL && of->batch.positions <= of->room)
        return true;
    of->room = of->batch.positions;
    free(of->expected);
    of->expected = calloc(of->batch.capacity * of->room, sizeof *of->expected);
    return of->expected != NULL || no_memory();
}

static gathered *empty_shape(gather *g)
{
    for (size_t i = 0; i < g->shape_count; i++)
        if (g->shapes[i].batch.count == 0)
            return &g->shapes[i];
    return NULL;
}

bool gather_find(gather *g, const row_fields *row, gathered **found)
{
    *found = NULL;
    if (g->next - g->first == g->room)
        return true;
    for (size_t i = 0; i < g->shape_count && *found == NULL; i++)
        if (g->shapes[i].expected != NULL && batch_fits(&g->shapes[i].batch, g->session, row))
            *found = &g->shapes[i];
    if (*found != NULL) {
        *found = (*found)->batch.count < (*found)->batch.capacity ? *found : NULL;
        return true;
    }
    if (g->shape_count < MOST_SHAPES && !create_shape(g, &g->shapes[g->shape_count++]))
        return false;
    gathered *of = empty_shape(g);
    if (of != NULL && !take_shape(g, of, row))
        return false;
    *found = of;
    return true;
}

gathered *gather_oldest(gather *g)
{
    gathered *oldest = NULL;
    for (size_t i = 0; i < g->shape_count; i++) {
        gathered *of = &g->shapes[i];
        if (of->batch.count > 0 && (oldest == NULL || of->number[0] < oldest->number[0]))
            oldest = of;
    }
    return oldest;
}

void gather_take(gather *g, gathered *of, unsigned source)
{
    of->source[of->batch.count - 1] = source;
    of->number[of->batch.count - 1] = g->next++;
}

bool gather_solver(gather *g, gathered *of, trm_error *error)
{
    session *s = g->session;
    s->options.heard = of->heard;
    if (of->solver == NULL)
        asking_views(s, &of->batch, g->settings);
    const bool good = batch_find_solver(&of->batch, s, &of->solver, error);
    of->heard = s->options.heard;
    return good;
}

/* -- outcomes -- */

static void forget(outcome *o)
{
    batch_free(&o->alone);
    free(o->expected);
    *o = (outcome) { .known = false };
}

static bool keep(gather *g, const gathered *of, size_t i)
{
    outcome *o = &g->waiting[of->number[i] % g->room];
    const size_t positions = of->batch.positions;
    o->known = true;
    o->source = of->source[i];
    o->verdict = of->verdicts[i];
    o->expected = malloc(positions * sizeof *o->expected);
    if (o->expected == NULL || !batch_keep(&o->alone, &of->batch, i))
        return no_memory();
    memcpy(o->expected, of->expected + i * positions, positions * sizeof *o->expected);
    return true;
}

bool gather_settle(gather *g, gathered *of)
{
    bool good = true;
    for (size_t i = 0; good && i < of->batch.count; i++)
        good = of->batch.stops[i] == TRM_STOP_RUNNING || keep(g, of, i);
    batch_clear(&of->batch);
    return good;
}

const outcome *gather_next(gather *g, bool all)
{
    for (; g->first < g->next; g->first++) {
        outcome *o = &g->waiting[g->first % g->room];
        if (o->known && o->alone.count > 0) {
            o->alone.count = 0; /* it was handed out: the next call is done with it */
            return o;
        }
        if (!o->known && !all)
            break;
        forget(o);
    }
    return NULL;
}

bool gather_begin(gather *g, session *s, const solve_settings *settings)
{
    const size_t most = WAITING_A_PLACE * (size_t)s->options.batch;
    *g = (gather) { .session = s, .settings = settings };
    g->room = most < MOST_WAITING ? most : s->options.batch + (size_t)MOST_WAITING;
    g->waiting = calloc(g->room, sizeof *g->waiting);
    return g->waiting != NULL || no_memory();
}

void gather_end(gather *g)
{
    for (size_t i = 0; i < g->shape_count; i++)
        free_shape(&g->shapes[i]);
    for (size_t i = 0; g->waiting != NULL && i < g->room; i++)
        forget(&g->waiting[i]);
    free(g->waiting);
}
