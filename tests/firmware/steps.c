/* Instructions of supervision steps of different puzzles, on an emulated Cortex-M where time is
   instructions. */
#include <string.h>

#include "model.h"
#include "platform.h"
#include "text.h"
#include "ticks.h"
#include "trm.h"

enum { STEPS = 2, MOST_CELLS = TRM_EMBEDDED_MOST_POSITIONS };

static _Alignas(64) unsigned char model_workspace[MODEL_WORKSPACE], solver_workspace[SOLVER_WORKSPACE];
static int32_t tokens[MOST_CELLS];
static const char *const puzzles[] = { PUZZLES };

static void check(trm_status status)
{
    if (status == TRM_OK)
        return;
    put("status ");
    put_number((uint64_t)status);
    put("\n");
    quit(1);
}

static void time_steps(const trm_model *model, const char *puzzle, uint32_t unit)
{
    trm_solver *solver = NULL;
    trm_shape shape = TRM_SHAPE_INIT;
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    trm_questions question = TRM_QUESTIONS_INIT;
    shape.rows = GRID_ROWS;
    shape.columns = GRID_COLUMNS;
    options.shape = &shape;
    options.halt = 0;
    options.workspace = solver_workspace;
    options.workspace_size = sizeof solver_workspace;
    question.count = 1;
    question.tokens = tokens;
    question.shapes = &shape;
    question.shape_count = 1;
    check(trm_model_encode(model, &shape, puzzle, strlen(puzzle), tokens, NULL));
    check(trm_solver_create(model, &options, &solver, NULL));
    check(trm_solver_load(solver, &question, NULL));
    for (int i = 0; i < STEPS; i++) {
        const uint32_t begin = ticks();
        check(trm_solver_step(solver, NULL, NULL));
        put_number(instructions_of(ticks_since(begin), unit));
        put("\n");
    }
    trm_solver_free(solver);
}

int main(void)
{
    trm_model *model = NULL;
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    opening.workspace = model_workspace;
    opening.workspace_size = sizeof model_workspace;
    start_ticks();
    const uint32_t unit = calibrate_ticks();
    check(trm_model_open_memory(trm_embedded, sizeof trm_embedded, &opening, &model, NULL));
    for (size_t i = 0; i < sizeof puzzles / sizeof *puzzles; i++)
        time_steps(model, puzzles[i], unit);
    trm_model_close(model);
    return 0;
}
