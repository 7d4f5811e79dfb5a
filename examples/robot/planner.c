#include "planner.h"

#include <string.h>

trm_solve_options planner_options(const planner *p)
{
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    options.shape = &p->shape;
    options.policy = TRM_POLICY_FIRST_VERIFIED; /* the rules are asked after every step */
    options.halt = 0;                           /* nothing else ends a run */
    options.maximum_steps = 2 * PLANNER_PATIENCE;
    return options;
}

trm_status planner_open(planner *p, const trm_model *model, uint32_t rows, uint32_t columns, void *workspace,
                        size_t bytes, trm_error *error)
{
    const trm_shape none = TRM_SHAPE_INIT;
    memset(p, 0, sizeof *p);
    if ((uint64_t)rows * columns > PLANNER_MOST_CELLS)
        return TRM_ERROR_ARGUMENT;
    p->model = model;
    p->shape = none;
    p->shape.rows = rows;
    p->shape.columns = columns;
    trm_solve_options options = planner_options(p);
    options.workspace = workspace;
    options.workspace_size = bytes;
    return trm_solver_create(model, &options, &p->solver, error);
}

void planner_close(planner *p)
{
    trm_solver_free(p->solver);
    p->solver = NULL;
}

static size_t cells_of(const planner *p)
{
    return (size_t)p->shape.rows * p->shape.columns;
}

/* -- a map may be looked at from eight sides -- */

enum { CORNERS_SWAPPED = 1, UPSIDE_DOWN = 2, RIGHT_TO_LEFT = 4, SIDES = 8 };

/* Where a cell of the map lies when that is looked at from another side. */
static size_t place_of(const planner *p, size_t cell)
{
    const size_t rows = p->shape.rows, columns = p->shape.columns;
    size_t row = cell / columns, column = cell % columns;
    if ((p->side & UPSIDE_DOWN) != 0)
        row = rows - 1 - row;
    if ((p->side & RIGHT_TO_LEFT) != 0)
        column = columns - 1 - column;
    return (p->side & CORNERS_SWAPPED) != 0 ? column * columns + row : row * columns + column;
}

/* The next side; only a square can swap its corners. */
static void turn(planner *p)
{
    do
        p->side = (p->side + 1) % SIDES;
    while ((p->side & CORNERS_SWAPPED) != 0 && p->shape.rows != p->shape.columns);
}

/* Puts the map to the solver. */
static trm_status ask(planner *p, bool carry, trm_error *error)
{
    trm_questions question = TRM_QUESTIONS_INIT;
    for (size_t i = 0; i < cells_of(p); i++)
        p->seen[place_of(p, i)] = p->map[i];
    const trm_status status = trm_model_encode(p->model, &p->shape, p->seen, cells_of(p), p->tokens, error);
    if (status != TRM_OK)
        return status;
    question.count = 1;
    question.tokens = p->tokens;
    question.shapes = &p->shape;
    question.shape_count = 1;
    p->running = 1;
    p->asked_at = p->steps;
    return carry ? trm_solver_change(p->solver, &question, error)
                 : trm_solver_load(p->solver, &question, error);
}

static size_t count_of(const planner *p, const char *map, char what)
{
    size_t count = 0;
    for (size_t i = 0; i < cells_of(p); i++)
        count += map[i] == what;
    return count;
}

trm_status planner_see(planner *p, const char *map, trm_error *error)
{
    if (count_of(p, map, 'S') != 1 || count_of(p, map, 'G') != 1)
        return TRM_ERROR_PUZZLE;
    memcpy(p->map, map, cells_of(p));
    p->steps = 0;
    const trm_status status = ask(p, p->loaded, error);
    p->loaded = p->loaded || status == TRM_OK;
    return status;
}

/* One step of thought; where the last ones led nowhere, from another side. */
static trm_status think(planner *p, trm_error *error)
{
    trm_status status = TRM_OK;
    if (p->steps - p->asked_at == PLANNER_PATIENCE) {
        turn(p);
        status = ask(p, false, error);
    }
    p->steps++;
    return status == TRM_OK ? trm_solver_step(p->solver, &p->running, error) : status;
}

static bool is_on_way(char cell)
{
    return cell == 'o' || cell == 'G';
}

uint32_t plan_next(const char *cells, uint32_t columns, uint32_t from)
{
    const uint32_t all = (uint32_t)strlen(cells);
    if (from >= columns && is_on_way(cells[from - columns]))
        return from - columns;
    if (from % columns > 0 && is_on_way(cells[from - 1]))
        return from - 1;
    if (from % columns + 1 < columns && is_on_way(cells[from + 1]))
        return from + 1;
    return from + columns < all && is_on_way(cells[from + columns]) ? from + columns : from;
}

static void judge(planner *p, uint32_t verdict, plan *now)
{
    now->length = 0;
    now->steps = p->steps;
    for (size_t i = 0; i < cells_of(p); i++) {
        p->cells[i] = p->seen[place_of(p, i)];
        now->length += p->cells[i] == 'o';
    }
    now->cells = p->cells;
    now->at = (uint32_t)(strchr(p->map, 'S') - p->map);
    const bool reached =
        plan_next(p->cells, p->shape.columns, now->at) != now->at; /* a goal beside the start, too */
    now->kind = verdict != TRM_VERDICT_VERIFIED ? PLAN_THINKING : reached ? PLAN_WAY : PLAN_NO_WAY;
}

trm_status planner_tick(planner *p, uint32_t budget, plan *now, trm_error *error)
{
    trm_answers answers = TRM_ANSWERS_INIT;
    uint32_t verdict = TRM_VERDICT_UNVERIFIED;
    trm_status status = TRM_OK;
    for (uint32_t i = 0; i < budget && p->running > 0 && status == TRM_OK; i++)
        status = think(p, error);
    answers.tokens = p->answer;
    answers.verdicts = &verdict;
    answers.halt_probabilities = &now->probability;
    if (status == TRM_OK)
        status = trm_solver_read(p->solver, &answers, error);
    if (status == TRM_OK)
        status = trm_model_decode(p->model, &p->shape, p->answer, cells_of(p), p->seen, error);
    if (status == TRM_OK)
        judge(p, verdict, now);
    return status;
}
