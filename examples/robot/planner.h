/* A planner that thinks while the robot drives: a map, a budget of steps for each tick, and after each tick
 * the best plan so far with what the rules of shortest ways say of it. No memory but what the caller gives,
 * no clock: steps are its time. */
#ifndef PLANNER_H
#define PLANNER_H

#include <stdbool.h>

#include "trm.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PLANNER_MOST_CELLS = 400, PLANNER_PATIENCE = 8 };

typedef enum plan_kind {
    PLAN_THINKING, /* nothing that the rules call right yet: stand still, or be careful */
    PLAN_WAY,      /* a shortest way, verified: free cells, connected, none shorter */
    PLAN_NO_WAY    /* verified: the goal cannot be reached */
} plan_kind;

typedef struct plan {
    plan_kind kind;
    uint32_t length;   /* cells of the best answer's way between start and goal, verified or not */
    uint32_t steps;    /* since the question last changed */
    float probability; /* that the answer is right, as the network sees it */
    uint32_t at;       /* the start */
    /* the answer, rows x columns characters, and a zero: `#`, space, S, G, `o` on the way */
    const char *cells;
} plan;

typedef struct planner {
    const trm_model *model;
    trm_solver *solver;
    trm_shape shape;
    uint32_t running;         /* whether the solver has more to think about */
    uint32_t steps, asked_at; /* since the map last changed; of these before it was last put to the solver */
    uint32_t side;            /* from which it is looked at */
    bool loaded;
    int32_t tokens[PLANNER_MOST_CELLS], answer[PLANNER_MOST_CELLS];
    char map[PLANNER_MOST_CELLS + 1], cells[PLANNER_MOST_CELLS + 1];
    char seen[PLANNER_MOST_CELLS + 1]; /* from that side */
} planner;

/* The cell to drive to from a cell on a verified way; that cell itself where there is none. Cells behind the
 * robot are to be made free ones first. */
uint32_t plan_next(const char *cells, uint32_t columns, uint32_t from);

/* Options of its solver, to measure a workspace by. */
trm_solve_options planner_options(const planner *p);

/* A planner for maps of that size; the model and the workspace outlive it. */
trm_status planner_open(planner *p, const trm_model *model, uint32_t rows, uint32_t columns, void *workspace,
                        size_t bytes, trm_error *error);
void planner_close(planner *p);

/* The map as it is now: rows x columns of `#`, space, and one S and one G each. The first is begun; a later
 * one goes on from what was thought about the one before. Where PLANNER_PATIENCE steps lead nowhere, it is
 * begun from another side. Without one S and one G: TRM_ERROR_PUZZLE. */
trm_status planner_see(planner *p, const char *map, trm_error *error);

/* At most `budget` steps; fewer where the plan is verified before. */
trm_status planner_tick(planner *p, uint32_t budget, plan *now, trm_error *error);

#ifdef __cplusplus
}
#endif

#endif
